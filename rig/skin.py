"""Skin behind an eye whose face was drawn with a hole there: what the shut lids show."""

from __future__ import annotations

import numpy as np

from layering.stack import RGBA, LayerStack
from rig.eyeart import EyeArt, Mask, blend_window

SKIN_PARTS = frozenset({"face", "body", "head"})
RING = 7
"""Px of face around the eye that the patch's colour is taken from."""


def skin_patch(stack: LayerStack, art: EyeArt, seen: Mask) -> RGBA | None:
    """A patch for the art's window: uint8 (h, w, 4), or None where the face has skin under the eye.

    seen: bool (h, w), all that the shut eye must cover. The patch reaches into the face's own skin, whose median colour
    it has.
    """
    import cv2

    face = blend_window((x for x in stack.layers if x.shown and x.part in SKIN_PARTS), art.window)
    hole = seen & (face[..., 3] < 0.98)
    if hole.sum() < max(0.05 * seen.sum(), 12):
        return None
    area = cv2.dilate(hole.astype(np.uint8), np.ones((5, 5), np.uint8))
    known = (face[..., 3] >= 0.98) & (area == 0)
    ring = known & (cv2.dilate(area, np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)) > 0)
    if not ring.any():
        return None
    colour = np.median(face[ring], axis=0)                  # a median: lines and blush that cross the ring do not tint it
    out = np.empty((*area.shape, 4), np.uint8)
    out[..., :3] = np.round(colour[:3] / max(float(colour[3]), 1e-3) * 255)
    out[..., 3] = cv2.GaussianBlur(area * 255, (0, 0), 1.0)
    out[..., 3][hole] = 255
    return out
