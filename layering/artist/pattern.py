"""Patterns on cloth by chance."""

from __future__ import annotations

import numpy as np

from layering.artist.easel import Easel
from layering.artist.shapes import Curve, ellipse, star
from layering.artist.sheet import Sheet
from layering.artist.style import Tone


def pattern(sheet: Sheet, outline: Curve, tone: Tone, other: Tone, easel: Easel) -> None:
    """Stripes, checks, dots, a print, or nothing."""
    rng = easel.rng
    kind = str(
        rng.choice(["none", "across", "down", "checks", "dots", "print", "hem"], p=(0.62, 0.08, 0.05, 0.05, 0.06, 0.08, 0.06))
    )
    (x0, y0), (x1, y1) = outline.min(0), outline.max(0)
    step = rng.uniform(12, 36)
    if kind in ("across", "checks"):
        for y in np.arange(y0, y1, step * 2):
            sheet.fill(np.array([(x0, y), (x1, y), (x1, y + step), (x0, y + step)]), other.base, within=outline)
    if kind in ("down", "checks"):
        for x in np.arange(x0, x1, step * 2):
            sheet.fill(np.array([(x, y0), (x + step * 0.7, y0), (x + step * 0.7, y1), (x, y1)]), other.shade, within=outline)
    if kind == "dots":
        for k, y in enumerate(np.arange(y0, y1, step * 1.4)):
            for x in np.arange(x0 + (k % 2) * step * 0.7, x1, step * 1.4):
                sheet.fill(ellipse((x, y), step * 0.25, step * 0.25), other.base, within=outline)
    if kind == "print":
        c, r = (0.0, y0 + (y1 - y0) * 0.45), step * rng.uniform(0.7, 1.4)
        sheet.fill(star(c, r) if rng.random() < 0.5 else ellipse(c, r, r), other.base, within=outline)
    if kind == "hem":
        sheet.fill(np.array([(x0, y1 - step), (x1, y1 - step), (x1, y1), (x0, y1)]), other.base, within=outline)
