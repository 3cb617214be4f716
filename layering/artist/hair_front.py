"""Hair before the face by chance: the crown, fringes of many cuts, side locks, an ahoge, and the glossy band."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from layering.artist.build import Build, dome
from layering.artist.easel import Easel
from layering.artist.hair import Arch, HairTones, Lock, draw_lock
from layering.artist.hair_back import HairKind, paint_curly, ragged_end, tint_tips
from layering.artist.hair_detail import combed, draw_crest, gloss_strip, scallops
from layering.artist.palette import Rng, shaded
from layering.artist.shapes import Curve, Point, ellipse, join, lock, move, part, spline
from layering.artist.sheet import Sheet
from layering.artist.style import Style, Tone, contour, crescent, ink, paint

FRINGES = ("locks", "blunt", "curtain", "spikes", "swept", "bare", "eye", "mass", "drape", "scallops")


def hairline(build: Build, high: float) -> Curve:
    """Where the cap of hair ends above the forehead, from the right temple to the left."""
    y = -build.top * high
    return spline([(97, 0), (86, y * 0.62), (50, y), (0, y * 1.05), (-50, y), (-86, y * 0.62), (-97, 0)])


def cap_outline(build: Build, kind: HairKind, high: float) -> Curve:
    """The hair on the crown down to the hairline, closed."""
    return join(spline(dome(build, kind.thick, 6)), hairline(build, high))


def bang(root: Point, tip: Point, width: float, bend: float, belly: float) -> Lock:
    """A lock from the crown to a tip; `bend` throws its middle sideways, `belly` says how low it stays wide."""
    (x0, y0), (x1, y1) = root, tip
    mx, my = (x0 + x1) / 2 + bend, y0 + (y1 - y0) * 0.5
    lx, ly = x0 + (x1 - x0) * 0.8 + bend * 0.6, y0 + (y1 - y0) * belly
    left = ((x0 - width * 0.4, y0), (mx - width * 0.55, my), (lx - width * 0.42, ly), tip)
    right = ((x0 + width * 0.4, y0), (mx + width * 0.55, my), (lx + width * 0.42, ly), tip)
    return Lock(left, right)


def fringe_locks(rng: Rng, build: Build, kind: HairKind, cut: str) -> list[Lock]:
    """The locks of a fringe, in the order they are laid."""
    count = int(rng.integers(3, 10))
    root_y = -(build.top + kind.thick) * 0.9
    low, spread = rng.uniform(-34, 2), rng.uniform(82, 104)
    lean = rng.normal(0, 18) if cut != "swept" else rng.choice([-1, 1]) * rng.uniform(30, 60)
    xs = np.linspace(-spread, spread, count)
    out = []
    for k in rng.permutation(count) if rng.random() < 0.5 else np.argsort(-np.abs(xs - kind.part)):
        x = xs[k] + rng.normal(0, 4)
        edge = abs(x) / spread
        y = low + edge**2 * rng.uniform(20, 70) + rng.normal(0, 12 * kind.jag)
        if cut == "curtain":
            y = low - 30 + 75 * edge
        root_x = kind.part * (1 - edge) + x * (0.35 + 0.25 * edge)
        width = 2 * spread / count * rng.uniform(1.05, 1.9) * (1 - 0.35 * edge)
        out.append(
            bang(
                (root_x, root_y * (1 - 0.25 * edge)),
                (x + lean * 0.4 + x * 0.08, y),
                width,
                (x - root_x) * 0.3 - lean * 0.2,
                rng.uniform(0.65, 0.85),
            )
        )
    return [
        replace(x, strands=tuple(rng.uniform(0.25, 0.75, int(rng.integers(1, 3))))) if rng.random() < 0.3 else x for x in out
    ]


def draw_front(easel: Easel, build: Build, kind: HairKind) -> list[Curve]:
    """Crown, fringe, side locks and ahoge; returns the outlines that throw a shadow on the forehead."""
    if kind.bald:
        return []
    rng, style, tone = easel.rng, easel.style, easel.hair_tone()
    sheet = easel.head(1.12)
    cap = cap_outline(build, kind, rng.uniform(0.5, 0.75))
    if kind.texture == "curly":
        paint_curly(sheet, cap, tone, style, rng.uniform(9, 18) * (1 + kind.thick / 60), rng)
    else:
        sheet.fill(cap, tone.base)
        if style.tones > 1 and rng.random() < 0.5:
            sheet.fill(crescent(cap, style.light, 0.06), tone.shade, within=cap, blur=style.soft)
    crest = [draw_crest(sheet, build, kind.thick, tone, style, rng)] if kind.texture != "curly" and rng.random() < 0.1 else []
    shadows = [cap, *crest, *draw_fringe(sheet, easel, build, kind, tone)]
    if kind.texture != "curly" and rng.random() < 0.35:
        combed(sheet, build, kind.part, kind.thick, tone, style, rng)
    if rng.random() < 0.2:
        box, dark = dome_box(build, kind), shaded(tone.base, rng.uniform(0.1, 0.4), style.cast)
        ends = ((0.0, 10.0), (0.0, -build.top)) if rng.random() < 0.6 else ((0.0, -build.top * 1.1), (0.0, -build.top * 0.3))
        sheet.fade(box, dark, *ends)
    if kind.texture != "curly" and not crest and rng.random() < 0.93:
        ink(sheet, part(spline(dome(build, kind.thick, 6)), 0.06, 0.94), tone, style, 1.1, (0.1, 0.1))
    tint_tips(sheet, easel, (-20.0, 90.0))
    easel.add(70, sheet, "front hair")
    draw_side_locks(easel, build, kind, hair_tones(tone, style))
    if rng.random() < 0.2:
        draw_ahoge(easel, build, kind, tone)
    return shadows


def dome_box(build: Build, kind: HairKind) -> Curve:
    """A box round all the hair of the head's front."""
    w, t = 300.0 + kind.thick, build.top * 1.6 + kind.thick
    return np.array([(-w, -t), (w, -t), (w, 1500.0), (-w, 1500.0)])


