"""What is worn on the head by chance: hats, bands, bows, flowers, ears of animals, horns, clips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.hair_back import HairKind
from layering.artist.neckwear import bow_at
from layering.artist.palette import mix
from layering.artist.shapes import Curve, ellipse, join, ribbon, spline, star, turn
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, ink, paint


def draw_headwear(easel: Easel, build: Build, kind: HairKind) -> None:
    """One thing on the head."""
    rng = easel.rng
    near = mix(easel.palette.hair, easel.palette.accent, rng.uniform(0.15, 0.6))
    tone = easel.style.tone(str(rng.choice([easel.palette.accent, *easel.palette.cloth, near])))
    t = build.top + kind.thick
    half = 100 + kind.thick
    name = str(rng.choice(list(HATS), p=(0.09, 0.06, 0.05, 0.05, 0.08, 0.12, 0.08, 0.05, 0.14, 0.07, 0.11, 0.03, 0.03, 0.04)))
    sheet = easel.head(0.9 if name not in ("animal", "horns") else 0.2)
    HATS[name](sheet, easel, tone, half, t)
    back = {"animal": 0.4, "horns": 0.4, "bow": 0.3}.get(name, 0.0)
    order = 9 if rng.random() < back else 90
    easel.add(order, sheet, "headwear")


def cap(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A cap with a peak."""
    y, tilt = -t * 0.45, easel.rng.normal(0, 6)
    crown = join(
        spline([(-half * 1.02, y), (-half * 0.9, -t * 0.9), (0, -t * 1.14), (half * 0.9, -t * 0.9), (half * 1.02, y)]),
        spline([(half * 1.02, y), (0, y - 16), (-half * 1.02, y)]),
    )
    peak = join(
        spline([(-half * 0.8, y - 6), (0, y - 26), (half * 0.8, y - 6)]),
        spline([(half * 0.8, y - 6), (half * 0.5, y + 22), (0, y + 30), (-half * 0.5, y + 22), (-half * 0.8, y - 6)]),
    )
    paint(sheet, turn(crown, tilt, (0, y)), tone, easel.style, amount=0.1)
    ink(sheet, turn(spline([(0, -t * 1.12), (6, -t * 0.8), (0, y - 20)]), tilt, (0, y)), tone, easel.style, 0.7)
    paint(sheet, turn(peak, tilt, (0, y)), easel.style.tone(tone.shade), easel.style, amount=0.1)


