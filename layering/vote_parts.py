"""From the classifier's votes to a map of parts: every pixel of the figure belongs to one part.

A region whose votes agree takes its part whole, so that borders run along the drawing's own edges. A torn region (black
hair on a black shirt, one outline round everything) is split pixel by pixel: by the dense votes, along contours where there
are any; and a line by what it outlines, which is the part in front. Then specks join their surroundings and implausible
features fall back on their next best part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from layering.classify import Looked
from layering.colour import oklab
from layering.even import even_borders
from layering.eyes import whole_eyes
from layering.outline import outline
from layering.palette import MERGE, Labels, Mask, smooth
from layering.partmap import PartMap
from layering.pieces import FEATURES, Classes, joined, refined
from layering.plausible import EYE, Face, face_of, mended
from layering.regions import Regions
from layering.stack import RGBA
from layering.tones import ribbons_apart, strands
from layering.views import CLASSES, F32, Crop

SURE = 0.8
"""A region whose best class has this probability is not torn, unless the dense votes clearly say so."""
SPLIT = 0.14
"""Share of a region's pixels that another class must win in the dense votes to tear it."""
PRIOR = 0.35
"""Weight of a torn region's own vote beside the dense votes of its pixels."""
MARGIN = 1.2
"""Nats by which a pixel's best class must lead to count as known; between known pixels borders follow contours."""
SPECK = 1.5e-4
"""Pieces smaller than this share of the figure join what surrounds them; features may be ten times smaller."""
TEARABLE = 0.05
"""Smallest region that is torn, of the figure; a smaller one follows the drawing's own edges, whole."""
EYE_TEARABLE = 3e-4
"""The same for a region of an eye: lashes run together with irises, brows and locks."""
MOST_SAMPLES = 400
FEATHER = 0.12
"""Share of the face's look over which it takes over from the look at the figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Voted:
    """parts: the map. face: where the face is, or None without one."""

    parts: PartMap
    face: Face | None


def parts_of(rgba: RGBA, figure: Mask, looked: Looked) -> Voted:
    """The part of each pixel. rgba: uint8 (H, W, 4) cut out. figure: bool (H, W), what was classified."""
    calm = smooth(rgba)
    lab = oklab(calm)
    regions = looked.regions
    log_p = ribbons_apart(regions, _without_outside(looked.log_p), lab)
    best = log_p.argmax(1).astype(np.uint8)
    torn = _torn(regions, log_p, _region_votes(looked, regions)[0])
    log_p = _across_the_crop(regions, log_p, torn, lab, looked)
    lines = regions.thin & (torn | ~_by_itself(best, log_p)) & ~strands(regions, log_p, lab)
    blocks = torn & ~lines
    classes = np.append(best, 0).astype(np.uint8)[regions.labels]
    for index in np.flatnonzero(blocks):
        _split(int(index), regions, looked, log_p, calm, classes)
    line = np.append(lines, False)[regions.labels]
    if line.any():
        rows, columns = np.nonzero(line)
        prior = np.maximum(log_p[regions.labels[rows, columns]], -8)
        outline(classes, line, 0.4 * _dense_at(looked, rows, columns) + PRIOR * prior)
    speck = SPECK * float(figure.sum())
    classes = joined(classes, figure, speck)
    classes = joined(mended(classes, regions, log_p, face_of(classes), lab), figure, speck)
    classes = joined(even_borders(whole_eyes(classes, lab, face_of(classes)), lab, line), figure, speck)
    cut, parent, part = refined(regions, classes)
    trust = np.exp(log_p[parent, part])
    seen = _region_votes(looked, cut)[1][np.arange(len(cut)), part]
    trust = np.where((torn | lines)[parent], np.maximum(trust, seen), trust).astype(np.float32)
    return Voted(PartMap(classes, cut, trust), face_of(classes))


def _without_outside(log_p: F32) -> F32:
    out = log_p.copy()
    out[:, 0] = -30
    return out - np.log(np.exp(out).sum(1, keepdims=True))


def _region_votes(looked: Looked, regions: Regions) -> tuple[F32, F32]:
    """float32 (R, C) each, from a sample of each region's pixels in the dense votes: share won, and mean probability."""
    flat = regions.labels.ravel()
    order = np.argsort(flat, kind="stable")
    starts = np.searchsorted(flat[order], np.arange(len(regions) + 1))
    picked = [order[a : b : max(1, (b - a) // MOST_SAMPLES)] for a, b in pairwise(starts)]
    where = np.concatenate([np.zeros(0, np.int64), *picked])
    mine = np.repeat(np.arange(len(regions)), [len(x) for x in picked])
    dense = _dense_at(looked, *np.divmod(where, regions.labels.shape[1]))
    count = np.maximum(np.bincount(mine, minlength=len(regions)), 1)[:, None]
    won = np.bincount(mine * len(CLASSES) + dense.argmax(1), minlength=len(regions) * len(CLASSES)) if len(mine) else 0
    mean = np.zeros((len(regions), len(CLASSES)), np.float32)
    np.add.at(mean, mine, np.exp(dense))
    return (np.reshape(won, mean.shape) / count).astype(np.float32), mean / count.astype(np.float32)


def _dense_at(looked: Looked, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> F32:
    """float32 (N, C): dense log-probabilities at pixels, both looks mixed where both see, without "outside"."""
    out = looked.figure.at(rows, columns)
    if looked.face is not None:
        crop = looked.face.crop
        x, y = (columns + 0.5 - crop.left) / crop.side, (rows + 0.5 - crop.top) / crop.side
        deep = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)).astype(np.float32)
        inside = deep > 0
        weight = 0.75 * np.minimum(deep[inside] / FEATHER, 1)[:, None]
        out[inside] = (1 - weight) * out[inside] + weight * looked.face.at(rows[inside], columns[inside])
    out[:, 0] = -30
    return out


def _torn(regions: Regions, log_p: F32, dense: F32) -> Mask:
    """bool (R,): regions that belong to more than one part, by area and votes; a small one is never torn."""
    ranked = np.sort(dense, 1)
    p = np.exp(log_p.max(1))
    least = np.where(np.isin(log_p.argmax(1), EYE), EYE_TEARABLE, TEARABLE) * regions.area.sum()
    large = regions.area > np.maximum(60, least)
    against = 1 - dense[np.arange(len(regions)), log_p.argmax(1)] if len(regions) else np.zeros(0)
    return large & ((ranked[:, -2] > SPLIT) & ((p < SURE) | (against > 2 * SPLIT)) | (against > 0.5) & (p < SURE))


def _across_the_crop(regions: Regions, log_p: F32, torn: Mask, lab: F32, looked: Looked) -> F32:
    """Blocks that only the edge of the face's look parts, yet with different votes, are torn (in place) and share their votes.

    Otherwise hair would change from front to back along the edge of a square.
    """
    if looked.face is None:
        return log_p
    out, best = log_p.copy(), log_p.argmax(1)
    for a, b in _parted(regions, lab, looked.face.crop).tolist():
        if best[a] != best[b] and not (regions.thin[a] or regions.thin[b]):
            torn[[a, b]] = True
            out[[a, b]] = (log_p[a] + log_p[b]) / 2
    return out


def _parted(regions: Regions, lab: F32, crop: Crop) -> Labels:
    """int32 (N, 2): pairs of regions that meet along the edge of a look, where the drawing itself has no edge."""
    height, width = regions.labels.shape
    left, top, right, bottom = (int(v) for v in (crop.left, crop.top, crop.left + crop.side, crop.top + crop.side))
    rows, columns = np.arange(max(top, 0), min(bottom, height)), np.arange(max(left, 0), min(right, width))
    pairs = [np.zeros((0, 2), np.int32)]
    for at, along, flat in ((top, columns, True), (bottom, columns, True), (left, rows, False), (right, rows, False)):
        if not 0 < at < (height if flat else width):
            continue
        here, there = ((at - 1, along), (at, along)) if flat else ((along, at - 1), (along, at))
        even = np.linalg.norm(lab[here] - lab[there], axis=1) < MERGE
        pairs.append(np.stack([regions.labels[here][even], regions.labels[there][even]], -1))
    found, length = np.unique(np.sort(np.concatenate(pairs), 1), axis=0, return_counts=True)
    return np.asarray(found[(length > 8) & (found[:, 0] >= 0) & (found[:, 0] != found[:, 1])])


def _by_itself(best: Classes, log_p: F32) -> Mask:
    """bool (R,): lines that are a part by themselves: a brow, a lash, a mouth, glasses, and what is sure of itself."""
    own = np.isin(best, [CLASSES.index(x) for x in (*FEATURES, "eyewear", "facedetail")])
    return own & (np.exp(log_p.max(1)) > 0.45) | (np.exp(log_p.max(1)) > 0.8)


def _split(index: int, regions: Regions, looked: Looked, log_p: F32, calm: npt.NDArray[np.uint8], classes: Classes) -> None:
    """Give the pixels of a torn block their parts, in place."""
    import cv2

    left, top, right, bottom = regions.bbox[index]
    box = np.s_[top:bottom, left:right]
    own = regions.labels[box] == index
    step = max(1, round(max(regions.labels.shape) / 768))
    score = _score_map(own, (int(left), int(top)), looked, log_p[index], step)
    ranked = np.sort(score, 2)
    winner = score.argmax(2).astype(np.int32)
    sure = (ranked[..., -1] - ranked[..., -2] > MARGIN) & own
    sure &= np.isin(winner, np.unique(winner[sure])) if sure.any() else True
    markers = np.where(sure, winner + 1, 0).astype(np.int32)
    markers[~own] = 64                                      # a basin of its own: nothing floods past the region
    padded = cv2.copyMakeBorder(calm[box], 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    flooded = cv2.watershed(_with_edges(padded), np.pad(markers, 1, constant_values=64))[1:-1, 1:-1]
    fine = own & (flooded > 0) & (flooded < 64)
    winner[fine] = flooded[fine] - 1
    classes[box][own] = _smoothed(winner, own, 0.003 * max(regions.labels.shape))[own]


def _smoothed(winner: Labels, own: Mask, sigma: float) -> Classes:
    """A map of classes whose borders are smooth: at each pixel the class that rules its surroundings within `own`."""
    import cv2

    present = np.unique(winner[own])
    ruling = [cv2.GaussianBlur(((winner == c) & own).astype(np.float32), (0, 0), max(sigma, 0.8)) for c in present]
    return present.astype(np.uint8)[np.argmax(ruling, 0)]


def _score_map(own: Mask, at: tuple[int, int], looked: Looked, prior: F32, step: int) -> F32:
    """float32 (h, w, C): dense votes with the region's prior, worked out every `step` px and interpolated."""
    import cv2

    height, width = own.shape
    rows, columns = np.mgrid[0:height:step, 0:width:step]
    votes = _dense_at(looked, (rows + at[1]).ravel(), (columns + at[0]).ravel()) + PRIOR * np.maximum(prior, -8)
    votes[:, 0] = -60
    coarse = votes.reshape(*rows.shape, -1)
    if step == 1:
        return coarse
    planes = [cv2.resize(coarse[..., c], (width, height), interpolation=cv2.INTER_LINEAR) for c in range(coarse.shape[2])]
    return np.stack(planes, -1)


def _with_edges(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture in which faint contours stand out for the watershed: Canny edges, short gaps bridged, drawn in."""
    import cv2

    edges = cv2.Canny(rgb, 12, 36)
    edges = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    out = np.ascontiguousarray(rgb)
    out[edges > 0] = 255 - out[edges > 0]
    return out
