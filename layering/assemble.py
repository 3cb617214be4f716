"""A map of parts becomes layers: sides and order are told, borders unmixed, hidden pixels completed, and all stacked so that
the picture comes out as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from layering.complete import Hidden, complete
from layering.masks import box_of, window
from layering.matte import Matte, unmix
from layering.order import in_order, with_unseen
from layering.partmap import PartMap
from layering.slots import Owner, Slot, find_slots
from layering.stack import RGBA, Layer, LayerStack, blend_layers, unpremultiply

OPAQUE = 254
"""Alpha from which a pixel of the picture counts as opaque, so that something may lie hidden under it."""


def layers_from_parts(rgba: RGBA, parts: PartMap) -> LayerStack:
    """The picture as layers, hidden pixels completed.

    rgba: uint8 (H, W, 4), cut out, straight alpha. The layers stacked give it again: at most 1/255 off where its alpha is over
    250, alpha within 2/255 elsewhere. They are back to front, named as See-through names them.
    """
    slots, owner = with_unseen(*in_order(*find_slots(parts.labels, rgba), rgba))
    solid = rgba[..., 3] >= OPAQUE
    with ThreadPoolExecutor(1) as beside_us:
        unmixing = beside_us.submit(unmix, rgba, owner, solid)
        hidden = complete(rgba, slots, owner, parts)
    matte = unmixing.result()
    lowest = owner.copy()                                    # the lowest slot that still shows at a pixel
    lowest[matte.rows, matte.columns] = matte.behind
    lowest[~solid] = -1                                      # nothing lies hidden where the picture is half clear
    layers = [made for i, slot in enumerate(slots)
              if (made := _layer(i, slot, rgba, owner, lowest, matte, hidden[i])) is not None]  # fmt: skip
    stack = LayerStack((rgba.shape[1], rgba.shape[0]), tuple(layers))
    return _corrected(stack, rgba)


def _layer(i: int, slot: Slot, rgba: RGBA, owner: Owner, lowest: Owner, matte: Matte, hidden: Hidden | None) -> Layer | None:
    """One layer: what shows of it, its share of mixed pixels, and what lies hidden."""
    boxes = [x for x in (box_of(owner == i, 4), hidden.box if hidden is not None else None) if x is not None]
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    box = min(left), min(top), max(right), max(bottom)
    view = window(box)
    out = np.zeros((box[3] - box[1], box[2] - box[0], 4), np.uint8)
    if hidden is not None:
        x, y = hidden.box[0] - box[0], hidden.box[1] - box[1]
        out[y : y + hidden.rgba.shape[0], x : x + hidden.rgba.shape[1]] = hidden.rgba
    out[lowest[view] <= i] = 0
    own = owner[view] == i
    out[own] = rgba[view][own]
    for slots, colour, alpha in ((matte.behind, matte.behind_colour, None), (matte.front, matte.front_colour, matte.alpha)):
        mine = slots == i
        y, x = matte.rows[mine] - box[1], matte.columns[mine] - box[0]
        out[y, x, :3], out[y, x, 3] = colour[mine], 255 if alpha is None else alpha[mine]
    out[out[..., 3] == 0] = 0
    kept = box_of(out[..., 3] > 0)
    if kept is None:
        return None
    return Layer(slot.name, slot.part, np.ascontiguousarray(out[window(kept)]), (box[0] + kept[0], box[1] + kept[1]),
                 slot.side, state=slot.state)  # fmt: skip


def _corrected(stack: LayerStack, rgba: RGBA) -> LayerStack:
    """The stack with the topmost layer's pixel set to the picture's own wherever the composite is off by more than a level."""
    got = unpremultiply(blend_layers(stack.canvas, stack.layers))
    inside = rgba[..., 3] > 250
    wrong = inside & (np.abs(got[..., :3].astype(np.int16) - rgba[..., :3]) > 1).any(-1)
    wrong |= np.abs(got[..., 3].astype(np.int16) - rgba[..., 3]) > 1
    rows, columns = np.nonzero(wrong)
    todo = np.ones(len(rows), bool)
    for layer in reversed(stack.layers):
        y, x = rows - layer.offset[1], columns - layer.offset[0]
        here = (y >= 0) & (x >= 0) & (y < layer.size[1]) & (x < layer.size[0])
        here[here] = layer.rgba[y[here], x[here], 3] > 0
        first = here & todo
        layer.rgba[y[first], x[first]] = rgba[rows[first], columns[first]]
        soft = here & ~first & (rgba[rows, columns, 3] < OPAQUE)      # nothing may lie under a half clear pixel
        layer.rgba[y[soft], x[soft]] = 0
        todo &= ~first
    return stack
