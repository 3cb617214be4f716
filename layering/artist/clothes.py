"""What is worn on the body by chance: shirts, jackets, uniforms, hoods, dresses, robes, skirts, ties, ribbons, patterns."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.details import draw_strap, tailor
from layering.artist.easel import Easel
from layering.artist.lower import belt, draw_bottom
from layering.artist.palette import Rng
from layering.artist.pattern import pattern
from layering.artist.shapes import Curve, Point, ellipse, join, mirror, move, ribbon, spline
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, contour, ink, paint

NECKLINES = ("crew", "vee", "boat", "square", "high", "bare")


def neckline(build: Build, kind: str, rng: Rng) -> list[Point]:
    """The right half of a garment's upper edge, from the middle to the shoulder."""
    n, e, y, s = build.neck, build.neck_end, build.shoulder_y, build.shoulder
    deep = (build.waist_y - y) * rng.uniform(0.12, 0.55 if rng.random() < 0.85 else 0.95)
    return {
        "crew": [(0, e + 14), (n * 0.8, e + 7), (n * 1.25, e - 1), (s * 0.7, y - 5)],
        "vee": [(0, y + deep), (n * 0.6, y + deep * 0.4), (n * 1.3, e + 1), (s * 0.7, y - 5)],
        "boat": [(0, y + 6), (s * 0.4, y + 3), (s * 0.72, y - 6), (s * 0.8, y - 5)],
        "square": [(0, y + deep), (s * 0.42, y + deep), (s * 0.46, y - 4), (s * 0.68, y - 5)],
        "high": [
            (0, build.chin + (e - build.chin) * 0.55),
            (n * 1.05, build.chin + (e - build.chin) * 0.5),
            (n * 1.15, e - 6),
            (s * 0.7, y - 5),
        ],
        "bare": [(0, y + deep + 10), (s * 0.4, y + deep + 2), (s * 0.7, y + deep - 6), (s * 0.86, y + deep)],
    }[kind]


