"""Things beside the body by chance: tails, wings, weapons, held and carried things."""

from __future__ import annotations

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.shapes import Curve, Point, ellipse, join, ribbon, spline, turn, widths
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, ink, paint


def draw_tail(easel: Easel, build: Build) -> None:
    """A cat's, a fox's or a devil's tail from behind the hips."""
    rng, sheet, style = easel.rng, easel.body(), easel.style
    tone = style.tone(easel.palette.hair if rng.random() < 0.8 else easel.palette.accent)
    s, long = float(rng.choice([-1, 1])), build.hip * rng.uniform(1.4, 2.8)
    root = (0.0, build.hip_y - 10)
    line = spline(
        [
            root,
            (s * long * 0.8, build.hip_y + long * 0.2),
            (s * long * 1.1, build.hip_y - long * 0.4),
            (s * long * rng.uniform(0.7, 1.3), build.hip_y - long * 0.9),
        ]
    )
    kind = str(rng.choice(["cat", "fox", "devil"]))
    profile = {"cat": ((0, 16), (0.9, 18), (1, 6)), "fox": ((0, 14), (0.5, 62), (0.8, 50), (1, 2)), "devil": ((0, 12), (1, 5))}[
        kind
    ]
    paint(sheet, ribbon(line, widths(line, profile)), tone, style, amount=0.15)
    if kind == "fox":
        end = line[int(len(line) * 0.82) :]
        paint(sheet, ribbon(end, widths(end, ((0, 46), (0.5, 30), (1, 1)))), style.tone(easel.palette.white), style, (), 0.6)
    if kind == "devil":
        x, y = line[-1]
        paint(sheet, np.array([(x, y - 34), (x + 20, y + 6), (x, y - 4), (x - 20, y + 6)]), tone, style, ())
    easel.add(4, sheet, "tail")


def draw_wings(easel: Easel, build: Build) -> None:
    """Feathered, leathery or fairy wings."""
    rng, sheet, style = easel.rng, easel.body(), easel.style
    kind, size = str(rng.choice(["feather", "bat", "fairy"])), rng.uniform(1.0, 2.2) * build.shoulder
    tone = style.tone({"feather": easel.palette.white, "bat": "3c2a3c", "fairy": "bfe3ec"}[kind])
    y = build.shoulder_y + 20
    for s in (1.0, -1.0):
        if kind == "bat":
            shape: Curve = join(
                spline([(0, y), (size * 0.6, y - size * 0.8), (size * 1.5, y - size * 0.7)]),
                spline([(size * 1.5, y - size * 0.7), (size * 1.2, y - size * 0.1), (size * 1.3, y + size * 0.3)]),
                spline([(size * 1.3, y + size * 0.3), (size * 0.9, y + size * 0.1), (size * 0.8, y + size * 0.5)]),
                spline([(size * 0.8, y + size * 0.5), (size * 0.4, y + size * 0.2), (0, y + size * 0.3)]),
            )
            paint(sheet, shape * (s, 1), tone, style, amount=0.1)
        elif kind == "fairy":
            for a, k in ((-35, 1.0), (25, 0.7)):
                paint(
                    sheet,
                    turn(ellipse((size * 0.7 * k, y), size * 0.7 * k, size * 0.3 * k), a, (0, y)) * (s, 1),
                    tone,
                    style,
                    amount=0.1,
                )
        else:
            for k in range(7):
                a, long = -60 + k * 19, size * (1.4 - 0.13 * k)
                plume = turn(ellipse((long * 0.55, y), long * 0.55, size * 0.13), a, (0, y)) * (s, 1)
                paint(sheet, plume, tone, style, amount=0.15)
    easel.add(3, sheet, "wings")


