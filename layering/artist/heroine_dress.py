"""The heroine's clothes: puffed blouse, pinafore, a round collar cut like paper, a bow, and a pinwheel in her hair."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layering.artist.heroine_palette import (
    AXIS,
    CANVAS,
    DRESS,
    DRESS_SHADE,
    GOLD,
    INK,
    RED,
    RED_LIGHT,
    RED_SHADE,
    SKIN,
    SKIN_LINE,
    SKIN_SHADE,
    WHITE,
    WHITE_SHADE,
)  # fmt: skip
from layering.artist.shapes import (
    Curve,
    Point,
    Points,
    ellipse,
    even,
    join,
    mirror,
    move,
    normals,
    part,
    ribbon,
    spline,
    turn,
    widths,
)
from layering.artist.sheet import Sheet
from layering.stack import Layer

FLOOR = CANVAS[1]


def right(points: Points, closed: bool = False) -> Curve:
    """A curve of the picture's right half, x from the axis."""
    return spline(move(points, AXIS), closed)


def both(curve: Curve) -> tuple[Curve, Curve]:
    """A curve and its mirror image."""
    return curve, mirror(curve, AXIS)


def side_of(flip: bool) -> Callable[[Curve], Curve]:
    """What puts a curve of the picture's right half in place."""
    return (lambda c: mirror(c, AXIS)) if flip else (lambda c: c)


def arm(flip: bool) -> Sheet:
    """The arm below the sleeve, down to the picture's edge and beyond."""
    put, sheet = side_of(flip), Sheet(CANVAS)
    inner, outer = right([(192, 950), (198, 1000), (206, FLOOR + 10)]), right([(258, 950), (256, 1000), (250, FLOOR + 10)])
    sheet.fill(put(join(inner, outer[::-1])), SKIN)
    sheet.fill(
        put(join(right([(180, 1014), (226, 1024), (270, 1008)]), [(AXIS + 270, 940), (AXIS + 180, 940)])), SKIN_SHADE, atop=True
    )
    if not flip:
        sheet.fill(join(outer - (16, 0), outer[::-1]), SKIN_SHADE, atop=True)
    return sheet.ink(put(inner), SKIN_LINE, 4, (0.05, 0.02), 0.3).ink(put(outer), SKIN_LINE, 4, (0.05, 0.02), 0.3)


def sleeve(flip: bool) -> Sheet:
    """One puffed sleeve with folds that run from the shoulder; the light comes from the left."""
    put, sheet = side_of(flip), Sheet(CANVAS)
    outer = put(right([(146, 700), (190, 694), (236, 716), (272, 778), (288, 858), (282, 928), (258, 972)]))
    inner = put(right([(196, 980), (178, 930), (170, 840), (146, 700)]))
    sheet.fill(join(outer, inner), WHITE)
    if flip:
        shade = [(140, 760), (170, 800), (190, 860), (198, 910), (226, 944), (262, 958), (256, FLOOR), (140, FLOOR)]
    else:
        shade = [
            (330, 730),
            (266, 800),
            (268, 870),
            (244, 906),
            (230, 884),
            (214, 930),
            (196, 904),
            (176, 940),
            (176, FLOOR),
            (340, FLOOR),
        ]
    sheet.fill(put(right(shade, True)), WHITE_SHADE, atop=True)
    folds = (((176, 714), (196, 752), (204, 806)), ((202, 708), (230, 750), (242, 810)), ((158, 730), (172, 790), (174, 846)),
             ((250, 968), (262, 918), (260, 866)), ((228, 972), (236, 920), (232, 876)),
             ((208, 974), (204, 924), (196, 880)))  # fmt: skip
    for points in folds:
        sheet.ink(put(right(list(points))), INK, 3.4, (0.08, 0.9), 0.05, atop=True)
    sheet.ink(outer, INK, 5, (0.1, 0.02), 0.2).ink(inner, INK, 4, (0.02, 0.2), 0.2)
    cuff = put(join(right([(190, 968), (226, 978), (264, 962)]), right([(268, 984), (228, 1000), (190, 990)])))
    return sheet.fill(cuff, DRESS).ink(join(cuff, cuff[:1]), INK, 4, (0, 0), 1)


