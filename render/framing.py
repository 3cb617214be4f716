"""How a live window frames its character: where it stands, how large, and whether as in a mirror. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from render.view import View
from rig.puppet import Puppet

SMALLEST, LARGEST = 0.2, 12.0
"""Zoom, 1 showing the whole frame."""
ROOM = 0.06                 # of the frame, above the head and to the sides
CHEST = 1.15                # face widths below the base of the neck that a portrait shows
FULL = 1.35                 # a canvas so many times taller than its portrait is a full figure

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Framing:
    """box: left, top, right, bottom in canvas px that the window shows at zoom 1. shift: output px that the user dragged it,
    per px of the window's smaller side. mirrored: left and right swapped, as in a mirror."""

    box: tuple[float, float, float, float]
    zoom: float = 1.0
    shift: Point = (0.0, 0.0)
    mirrored: bool = False

    @classmethod
    def of(cls, puppet: Puppet) -> Framing:
        """A bust as it was drawn, a full figure from the chest up."""
        width, height = puppet.canvas
        left, top, right, bottom = portrait(puppet)
        if height < FULL * (bottom - top):
            return cls((0.0, 0.0, float(width), float(height)))
        return cls((left, top, right, bottom))

    def view(self, size: Size) -> View:
        """For an output of `size` (w, h) px, not mirrored: that is done when it is shown."""
        left, top, right, bottom = self.box
        scale = self.zoom * min(size[0] / max(right - left, 1.0), size[1] / max(bottom - top, 1.0))
        side = min(size)
        x = size[0] / 2 + self.shift[0] * side - scale * (left + right) / 2
        y = size[1] / 2 + self.shift[1] * side - scale * (top + bottom) / 2
        return View(size, scale, (float(round(x)), float(round(y))))

    def zoomed(self, factor: float, at: Point, size: Size) -> Framing:
        """Larger by `factor` about an output px, which keeps showing the same spot."""
        zoom = min(max(self.zoom * factor, SMALLEST), LARGEST)
        real, side = zoom / self.zoom, min(size)
        x, y = self._unmirrored(at, size)
        about = ((x - size[0] / 2) / side, (y - size[1] / 2) / side)
        moved = tuple(a + (s - a) * real for a, s in zip(about, self.shift, strict=True))
        return replace(self, zoom=zoom, shift=_held(moved))

    def dragged(self, dx: float, dy: float, size: Size) -> Framing:
        """Moved by output px."""
        side = min(size)
        return replace(self, shift=_held((self.shift[0] + (-dx if self.mirrored else dx) / side, self.shift[1] + dy / side)))

    def flipped(self) -> Framing:
        """As in a mirror, or no longer."""
        return replace(self, mirrored=not self.mirrored)

    def centred(self) -> Framing:
        """As it opened."""
        return replace(self, zoom=1.0, shift=(0.0, 0.0))

    def canvas_point(self, at: Point, size: Size) -> Point:
        """Canvas px under an output px."""
        view = self.view(size)
        x, y = self._unmirrored(at, size)
        return (x - view.offset[0]) / view.scale, (y - view.offset[1]) / view.scale

    def _unmirrored(self, at: Point, size: Size) -> Point:
        return (size[0] - at[0] if self.mirrored else at[0]), at[1]


def portrait(puppet: Puppet) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in canvas px of the character from above the head to the chest, about square."""
    surface = puppet.surface
    tops = [part.mesh.vertices[part.head > 0.5, 1].min() for part in puppet.parts if part.drawn and (part.head > 0.5).any()]
    top = max(float(np.min(tops)) if tops else 0.0, 0.0)
    bottom = min(surface.pivot[1] + CHEST * surface.width, float(puppet.canvas[1]))
    height = max(bottom - top, 1.0)
    top = max(top - ROOM * height, 0.0)
    half = 0.5 * (bottom - top)
    return surface.centre[0] - half, top, surface.centre[0] + half, bottom


def _held(shift: tuple[float, ...]) -> Point:
    """A character cannot be lost far outside the window."""
    x, y = (min(max(s, -LARGEST), LARGEST) for s in shift)
    return x, y
