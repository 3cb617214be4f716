"""What the part classifier looks at: the whole figure once, and the face enlarged, each as a square of SIDE px.

The same code prepares pictures for training and for inference, so that the network sees in use what it has learnt on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA

SIDE = 256
"""Px of a view's side; the network's features have half of it."""
CELLS = SIDE // 2
CLASSES: tuple[str, ...] = (
    "outside", "front hair", "back hair", "face", "ears", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "mouth", "neck",
    "topwear", "bottomwear", "handwear", "legwear", "footwear", "headwear", "eyewear", "earwear", "neckwear", "facedetail",
    "tail", "wings", "objects")  # fmt: skip
"""What the network tells apart, in the order of its outputs."""
DESCRIPTORS = 10

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of the picture: left, top and side in picture px (it may reach beyond the picture)."""

    left: float
    top: float
    side: float

    def matrix(self, side: int = SIDE) -> npt.NDArray[np.float64]:
        """float64 (2, 3): picture px → px of a view of `side` px, for cv2.warpAffine."""
        scale = side / self.side
        return np.array([[scale, 0, -self.left * scale], [0, scale, -self.top * scale]])


def whole(box: tuple[float, float, float, float], margin: float = 0.06) -> Crop:
    """The square around a box (left, top, right, bottom) with a margin of its longer side."""
    x0, y0, x1, y1 = box
    side = max(x1 - x0, y1 - y0, 1.0) * (1 + 2 * margin)
    return Crop((x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side)


def look(rgba: RGBA, crop: Crop, side: int = SIDE) -> RGBA:
    """The crop as uint8 (side, side, 4), straight alpha, smoothed when it shrinks."""
    import cv2

    premultiplied = rgba.astype(np.float32)
    premultiplied[..., :3] *= premultiplied[..., 3:] / 255
    shrink = crop.side / side
    if shrink > 1.5:                                     # blur first: warpAffine alone would skip thin lines
        premultiplied = cv2.GaussianBlur(premultiplied, (0, 0), 0.42 * shrink)
    seen = cv2.warpAffine(premultiplied, crop.matrix(side), (side, side), flags=cv2.INTER_LINEAR)
    alpha = seen[..., 3:]
    colour = np.divide(seen[..., :3] * 255, alpha, out=np.zeros_like(seen[..., :3]), where=alpha > 0.5)
    return np.clip(np.concatenate([colour, alpha], -1) + 0.5, 0, 255).astype(np.uint8)


def network_input(view: RGBA, face: bool) -> F32:
    """float32 (5, SIDE, SIDE): RGB over mid grey and alpha, each -1..1, and a plane that says whether this is the face view."""
    alpha = view[..., 3:].astype(np.float32) / 255
    rgb = view[..., :3].astype(np.float32) / 127.5 - 1
    planes = np.concatenate([rgb * alpha, alpha * 2 - 1, np.full_like(alpha, 1.0 if face else -1.0)], -1)
    return np.ascontiguousarray(planes.transpose(2, 0, 1))


def membership(labels: npt.NDArray[np.int32], count: int) -> F32:
    """float32 (count, CELLS * CELLS): the share of each cell (2 x 2 px) in each region; rows sum to 1 (or 0 when unseen).

    labels: int32 (SIDE, SIDE), region index or -1.
    """
    rows, columns = np.nonzero(labels >= 0)
    cell = (rows // 2) * CELLS + columns // 2
    out = np.bincount(labels[rows, columns].astype(np.int64) * CELLS * CELLS + cell, minlength=count * CELLS * CELLS)
    out = out.reshape(count, CELLS * CELLS).astype(np.float32)
    return out / np.maximum(out.sum(1, keepdims=True), 1)


def descriptors(labels: npt.NDArray[np.int32], view: RGBA, count: int) -> F32:
    """float32 (count, DESCRIPTORS): centre x, y; spread x, y; log area; mean colour; mean alpha; touches the view's rim.

    Positions in -1..1 over the view, colours in -1..1.
    """
    inside = labels >= 0
    mine = labels[inside].astype(np.int64)
    area = np.maximum(np.bincount(mine, minlength=count), 1).astype(np.float64)
    y, x = (p.astype(np.float64) * 2 / SIDE - 1 for p in np.nonzero(inside))

    def mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.bincount(mine, values, count) / area

    cx, cy = mean(x), mean(y)
    colour = [mean(view[..., c][inside] / 127.5 - 1) for c in range(4)]
    rim = np.zeros(labels.shape, bool)
    rim[0], rim[-1], rim[:, 0], rim[:, -1] = True, True, True, True
    spread = [np.sqrt(np.maximum(mean(p * p) - middle**2, 0)) for p, middle in ((x, cx), (y, cy))]
    touches = (np.bincount(labels[rim & inside], minlength=count) > 0).astype(np.float64)
    return np.stack([cx, cy, *spread, np.log(area) / 6 - 1, *colour, touches], -1).astype(np.float32)


def box_of(mask: npt.NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) around the True pixels of a mask, right and bottom exclusive; the whole of an empty one."""
    if not mask.any():
        return 0.0, 0.0, float(mask.shape[1]), float(mask.shape[0])
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
