"""What the colours of whole parts say beside the votes: a ribbon in the hair is not of the hair's colour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.palette import Mask
from layering.regions import Regions
from layering.views import CLASSES, F32

FRONT, BACK, HEADWEAR = (CLASSES.index(x) for x in ("front hair", "back hair", "headwear"))
GREY = 0.04
"""OKLab chroma under which a tone has no hue to speak of: ink, highlights, white and black hair."""
FAR = 0.08
"""Distance in OKLab's plane of hues beyond which no light or shade makes one tone of the other."""
SURE = 0.67
"""Probability of hair, in front or behind, that a strand must have: twice that of all else."""
LIGHTER = 0.06
"""OKLab lightness by which a strand stands out from its outlines."""
NATS = 2.0
"""In favour of headwear; what the network is sure of stays hair, the coloured inside of long hair for one."""


def ribbons_apart(regions: Regions, log_p: F32, lab: F32) -> F32:
    """The votes, in which blocks of hair behind the head that have a hue of their own lean towards headwear.

    log_p: float32 (R, C). lab: float32 (H, W, 3) OKLab.
    """
    best = log_p.argmax(1)
    front = (best == FRONT) & ~regions.thin & (regions.area > 0.02 * regions.area[best == FRONT].sum())
    doubtful = (best == BACK) & ~regions.thin
    if not (front.any() and doubtful.any()):
        return log_p
    hue = tones(regions, lab)[:, 1:]
    away = np.linalg.norm(hue[:, None] - hue[front][None], axis=2).min(1)
    own = doubtful & (away > FAR) & (np.linalg.norm(hue, axis=1) > GREY)
    out = log_p.copy()
    out[own, HEADWEAR] += NATS
    return out - np.log(np.exp(out).sum(1, keepdims=True))


def strands(regions: Regions, log_p: F32, lab: F32) -> Mask:
    """bool (R,): hair that lies for the most part between lines, or hair, that are darker: a thin lock is no line.

    log_p: float32 (R, C). lab: float32 (H, W, 3) OKLab.
    """
    light, hair = tones(regions, lab)[:, 0], np.exp(log_p[:, [FRONT, BACK]]).sum(1) > SURE
    first, second, length = regions.neighbours.T.astype(np.int64)
    kin = regions.thin | hair
    lined = [np.bincount(mine, length * (kin[other] & (light[mine] > light[other] + LIGHTER)), len(regions))
             for mine, other in ((first, second), (second, first))]  # fmt: skip
    border = np.bincount(first, length, len(regions)) + np.bincount(second, length, len(regions))
    return np.asarray(hair & (lined[0] + lined[1] > 0.5 * np.maximum(border, 1)))


def tones(regions: Regions, lab: F32) -> npt.NDArray[np.float64]:
    """float64 (R, 3): mean OKLab colour of each region. lab: float32 (H, W, 3)."""
    inside = regions.labels >= 0
    mine = regions.labels[inside]
    total = [np.bincount(mine, lab[..., c][inside], len(regions)) for c in range(3)]
    return np.stack(total, -1) / np.maximum(regions.area, 1)[:, None]
