"""Brows by chance: thin, thick, wedges, bars, blobs; calm, worried, angry or unlike each other."""

from __future__ import annotations

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import mix, shaded
from layering.artist.shapes import Point, move, ribbon, spline, widths

PROFILES = (
    ((0, 0.4), (0.15, 1), (0.6, 0.8), (1, 0.1)),
    ((0, 1), (1, 1)),
    ((0, 1.4), (0.1, 1.4), (1, 0.1)),
    ((0, 0.5), (0.5, 1), (1, 0.5)),
    ((0, 0.7), (0.08, 1), (0.92, 1), (1, 0.7)),
)  # fmt: skip
"""Thickness along a brow from its inner end, shares of the full one."""


def draw_brows(easel: Easel, build: Build, at: Point, size: Point, dark: str) -> None:
    """Two brows over eyes at `at` (the left one's middle) with half-sizes `size`. dark: the lashes' colour."""
    rng = easel.rng
    if rng.random() < 0.03:
        return
    thick = rng.uniform(1.8, 5) * (1 + 1.1 * build.manly) * (rng.uniform(1.5, 2.6) if rng.random() < 0.2 else 1)
    y, w, bend = -size[1] - rng.uniform(8, 28) - thick / 2, max(size[0] * rng.uniform(0.7, 1.25), 14), rng.uniform(-1, 10)
    mood, shape = rng.normal(0, 5), int(rng.integers(0, len(PROFILES)))
    colour = shaded(easel.palette.hair, rng.uniform(0, 0.5), 0) if rng.random() < 0.65 else dark
    if rng.random() < 0.12:
        colour = mix(colour, easel.palette.skin, rng.uniform(0.2, 0.5))
    if shape == 3:
        w, thick = w * 0.5, thick * 1.6
    order, uneven = (75 if rng.random() < 0.25 else 58), rng.normal(0, 6) if rng.random() < 0.2 else 0.0
    for side, s in (("r", -1.0), ("l", 1.0)):
        m = mood + s * uneven
        arch = spline([(-w, m), (-w * 0.2, -bend * 0.9), (w * 0.5, -bend), (w, -m * 0.6 + bend * 0.2)])
        line = move(arch, at[0], at[1] + y) * (s, 1)
        sheet = easel.head()
        sheet.fill(ribbon(line, widths(line, PROFILES[shape]) * thick), colour)
        easel.add(order, sheet, "eyebrow", side)
