"""Anchors are found where they were drawn, and a head drawn turned is known as such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kirie.errors import RigError
from layering.stack import LayerStack
from rig.anchors import find_anchors
from rig.boxes import union
from tests.rig.conftest import little_girl, shape


def near(point: tuple[float, float], x: float, y: float, within: float = 2.0) -> bool:
    return abs(point[0] - x) <= within and abs(point[1] - y) <= within


def test_found_where_drawn(girl: LayerStack) -> None:
    a = find_anchors(girl)
    assert near(a.chin, 128.5, 185) and abs(a.width - 105) <= 8
    assert a.eyes["l"][0] > a.eyes["r"][2], "the character's left eye is the picture's right"
    assert abs(a.eye_line - 126.5) < 2
    assert a.mouth is not None and near(((a.mouth[0] + a.mouth[2]) / 2, (a.mouth[1] + a.mouth[3]) / 2), 128.5, 162.5)
    assert a.chin[1] < a.neck[1] < a.hips[1]
    assert a.yaw == 0 and a.roll == 0


def test_given_anchors_win(girl: LayerStack) -> None:
    a = find_anchors(girl, {"chin": (120.0, 190.0), "eye-l": (150.0, 130.0)})
    assert a.chin == (120.0, 190.0)
    assert near(((a.eyes["l"][0] + a.eyes["l"][2]) / 2, (a.eyes["l"][1] + a.eyes["l"][3]) / 2), 150, 130, 0.01)


@pytest.mark.parametrize("nose", [112, 144])
def test_a_drawn_turn_becomes_the_default(nose: int) -> None:
    a = find_anchors(little_girl(nose=nose))
    assert a.yaw * (nose - 128) > 0 and 7 <= abs(a.yaw) <= 24


def test_a_drawn_tilt_becomes_the_default() -> None:
    assert find_anchors(little_girl(tilt=8)).roll > 4


def test_without_a_face_the_eyes_tell(girl: LayerStack) -> None:
    faceless = replace(girl, layers=tuple(x for x in girl.layers if x.part != "face"))
    a = find_anchors(faceless)
    assert abs((a.face[0] + a.face[2]) / 2 - 128.5) < 3 and a.face[0] < a.eyes["r"][0]


def test_without_face_and_eyes_it_says_so() -> None:
    shirt = LayerStack((64, 64), (shape("shirt", "topwear", (1, 2, 3), (30, 30, 20, 20)),))
    with pytest.raises(RigError, match="no face"):
        find_anchors(shirt)
    assert union(()) is None
