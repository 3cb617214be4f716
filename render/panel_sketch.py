"""What the panel looks like, as triangles: rectangles, discs, letters and curves, batch by batch. No OpenGL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from render.panel_atlas import F32, Atlas, Box, codes

Colour = tuple[float, float, float, float]
"""Red, green, blue, alpha 0..1, straight."""

_CORNERS = np.array([[0, 0], [1, 0], [0, 1], [0, 1], [1, 0], [1, 1]], np.float32)
"""Of the two triangles of a rectangle, as shares of its sides."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """vertices: float32 (N, 8): x, y in output px (y down), u, v in the atlas, colour straight. clip: px, or everything."""

    vertices: F32
    clip: Box | None


class Sketch:
    """Collects what is drawn, back to front."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self._batches: list[Batch] = []
        self._pieces: list[F32] = []
        self._clip: Box | None = None

    def clip(self, box: Box | None) -> None:
        """From now on nothing outside this box is drawn."""
        self._close()
        self._clip = box

    def batches(self) -> list[Batch]:
        """Everything so far."""
        self._close()
        return self._batches

    def rect(self, box: Box, colour: Colour) -> None:
        """A rectangle."""
        self._quads(np.array([box], np.float32), np.array([self.atlas.ink], np.float32), colour)

    def disc(self, centre: tuple[float, float], radius: float, colour: Colour) -> None:
        """A disc."""
        (x, y), r = centre, radius
        self._quads(np.array([[x - r, y - r, x + r, y + r]], np.float32), np.array([self.atlas.disc], np.float32), colour)

    def round(self, box: Box, radius: float, colour: Colour) -> None:
        """A rectangle with round corners."""
        left, top, right, bottom = box
        radius = min(radius, (right - left) / 2, (bottom - top) / 2)
        xs, ys = (left, left + radius, right - radius, right), (top, top + radius, bottom - radius, bottom)
        u0, v0, u1, v1 = self.atlas.disc
        us, vs = (u0, (u0 + u1) / 2, (u0 + u1) / 2, u1), (v0, (v0 + v1) / 2, (v0 + v1) / 2, v1)
        cells = [(i, j) for i in range(3) for j in range(3)]
        places = np.array([[xs[i], ys[j], xs[i + 1], ys[j + 1]] for i, j in cells], np.float32)
        self._quads(places, np.array([[us[i], vs[j], us[i + 1], vs[j + 1]] for i, j in cells], np.float32), colour)

    def text(self, x: float, y: float, text: str, colour: Colour, align: float = 0.0) -> None:
        """A line of letters whose top is at y. align: 0 begins at x, 0.5 is centred on it, 1 ends there."""
        places, boxes, width = _letters(self.atlas, text)
        if len(places):
            self._put(places + np.array([round(x - align * width) - 1, round(y) - 1], np.float32), boxes, colour)

    def width(self, text: str) -> float:
        """Px that a text takes."""
        return _letters(self.atlas, text)[2]

    def curve(self, points: F32, width: float, colour: Colour) -> None:
        """A soft line through float32 (N, 2) points; one that is not a number parts it."""
        ends = np.concatenate([points[:-1], points[1:]], -1)
        ends = ends[np.isfinite(ends).all(-1)]
        along = ends[:, 2:] - ends[:, :2]
        length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
        across = np.stack([-along[:, 1], along[:, 0]], -1) / length * (width / 2 + 0.5)
        a, b = ends[:, :2], ends[:, 2:]
        corners = np.stack([a + across, b + across, a - across, a - across, b + across, b - across], 1)
        u0, v0, u1, v1 = self.atlas.line
        uv = np.array([[u0, v1], [u1, v1], [u0, v0], [u0, v0], [u1, v1], [u1, v0]], np.float32)
        self._put(corners, np.broadcast_to(uv, corners.shape), colour)

    def _quads(self, places: F32, boxes: F32, colour: Colour) -> None:
        """places, boxes: float32 (N, 4) left, top, right, bottom in px and in the atlas."""
        self._put(_spread(places), _spread(boxes), colour)

    def _put(self, places: F32, uv: F32, colour: Colour) -> None:
        """places, uv: float32 (N, 6, 2)."""
        out = np.empty((len(places) * 6, 8), np.float32)
        out[:, :2], out[:, 2:4], out[:, 4:] = places.reshape(-1, 2), uv.reshape(-1, 2), colour
        self._pieces.append(out)

    def _close(self) -> None:
        if self._pieces:
            self._batches.append(Batch(np.concatenate(self._pieces), self._clip))
            self._pieces = []


@lru_cache(maxsize=2048)
def _letters(atlas: Atlas, text: str) -> tuple[F32, F32, float]:
    """float32 (n, 6, 2) corners of a line's letters in px from its upper left, the same in the atlas, and its width in px."""
    found = codes(atlas, text)
    pen = np.concatenate([[0], np.cumsum(atlas.advances[found])]).astype(np.float32)
    places = np.zeros((len(found), 4), np.float32)
    places[:, 0], places[:, 2], places[:, 3] = pen[:-1], pen[:-1] + atlas.cell[0], atlas.cell[1]
    return _spread(places), _spread(atlas.letters[found]), float(pen[-1])


def _spread(boxes: F32) -> F32:
    """float32 (N, 4) → (N, 6, 2): the corners of each box's two triangles."""
    return boxes[:, None, :2] + _CORNERS * (boxes[:, None, 2:] - boxes[:, None, :2])
