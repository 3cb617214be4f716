"""Masks of pixels: boxes, distances, growing and closing at any radius, nearest labels. All in px, bool (H, W) unless said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]


def box_of(mask: Mask, margin: int = 0) -> Box | None:
    """(left, top, right, bottom) around the true pixels, grown by a margin and cut to the array; None where there are none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    height, width = mask.shape
    return (max(int(columns[0]) - margin, 0), max(int(rows[0]) - margin, 0),
            min(int(columns[-1]) + 1 + margin, width), min(int(rows[-1]) + 1 + margin, height))  # fmt: skip


def window(box: Box) -> tuple[slice, slice]:
    """Rows and columns of a box."""
    return slice(box[1], box[3]), slice(box[0], box[2])


def distance_to(mask: Mask) -> npt.NDArray[np.float32]:
    """float32 (H, W): px from each pixel to the nearest true one (0 on them; huge where there is none)."""
    import cv2

    if not mask.any():
        return np.full(mask.shape, 1e9, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def grown(mask: Mask, radius: float) -> Mask:
    """All pixels within `radius` of the mask."""
    return distance_to(mask) <= radius


def shrunk(mask: Mask, radius: float) -> Mask:
    """The pixels of the mask farther than `radius` from all others; the array's edge does not count as other."""
    return distance_to(~mask) > radius


def closed(mask: Mask, radius: float) -> Mask:
    """Gaps and bays narrower than twice the radius filled; nothing sticks out that did not before."""
    pad = int(np.ceil(radius)) + 1
    return shrunk(grown(np.pad(mask, pad), radius), radius)[pad:-pad, pad:-pad] | mask


def opened(mask: Mask, radius: float) -> Mask:
    """What is thinner than twice the radius taken away; the array's edge counts as more of the same."""
    return grown(shrunk(mask, radius), radius) & mask


def nearest(mask: Mask) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(rows, columns), int64 (H, W) each: the nearest true pixel of every pixel; there must be one."""
    import cv2

    _, code = cv2.distanceTransformWithLabels((~mask).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    where = np.nonzero(mask)
    lookup = np.zeros((2, int(code.max()) + 1), np.int64)
    lookup[:, code[where]] = where
    return lookup[0].take(code), lookup[1].take(code)


def pieces(mask: Mask) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Connected pieces (8-neighbours): labels int32 (H, W) with 0 for none, stats int64 (N + 1, 5) left, top, width, height,
    area, and centres float64 (N + 1, 2) x, y."""
    import cv2

    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    return labels, stats.astype(np.int64), centres


def components(values: npt.NDArray[np.integer[Any]], wanted: Iterable[int]) -> tuple[npt.NDArray[np.int32], list[int]]:
    """Connected pieces (8-neighbours) of equal values: labels int32 (H, W), -1 where a value is not wanted; and the value of
    each piece, in the order of `wanted`."""
    import cv2

    labels = np.full(values.shape, -1, np.int32)
    value: list[int] = []
    for each in wanted:
        mask = values == each
        box = box_of(mask)
        if box is None:
            continue
        view = window((box[0] & ~1, box[1] & ~1, box[2], box[3]))    # even corners: the pieces' order is the whole picture's
        count, found = cv2.connectedComponents(mask[view].view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
        np.add(found, len(value) - 1, out=labels[view], where=mask[view])
        value += [each] * (count - 1)
    return labels, value


def filled(mask: Mask) -> Mask:
    """The mask with its enclosed holes."""
    import cv2

    outside = np.pad((~mask).astype(np.uint8), 1, constant_values=1)
    cv2.floodFill(outside, None, (0, 0), 0)
    return mask | (outside[1:-1, 1:-1] > 0)
