"""Connected pieces of a map of parts: finding them, joining specks to what surrounds them, and what the votes say of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.masks import components, nearest
from layering.palette import Labels, Mask
from layering.regions import Regions, borders
from layering.views import CLASSES, F32

Classes = npt.NDArray[np.uint8]

FEATURES: tuple[str, ...] = ("eyebrow", "eyewhite", "irides", "eyelash", "mouth", "nose")
FINE = np.isin(np.arange(len(CLASSES)), [CLASSES.index(x) for x in (*FEATURES, "facedetail")])
"""bool (C,): classes that come in small pieces."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """labels: int32 (H, W), piece of each pixel, -1 outside. part: uint8 (N,) class. area: int64 (N,) px."""

    labels: Labels
    part: Classes
    area: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.part)

    def painted(self, part: Classes) -> Classes:
        """uint8 (H, W): the map in which each piece has the class given for it."""
        return np.append(part, 0).astype(np.uint8)[self.labels]


def find_pieces(classes: Classes) -> Pieces:
    """Connected pieces (8-neighbours) of each class of a map uint8 (H, W), 0 outside."""
    labels, part = components(classes, range(1, len(CLASSES)))
    return Pieces(labels, np.array(part, np.uint8), np.bincount(labels.ravel() + 1, minlength=len(part) + 1)[1:])


def joined(classes: Classes, figure: Mask, speck: float) -> Classes:
    """Pieces under `speck` px take the part that they touch most (features may be ten times smaller), to the figure's edge."""
    out = classes
    for _ in range(3):
        found = find_pieces(out)
        small = found.area < np.where(FINE[found.part], max(4.0, speck / 10), max(8.0, speck))
        part = found.part.copy()
        longest = np.zeros(len(found), np.int64)
        touching = borders(found.labels)
        for a, b, length in touching[small[touching[:, 0]] | small[touching[:, 1]]].tolist():
            for mine, other in ((a, b), (b, a)):
                if small[mine] and found.area[other] > found.area[mine] and length > longest[mine]:
                    part[mine], longest[mine] = found.part[other], length
        if (part == found.part).all():
            break
        out = found.painted(part)
    open_ = figure & (out == 0)
    if open_.any() and out.any():
        rows, columns = nearest(out > 0)
        out = np.where(open_, out[rows, columns], out)
    return np.where(figure, out, 0).astype(np.uint8)


def votes_of(pieces: Pieces, regions: Regions, log_p: F32) -> F32:
    """float32 (N, C): mean log-probabilities over the pixels of each piece."""
    both = (pieces.labels >= 0) & (regions.labels >= 0)
    keys = pieces.labels[both].astype(np.int64) * len(regions) + regions.labels[both]
    pairs, counts = np.unique(keys, return_counts=True)
    piece, region = np.divmod(pairs, max(len(regions), 1))
    out = np.zeros((len(pieces), log_p.shape[1]), np.float32)
    np.add.at(out, piece, np.maximum(log_p[region], -12) * counts[:, None])
    return out / np.maximum(np.bincount(piece, counts, len(pieces)), 1)[:, None].astype(np.float32)


def refined(regions: Regions, classes: Classes) -> tuple[Regions, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Regions cut so that each has one part; int64 (N,): the region that each was cut from; int64 (N,): its part."""
    inside = (regions.labels >= 0) & (classes > 0)
    keys = regions.labels[inside].astype(np.int64) * 256 + classes[inside]
    pairs, number, counts = np.unique(keys, return_inverse=True, return_counts=True)
    labels = np.full(classes.shape, -1, np.int32)
    labels[inside] = number
    region, part = np.divmod(pairs, 256)
    cut = Regions(labels, regions.colour[region], counts, regions.bbox[region], regions.thin[region], borders(labels))
    return cut, region, part
