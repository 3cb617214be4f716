"""Borders between parts evened: where tones run into each other no edge of the drawing says where one part ends.

Palette regions follow every step of a gradient there, and borders come out ragged. Each pixel near a border takes the part
that rules among the pixels of its own tone around it: so borders stay on the drawing's edges, are smooth where there are
none, and slivers go.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from layering.masks import Mask
from layering.pieces import FINE, Classes
from layering.views import F32

RADIUS = 0.006
"""Of the picture's longer side (at least 3 px): how far around a pixel others have a say."""
NEAR = 3.0
"""Px from a border within which pixels may change their part."""
TONE = 0.035
"""OKLab distance at which a neighbour's say is down to 0.6 of that of the same tone."""
LOYAL = 0.12
"""Share of all say by which a pixel's own part leads from the start."""
ROUNDS = 2
MOST_OFFSETS = 60


def even_borders(classes: Classes, lab: F32, line: Mask) -> Classes:
    """The map with even borders. classes: uint8 (H, W), 0 outside, which stays. lab: float32 (H, W, 3) OKLab of the picture.

    Brows, lashes and the like, thinner than what has a say, neither change nor have one; nor does line art, bool (H, W), whose
    part is known by what it outlines: along another part's line that meets it, it would run out in stubs.
    """
    out = classes
    radius = max(3.0, RADIUS * max(classes.shape))
    for _ in range(ROUNDS):
        rows, columns = np.nonzero(_band(out) & ~line)
        if not len(rows):
            break
        out = out.copy()
        out[rows, columns] = _ruling(np.where(line, np.uint8(0), out), lab, rows, columns, radius)
    return out


def _band(classes: Classes) -> Mask:
    """Pixels near a border between two parts that are no features."""
    import cv2

    size = 2 * round(NEAR) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    large = ~FINE[classes] & (classes > 0)
    low = cv2.erode(np.where(large, classes, np.uint8(255)), kernel)
    high = cv2.dilate(np.where(large, classes, np.uint8(0)), kernel)
    return large & ((low != classes) | (high != classes))


def _ruling(classes: Classes, lab: F32, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], radius: float) -> Classes:
    """uint8 (N,): the part that rules around each pixel."""
    present = np.unique(classes[rows, columns])
    place = np.full(256, len(present))
    place[present] = np.arange(len(present))             # all others share the last place, which never rules
    reach, kinds = int(radius), len(present) + 1
    padded = np.pad(place[classes], reach, constant_values=len(present))
    tone = [np.pad(lab[..., c], reach).ravel() for c in range(3)]
    at, where = (rows + reach) * padded.shape[1] + columns + reach, padded.ravel()

    def ruling(at: npt.NDArray[np.int64]) -> Classes:
        mine = [plane.take(at) for plane in tone]
        say = np.zeros(len(at) * kinds, np.float32)
        first = np.arange(len(at)) * kinds
        for dy, dx in _offsets(radius):
            there = at + (dy * padded.shape[1] + dx)
            away = sum((plane.take(there) - own) ** 2 for plane, own in zip(tone, mine, strict=True))
            far = (dy * dy + dx * dx) / (radius * radius)
            say[first + where.take(there)] += np.exp(away * np.float32(-0.5 / TONE**2) - far)
        each = say.reshape(-1, kinds)[:, :-1]
        say[first + where.take(at)] += LOYAL * each.sum(1)
        return present[each.argmax(1)].astype(np.uint8)

    with ThreadPoolExecutor(2) as both:
        return np.concatenate(list(both.map(ruling, np.array_split(at, 2))))


def _offsets(radius: float) -> list[tuple[int, int]]:
    """(dy, dx) within a radius, thinned out evenly where there are very many."""
    reach = int(radius)
    all_ = [(y, x) for y in range(-reach, reach + 1) for x in range(-reach, reach + 1) if y * y + x * x <= radius * radius]
    step = max(1, round((len(all_) / MOST_OFFSETS) ** 0.5))
    return [(y, x) for y, x in all_ if y % step == 0 and x % step == 0]
