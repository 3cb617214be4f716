"""The person in a picture: a soft mask whose edge follows the picture's own edges.

The first guess comes from outside, through a `PersonFinder`; here its border is made true: a narrow band about it is decided
anew by colour (GrabCut), then fitted to the picture with a guided filter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from stylize.stylizer import Picture

Mask = npt.NDArray[np.float32]
"""float32 (H, W), 0 ground .. 1 person."""

PersonFinder = Callable[[Picture], Mask]
"""A rough mask of the person in a picture uint8 (H, W, 3), of the same size."""

SIDE = 512
"""Px: the longer side at which the band is decided."""
BAND = 0.03
"""Half the band's width as a share of the square root of the person's area."""


def find_person(rgb: Picture, finder: PersonFinder) -> Mask:
    """The person's mask with a true edge, float32 (H, W) 0..1; all 0 where there is nobody."""
    return refine_mask(rgb, finder(rgb))


def refine_mask(rgb: Picture, rough: Mask) -> Mask:
    """A rough mask (H, W) 0..1 fitted to the edges of its picture uint8 (H, W, 3)."""
    import cv2

    height, width = rough.shape
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    guess = cv2.resize(rough.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    if not 0.002 < float((guess > 0.5).mean()) < 0.998:
        return np.clip(rough, 0, 1).astype(np.float32)
    decided = _whole(_decided(small, guess))
    return _fitted(rgb, cv2.resize(decided, (width, height), interpolation=cv2.INTER_LINEAR), scale)


def _decided(rgb: Picture, guess: Mask) -> Mask:
    """Inside, outside, and the band between decided by colour: float32 0 or 1."""
    import cv2

    inside = (guess > 0.5).astype(np.uint8)
    reach = max(2, int(BAND * np.sqrt(inside.sum())))
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)
    trimap = np.where(depth > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    trimap[(depth > reach) | (guess > 0.98)] = cv2.GC_FGD
    trimap[(depth < -reach) & (guess < 0.3)] = cv2.GC_BGD
    if not (trimap == cv2.GC_BGD).any() or not (trimap == cv2.GC_FGD).any():
        return inside.astype(np.float32)
    cv2.setRNGSeed(1)
    cv2.grabCut(rgb, trimap, None, np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK)
    found: Mask = np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return found if found.sum() > 0.5 * inside.sum() else inside.astype(np.float32)


def _whole(mask: Mask) -> Mask:
    """Without specks and pinholes: pieces below a hundredth of the person go, holes below that are filled."""
    import cv2

    out = mask.astype(np.uint8)
    least = 0.01 * float(out.sum())
    for value in (1, 0):
        _, labels, stats, _ = cv2.connectedComponentsWithStats((out == value).astype(np.uint8), connectivity=4)
        small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < least)
        out[np.isin(labels, small[small > 0])] = 1 - value
    return out.astype(np.float32)


def _fitted(rgb: Picture, mask: Mask, scale: float) -> Mask:
    """The mask fitted to the picture's edges by a guided filter, and tightened to about two px."""
    import cv2

    radius = max(2, round(3 / scale))
    guide = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    soft = cv2.ximgproc.guidedFilter(guide, mask, radius, 1e-4)
    fitted: Mask = np.clip((soft - 0.5) * 1.6 + 0.5, 0, 1).astype(np.float32)
    return fitted
