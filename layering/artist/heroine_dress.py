"""The heroine's clothes: puffed blouse, pinafore, a round collar cut like paper, a bow, and a pinwheel in her hair."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layering.artist.heroine_palette import (
    AXIS, CANVAS, DRESS, DRESS_SHADE, GOLD, INK, RED, RED_LIGHT, RED_SHADE, WHITE, WHITE_SHADE,
)  # fmt: skip
from layering.artist.shapes import Curve, Point, ellipse, join, mirror, move, part, ribbon, spline, turn, widths
from layering.artist.sheet import Sheet
from layering.stack import Layer

FLOOR = CANVAS[1]


def right(points: list[Point], closed: bool = False) -> Curve:
    """A curve of the picture's right half, x from the axis."""
    return spline([(AXIS + x, y) for x, y in points], closed)


def both(curve: Curve) -> tuple[Curve, Curve]:
    """A curve and its mirror image."""
    return curve, mirror(curve, AXIS)


def side_of(flip: bool) -> Callable[[Curve], Curve]:
    """What puts a curve of the picture's right half in place."""
    return (lambda c: mirror(c, AXIS)) if flip else (lambda c: c)


def sleeve(flip: bool) -> Sheet:
    """One puffed sleeve with folds that run from the shoulder; the light comes from the left."""
    put, sheet = side_of(flip), Sheet(CANVAS)
    outer = put(right([(146, 700), (196, 692), (248, 716), (290, 782), (308, 866), (304, 960), (288, FLOOR + 10)]))
    inner = put(right([(168, FLOOR + 10), (178, 940), (172, 840), (146, 700)]))
    sheet.fill(join(outer, inner), WHITE)
    if flip:
        shade = [(140, 760), (172, 800), (196, 860), (206, 930), (226, 1000), (222, FLOOR + 20), (140, FLOOR + 20)]
    else:
        shade = [(330, 740), (284, 800), (288, 880), (262, 930), (244, 900), (226, 960), (200, 930), (176, 990), (160, FLOOR + 20), (340, FLOOR + 20)]
    sheet.fill(put(right(shade, True)), WHITE_SHADE, atop=True)
    folds = (((178, 716), (200, 756), (208, 812)), ((206, 708), (238, 752), (252, 816)), ((160, 730), (174, 790), (176, 850)),
             ((276, 970), (284, 910), (278, 860)), ((236, 1010), (246, 950), (242, 900)), ((200, 990), (206, 930), (202, 880)))  # fmt: skip
    for k, points in enumerate(folds):
        sheet.ink(put(right(list(points))), INK, 3.4, (0.08, 0.9) if k < 3 else (0.5, 0.5), 0.05, atop=True)
    return sheet.ink(outer, INK, 5, (0.1, 0.02), 0.2).ink(inner, INK, 4, (0.02, 0.2), 0.2)


def pinafore() -> Sheet:
    """Straps and bodice with a border of leaf-shaped windows, as cut from paper."""
    sheet = Sheet(CANVAS)
    top = spline([(AXIS - 118, 868), (AXIS - 60, 860), (AXIS, 872), (AXIS + 60, 860), (AXIS + 118, 868)])
    side = right([(118, 868), (168, 872), (182, 940), (178, FLOOR + 10)])
    bodice = join(top, side, mirror(side, AXIS)[::-1])
    straps = both(join(right([(92, 680), (116, 770), (112, 880)]), right([(176, 890), (186, 800), (152, 690)])))
    for shape in (*straps, bodice):
        sheet.fill(shape, DRESS)
    sheet.fill(spline([(AXIS + 210, 680), (AXIS + 150, 700), (AXIS + 158, 800), (AXIS + 140, 900), (AXIS + 80, 960), (AXIS - 20, 1000), (AXIS - 130, 980), (AXIS - 200, 1040), (AXIS - 200, FLOOR + 30), (AXIS + 230, FLOOR + 30)], True), DRESS_SHADE, atop=True)
    for k in range(-4, 5):
        leaf(sheet, (AXIS + k * 26, 894 - abs(k) % 2 * 2), 8, 90)
    for s in straps:
        sheet.ink(part(s, 0, 0.42), INK, 4, (0.1, 0.3), 0.3).ink(part(s, 0.53, 0.98), INK, 4, (0.3, 0.1), 0.3)
    for line in (top, move(top, 0, 44)):
        sheet.ink(line, INK if line is top else WHITE, 4.4 if line is top else 3, (0.04, 0.04), 0.3, atop=line is not top)
    for y in (970, 1030):
        sheet.fill(ellipse((AXIS, y), 9, 9), GOLD)
        sheet.ink(ellipse((AXIS, y), 9, 9), INK, 3, (0, 0), 1)
    return sheet