def hair_tones(tone: Tone, style: Style) -> HairTones:
    """What the lock painter needs of a tone."""
    return HairTones(tone.base, tone.shade if style.tones > 1 else tone.base, tone.light, tone.line)


def draw_fringe(sheet: Sheet, easel: Easel, build: Build, kind: HairKind, tone: Tone) -> list[Curve]:
    """One of the cuts, with the gloss; returns the outlines of what hangs over the forehead."""
    rng, style, tones = easel.rng, easel.style, hair_tones(tone, easel.style)
    cut = str(rng.choice(FRINGES, p=(0.22, 0.1, 0.09, 0.1, 0.1, 0.06, 0.06, 0.12, 0.11, 0.04)))
    band = gloss_arch(build, rng) if style.gloss and style.tones > 1 else None
    shapes: list[Curve] = []
    if kind.texture == "curly":
        shapes = [mass(build, rng, kind)] if cut != "bare" else []
        for shape in shapes:
            paint_curly(sheet, shape, tone, style, rng.uniform(8, 14), rng)
    elif cut in ("locks", "curtain", "swept", "spikes", "eye"):
        for item in fringe_locks(rng, build, kind, cut):
            shapes.append(item.outline)
            if cut == "spikes":
                sharp(sheet, item, tone, style)
            else:
                draw_lock(sheet, item, tones, style.weight, band, 12 + 10 * style.gloss)
    elif cut in ("blunt", "scallops"):
        whole = (blunt if cut == "blunt" else scallops)(sheet, build, tone, style, rng)
        shapes.append(whole)
        if band:
            gloss_strip(sheet, whole, band, rng.uniform(8, 30), tone.light, rng)
    elif cut in ("mass", "drape"):
        shapes = [mass(build, rng, kind)] if cut == "mass" else [drape(build, rng, kind, side) for side in (1.0, -1.0)]
        for shape in shapes:
            paint(sheet, shape, tone, style, amount=0.06)
            if band and rng.random() < 0.6:
                gloss_strip(sheet, shape, band, rng.uniform(8, 30), tone.light, rng)
    if cut == "eye" and kind.texture != "curly":
        side = float(rng.choice([-1, 1]))
        veil = bang((side * 10, -build.top * 0.95), (side * 70, build.chin * 0.6), 70, side * 20, 0.8)
        draw_lock(sheet, veil, tones, style.weight)
    if not band and style.gloss > 0.7 and style.tones > 1:
        sheet.fill(ellipse((style.light * 35, -build.top * 0.75), 34, 10, style.light * 20), tone.light, atop=True)
    return shapes


def gloss_arch(build: Build, rng: Rng) -> Arch:
    """A random height and curve of the glossy band."""
    y, k = -build.top * rng.uniform(0.55, 0.75), rng.uniform(0.001, 0.004)
    return lambda x: np.asarray(y + k * x**2)


def sharp(sheet: Sheet, item: Lock, tone: Tone, style: Style) -> None:
    """A lock with straight edges."""
    a, b = np.asarray(item.left), np.asarray(item.right)
    outline = join(a[[0, 2, 3]], b[[2, 0]])
    paint(sheet, outline, tone, style, (), 0)
    for edge in (a[1:], b[1:]):
        ink(sheet, spline(edge), tone, style, 0.9, (0.6, 0.06))


