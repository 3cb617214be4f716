"""The heroine's hair: a fringe swept from a part, side locks, an ahoge, and long hair behind with a coral lining."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.artist.hair import HairTones, Lock, draw_lock, draw_locks, ink_lock
from layering.artist.heroine_palette import CANVAS, HAIR, HAIR_DEEP, HAIR_LIGHT, HAIR_SHADE, INK, LINING, LINING_SHADE
from layering.artist.shapes import Curve, Point, join, move, part, spline
from layering.artist.sheet import Sheet
from layering.stack import Layer

FRONT = HairTones(HAIR, HAIR_SHADE, HAIR_LIGHT, INK)
BEHIND = HairTones(HAIR_SHADE, HAIR_DEEP, HAIR, INK)
INSIDE = HairTones(LINING, LINING_SHADE, LINING, INK)

CROWN: Point = (556, 143)
"""Where the hair parts."""

DOME: tuple[Point, ...] = (
    (322, 470), (306, 409), (303, 337), (320, 260), (364, 197), (430, 153), (500, 136), (548, 138), (612, 146), (668, 183),
    (706, 253), (720, 335), (716, 409), (700, 470),
)  # fmt: skip

SWEEP = (  # over the picture's left eye, towards the left
    Lock(
        ((476, 146), (372, 226), (322, 314), (324, 392), (350, 462)),
        ((524, 142), (428, 236), (386, 318), (366, 396), (350, 462)),
        strands=(0.45,),
    ),
    Lock(
        ((500, 146), (412, 226), (370, 304), (362, 350), (384, 398)),
        ((544, 142), (464, 240), (430, 316), (410, 364), (384, 398)),
        strands=(0.4,),
    ),
)
MIDDLE = (
    Lock(
        ((560, 142), (560, 218), (552, 284), (536, 328), (508, 364)),
        ((588, 146), (594, 214), (582, 284), (556, 336), (508, 364)),
        shade=0.5,
    ),
    Lock(
        ((518, 144), (442, 232), (418, 304), (416, 346), (430, 384)),
        ((562, 142), (508, 234), (478, 308), (456, 352), (430, 384)),
        strands=(0.5,),
    ),
    Lock(
        ((536, 142), (486, 232), (470, 300), (468, 340), (482, 378)),
        ((584, 142), (562, 230), (534, 302), (510, 350), (482, 378)),
        strands=(0.35,),
    ),
)
TUCK = (  # over the other temple, tucked behind the ear
    Lock(
        ((566, 142), (604, 196), (640, 270), (672, 336), (706, 398)),
        ((620, 152), (690, 226), (714, 300), (718, 356), (706, 398)),
        start=0.3,
        strands=(0.35,),
        ink=(0.2, 0.72),
    ),
    Lock(
        ((554, 142), (584, 200), (606, 262), (636, 318), (682, 366)),
        ((600, 146), (640, 212), (674, 282), (690, 330), (682, 366)),
        start=0.35,
    ),
)
SIDE_R = (
    Lock(
        ((313, 280), (301, 350), (286, 450), (282, 550), (298, 645), (350, 730)),
        ((352, 280), (338, 350), (326, 450), (320, 550), (334, 640), (350, 730)),
        start=0.1,
        ink=(0.02, 0.15),
    ),
    Lock(
        ((336, 280), (320, 360), (312, 450), (314, 550), (338, 640), (388, 704)),
        ((376, 280), (366, 360), (356, 450), (352, 540), (362, 630), (388, 704)),
        start=0.1,
        strands=(0.5,),
    ),
)
SIDE_L = (
    Lock(
        ((682, 290), (694, 360), (704, 450), (708, 550), (700, 645), (672, 722)),
        ((710, 280), (722, 350), (738, 450), (744, 550), (732, 645), (672, 722)),
        start=0.1,
        ink=(0.15, 0.02),
    ),
    Lock(
        ((672, 300), (680, 360), (686, 450), (686, 540), (678, 605), (648, 664)),
        ((700, 300), (708, 360), (714, 450), (716, 540), (704, 605), (648, 664)),
        start=0.1,
        strands=(0.5,),
    ),
)
BACK = (
    Lock(
        ((306, 391), (272, 520), (262, 640), (236, 730), (180, 790)),
        ((380, 391), (352, 540), (330, 680), (270, 760), (180, 790)),
        shade=0.5,
        start=0.2,
    ),
    Lock(
        ((330, 409), (300, 560), (292, 690), (272, 780), (232, 850)),
        ((420, 409), (390, 560), (370, 720), (318, 810), (232, 850)),
        start=0.2,
    ),
    Lock(
        ((716, 391), (750, 520), (762, 640), (790, 730), (846, 790)),
        ((644, 391), (672, 540), (694, 680), (754, 760), (846, 790)),
        shade=-0.5,
        start=0.2,
    ),
    Lock(
        ((692, 409), (722, 560), (730, 690), (752, 780), (792, 850)),
        ((604, 409), (634, 560), (654, 720), (706, 810), (792, 850)),
        shade=-0.4,
        start=0.2,
    ),
)
LINED = (
    Lock(
        ((380, 391), (352, 560), (330, 700), (320, 790), (300, 850)),
        ((470, 391), (440, 560), (410, 720), (370, 800), (300, 850)),
        start=0.2,
        strands=(0.25, 0.5),
    ),
    Lock(
        ((640, 391), (672, 560), (694, 700), (704, 790), (724, 850)),
        ((554, 391), (584, 560), (614, 720), (654, 800), (724, 850)),
        shade=-0.4,
        start=0.2,
        strands=(0.5, 0.75),
    ),
)


def cap() -> Curve:
    """The crown down to the hairline, closed."""
    return join(
        part(spline(DOME), 0.17, 0.83),
        spline([(712, 340), (650, 312), (600, 279), (560, 272), (470, 293), (384, 312), (320, 348)]),
    )


def arch(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Where the glossy band runs round the crown."""
    return np.asarray(218 + 0.0017 * (x - 512) ** 2)