def draw_held(easel: Easel, build: Build, hand: tuple[str, Point]) -> None:
    """Something in a hand: a sword, a staff, a book, a cup, a phone, a flower, an umbrella."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    (side, (x, y)), u = hand, build.limb * 2.2
    out = 1.0 if side == "l" else -1.0
    metal, tone, wood = style.tone(easel.palette.metal), style.tone(easel.palette.accent), style.tone("7a5236")
    kind = str(rng.choice(["sword", "staff", "book", "cup", "phone", "flower", "wand", "gun"]))
    a = out * rng.uniform(-10, 60)

    def put(shape: Curve) -> Curve:
        return turn(shape, a, (0, 0)) + np.array([x, y + u * 0.3])

    if kind == "sword":
        long, w = u * rng.uniform(4, 9), u * rng.uniform(0.12, 0.3)
        paint(sheet, put(np.array([(-w, 0), (-w, -long), (0, -long - w * 3), (w, -long), (w, 0)])), metal, style, amount=0.4)
        paint(sheet, put(ribbon(spline([(-u * 0.8, 0), (u * 0.8, 0)]), u * 0.25)), tone, style, ())
        paint(sheet, put(ribbon(spline([(0, 0), (0, u * 1.1)]), u * 0.26)), wood, style, ())
    elif kind in ("staff", "wand"):
        long = u * (6 if kind == "staff" else 2.4)
        paint(
            sheet,
            put(ribbon(spline([(0, long * 0.8 if kind == "staff" else u * 0.4), (0, -long)]), u * 0.24)),
            wood,
            style,
            amount=0.3,
        )
        paint(sheet, put(ellipse((0, -long - u * 0.4), u * 0.55, u * 0.55)), tone, style)
    elif kind == "book":
        paint(sheet, put(np.array([(-u, -u * 1.3), (u, -u * 1.3), (u, u * 1.2), (-u, u * 1.2)])), tone, style, amount=0.1)
        paint(
            sheet,
            put(np.array([(-u * 0.5, -u * 0.9), (u * 0.5, -u * 0.9), (u * 0.5, -u * 0.4), (-u * 0.5, -u * 0.4)])),
            style.tone(easel.palette.white),
            style,
            (),
        )
    elif kind == "cup":
        paint(
            sheet,
            np.array([(-u * 0.5, -u * 0.9), (u * 0.5, -u * 0.9), (u * 0.4, u * 0.5), (-u * 0.4, u * 0.5)]) + np.array([x, y]),
            style.tone(easel.palette.white),
            style,
        )
    elif kind == "phone":
        paint(
            sheet,
            put(np.array([(-u * 0.45, -u), (u * 0.45, -u), (u * 0.45, u * 0.7), (-u * 0.45, u * 0.7)])),
            style.tone("2b2d36"),
            style,
            (),
        )
        sheet.fill(
            put(np.array([(-u * 0.36, -u * 0.85), (u * 0.36, -u * 0.85), (u * 0.36, u * 0.5), (-u * 0.36, u * 0.5)])), "9fd4ee"
        )
    elif kind == "gun":
        paint(
            sheet,
            put(
                np.array(
                    [
                        (-u * 0.2, u * 0.6),
                        (-u * 0.2, -u * 0.4),
                        (-u * 0.2, -u * 2.2),
                        (u * 0.25, -u * 2.2),
                        (u * 0.25, -u * 0.5),
                        (u * 0.9, -u * 0.2),
                        (u * 0.8, u * 0.3),
                        (u * 0.2, u * 0.1),
                    ]
                )
            ),
            style.tone("3a3d46"),
            style,
            amount=0.2,
        )
    else:
        stem = put(spline([(0, u * 0.8), (2, -u), (0, -u * 2)]))
        sheet.fill(ribbon(stem, 4), "4f8a44")
        bloom = put(np.array([(0.0, -u * 2)]))[0]
        for k in range(6):
            b = k * np.pi / 3
            paint(
                sheet,
                ellipse((bloom[0] + u * 0.4 * np.cos(b), bloom[1] + u * 0.4 * np.sin(b)), u * 0.34, u * 0.34),
                tone,
                style,
                (),
                0.7,
            )
    easel.add(41.5 if rng.random() < 0.5 else 44, sheet, "objects")


def draw_carried(easel: Easel, build: Build) -> None:
    """A bag whose strap crosses the breast, as part of the clothes, or a weapon on the back."""
    rng, style, sheet = easel.rng, easel.style, easel.body()
    tone, s = style.tone(easel.palette.cloth[1]), float(easel.rng.choice([-1, 1]))
    if rng.random() < 0.55:
        strap = spline(
            [
                (-s * build.shoulder * 0.55, build.shoulder_y - 4),
                (0, (build.shoulder_y + build.waist_y) / 2),
                (s * build.hip, build.hip_y - 6),
            ]
        )
        band = easel.body()
        paint(band, ribbon(strap, rng.uniform(7, 18)), tone, style, ())
        easel.add(40.5, band, "topwear")
        bag(sheet, easel, tone, (s * build.hip * 1.05, build.hip_y + 10), build.hip * 0.4)
        easel.add(41, sheet, "objects")
        return
    line = spline([(-s * build.shoulder * 1.6, build.shoulder_y - build.shoulder * 1.2), (s * build.shoulder, build.hip_y)])
    paint(sheet, ribbon(line, build.limb * 0.8), style.tone(easel.palette.metal), style, amount=0.3)
    grip = line[: max(len(line) // 6, 4)]
    paint(sheet, ribbon(grip, build.limb * 0.5), style.tone("5a3a2a"), style, ())
    easel.add(2, sheet, "objects")


def bag(sheet: Sheet, easel: Easel, tone: Tone, at: Point, size: float) -> None:
    """A satchel."""
    x, y = at
    box = spline(
        [
            (x - size, y - size * 0.7),
            (x + size, y - size * 0.7),
            (x + size * 1.05, y + size * 0.7),
            (x - size * 1.05, y + size * 0.7),
        ],
        True,
    )
    paint(sheet, box, tone, easel.style)
    ink(sheet, spline([(x - size, y), (x, y + size * 0.25), (x + size, y)]), tone, easel.style, 0.8)