def leaf(sheet: Sheet, centre: Point, size: float, degrees: float) -> None:
    """A window cut into the paper, pointed at both ends."""
    x, y = centre
    half = spline([(x - size * 1.5, y), (x, y - size * 0.62), (x + size * 1.5, y)])
    sheet.fill(turn(join(half, turn(half, 180, centre)), degrees, centre), WHITE, atop=True)


def topwear() -> Layer:
    """Blouse, sleeves and pinafore."""
    sheet = Sheet(CANVAS)
    side = right([(54, 640), (70, 668), (120, 690), (176, 716), (196, 800), (186, 900), (180, FLOOR + 10)])
    throat = spline([(AXIS - 54, 640), (AXIS - 34, 662), (AXIS, 672), (AXIS + 34, 662), (AXIS + 54, 640)])
    sheet.fill(join(throat, side, mirror(side, AXIS)[::-1]), WHITE)
    for k, x in enumerate((-60, -30, 30, 60)):
        sheet.ink(spline([(AXIS + x, 760), (AXIS + x * 0.96, 868)]), WHITE_SHADE, 4 - k % 2, (0.05, 0.05), 0.6)
    under = spline([(AXIS - 175, 750), (AXIS - 130, 806), (AXIS - 60, 812), (AXIS, 770), (AXIS + 90, 824), (AXIS + 160, 806), (AXIS + 190, 740), (AXIS, 640)], True)
    body = pinafore()
    sheet.fill(under, WHITE_SHADE, atop=True).lay(body)
    sheet.lay(sleeve(True)).lay(sleeve(False))
    return sheet.layer("topwear", "topwear")


def collar_edge() -> Curve:
    """The outer edge of the collar's half in the picture's right, from the neck to the middle."""
    return right([(58, 622), (112, 662), (158, 708), (168, 754), (134, 788), (82, 790), (36, 766), (6, 716)])


def collar() -> Layer:
    """Two round collar flaps with leaf-shaped windows."""
    sheet = Sheet(CANVAS)
    for flip in (True, False):
        place = side_of(flip)
        edge = collar_edge()
        inner = right([(0, 692), (26, 676), (48, 648), (58, 622)])
        flap = Sheet(CANVAS).fill(place(join(edge, inner)), WHITE)
        rim = part(edge + (np.array([AXIS + 58, 704]) - edge) * 0.14, 0.06, 0.97)
        if not flip:
            flap.fill(join(place(part(edge, 0.25, 1)), place(part(edge + (np.array([AXIS + 40, 690]) - edge) * 0.3, 0.3, 1))[::-1]), WHITE_SHADE, atop=True)
        flap.ink(place(rim), DRESS, 3.4, (0.05, 0.05), 0.4, atop=True)
        flap.ink(place(edge), INK, 4.6, (0.05, 0.05), 0.4).ink(place(inner), INK, 4, (0.1, 0.1), 0.4)
        sheet.lay(flap)
    return sheet.layer("topwear-2", "topwear")


