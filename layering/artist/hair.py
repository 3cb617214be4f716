"""How hair is drawn: locks with shade, strands and ink that fades towards the root, and the glossy band."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.artist.shapes import Curve, Point, even, join, part, spline
from layering.artist.sheet import Sheet

Arch = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class HairTones:
    """Flat colours "rrggbb" of one head of hair."""

    base: str
    shade: str
    light: str
    ink: str


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock by its two contours from root to the shared tip, as spline points.

    shade: share of the lock's width that lies in shade at the tip, from its right edge (negative: from its left).
    start: share of the length, from the root, that stays free of ink and shade.
    strands: inner lines, each at a share of the width.
    ink: shares of the length where the left and the right contour's ink begins, or None for a little before `start`.
    """

    left: Sequence[Point]
    right: Sequence[Point]
    shade: float = 0.4
    start: float = 0.4
    strands: tuple[float, ...] = ()
    ink: tuple[float, float] | None = None

    @property
    def outline(self) -> Curve:
        """The closed contour."""
        return join(spline(self.left), spline(self.right)[::-1])

    def across(self, share: float, start: float = 0.0, end: float = 1.0) -> Curve:
        """The line inside the lock at a share of its width, 0 the left edge, 1 the right."""
        a, b = (even(spline(x)) for x in (self.left, self.right))
        return part(a + (b - a) * share, start, end)


def shade_of(item: Lock) -> Curve:
    """The shaded side of a lock, closed: it begins at nothing and widens towards the tip."""
    edge, other = item.across(1.0), item.across(0.0)
    if item.shade < 0:
        edge, other = other, edge
    t = np.linspace(0, 1, len(edge))
    depth = abs(item.shade) * np.clip((t - item.start) / (1 - item.start), 0, 1)[:, None] ** 0.6
    keep = t >= item.start
    return join(edge[keep], (edge + (other - edge) * depth)[keep][::-1])


def gloss_on(item: Lock, arch: Arch, depth: float) -> Curve | None:
    """The piece of the glossy band that lies on one lock, closed, with teeth along the strands; None where they do not meet.

    arch: y of the band's middle at an array of x. depth: px of the band itself; the teeth add as much again.
    """
    spine = item.across(0.5)
    below = spine[:, 1] > arch(spine[:, 0])
    if below.all() or not below.any():
        return None
    length = np.hypot(*np.diff(spine, axis=0).T).sum()
    middle, half = int(np.argmax(below)) / (len(spine) - 1), depth / 2 / length
    share = np.linspace(0.07, 0.93, 49)
    spike = np.interp(share, (0.07, 0.2, 0.31, 0.5, 0.62, 0.78, 0.93), (0, 0.75, 0.1, 1, 0.15, 0.6, 0)) ** 1.6
    up, down = middle - half * (0.4 + 0.8 * np.sin(np.pi * share)), middle + half * (0.5 + 1.6 * spike)
    left, right = item.across(0.0), item.across(1.0)

    def at(t: npt.NDArray[np.float64]) -> Curve:
        grid = np.linspace(0, 1, len(left))
        a, b = (np.stack([np.interp(t, grid, e[:, k]) for k in (0, 1)], 1) for e in (left, right))
        return np.asarray(a + (b - a) * share[:, None])

    return join(at(up), at(down)[::-1])


def draw_lock(
    sheet: Sheet, item: Lock, tones: HairTones, weight: float = 4.0, arch: Arch | None = None, depth: float = 22.0
) -> None:
    """Fill a lock, shade one side, lay the gloss where `arch` crosses it, add strands, and ink both edges towards the tip."""
    sheet.fill(item.outline, tones.base)
    if item.shade:
        sheet.fill(shade_of(item), tones.shade, atop=True)
    band = gloss_on(item, arch, depth) if arch else None
    if band is not None:
        sheet.fill(band, tones.light, atop=True)
    ink_lock(sheet, item, tones, weight)


def ink_lock(sheet: Sheet, item: Lock, tones: HairTones, weight: float = 4.0) -> None:
    """The strands and the two edges of a lock, thin at the root."""
    for share in item.strands:
        sheet.ink(item.across(share, item.start * 0.5, 0.93), tones.ink, weight * 0.55, (0.7, 0.4), 0.05, atop=True)
    swell = 0.15 if item.ink else 0.6
    for share, begin in zip((0.0, 1.0), item.ink or (item.start * 0.6,) * 2, strict=True):
        sheet.ink(item.across(share, begin, 1), tones.ink, weight, (swell, 0.06), 0.05)


def draw_locks(sheet: Sheet, items: Iterable[Lock], tones: HairTones, weight: float = 4.0, arch: Arch | None = None) -> None:
    """Draw locks one over the other."""
    for item in items:
        draw_lock(sheet, item, tones, weight, arch)
