"""A camera that vanishes, returns smaller, freezes, hangs or is held: its user sees the newest picture or reads the reason."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture import camera as module
from capture.camera import Camera, LiveFile
from capture.types import RGB
from capture.webcam import CameraInfo, Choice, Webcam, cameras
from kirie.errors import CaptureError
from tests.capture.wires import wait_for


class Faulty:
    """A camera whose misbehaviour the test decides, and its opener in one."""

    def __init__(self) -> None:
        self.size = (48, 64)
        self.there, self.frozen = True, False
        self.hang = threading.Event()
        self.hang.set()  # set: runs
        self.opened = self.released = self.count = 0
        self.asked: Choice | None = None

    def __call__(self, choice: Choice) -> Faulty:
        self.asked = choice
        if not self.there:
            raise CaptureError("camera 0 is held by another program", "close it there")
        self.opened += 1
        return self

    def read(self) -> RGB | None:
        self.hang.wait(10)
        time.sleep(0.004)
        if not self.there:
            return None
        if not self.frozen:
            self.count += 1
        return np.full((*self.size, 3), self.count % 256, np.uint8)

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    for name, value in (("AGAIN", 0.05), ("BLIND", 3.0), ("STILL", 0.2), ("PATIENCE", 3.0), ("GRACE", 3.0)):
        monkeypatch.setattr(module, name, value)
    return Faulty()


@pytest.fixture
def camera(faulty: Faulty) -> Iterator[Camera]:
    made = Camera(Choice(0, (64, 48), 60), faulty)
    made.open()
    yield made
    made.close()


def shape(camera: Camera) -> tuple[int, ...]:
    picture = camera.newest(time.monotonic() - 0.05, 2)
    return picture.rgb.shape if picture else ()


def test_the_newest_picture_wins(camera: Camera, faulty: Faulty) -> None:
    first = camera.newest(0.0, 2)
    assert first is not None
    wait_for(lambda: faulty.count > 20)
    second = camera.newest(first.time, 2)
    assert second is not None
    assert second.time > first.time
    assert int(second.rgb[0, 0, 0]) >= 19  # those between are gone
    assert camera.newest(time.monotonic() + 60, 0.02) is None
    assert faulty.asked == Choice(0, (64, 48), 60)
    assert camera.problem == ""


def test_unplugged_and_back_in_another_size(camera: Camera, faulty: Faulty) -> None:
    faulty.there = False
    wait_for(lambda: "held by another program" in camera.problem)
    faulty.size, faulty.there = (24, 32), True
    wait_for(lambda: shape(camera) == (24, 32, 3))
    wait_for(lambda: camera.problem == "")
    assert faulty.opened == 2


def test_a_frozen_camera_is_told_and_opened_anew_once(camera: Camera, faulty: Faulty) -> None:
    faulty.frozen = True
    wait_for(lambda: "frozen" in camera.problem)
    wait_for(lambda: faulty.opened == 2)
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        assert "frozen" in camera.problem  # opening it anew gave the same picture, which is no news
        assert camera.newest(time.monotonic(), 0.02) is None  # nobody is taken to sit there
    assert faulty.opened == 2  # a still picture may be meant so
    faulty.frozen = False
    wait_for(lambda: camera.problem == "")
    assert shape(camera) == (48, 64, 3)


def test_a_camera_that_hangs_is_opened_anew(camera: Camera, faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLIND", 0.3)
    faulty.hang.clear()
    wait_for(lambda: "hangs" in camera.problem)
    wait_for(lambda: faulty.opened >= 2)
    faulty.hang.set()
    wait_for(lambda: camera.problem == "")
    assert faulty.opened <= 1 + module.MOST_HUNG + 1


def test_a_camera_that_warms_up_is_not_waited_for(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE", 0.05)
    monkeypatch.setattr(module, "BLIND", 0.1)               # of a camera that gave a picture already
    faulty.hang.clear()
    camera = Camera(opener=faulty)
    camera.open()
    try:
        time.sleep(0.4)
        assert camera.problem == "" and faulty.opened == 1
        faulty.hang.set()
        assert shape(camera) == (48, 64, 3)
    finally:
        camera.close()


def test_a_patient_camera_waits_until_it_is_there(faulty: Faulty) -> None:
    faulty.there = False
    camera = Camera(opener=faulty, patient=True)
    camera.open()
    try:
        wait_for(lambda: "held by another program" in camera.problem)
        faulty.there = True
        wait_for(lambda: shape(camera) == (48, 64, 3))
        wait_for(lambda: camera.problem == "")
    finally:
        camera.close()


def test_two_consumers_see_the_same_pictures_and_neither_takes_them_from_the_other(camera: Camera, faulty: Faulty) -> None:
    times: list[list[float]] = [[], []]

    def consume(mine: list[float]) -> None:
        after = 0.0
        while len(mine) < 20 and (picture := camera.newest(after, 2)) is not None:
            after = picture.time
            mine.append(after)

    threads = [threading.Thread(target=consume, args=(mine,)) for mine in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert all(len(mine) == 20 and mine == sorted(set(mine)) for mine in times)
    assert faulty.opened == 1


def test_a_camera_that_another_program_takes_in_the_middle_is_named_and_taken_up_again(camera: Camera, faulty: Faulty) -> None:
    faulty.there = False                                    # it gives nothing, and does not open while the other has it
    wait_for(lambda: "held by another program" in camera.problem)
    assert camera.newest(time.monotonic(), 0.1) is None
    faulty.there = True
    wait_for(lambda: camera.problem == "" and shape(camera) == (48, 64, 3))


def test_a_camera_that_does_not_open_says_why(faulty: Faulty) -> None:
    faulty.there = False
    with pytest.raises(CaptureError, match="held by another program"):
        Camera(opener=faulty).open()


def test_a_camera_without_pictures_says_so(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Faulty, "read", lambda self: None)
    with pytest.raises(CaptureError, match="gives no picture"):
        Camera(opener=faulty).open()
    wait_for(lambda: faulty.released == 1)


def test_close_lets_go(faulty: Faulty) -> None:
    camera = Camera(opener=faulty)
    camera.open()
    camera.close()
    camera.close()
    wait_for(lambda: faulty.released == 1)


def test_no_such_camera_is_named() -> None:
    with pytest.raises(CaptureError, match=r"camera 9[0-9]") as caught:
        Webcam(Choice(97))
    assert caught.value.hint


def test_listing(tmp_path: Path) -> None:
    for number, index, name in ((2, 0, "Second"), (0, 0, "HD Webcam"), (1, 1, "HD Webcam")):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "index").write_text(f"{index}\n")
        (node / "name").write_text(f"{name}\n")
    (tmp_path / "video9").mkdir()
    assert cameras(tmp_path) == [CameraInfo(0, "HD Webcam"), CameraInfo(2, "Second")]
    assert cameras(tmp_path / "none") == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i in range(4):
        cv2.imwrite(str(tmp_path / f"{i}.png"), np.full((8, 10, 3), 60 * i, np.uint8))
    return tmp_path


def test_a_folder_plays_in_real_time_and_again(folder: Path) -> None:
    live = LiveFile(folder)
    live.open()
    try:
        seen: list[int] = []
        after, start = 0.0, time.monotonic()
        while len(seen) < 6:
            picture = live.newest(after, 2)
            assert picture is not None
            after = picture.time
            seen.append(int(picture.rgb[0, 0, 0]))
        assert time.monotonic() - start > 4 / 30  # not faster than real
        assert any(later < earlier for earlier, later in pairwise(seen))  # it began again
    finally:
        live.close()


def test_a_file_that_is_no_video_is_refused_and_one_round_ends(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no file"):
        LiveFile(tmp_path / "none.mp4").open()
    once = LiveFile(folder, loop=False)
    once.open()
    wait_for(lambda: once.ended)
    once.close()
