"""Hair behind the head by chance: short, bobbed, long, wavy, curly, spiky, in tails, buns and braids."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from layering.artist.build import Build, dome
from layering.artist.easel import Easel
from layering.artist.hair_detail import wisps
from layering.artist.palette import Rng, shaded
from layering.artist.shapes import Curve, Point, ellipse, join, lock, mirror, spline, turn
from layering.artist.sheet import Sheet
from layering.artist.style import Style, Tone, contour, ink, paint

TEXTURES = ("straight", "wavy", "curly", "spiky")


@dataclass(frozen=True, slots=True)
class HairKind:
    """What front and back have in common. thick: units over the skull. length: y of the back's end. part: x of the parting.
    jag: 0 smooth .. 1 ragged. tied: "" or how the back is tied.
    """

    texture: str
    thick: float
    length: float
    width: float
    part: float
    jag: float
    tied: str
    bald: bool


def random_hair(rng: Rng, build: Build) -> HairKind:
    """One head of hair; men's is shorter as a rule."""
    manly = rng.random() < 0.15 + 0.6 * build.manly
    texture = str(rng.choice(TEXTURES, p=(0.46, 0.22, 0.12, 0.2)))
    reach = rng.uniform(0.1, 0.75) if manly else rng.choice([rng.uniform(0.3, 0.9), rng.uniform(0.9, 1.7), rng.uniform(1.7, 5)])
    tied = ""
    if not manly and rng.random() < 0.36:
        tied = str(rng.choice(["twin", "side", "pony", "buns", "braids", "bun"]))
    thick = rng.uniform(9, 30) if rng.random() < 0.8 else rng.uniform(3, 50)
    if texture == "curly" and not tied and rng.random() < 0.5:  # a cloud of hair
        thick, reach = rng.uniform(30, 90), rng.uniform(0.2, 1.2)
    return HairKind(
        texture,
        thick,
        build.chin * reach,
        rng.uniform(1.0, 1.45) if rng.random() < 0.8 else rng.uniform(1.4, 2.0),
        rng.normal(0, 32),
        rng.uniform(0.15, 1),
        tied,
        bool(rng.random() < 0.045),
    )


def curls(outline: Curve, size: float, rng: Rng) -> list[Curve]:
    """Balls of hair strung along a closed outline, for a curly silhouette."""
    spots, walked = [], 0.0
    for a, b in pairwise(outline):
        walked += float(np.hypot(*(b - a)))
        if walked > size * 1.1:
            spots.append(b)
            walked = 0.0
    return [ellipse((p[0], p[1]), size * rng.uniform(0.75, 1.25), size * rng.uniform(0.75, 1.25)) for p in spots]


