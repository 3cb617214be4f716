"""Mouths: shut in many moods, with lips, and open with teeth and tongue."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import mix
from layering.artist.shapes import ellipse, join, move, ribbon, spline
from layering.artist.sheet import Sheet

KINDS = {"line": 0.38, "lips": 0.14, "open": 0.29, "cat": 0.05, "small": 0.06, "grin": 0.06, "grille": 0.02}
"""How often which mouth is drawn."""


def draw_mouth(easel: Easel, build: Build) -> None:
    """One mouth, on its own layer."""
    rng, sheet = easel.rng, easel.head()
    y = build.chin * rng.uniform(0.62, 0.8)
    w = rng.uniform(7, 33) * (0.8 + 0.35 * build.real)
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    style = easel.style
    line = (
        style.ink
        if style.ink and rng.random() < 0.6
        else mix(easel.palette.skin, str(rng.choice(["7a2a30", "3a1a1a", "b04050"])), 0.85)
    )
    weight = max(style.weight * rng.uniform(0.7, 1.1), 1.6)
    if kind == "open":
        draw_open_mouth(easel, sheet, y, w, line, weight)
    elif kind in ("grin", "grille"):
        draw_teeth(easel, sheet, y, w, line, weight, kind == "grille")
    elif kind == "lips":
        draw_lips(easel, sheet, y, w, line, weight)
    elif kind == "cat":
        d = w * 0.25
        sheet.ink(
            spline([(-w, y - d), (-w * 0.6, y + d * 0.6), (0, y - d * 0.4), (w * 0.6, y + d * 0.6), (w, y - d)]),
            line,
            weight,
            (0.15, 0.15),
        )
    elif kind == "small":
        sheet.fill(ellipse((0, y), w * 0.22, w * rng.uniform(0.12, 0.3)), line)
    else:
        smile, skew = rng.normal(0.12, 0.16) * w, rng.normal(0, 0.06) * w
        sheet.ink(
            spline([(-w, y - smile + skew), (-w * 0.4, y + smile * 0.5), (w * 0.4, y + smile * 0.5), (w, y - smile - skew)]),
            line,
            weight,
            (0.2, 0.2),
            0.3,
        )
        if rng.random() < 0.35:
            sheet.ink(spline([(-w * 0.3, y + 7), (0, y + 8), (w * 0.3, y + 7)]), style.tone(easel.palette.skin).shade, weight)
    easel.add(53, sheet, "mouth")


def draw_teeth(easel: Easel, sheet: Sheet, y: float, w: float, line: str, weight: float, bars: bool) -> None:
    """Clenched teeth in one white shape with its lines, or, `bars`, a machine's or a doll's stitches."""
    rng, high, lift = easel.rng, w * easel.rng.uniform(0.25, 0.7), easel.rng.uniform(-0.1, 0.3) * w
    if bars:
        for x in np.linspace(-w * 0.7, w * 0.7, int(rng.integers(3, 7))):
            sheet.ink(spline([(x, y - high), (x, y + high)]), line, max(weight * 1.6, 3))
        return
    top = spline([(-w, y - lift), (0, y), (w, y - lift)])
    low = spline([(w, y - lift), (w * 0.8, y + high * 0.7), (0, y + high), (-w * 0.8, y + high * 0.7), (-w, y - lift)])
    teeth = join(top, low)
    sheet.fill(teeth, "ffffff" if rng.random() < 0.7 else "efe6d8")
    if rng.random() < 0.5:
        bite = spline([(-w, y + high * 0.4 - lift), (0, y + high * 0.5), (w, y + high * 0.4 - lift)])
        sheet.fill(ribbon(bite, weight * 0.6), line, within=teeth)
    for x in np.linspace(-w, w, int(rng.integers(3, 9)))[1:-1] if rng.random() < 0.4 else ():
        sheet.fill(ribbon(spline([(x, y - w), (x, y + w)]), weight * 0.5), line, within=teeth)
    sheet.fill(ribbon(join(teeth, teeth[:2]), weight), line)

def draw_lips(easel: Easel, sheet: Sheet, y: float, w: float, line: str, weight: float) -> None:
    """Two coloured lips with the line between them."""
    rng = easel.rng
    red = mix(easel.palette.skin, str(rng.choice(["b03048", "d05060", "7a3030", "602040"])), rng.uniform(0.35, 0.9))
    up, low, smile = w * rng.uniform(0.2, 0.34), w * rng.uniform(0.25, 0.42), rng.normal(0.03, 0.08) * w
    middle = spline([(-w, y - smile), (-w * 0.4, y + 1), (0, y + 0.5), (w * 0.4, y + 1), (w, y - smile)])
    sheet.fill(
        join(middle, spline([(w, y - smile), (w * 0.4, y - up), (0, y - up * 0.7), (-w * 0.4, y - up), (-w, y - smile)])),
        mix(red, "000000", 0.12),
    )
    sheet.fill(
        join(
            middle, spline([(w, y - smile), (w * 0.5, y + low * 0.9), (0, y + low), (-w * 0.5, y + low * 0.9), (-w, y - smile)])
        ),
        red,
    )
    sheet.ink(middle, line, weight, (0.2, 0.2))


def draw_open_mouth(easel: Easel, sheet: Sheet, y: float, w: float, line: str, weight: float) -> None:
    """A hole with, by chance, teeth above and below, a fang, and a tongue."""
    rng = easel.rng
    high = w * rng.uniform(0.35, 1.3)
    lift = rng.uniform(-0.2, 0.35) * w
    top = spline([(-w, y - lift), (-w * 0.5, y - lift * 0.3), (0, y), (w * 0.5, y - lift * 0.3), (w, y - lift)])
    low = spline(
        [
            (w, y - lift),
            (w * 0.85, y + high * 0.5),
            (w * 0.4, y + high * 0.95),
            (0, y + high),
            (-w * 0.4, y + high * 0.95),
            (-w * 0.85, y + high * 0.5),
            (-w, y - lift),
        ]
    )
    if rng.random() < 0.2:
        top = spline(
            [
                (-w * 0.6, y + high * 0.3),
                (-w * 0.4, y - high * 0.2),
                (0, y - high * 0.35),
                (w * 0.4, y - high * 0.2),
                (w * 0.6, y + high * 0.3),
            ]
        )
        low = spline(
            [
                (w * 0.6, y + high * 0.3),
                (w * 0.4, y + high * 0.85),
                (0, y + high),
                (-w * 0.4, y + high * 0.85),
                (-w * 0.6, y + high * 0.3),
            ]
        )
    hole = join(top, low)
    inner = str(rng.choice(["7a2434", "5a1a28", "a03a48", "3a1218", "c8505a"]))
    sheet.fill(hole, inner)
    if rng.random() < 0.7:
        tongue = mix(inner, str(rng.choice(["f08080", "ff9a90", "e0606a"])), 0.8)
        sheet.fill(ellipse((0, y + high * 1.02), w * 0.62, high * rng.uniform(0.3, 0.5)), tongue, within=hole)
    teeth = rng.random()
    if teeth < 0.55:
        drop = high * rng.uniform(0.14, 0.32)
        sheet.fill(join(top, move(top, 0, drop)[::-1]), "ffffff", within=hole)
    if teeth < 0.12:
        sheet.fill(join(low, move(low, 0, -high * 0.2)[::-1]), "ffffff", within=hole)
    if 0.5 < teeth < 0.62:
        x = rng.choice([-1, 1]) * w * 0.5
        sheet.fill(np.array([(x - 3, y - lift), (x + 3, y - lift), (x, y + high * 0.35)]), "ffffff", within=hole)
    if easel.style.weight or rng.random() < 0.4:
        for c in (top, low):
            sheet.ink(c, line, weight, (0.08, 0.08), 0.5)
