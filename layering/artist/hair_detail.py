"""What makes one head of hair another hand's: combed lines, glossy strips, wisps, crests, scallops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layering.artist.build import Build
from layering.artist.hair import Arch
from layering.artist.palette import Rng, mix
from layering.artist.shapes import Curve, Point, join, lock, normals, spline
from layering.artist.sheet import Sheet
from layering.artist.style import Style, Tone, ink, paint


def combed(sheet: Sheet, build: Build, parting: float, thick: float, tone: Tone, style: Style, rng: Rng) -> None:
    """Lines from the parting over the crown towards the hairline: few or many, dark or light, over what is painted."""
    t, many = build.top + thick, int(rng.integers(4, 36))
    low = rng.uniform(-0.5, 0.1)
    colour = str(rng.choice([tone.line, tone.shade, tone.shade, mix(tone.base, tone.light, 0.6)]))
    weight = max(style.weight * rng.uniform(0.3, 0.8), rng.uniform(0.8, 3.5))
    for x in rng.uniform(-1, 1, many):
        half = 96 + thick * 0.7
        end = rng.uniform(0.35, 1.0)
        points: list[Point] = [
            (parting * 0.6 + x * 14, -t * 0.96),
            (parting * 0.3 + x * half * 0.62, -t * 0.8),
            (x * half * 0.98, t * (low - 0.45) * end - 20 * (1 - end)),
        ]
        line = spline(points)
        start = int(len(line) * rng.uniform(0, 0.5))
        if len(line) - start > 4:
            sheet.ink(line[start:], colour, weight, (0.5, 0.5), 0.05, atop=True)


def gloss_strip(sheet: Sheet, outline: Curve, arch: Arch, depth: float, colour: str, rng: Rng) -> None:
    """A glossy band across hair in one piece, smooth or toothed below, inside its outline."""
    x = np.linspace(outline[:, 0].min(), outline[:, 0].max(), 72)
    teeth = depth * rng.uniform(0, 1.4) * rng.random(72)
    y = arch(x)
    band = join(np.stack([x, y - depth / 2], 1), np.stack([x, y + depth / 2 + teeth], 1)[::-1])
    sheet.fill(band, colour, within=outline)


def wisps(sheet: Sheet, outline: Curve, tone: Tone, style: Style, rng: Rng) -> None:
    """Thin locks that leave the silhouette and taper out."""
    out = normals(outline)
    middle = outline.mean(0)
    for k in rng.integers(0, len(outline), int(rng.integers(2, 12))):
        at = outline[k]
        way = out[k] * (1 if out[k] @ (at - middle) > 0 else -1)
        along = np.array([way[1], -way[0]]) * (1 if way[0] < 0 else -1)   # downwards along the silhouette
        long, bow = rng.uniform(20, 75), rng.uniform(0.2, 1.0)
        root = at - way * 8 - along * long * 0.6
        spine = spline([tuple(root), tuple(at + way * long * 0.12), tuple(at + along * long * 0.6 + way * long * 0.5 * bow)])
        left, right = lock(spine, rng.uniform(5, 18))
        shape = join(left, right[::-1])
        sheet.fill(shape, tone.base)
        for edge in (left, right):
            ink(sheet, edge[len(edge) // 3 :], tone, style, 0.8, (0.4, 0.1))


def draw_crest(sheet: Sheet, build: Build, thick: float, tone: Tone, style: Style, rng: Rng) -> Curve:
    """Hair that stands up from the brow: a quiff, a brush, a crown of teeth; returns its outline."""
    t, w = build.top + thick, 100 + thick * 0.8
    lean, rise = rng.uniform(-0.25, 0.25), rng.uniform(0.02, 0.34)
    low = -build.top * rng.uniform(0.5, 0.68)
    base = spline([(-97, -6), (-72, -build.top * 0.45), (0, low), (72, -build.top * 0.45), (97, -6)])
    count = int(rng.integers(5, 13))
    a = np.linspace(88, -88, count * 2 + 1) + rng.normal(0, 3, count * 2 + 1)
    far = 1 + rise * np.cos(np.deg2rad(a)) * rng.uniform(0.6, 1.2, len(a))
    teeth = rng.random() < 0.6
    if teeth:
        far[1::2] += rng.uniform(0.05, 0.3)
        a[1::2] += rng.normal(0, 10)
    x, y = w * far * np.sin(np.deg2rad(a)) + lean * 60 * np.cos(np.deg2rad(a)), -t * far * np.cos(np.deg2rad(a))
    edge = np.stack([x, y], 1)
    outline = join(base, edge if teeth else spline(edge))
    paint(sheet, outline, tone, style, amount=0.08)
    return outline


def scallops(sheet: Sheet, build: Build, tone: Tone, style: Style, rng: Rng) -> Curve:
    """A fringe that ends in round bumps; returns its outline."""
    half, y, count = rng.uniform(86, 100), rng.uniform(-50, -14), int(rng.integers(3, 9))
    xs, sag = np.linspace(half, -half, count + 1), rng.uniform(8, 26)
    bumps = []
    for a, b in pairwise(xs):
        deep = y + sag * 0.7
        bumps.append(spline([(a, y), (a * 0.9 + b * 0.1, deep), ((a + b) / 2, y + sag), (b * 0.9 + a * 0.1, deep), (b, y)]))
    t = build.top
    crown = spline([(-half, y), (-half * 0.95, -t * 0.6), (0, -t * 0.95), (half * 0.95, -t * 0.6), (half, y)])
    outline = join(crown, *bumps)
    paint(sheet, outline, tone, style, (), 0)
    for bump in bumps:
        ink(sheet, bump, tone, style, 1.0, (0.05, 0.05))
    return outline

