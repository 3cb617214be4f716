"""Where parts lie on the output, in whole px: what need not be touched is what makes a frame fast."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from render.view import View
from rig.puppet import F32


class Box(NamedTuple):
    """Output px, right and bottom exclusive; empty where left >= right or top >= bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def empty(self) -> bool:
        """Whether no pixel lies in it."""
        return self.left >= self.right or self.top >= self.bottom

    @property
    def scissor(self) -> tuple[int, int, int, int]:
        """(x, y, width, height) as OpenGL wants it."""
        return self.left, self.top, *self.size

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), 0 where it is empty."""
        return max(self.right - self.left, 0), max(self.bottom - self.top, 0)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of an array that covers the output."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, outer: Box) -> tuple[slice, slice]:
        """Rows and columns of an array that covers `outer`, which holds this box."""
        x, y = outer.left, outer.top
        return slice(self.top - y, self.bottom - y), slice(self.left - x, self.right - x)

    def __and__(self, other: Box) -> Box:
        """What lies in both."""
        return Box(max(self.left, other.left), max(self.top, other.top),
                   min(self.right, other.right), min(self.bottom, other.bottom))  # fmt: skip


NOWHERE = Box(0, 0, 0, 0)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them."""
    filled = [box for box in boxes if not box.empty]
    if not filled:
        return NOWHERE
    left, top, right, bottom = zip(*filled, strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


def part_boxes(vertices: F32, counts: tuple[int, ...], view: View) -> list[Box]:
    """The box of each part, cut to the output. vertices: float32 (sum of counts, 2) canvas px, part by part."""
    out = [NOWHERE] * len(counts)
    filled = [i for i, count in enumerate(counts) if count]
    if not filled:
        return out
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])[filled]
    placed = vertices * np.float32(view.scale) + np.array(view.offset, np.float32)
    limit = np.array(view.size)
    low = np.clip(np.floor(np.minimum.reduceat(placed, starts)), 0, limit).astype(int).tolist()
    high = np.clip(np.ceil(np.maximum.reduceat(placed, starts)), 0, limit).astype(int).tolist()
    for i, a, b in zip(filled, low, high, strict=True):
        out[i] = Box(*a, *b)
    return out
