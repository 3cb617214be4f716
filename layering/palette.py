"""At most ten colours: the palette of a flat picture, and the picture reduced to it.

A flat drawing has few tones and, between them, anti-aliased pixels that are mixes of two. Those must not win a palette entry
and must not fall to a third tone that happens to lie between. So the palette is found on flat pixels only (weighted k-means in
OKLab), near tones are merged, and mixed pixels take the nearest of the tones that stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.colour import F32, oklab
from layering.stack import RGBA

Labels = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

MERGE = 0.028
"""OKLab distance under which two tones are one."""
SURE = 0.055
"""OKLab distance under which the darkest or lightest pixel around is a tone: thin lines have no flat pixel."""
RIDGE = 40
"""Grey levels by which a line stands out that is a tone even where it is too thin to reach the tone's own colour."""
MOST_BINS = 4000
MOST_ROUNDS = 40


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


def find_palette(rgb: npt.NDArray[np.uint8], figure: Mask, most: int = 10) -> Palette:
    """The palette of the figure's flat pixels.

    rgb: uint8 (H, W, 3) smoothed. figure: bool (H, W). most: 1 or more colours.
    """
    flat = figure & (steepness(rgb) < 10)
    if flat.sum() < 64:
        flat = figure
    if not flat.any():
        return Palette(np.zeros((0, 3), np.uint8), np.zeros(0, np.float32))
    bins, counts = _bins(rgb[flat])
    lab = oklab(bins)
    k = min(most, len(bins))
    weight = np.sqrt(counts.astype(np.float64))             # small tones (lips, irises) count for more than their area
    nearest = _k_means(lab, weight, k)
    colours, share = [], []
    for i in range(k):
        mine = nearest == i
        if mine.any():
            colours.append(_middle(bins[mine], counts[mine]))
            share.append(counts[mine].sum())
    return _merged(np.array(colours, np.uint8), np.array(share, np.float64))


def reduce(rgb: npt.NDArray[np.uint8], figure: Mask, palette: Palette) -> Labels:
    """int32 (H, W): palette index of each pixel of the figure, -1 outside."""
    out = np.full(figure.shape, -1, np.int32)
    pixels = oklab(rgb[figure])
    nearest, least = _nearest(pixels, oklab(palette.colours))
    sure = (steepness(rgb)[figure] < 10) | ((least < SURE**2) & _extreme(rgb, 0)[figure]) | _extreme(rgb, RIDGE)[figure]
    out[figure] = np.where(sure, nearest, -1)
    fallback = np.full(figure.shape, -1, np.int32)
    fallback[figure] = nearest
    for _ in range(4):
        if not _spread(out, figure & (out < 0), rgb, palette):
            break
    return np.where(figure & (out < 0), fallback, out)


def _extreme(rgb: npt.NDArray[np.uint8], least: int) -> Mask:
    """bool (H, W): pixels near the lightest or darkest of their 3 x 3 surroundings: a thin line's, not a mix of its sides.

    least: grey levels between the lightest and the darkest.
    """
    import cv2

    grey, window = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.ones((3, 3), np.uint8)
    low, high = cv2.erode(grey, window), cv2.dilate(grey, window)
    slack = (high - low) // 5
    return ((grey <= low + slack) | (grey >= high - slack)) & (high - low >= least)


def _nearest(lab: F32, tones: F32) -> tuple[Labels, F32]:
    """For each of N colours the nearest tone, int32 (N,), and its squared distance, float32 (N,)."""
    index, least = np.zeros(len(lab), np.int32), np.full(len(lab), np.inf, np.float32)
    for i, tone in enumerate(tones):
        distance = _squared(lab, tone)
        nearer = distance < least
        index[nearer] = i
        np.minimum(least, distance, out=least)
    return index, least


def _squared(lab: F32, tone: F32) -> F32:
    """Squared distances of colours (N, 3) from one tone, plane by plane: several times faster than a sum over an axis of 3."""
    out = (lab[:, 0] - tone[0]) ** 2
    out += (lab[:, 1] - tone[1]) ** 2
    out += (lab[:, 2] - tone[2]) ** 2
    return out


def _spread(out: Labels, open_: Mask, rgb: npt.NDArray[np.uint8], palette: Palette) -> bool:
    """Open pixels take, in place, the nearest of the tones that stand beside them. False when nothing changed."""
    import cv2

    rows, columns = np.nonzero(open_)
    if not len(rows):
        return False
    lab, index = oklab(rgb[rows, columns]), np.full(len(rows), -1, np.int32)
    least = np.full(len(rows), np.inf, np.float32)
    for i, tone in enumerate(oklab(palette.colours)):
        beside = cv2.dilate((out == i).view(np.uint8), np.ones((3, 3), np.uint8))[rows, columns] > 0
        distance = np.where(beside, _squared(lab, tone), np.inf)
        nearer = distance < least
        index[nearer], least[nearer] = i, distance[nearer]
    out[rows, columns] = index
    return bool((index >= 0).any())


def steepness(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """uint8 (H, W): the largest difference in a 3 x 3 window, over the channels (morphological gradient)."""
    import cv2

    red, green, blue = cv2.split(cv2.morphologyEx(rgb, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)))
    return np.asarray(cv2.max(red, cv2.max(green, blue)), np.uint8)


def _k_means(lab: F32, weight: npt.NDArray[np.float64], k: int) -> Labels:
    """int32 (N,): cluster of each colour. Weighted k-means (Lloyd), started at colours that most stand out from those before.

    The start makes it deterministic, and good enough for one run. (scikit-learn's takes longer to import than this to run.)
    """
    centres = lab[[int(weight.argmax())]]
    away = _squared(lab, centres[0])
    for _ in range(k - 1):
        centres = np.vstack([centres, lab[int((away * weight).argmax())]])
        away = np.minimum(away, _squared(lab, centres[-1]))
    nearest = np.full(len(lab), -1, np.int32)
    for _ in range(MOST_ROUNDS):
        before, nearest = nearest, _nearest(lab, centres)[0]
        if (nearest == before).all():
            break
        mass = np.bincount(nearest, weight, k)
        sums = np.stack([np.bincount(nearest, weight * lab[:, c], k) for c in range(3)], -1)
        centres = np.where(mass[:, None] > 0, sums / np.maximum(mass, 1e-9)[:, None], centres).astype(np.float32)
    return nearest


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
