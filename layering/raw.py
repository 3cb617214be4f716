"""A layer as drawn, on its way from the file to the stack, and the pixel work that flattening needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from layering.blending import GLOW, KEPT, mix
from layering.stack import RGBA, Blend, Layer, blend_layers, crop_to_canvas
from layering.tree import F32, Node

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """A layer as drawn, not yet understood.

    path: names of its groups from outside in, then its own. glow: an ADD layer that is still to be made `glowing`.
    """

    path: Path
    rgba: RGBA
    offset: tuple[int, int]
    blend: Blend = Blend.NORMAL
    visible: bool = True
    glow: bool = False

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) canvas px."""
        (x, y), (h, w) = self.offset, self.rgba.shape[:2]
        return x, y, x + w, y + h


def as_layer(raw: Raw, shift: tuple[int, int] = (0, 0)) -> Layer:
    """`raw` for the compositor, moved by `shift` px."""
    return Layer("", "objects", raw.rgba, (raw.offset[0] + shift[0], raw.offset[1] + shift[1]), blend=raw.blend)


def backdrop(raw: Raw, layers: Sequence[Raw]) -> F32:
    """Premultiplied float32 (h, w, 4) of the visible ones of `layers`, under the box of `raw`."""
    left, top, right, bottom = raw.box
    return blend_layers((right - left, bottom - top), (as_layer(x, (-left, -top)) for x in layers if x.visible))


def weight_of(node: Node, box: tuple[int, int, int, int]) -> F32:
    """float32 (h, w): opacity times masks of a node on a box."""
    weight = np.full((box[3] - box[1], box[2] - box[0]), node.opacity, np.float32)
    for mask in node.masks:
        weight *= mask.over(box)
    return weight


def faded(rgba: RGBA, offset: tuple[int, int], node: Node) -> RGBA:
    """`rgba` with the node's opacity and masks in its alpha."""
    if node.opacity >= 1 and not node.masks:
        return rgba
    box = (*offset, offset[0] + rgba.shape[1], offset[1] + rgba.shape[0])
    return with_alpha(rgba, rgba[..., 3] / np.float32(255) * weight_of(node, box))


def with_alpha(rgba: RGBA, alpha: F32) -> RGBA:
    """`rgba` with another alpha (h, w) in 0..1."""
    out = rgba.copy()
    out[..., 3] = (np.clip(alpha, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def with_colour(rgba: RGBA, colour: F32) -> RGBA:
    """`rgba` with another colour (h, w, 3) in 0..1."""
    out = rgba.copy()
    out[..., :3] = (np.clip(colour, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def trim(raw: Raw) -> Raw | None:
    """`raw` cropped to the pixels that show, None where none does. What lies beyond the canvas stays: it may move in."""
    alpha = raw.rgba[..., 3]
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    cut = np.ascontiguousarray(raw.rgba[top:bottom, left:right])
    return replace(raw, rgba=cut, offset=(raw.offset[0] + left, raw.offset[1] + top))


def fade_group(layers: list[Raw], start: int, group: Node) -> None:
    """Work a group's opacity and masks f into its layers from `start` on so that the stack looks as the faded group does.

    With weights w = alpha x (what the layers above let through), the faded group shows f w of each layer. From the top down,
    alpha' = f w / (what the faded layers above let through) gives just that. Where f = 1 nothing changes.
    """
    shown = [i for i in range(start, len(layers)) if layers[i].visible]
    if not shown:
        return
    boxes = np.array([layers[i].box for i in shown])
    frame = (int(boxes[:, 0].min()), int(boxes[:, 1].min()), int(boxes[:, 2].max()), int(boxes[:, 3].max()))
    factor = weight_of(group, frame)
    through, faded = np.ones_like(factor), np.ones_like(factor)
    for i in reversed(shown):
        left, top, right, bottom = layers[i].box
        cut = np.s_[top - frame[1] : bottom - frame[1], left - frame[0] : right - frame[0]]
        alpha = layers[i].rgba[..., 3] / np.float32(255)
        weight = alpha * through[cut]
        changed = np.divide(factor[cut] * weight, faded[cut], out=np.zeros_like(alpha), where=faded[cut] > 1e-6)
        changed = np.where(factor[cut] >= 1, alpha, changed)
        layers[i] = replace(layers[i], rgba=with_alpha(layers[i].rgba, changed))
        through[cut] *= 1 - alpha
        faded[cut] *= 1 - changed


def on_box(raw: Raw, box: tuple[int, int, int, int]) -> F32:
    """Straight float32 (h, w, 4) of `raw` on a box, transparent elsewhere."""
    out = np.zeros((box[3] - box[1], box[2] - box[0], 4), np.float32)
    cut = crop_to_canvas(as_layer(raw, (-box[0], -box[1])), (box[2] - box[0], box[3] - box[1]))
    if cut is not None:
        out[cut[0], cut[1]] = cut[2].astype(np.float32) / 255
    return out


def glowing(raw: Raw, layers: Sequence[Raw]) -> Raw:
    """A `glow` layer on `layers` said by Blend.ADD: it adds alpha x colour in full, where ADD holds back near white.

    Over an opaque backdrop that is the same as adding the weighted colour with alpha 1.
    """
    if not raw.glow:
        return raw
    below = backdrop(raw, layers)
    source = raw.rgba.astype(np.float32) / 255
    solid = (below[..., 3] > 0.998) & (raw.rgba[..., 3] > 0)
    weighted = with_alpha(with_colour(raw.rgba, source[..., :3] * source[..., 3:]), np.ones_like(source[..., 3]))
    return replace(raw, rgba=np.where(solid[..., None], weighted, raw.rgba), glow=False)


def recoloured(base: Raw, top: Raw, mode: str) -> Raw:
    """`base` with a layer clipped to it baked into its colour; its alpha stays."""
    source = on_box(top, base.box)
    colour = base.rgba[..., :3].astype(np.float32) / 255
    if mode.endswith(GLOW):
        return replace(base, rgba=with_colour(base.rgba, colour + source[..., 3:] * source[..., :3]))
    mixed = source[..., :3] if KEPT.get(mode) is Blend.NORMAL else mix(mode, colour, source[..., :3])
    return replace(base, rgba=with_colour(base.rgba, colour + source[..., 3:] * (mixed - colour)))
