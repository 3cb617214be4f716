"""Small maps of where something is: pieces, specks, growing and shrinking. All bool (h, w)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.bool_]


def disk(radius: int) -> npt.NDArray[np.uint8]:
    """A round kernel of 2 radius + 1 px."""
    import cv2

    kernel: npt.NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return kernel


def grown(bits: Bits, by: int) -> Bits:
    """All within `by` px."""
    import cv2

    return cv2.dilate(bits.astype(np.uint8), disk(by)) > 0


def shrunk(bits: Bits, by: int) -> Bits:
    """All further than `by` px from the rest; the picture's border counts as going on."""
    import cv2

    return cv2.erode(bits.astype(np.uint8), disk(by), borderValue=1) > 0


def opened(bits: Bits, by: int) -> Bits:
    """Without what is narrower than about 2 `by` px."""
    import cv2

    return cv2.morphologyEx(bits.astype(np.uint8), cv2.MORPH_OPEN, disk(by)) > 0


def closed(bits: Bits, by: int) -> Bits:
    """With gaps narrower than about 2 `by` px filled."""
    import cv2

    return cv2.morphologyEx(bits.astype(np.uint8), cv2.MORPH_CLOSE, disk(by)) > 0


def pieces(bits: Bits) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The number of the piece of each pixel (0 outside), and how large each piece is (0 for what is outside)."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    return labels, areas


def at_least(bits: Bits, area: float) -> Bits:
    """The pieces of `area` px or more."""
    labels, areas = pieces(bits)
    found: Bits = ((areas >= area) & (areas > 0))[labels]
    return found


def largest(bits: Bits) -> Bits:
    """The largest piece."""
    labels, areas = pieces(bits)
    return bits if len(areas) < 2 else labels == areas.argmax()


def nearest_kind(kinds: Bits) -> npt.NDArray[np.int64]:
    """For each pixel the number of the nearest of several maps, bool (k, h, w) of which one is true somewhere."""
    import cv2

    some = kinds.any(0)
    _, nearest = cv2.distanceTransformWithLabels((~some).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(nearest.max()) + 1, np.int64)
    table[nearest[some]] = kinds.argmax(0)[some]
    return table[nearest]
