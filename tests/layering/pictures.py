"""Small pictures for the tests of splitting: a figure on grounds of many kinds."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from layering.stack import RGBA

Colour = tuple[int, int, int]
SKIN, HAIR, SHIRT, LINE = (250, 220, 200), (90, 60, 140), (60, 120, 200), (30, 20, 30)


def ground(size: int = 240, colour: Colour = (255, 255, 255), second: Colour | None = None) -> RGBA:
    """A plain ground, or a run from one colour to another, top to bottom: uint8 (size, size, 4)."""
    ramp = np.linspace(0, 1, size)[:, None, None]
    rgb = np.array(colour) * (1 - ramp) + np.array(second or colour) * ramp
    return np.dstack([np.rint(np.broadcast_to(rgb, (size, size, 3))), np.full((size, size), 255)]).astype(np.uint8)


def bust(on: RGBA, hair: Colour = HAIR, gap: int = 0, line: Colour | None = LINE) -> tuple[RGBA, npt.NDArray[np.bool_]]:
    """A head with hair and shoulders on a ground, outlined, and its mask; `gap` px of the hair's outline are missing."""
    size = on.shape[0]
    unit = size / 240
    picture, mask = np.ascontiguousarray(on[..., :3]), np.zeros(on.shape[:2], np.uint8)

    def ellipse(x: float, y: float, w: float, h: float, tone: Colour) -> None:
        box = ((x * unit, y * unit), (2 * w * unit, 2 * h * unit), 0)
        for target, value in ((picture, tone), (mask, 1)):
            cv2.ellipse(target, box, value, -1, cv2.LINE_AA if target is picture else 8)
        if line is not None:
            cv2.ellipse(picture, box, line, max(1, round(2 * unit)), cv2.LINE_AA)

    ellipse(120, 240, 90, 70, SHIRT)
    ellipse(120, 95, 62, 70, hair)
    if gap:
        half = gap // 2
        row = int(95 * unit)
        picture[row - half : row - half + gap, int(177 * unit) : int(187 * unit)] = hair
    ellipse(120, 110, 42, 50, SKIN)
    return np.dstack([picture, np.full(mask.shape, 255, np.uint8)]), mask > 0
