"""Regions: connected pixels of one palette colour, the units that are classified and joined into parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.masks import components
from layering.palette import Labels, Mask


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """labels: int32 (H, W), region index of each pixel, -1 outside the figure. The table has R rows:

    colour: int32 (R,) palette index. area: int64 (R,) px. bbox: int32 (R, 4) left, top, right, bottom (exclusive).
    thin: bool (R,): line art, hardly wider than about 1.2 % of the picture. neighbours: int32 (N, 3) rows of (region, region,
    length of their common border in px), each pair once.
    """

    labels: Labels
    colour: npt.NDArray[np.int32]
    area: npt.NDArray[np.int64]
    bbox: npt.NDArray[np.int32]
    thin: Mask
    neighbours: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.colour)


def find_regions(reduced: Labels, smallest: int = 6) -> Regions:
    """Connected components (8-connected) of each palette colour; those under `smallest` px join the neighbour they touch most.

    reduced: int32 (H, W) palette indices, -1 outside.
    """
    labels, colours = components(reduced, range(int(reduced.max()) + 1))
    colour = np.array(colours, np.int32)
    for _ in range(3):
        labels, colour, changed = _absorb_specks(labels, colour, smallest)
        if not changed:
            break
    count = len(colour)
    area = np.bincount(labels[labels >= 0], minlength=count)
    return Regions(labels, colour, area, _boxes(labels, count), _thin(labels, count), borders(labels))


def borders(labels: Labels) -> npt.NDArray[np.int32]:
    """int32 (N, 3): pairs of regions that touch (4-neighbours), the lower index first, and how many pixel pairs do."""
    found = [_changes(labels[:, :-1], labels[:, 1:]), _changes(labels[:-1], labels[1:])]
    first, second = (np.concatenate(side) for side in zip(*found, strict=True))
    if not len(first):
        return np.zeros((0, 3), np.int32)
    base = int(labels.max()) + 1
    keys, counts = np.unique(np.minimum(first, second) * base + np.maximum(first, second), return_counts=True)
    lower, higher = np.divmod(keys, base)
    return np.stack([lower, higher, counts], -1).astype(np.int32)


def _changes(here: Labels, there: Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The labels on both sides of each border between neighbouring pixels."""
    where = np.nonzero(here != there)
    first, second = here[where].astype(np.int64), there[where].astype(np.int64)
    inside = (first >= 0) & (second >= 0)
    return first[inside], second[inside]


def _absorb_specks(labels: Labels, colour: npt.NDArray[np.int32], smallest: int) -> tuple[Labels, npt.NDArray[np.int32], bool]:
    """Specks take the label of the larger neighbour with the longest common border; labels are renumbered."""
    area = np.bincount(labels[labels >= 0], minlength=len(colour))
    small = area < smallest
    target = np.arange(len(colour), dtype=np.int32)
    length = np.zeros(len(colour), np.int64)
    touching = borders(labels)
    for a, b, border in touching[small[touching[:, 0]] | small[touching[:, 1]]].tolist():
        for mine, other in ((a, b), (b, a)):
            if small[mine] and area[other] > area[mine] and border > length[mine]:
                target[mine], length[mine] = other, border
    if (target == np.arange(len(colour))).all():
        return labels, colour, False
    while (target[target] != target).any():
        target = target[target]
    kept, number = np.unique(target, return_inverse=True)
    out = np.where(labels >= 0, number[labels].astype(np.int32), np.int32(-1))
    return out, colour[kept], True


def _boxes(labels: Labels, count: int) -> npt.NDArray[np.int32]:
    """int32 (count, 4): left, top, right, bottom of each label, from the runs of its rows; zeros where there is none."""
    width = labels.shape[1]
    flat = np.pad(labels, ((0, 0), (0, 1)), constant_values=-1).ravel()      # no run goes on in the next row
    first = np.flatnonzero(np.diff(flat, prepend=-1))
    last, mine = np.append(first[1:], len(flat)), flat[first]
    (rows, left), right = np.divmod(first[mine >= 0], width + 1), (last - 1)[mine >= 0] % (width + 1) + 1
    mine = mine[mine >= 0]
    low = np.full((count, 2), np.iinfo(np.int32).max, np.int32)
    high = np.zeros((count, 2), np.int32)
    for axis, (begin, end) in enumerate(((left, right), (rows, rows + 1))):
        np.minimum.at(low[:, axis], mine, begin)
        np.maximum.at(high[:, axis], mine, end)
    return np.concatenate([np.where(high > 0, low, 0), high], 1)


def _thin(labels: Labels, count: int) -> Mask:
    """Regions whose innermost pixel lies within 0.6 % of the picture's longer side (at least 2 px) of their edge.

    Long ones may be three times as wide in places: outlines swell, and run together with a brow or a pupil.
    """
    import cv2

    inside = np.ones(labels.shape, np.uint8)
    inside[:, 1:][labels[:, 1:] != labels[:, :-1]] = 0
    inside[1:][labels[1:] != labels[:-1]] = 0
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    deepest = np.zeros(count, np.float32)
    mine = labels >= 0
    np.maximum.at(deepest, labels[mine], depth[mine])
    area = np.maximum(np.bincount(labels[mine], minlength=count), 1)
    mean = np.bincount(labels[mine], depth[mine], count) / area
    width = max(2.0, 0.006 * max(labels.shape))
    long = (area > 40 * deepest**2) & (mean < 0.5 * width) & (deepest < 3 * width)
    return (deepest < width) | long
