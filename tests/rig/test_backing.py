"""Hair is continued behind the cheek, shows only while the head is turned, and never over the artist's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import Layer, LayerStack
from rig.anchors import find_anchors
from rig.backing import BEHIND, hair_behind_face, while_turned
from tests.rig.conftest import shape


def bobbed(girl: LayerStack) -> LayerStack:
    """The girl with back hair in two locks that end at her cheeks."""
    locks = shape("back hair", "back hair", (90, 60, 50), (66, 130, 14, 60), (190, 130, 14, 60))
    return replace(girl, layers=(locks, *(x for x in girl.layers if x.name not in ("back hair", "ears-l", "ears-r"))))


def behind(stack: LayerStack) -> Layer | None:
    grown = hair_behind_face(stack, find_anchors(stack))
    return next((x for x in grown.layers if x.name == BEHIND), None)


def test_locks_at_the_cheek_are_continued_under_the_face(girl: LayerStack) -> None:
    layer = behind(bobbed(girl))
    assert layer is not None and layer.part == "back hair"
    x0, y0, x1, y1 = layer.bbox
    assert x0 < 90 and x1 > 165 and y0 < 120 < y1 < 185
    row = layer.rgba[125 - y0]
    assert (row[90 - x0] == (90, 60, 50, 255)).all() and row[128 - x0, 3] == 0, "under the cheeks, not through the face"


def test_hair_painted_through_is_left_alone(girl: LayerStack) -> None:
    assert behind(girl) is None
    bald = replace(girl, layers=tuple(x for x in girl.layers if "hair" not in x.part))
    assert behind(bald) is None


def test_it_shows_only_while_the_head_is_turned(girl: LayerStack) -> None:
    form = while_turned(find_anchors(girl))
    assert form.opacity is not None
    at_rest = tuple(k.index(0.0) for k in form.keys)
    assert form.opacity[at_rest] == 0 and np.delete(form.opacity.ravel(), 4).min() == 1


def test_its_free_end_has_no_steps(girl: LayerStack) -> None:
    """Made row by row, it would end in a jagged edge: from row to row the outline moves gently, and it is soft."""
    layer = behind(bobbed(girl))
    assert layer is not None
    alpha = layer.rgba[..., 3]
    assert ((alpha > 20) & (alpha < 235)).sum() > 10
    left = alpha[:, : alpha.shape[1] // 2] > 127
    ends = np.array([np.flatnonzero(row)[-1] for row in left if row.any()])
    assert np.abs(np.diff(ends[:-4], 2)).max() <= 2
