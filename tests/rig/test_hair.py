"""Strands are found at the tips, and hair hangs from its root."""

from __future__ import annotations

import cv2
import numpy as np

from layering.stack import Layer, LayerStack
from rig.anchors import find_anchors
from rig.hair import find_strands, hang, springs_of
from rig.mesh import layer_mesh
from rig.weights import head_weight
from tests.rig.conftest import little_girl


def fringe(tips: tuple[int, ...]) -> Layer:
    """A band of hair with pointed tips at the given columns."""
    rgba = np.zeros((80, 160, 4), np.uint8)
    rgba[:20] = (90, 60, 50, 255)
    for tip in tips:
        cv2.fillPoly(rgba, [np.array([[tip - 14, 15], [tip + 14, 15], [tip, 79]], np.int32)], (90, 60, 50, 255))
    return Layer("front hair", "front hair", rgba, (48, 40))


def test_one_strand_a_tip(girl: LayerStack) -> None:
    strands = find_strands(fringe((20, 80, 140)), find_anchors(girl))
    assert [round(s.x - 48.5) for s in strands] == [20, 80, 140]
    assert all(s.top < 45 and s.bottom > 115 for s in strands)


def test_the_root_is_rigid_and_the_tip_swings(girl: LayerStack) -> None:
    anchors = find_anchors(girl)
    layer = fringe((20, 80, 140))
    _, mesh = layer_mesh(layer, 8.0)
    strands = find_strands(layer, anchors)
    sways = hang(layer, mesh.vertices, strands, first=4)
    assert [s.spring for s in sways] == [4, 5, 6]
    total = np.sum([s.weight for s in sways], axis=0)
    y = mesh.vertices[:, 1]
    assert not total[y < 40 + 0.2 * 80].any() and total[y > 112].min() > 0.5
    middle_tip = np.argmin(np.abs(mesh.vertices - (128.5, 118)).sum(1))
    assert np.argmax([s.weight[middle_tip] for s in sways]) == 1


def test_strands_swing_apart(girl: LayerStack) -> None:
    anchors = find_anchors(girl)
    layer = fringe((20, 80, 140))
    springs = springs_of(layer, find_strands(layer, anchors), anchors)
    assert len({s.frequency for s in springs}) == 3


def test_clear_hair_has_no_strands(girl: LayerStack) -> None:
    assert find_strands(Layer("h", "front hair", np.zeros((4, 4, 4), np.uint8)), find_anchors(girl)) == []


def test_long_hair_ends_do_not_turn_like_a_board() -> None:
    girl = little_girl()
    anchors = find_anchors(girl)
    down = np.array([[128, 60], [128, 318]], np.float32)
    weight = head_weight(girl.find("back hair")[0], down, anchors)
    assert weight[0] == 1 and 0.2 < weight[1] < 1
