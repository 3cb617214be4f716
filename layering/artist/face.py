"""Head skin, ears, nose, blush and marks."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build, face_outline, jaw_line
from layering.artist.easel import Easel
from layering.artist.palette import mix
from layering.artist.shapes import Curve, Point, ellipse, mirror, move, spline
from layering.artist.style import contour, ink, paint


def draw_face(easel: Easel, build: Build, shadows: list[Curve]) -> None:
    """The face with the fringe's cast shadow and, by chance, a shaded side."""
    tone, style, rng, sheet = easel.style.tone(easel.palette.skin), easel.style, easel.rng, easel.head()
    outline = face_outline(build)
    side = rng.random() < 0.4
    paint(sheet, outline, tone, style, None if side else (), weight=0, amount=0.07)
    if style.tones > 1 and rng.random() < 0.7:
        drop = rng.uniform(4, 12)
        for shape in shadows:
            sheet.fill(move(shape, -style.light * drop * 0.5, drop), tone.shade, within=outline, blur=style.soft)
    if rng.random() < 0.12:
        contour(sheet, outline, tone, style)
    else:
        ink(sheet, jaw_line(build), tone, style, 1.0, (0.12, 0.12))
    easel.add(50, sheet, "face")


def draw_ears(easel: Easel, build: Build) -> None:
    """Both ears: round, small, large or pointed, at the height of eyes and nose."""
    rng, tone = easel.rng, easel.style.tone(easel.palette.skin)
    long = rng.random() < 0.07
    tall, out = rng.uniform(0.18, 0.38) * build.chin * 1.1, rng.uniform(8, 32)
    y = build.chin * rng.uniform(0.1, 0.3)
    for side, flip in (("l", False), ("r", True)):
        sheet = easel.head(0.0)
        if long:
            points: list[Point] = [
                (86, y - tall * 0.7),
                (104, y - tall),
                (150 + out * 3, y - tall * 2.2),
                (118, y + tall * 0.3),
                (98, y + tall * 0.8),
                (86, y + tall * 0.7),
            ]
        else:
            points = [
                (84, y - tall * 0.7),
                (98, y - tall),
                (101 + out, y - tall * 0.9),
                (103 + out, y),
                (98 + out * 0.6, y + tall * 0.8),
                (92, y + tall),
                (84, y + tall * 0.8),
            ]
        outline = spline(points, closed=True)
        inner = ellipse((100 + out * 0.35, y - tall * 0.1), max(out * 0.35, 4), tall * 0.5)
        if flip:
            outline, inner = mirror(outline, 0), mirror(inner, 0)
        paint(sheet, outline, tone, easel.style, (), 0.9)
        sheet.fill(inner, tone.shade, within=outline)
        if rng.random() < 0.5:
            ink(sheet, inner[: len(inner) * 2 // 3], tone, easel.style, 0.6)
        easel.add(45, sheet, "ears", side)


NOSES = {"none": 0.12, "dot": 0.12, "tick": 0.18, "facet": 0.17, "button": 0.1, "full": 0.15, "side": 0.13, "snout": 0.03}
"""How often which nose is drawn."""


def draw_nose(easel: Easel, build: Build) -> None:
    """Nothing, a dot, a tick, a shaded facet, a button, or a bridge with nostrils."""
    rng, tone, style = easel.rng, easel.style.tone(easel.palette.skin), easel.style
    sheet = easel.head(1.1)
    y, size = build.chin * rng.uniform(0.44, 0.58), rng.uniform(0.6, 1.3) * (5 + 7 * build.real)
    kind = rng.choice(list(NOSES), p=list(NOSES.values()))
    flip = 1 if rng.random() < 0.5 else -1
    dark = tone.line if style.weight else tone.shade
    if kind == "dot":
        sheet.fill(ellipse((0, y), size * 0.3, size * 0.25), dark)
    elif kind == "tick":
        sheet.ink(spline([(-size * 0.6, y - 2), (0, y + 2), (size * 0.6, y - 2)]), dark, max(style.weight, 1.6))
    elif kind == "facet":
        sheet.fill(np.array([(0, y - size * 1.6), (flip * size * 0.9, y), (0, y + size * 0.3)]), tone.shade)
    elif kind == "snout":
        sheet.fill(ellipse((0, y + size * 1.6), size * 3.2, size * 2.6), mix(tone.base, "ffffff", rng.uniform(0.2, 0.7)))
        sheet.fill(ellipse((0, y - size * 0.2), size * 1.2, size * 0.8), str(rng.choice(["241c22", "3a2a2a", "c06070"])))
    elif kind == "button":
        sheet.fill(ellipse((0, y), size * 1.1, size * 0.8), mix(tone.base, "e06060", 0.3) if rng.random() < 0.4 else tone.shade)
    elif kind == "full":
        sheet.fill(
            spline(
                [(-size, y), (0, y + size * 0.6), (size, y), (size * 0.4, y - size * 1.2), (-size * 0.4, y - size * 1.2)], True
            ),
            tone.shade,
        )
        sheet.ink(
            spline(
                [(flip * size * 0.4, -build.chin * 0.05), (flip * size * 0.3, y * 0.6), (flip * size * 0.8, y - size * 0.6)]
            ),
            dark,
            max(style.weight * 0.7, 1.2),
        )
        for s in (-1, 1):
            sheet.ink(
                spline([(s * size * 0.2, y + size * 0.4), (s * size * 0.7, y + size * 0.2), (s * size * 1.1, y + size * 0.1)]),
                dark,
                max(style.weight, 1.8),
            )
    elif kind == "side":
        sheet.ink(
            spline([(flip * size * 0.1, y - size * 1.5), (flip * size * 0.8, y), (-flip * size * 0.2, y + size * 0.3)]),
            dark,
            max(style.weight * 0.9, 1.6),
        )
    easel.add(52, sheet, "nose")


def draw_marks(easel: Easel, build: Build) -> None:
    """Blush, freckles, a scar, a mole, war paint."""
    rng, skin = easel.rng, easel.palette.skin
    sheet, y = easel.head(), build.chin * rng.uniform(0.3, 0.46)
    red = mix(skin, "f0505a", rng.uniform(0.2, 0.5))
    if rng.random() < 0.5:
        rx, ry, x, lines = rng.uniform(12, 24), rng.uniform(5, 13), rng.uniform(52, 68), rng.random() < 0.4
        for s in (-1, 1):
            sheet.fill(ellipse((s * x, y), rx, ry), red, blur=0 if rng.random() < 0.5 else ry * 0.5)
            for k in (-1, 0, 1) if lines else ():
                sheet.ink(spline([(s * x + k * 7 + 3, y - 4), (s * x + k * 7 - 3, y + 4)]), mix(red, "a02030", 0.5), 1.8)
    if rng.random() < 0.08:
        for _ in range(int(rng.integers(5, 14))):
            sheet.fill(ellipse((rng.normal(0, 45), y + rng.normal(0, 6)), 1.8, 1.6), mix(skin, "8a4020", 0.5))
    if rng.random() < 0.06:
        x = rng.uniform(-60, 60)
        sheet.ink(spline([(x - 4, y - 18), (x + 4, y + 20)]), mix(skin, "802020", 0.6), 4)
    if rng.random() < 0.06:
        sheet.fill(ellipse((rng.choice([-1, 1]) * rng.uniform(40, 60), build.chin * 0.42), 2.6, 2.6), "3a2020")
    easel.add(51, sheet, "facedetail")