def bow() -> Layer:
    """The big ribbon at the throat."""
    sheet = Sheet(CANVAS)
    cx, cy = AXIS, 716.0
    for flip in (True, False):
        place = (lambda c: mirror(c, AXIS)) if flip else (lambda c: c)
        tail = join(spline([(cx + 4, cy + 4), (cx + 26, cy + 60), (cx + 62, cy + 140)]), spline([(cx + 62, cy + 140), (cx + 44, cy + 136), (cx + 26, cy + 152)]), spline([(cx + 26, cy + 152), (cx + 4, cy + 90), (cx - 6, cy + 10)]))
        sheet.fill(place(tail), RED)
        sheet.fill(place(join(spline([(cx + 4, cy + 4), (cx + 16, cy + 60), (cx + 30, cy + 100)]), spline([(cx + 30, cy + 60), (cx + 14, cy + 20)]))), RED_SHADE, atop=True)
        sheet.ink(place(part(tail, 0, 0.5)), INK, 4)
        sheet.ink(place(part(tail, 0.5, 1)), INK, 4)
        loop = spline([(cx + 8, cy - 6), (cx + 48, cy - 40), (cx + 96, cy - 48), (cx + 112, cy - 10), (cx + 104, cy + 34), (cx + 56, cy + 26), (cx + 8, cy + 8)])
        sheet.fill(place(loop), RED)
        sheet.fill(place(join(spline([(cx + 112, cy - 10), (cx + 104, cy + 34), (cx + 56, cy + 26), (cx + 8, cy + 8)]), spline([(cx + 8, cy + 2), (cx + 60, cy + 10), (cx + 112, cy - 10)]))), RED_SHADE, atop=True)
        sheet.fill(place(spline([(cx + 44, cy - 26), (cx + 76, cy - 38), (cx + 92, cy - 34), (cx + 60, cy - 18)], True)), RED_LIGHT, atop=True)
        sheet.ink(place(loop), INK, 4.6, (0.05, 0.05), 0.3)
        sheet.ink(place(spline([(cx + 14, cy - 2), (cx + 40, cy - 8), (cx + 70, cy - 6)])), INK, 3, (0.1, 0.8), 0.05)
    knot = spline([(cx - 17, cy - 17), (cx, cy - 20), (cx + 17, cy - 17), (cx + 19, cy + 2), (cx + 14, cy + 20), (cx, cy + 22), (cx - 14, cy + 20), (cx - 19, cy + 2)], True)
    sheet.fill(knot, RED).fill(move(knot, 10, 8), RED_SHADE, atop=True)
    sheet.ink(knot, INK, 4, (0, 0), 1)
    return sheet.layer("neckwear", "neckwear")


def pinwheel() -> Layer:
    """A folded-paper pinwheel over the ear."""
    sheet = Sheet(CANVAS)
    cx, cy, r = 682.0, 304.0, 44.0
    for k, points in enumerate(((8, 20, 24, 62, 16, 96), (2, 20, -8, 56, -28, 84))):
        x0, y0, x1, y1, x2, y2 = points
        band = spline([(cx + x0, cy + y0), (cx + x1, cy + y1), (cx + x2, cy + y2)])
        shape = ribbon(band, widths(band, ((0, 5), (1, 15))))
        sheet.fill(shape, RED if k else RED_SHADE).ink(join(shape, shape[:1]), INK, 3, (0, 0), 1)
    for k in range(4):
        a = 90 * k + 12

        def put(*points: Point, a: float = a) -> Curve:
            return turn([(cx + x * r, cy + y * r) for x, y in points], a, (cx, cy))

        sail = join(put((0, 0), (0, -1.0)), spline(put((0, -1.0), (0.5, -0.92), (0.82, -0.62))), spline(put((0.82, -0.62), (0.4, -0.3), (0, 0))))
        sheet.fill(sail, (RED, WHITE)[k % 2])
        sheet.fill(put((0, 0), (0, -1), (0.34, -0.44)), (RED_SHADE, WHITE_SHADE)[k % 2])
        sheet.ink(sail, INK, 3.2, (0, 0), 1)
        sheet.ink(put((0, -1), (0.34, -0.44), (0, 0)), INK, 2.2, (0, 0), 1)
    sheet.fill(ellipse((cx, cy), 8.5, 8.5), INK).fill(ellipse((cx, cy), 5.5, 5.5), GOLD)
    return sheet.layer("headwear", "headwear")
