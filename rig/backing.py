"""Hair behind the face: where back hair ends at the cheek, a turned head would open a gap. It is continued under the face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import Layer, LayerStack, crop_to_canvas
from rig.anchors import Anchors
from rig.headshape import Mask, solid_of
from rig.neck import face_cover

REACH = 0.22
"""Of the face's width: how far the hair is continued under the cheek, more than the cheek ever moves."""


def hair_behind_face(stack: LayerStack, anchors: Anchors) -> LayerStack:
    """The stack with one more layer, "hair behind face", where back hair touches the face's edge but not beyond it.

    Row by row the hair's own colour next to the cheek is carried on under it, only under opaque pixels of the face: the
    composite stays what it was. Nothing is added where the artist has painted the hair through.
    """
    face_at = next((i for i, x in enumerate(stack.layers) if x.part == "face" and x.shown), None)
    if face_at is None:
        return stack
    behind = replace(stack, layers=stack.layers[:face_at])
    hair = [i for i, x in enumerate(behind.layers) if x.part in ("back hair", "hair") and x.shown]
    if not hair:
        return stack
    made = _continued(behind, face_cover(stack), anchors)
    if made is None:
        return stack
    at = hair[-1] + 1
    return replace(stack, layers=(*stack.layers[:at], made, *stack.layers[at:]))


def _continued(behind: LayerStack, cover: Mask, anchors: Anchors) -> Layer | None:
    """The continued hair as a layer, or None when nothing is missing."""
    solid = solid_of(behind, ("back hair", "hair"))
    picture = _colours(behind)
    canvas = np.zeros((*cover.shape, 4), np.uint8)
    reach, look = int(REACH * anchors.width), max(2, int(0.06 * anchors.width))
    for y in np.flatnonzero(cover.any(1) & solid.any(1)):
        columns = np.flatnonzero(cover[y])
        for edge, way in ((columns[0], 1), (columns[-1], -1)):
            colour = _touching(picture[y], solid[y], edge, way, look)
            if colour is None:
                continue
            span = np.arange(edge, edge + way * reach, way)
            span = span[(span >= 0) & (span < cover.shape[1])]
            canvas[y, span[cover[y, span] & ~solid[y, span]]] = colour
    return _as_layer(_evened(canvas), cover & ~solid)


def _touching(row: np.ndarray, solid: Mask, edge: int, way: int, look: int) -> np.ndarray | None:  # type: ignore[type-arg]
    """The hair's colour (4,) in one row just outside the face's edge, or None where no hair touches it."""
    near = np.arange(edge - way * look, edge + way * 4, way)
    near = near[(near >= 0) & (near < len(solid))]
    if not len(near) or not solid[near[-5:]].any():
        return None
    return np.median(row[near[solid[near]]], axis=0).astype(np.uint8)


def _evened(rgba: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """The rows' colours without the streaks that outlines and strands would make: a median down the columns."""
    import cv2

    made = rgba[..., 3] > 0
    if not made.any():
        return rgba
    tones = np.zeros_like(rgba)
    for half in (np.s_[:, : rgba.shape[1] // 2], np.s_[:, rgba.shape[1] // 2 :]):
        rows = np.flatnonzero(made[half].any(1))
        if len(rows):
            line = np.array([rgba[half][y][made[half][y]][0] for y in rows])
            kernel = min(31, len(line) - (len(line) + 1) % 2) | 1
            even = np.stack([cv2.medianBlur(np.ascontiguousarray(line[:, c : c + 1]), kernel)[:, 0] if kernel <= 255 and kernel > 1
                             else line[:, c] for c in range(4)], -1)  # fmt: skip
            tones[half][rows] = even[:, None]
    return np.where(made[..., None], tones, 0).astype(np.uint8)


def _as_layer(rgba: np.ndarray, allowed: Mask) -> Layer | None:  # type: ignore[type-arg]
    made = (rgba[..., 3] > 0) & allowed
    if made.sum() < 16:
        return None
    rows, columns = np.flatnonzero(made.any(1)), np.flatnonzero(made.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    pixels = np.where(made[..., None], rgba, 0)[box].copy()
    return Layer("hair behind face", "back hair", pixels, (int(columns[0]), int(rows[0])))


def _colours(stack: LayerStack) -> np.ndarray:  # type: ignore[type-arg]
    """uint8 (H, W, 4): the topmost solid back hair at each pixel."""
    out = np.zeros((*stack.canvas[::-1], 4), np.uint8)
    for layer in stack.layers:
        cut = crop_to_canvas(layer, stack.canvas) if layer.shown and layer.part in ("back hair", "hair") else None
        if cut is not None:
            rows, columns, rgba = cut
            over = rgba[..., 3] > 127
            out[rows, columns][over] = rgba[over]
    out[..., 3] = np.where(out[..., 3] > 0, 255, 0)
    return out