def pinafore() -> Sheet:
    """Straps and bodice with a border of leaf-shaped windows, as cut from paper."""
    sheet = Sheet(CANVAS)
    top = spline([(AXIS - 118, 868), (AXIS - 60, 860), (AXIS, 872), (AXIS + 60, 860), (AXIS + 118, 868)])
    side = right([(118, 868), (176, 880), (184, 930), (174, 1000), (166, FLOOR + 10)])
    bodice = join(top, side, mirror(side, AXIS)[::-1])
    straps = both(join(right([(92, 694), (116, 770), (112, 880)]), right([(176, 890), (186, 800), (150, 708)])))
    for shape in (*straps, bodice):
        sheet.fill(shape, DRESS)
    sheet.fill(
        spline(
            [
                (AXIS + 210, 680),
                (AXIS + 150, 700),
                (AXIS + 158, 800),
                (AXIS + 140, 900),
                (AXIS + 80, 960),
                (AXIS - 20, 1000),
                (AXIS - 130, 980),
                (AXIS - 200, 1040),
                (AXIS - 200, FLOOR + 30),
                (AXIS + 230, FLOOR + 30),
            ],
            True,
        ),
        DRESS_SHADE,
        atop=True,
    )
    for k in range(-4, 5):
        x, y = AXIS + k * 26, 892 - abs(k) % 2 * 2
        sheet.fill(leaf((x, y - 12), (x, y + 12)), WHITE, atop=True)
    for edge in (*both(right([(92, 680), (116, 770), (113, 868)])), *both(part(side, 0.3, 1))):
        sheet.ink(edge, INK, 4.2, (0.1, 0.02), 0.3)
    for line in (top, move(top, 0, 48)):
        sheet.ink(line, INK if line is top else WHITE, 4.4 if line is top else 3, (0.04, 0.04), 0.3, atop=line is not top)
    for y in (970, 1030):
        sheet.fill(ellipse((AXIS, y), 9, 9), GOLD)
        sheet.ink(ellipse((AXIS, y), 9, 9), INK, 3, (0, 0), 1)
    return sheet


def leaf(start: Curve | Point, end: Curve | Point) -> Curve:
    """A window cut into the paper, pointed at both ends."""
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    side = (b - a)[::-1] * (-0.26, 0.26)
    half = spline(np.stack([a, (a + b) / 2 + side, b]))
    return join(half, turn(half, 180, (float(a[0] + b[0]) / 2, float(a[1] + b[1]) / 2)))


def topwear() -> Layer:
    """Blouse, sleeves and pinafore."""
    sheet = Sheet(CANVAS)
    side = right([(54, 640), (70, 668), (120, 690), (176, 716), (190, 800), (172, 900), (150, FLOOR + 10)])
    throat = spline([(AXIS - 54, 640), (AXIS - 34, 662), (AXIS, 672), (AXIS + 34, 662), (AXIS + 54, 640)])
    sheet.fill(join(throat, side, mirror(side, AXIS)[::-1]), WHITE)
    for k, x in enumerate((-60, -30, 30, 60)):
        sheet.ink(spline([(AXIS + x, 760), (AXIS + x * 0.96, 868)]), WHITE_SHADE, 4 - k % 2, (0.05, 0.05), 0.6)
    under = spline(
        [
            (AXIS - 175, 750),
            (AXIS - 130, 806),
            (AXIS - 60, 812),
            (AXIS, 770),
            (AXIS + 90, 824),
            (AXIS + 160, 806),
            (AXIS + 190, 740),
            (AXIS, 640),
        ],
        True,
    )
    body = pinafore()
    sheet.fill(under, WHITE_SHADE, atop=True).lay(body)
    for flip in (True, False):
        sheet.lay(arm(flip)).lay(sleeve(flip))
    return sheet.layer("topwear", "topwear")


def collar_edge() -> Curve:
    """The outer edge of the collar's half in the picture's right, from the neck to the middle."""
    return right([(58, 622), (112, 662), (158, 708), (168, 754), (134, 788), (82, 790), (36, 766), (6, 716)])


def collar() -> Layer:
    """Two round collar flaps with leaf-shaped windows, in the shadow of the bow."""
    sheet = Sheet(CANVAS)
    for flip in (True, False):
        place, edge = side_of(flip), collar_edge()
        inner = right([(0, 692), (26, 676), (48, 648), (58, 622)])
        heart = np.array([AXIS + 62, 704])
        flap = Sheet(CANVAS).fill(place(join(edge, inner)), WHITE)
        for half in both(move(loop(), 10, 16)):
            flap.fill(half, WHITE_SHADE, atop=True)
        for shape in windows(edge + (heart - edge) * 0.17, 11):
            flap.fill(place(shape), DRESS, atop=True)
        flap.ink(place(edge), INK, 4.6, (0.05, 0.05), 0.4).ink(place(inner), INK, 4, (0.1, 0.1), 0.4)
        sheet.lay(flap)
    return sheet.layer("topwear-2", "topwear")