def paint_curly(sheet: Sheet, outline: Curve, tone: Tone, style: Style, size: float, rng: Rng) -> None:
    """A shape with a curly border: all lines first, then all fills."""
    balls = [outline, *curls(join(outline, outline[:1]), size, rng)]
    for ball in balls:
        contour(sheet, ball, tone, style, 2.0)
    for ball in balls:
        sheet.fill(ball, tone.base)
    low, high = outline.min(0) - size, outline.max(0) + size
    for _ in range(int(18 * style.gloss + 6)):
        x, y = rng.uniform(low, high)
        arc = ellipse((x, y), size * 0.6, size * 0.6)
        if style.tones > 1:
            sheet.ink(arc[: len(arc) // 2], tone.shade, max(style.weight, 2), atop=True)


def ragged_end(half: float, end: float, depth: float, count: int, rng: Rng, bend: float) -> list[Curve]:
    """Tips along the end of long hair from right to left: arcs that meet in points."""
    xs = np.linspace(half, -half, count + 1) + np.concatenate([[0], rng.normal(0, half / count * 0.35, count - 1), [0]])
    out = []
    for k in range(count):
        a, b = xs[k], xs[k + 1]
        tip = (a * 0.35 + b * 0.65 + bend * depth * 0.3, end + rng.uniform(-0.5, 0.5) * depth)
        ya, yb = (end - depth * rng.uniform(0.6, 1.3) for _ in "ab")
        out += [
            spline([(a, ya), ((a + tip[0]) / 2 + half * 0.03, (ya + tip[1]) / 2 + depth * 0.15), tip]),
            spline([tip, ((b + tip[0]) / 2, (yb + tip[1]) / 2 + depth * 0.1), (b, yb)]),
        ]
    return out


def back_outline(build: Build, kind: HairKind, rng: Rng) -> Curve:
    """The hair behind, closed: the dome, two falling sides, and an end."""
    crown = dome(build, kind.thick, min(kind.length, build.chin * 0.5))
    half, end = (100 + kind.thick) * kind.width, max(kind.length, 10)
    crown_line = spline(crown)
    if kind.length < build.chin * 0.45:
        return crown_line
    depth = min((end + build.top) * 0.16, 60) * (0.25 + kind.jag)
    wave = half * 0.08 if kind.texture == "wavy" else 0.0
    steps = max(int((end - crown[-1][1]) / 45), 1) if wave else 2
    ys = np.linspace(crown[-1][1], end - depth, steps + 2)[1:]
    side: list[Point] = [crown[-1]]
    for k, y in enumerate(ys):
        t = (k + 1) / len(ys)
        side.append((crown[-1][0] + (half - crown[-1][0]) * t**0.7 + wave * (1 if k % 2 else -1), float(y)))
    count = int(rng.integers(3, 9))
    right = spline(side)
    end_tips = (
        ragged_end(side[-1][0], end, depth, count, rng, rng.normal()) if kind.jag > 0.2 or kind.texture == "spiky" else []
    )
    return join(crown_line, right, *end_tips, mirror(right, 0)[::-1])


def draw_back(easel: Easel, build: Build, kind: HairKind) -> None:
    """Hair behind the head on its own layer, with what is tied behind."""
    rng, style = easel.rng, easel.style
    if kind.bald:
        return
    dark = shaded(easel.palette.behind, style.depth * rng.choice([0.0, 0.6, 1.0]), style.cast)
    tone = easel.hair_tone(dark)
    sheet = easel.head(-0.3)
    free = (
        kind
        if not kind.tied or (kind.tied in ("side", "bun") and rng.random() < 0.5)
        else HairKind(kind.texture, kind.thick, build.chin * 0.3, 1.0, kind.part, kind.jag, kind.tied, False)
    )
    outline = back_outline(build, free, rng)
    if kind.texture == "curly":
        paint_curly(sheet, outline, tone, style, rng.uniform(9, 22) * (1 + kind.thick / 60), rng)
    else:
        paint(sheet, outline, tone, style, None if rng.random() < 0.5 else (), amount=0.08)
        if easel.palette.lining != easel.palette.hair:
            sheet.fill(outline * (0.72, 0.96), easel.palette.lining, within=outline)
            contour(sheet, outline, tone, style)
        strands(sheet, outline, tone, style, rng)
        if rng.random() < 0.25:
            wisps(sheet, outline, tone, style, rng)
    if kind.texture == "spiky":
        spikes(sheet, build, kind, tone, style, rng)
    tint_tips(sheet, easel, (-20.0, max(free.length, 90.0)))
    easel.add(10, sheet, "back hair")
    if kind.tied:
        draw_tied(easel, build, kind)


def tint_tips(sheet: Sheet, easel: Easel, reach: tuple[float, float]) -> None:
    """Let the hair run, or break, into its second colour between two heights, where this head has one that shows outside."""
    if easel.palette.tips and easel.style.tones == 1:
        y = reach[0] + (reach[1] - reach[0]) * 0.4
        edge = [(x, y + (9.0 if k % 2 else -9.0)) for k, x in enumerate(np.linspace(-600, 600, 61))]
        sheet.fill(join(edge, [(600, 2500), (-600, 2500)]), easel.palette.tips, atop=True)
    elif easel.palette.tips:
        box = np.array([(-600.0, reach[0]), (600, reach[0]), (600, 2500), (-600, 2500)])
        sheet.fade(box, easel.palette.tips, (0.0, reach[1]), (0.0, reach[0]))


def strands(sheet: Sheet, outline: Curve, tone: Tone, style: Style, rng: Rng) -> None:
    """A few lines that follow the fall of long hair."""
    top, bottom = outline[:, 1].min(), outline[:, 1].max()
    if bottom - top < 250 or rng.random() < 0.3:
        return
    for x in rng.uniform(-0.8, 0.8, int(rng.integers(2, 9))):
        half = outline[:, 0].max()
        y0 = top + (bottom - top) * rng.uniform(0.35, 0.6)
        line = spline(
            [
                (x * 0.9 * half, y0),
                (x * half * 0.95, (y0 + bottom) / 2),
                (x * half, bottom - (bottom - top) * rng.uniform(0.03, 0.15)),
            ]
        )
        ink(sheet, line, tone, style, 0.7, (0.6, 0.3), atop=True)


def spikes(sheet: Sheet, build: Build, kind: HairKind, tone: Tone, style: Style, rng: Rng) -> None:
    """Spikes that stand out from the crown."""
    count = int(rng.integers(5, 11))
    lean = rng.normal(0, 20)
    for a in sorted(np.linspace(-105, 105, count) + rng.normal(0, 6, count), key=abs, reverse=True):
        w = (100 + kind.thick) * rng.uniform(0.5, 0.95)
        reach = rng.uniform(0.1, 0.6) * 100 * (0.4 + kind.jag)
        base = np.array([np.sin(np.deg2rad(a)) * 70, -np.cos(np.deg2rad(a)) * (build.top - 30) * 0.8 - 20])
        out = np.array([np.sin(np.deg2rad(a + lean)), -np.cos(np.deg2rad(a + lean))])
        side, tip = np.array([-out[1], out[0]]) * w * 0.5, base + out * (60 + reach) + np.array([0, reach * 0.15])
        cone = join(
            spline([base - side, base - side * 0.7 + out * (40 + reach * 0.45), tip]),
            spline([tip, base + side * 0.6 + out * (30 + reach * 0.3), base + side]),
        )
        paint(sheet, cone, tone, style, ())


def draw_tied(easel: Easel, build: Build, kind: HairKind) -> None:
    """Tails, buns or braids, each on a layer of its own."""
    rng, tone, style = easel.rng, easel.hair_tone(), easel.style
    sides = {"twin": (-1, 1), "buns": (-1, 1), "braids": (-1, 1), "bun": (0,)}.get(kind.tied, (int(rng.choice([-1, 1])),))
    height = rng.uniform(-0.75, 0.15) * build.top
    size, end = rng.uniform(26, 60), build.chin * rng.uniform(0.6, 4)
    band = easel.style.tone(easel.palette.accent)
    for s in sides:
        sheet = easel.head(-0.5 if kind.tied != "braids" else 0.3)
        if kind.tied in ("buns", "bun"):
            at = (s * 84.0, -build.top * 0.86) if s else (0.0, -build.top - size * 0.7)
            ball = ellipse(at, size, size * rng.uniform(0.85, 1.05))
            paint(sheet, ball, tone, style)
            ink(sheet, turn(ball[: len(ball) // 3] * 0.6 + np.array(at) * 0.4, 30, at), tone, style, 0.7, atop=True)
        elif kind.tied == "braids":
            braid(sheet, s * 70.0, build.chin * 0.9, s * rng.uniform(60, 110), end, size * 0.55, tone, style)
        else:
            tail(sheet, (s * 92.0, height), s * (110 + size + rng.uniform(0, 90)), end, size * 1.6, tone, style, kind)
            paint(sheet, ellipse((s * 98.0, height), 14, 17), band, style)
        easel.add(80 if kind.tied == "braids" else 8, sheet, "front hair" if kind.tied == "braids" else "back hair")


def tail(sheet: Sheet, root: Point, x: float, end: float, width: float, tone: Tone, style: Style, kind: HairKind) -> None:
    """A tied tail of three locks."""
    y = root[1]
    for k, share in enumerate((1.0, 0.75, 0.55)):
        sway = (k - 1) * width * 0.3
        mid = y + (end - y) * 0.4
        wave = width * 0.3 if kind.texture in ("wavy", "curly") else 0.0
        spine = spline(
            [
                root,
                ((root[0] + x) / 2 + sway * 0.5, y - 6),
                (x + sway + wave, mid),
                (x * 0.95 + sway - wave, y + (end - y) * 0.75),
                (x * 0.9 + sway, end - k * 18),
            ]
        )
        left, right = lock(spine, width * share)
        paint(sheet, join(left, right[::-1]), tone, style, None if k == 0 else (), amount=0.2)


def braid(sheet: Sheet, x0: float, y0: float, x1: float, y1: float, width: float, tone: Tone, style: Style) -> None:
    """A chain of slanted drops that ends in a tuft."""
    count = max(int((y1 - y0) / (width * 0.9)), 2)
    for k in range(count):
        t = k / count
        at = (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
        drop = ellipse(at, width * 0.62, width * 0.5, 35 if k % 2 else -35)
        paint(sheet, drop, tone, style)
    left, right = lock(spline([(x1, y1 - width * 0.3), (x1, y1 + width * 0.6), (x1 * 1.02, y1 + width * 1.6)]), width)
    paint(sheet, join(left, right[::-1]), tone, style, ())
