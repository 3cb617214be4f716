"""Neck, arms with their sleeves and hands, legs with stockings and shoes. Head units, body frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import Rng
from layering.artist.shapes import Curve, Point, ellipse, join, mirror, move, part, ribbon, spline, widths
from layering.artist.sheet import Sheet
from layering.artist.style import Tone, ink, paint


def neck_half(build: Build) -> list[Point]:
    """The right half of neck and shoulders' skin, from the mouth's height down to the breast."""
    n, e = build.neck, build.neck_end
    return [
        (n * 0.98, build.chin * 0.62),
        (n * 0.95, (build.chin + e) / 2),
        (n * 1.04, e - 6),
        (n * 1.5, e + (build.shoulder_y - e) * 0.45),
        (build.shoulder * 0.72, build.shoulder_y - 3),
        (build.shoulder * 0.94, build.shoulder_y + 6),
    ]


def draw_neck(easel: Easel, build: Build) -> None:
    """Neck and upper chest, with the chin's shadow and collar bones."""
    rng, style, tone = easel.rng, easel.style, easel.style.tone(easel.palette.skin)
    sheet, side = easel.body(), spline(neck_half(build))
    low = build.shoulder_y + (build.waist_y - build.shoulder_y) * 0.6
    outline = join(side, [(build.shoulder * 0.86, low), (-build.shoulder * 0.86, low)], mirror(side, 0)[::-1])
    sheet.fill(outline, tone.base)
    drop = build.chin + (build.neck_end - build.chin) * rng.uniform(0.4, 1.2)
    if style.tones > 1 and rng.random() < 0.85:
        w = build.neck * 1.6
        sheet.fill(
            join(
                spline(
                    [(w, drop - 12), (w * 0.4, drop + 4), (0, drop + rng.uniform(4, 16)), (-w * 0.4, drop + 4), (-w, drop - 12)]
                ),
                [(-w, build.chin * 0.5), (w, build.chin * 0.5)],
            ),
            tone.shade,
            within=outline,
            blur=style.soft,
        )
    for line in (side, mirror(side, 0)):
        ink(sheet, line, tone, style, 1.0, (0.05, 0.1))
    for y in np.linspace(build.chin * 1.05, build.neck_end, 4) if easel.palette.jointed else ():
        ink(sheet, spline([(-build.neck, y - 4), (0, y + 3), (build.neck, y - 4)]), tone, style, 0.8, (0, 0), atop=True)
    if build.real > 0.3 and rng.random() < 0.6:
        for s in (-1, 1):
            y = build.shoulder_y
            ink(
                sheet,
                spline([(s * 8, y + 10), (s * build.shoulder * 0.3, y + 3), (s * build.shoulder * 0.6, y)]),
                tone,
                style,
                0.7,
            )
    easel.add(30, sheet, "neck")


def draw_trunk(easel: Easel, build: Build) -> None:
    """The trunk's skin under the clothes, from the breast to the thighs."""
    tone, s, y, sheet = easel.style.tone(easel.palette.skin), build.shoulder, build.shoulder_y, easel.body()
    side = spline(
        [
            (s * 0.8, y + 20),
            (s * 0.8, y + (build.waist_y - y) * 0.45),
            (build.waist * 0.95, build.waist_y),
            (build.hip * 0.98, build.hip_y),
            (build.hip * 0.9, build.hip_y + 20),
        ]
    )
    outline = join(side, mirror(side, 0)[::-1])
    paint(sheet, outline, tone, easel.style, amount=0.1)
    easel.add(18, sheet, "body")


def limb(bone: Curve, width: Curve | float) -> Curve:
    """The outline of a limb along a bone, round at its root."""
    band = np.broadcast_to(np.asarray(width, np.float64), len(bone))
    way = (bone[3] - bone[0]) / max(float(np.hypot(*(bone[3] - bone[0]))), 1e-6)
    side = np.array([-way[1], way[0]])
    a = np.linspace(-np.pi / 2, np.pi / 2, 12)[1:-1, None]
    cap = bone[0] - way * np.cos(a) * band[0] * 0.5 + side * np.sin(a) * band[0] * 0.5
    return join(ribbon(bone, band), cap)


@dataclass(frozen=True, slots=True)
class Arm:
    """Joints of the picture's right arm (mirrored for the other): x outwards. front: before the body; over: the head too."""

    shoulder: Point
    elbow: Point
    wrist: Point
    front: bool
    over: bool = False


