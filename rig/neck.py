"""The neck reaches up under the face, so that a raised chin shows neck and not a hole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import RGBA, Layer, LayerStack, crop_to_canvas
from rig.anchors import Anchors
from rig.mesh import Mask
from rig.weights import NECK_PARTS


def reach_up(stack: LayerStack, anchors: Anchors) -> LayerStack:
    """The stack with its neck continued up to the mouth's height, only under opaque pixels of the face.

    The neck is the part of that name, or whatever body layer lies under the chin. Its columns are drawn out upwards from the
    first row that is whole, outlines with them. The stack's composite stays what it was, to the pixel.
    """
    cover = _face_cover(stack)
    found = _neck_layer(stack, anchors)
    if found is None or not cover.any():
        return stack
    index, layer = found
    grown = _drawn_out(layer, cover, anchors)
    return replace(stack, layers=(*stack.layers[:index], grown, *stack.layers[index + 1 :]))


def _face_cover(stack: LayerStack) -> Mask:
    """bool (H, W): where the shown face is opaque."""
    cover = np.zeros(stack.canvas[::-1], bool)
    for layer in stack.find("face"):
        cut = crop_to_canvas(layer, stack.canvas)
        if layer.shown and cut is not None:
            rows, columns, rgba = cut
            cover[rows, columns] |= rgba[..., 3] == 255
    return cover


def _neck_layer(stack: LayerStack, anchors: Anchors) -> tuple[int, Layer] | None:
    """The body layer, below the face in the stack, with the most pixels just under the chin."""
    first_face = min((i for i, x in enumerate(stack.layers) if x.part == "face"), default=0)
    best: tuple[int, int, Layer] | None = None
    reach = 0.12 * anchors.width
    for i, layer in enumerate(stack.layers[:first_face]):
        if layer.part not in NECK_PARTS or not layer.shown:
            continue
        x, y = layer.offset
        top, left, right = int(anchors.chin[1]) - y, int(anchors.chin[0] - reach) - x, int(anchors.chin[0] + reach) - x
        block = layer.rgba[max(top, 0) : max(top + int(reach), 0), max(left, 0) : max(right, 0), 3]
        count = int((block > 250).sum()) * (2 if layer.part == "neck" else 1)
        if count and (best is None or count > best[0]):
            best = count, i, layer
    return (best[1], best[2]) if best else None


def _drawn_out(layer: Layer, cover: Mask, anchors: Anchors) -> Layer:
    """The layer with the columns under the chin continued upwards where the face covers them."""
    goal = int(anchors.mouth[1] if anchors.mouth else anchors.chin[1] - 0.3 * anchors.width)
    x0, y0, x1, y1 = layer.bbox
    canvas = (cover.shape[1], cover.shape[0])
    left, right = max(x0, 0), min(x1, canvas[0])
    top = min(y0, max(goal, 0))
    rgba: RGBA = np.zeros((y1 - top, x1 - x0, 4), np.uint8)
    rgba[y0 - top :] = layer.rgba
    source = _first_whole_row(layer, anchors)
    if source is None:
        return layer
    run = _neck_run(rgba[source - top, :, 3] > 0, int(anchors.chin[0]) - x0)
    run[: left - x0] = False
    run[right - x0 :] = False
    for y in range(max(goal, top), source):
        if 0 <= y < canvas[1]:
            free = run.copy()
            free[left - x0 : right - x0] &= cover[y, left:right]
            rgba[y - top, free] = rgba[source - top, free]          # over the outline of the neck's top end, too
    return replace(layer, rgba=rgba, offset=(x0, top))


def _first_whole_row(layer: Layer, anchors: Anchors) -> int | None:
    """Canvas y of the first row, from the layer's top, where the neck has reached 95 % of its width above its base and any
    outline along its top edge is past.
    """
    x0, y0, _, y1 = layer.bbox
    low = min(int(anchors.chin[1] + 0.05 * anchors.width), y1 - 1)
    if low <= y0 or not 0 <= int(anchors.chin[0]) - x0 < layer.rgba.shape[1]:
        return None
    middle = int(anchors.chin[0]) - x0
    widths = np.array([_neck_run(layer.rgba[y - y0, :, 3] > 0, middle).sum() for y in range(y0, low + 1)])
    full = np.median(widths[widths > 0]) if (widths > 0).any() else 0
    whole = np.flatnonzero((widths > 0) & (widths >= 0.95 * full))
    past = 2 + int(0.03 * anchors.width)
    return int(y0 + whole[0] + past) if len(whole) and y0 + whole[0] + past < y1 else None


def _neck_run(row: Mask, middle: int) -> Mask:
    """bool (w,): the run of True around `middle`; empty when the middle is False."""
    run = np.zeros_like(row)
    if not 0 <= middle < len(row) or not row[middle]:
        return run
    gaps = np.flatnonzero(~row)
    left = gaps[gaps < middle].max(initial=-1) + 1
    right = gaps[gaps > middle].min(initial=len(row))
    run[left:right] = True
    return run
