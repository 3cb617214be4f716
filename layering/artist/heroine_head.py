"""The heroine's face: skin, ears, neck, brows, eyes, nose, mouth, each complete under what covers it."""

from __future__ import annotations

import numpy as np

from layering.artist.heroine_palette import (
    AMBER,
    AMBER_DARK,
    AMBER_GLOW,
    AMBER_LIGHT,
    AXIS,
    BLUSH,
    CANVAS,
    HAIR_DEEP,
    INK,
    LINING_SHADE,
    RED_SHADE,
    SKIN,
    SKIN_LINE,
    SKIN_SHADE,
    WHITE,
    WHITE_SHADE,
)  # fmt: skip
from layering.artist.shapes import Curve, Point, Points, ellipse, join, mirror, move, part, ribbon, spline, tapered, widths
from layering.artist.sheet import Sheet
from layering.stack import Layer

EYE = (78.0, 424.0)
"""Where an eye's middle lies: px from the axis, y."""

JAW: tuple[Point, ...] = (
    (150, 290),
    (156, 345),
    (156, 395),
    (151, 440),
    (133, 486),
    (98, 526),
    (53, 557.5),
    (17, 573.5),
    (0, 576),
)
"""The right half of the face's contour in the picture, x from the axis."""


def face_outline() -> Curve:
    """The whole face, closed: jaw as drawn, skull as it goes on under the hair."""
    half = [(0, 150), (70, 160), (122, 205), *JAW]
    right = [(AXIS + x, y) for x, y in half]
    left = [(AXIS - x, y) for x, y in half[-2:0:-1]]
    return spline(right + left, closed=True)


def jaw_line() -> Curve:
    """The inked part of the face's contour, temple to temple."""
    left = [(AXIS - x, y) for x, y in JAW]
    return spline(left + [(AXIS + x, y) for x, y in JAW[-2::-1]])


def face(fringe_shadow: list[Curve]) -> Layer:
    """Skin with the fringe's cast shadow and the jaw line."""
    sheet = Sheet(CANVAS).fill(face_outline(), SKIN)
    for shape in fringe_shadow:
        sheet.fill(shape, SKIN_SHADE, atop=True)
    line = jaw_line()
    profile = ((0, 1.2), (0.25, 3.2), (0.42, 3.6), (0.5, 2.2), (0.58, 3.6), (0.75, 3.2), (1, 1.2))
    return sheet.fill(ribbon(line, widths(line, profile)), SKIN_LINE).layer("face", "face")


def blush() -> Layer:
    """Two flat ovals with three strokes each."""
    sheet = Sheet(CANVAS)
    for sign in (-1, 1):
        x, y = AXIS + sign * 99, 485
        sheet.fill(ellipse((x, y), 27, 11.5), BLUSH)
        for k in (-1, 0, 1):
            sheet.ink(spline([(x + k * 11 + 5, y - 7), (x + k * 11 - 5, y + 7)]), LINING_SHADE, 2.4, (0.4, 0.4))
    return sheet.layer("facedetail", "facedetail")


def ear(side: str) -> Layer:
    """One ear, drawn for the picture's right and mirrored; its inner half lies behind the cheek."""
    sheet = Sheet(CANVAS)

    def put(points: Points, closed: bool = False) -> Curve:
        c = spline([(AXIS + x, y) for x, y in points], closed)
        return c if side == "l" else mirror(c, AXIS)

    sheet.fill(
        put([(120, 400), (150, 396), (172, 392), (186, 408), (184, 440), (172, 468), (154, 486), (136, 486), (120, 460)], True),
        SKIN,
    )
    inner = put([(150, 408), (170, 404), (176, 418), (170, 446), (154, 466), (148, 440)], True)
    sheet.fill(inner, SKIN_SHADE)
    sheet.ink(put([(148, 400), (168, 391), (184, 402), (185, 436), (173, 467), (155, 486), (140, 488)]), SKIN_LINE, 3.4)
    sheet.ink(put([(152, 416), (168, 408), (174, 420), (166, 440), (158, 452)]), SKIN_LINE, 2.4)
    return sheet.layer(f"ears-{side}", "ears", side)