def torso(build: Build, kind: str, loose: float, hem: float, rng: Rng, armless: bool) -> Curve:
    """The outline of a garment on the trunk, closed; round over the shoulders where no arms are drawn."""
    s, y = build.shoulder, build.shoulder_y
    edge = spline(neckline(build, kind, rng)) if kind not in ("square",) else np.asarray(neckline(build, kind, rng), np.float64)
    arm = (s * 0.86, y + (build.waist_y - y) * 0.45)
    side: list[Point] = [(s * 0.97, y + 8), (s * 0.97, y + build.limb), arm] if kind != "bare" else [arm]
    if armless:
        edge, w = edge[: len(edge) * 4 // 5], s * rng.uniform(0.95, 1.3)
        side = [(w * 0.86, y + 14), (w, y + 45), (w * rng.uniform(1.0, 1.15), y + 120)]
    elif build.manly < 0.2 and rng.random() < 0.25:  # a bosom
        side[-1] = (s * rng.uniform(0.88, 1.06), arm[1] + 10)
    side += [(build.waist * loose if not armless else side[-1][0], max(build.waist_y, side[-1][1] + 20))]
    if hem > build.waist_y + 10:
        side += [(build.hip * loose * 1.02, min(hem, build.hip_y))]
    if hem > build.hip_y:
        side += [(build.hip * loose * rng.uniform(1.0, 1.5), hem)]
    right = join(edge, spline([tuple(edge[-1]), *side]))
    return join(right, mirror(right, 0)[::-1])


def draw_clothes(easel: Easel, build: Build, floor: float, armless: bool) -> tuple[Tone, Tone]:
    """Topwear and what lies on it, and, where the picture shows them, bottomwear; returns the sleeves' tones."""
    rng, style = easel.rng, easel.style
    first, second, third = (style.tone(c) for c in easel.palette.cloth)
    kind = str(rng.choice(NECKLINES, p=(0.3, 0.25, 0.08, 0.1, 0.15, 0.12)))
    dress = rng.random() < 0.3 * (1 - build.manly)
    hem = (
        build.hip_y + (build.foot_y - build.hip_y) * rng.uniform(0.3, 0.95) if dress else build.hip_y * rng.uniform(0.86, 1.02)
    )
    sheet = easel.body()
    outline = torso(build, kind, rng.uniform(1.0, 1.35), hem, rng, armless)
    paint(sheet, outline, first, style, amount=0.1)
    pattern(sheet, outline, first, second, easel)
    creases(sheet, outline, build, first, easel)
    tailor(sheet, outline, build, first, second, easel)
    contour(sheet, outline, first, style)
    if kind == "high":
        ink(
            sheet,
            spline([(-build.neck * 1.1, build.neck_end - 4), (0, build.neck_end + 5), (build.neck * 1.1, build.neck_end - 4)]),
            first,
            style,
            0.7,
        )
    over = str(rng.choice(["none", "jacket", "vest", "apron", "robe"], p=(0.55, 0.2, 0.1, 0.06, 0.09)))
    if over != "none":
        cover(sheet, build, over, second, hem, easel)
    if rng.random() < 0.35:
        buttons(sheet, build, easel)
    easel.add(35, sheet, "topwear")
    if rng.random() < 0.45:
        draw_collar(easel, build, third if rng.random() < 0.6 else style.tone(easel.palette.white))
    if rng.random() < 0.1:
        hood(easel, build, second if over == "jacket" else first)
    if floor > build.hip_y - 40 and not dress:
        draw_bottom(easel, build, second, third)
    if rng.random() < 0.25:
        belt(easel, build, third)
    if rng.random() < 0.13:
        draw_strap(easel, build, third if rng.random() < 0.5 else style.tone(str(rng.choice(["3a2c26", "6a4a34", "22242a"]))))
    return (second if over == "jacket" else first), third


def cover(sheet: Sheet, build: Build, kind: str, tone: Tone, hem: float, easel: Easel) -> None:
    """Something open or crossed over the first garment."""
    rng, style = easel.rng, easel.style
    s, y, n, e = build.shoulder, build.shoulder_y, build.neck, build.neck_end
    open_ = rng.uniform(0.15, 0.6) * build.waist
    end = hem + rng.uniform(0, 30)
    for flip in (1.0, -1.0):
        if kind == "robe":
            inner = spline([(-s * 0.35 * flip, build.waist_y), (0, y + (build.waist_y - y) * 0.5), (n * 1.3 * flip, e)])
            outline = join(
                inner,
                spline([(n * 1.3 * flip, e), (s * 0.75 * flip, y - 4), (s * 0.97 * flip, y + 10), (s * 0.88 * flip, y + 60)]),
                [(build.waist * 1.1 * flip, build.waist_y), (build.hip * 1.15 * flip, end), (-build.hip * 0.5 * flip, end)],
            )
            paint(sheet, outline, tone, style, amount=0.06)
            paint(sheet, ribbon(inner, 12), easel.style.tone(easel.palette.accent), style, ())
            continue
        if kind == "apron":
            outline = join(
                spline([(0, y + 40), (s * 0.4 * flip, y + 36), (s * 0.5 * flip, build.waist_y)]),
                spline([(build.hip * 0.8 * flip, end), (0, end + 8)]),
            )
        else:
            inner = spline(
                [
                    (open_ * flip, end),
                    (open_ * 0.9 * flip, build.waist_y),
                    (open_ * 0.6 * flip, y + 40),
                    (n * 1.35 * flip, e - 2),
                ]
            )
            outer = [
                (s * 0.75 * flip, y - 7),
                (s * (1.0 if kind == "jacket" else 0.9) * flip, y + 10),
                (s * 0.9 * flip, y + 60),
                (build.waist * 1.18 * flip, build.waist_y),
                (build.hip * 1.12 * flip, end),
            ]
            outline = join(inner, spline(outer))
        paint(sheet, outline, tone, style, amount=0.1)
        if kind == "jacket" and rng.random() < 0.7:
            lapel = np.array(
                [
                    (n * 1.35, e - 2),
                    (s * 0.56, y + 14),
                    (s * 0.42, y + 30),
                    (s * 0.5, y + 40),
                    (open_ * 0.85, build.waist_y * 0.8 + y * 0.2),
                ]
            ) * (flip, 1)
            paint(sheet, lapel, tone, style, ())


def creases(sheet: Sheet, outline: Curve, build: Build, tone: Tone, easel: Easel) -> None:
    """Folds from the armpits and at the waist, and the bosom's shade."""
    rng, style = easel.rng, easel.style
    y, s = build.shoulder_y, build.shoulder
    for flip in (1, -1):
        for _ in range(int(rng.integers(0, 3))):
            x0, y0 = s * 0.84 * flip, y + (build.waist_y - y) * rng.uniform(0.25, 0.5)
            ink(
                sheet,
                spline([(x0, y0), (x0 * 0.8, y0 + rng.uniform(0, 16)), (x0 * rng.uniform(0.5, 0.7), y0 + rng.uniform(6, 30))]),
                tone,
                style,
                0.7,
                (0.1, 0.8),
                atop=True,
            )
    if build.manly < 0.2 and build.real > 0.3 and rng.random() < 0.5 and style.tones > 1:
        at = y + (build.waist_y - y) * 0.55
        for flip in (1, -1):
            c = spline(
                [(s * 0.75 * flip, at - 14), (s * 0.6 * flip, at + 10), (s * 0.3 * flip, at + 14), (s * 0.08 * flip, at)]
            )
            sheet.fill(join(c, move(c, 0, -7)[::-1]), tone.shade, within=outline, blur=style.soft)


def buttons(sheet: Sheet, build: Build, easel: Easel) -> None:
    """A row of buttons, sometimes two, and a placket."""
    rng, metal = easel.rng, easel.style.tone(easel.palette.metal)
    r, gap = rng.uniform(3, 6), rng.uniform(22, 45)
    xs = (0.0,) if rng.random() < 0.7 else (-16.0, 16.0)
    for y in np.arange(build.shoulder_y + 34, build.hip_y, gap):
        for x in xs:
            paint(sheet, ellipse((x, float(y)), r, r), metal, easel.style, (), 0.6)


def draw_collar(easel: Easel, build: Build, tone: Tone) -> None:
    """A shirt collar, a round one, a sailor's, a frill."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    n, e, y, s = build.neck, build.neck_end, build.shoulder_y, build.shoulder
    kind = str(rng.choice(["shirt", "round", "sailor", "frill"]))
    deep = (build.waist_y - y) * rng.uniform(0.12, 0.3)
    for flip in (1.0, -1.0):
        if kind == "shirt":
            shape = np.array(
                [(0, e + 16), (n * 1.1, e - 10), (n * 1.5, e + 2), (n * 1.1, y + deep * 0.7), (n * 0.55, y + deep)]
            )
        elif kind == "round":
            shape = join(
                spline([(0, e + 12), (n * 0.7, e + 6), (n * 1.15, e - 8)]),
                spline([(n * 1.15, e - 8), (s * 0.6, y + 4), (s * 0.55, y + deep), (n * 0.7, y + deep * 1.1), (0, e + 16)]),
            )
        elif kind == "sailor":
            shape = join(
                [(0, y + deep * 1.6)],
                spline([(n * 0.6, e + 16), (n * 1.15, e - 6)]),
                spline([(n * 1.15, e - 6), (s * 0.6, y - 4), (s * 0.8, y + 12)]),
                [(s * 0.66, y + deep * 1.1)],
            )
        else:
            shape = spline(
                [
                    (0, e + 4),
                    (n * 0.8, e - 2),
                    (n * 1.4, e - 8),
                    (n * 1.6, e + 8),
                    (n * 1.1, e + 20),
                    (n * 0.5, e + 16),
                    (0, e + 26),
                ],
                True,
            )
        shape = shape * (flip, 1)
        paint(sheet, shape, tone, style, amount=0.12)
        if kind == "sailor":
            inner = shape * 0.88 + shape.mean(0) * 0.12
            sheet.ink(np.asarray(inner[-2:]).repeat(2, 0)[[0, 0, 3, 3]], tone.light if style.tones else tone.line, 3, (0, 0), 1)
    easel.add(36, sheet, "topwear")


def hood(easel: Easel, build: Build, tone: Tone) -> None:
    """A hood that lies round the neck, partly behind it."""
    sheet, w = easel.body(), build.neck * easel.rng.uniform(1.9, 2.6)
    y, e = build.shoulder_y, build.neck_end
    back = spline([(-w, y + 6), (-w * 1.05, e - 14), (0, e - 30), (w * 1.05, e - 14), (w, y + 6), (0, y + 22)], True)
    paint(sheet, back, easel.style.tone(tone.shade), easel.style, ())
    easel.add(29, sheet, "topwear")
    front = easel.body()
    for flip in (1.0, -1.0):
        side = join(
            spline([(0, y + 34), (w * 0.55, e + 10), (w * 0.9, e - 14)]),
            spline([(w * 0.9, e - 14), (w * 1.2, e + 4), (w, y + 18), (0, y + 46)]),
        ) * (flip, 1)
        paint(front, side, tone, easel.style, amount=0.1)
        ink(
            front,
            spline([(12 * flip, y + 34), (14 * flip, y + 80)]),
            easel.style.tone(easel.palette.white),
            easel.style,
            1.2,
            (0, 0),
        )
    easel.add(37, front, "topwear")