def random_arm(rng: Rng, build: Build, pose: str) -> Arm:
    """One arm in a pose: down, akimbo, raised, folded, held before the body, spread."""
    s, y = build.shoulder, build.shoulder_y
    reach = build.waist_y - y
    top = (s * 0.82, y + build.limb * 1.0)
    if pose == "raised":
        return Arm(
            top,
            (s * 1.5, y + reach * rng.uniform(0.35, 0.65)),
            (s * rng.uniform(1.0, 1.5), y - reach * rng.uniform(0.0, 0.5)),
            True,
        )
    if pose == "akimbo":
        return Arm(top, (s * 1.55, y + reach * 0.85), (build.hip * 0.95, build.waist_y + 12), True)
    if pose == "front":
        return Arm(top, (s * 1.08, y + reach * 0.95), (s * rng.uniform(0.0, 0.2), build.waist_y + rng.uniform(0, 20)), True)
    if pose == "chest":
        return Arm(top, (s * 1.12, y + reach * 0.8), (s * rng.uniform(0.0, 0.35), y + reach * rng.uniform(0.25, 0.6)), True)
    if pose == "behind":
        return Arm(top, (s * 1.3, y + reach * 0.8), (s * rng.uniform(0.2, 0.5), build.waist_y + rng.uniform(0, 20)), False)
    if pose == "face":
        wrist = (rng.uniform(25, 95), build.chin * rng.uniform(0.75, 1.25))
        return Arm(top, (max(s * 1.15, wrist[0]), y + reach * rng.uniform(0.6, 0.9)), wrist, True, True)
    if pose == "wave":
        out = max(s * 1.5, 135.0)
        wrist = (out * rng.uniform(0.95, 1.2), rng.uniform(-60, 70))
        return Arm(top, (out * 0.95, y + reach * rng.uniform(0.2, 0.5)), wrist, True, True)
    if pose == "spread":
        return Arm(top, (s * 1.5, y + reach * 0.55), (s * 2.1, y + reach * rng.uniform(0.4, 0.9)), False)
    out = rng.uniform(0.98, 1.2)
    return Arm(top, (s * out, build.waist_y * 0.98), (s * out * rng.uniform(0.95, 1.12), build.hip_y), rng.random() < 0.3)


POSES = ("down", "akimbo", "raised", "front", "chest", "spread", "behind", "face", "wave")
SLEEVES = ("none", "short", "long", "puff", "wide", "glove", "strap")


def draw_arms(easel: Easel, build: Build, cloth: Tone, trim: Tone) -> list[tuple[str, Point]]:
    """Both arms on handwear layers; returns (side, wrist) of hands that could hold something."""
    rng = easel.rng
    sleeve = str(rng.choice(SLEEVES, p=(0.1, 0.28, 0.3, 0.1, 0.1, 0.07, 0.05)))
    same = str(rng.choice(POSES, p=(0.53, 0.08, 0.05, 0.11, 0.08, 0.06, 0.06, 0.01, 0.02)))
    hands = []
    for side in "rl":
        pose = same if rng.random() < 0.75 else str(rng.choice(POSES))
        arm = random_arm(rng, build, pose)
        flip = 1.0 if side == "l" else -1.0
        sheet = easel.body()
        draw_arm(sheet, easel, build, arm, flip, sleeve, cloth, trim)
        easel.add(94 if arm.over else 42 + rng.random() if arm.front else 28, sheet, "handwear", side)
        hands.append((side, (arm.wrist[0] * flip, arm.wrist[1])))
    return hands


