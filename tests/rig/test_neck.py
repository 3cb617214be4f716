"""The neck reaches up under the face and changes nothing that shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import Layer, LayerStack
from rig.anchors import find_anchors
from rig.neck import reach_up
from rig.weights import head_weight


def short_neck(girl: LayerStack, part: str = "neck") -> LayerStack:
    """The girl with a neck that ends just above her chin."""
    def cut(layer: Layer) -> Layer:
        if layer.name != "neck":
            return layer
        lost = 180 - layer.offset[1]
        return replace(layer, part=part, rgba=layer.rgba[lost:].copy(), offset=(layer.offset[0], 180))
    return replace(girl, layers=tuple(map(cut, girl.layers)))


def test_a_short_neck_grows_to_the_mouth(girl: LayerStack) -> None:
    for part in ("neck", "topwear"):
        stack = short_neck(girl, part)
        grown = reach_up(stack, find_anchors(stack))
        neck = next(x for x in grown.layers if x.name == "neck")
        assert neck.offset[1] <= 162
        assert (neck.rgba[: 180 - neck.offset[1], neck.size[0] // 2, 3] == 255).all()
        assert np.array_equal(grown.composite(), stack.composite())


def test_a_long_neck_is_left_alone(girl: LayerStack) -> None:
    before = girl.find("neck")[0]
    longer = replace(before, rgba=np.concatenate([before.rgba[30:31]] * 60 + [before.rgba[30:]]),
                     offset=(before.offset[0], before.offset[1] + 30 - 60))  # fmt: skip
    stack = replace(girl, layers=tuple(longer if x is before else x for x in girl.layers))
    after = next(x for x in reach_up(stack, find_anchors(stack)).layers if x.name == "neck")
    assert np.array_equal(after.rgba[-longer.size[1] :], longer.rgba)


def test_no_neck_is_no_error(girl: LayerStack) -> None:
    head = replace(girl, layers=tuple(x for x in girl.layers if x.part not in ("neck", "topwear")))
    assert len(reach_up(head, find_anchors(head)).layers) == len(head.layers)


def test_the_outline_of_the_neck_s_top_is_drawn_over(girl: LayerStack) -> None:
    """An outlined top end, hidden at rest, must not show as a line across the throat when the chin goes up."""
    stack = short_neck(girl)
    neck = stack.find("neck")[0]
    lined = neck.rgba.copy()
    lined[:2, :, :3] = (90, 30, 20)
    stack = replace(stack, layers=tuple(replace(x, rgba=lined) if x is neck else x for x in stack.layers))
    grown = reach_up(stack, find_anchors(stack))
    throat = next(x for x in grown.layers if x.name == "neck").rgba[:, neck.size[0] // 2]
    assert (throat[throat[:, 3] == 255, 0] > 200).all()
    assert np.array_equal(grown.composite(), stack.composite())


def test_shoulders_do_not_tilt_with_the_head(girl: LayerStack) -> None:
    """The clothes bend above the shoulders' row only, a neck of its own down to its base."""
    anchors = find_anchors(girl)
    x, y = anchors.neck
    row = np.array([(x + dx * anchors.width, y - 0.075 * anchors.width) for dx in (-0.3, 0, 0.3)], np.float32)
    assert head_weight(girl.find("topwear")[0], row, anchors).max() == 0
    assert head_weight(girl.find("neck")[0], row, anchors).min() > 0
