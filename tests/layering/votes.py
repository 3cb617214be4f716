"""Votes as the network would cast them, made from a true map of parts: blurred, unsure and now and then wrong."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from layering.classify import Looked, Votes, face_crop, regions_of, with_face
from layering.palette import Mask
from layering.regions import Regions
from layering.stack import RGBA
from layering.views import CELLS, CLASSES, F32, Crop, whole

Truth = npt.NDArray[np.uint8]
LOST = 0.02
"""Probability spread over all classes."""


def simulated(rgba: RGBA, figure: Mask, truth: Truth, blur: float = 0.7, noise: float = 0.0, colours: int = 10) -> Looked:
    """Both looks at a picture whose parts are known.

    truth: uint8 (H, W), index into CLASSES. blur: of the dense votes, in cells. noise: 0 for none, 1 for votes that err a lot.
    """
    regions, reduced, calm = regions_of(rgba, figure, colours)
    rows, columns = np.nonzero(figure)
    box = float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)
    rng = np.random.default_rng(0)
    far = dense_votes(truth, whole(box), blur, noise, rng)
    crop = face_crop(far)
    if crop is None:
        return Looked(far, None, regions, region_votes(regions, truth, noise, rng))
    finer, _ = with_face(calm, figure, regions, reduced, crop, colours)
    return Looked(far, dense_votes(truth, crop, blur, noise, rng), finer, region_votes(finer, truth, noise, rng))


def dense_votes(truth: Truth, crop: Crop, blur: float, noise: float, rng: np.random.Generator) -> Votes:
    """The share of each class in each cell, blurred."""
    planes = []
    shrink = crop.side / CELLS
    for c in range(len(CLASSES)):
        plane = (truth == c).astype(np.float32)
        if shrink > 1:
            plane = cv2.GaussianBlur(plane, (0, 0), 0.5 * shrink)
        seen = cv2.warpAffine(plane, crop.matrix(CELLS), (CELLS, CELLS), flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_CONSTANT, borderValue=1.0 if c == 0 else 0.0)  # fmt: skip
        planes.append(cv2.GaussianBlur(seen, (0, 0), blur))
    p = np.stack(planes) * (1 - LOST) + LOST / len(CLASSES)
    if noise:
        wobble = np.stack([cv2.GaussianBlur(rng.normal(0, 1, (CELLS, CELLS)).astype(np.float32), (0, 0), 4) for _ in CLASSES])
        p = p * np.exp(noise * 8 * wobble)
    return Votes(crop, np.log(p / p.sum(0)).astype(np.float32), np.zeros((0, len(CLASSES)), np.float32))


def region_votes(regions: Regions, truth: Truth, noise: float, rng: np.random.Generator) -> F32:
    """float32 (R, C): log of the share of each class in each region."""
    inside = regions.labels >= 0
    keys = regions.labels[inside].astype(np.int64) * len(CLASSES) + truth[inside]
    share = np.bincount(keys, minlength=len(regions) * len(CLASSES)).reshape(len(regions), -1).astype(np.float32)
    share /= np.maximum(share.sum(1, keepdims=True), 1)
    p = share * (1 - 3 * LOST) + 3 * LOST / len(CLASSES)
    p *= np.exp(rng.normal(0, 1, p.shape) * noise)
    return np.log(p / p.sum(1, keepdims=True)).astype(np.float32)
