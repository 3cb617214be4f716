"""Left and right: by the pieces of a layer that holds both, or by where a layer lies.

"l" is the character's own left, the picture's right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA

FAINT = 24
"""Alpha 0..255 below which pixels join no pieces."""

SPECK = 0.06
"""A piece smaller than this share of the largest one goes to the nearest large piece's side."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Connected pieces of a layer, numbered from 0: labels int32 (h, w), 0 = nothing, else the number + 1; boxes int (n, 4)
    left, top, right, bottom; areas int (n,) px; centres float (n, 2) x, y; all in the layer's own px."""

    labels: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.int64]
    areas: npt.NDArray[np.int64]
    centres: npt.NDArray[np.float64]


def find_pieces(rgba: RGBA) -> Pieces:
    """Pieces that touch by a side or a corner. Faint pixels belong to the nearest piece, so that a glow joins nothing."""
    import cv2

    alpha = rgba[..., 3]
    solid = alpha >= (FAINT if (alpha >= FAINT).any() else 1)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=8)
    box = stats[1:, :4].astype(np.int64)
    box[:, 2:] += box[:, :2]
    return Pieces(_spread(labels, alpha > 0), box, stats[1:, 4].astype(np.int64), centres[1:])


def _spread(labels: npt.NDArray[np.int32], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Give every pixel in `where` the label of the nearest labelled pixel."""
    import cv2

    _, nearest = cv2.distanceTransformWithLabels((labels == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    lookup = np.zeros(int(nearest.max(initial=0)) + 1, np.int32)
    lookup[nearest[labels > 0]] = labels[labels > 0]
    return np.where(where, lookup[nearest], 0).astype(np.int32)


def split_sides(rgba: RGBA, axis: float, width: float) -> tuple[RGBA | None, RGBA | None] | None:
    """(left, right) pictures (h, w, 4) of a layer that holds both sides, None for a side that has nothing.

    axis: x of the middle line and width: the face's width, both in the layer's own px. Returns None where one large piece
    lies across the middle line, which is then not to be told apart.
    """
    pieces = find_pieces(rgba)
    if not len(pieces.areas):
        return None
    large = np.flatnonzero(pieces.areas >= SPECK * pieces.areas.max())
    if any(_across(pieces.boxes[i], pieces.centres[i, 0], axis, width) for i in large):
        return None
    is_left = pieces.centres[:, 0] > axis
    for i in np.setdiff1d(np.arange(len(is_left)), large):
        is_left[i] = is_left[large[np.argmin([_gap(pieces.boxes[i], pieces.boxes[j]) for j in large])]]
    chosen = np.concatenate([[False], is_left])[pieces.labels]
    none = np.concatenate([[False], ~is_left])[pieces.labels]
    return _only(rgba, chosen), _only(rgba, none)


def side_of(centre: float, axis: float, width: float) -> str:
    """The side of something that lies clearly to one side of the middle line, else ""."""
    if abs(centre - axis) < 0.06 * width:
        return ""
    return "l" if centre > axis else "r"


def _across(box: npt.NDArray[np.int64], centre: float, axis: float, width: float) -> bool:
    """Whether a piece covers the middle line and has its weight near it."""
    return bool(box[0] < axis < box[2] and abs(centre - axis) < 0.1 * width)


def _gap(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> float:
    """Distance in px between two boxes, 0 where they meet."""
    dx = max(b[0] - a[2], a[0] - b[2], 0)
    dy = max(b[1] - a[3], a[1] - b[3], 0)
    return float(np.hypot(dx, dy))


def _only(rgba: RGBA, keep: npt.NDArray[np.bool_]) -> RGBA | None:
    return np.where(keep[..., None], rgba, np.uint8(0)) if keep.any() else None


def trimmed(rgba: RGBA, offset: tuple[int, int]) -> tuple[RGBA, tuple[int, int]]:
    """The picture cropped to its pixels, and the crop's place; there must be one."""
    rows, columns = np.flatnonzero(rgba[..., 3].any(1)), np.flatnonzero(rgba[..., 3].any(0))
    cut = rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.ascontiguousarray(cut), (offset[0] + int(columns[0]), offset[1] + int(rows[0]))
