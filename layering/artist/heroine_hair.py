"""The heroine's hair: a bob with long side locks, a parted fringe in springs, an ahoge, and a coral lining behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layering.artist.heroine_palette import AXIS, CANVAS, HAIR, HAIR_DEEP, HAIR_LIGHT, HAIR_SHADE, INK, LINING, LINING_SHADE
from layering.artist.shapes import Curve, Point, join, lock, part, spline
from layering.artist.sheet import Sheet
from layering.stack import Layer

WHORL: Point = (524, 100)
DOME: tuple[Point, ...] = (
    (330, 470), (312, 400), (309, 320), (326, 232), (372, 152), (440, 104), (520, 88), (600, 102), (664, 150), (704, 232),
    (716, 320), (712, 400), (694, 470),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock: its left and right contour from root to tip as spline points (the tip is shared)."""

    left: tuple[Point, ...]
    right: tuple[Point, ...]
    shade: float = 0.45
    start: float = 0.45

    @property
    def edges(self) -> tuple[Curve, Curve]:
        return spline(self.left), spline(self.right)

    @property
    def outline(self) -> Curve:
        a, b = self.edges
        return join(a, b[::-1])


def draw_lock(sheet: Sheet, item: Lock, base: str = HAIR, shade: str = HAIR_SHADE, atop: bool = False) -> None:
    """Fill, shade along the right edge, ink both edges towards the tip."""
    a, b = item.edges
    sheet.fill(item.outline, base, atop)
    if item.shade:
        u = np.linspace(0, 1, 60)[:, None]
        aa = np.stack([np.interp(u[:, 0], np.linspace(0, 1, len(a)), a[:, k]) for k in (0, 1)], 1)
        bb = np.stack([np.interp(u[:, 0], np.linspace(0, 1, len(b)), b[:, k]) for k in (0, 1)], 1)
        depth = item.shade * np.clip((u - item.start) / (1 - item.start), 0, 1) ** 0.7
        keep = u[:, 0] >= item.start
        sheet.fill(join(bb[keep], (bb + (aa - bb) * depth)[keep][::-1]), shade, atop=True)
    for edge in (a, b):
        sheet.ink(part(edge, item.start * 0.7, 1), INK, 4.2, (0.55, 0.12), 0.05, atop)


FRINGE_CENTRE = (
    Lock(((470, 130), (452, 250), (452, 330), (470, 392)), ((520, 130), (512, 250), (502, 330), (470, 392))),
    Lock(((560, 130), (556, 230), (556, 320), (552, 372)), ((604, 140), (612, 240), (592, 330), (552, 372))),
    Lock(((500, 120), (494, 240), (500, 330), (526, 396)), ((566, 120), (572, 240), (560, 330), (526, 396))),
)
FRINGE_R = (
    Lock(((350, 200), (326, 290), (326, 380), (350, 458)), ((430, 140), (396, 270), (372, 380), (350, 458))),
    Lock(((400, 150), (374, 250), (372, 340), (398, 410)), ((480, 120), (450, 240), (424, 340), (398, 410))),
)
FRINGE_L = (
    Lock(((610, 150), (634, 270), (656, 380), (680, 452)), ((680, 200), (704, 290), (702, 380), (680, 452))),
    Lock(((570, 120), (592, 240), (612, 330), (640, 402)), ((640, 150), (664, 250), (662, 340), (640, 402))),
)
SIDE_R = (
    Lock(((326, 300), (300, 440), (298, 580), (330, 700)), ((372, 300), (362, 440), (352, 580), (330, 700))),
)
SIDE_L = (
    Lock(((652, 300), (662, 440), (672, 580), (694, 700)), ((698, 300), (724, 440), (726, 580), (694, 700))),
)


def cap() -> Curve:
    """The crown down to the hairline, closed."""
    dome = spline(DOME)
    return join(part(dome, 0.14, 0.86), spline([(708, 330), (640, 270), (512, 250), (384, 270), (316, 330)]))


def shine(sheet: Sheet) -> None:
    """The glossy band round the crown: an arc with ragged teeth."""
    x = np.linspace(338, 690, 90)
    u = (x - AXIS) / 190
    mid = 205 + 42 * u**2
    teeth = np.abs(((x / 23.0) % 1) - 0.5) * 2
    up, low = mid - 10 - 16 * teeth * (1 - u**2 * 0.6), mid + 8 + 20 * (1 - teeth) * (1 - u**2 * 0.6)
    sheet.fill(join(np.stack([x, up], 1), np.stack([x, low], 1)[::-1]), HAIR_LIGHT, atop=True)


def strand(name: str, locks: tuple[Lock, ...], band: bool = True) -> Layer:
    """A layer of locks."""
    sheet = Sheet(CANVAS)
    for item in locks:
        draw_lock(sheet, item)
    if band:
        shine(sheet)
    return sheet.layer(name, "front hair")


def crown() -> Layer:
    """The crown with the fringe's middle."""
    sheet = Sheet(CANVAS).fill(cap(), HAIR)
    for item in FRINGE_CENTRE:
        draw_lock(sheet, item)
    shine(sheet)
    sheet.ink(part(spline(DOME), 0.1, 0.9), INK, 5, (0.2, 0.2))
    return sheet.layer("front hair", "front hair")


def ahoge() -> Layer:
    """One stray lock on the crown."""
    sheet = Sheet(CANVAS)
    draw_lock(sheet, Lock(((516, 104), (500, 70), (516, 42), (560, 40)), ((530, 102), (522, 78), (530, 56), (560, 40)), start=0.1))
    return sheet.layer("front hair-6", "front hair")


def back() -> Layer:
    """The hair behind head, neck and shoulders, coral inside."""
    sheet = Sheet(CANVAS)
    outer = join(spline(DOME), spline([(694, 470), (716, 600), (760, 720), (790, 800)]), spline([(790, 800), (512, 860), (234, 800)]), spline([(234, 800), (264, 720), (308, 600), (330, 470)]))
    sheet.fill(outer, HAIR_SHADE)
    sheet.fill(join(spline([(400, 300), (380, 560), (360, 840)]), spline([(664, 840), (644, 560), (624, 300)])), LINING_SHADE, atop=True)
    return sheet.layer("back hair", "back hair")


def all_fringe() -> list[Curve]:
    """Outlines of everything that throws a shadow on the forehead."""
    return [cap()] + [x.outline for x in (*FRINGE_CENTRE, *FRINGE_L, *FRINGE_R)]


