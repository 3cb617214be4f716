"""The shape of the head as drawn: the skin of the face, the chin, the neck's base, the outline of the hair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import LayerStack, crop_to_canvas
from rig.boxes import Box, Point, middle

Mask = npt.NDArray[np.bool_]

LIKE_SKIN = 60
"""Sum of the RGB differences within which a pixel of the face's layer counts as its skin, shade and blush included."""
HIDDEN = 1.25
"""A face is at most this times as wide as what shows of it: artists paint the skin on under the hair."""


@dataclass(frozen=True, slots=True)
class Skin:
    """box: of the skin in canvas px. width: px, the face as it looks. chin: its lowest point under the mouth."""

    box: Box
    width: float
    chin: Point


def solid_of(stack: LayerStack, parts: tuple[str, ...]) -> Mask:
    """bool (H, W): where shown layers of the parts have alpha over 127."""
    out = np.zeros(stack.canvas[::-1], bool)
    for layer in stack.layers:
        cut = crop_to_canvas(layer, stack.canvas) if layer.shown and layer.part in parts else None
        if cut is not None:
            rows, columns, rgba = cut
            out[rows, columns] |= rgba[..., 3] > 127
    return out


def face_skin(stack: LayerStack, eyes: Mapping[str, Box], mouth: Box | None) -> Skin | None:
    """The skin of the face's layer: its most common colour round the features, where it hangs together.

    What the artist drew on the same layer (the back of the hair, a neck of another tone, an outline) stays out. None without
    a face layer.
    """
    import cv2

    picture = np.zeros((*stack.canvas[::-1], 4), np.uint8)
    for layer in stack.find("face"):
        cut = crop_to_canvas(layer, stack.canvas)
        if cut is not None:
            rows, columns, rgba = cut
            over = rgba[..., 3] > 127
            picture[rows, columns][over] = rgba[over]
    solid = picture[..., 3] > 0
    if not solid.any():
        return None
    tone = _common(picture[..., :3], solid & _feature_window(solid, eyes, mouth))
    like = solid & (np.abs(picture[..., :3].astype(np.int16) - tone).sum(-1) < LIKE_SKIN)
    filled = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=4)
    if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < 0.2 * solid.sum():
        skin = solid                                    # painted in many tones: take the layer as it is
    else:
        skin = parts == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    return _measure(skin, skin & ~solid_of(stack, ("front hair", "headwear")), eyes, mouth)


def find_neck(stack: LayerStack, chin: Point, width: float) -> Point:
    """The base of the neck, the axis of the head's roll: a tenth of a face under the row where the shoulders begin."""
    body = solid_of(stack, ("neck", "topwear", "body", "neckwear", "bottomwear"))
    first, last = int(chin[1] + 0.05 * width), int(chin[1] + 0.45 * width)
    span = body[max(first, 0) : max(last, 0)].sum(1)
    shoulders = np.flatnonzero(span > 0.9 * width)
    y = first + (int(shoulders[0]) + 0.1 * width if len(shoulders) else 0.3 * width)
    neck = solid_of(stack, ("neck",))[max(first, 0) : max(int(y), 0)]
    columns = np.flatnonzero(neck.any(0))
    narrow = len(columns) and columns[-1] - columns[0] < 0.9 * width
    return (float(columns[0] + columns[-1] + 1) / 2 if narrow else chin[0]), float(min(y, chin[1] + 0.45 * width))


def skull_box(stack: LayerStack, face: Box, head: Point, width: float) -> Box:
    """The hair's outline above the eyes: rows narrower than half a face are an ahoge or a spike, not skull."""
    solid = solid_of(stack, ("front hair", "back hair", "hair", "face"))
    left = max(int(head[0] - width), 0)
    near = solid[: max(int(head[1]), 1), left : max(int(head[0] + width), 1)]
    wide = np.flatnonzero(near.sum(1) > 0.5 * width)
    if not len(wide):
        return face[0] - 0.1 * width, face[1] - 0.3 * width, face[2] + 0.1 * width, head[1]
    columns = np.flatnonzero(near[wide[0] :].any(0))
    return float(left + columns[0]), float(wide[0]), float(left + columns[-1] + 1), head[1]


def _feature_window(solid: Mask, eyes: Mapping[str, Box], mouth: Box | None) -> Mask:
    """bool (H, W): the box around eyes and mouth, where skin is sure to show; everything when there is neither."""
    boxes = np.array([*eyes.values(), *([mouth] if mouth else [])])
    if not len(boxes):
        return np.ones_like(solid)
    out = np.zeros_like(solid)
    x0, y0, x1, y1 = boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()
    out[max(int(y0), 0) : int(y1) + 1, max(int(x0), 0) : int(x1) + 1] = True
    return out if (out & solid).any() else np.ones_like(solid)


def _common(rgb: npt.NDArray[np.uint8], where: Mask) -> npt.NDArray[np.int16]:
    """The most common colour, on a grid of 16 levels: int16 (3,)."""
    pixels = rgb[where]
    keys = (pixels >> 4).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    mine = pixels[keys == np.bincount(keys).argmax()]
    return np.median(mine, axis=0).astype(np.int16)


def _measure(skin: Mask, shown: Mask, eyes: Mapping[str, Box], mouth: Box | None) -> Skin:
    box = _box_of(skin)
    seen = _box_of(shown) if shown.any() else box
    width = min(box[2] - box[0], HIDDEN * (seen[2] - seen[0]))
    features = [middle(b)[0] for b in ([mouth] if mouth else eyes.values())]
    column = float(np.mean(features)) if features else (box[0] + box[2]) / 2
    near = skin[:, max(int(column - 0.25 * width), 0) : max(int(column + 0.25 * width), 1)]
    rows = np.flatnonzero(near.any(1))
    if not len(rows):
        return Skin(box, width, ((box[0] + box[2]) / 2, box[3]))
    tip = np.flatnonzero(near[max(rows[-1] - 2, 0) : rows[-1] + 1].any(0))
    x = max(int(column - 0.25 * width), 0) + tip.mean() + 0.5
    return Skin(box, width, (float(x), float(rows[-1] + 1)))


def _box_of(mask: Mask) -> Box:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
