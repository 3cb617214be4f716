"""What is worn round the neck by chance: a tie, a bow, a choker, a necklace, a scarf, a kerchief."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import Rng
from layering.artist.shapes import Point, ellipse, join, ribbon, spline
from layering.artist.sheet import Sheet
from layering.artist.style import Style, Tone, paint


def draw_neckwear(easel: Easel, build: Build) -> None:
    """A tie, a bow, a ribbon, a choker, a necklace, a scarf."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    tone = style.tone(easel.palette.accent)
    n, e, y = build.neck, build.neck_end, build.shoulder_y
    kind = str(rng.choice(["tie", "bow", "choker", "necklace", "scarf", "kerchief"], p=(0.22, 0.22, 0.15, 0.16, 0.13, 0.12)))
    size = rng.uniform(0.6, 1.3) * build.shoulder * 0.3
    if kind == "tie":
        long = (build.waist_y - y) * rng.uniform(0.5, 0.95)
        paint(
            sheet,
            np.array(
                [
                    (-size * 0.25, e + 20),
                    (size * 0.25, e + 20),
                    (size * 0.42, e + long),
                    (0, e + long + size * 0.5),
                    (-size * 0.42, e + long),
                ]
            ),
            tone,
            style,
            amount=0.2,
        )
        paint(
            sheet,
            np.array([(-size * 0.36, e + 8), (size * 0.36, e + 8), (size * 0.22, e + 24), (-size * 0.22, e + 24)]),
            tone,
            style,
            (),
        )
    elif kind == "bow":
        bow_at(sheet, (0, e + 22), size, tone, style, rng)
    elif kind == "choker":
        at = build.chin + (e - build.chin) * 0.6
        paint(sheet, ribbon(spline([(-n * 1.02, at - 3), (0, at + 5), (n * 1.02, at - 3)]), rng.uniform(4, 9)), tone, style, ())
    elif kind == "necklace":
        ink_line = spline(
            [(-n * 1.3, e), (-n * 0.7, y + size * 0.8), (0, y + size * 1.3), (n * 0.7, y + size * 0.8), (n * 1.3, e)]
        )
        sheet.ink(ink_line, easel.palette.metal, 3, (0, 0), 1)
        paint(sheet, ellipse((0, y + size * 1.4), size * 0.25, size * 0.3), tone, style)
    elif kind == "scarf":
        paint(
            sheet,
            spline([(-n * 1.7, e - 8), (0, e + 2), (n * 1.7, e - 8), (n * 1.9, e + 16), (0, e + 34), (-n * 1.9, e + 16)], True),
            tone,
            style,
            amount=0.16,
        )
        s = rng.choice([-1, 1])
        tail = ribbon(spline([(s * n * 0.7, e + 20), (s * n * 0.9, y + size * 2), (s * n * 0.8, y + size * 4)]), size)
        paint(sheet, tail, tone, style, amount=0.16)
    else:
        paint(sheet, join(spline([(-n * 1.4, e), (0, e + 14), (n * 1.4, e)]), [(0, y + size * 2)]), tone, style, amount=0.16)
    easel.add(40, sheet, "neckwear")


def bow_at(sheet: Sheet, at: Point, size: float, tone: Tone, style: Style, rng: Rng) -> None:
    """A bow with or without tails."""
    x, y = at
    droop = rng.uniform(-0.2, 0.5) * size
    for flip in (1, -1):
        if rng.random() < 0.6:
            tail = join(
                spline([(x, y), (x + flip * size * 0.4, y + size), (x + flip * size * 0.8, y + size * 1.9)]),
                [(x + flip * size * 0.45, y + size * 1.75)],
                spline([(x + flip * size * 0.3, y + size * 1.9), (x, y + size * 0.9), (x - flip * size * 0.1, y)]),
            )
            paint(sheet, tail, tone, style, ())
    for flip in (1, -1):
        loop = spline(
            [
                (x, y),
                (x + flip * size * 0.6, y - size * 0.55 + droop * 0.4),
                (x + flip * size * 1.2, y - size * 0.4 + droop),
                (x + flip * size * 1.2, y + size * 0.4 + droop),
                (x + flip * size * 0.6, y + size * 0.4 + droop * 0.4),
            ],
            True,
        )
        paint(sheet, loop, tone, style, amount=0.22)
    paint(sheet, ellipse(at, size * 0.22, size * 0.26), tone, style)
