"""What tailoring leaves on a garment by chance: seams, pockets, zips, laces, ribs, straps, belts with pouches."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import mix
from layering.artist.shapes import Curve, ellipse, join, move, ribbon, spline
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, ink, paint


def tailor(sheet: Sheet, outline: Curve, build: Build, tone: Tone, other: Tone, easel: Easel) -> None:
    """A few details on a garment, inside its outline; the outline begins at the neck's middle."""
    rng = easel.rng
    if rng.random() < 0.22:
        neckband(sheet, outline, build, tone, other, easel)
    if rng.random() < 0.3:
        seams(sheet, build, tone, easel)
    if rng.random() < 0.22:
        pockets(sheet, build, tone if rng.random() < 0.6 else other, easel)
    if rng.random() < 0.12:
        laces(sheet, build, other, easel)
    if rng.random() < 0.15:
        ribs(sheet, outline, tone, easel)
    if rng.random() < 0.12:
        panel(sheet, outline, build, other, easel)


def neckband(sheet: Sheet, outline: Curve, build: Build, tone: Tone, other: Tone, easel: Easel) -> None:
    """A band or a piping along the neckline."""
    rng, right = easel.rng, outline[: len(outline) // 2]
    end = int(np.argmax(right[:, 0] > build.neck * rng.uniform(1.2, 1.6))) or 4
    edge, wide = right[: max(end, 4)], rng.uniform(4, 24)
    colour = str(rng.choice([tone.shade, tone.shade, other.base, easel.palette.accent]))
    for flip in (1.0, -1.0):
        line = edge * (flip, 1)
        sheet.fill(join(line, move(line, 0, wide)[::-1]), colour, within=outline)
        ink(sheet, move(line, 0, wide), tone, easel.style, 0.7, (0, 0.2), atop=True)


def seams(sheet: Sheet, build: Build, tone: Tone, easel: Easel) -> None:
    """A line or a zip down the middle, lines where the sleeves are set in."""
    rng, style = easel.rng, easel.style
    y, s = build.shoulder_y, build.shoulder
    line = mix(tone.shade, tone.line, rng.uniform(0.2, 1))
    weight = max(style.weight * rng.uniform(0.4, 0.9), 1.2)
    if rng.random() < 0.6:
        x = rng.normal(0, 3)
        middle = spline([(x, build.neck_end + 12), (x + rng.normal(0, 2), build.waist_y), (x, build.hip_y + 20)])
        sheet.fill(ribbon(middle, weight), line, atop=True)
        if rng.random() < 0.4:
            sheet.fill(ribbon(move(middle, 7, 0), weight * 0.7), line, atop=True)
    if rng.random() < 0.5:
        for flip in (1.0, -1.0):
            hole = spline([(s * 0.76, y - 6), (s * 0.7, y + 20), (s * 0.8, y + (build.waist_y - y) * 0.45)]) * (flip, 1)
            sheet.fill(ribbon(hole, weight), line, atop=True)


def pockets(sheet: Sheet, build: Build, tone: Tone, easel: Easel) -> None:
    """One or two pockets on the breast or below the waist, with or without a flap."""
    rng, style = easel.rng, easel.style
    low = rng.random() < 0.4
    y = build.waist_y + 14 if low else build.shoulder_y + (build.waist_y - build.shoulder_y) * rng.uniform(0.3, 0.5)
    x, w = build.shoulder * rng.uniform(0.35, 0.5), build.shoulder * rng.uniform(0.14, 0.24)
    h = w * rng.uniform(0.6, 1.3)
    for flip in (1.0, -1.0) if low or rng.random() < 0.4 else (float(rng.choice([-1, 1])),):
        box = np.array([(x - w, y), (x + w, y), (x + w, y + h), (x, y + h * 1.15), (x - w, y + h)]) * (flip, 1)
        paint(sheet, box, tone, style, (), 0.8)
        if rng.random() < 0.5:
            flap = np.array([(x - w, y - 2), (x + w, y - 2), (x + w, y + h * 0.3), (x, y + h * 0.45), (x - w, y + h * 0.3)])
            paint(sheet, flap * (flip, 1), tone, style, (), 0.8)


def laces(sheet: Sheet, build: Build, tone: Tone, easel: Easel) -> None:
    """Crossed laces or bars down the front."""
    rng = easel.rng
    y0, y1 = build.shoulder_y + 24, build.waist_y
    w, count, cross = build.shoulder * rng.uniform(0.06, 0.2), int(rng.integers(3, 7)), rng.random() < 0.6
    for y in np.linspace(y0, y1, count):
        drop = (y1 - y0) / count * 0.7 if cross else 0.0
        for s in (1, -1) if cross else (1,):
            sheet.fill(ribbon(spline([(-w * s, y), (w * s, y + drop)]), rng.uniform(2, 4)), tone.base, atop=True)


def ribs(sheet: Sheet, outline: Curve, tone: Tone, easel: Easel) -> None:
    """A knitted hem: short lines across the lower edge."""
    (x0, _), (x1, y1) = outline.min(0), outline.max(0)
    high, step = easel.rng.uniform(10, 26), easel.rng.uniform(5, 14)
    line = mix(tone.shade, tone.line, 0.5)
    sheet.fill(ribbon(np.array([(x0, y1 - high), (x1, y1 - high)]), 2.0), line, atop=True)
    for x in np.arange(x0, x1, step):
        sheet.fill(ribbon(np.array([(x, y1 - high), (x, y1)]), 1.6), line, atop=True)


def panel(sheet: Sheet, outline: Curve, build: Build, tone: Tone, easel: Easel) -> None:
    """A yoke, a bib or flanks of a second cloth."""
    rng, y = easel.rng, build.shoulder_y
    deep, wide = y + (build.waist_y - y) * rng.uniform(0.15, 0.5), build.shoulder * rng.uniform(0.3, 0.6)
    kind = int(rng.integers(0, 3))
    if kind == 0:
        shape = join(spline([(-400, deep), (0, deep + rng.uniform(-20, 30)), (400, deep)]), [(400, y - 200), (-400, y - 200)])
    elif kind == 1:
        shape = np.array([(-wide, y - 100), (wide, y - 100), (wide * 0.7, 3000), (-wide * 0.7, 3000)])
    else:
        inner = spline([(wide * 1.2, y - 200), (wide, build.waist_y), (wide * 1.3, 3000)])
        shape = join([(400, y - 200)], inner, [(400, 3000)])
        sheet.fill(shape * (-1, 1), tone.base, within=outline)
    sheet.fill(shape, tone.base, within=outline)
    if kind == 0:
        ink(sheet, shape[:-2], tone, easel.style, 0.8, (0, 0), atop=True)


def draw_strap(easel: Easel, build: Build, tone: Tone) -> None:
    """A strap across the breast, braces or a belt with pouches: they belong to the clothes."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    s, y, wide = build.shoulder, build.shoulder_y, rng.uniform(5, 20)
    kind = str(rng.choice(["sash", "braces", "pouches"]))
    if kind == "sash":
        f = float(rng.choice([-1, 1]))
        line = spline([(-f * s * 0.6, y - 5), (0, (y + build.waist_y) / 2), (f * build.waist * 0.95, build.waist_y)])
        paint(sheet, ribbon(line, wide), tone, style, ())
    elif kind == "braces":
        for f in (1.0, -1.0):
            line = spline([(s * 0.5, y - 5), (s * 0.42, (y + build.waist_y) / 2), (build.waist * 0.5, build.waist_y)])
            paint(sheet, ribbon(line * (f, 1), wide * 0.8), tone, style, ())
    else:
        for x in rng.uniform(-0.85, 0.85, int(rng.integers(1, 5))) * build.waist:
            w, h, top = rng.uniform(7, 16), rng.uniform(10, 26), build.waist_y
            box = np.array([(x - w, top), (x + w, top), (x + w, top + h), (x - w, top + h)])
            paint(sheet, box, tone, style, (), 0.8)
            paint(sheet, ellipse((x, top + h * 0.4), 3, 3), style.tone(easel.palette.metal), style, (), 0.5)
    easel.add(39, sheet, "topwear")
