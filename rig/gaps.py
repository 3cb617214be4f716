"""Holes and seams: places that the rest pose covers and a pose lays bare.

A bare pixel is a fault only where every part around it says that, at rest, this place was covered by its own company: carried
back with a part of the head, by the head (hair, face, ears), with a part of the body, by the body. So the background between a
lock and the shoulder may open, move and close as it likes, and a crack between fringe and forehead is found.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from rig.puppet import DrawList
from rig.stage import OPAQUE, Mask, Points, Stage

SLIT = 0.08
"""Of the face's width: half the width of the slits that are looked for where they are open to the outside."""
LEAST = 0.0008
"""Of the face's width squared: smaller gaps are edges, not holes."""
BORDER_POINTS, INNER_POINTS = 32, 80
WITNESS = 0.08
"""Share of a gap's border that a part must hold to be asked."""
BARE = 0.3
"""Share of a gap that a part must remember as bare to excuse it."""
ROOM = 0.012
"""Of the face's width: how near to a bare place at rest counts as bare."""
DEEP = 0.15
"""Of the face's width: how far a slit must reach in from the open to count: the end of a notch between two locks may wander."""
BETWEEN = 0.3
"""Of the face's width: the largest gap between head and neck that is looked for."""
ABOUT_NECK = (0.75, 1.0)
"""Of the face's width: how far beside and above or below the neck's base a seam is looked for."""
BODY = ("neck", "topwear", "bottomwear", "neckwear", "body")
BEHIND = ("back hair", "tail", "wings")


