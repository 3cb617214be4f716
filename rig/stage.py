"""What the checks look at: pictures of a puppet, whole or some parts only, and which canvas point a pixel shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.poser import poser_of
from rig.puppet import F32, DrawList, Puppet

Draw = Callable[[DrawList], RGBA]
Values = Mapping[str, float]
Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]
Box = tuple[int, int, int, int]

SHOWS = 10
"""Of 255: a pixel that changes by more when a part is hidden shows that part."""
OPAQUE = 128
"""Alpha from which a pixel counts as covered."""


class Stage:
    """A puppet and the function that draws it: the whole canvas, centred, as large as fits, at any size."""

    def __init__(self, puppet: Puppet, draw: Draw) -> None:
        self.puppet = puppet
        self._draw = draw
        self._poser = poser_of(puppet)
        ends = np.cumsum([0, *(len(p.mesh.vertices) for p in puppet.parts)])
        self.slices = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        self.rest = self._poser.pose({})
        self.still = frozenset(i for i, p in enumerate(puppet.parts) if not (p.head.any() or p.body.any()))

    @cached_property
    def size(self) -> tuple[int, int]:
        """(w, h) px of the pictures."""
        shape = self._draw(self.rest).shape
        return shape[1], shape[0]

    @cached_property
    def scale(self) -> float:
        """Picture px per canvas px."""
        return min(self.size[0] / self.puppet.canvas[0], self.size[1] / self.puppet.canvas[1])

    @cached_property
    def corner(self) -> tuple[float, float]:
        """Picture px of the canvas's top left corner."""
        w, h = (side * self.scale for side in self.puppet.canvas)
        return float((self.size[0] - w) // 2), float((self.size[1] - h) // 2)

    @cached_property
    def unit(self) -> float:
        """The face's width in picture px."""
        return self.puppet.surface.width * self.scale

    def to_picture(self, points: Points) -> Points:
        """Canvas px (N, 2) as picture px."""
        return points * self.scale + self.corner

    def to_canvas(self, points: Points) -> Points:
        """Picture px (N, 2) as canvas px."""
        return (points - self.corner) / self.scale

    def pose(self, values: Values) -> DrawList:
        return self._poser.pose(values)

    def shot(self, posed: DrawList, without: Collection[int] = (), only: Collection[int] | None = None) -> RGBA:
        """The picture of a posed moment without some parts, or of some parts only; masks of shown parts stay at work."""
        keep = np.ones(len(self.slices), bool) if only is None else np.zeros(len(self.slices), bool)
        if only is not None:
            keep[list(self.with_masks(only))] = True
        keep[list(without)] = False
        return self._draw(DrawList(posed.vertices, np.where(keep, posed.opacity, np.float32(0))))

    def alpha(self, posed: DrawList, without: Collection[int] = (), only: Collection[int] | None = None) -> Mask:
        """Where that picture is opaque."""
        return self.shot(posed, without, only)[..., 3] >= OPAQUE

    def shows(self, posed: DrawList, parts: Collection[int]) -> Mask:
        """Where some parts show: where the picture changes when they are hidden."""
        left, top, right, bottom = self.around(posed, parts)
        out = np.zeros(self.size[::-1], bool)
        if left < right and top < bottom:
            box = np.s_[top:bottom, left:right]
            change = _flattened(self.shot(posed)[box]) - _flattened(self.shot(posed, without=parts)[box])
            out[box] = (np.abs(change) > SHOWS).any(-1)
        return out

    def with_masks(self, parts: Iterable[int]) -> set[int]:
        """The parts and all parts that mask them and are not drawn themselves."""
        index = {p.name: i for i, p in enumerate(self.puppet.parts)}
        found, todo = set(parts), list(parts)
        while todo:
            for name in self.puppet.parts[todo.pop()].masks:
                i = index.get(name)
                if i is not None and i not in found and not self.puppet.parts[i].drawn:
                    found.add(i)
                    todo.append(i)
        return found

    def numbers(self, *kinds: str, side: str | None = None) -> list[int]:
        """Numbers of the drawn parts of some kinds (See-through's names), of one side where given."""
        return [i for i, p in enumerate(self.puppet.parts)
                if p.drawn and p.part in kinds and (side is None or p.side == side)]  # fmt: skip

    def around(self, posed: DrawList, parts: Collection[int], margin: float = 2) -> Box:
        """Picture box (left, top, right, bottom) of some parts' vertices, cut to the picture; empty where there are none."""
        if not parts:
            return 0, 0, 0, 0
        points = self.to_picture(np.concatenate([posed.vertices[self.slices[i]] for i in parts]).astype(np.float64))
        low = np.clip(np.floor(points.min(0) - margin), 0, self.size).astype(int)
        high = np.clip(np.ceil(points.max(0) + margin), 0, self.size).astype(int)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def triangles(self, vertices: F32, part: int) -> Points:
        """Corners float64 (T, 3, 2) canvas px of a part's triangles for vertices (V of all parts, 2)."""
        return vertices[self.slices[part]].astype(np.float64)[self.puppet.parts[part].mesh.triangles]


def _flattened(rgba: RGBA) -> npt.NDArray[np.int16]:
    """Premultiplied int16 (h, w, 4), so that colours under clear pixels do not count."""
    alpha = rgba[..., 3:].astype(np.int32)
    return np.concatenate([rgba[..., :3] * alpha // 255, alpha], -1).astype(np.int16)


def signed_areas(corners: Points) -> Points:
    """px² (T,) of triangles (T, 3, 2), by orientation."""
    (ax, ay), (bx, by), (cx, cy) = corners[:, 0].T, corners[:, 1].T, corners[:, 2].T
    return np.asarray(((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2)