def windows(line: Curve, count: int) -> list[Curve]:
    """Leaf-shaped windows that stand across a line at equal distances."""
    spots = even(part(line, 0.1, 0.93), count)
    out = normals(spots)
    return [leaf(c - n * 8, c + n * 7) for c, n in zip(spots, out, strict=True)]


def loop() -> Curve:
    """The bow's loop in the picture's right, open towards the knot."""
    return right([(8, 710), (46, 676), (94, 666), (112, 704), (106, 752), (58, 744), (8, 726)])


def tail() -> Curve:
    """The bow's end in the picture's right, cut in a notch."""
    down, up = right([(2, 716), (26, 772), (52, 812), (74, 862)]), right([(36, 880), (22, 822), (4, 780), (-8, 722)])
    return join(down, [(AXIS + 50, 852)], up)


def bow() -> Layer:
    """The big ribbon at the throat."""
    sheet, knot = Sheet(CANVAS), Sheet(CANVAS)
    for flip in (True, False):
        place = side_of(flip)
        half = Sheet(CANVAS).fill(place(tail()), RED)
        half.fill(place(right([(-10, 716), (22, 770), (38, 812), (26, 846), (4, 780)], True)), RED_SHADE, atop=True)
        half.ink(place(tail()), INK, 4.2, (0, 0), 1)
        sheet.lay(half)
    for flip in (True, False):
        place = side_of(flip)
        half = Sheet(CANVAS).fill(place(loop()), RED)
        half.fill(
            place(
                join(right([(120, 700), (114, 756), (58, 756), (8, 730)]), right([(8, 718), (56, 728), (92, 722), (120, 700)]))
            ),
            RED_SHADE,
            atop=True,
        )
        half.fill(place(right([(40, 692), (72, 679), (90, 681), (78, 693), (54, 701)], True)), RED_LIGHT, atop=True)
        for fold in ([(14, 716), (38, 709), (66, 709)], [(14, 722), (34, 725), (52, 732)]):
            half.ink(place(right(fold)), INK, 3.2, (0.1, 0.85), 0.05)
        sheet.lay(half.ink(place(loop()), INK, 4.6, (0.05, 0.05), 0.3))
    shape = right([(-16, 699), (0, 696), (16, 699), (19, 718), (14, 736), (0, 739), (-14, 736), (-19, 718)], True)
    knot.fill(shape, RED).fill(move(shape, 11, 10), RED_SHADE, atop=True).ink(shape, INK, 4.2, (0, 0), 1)
    return sheet.lay(knot).layer("neckwear", "neckwear")


def pinwheel() -> Layer:
    """A folded-paper pinwheel over the ear."""
    sheet = Sheet(CANVAS)
    cx, cy, r = 682.0, 304.0, 44.0
    for k, points in enumerate(((10, 20, 30, 50, 26, 80), (4, 20, 6, 44, -6, 62))):
        x0, y0, x1, y1, x2, y2 = points
        band = spline([(cx + x0, cy + y0), (cx + x1, cy + y1), (cx + x2, cy + y2)])
        shape = ribbon(band, widths(band, ((0, 6), (1, 17))))
        shape = np.insert(shape, len(band), band[-1] * 1.0 - (band[-1] - band[-8]) * 0.5, axis=0)
        sheet.fill(shape, RED if k else RED_SHADE).ink(join(shape, shape[:1]), INK, 3, (0, 0), 1)
    for k in range(4):
        a = 90 * k + 12

        def put(*points: Point, a: float = a) -> Curve:
            return turn([(cx + x * r, cy + y * r) for x, y in points], a, (cx, cy))

        sail = join(
            put((0, 0), (0, -1.0)),
            spline(put((0, -1.0), (0.5, -0.92), (0.82, -0.62))),
            spline(put((0.82, -0.62), (0.4, -0.3), (0, 0))),
        )
        sheet.fill(sail, (RED, WHITE)[k % 2])
        sheet.fill(put((0, 0), (0, -1), (0.34, -0.44)), (RED_SHADE, WHITE_SHADE)[k % 2])
        sheet.ink(sail, INK, 3.2, (0, 0), 1)
        sheet.ink(put((0, -1), (0.34, -0.44), (0, 0)), INK, 2.2, (0, 0), 1)
    sheet.fill(ellipse((cx, cy), 8.5, 8.5), INK).fill(ellipse((cx, cy), 5.5, 5.5), GOLD)
    return sheet.layer("headwear", "headwear")