def draw_arm(sheet: Sheet, easel: Easel, build: Build, arm: Arm, flip: float, sleeve: str, cloth: Tone, trim: Tone) -> None:
    """Skin, hand and sleeve of one arm."""
    rng, style, skin, w = easel.rng, easel.style, easel.style.tone(easel.palette.skin), build.limb
    bone = spline(
        [
            arm.shoulder,
            ((arm.shoulder[0] * 0.35 + arm.elbow[0] * 0.65), (arm.shoulder[1] * 0.4 + arm.elbow[1] * 0.6)),
            arm.elbow,
            arm.wrist,
        ]
    ) * (flip, 1)
    flesh = limb(bone, widths(bone, ((0, w * 1.9), (0.2, w * 2), (0.5, w * 1.6), (1, w * 1.15))))
    hand_tone = cloth if sleeve == "glove" and rng.random() < 0.5 else skin
    paint(sheet, flesh, skin, style, amount=0.2)
    if easel.palette.jointed:
        joints(sheet, bone, w, skin, easel)
    hand(sheet, easel, bone, w, hand_tone)
    if sleeve in ("none", "strap"):
        return
    end = {
        "short": rng.uniform(0.25, 0.5),
        "long": rng.uniform(0.9, 1.0),
        "puff": rng.uniform(0.3, 0.6),
        "wide": 1.0,
        "glove": 1.0,
    }[sleeve]
    start = 0.55 if sleeve == "glove" else 0.0
    line = part(bone, start, end)
    loose = rng.uniform(1.05, 1.3) if rng.random() < 0.7 else rng.uniform(1.3, 1.9)
    profile = {"puff": ((0, 1.5), (0.5, 2.1), (0.85, 1.9), (1, 1.2)), "wide": ((0, 1.2), (0.5, 1.5), (1, 2.6))}.get(
        sleeve, ((0, 1.15), (1, loose))
    )
    base = widths(part(bone, start, end), ((0, w * 2.1), (1, w * 1.7)))
    shape = limb(line, base * widths(line, profile)) if start == 0 else ribbon(line, base * widths(line, profile))
    paint(sheet, shape, cloth, style, amount=0.2)
    folds(sheet, line, w, cloth, easel)
    if rng.random() < 0.5:
        cuff = part(line, 0.86, 1.0)
        paint(sheet, ribbon(cuff, base[-1] * profile[-1][1] * 1.06), trim, style, ())


def joints(sheet: Sheet, bone: Curve, w: float, tone: Tone, easel: Easel) -> None:
    """A doll's or a robot's ball joints at shoulder, elbow and wrist, and lines along its limbs."""
    for share, size in ((0.03, 1.1), (0.55, 0.95), (0.95, 0.7)):
        x, y = bone[int(share * (len(bone) - 1))]
        paint(sheet, ellipse((x, y), w * size, w * size), tone, easel.style)
    for lean in (-0.4, 0.3) if easel.rng.random() < 0.5 else ():
        ink(sheet, move(part(bone, 0.15, 0.45), lean * w), tone, easel.style, 0.6, atop=True)


def hand(sheet: Sheet, easel: Easel, bone: Curve, w: float, tone: Tone) -> None:
    """A fist, a mitten or a hand with fingers beyond the wrist."""
    rng, style = easel.rng, easel.style
    way = bone[-1] - bone[-6]
    way = way / max(np.hypot(*way), 1e-6)
    side = np.array([-way[1], way[0]])
    c, size = bone[-1] + way * w * 0.7, w * rng.uniform(0.7, 1.2)
    kind = rng.random()
    if kind < 0.55 or w < 14:
        paint(sheet, ellipse((c[0], c[1]), size, size * 1.15, float(np.degrees(np.arctan2(way[1], way[0]))) + 90), tone, style)
        if kind > 0.25 and w >= 10:
            ink(sheet, spline([tuple(c), tuple(c + way * size * 0.9)]), tone, style, 0.6)
        return
    for k in np.linspace(-0.75, 0.75, 4):
        root = c + side * size * k
        tip = root + way * size * (2.1 - abs(k) * 0.6) + side * size * k * 0.25
        paint(sheet, ribbon(spline([tuple(root), tuple(tip)]), size * 0.46), tone, style, ())
    thumb = spline([tuple(c - side * size * 0.7), tuple(c - side * size * 1.4 + way * size * 0.9)])
    paint(sheet, ribbon(thumb, size * 0.5), tone, style, ())
    sheet.fill(ellipse((c[0], c[1]), size * 1.02, size * 1.02), tone.base)


def folds(sheet: Sheet, line: Curve, w: float, tone: Tone, easel: Easel) -> None:
    """Short creases across a sleeve."""
    for _ in range(int(easel.rng.integers(0, 4))):
        k = int(easel.rng.uniform(0.25, 0.9) * (len(line) - 1))
        p = line[k]
        ink(
            sheet,
            spline([(p[0] - w * 0.7, p[1] - w * 0.3), (p[0], p[1]), (p[0] + w * 0.3, p[1] + w * 0.1)]),
            tone,
            easel.style,
            0.7,
            atop=True,
        )
