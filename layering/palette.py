"""At most ten colours: the palette of a flat picture, and the picture reduced to it.

A flat drawing has few tones and, between them, anti-aliased pixels that are mixes of two. Those must not win a palette entry
and must not fall to a third tone that happens to lie between. So the palette is found on flat pixels only (weighted k-means in
OKLab), near tones are merged, and mixed pixels take the nearest of the tones that stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.stack import RGBA

Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

MERGE = 0.028
"""OKLab distance under which two tones are one."""
SURE = 0.055
"""OKLab distance under which a pixel is a tone, flat or not: thin lines have no flat pixel."""
MOST_BINS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """colours: uint8 (K, 3) sRGB, most used first. shares: float32 (K,) of the flat pixels."""

    colours: npt.NDArray[np.uint8]
    shares: npt.NDArray[np.float32]


def smooth(rgba: RGBA) -> npt.NDArray[np.uint8]:
    """uint8 RGB (H, W, 3) with grain, texture and JPEG noise taken out and edges kept (bilateral filter)."""
    import cv2

    rgb = np.ascontiguousarray(rgba[..., :3])
    return cv2.bilateralFilter(rgb, 5, 18, 3)


def find_palette(rgb: npt.NDArray[np.uint8], figure: Mask, most: int = 10, seed: int = 0) -> Palette:
    """The palette of the figure's flat pixels.

    rgb: uint8 (H, W, 3) smoothed. figure: bool (H, W). most: 1 or more colours. seed: of k-means.
    """
    from sklearn.cluster import KMeans

    flat = figure & (steepness(rgb) < 10)
    if flat.sum() < 64:
        flat = figure
    if not flat.any():
        return Palette(np.zeros((0, 3), np.uint8), np.zeros(0, np.float32))
    bins, counts = _bins(rgb[flat])
    lab = oklab(bins)
    k = min(most, len(bins))
    weight = np.sqrt(counts.astype(np.float64))             # small tones (lips, irises) count for more than their area
    fit = KMeans(k, n_init=3, random_state=seed).fit(lab, sample_weight=weight)
    colours, share = [], []
    for i in range(k):
        mine = fit.labels_ == i
        if mine.any():
            colours.append(_middle(bins[mine], counts[mine]))
            share.append(counts[mine].sum())
    return _merged(np.array(colours, np.uint8), np.array(share, np.float64))


def reduce(rgb: npt.NDArray[np.uint8], figure: Mask, palette: Palette) -> Labels:
    """int32 (H, W): palette index of each pixel of the figure, -1 outside."""
    import cv2

    lab, tones = oklab(rgb), oklab(palette.colours)
    distance = np.stack([((lab - tone) ** 2).sum(-1) for tone in tones], -1)
    nearest = distance.argmin(-1).astype(np.int32)
    sure = figure & ((steepness(rgb) < 10) | (distance.min(-1) < SURE**2))
    out = np.where(sure, nearest, -1).astype(np.int32)
    for _ in range(4):
        open_ = figure & (out < 0)
        if not open_.any():
            break
        cross = np.ones((3, 3), np.uint8)
        beside = np.stack([cv2.dilate((out == i).astype(np.uint8), cross) for i in range(len(tones))], -1) > 0
        best = np.where(beside, distance, np.inf).argmin(-1)
        out[open_ & beside.any(-1)] = best[open_ & beside.any(-1)]
    left = figure & (out < 0)
    out[left] = nearest[left]
    return out


def steepness(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """uint8 (H, W): the largest difference in a 3 x 3 window, over the channels (morphological gradient)."""
    import cv2

    return cv2.morphologyEx(rgb, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(-1)


def _bins(pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Distinct colours on a grid of 4 levels, the MOST_BINS most frequent: uint8 (N, 3) bin means and counts (N,)."""
    keys = (pixels.astype(np.int64) >> 2) @ np.array([4096, 64, 1])
    codes, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(inverse, pixels[:, c], len(codes)) / counts for c in range(3)], -1)
    order = np.argsort(-counts, kind="stable")[:MOST_BINS]
    return np.round(means[order]).astype(np.uint8), counts[order]


def _middle(bins: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """The most frequent bin where one rules (a flat tone keeps its exact colour), else the mean."""
    if counts.max() > 0.35 * counts.sum():
        return bins[counts.argmax()]
    return np.round((bins * counts[:, None]).sum(0) / counts.sum()).astype(np.uint8)


def _merged(colours: npt.NDArray[np.uint8], share: npt.NDArray[np.float64]) -> Palette:
    """Tones closer than MERGE become one, the most used first."""
    order = np.argsort(-share, kind="stable")
    kept: list[int] = []
    total = share.copy()
    lab = oklab(colours)
    for i in order:
        near = [j for j in kept if np.linalg.norm(lab[i] - lab[j]) < MERGE]
        if near:
            total[near[0]] += share[i]
        else:
            kept.append(int(i))
    return Palette(colours[kept], (total[kept] / total[kept].sum()).astype(np.float32))