def neck() -> Layer:
    """The neck from under the mouth to the chest's skin, with the chin's shadow."""
    right: list[Point] = [
        (AXIS + x, y) for x, y in ((44, 500), (44, 560), (45, 610), (56, 648), (96, 676), (150, 700), (150, 800))
    ]
    side = spline(right[:6])
    body = join(side, [(AXIS + 150, 790), (AXIS - 150, 790)], mirror(side, AXIS)[::-1])
    sheet = Sheet(CANVAS).fill(body, SKIN)
    shade = spline(
        [(AXIS + x, y) for x, y in ((-70, 480), (-62, 600), (-44, 616), (-18, 634), (6, 640), (34, 622), (50, 596), (70, 480))]
    )
    sheet.fill(shade, SKIN_SHADE, atop=True)
    for c in (part(side, 0.1, 0.9), part(mirror(side, AXIS), 0.1, 0.9)):
        sheet.ink(c, SKIN_LINE, 3.4, (0.2, 0.3))
    for sign in (-1, 1):
        sheet.ink(spline([(AXIS + sign * x, y) for x, y in ((14, 708), (40, 698), (82, 694))]), SKIN_LINE, 2.8)
    return sheet.layer("neck", "neck")


def at_eye(points: Points, side: str, closed: bool = False) -> Curve:
    """A curve given from the eye's middle with x outwards, on the canvas."""
    c = spline([(AXIS + EYE[0] + x, EYE[1] + y) for x, y in points], closed)
    return c if side == "l" else mirror(c, AXIS)


UPPER: list[Point] = [(-42, 9), (-38, -9), (-23, -29), (2, -38), (25, -34.5), (39, -19), (46, 2)]
LOWER: list[Point] = [(46, 2), (42, 20), (28, 35), (4, 41), (-17, 37.5), (-33, 25), (-42, 9)]


def opening(side: str) -> Curve:
    """The eye's white, closed, reaching a little under the upper lash."""
    up = [(x * 1.01, y - 5) for x, y in UPPER]
    return join(at_eye(up, side), at_eye(LOWER, side))


def eyewhite(side: str) -> Layer:
    """The white, whole under iris and lash, with the lid's shadow."""
    sheet = Sheet(CANVAS).fill(opening(side), WHITE)
    shadow = join(
        at_eye([(x, y - 8) for x, y in UPPER], side),
        at_eye([(46, 8), (36, -6), (22, -19), (2, -23), (-20, -16), (-36, 0), (-42, 10)], side),
    )
    return sheet.fill(shadow, WHITE_SHADE, atop=True).layer(f"eyewhite-{side}", "eyewhite", side)


def irides(side: str) -> Layer:
    """The iris in six flat steps, cut by the eye's opening; its lights fall from the upper left on both."""
    sheet = Sheet(CANVAS)
    cx = AXIS + (EYE[0] - 2 if side == "l" else -EYE[0] + 2)
    cy = EYE[1]

    def oval(dx: float, dy: float, rx: float, ry: float, degrees: float = 0) -> Curve:
        return ellipse((cx + dx, cy + dy), rx, ry, degrees)

    sheet.fill(oval(0, 0, 33, 42), AMBER_DARK)
    sheet.fill(oval(0, 1, 29, 39), AMBER, atop=True)
    sheet.fill(oval(0, 20, 27, 26), AMBER_LIGHT, atop=True)
    sheet.fill(oval(0, 31, 18, 13), AMBER_GLOW, atop=True)
    for k in range(-3, 4):
        a = np.deg2rad(90 + k * 19)
        x, y = np.cos(a), np.sin(a)
        sheet.ink(spline([(cx + 17 * x, cy + 23 * y), (cx + 27 * x, cy + 36 * y)]), AMBER, 2.6, (0.5, 0.5), atop=True)
    lid = spline(
        [
            (cx - 40, cy - 60),
            (cx + 40, cy - 60),
            (cx + 34, cy - 12),
            (cx + 16, cy - 18),
            (cx, cy - 20),
            (cx - 16, cy - 18),
            (cx - 34, cy - 12),
        ]
    )
    sheet.fill(lid, AMBER_DARK, atop=True)
    sheet.fill(oval(0, 2, 13, 18), INK, atop=True)
    sheet.fill(oval(-13, -17, 9.5, 12.5, 18), WHITE, atop=True)
    sheet.fill(oval(13, 19, 5, 6.5, 18), WHITE, atop=True)
    sheet.fill(oval(17, -9, 3.2, 3.6), WHITE, atop=True)
    return sheet.keep(opening(side)).layer(f"irides-{side}", "irides", side)