def blunt(sheet: Sheet, build: Build, tone: Tone, style: Style, rng: Rng) -> Curve:
    """A fringe cut straight, with notches."""
    y, half = rng.uniform(-42, -10), rng.uniform(76, 96)
    count = int(rng.integers(0, 6))
    end: list[Point] = [(half, y + 14)]
    for x in np.linspace(half, -half, count + 2)[1:-1]:
        up = rng.uniform(10, 40)
        end += [(x + 3, y + rng.uniform(-2, 4)), (x, y - up), (x - 3, y + rng.uniform(-2, 4))]
    end.append((-half, y + 14))
    outline = join(
        spline(
            [
                (-half, y + 14),
                (-half * 0.9, -build.top * 0.6),
                (0, -build.top * 0.9),
                (half * 0.9, -build.top * 0.6),
                (half, y + 14),
            ]
        ),
        np.asarray(end),
    )
    sheet.fill(outline, tone.base)
    if style.tones > 1:
        sheet.fill(join(end, move(end, 0, -12)[::-1]), tone.shade, within=outline)
    line = np.asarray(end)
    for a, b in pairwise(line):
        ink(sheet, spline([tuple(a), tuple(b)]), tone, style, 0.9, (0.1, 0.1))
    return outline


def mass(build: Build, rng: Rng, kind: HairKind) -> Curve:
    """A fringe in one piece: a smooth sweep or a few soft tips, closed."""
    half, low = rng.uniform(88, 100), rng.uniform(-40, -8)
    top = spline(
        [(-half, 8), (-half * 0.95, -build.top * 0.6), (0, -build.top * 0.95), (half * 0.95, -build.top * 0.6), (half, 8)]
    )
    if rng.random() < 0.4:
        x, s = rng.uniform(10, 55), float(rng.choice([-1, 1]))
        edge = join(
            spline([(half, 8), (half * 0.86, low - 8), (x, -build.top * 0.62)]),
            spline([(x, -build.top * 0.62), (-half * 0.3, low), (-half * 0.8, 0), (-half, 8)]),
        )
        return join(top, edge) * (s, 1)
    return join(top, *ragged_end(half, low + 12, rng.uniform(14, 50), int(rng.integers(2, 7)), rng, rng.normal()))


def drape(build: Build, rng: Rng, kind: HairKind, side: float) -> Curve:
    """One half of parted hair that falls before the ear, closed."""
    w, t, c = 100 + kind.thick, build.top + kind.thick, build.chin
    end = max(kind.length * rng.uniform(0.6, 1.0), c * 0.6)
    root = kind.part * 0.6 * side
    inner = spline(
        [(root, -t * 0.92), (40, -build.top * 0.5), (76, -8), (rng.uniform(74, 92), c * 0.6), (rng.uniform(70, 104), end)]
    )
    outer = spline(
        [
            (rng.uniform(70, 104) + 14, end - 12),
            (w * rng.uniform(1.0, 1.2), c * 0.5),
            (w * 1.01, -t * 0.3),
            (w * 0.5, -t * 0.93),
            (root, -t),
        ]
    )
    return join(inner, outer) * (side, 1)


def draw_side_locks(easel: Easel, build: Build, kind: HairKind, tones: HairTones) -> None:
    """Locks that fall before the ears."""
    rng, style = easel.rng, easel.style
    if rng.random() < 0.3 + 0.4 * build.manly:
        return
    count, end = int(rng.integers(1, 4)), build.chin * rng.uniform(0.45, 2.2)
    width, tone = rng.uniform(14, 46), easel.hair_tone()
    for s in (-1, 1):
        sheet = easel.head(0.75)
        for k in range(count):
            x, y = s * (92 + kind.thick * 0.4 - k * 8), end * rng.uniform(0.8, 1.1)
            top = -build.top * 0.35
            spine = spline(
                [
                    (x * 0.94, top),
                    (x * 1.05, top + (y - top) * 0.35),
                    (x * rng.uniform(1.0, 1.12), top + (y - top) * 0.7),
                    (x * rng.uniform(0.86, 1.12), y),
                ]
            )
            left, right = lock(spine, width)
            outline = join(left, right[::-1])
            if kind.texture == "curly":
                paint_curly(sheet, outline, tone, style, 9, rng)
                continue
            sheet.fill(outline, tones.base)
            if style.tones > 1 and k == 0:
                sheet.fill(join(right, (left * 0.45 + right * 0.55)[::-1]), tones.shade, within=outline, blur=style.soft)
            for edge in (left, right):
                ink(sheet, part(edge, 0.12, 1), tone, style, 1.0, (0.25, 0.06))
        tint_tips(sheet, easel, (-20.0, max(end, 90.0)))
        easel.add(66, sheet, "front hair")


def draw_ahoge(easel: Easel, build: Build, kind: HairKind, tone: Tone) -> None:
    """One stray lock on the crown."""
    rng, sheet = easel.rng, easel.head(0.6)
    s, y = float(rng.choice([-1, 1])), -(build.top + kind.thick)
    size = rng.uniform(20, 60)
    left, right = lock(
        spline(
            [
                (kind.part * 0.5, y + 12),
                (kind.part * 0.5 - s * size * 0.3, y - size * 0.5),
                (kind.part * 0.5 + s * size * 0.2, y - size),
                (kind.part * 0.5 + s * size, y - size * 0.8),
            ]
        ),
        size * 0.5,
    )
    outline = join(left, right[::-1])
    paint(sheet, outline, tone, easel.style, (), 0)
    contour(sheet, outline, tone, easel.style, 0.9)
    easel.add(78, sheet, "front hair")