def strand(name: str, locks: tuple[Lock, ...], under: tuple[Lock, ...] = ()) -> Layer:
    """A layer of locks, with the shadow of the locks that lie over it."""
    sheet = Sheet(CANVAS)
    draw_locks(sheet, locks, FRONT, arch=arch)
    for item in under:
        sheet.fill(move(item.outline, 4, 22), HAIR_SHADE, atop=True)
    for item in locks if under else ():
        ink_lock(sheet, item, FRONT)
    return sheet.layer(name, "front hair")


def crown() -> Layer:
    """The crown with the fringe's middle."""
    sheet = Sheet(CANVAS).fill(cap(), HAIR)
    draw_locks(sheet, MIDDLE, FRONT, arch=arch)
    for points in (
        ((556, 140), (530, 156), (506, 190)),
        ((560, 140), (588, 156), (604, 186)),
        ((548, 140), (470, 164), (424, 206)),
    ):
        sheet.ink(spline(points), INK, 2.8, (0.15, 0.85), 0.05, atop=True)
    sheet.ink(part(spline(DOME), 0.17, 0.83), INK, 5, (0.1, 0.1), 0.4)
    return sheet.layer("front hair", "front hair")


def ahoge() -> Layer:
    """One stray lock on the crown."""
    sheet = Sheet(CANVAS)
    draw_lock(
        sheet,
        Lock(((540, 140), (520, 104), (536, 74), (592, 66)), ((560, 140), (544, 110), (556, 88), (592, 66)), start=0.1),
        FRONT,
    )
    return sheet.layer("front hair-5", "front hair")


def back() -> Layer:
    """The hair behind head, neck and shoulders, coral inside."""
    sheet = Sheet(CANVAS)
    body = join(
        spline(DOME),
        spline([(700, 470), (704, 640), (720, 780)]),
        spline([(720, 780), (512, 830), (304, 780)]),
        spline([(304, 780), (318, 640), (322, 470)]),
    )
    sheet.fill(body, LINING_SHADE)
    draw_locks(sheet, LINED, INSIDE)
    draw_locks(sheet, BACK, BEHIND)
    sheet.fill(join(spline(DOME), [(640, 430), (384, 430)]), HAIR_SHADE)
    sheet.ink(spline(DOME), INK, 5, (0.1, 0.1))
    return sheet.layer("back hair", "back hair")


def fringe() -> list[Curve]:
    """Outlines of everything that throws a shadow on the forehead."""
    return [cap(), *(x.outline for x in (*MIDDLE, *SWEEP, *TUCK))]
