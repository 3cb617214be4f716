"""Pictures in, values at any moment out, through faults in between; neutral is remembered per camera."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from capture.live import LiveTracker
from capture.people import People, read_people
from capture.types import FaceFrame, Picture
from kirie.errors import CaptureError
from rig.params import ParameterFrame
from tests.capture.wires import FRESH, wait_for


class Pictures:
    """A camera that the test turns: it gives a picture whenever it is told to."""

    def __init__(self) -> None:
        self.name, self.problem = "test camera", ""
        self.there = True
        self._changed = threading.Condition()
        self._picture: Picture | None = None

    def give(self, value: int, size: tuple[int, int] = (48, 64)) -> float:
        with self._changed:
            self._picture = Picture(time.monotonic(), np.full((*size, 3), value, np.uint8))
            self._changed.notify_all()
            return self._picture.time

    def open(self) -> None:
        if not self.there:
            raise CaptureError("there is no camera 0", "plug it in")

    def close(self) -> None:
        pass

    def newest(self, after: float, timeout: float) -> Picture | None:
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None and self._picture.time > after, timeout)
            return self._picture if self._picture is not None and self._picture.time > after else None


class Finder:
    """Sees a face in every picture that is not black; its brightness is kept as the confidence. 13 makes it fail."""

    def __init__(self) -> None:
        self.closed = False
        self.sizes: list[tuple[int, int]] = []

    def find(self, picture: Picture) -> FaceFrame:
        value = int(picture.rgb[0, 0, 0])
        if value == 13:
            raise RuntimeError("the graph is broken")
        size = (picture.rgb.shape[1], picture.rgb.shape[0])
        self.sizes.append(size)
        return FaceFrame(picture.time, size, np.zeros((478, 3), np.float32) if value else None, value / 255)

    def close(self) -> None:
        self.closed = True


class Brightness:
    """Stands for the tracker: the picture's brightness is the head's turn."""

    def __init__(self) -> None:
        self.people: People | None = None
        self.raw: dict[str, float] = {}
        self.seen = 0

    def meet(self, people: People) -> None:
        self.people = people

    def remember(self) -> None:
        if self.people is not None and self.seen:
            self.people.now.learned = {"seen": self.seen}

    def update(self, face: FaceFrame) -> ParameterFrame:
        self.seen += face.face
        if not face.face:
            return ParameterFrame(face.time, {}, False)
        return ParameterFrame(face.time, {"ParamAngleX": face.confidence * 30, "ParamMouthOpenY": face.confidence})


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def finder() -> Finder:
    return Finder()


def tracker(pictures: Pictures, finder: Finder, state: Path | None = None) -> LiveTracker:
    return LiveTracker(pictures, lambda: finder, Brightness(), state)  # type: ignore[arg-type]


@pytest.fixture
def live(pictures: Pictures, finder: Finder, tmp_path: Path) -> Iterator[LiveTracker]:
    made = tracker(pictures, finder, tmp_path / "state" / "cameras.json")
    made.open()
    yield made
    made.close()
    assert finder.closed


def turn(live: LiveTracker) -> float | None:
    return live.latest(FRESH).values.get("ParamAngleX")


def turns(live: LiveTracker, wanted: float | None) -> bool:
    return turn(live) == (pytest.approx(wanted) if wanted is not None else None)


def test_a_picture_becomes_values(live: LiveTracker, pictures: Pictures) -> None:
    assert live.at(time.monotonic()).face is False
    taken = pictures.give(255)
    wait_for(lambda: live.stats.frames == 1)
    frame = live.latest(taken)
    assert (frame.time, frame.face, frame.values["ParamAngleX"]) == (taken, True, 30)
    stats = live.stats
    assert 0 < stats.tracking < stats.latency + 1
    assert live.latest(taken + 10).face is False  # long ago


def test_a_face_leaves_and_returns_and_the_picture_shrinks(live: LiveTracker, pictures: Pictures, finder: Finder) -> None:
    for value, size in ((200, (48, 64)), (0, (48, 64)), (100, (24, 32))):
        pictures.give(value, size)
        wait_for(partial(turns, live, value * 30 / 255 if value else None))
    assert finder.sizes[-1] == (32, 24)


def test_the_first_picture_goes_before_what_finds_faces(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.live.HEADSTART", 60.0)
    made: list[Finder] = []

    def make() -> Finder:
        made.append(Finder())
        return made[0]

    live = LiveTracker(pictures, make, Brightness())  # type: ignore[arg-type]
    live.open()
    assert not live.at(time.monotonic()).face
    time.sleep(0.1)
    assert not made                                         # the first picture is being drawn
    live.at(time.monotonic())
    wait_for(lambda: made)
    live.close()


def test_one_bad_picture_does_not_end_it(live: LiveTracker, pictures: Pictures) -> None:
    pictures.give(13)
    time.sleep(0.05)
    pictures.give(255)
    wait_for(lambda: turn(live) == 30)
    assert live.problem == ""


def test_a_frozen_picture_is_no_news(live: LiveTracker, pictures: Pictures, finder: Finder) -> None:
    """Whoever froze in a blink must neither teach that nor sleep on: the values grow stale, and idling takes over."""
    pictures.give(200)
    wait_for(partial(turns, live, 200 * 30 / 255))
    for _ in range(5):
        taken = pictures.give(200)
        time.sleep(0.02)
    assert live.stats.frames == 1 and len(finder.sizes) == 1
    assert live.latest(taken + 1.0).face is False
    pictures.give(100)
    wait_for(partial(turns, live, 100 * 30 / 255))


def test_tracking_that_always_fails_says_so(live: LiveTracker, pictures: Pictures) -> None:
    def give() -> bool:
        pictures.give(13)
        return "the graph is broken" in live.problem

    wait_for(give)


def test_the_cameras_problem_is_passed_on(live: LiveTracker, pictures: Pictures) -> None:
    pictures.problem = "test camera is gone (plug it in again)"
    assert live.problem == pictures.problem


def test_no_camera_is_raised_and_no_finder_is_told(pictures: Pictures, finder: Finder) -> None:
    def broken() -> Finder:
        raise CaptureError("MediaPipe needs libGL.so.1", "sudo apt-get install -y libgl1")

    live = LiveTracker(pictures, broken, Brightness())  # type: ignore[arg-type]
    live.open()
    wait_for(lambda: "libgl1" in live.problem)
    live.close()
    pictures.there = False
    with pytest.raises(CaptureError, match="no camera"):
        tracker(pictures, finder).open()


def test_neutral_is_remembered_for_its_camera(live: LiveTracker, pictures: Pictures, finder: Finder, tmp_path: Path) -> None:
    state = tmp_path / "state" / "cameras.json"
    assert live.set_neutral() == {}
    assert not state.exists()
    pictures.give(85)
    wait_for(lambda: turn(live) is not None)
    assert live.set_neutral() == pytest.approx({"ParamAngleX": 10.0})
    wait_for(state.exists)
    again = tracker(pictures, Finder(), state)
    again.open()
    pictures.give(255)
    wait_for(lambda: turn(again) == pytest.approx(20.0))
    again.close()
    assert read_people(state, "test camera").now.neutral == pytest.approx({"ParamAngleX": 10.0})
    assert read_people(state, "another").now.neutral == {}


def test_what_was_learned_is_noted_when_it_closes(pictures: Pictures, finder: Finder, tmp_path: Path) -> None:
    fake = Brightness()
    live = LiveTracker(pictures, lambda: finder, fake, tmp_path / "cameras.json")  # type: ignore[arg-type]
    live.open()
    pictures.give(255)
    wait_for(lambda: turn(live) == 30)
    live.close()
    assert read_people(tmp_path / "cameras.json", "test camera").now.learned == {"seen": 1}