def eyelash(side: str) -> Layer:
    """Upper lash with a wing and a warm inner end, the crease, and the lower lash."""
    sheet = Sheet(CANVAS)
    low = at_eye(UPPER, side)
    high = at_eye([(-43, 9), (-41, -12), (-26, -34), (2, -48), (28, -46), (45, -32), (55, -19), (67, -15)], side)
    under = at_eye([(46, 2), (52, 0.5), (59, -5), (67, -15)], side)
    sheet.fill(join(low, under, high[::-1]), INK)
    sheet.fill(tapered(at_eye([(34, -37), (47, -39), (58, -46)], side), 11, (0, 1), 0), INK)
    sheet.fill(at_eye([(-54, 18), (-54, -40), (-30, -40), (-36, -16), (-40, 18)], side, True), RED_SHADE, atop=True)
    lower = at_eye([(44, 15), (41, 23), (29, 36), (8, 42), (-14, 40.5)], side)
    sheet.fill(ribbon(lower, widths(lower, ((0, 1.5), (0.15, 4.6), (0.3, 4.4), (0.6, 3), (1, 0.6)))), INK)
    for points in (((40, 25), (46, 29), (50, 34)), ((33, 34), (38, 38), (41, 43))):
        sheet.fill(tapered(at_eye(list(points), side), 6, (0, 1), 0), INK)
    sheet.ink(at_eye([(-32, -44), (-14, -57), (10, -62), (34, -57), (52, -43)], side), SKIN_LINE, 3.2, (0.5, 0.4))
    return sheet.layer(f"eyelash-{side}", "eyelash", side)


def eyebrow(side: str) -> Layer:
    """A slim arched brow, thicker towards the nose."""
    line = at_eye([(-38, -86), (-12, -97), (18, -99), (50, -86)], side)
    shape = ribbon(line, widths(line, ((0, 2), (0.08, 7), (0.4, 7.5), (0.8, 4.2), (1, 0.5))))
    return Sheet(CANVAS).fill(shape, HAIR_DEEP).layer(f"eyebrow-{side}", "eyebrow", side)


def nose() -> Layer:
    """A small tick with a shaded facet."""
    sheet = Sheet(CANVAS)
    sheet.fill(spline([(AXIS - 1, 484), (AXIS + 9, 494), (AXIS + 1, 499), (AXIS - 5, 496)], closed=True), SKIN_SHADE)
    sheet.ink(spline([(AXIS - 7, 497), (AXIS, 501), (AXIS + 7, 497)]), SKIN_LINE, 3.2)
    return sheet.layer("nose", "nose")


def mouth_shut() -> Layer:
    """A gentle closed smile with the lower lip's shadow."""
    sheet = Sheet(CANVAS)
    line = spline([(AXIS - 31, 525), (AXIS - 23, 529.5), (AXIS, 533.5), (AXIS + 23, 529), (AXIS + 31, 524)])
    sheet.fill(
        ribbon(line, widths(line, ((0, 1), (0.08, 4.6), (0.3, 3.2), (0.5, 3.6), (0.7, 3.2), (0.92, 4.6), (1, 1)))), SKIN_LINE
    )
    sheet.ink(spline([(AXIS - 9, 545), (AXIS + 1, 547), (AXIS + 11, 544.5)]), SKIN_SHADE, 4.2)
    return sheet.layer("mouth_close", "mouth", state="closed")


def mouth_open() -> Layer:
    """A laughing mouth with teeth and tongue, for programs that swap mouths; not shown at rest."""
    sheet = Sheet(CANVAS)
    top = spline([(AXIS - 30, 521), (AXIS - 16, 525), (AXIS, 526), (AXIS + 16, 525), (AXIS + 30, 520)])
    bottom = spline(
        [
            (AXIS + 30, 520),
            (AXIS + 24, 542),
            (AXIS + 12, 556),
            (AXIS, 560),
            (AXIS - 13, 556),
            (AXIS - 25, 542),
            (AXIS - 30, 521),
        ]
    )
    sheet.fill(join(top, bottom), AMBER_DARK)
    sheet.fill(ellipse((AXIS + 1, 560), 19, 17), LINING_SHADE, atop=True)
    sheet.fill(
        join(top, spline([(AXIS + 30, 520), (AXIS + 14, 533), (AXIS, 534.5), (AXIS - 14, 533), (AXIS - 30, 521)])),
        WHITE,
        atop=True,
    )
    for c in (top, bottom):
        sheet.ink(c, SKIN_LINE, 4, (0.15, 0.15), 0.3)
    return sheet.layer("mouth_open", "mouth", state="open", shown=False)


def brow_shadow(shape: Curve) -> Curve:
    """Where a lock of the fringe throws its shadow on the forehead."""
    return move(shape, 5, 13)
