"""Line art belongs to the part that it outlines: of the two parts on its sides, the one in front."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.masks import box_of, nearest, window
from layering.order import USUAL
from layering.palette import Mask
from layering.pieces import FINE, Classes
from layering.views import CLASSES, F32

LASH, BALL = CLASSES.index("eyelash"), [CLASSES.index(x) for x in ("eyewhite", "irides")]
FRONT = np.array([USUAL.index(name) if name in USUAL else -1 for name in CLASSES])
"""Place of each class in the usual drawing order, back to front."""
BESIDE, BEFORE, OWN = 3.0, 1.5, 4.0
"""Nats in favour of a part beside the line, of the one of both in front, and of a fine part that the votes see there."""
CUT = 0.0045
"""Of the picture's longer side: how far along a line others have a say in what part a pixel of it is."""
REACH = 0.016
"""How far across a line its other side is looked for, of the picture's longer side."""

Index = npt.NDArray[np.int64]


def outline(classes: Classes, line: Mask, score: F32) -> None:
    """Give the pixels of line art their part, in place.

    classes: uint8 (H, W), right wherever `line` is False. line: bool (H, W). score: float32 (N, C) log-votes of the line's
    pixels, in the order of `np.nonzero(line)`.
    """
    rows, columns = np.nonzero(line)
    near, far = _sides(classes, line, rows, columns)
    score = score.copy()
    each = np.arange(len(rows))
    bonus = np.zeros_like(score)
    bonus[each, near] = BESIDE
    bonus[each, far] = BESIDE
    lash = np.isin(near, BALL) != np.isin(far, BALL)        # what outlines an eye is its lash
    bonus[lash, LASH] = BESIDE
    bonus[each, np.where(lash, LASH, np.where(FRONT[far] > FRONT[near], far, near))] += BEFORE
    own = FINE & (score == score.max(1, keepdims=True))
    score += bonus + np.where(own, OWN, 0)
    score[:, 0] = -np.inf
    classes[rows, columns] = score.argmax(1)
    _straighten(classes, line)


def _straighten(classes: Classes, line: Mask) -> None:
    """Along a line one part goes over into the next in one clean cut: each pixel takes the part that rules around it on the
    line, in place. Fine parts neither change nor have a say."""
    import cv2

    coarse = line & ~FINE[classes]
    box = box_of(coarse, 1)
    if box is None:
        return
    view, size = window(box), 2 * max(1, round(CUT * max(classes.shape))) + 1
    mine, own = classes[view], coarse[view]
    rows, columns = np.nonzero(own)
    best, most = mine[rows, columns], np.zeros(len(rows), np.int32)
    for part in np.flatnonzero(np.bincount(best)):
        around = cv2.boxFilter(((mine == part) & own).view(np.uint8), cv2.CV_32S, (size, size), normalize=False)[rows, columns]
        best[around > most] = part
        np.maximum(most, around, out=most)
    mine[rows, columns] = best


def _sides(classes: Classes, line: Mask, rows: Index, columns: Index) -> tuple[Index, Index]:
    """The classes on both sides of the line at each of its pixels: the nearest, and the first straight across."""
    height, width = line.shape
    if line.all():
        return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    to_rows, to_columns = nearest(~line)
    y0, x0 = to_rows[rows, columns], to_columns[rows, columns]
    dy, dx = (rows - y0).astype(np.float32), (columns - x0).astype(np.float32)
    length = np.maximum(np.hypot(dy, dx), 1e-3)
    near = classes[y0, x0].astype(np.int64)
    far = near.copy()
    open_ = np.arange(len(rows))
    for step in range(1, max(4, round(REACH * max(height, width)))):
        y = np.clip(np.rint(rows[open_] + dy[open_] / length[open_] * step), 0, height - 1).astype(np.int64)
        x = np.clip(np.rint(columns[open_] + dx[open_] / length[open_] * step), 0, width - 1).astype(np.int64)
        arrived = ~line[y, x]
        far[open_[arrived]] = classes[y[arrived], x[arrived]]
        open_ = open_[~arrived]
        if not len(open_):
            break
    return near, far