class Gaps:
    """Finds gaps between some parts of a puppet, each of which belongs to a company that covers for it."""

    def __init__(self, stage: Stage, companies: Collection[Collection[int]]) -> None:
        self._stage = stage
        self._parts = sorted({i for company in companies for i in company})
        self._rest_bare: dict[int, Mask] = {}
        for company in companies:
            bare = _grown(~stage.alpha(stage.rest, only=company), max(1, round(ROOM * stage.unit)))
            self._rest_bare |= dict.fromkeys(company, bare)

    def opened(self, posed: DrawList) -> list[tuple[Mask, tuple[int, ...]]]:
        """Gaps that opened, as masks of the picture, each with the numbers of the parts around it."""
        import cv2

        covered = self._stage.alpha(posed, only=self._parts)
        count, labels, about, _ = cv2.connectedComponentsWithStats(self.candidates(covered), connectivity=4)
        least = max(4.0, LEAST * self._stage.unit**2)
        found = []
        for i in range(1, count):
            left, top, width, height, area = about[i]
            if area < least:
                continue
            gap = _Gap(labels[top : top + height, left : left + width] == i, (int(left), int(top)), covered)
            parts = self._around(gap, posed)
            if self._holds(parts) and not self._excused(gap, parts, posed):
                found.append((labels == i, parts))
        return found

    def candidates(self, covered: Mask) -> npt.NDArray[np.uint8]:
        """Bare pixels that are enclosed, or lie in a slit that reaches far in."""
        import cv2

        side = 2 * max(1, round(SLIT * self._stage.unit)) + 1
        kernel = np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
        enclosed = _enclosed(covered)
        slits = _closed(covered, kernel) & ~covered & ~enclosed
        depth = cv2.distanceTransform((covered | slits | enclosed).astype(np.uint8), cv2.DIST_L2, 3)
        _, labels = cv2.connectedComponents(slits.astype(np.uint8), connectivity=4)
        deep = np.unique(labels[slits & (depth > DEEP * self._stage.unit)])
        return (enclosed | (np.isin(labels, deep) & slits)).astype(np.uint8)

    def _holds(self, parts: tuple[int, ...]) -> bool:
        """Whether a gap between these parts is one that is looked for."""
        return bool(parts)

    def _around(self, gap: _Gap, posed: DrawList) -> tuple[int, ...]:
        """The parts that show at a gap's border."""
        border = gap.border()
        owners = self._owners(self._stage.to_canvas(border + 0.5), posed)
        shares = np.bincount(owners[owners >= 0], minlength=len(self._stage.slices)) / max(len(border), 1)
        return tuple(np.flatnonzero(shares >= WITNESS).tolist())

    def _excused(self, gap: _Gap, parts: tuple[int, ...], posed: DrawList) -> bool:
        """Whether one of the parts around a gap remembers the place as bare."""
        pixels = gap.inside()
        return any(self._remembered_bare(i, pixels, posed) >= BARE for i in parts)

    def _owners(self, points: Points, posed: DrawList) -> npt.NDArray[np.int64]:
        """Number of the front part (of ours) that shows at each canvas point, -1 for none."""
        owners = np.full(len(points), -1)
        for i in reversed(self._parts):
            todo = np.flatnonzero(owners < 0)
            part = self._stage.puppet.parts[i]
            if not len(todo):
                break
            near = _near(self._stage.triangles(posed.vertices, i), points[todo], 0)
            if posed.opacity[i] <= 0 or not len(near):
                continue
            which, weights, inside = _locate(points[todo], self._stage.triangles(posed.vertices, i)[near])
            uv = np.einsum("nk,nkc->nc", weights, part.mesh.uv.astype(np.float64)[part.mesh.triangles[near[which]]])
            height, width = part.texture.shape[:2]
            x, y = np.clip(uv[:, 0] * width, 0, width - 1).astype(int), np.clip(uv[:, 1] * height, 0, height - 1).astype(int)
            owners[todo[inside & (part.texture[y, x, 3] >= OPAQUE // 2)]] = i
        return owners

    def _remembered_bare(self, part: int, pixels: Points, posed: DrawList) -> float:
        """Share of pixels (N, 2) that, carried back to rest with a part, were bare of its company."""
        points, corners = self._stage.to_canvas(pixels + 0.5), self._stage.triangles(posed.vertices, part)
        near = _near(corners, points, 0.12 * self._stage.puppet.surface.width)
        near = near if len(near) else np.arange(len(corners))
        which, weights, _ = _locate(points, corners[near])
        rest = self._stage.triangles(self._stage.rest.vertices, part)[near[which]]
        back = np.floor(self._stage.to_picture(np.einsum("nk,nkc->nc", weights, rest))).astype(int)
        width, height = self._stage.size
        off = (back < 0).any(1) | (back[:, 0] >= width) | (back[:, 1] >= height)
        x, y = np.clip(back[:, 0], 0, width - 1), np.clip(back[:, 1], 0, height - 1)
        return float((off | self._rest_bare[part][y, x]).mean())


class Holes(Gaps):
    """Holes anywhere in the figure. Backdrop and ground, which stand still, are left out."""

    def __init__(self, stage: Stage) -> None:
        figure = {i for i, p in enumerate(stage.puppet.parts) if p.drawn and len(p.mesh.triangles)} - stage.still
        head = {i for i in figure if stage.puppet.parts[i].head.mean() >= 0.5 and stage.puppet.parts[i].part not in BODY}
        self._behind = {i for i in figure if stage.puppet.parts[i].part in BEHIND}
        super().__init__(stage, [head, figure - head])

    def _holds(self, parts: tuple[int, ...]) -> bool:
        """A notch between the ends of back hair alone is its own outline, whatever covered it at rest."""
        return not self._behind.issuperset(parts)


class Seams(Gaps):
    """Gaps between face, neck and collar, which are one company: between them nothing may show, be it hair or background."""

    def __init__(self, stage: Stage) -> None:
        face, body = (set(stage.numbers(*kinds)) - stage.still for kinds in (("face",), BODY))
        self._body = body
        super().__init__(stage, [face | body] if face and body else [])
        before = range(max(self._parts, default=0) + 1, len(stage.slices))
        self._before = [i for i in before if stage.puppet.parts[i].drawn and self._parts]

    def opened(self, posed: DrawList) -> list[tuple[Mask, tuple[int, ...]]]:
        """Seams that opened, less what hides them in front."""
        gaps = super().opened(posed) if self._parts else []
        if not gaps or not self._before:
            return gaps
        hidden = self._stage.alpha(posed, only=self._before)
        return [(gap & ~hidden, parts) for gap, parts in gaps if (gap & ~hidden).sum() > gap.sum() / 4]

    def candidates(self, covered: Mask) -> npt.NDArray[np.uint8]:
        """Bare pixels near the neck with something above and something below."""
        kernel = np.ones((max(3, round(BETWEEN * self._stage.unit)) | 1, 1), np.uint8)
        between = _closed(covered, kernel) & ~covered
        pivot = self._stage.to_picture(np.array([self._stage.puppet.surface.pivot]))[0]
        left, top = np.maximum(pivot - np.array(ABOUT_NECK) * self._stage.unit, 0).astype(int)
        right, bottom = (pivot + np.array(ABOUT_NECK) * self._stage.unit).astype(int)
        out = np.zeros(covered.shape, np.uint8)
        out[top:bottom, left:right] = between[top:bottom, left:right]
        return out

    def _holds(self, parts: tuple[int, ...]) -> bool:
        return not self._body.isdisjoint(parts)


class _Gap:
    """A bare region: its mask bool (h, w), cut out of the picture at corner (x, y), and the covered pixels about it."""

    def __init__(self, mask: Mask, corner: tuple[int, int], covered: Mask) -> None:
        self._mask, self._corner = np.pad(mask, 2), np.array(corner, np.float64) - 2
        (x, y), (height, width) = corner, mask.shape
        self._covered = np.pad(covered, 2)[y : y + height + 4, x : x + width + 4]

    def inside(self) -> Points:
        """Some of its pixels, float64 (N, 2) (x, y)."""
        return _some(self._mask, INNER_POINTS) + self._corner

    def border(self) -> Points:
        """Some covered pixels around it, up to two px away to pass soft edges."""
        return _some(_grown(self._mask, 2) & ~self._mask & self._covered, BORDER_POINTS) + self._corner


def _grown(mask: Mask, reach: int) -> Mask:
    import cv2

    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0)


def _closed(covered: Mask, kernel: npt.NDArray[np.uint8]) -> Mask:
    """Morphological closing that does not stick to the picture's edge."""
    import cv2

    room = max(kernel.shape)
    padded = cv2.copyMakeBorder(covered.astype(np.uint8), room, room, room, room, cv2.BORDER_CONSTANT)
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[room:-room, room:-room] > 0)


def _enclosed(covered: Mask) -> Mask:
    """Bare pixels with no way to the picture's edge."""
    import cv2

    bare = np.pad((~covered).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(bare, None, (0, 0), 0)
    return np.asarray(bare[1:-1, 1:-1] > 0)


def _some(mask: Mask, most: int) -> Points:
    """At most so many of a mask's pixels as float64 (N, 2) (x, y), evenly chosen."""
    y, x = np.nonzero(mask)
    pick = np.linspace(0, len(x) - 1, min(len(x), most)).astype(int)
    return np.stack([x[pick], y[pick]], -1).astype(np.float64)


def _near(corners: Points, points: Points, room: float) -> npt.NDArray[np.int64]:
    """Numbers of the triangles (T, 3, 2) whose boxes come within `room` of the points' box."""
    if not len(points):
        return np.zeros(0, np.int64)
    low, high = points.min(0) - room, points.max(0) + room
    return np.flatnonzero(((corners.max(1) >= low) & (corners.min(1) <= high)).all(1))


def _locate(points: Points, corners: Points) -> tuple[npt.NDArray[np.int64], Points, Mask]:
    """For points (N, 2): the triangle (of corners (T, 3, 2)) that holds it or is nearest, its weights (N, 3), and
    whether it holds it.

    Outside, the weights run on beyond 0..1 and so carry the triangle's motion on.
    """
    a, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    double = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    flat = np.abs(double) < 1e-3
    scale = 1 / np.where(flat, 1.0, double)
    p = points[:, None] - a
    wu = (p[..., 0] * v[:, 1] - p[..., 1] * v[:, 0]) * scale
    wv = (p[..., 1] * u[:, 0] - p[..., 0] * u[:, 1]) * scale
    least = np.minimum(np.minimum(wu, wv), 1 - wu - wv)
    middle = points[:, None] - corners.mean(1)
    rank = np.where(least >= -1e-6, -1.0, (middle[..., 0] ** 2 + middle[..., 1] ** 2) / (1 + np.abs(double)))
    rank[:, flat] = np.inf
    which = rank.argmin(1)
    rows = np.arange(len(points))
    wu, wv = wu[rows, which], wv[rows, which]
    return which, np.stack([1 - wu - wv, wu, wv], -1), least[rows, which] >= -1e-6
