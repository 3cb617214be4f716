"""Below the waist by chance: skirts, shorts, trousers, belts, legs in stockings, shoes and boots."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import mix
from layering.artist.pattern import pattern
from layering.artist.shapes import Curve, ellipse, join, part, ribbon, spline, widths
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, contour, ink, paint


def draw_bottom(easel: Easel, build: Build, tone: Tone, trim: Tone) -> None:
    """Skirt, shorts or trousers' upper part."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    long = build.foot_y - build.hip_y
    top = build.hip_y * 0.78 + build.waist_y * 0.22
    if rng.random() < 0.65 * (1 - build.manly) + 0.05:
        end = build.hip_y + long * rng.choice([rng.uniform(0.12, 0.35), rng.uniform(0.4, 0.9)])
        wide = build.hip * rng.uniform(1.1, 1.9)
        count = int(rng.integers(2, 9))
        xs = np.linspace(wide, -wide, count * 2 + 1)
        hem = [(float(x), end + (6.0 if k % 2 else -2.0) - 8 * (abs(x) / wide) ** 2) for k, x in enumerate(xs)]
        outline = join(
            spline([(-wide, end), (-build.hip * 1.05, build.hip_y), (-build.waist * 1.02, top)]),
            spline([(build.waist * 1.02, top), (build.hip * 1.05, build.hip_y), (wide, end)]),
            np.asarray(hem),
        )
        paint(sheet, outline, tone, style, amount=0.08)
        pattern(sheet, outline, tone, trim, easel)
        for x, y in hem[1:-1:1]:
            ink(sheet, spline([(x * build.waist / wide * 0.95, top + 10), (x, y)]), tone, style, 0.8, (0.6, 0.05), atop=True)
        contour(sheet, outline, tone, style)
        easel.add(26, sheet, "bottomwear")
        return
    end = build.hip_y + long * rng.choice([0.2, 0.35, 0.95])
    for flip in (1.0, -1.0):
        outline = join(
            spline([(0, top), (build.waist * 1.04, top), (build.hip * 1.08, build.hip_y), (build.hip * 1.05, end)]),
            [(build.hip * 0.12, end), (0, build.hip_y + 16)],
        ) * (flip, 1)
        paint(sheet, outline, tone, style, amount=0.12)
    easel.add(24, sheet, "bottomwear")


def belt(easel: Easel, build: Build, tone: Tone) -> None:
    """A belt or sash at the waist."""
    sheet, w, high = easel.body(), build.waist * 1.15, easel.rng.uniform(8, 26)
    band = ribbon(spline([(-w, build.waist_y), (0, build.waist_y + 6), (w, build.waist_y)]), high)
    paint(sheet, band, tone, easel.style, amount=0.1)
    if easel.rng.random() < 0.6:
        paint(
            sheet, ellipse((0, build.waist_y + 6), high * 0.6, high * 0.6), easel.style.tone(easel.palette.metal), easel.style
        )
    easel.add(38, sheet, "topwear")


def draw_legs(easel: Easel, build: Build, cloth: Tone, trim: Tone) -> None:
    """Both legs: bare, in socks, stockings or trousers' cloth, and shoes or boots."""
    rng, style, skin = easel.rng, easel.style, easel.style.tone(easel.palette.skin)
    kind = str(rng.choice(["bare", "socks", "high", "tights", "trousers"], p=(0.2, 0.15, 0.2, 0.15, 0.3)))
    apart, long, w = rng.uniform(0.35, 0.7), build.foot_y - build.hip_y, build.hip * rng.uniform(0.4, 0.52)
    legs, shoes = easel.body(), easel.body()
    shaft = rng.uniform(0.6, 0.85) if rng.random() < 0.35 else 1.0
    out, size = rng.uniform(0.1, 1.1), rng.uniform(0.95, 1.2)
    hide = mix("2a2426", easel.palette.accent, rng.uniform(0, 0.3))
    leather = style.tone(easel.palette.cloth[2] if rng.random() < 0.6 else hide)
    for s in (-1.0, 1.0):
        x = s * build.hip * apart
        bone = spline(
            [
                (x, build.hip_y - long * 0.08),
                (x * 1.02, build.hip_y + long * 0.4),
                (x * rng.uniform(0.95, 1.25), build.foot_y - 8),
            ]
        )
        profile = ((0, w * 2.1), (0.45, w * 1.45), (0.62, w * 1.4), (1, w * 0.95))
        tone = cloth if kind in ("tights", "trousers") else skin
        wide = widths(bone, profile) * (1.12 if kind == "trousers" else 1)
        paint(legs, ribbon(bone, wide), tone, style, amount=0.2)
        if kind in ("socks", "high"):
            at = 0.78 if kind == "socks" else rng.uniform(0.3, 0.5)
            sock = part(bone, at, 1)
            paint(legs, ribbon(sock, widths(bone, profile)[-len(sock) :] * 1.06), trim, style, amount=0.2)
        shoe(shoes, easel, s, bone, w * size, shaft, w * out, leather)
    easel.add(20, legs, "legwear")
    easel.add(22, shoes, "footwear")


def shoe(sheet: Sheet, easel: Easel, s: float, bone: Curve, w: float, shaft: float, out: float, tone: Tone) -> None:
    """A shoe at the end of a leg, its tip `out` units outwards; a boot where `shaft`, its upper end on the leg, is under 1."""
    x, y = bone[-1]
    if shaft < 1:
        paint(sheet, ribbon(part(bone, shaft, 1), w * 1.5), tone, easel.style, amount=0.2)
    foot = spline(
        [
            (x - w * 0.62, y - w * 0.2),
            (x, y - w * 0.5),
            (x + w * 0.62, y - w * 0.2),
            (x + w * 0.7 + s * out, y + w * 0.5),
            (x + s * out * 0.7, y + w * 0.62),
            (x - w * 0.7 + s * min(out, w * 0.3), y + w * 0.5),
        ],
        closed=True,
    )
    paint(sheet, foot, tone, easel.style)
    contour(sheet, foot, tone, easel.style, 0.5)
