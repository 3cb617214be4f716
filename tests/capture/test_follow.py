"""Two faces in the picture: the one that was there is followed, and waited for, before the other is taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from capture import face as module
from capture.face import FaceMesh
from capture.follow import AWAY, Follow
from capture.types import F32, RGB, Picture
from tests.capture.faces import expression, seen

H, W = 240, 480
HERE, THERE = 120, 360
"""Where the two sit, px."""


def mesh(x: float, size: float = 1.0) -> F32:
    """Landmarks of somebody whose middle is at x px and who is 80 px wide."""
    points = seen(expression())
    points[:, :2] -= points[:, :2].mean(0)
    points[:, :2] *= 80 * size / (np.ptp(points[:, 0]) * W)
    points[:, :2] += [x / W, 0.5]
    return points


def picture(*faces: tuple[int, int]) -> RGB:
    """A grey picture with squares of these (x, brightness)."""
    rgb = np.full((H, W, 3), 100, np.uint8)
    for x, tone in faces:
        rgb[H // 2 - 20 : H // 2 + 20, x - 20 : x + 20] = tone
    return rgb


class Brightest:
    """Stands for MediaPipe: it finds the brightest square."""

    def __init__(self, **_: object) -> None:
        pass

    def process(self, rgb: RGB) -> Any:
        if rgb.max() < 160:
            return SimpleNamespace(multi_face_landmarks=None)
        x = float(np.flatnonzero(rgb.max((0, 2)) == rgb.max()).mean())
        points = [SimpleNamespace(x=p[0], y=p[1], z=p[2]) for p in mesh(x)]
        return SimpleNamespace(multi_face_landmarks=[points])

    def close(self) -> None:
        pass


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> FaceMesh:
    solutions = SimpleNamespace(face_mesh=SimpleNamespace(FaceMesh=Brightest))
    monkeypatch.setattr(module, "import_mediapipe", lambda: SimpleNamespace(solutions=solutions))
    monkeypatch.setattr(module, "_points", lambda found: np.array([(p.x, p.y, p.z) for p in found], np.float32))
    return FaceMesh()


def where(finder: FaceMesh, time: float, rgb: RGB) -> float | None:
    """Px of the face that is followed."""
    landmarks = finder.find(Picture(time, rgb)).landmarks
    return None if landmarks is None else float(landmarks[:, 0].mean() * W)


def test_another_face_is_not_taken_for_one_that_looks_away(finder: FaceMesh) -> None:
    both, other = picture((HERE, 250), (THERE, 200)), picture((THERE, 200))
    assert where(finder, 0.0, both) == pytest.approx(HERE, abs=3)
    for i in range(1, 20):                                  # it looks away, and only the other one can be found
        assert where(finder, i / 30, other) is None
    back = picture((HERE, 170), (THERE, 200))
    assert where(finder, 0.7, back) == pytest.approx(HERE, abs=3)
    assert where(finder, 0.8, picture((HERE, 220), (THERE, 200))) == pytest.approx(HERE, abs=3)


def test_who_left_is_not_waited_for_long(finder: FaceMesh) -> None:
    where(finder, 0.0, picture((HERE, 250), (THERE, 200)))
    found = [where(finder, i / 10, picture((THERE, 200))) for i in range(1, 30)]
    first = next(i for i, x in enumerate(found) if x is not None)
    assert (first + 1) / 10 == pytest.approx(AWAY + 0.1, abs=0.11)
    assert found[first:] == pytest.approx([THERE] * len(found[first:]), abs=3)


def test_a_cut_in_a_film_and_a_long_pause_begin_anew(finder: FaceMesh) -> None:
    where(finder, 0.0, picture((HERE, 250)))
    elsewhere = picture((THERE, 250))
    elsewhere[elsewhere == 100] = 20
    assert where(finder, 1 / 30, elsewhere) == pytest.approx(THERE, abs=3)
    assert where(finder, 9.0, picture((HERE, 250))) == pytest.approx(HERE, abs=3)


def test_a_face_that_moves_fast_or_comes_near_is_still_itself() -> None:
    follow, rgb = Follow(), picture((HERE, 250))
    for time, x, size in ((0.0, 120, 1.0), (0.1, 165, 1.0), (0.2, 200, 1.5), (0.3, 240, 2.0)):
        assert follow.view(rgb, time) is rgb
        assert follow.ours(mesh(x, size), rgb, time)