def beret(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A beret pulled to one side."""
    s = float(easel.rng.choice([-1, 1]))
    shape = spline(
        [
            (-half * 0.9 * s, -t * 0.62),
            (-half * 0.75 * s, -t * 1.1),
            (half * 0.2 * s, -t * 1.3),
            (half * 1.15 * s, -t * 1.0),
            (half * 1.1 * s, -t * 0.6),
            (0, -t * 0.72),
        ],
        True,
    )
    paint(sheet, shape, tone, easel.style, amount=0.14)
    paint(sheet, ribbon(spline([(half * 0.2 * s, -t * 1.28), (half * 0.24 * s, -t * 1.4)]), 8), tone, easel.style, ())


def witch(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A pointed hat with a brim and a band."""
    y, s = -t * 0.55, float(easel.rng.choice([-1, 1]))
    cone = join(
        spline([(-half * 0.85, y), (-half * 0.5, -t * 1.25), (s * half * 0.1, -t * 1.75)]),
        spline([(s * half * 0.1, -t * 1.75), (s * half * 0.55, -t * 1.8), (half * 0.5, -t * 1.25), (half * 0.85, y)]),
    )
    paint(sheet, cone, tone, easel.style, amount=0.12)
    band = join(
        spline([(-half * 0.86, y), (0, y + 14), (half * 0.86, y)]),
        spline([(half * 0.76, y - 26), (0, y - 12), (-half * 0.76, y - 26)]),
    )
    paint(sheet, band, easel.style.tone(easel.palette.metal), easel.style, ())
    paint(
        sheet,
        spline(
            [
                (-half * 1.6, y + 12),
                (-half * 0.8, y - 8),
                (0, y + 6),
                (half * 0.8, y - 8),
                (half * 1.6, y + 12),
                (half * 0.7, y + 26),
                (0, y + 30),
                (-half * 0.7, y + 26),
            ],
            True,
        ),
        tone,
        easel.style,
        amount=0.16,
    )


def beanie(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A knitted cap with a rim and perhaps a bobble."""
    y = -t * 0.5
    crown = join(spline([(-half * 1.0, y), (-half * 0.9, -t * 0.95), (0, -t * 1.18), (half * 0.9, -t * 0.95), (half * 1.0, y)]))
    paint(sheet, crown, tone, easel.style, amount=0.1)
    rim = join(
        spline([(-half * 1.04, y + 8), (0, y - 6), (half * 1.04, y + 8)]),
        spline([(half * 1.02, y - 24), (0, y - 40), (-half * 1.02, y - 24)]),
    )
    paint(sheet, rim, easel.style.tone(tone.shade), easel.style, ())
    if easel.rng.random() < 0.6:
        paint(sheet, ellipse((0, -t * 1.24), 22, 20), easel.style.tone(easel.palette.white), easel.style)


def band(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A hair band over the crown or a headband across the forehead."""
    w = easel.rng.uniform(7, 18)
    y = t * (0.55 if easel.rng.random() < 0.25 else 0.85)
    paint(
        sheet,
        ribbon(
            spline([(-half * 1.0, -t * 0.2), (-half * 0.8, -y * 0.8), (0, -y), (half * 0.8, -y * 0.8), (half * 1.0, -t * 0.2)]),
            w,
        ),
        tone,
        easel.style,
        (),
    )


def bow(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A ribbon on the hair."""
    s = float(easel.rng.choice([-1, 0, 1]))
    bow_at(sheet, (s * half * 0.75, -t * (1.0 if s == 0 else 0.8)), easel.rng.uniform(18, 85), tone, easel.style, easel.rng)


def flower(sheet: Sheet, easel: Easel, tone: Tone, x: float, y: float, r: float) -> None:
    """One flower of five or six petals."""
    n = int(easel.rng.integers(5, 8))
    for k in range(n):
        a = 2 * np.pi * k / n
        paint(
            sheet,
            ellipse((x + r * 0.62 * np.cos(a), y + r * 0.62 * np.sin(a)), r * 0.46, r * 0.36, float(np.degrees(a))),
            tone,
            easel.style,
            (),
            0.7,
        )
    paint(sheet, ellipse((x, y), r * 0.32, r * 0.32), easel.style.tone("f2c544"), easel.style, (), 0.7)


def flowers(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A wreath, or one flower at the side."""
    rng = easel.rng
    if rng.random() < 0.5:
        flower(sheet, easel, tone, float(rng.choice([-1, 1])) * half * 0.78, -t * 0.55, rng.uniform(18, 38))
        return
    for a in np.linspace(-70, 70, int(rng.integers(5, 10))):
        x, y = half * np.sin(np.deg2rad(a)), -t * 0.85 * np.cos(np.deg2rad(a)) ** 0.6
        leaf = ellipse((x + 12, y + 8), 14, 6, 30)
        paint(sheet, leaf, easel.style.tone("5d9a4c"), easel.style, (), 0.6)
        flower(sheet, easel, tone if rng.random() < 0.7 else easel.style.tone(easel.palette.white), x, y, rng.uniform(13, 22))


def tiara(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A crown of points."""
    metal, n, y = easel.style.tone(easel.palette.metal), int(easel.rng.integers(3, 7)), -t * 0.86
    half *= easel.rng.uniform(0.35, 0.7)
    points = [(-half, y + 12)]
    for k in range(n):
        x = -half + 2 * half * (k + 0.5) / n
        points += [(x - half / n, y - 8), (x, y - 48 + abs(x) * 0.2)]
    outline = np.array([*points, (half, y - 8), (half, y + 12)])
    paint(sheet, outline, metal, easel.style, amount=0.1)
    paint(sheet, ellipse((0, y - 4), 7, 7), tone, easel.style, (), 0.7)


def animal(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """Ears of a cat, a fox, a bear or a rabbit."""
    rng = easel.rng
    fur = easel.style.tone(easel.palette.hair if rng.random() < 0.75 else easel.palette.cloth[1])
    kind, size = str(rng.choice(["cat", "cat", "bear", "rabbit", "lop"])), rng.uniform(0.7, 1.3)
    inside = mix(fur.base, "ffb0a8", 0.6)
    for s in (1.0, -1.0):
        if kind == "cat":
            shape: Curve = join(
                spline([(half * 0.3, -t * 0.92), (half * 0.5, -t - 40 * size), (half * 0.72, -t - 78 * size)]),
                spline([(half * 0.72, -t - 78 * size), (half * 0.95, -t - 20 * size), (half * 0.93, -t * 0.6)]),
            )
        elif kind == "bear":
            shape = ellipse((half * 0.68, -t * 0.93), 34 * size, 32 * size)
        elif kind == "rabbit":
            shape = spline(
                [
                    (half * 0.18, -t * 0.95),
                    (half * 0.2, -t - 90 * size),
                    (half * 0.42, -t - 165 * size),
                    (half * 0.58, -t - 90 * size),
                    (half * 0.5, -t * 0.9),
                ],
                True,
            )
        else:
            shape = spline(
                [
                    (half * 0.6, -t * 0.9),
                    (half * 1.1, -t * 0.95),
                    (half * 1.35, -t * 0.3),
                    (half * 1.1, t * 0.05),
                    (half * 0.95, -t * 0.5),
                ],
                True,
            )
        shape = shape * (s, 1)
        paint(sheet, shape, fur, easel.style, amount=0.12)
        inner = shape * 0.62 + shape.mean(0) * 0.38 + np.array([0, 4])
        sheet.fill(inner, inside, within=shape)


def horns(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A pair of horns, straight or curled."""
    rng = easel.rng
    bone = easel.style.tone(str(rng.choice(["3a3036", "d9cdb8", "7a2430", easel.palette.metal])))
    out, up, curl = rng.uniform(0.1, 0.8) * half, rng.uniform(30, 110), rng.uniform(-40, 40)
    for s in (1.0, -1.0):
        line = spline([(half * 0.55, -t * 0.82), (half * 0.62 + out, -t - up * 0.4), (half * 0.62 + out + curl, -t - up)]) * (
            s,
            1,
        )
        paint(sheet, ribbon(line, np.linspace(34, 1, len(line))), bone, easel.style, amount=0.2)


def clip(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """Hair clips: bars, a cross, a star, a ball."""
    rng, s = easel.rng, float(easel.rng.choice([-1, 1]))
    x, y = s * half * rng.uniform(0.5, 0.8), -t * rng.uniform(0.3, 0.65)
    kind = int(rng.integers(0, 4))
    if kind == 0:
        for k in range(int(rng.integers(1, 4))):
            paint(
                sheet,
                ribbon(spline([(x - 14, y + k * 13 + s * 4), (x + 14, y + k * 13 - s * 4)]), 7),
                tone,
                easel.style,
                (),
                0.8,
            )
    elif kind == 1:
        for angle in (45, -45):
            bar = turn(ribbon(spline([(x - 17, y), (x + 17, y)]), 7), angle, (x, y))
            paint(sheet, bar, tone, easel.style, (), 0.8)
    elif kind == 2:
        paint(sheet, star((x, y), 20), tone, easel.style, (), 0.8)
    else:
        paint(sheet, ellipse((x, y), 13, 13), tone, easel.style)


def helmet(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A helmet with a crest."""
    metal = easel.style.tone(easel.palette.metal)
    shape = join(
        spline([(-half * 1.06, 10), (-half * 1.08, -t * 0.6), (0, -t * 1.16), (half * 1.08, -t * 0.6), (half * 1.06, 10)]),
        spline([(half * 0.86, 6), (half * 0.8, -t * 0.5), (0, -t * 0.6), (-half * 0.8, -t * 0.5), (-half * 0.86, 6)]),
    )
    paint(sheet, shape, metal, easel.style, amount=0.08)
    paint(
        sheet,
        spline([(0, -t * 1.0), (-10, -t * 1.4), (half * 0.5, -t * 1.5), (half * 0.9, -t * 1.2), (10, -t * 1.1)], True),
        tone,
        easel.style,
    )


def straw(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A wide straw hat with a ribbon."""
    hay, y = easel.style.tone("e8cf8f"), -t * 0.6
    paint(
        sheet,
        spline([(-half * 1.9, y + 14), (0, y - 30), (half * 1.9, y + 14), (0, y + 34)], True),
        hay,
        easel.style,
        amount=0.2,
    )
    paint(
        sheet,
        join(
            spline([(-half * 0.8, y), (-half * 0.7, -t * 1.15), (0, -t * 1.3), (half * 0.7, -t * 1.15), (half * 0.8, y)]),
            spline([(half * 0.8, y), (0, y + 18), (-half * 0.8, y)]),
        ),
        hay,
        easel.style,
        amount=0.1,
    )
    paint(
        sheet,
        join(
            spline([(-half * 0.8, y), (0, y + 18), (half * 0.8, y)]),
            spline([(half * 0.78, y - 24), (0, y - 6), (-half * 0.78, y - 24)]),
        ),
        tone,
        easel.style,
        (),
    )


def maid(sheet: Sheet, easel: Easel, tone: Tone, half: float, t: float) -> None:
    """A frilled band."""
    white = easel.style.tone(easel.palette.white)
    for a in np.linspace(-62, 62, 9):
        x, y = half * 0.95 * np.sin(np.deg2rad(a)), -t * np.cos(np.deg2rad(a)) ** 0.7 * 0.92
        paint(sheet, ellipse((x, y - 10), 17, 17), white, easel.style, (), 0.8)
    paint(sheet, ribbon(spline([(-half * 0.86, -t * 0.5), (0, -t * 0.93), (half * 0.86, -t * 0.5)]), 12), tone, easel.style, ())


HATS: dict[str, Callable[[Sheet, Easel, Tone, float, float], None]] = {
    "cap": cap, "beret": beret, "witch": witch, "beanie": beanie, "band": band, "bow": bow, "flowers": flowers,
    "tiara": tiara, "animal": animal, "horns": horns, "clip": clip, "helmet": helmet, "straw": straw, "maid": maid,
}  # fmt: skip
"""Each draws on a sheet: (sheet, easel, tone, half the head's width with hair, its height above the eyes)."""
