"""A virtual camera against a pyvirtualcam of paper: what it is sent, at which rate, and what is said where there is none."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from kirie.errors import RenderError
from render import virtual_camera
from render.chroma import chroma
from render.framing import Framing
from render.virtual_camera import VirtualCamera, how_to_get_one, over, own_device
from rig import build, pose
from rig.puppet import Puppet
from tests.rig.conftest import little_girl

SIZE = (160, 90)


@pytest.fixture(scope="module")
def girl() -> Puppet:
    return build(little_girl(), "girl")


class Paper(ModuleType):
    """pyvirtualcam as its page describes it; `broken` makes it refuse, `gone` makes a camera disappear."""

    def __init__(self) -> None:
        super().__init__("pyvirtualcam")
        self.opened: list[dict[str, Any]] = []
        self.sent: list[np.ndarray] = []
        self.times: list[float] = []
        self.broken = self.gone = self.closed = False
        self.news = threading.Condition()

    def Camera(self, width: int, height: int, fps: float, *, device: str | None = None) -> Any:
        if self.broken:
            raise RuntimeError("'v4l2loopback' backend: No such device")
        self.opened.append({"width": width, "height": height, "fps": fps, "device": device})
        return self

    def send(self, frame: np.ndarray) -> None:
        assert frame.dtype == np.uint8 and frame.flags.c_contiguous
        if self.gone:
            raise RuntimeError("device vanished")
        with self.news:
            self.sent.append(frame.copy())
            self.times.append(time.monotonic())
            self.news.notify_all()

    def close(self) -> None:
        self.closed = True

    def wait(self, done: Callable[[], bool]) -> None:
        with self.news:
            assert self.news.wait_for(done, 30)


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    made = Paper()
    monkeypatch.setitem(sys.modules, "pyvirtualcam", made)
    return made


@pytest.fixture
def camera(girl: Puppet, paper: Paper) -> Iterator[VirtualCamera]:
    made = VirtualCamera(girl, SIZE, 20.0)
    made.open()
    yield made
    made.close()
    made.close()
    assert paper.closed


def test_she_stands_on_a_colour_far_from_her_own(girl: Puppet, paper: Paper, camera: VirtualCamera) -> None:
    assert paper.opened == [{"width": 160, "height": 90, "fps": 20.0, "device": own_device()}]
    time.sleep(0.1)
    assert not paper.sent                                   # nothing has been shown yet
    framing = Framing.of(girl)
    camera.show(pose(girl, {}), framing, None)
    paper.wait(lambda: len(paper.sent) >= 4)
    picture = paper.sent[-1]
    assert picture.shape == (90, 160, 3)
    key = (picture == chroma(girl)).all(-1)
    assert key[0, 0] and key[-1, -1] and 0.2 < key.mean() < 0.95
    assert np.array_equal(paper.sent[0], picture)           # the same is sent on
    camera.show(pose(girl, {"ParamAngleX": 30.0}), framing, None)
    paper.wait(lambda: not np.array_equal(paper.sent[-1], picture))
    assert camera.problem == "" and camera.pictures >= 5


def test_grounds_and_mirrors_are_the_window_s(girl: Puppet, paper: Paper, camera: VirtualCamera) -> None:
    moment, framing = pose(girl, {"ParamAngleX": 25.0}), Framing.of(girl)
    camera.show(moment, framing, (10, 20, 30))
    paper.wait(lambda: len(paper.sent) >= 1)
    plain = paper.sent[-1]
    assert plain[0, 0].tolist() == [10, 20, 30]
    camera.show(moment, framing.flipped(), (10, 20, 30))
    paper.wait(lambda: np.array_equal(paper.sent[-1], plain[:, ::-1]))
    park = np.zeros((50, 50, 4), np.uint8)
    park[..., 1:] = 200, 30, 255
    camera.show(moment, framing, park)
    paper.wait(lambda: paper.sent[-1][0, 0].tolist() == [0, 200, 30])
    body = (np.abs(plain.astype(int) - (10, 20, 30)).max(-1) > 40)
    inside = np.abs(paper.sent[-1].astype(int) - plain)[body].max(-1)
    assert (inside <= 2).mean() > 0.8                       # she herself is the same; her edges let the ground through


def test_it_keeps_its_rate(girl: Puppet, paper: Paper, camera: VirtualCamera) -> None:
    camera.show(pose(girl, {}), Framing.of(girl), None)
    paper.wait(lambda: len(paper.sent) >= 12)
    assert np.diff(paper.times[2:]).mean() > 0.8 / 20       # never faster than asked; a busy machine may be slower


def test_a_camera_that_goes_away_says_so(girl: Puppet, paper: Paper, camera: VirtualCamera) -> None:
    paper.gone = True
    camera.show(pose(girl, {}), Framing.of(girl), None)
    end = time.monotonic() + 20
    while not camera.problem and time.monotonic() < end:
        time.sleep(0.01)
    assert "device vanished" in camera.problem


def test_what_is_missing_is_named_with_the_line_to_type(girl: Puppet, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    paper.broken = True
    with pytest.raises(RenderError, match="No such device") as error:
        VirtualCamera(girl, SIZE).open()
    assert error.value.hint == how_to_get_one()
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)  # as if it were not installed
    with pytest.raises(RenderError, match="GPL") as error:
        VirtualCamera(girl, SIZE).open()
    assert "pip install pyvirtualcam" in error.value.hint
    monkeypatch.setattr("sys.platform", "linux")
    assert "devices=2" in how_to_get_one() and '"OBS Virtual Camera","Kirie"' in how_to_get_one()
    monkeypatch.setattr("sys.platform", "win32")
    assert "OBS Studio" in how_to_get_one()


def test_the_device_called_kirie_is_taken(tmp_path: Path) -> None:
    for number, name in (("video10", "OBS Virtual Camera"), ("video11", "Kirie")):
        (tmp_path / number).mkdir()
        (tmp_path / number / "name").write_text(f"{name}\n")
    (tmp_path / "video12").mkdir()
    assert own_device(tmp_path) == "/dev/video11"
    assert own_device(tmp_path / "none") is None


def test_composition_over_a_ground_is_exact() -> None:
    rng = np.random.default_rng(1)
    alpha = rng.integers(0, 256, (20, 30, 1), np.uint8)
    colour = rng.integers(0, 256, (20, 30, 3), np.uint8)
    front = np.concatenate([(colour.astype(int) * alpha // 255).astype(np.uint8), alpha], -1)
    ground = rng.integers(0, 256, (20, 30, 3), np.uint8)
    exact = front[..., :3] + ground * (1 - alpha / 255)
    assert np.abs(over(front, ground) - exact).max() <= 0.51
    assert virtual_camera.covering(np.full((4, 4, 4), 255, np.uint8), (9, 5)).shape == (5, 9, 3)
