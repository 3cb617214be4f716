"""The part classifier in use: every colour region of the figure, and of the enlarged face, gets a vote for each class.

The network (`layering/models/parts.onnx`, see the model card beside it) looks twice: at the whole figure and at the face.
Regions pool its features under their own masks at full resolution, so that a lip line of three pixels has a vote too.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kirie.errors import LayeringError
from layering.palette import Labels, Mask, find_palette, reduce, smooth
from layering.regions import Regions, find_regions
from layering.stack import RGBA
from layering.views import CELLS, CLASSES, DESCRIPTORS, F32, SIDE, Crop, box_of, look, network_input, whole

MODEL = Path(__file__).parent / "models" / "parts.onnx"
FEATURES = tuple(CLASSES.index(x) for x in ("face", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "mouth"))
ROW = 1024
CHUNK = 3072
"""Regions in one pass, which sees the whole view anew: their masks are dense for the network, 64 KB each."""
CLOSE = 0.75
"""Weight of the look at the face, for a region that lies in it."""
SMALLEST = 3e-6
"""Smallest region, of the picture's area: under 6 px (4 in the face) in a picture of a megapixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """What the network says of one view. crop: where it looked.

    dense: float32 (C, CELLS, CELLS) log-probabilities of each cell. regions: float32 (R, C)
    log-probabilities of each region of the label map it was asked about.
    """

    crop: Crop
    dense: F32
    regions: F32

    def at(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> F32:
        """Dense log-probabilities float32 (N, C) at picture pixels, interpolated between cells."""
        import cv2

        scale = CELLS / self.crop.side
        count = len(rows)
        if not count:
            return np.zeros((0, len(self.dense)), np.float32)
        wide = np.pad(np.stack([columns - self.crop.left, rows - self.crop.top]), ((0, 0), (0, -count % ROW)))
        x, y = ((wide + 0.5) * scale - 0.5).astype(np.float32).reshape(2, -1, ROW)      # cv2 takes no longer rows
        planes = [cv2.remap(p, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()[:count] for p in self.dense]
        return np.stack(planes, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Both looks. figure, face: votes; face is None where no face was found. regions: of the whole figure, the face's own
    (finer, from a palette of its own) in place of the figure's inside the face's crop. log_p: float32 (R, C) of each region.
    """

    figure: Votes
    face: Votes | None
    regions: Regions
    log_p: F32


def classify(rgba: RGBA, figure: Mask, colours: int = 10) -> Looked:
    """Regions and their votes. rgba: uint8 (H, W, 4) cut out. figure: bool (H, W). colours: of each of the two palettes."""
    with ThreadPoolExecutor(1) as beside_us:
        loading = beside_us.submit(_session, str(MODEL))
        regions, reduced, calm = regions_of(rgba, figure, colours)
    loading.result()
    around = whole(box_of(figure))
    picture = network_input(look(rgba, around), face=False)
    crop = face_crop(vote(rgba, np.full((1, 1), -1, np.int32), 0, around, False, picture))       # asks about no region yet
    if crop is None:
        seen = vote(rgba, regions.labels, len(regions), around, False, picture)
        return Looked(seen, None, regions, seen.regions)
    finer, close_by = with_face(calm, figure, regions, reduced, crop, colours)
    with ThreadPoolExecutor(1) as beside_us:
        closer = beside_us.submit(vote, rgba, finer.labels, len(finer), crop, True)
        far = vote(rgba, finer.labels, len(finer), around, False, picture)
    close = closer.result()
    weight = CLOSE * close_by[:, None]
    log_p = np.where(weight > 0, weight * close.regions + (1 - weight) * far.regions, far.regions)
    return Looked(far, close, finer, _normal(log_p))


def regions_of(rgba: RGBA, figure: Mask, colours: int) -> tuple[Regions, Labels, npt.NDArray[np.uint8]]:
    """The figure's regions, the palette index of each pixel int32 (H, W), and the smoothed picture uint8 (H, W, 3)."""
    calm = smooth(rgba)
    reduced = reduce(calm, figure, find_palette(calm, figure, colours))
    return find_regions(reduced, max(6, round(SMALLEST * figure.size))), reduced, calm


def vote(rgba: RGBA, labels: Labels, count: int, crop: Crop, face: bool, picture: F32 | None = None) -> Votes:
    """One look of the network. labels: int32 (H, W) region of each pixel or -1; count: of regions.

    picture: `network_input` of the look, where it is there already.
    """
    session = _session(str(MODEL))
    member = _Pooled(rgba, labels, count, crop)
    picture = (network_input(look(rgba, crop), face) if picture is None else picture)[None]
    dense: F32 | None = None
    logits = []
    for start in range(0, max(count, 1), CHUNK):
        shares, described = member.chunk(start, min(start + CHUNK, count))
        given = {"views": picture, "membership": shares[None], "descriptors": described[None]}
        dense_now, region_now = session.run(None, given)
        dense = dense_now[0] if dense is None else dense
        logits.append(region_now[0])
    assert dense is not None
    return Votes(crop, _log_softmax(dense, 0), _log_softmax(np.concatenate(logits)[:count], -1))


def face_crop(figure: Votes) -> Crop | None:
    """The square around the face as the look at the figure found it, or None without a face."""
    p = np.exp(figure.dense)
    features = p[list(FEATURES)].sum(0)
    cells = features > 0.5
    if cells.sum() < 6:
        return None
    x0, y0, x1, y1 = box_of(_largest(cells))
    scale = figure.crop.side / CELLS
    return whole((figure.crop.left + x0 * scale, figure.crop.top + y0 * scale,
                  figure.crop.left + x1 * scale, figure.crop.top + y1 * scale), margin=0.18)  # fmt: skip


class _Pooled:
    """Membership and descriptors of regions at full resolution, for one crop; the same numbers as in training."""

    def __init__(self, rgba: RGBA, labels: Labels, count: int, crop: Crop) -> None:
        rows, columns = np.nonzero(labels >= 0)
        mine = labels[rows, columns].astype(np.int64)
        x = ((columns + 0.5 - crop.left) / crop.side).astype(np.float32)
        y = ((rows + 0.5 - crop.top) / crop.side).astype(np.float32)
        inside = (x >= 0) & (x < 1) & (y >= 0) & (y < 1)
        mine, x, y = mine[inside], x[inside], y[inside]
        cell = (y * CELLS).astype(np.int64) * CELLS + (x * CELLS).astype(np.int64)
        both = mine * CELLS**2 + cell
        starts = np.flatnonzero(np.diff(both, prepend=-1))           # runs of a row: few beside the pixels
        pairs, at = np.unique(both[starts], return_inverse=True)
        pixels = np.bincount(at, np.diff(starts, append=len(both)), len(pairs))
        self.region, self.cell = np.divmod(pairs, CELLS**2)
        whole_region = np.bincount(self.region, pixels, count).astype(np.float32)
        self.share = pixels.astype(np.float32) / whole_region[self.region]
        self.described = _describe(rgba[rows[inside], columns[inside]], mine, x, y, count, SIDE / crop.side)

    def chunk(self, first: int, last: int) -> tuple[F32, F32]:
        """float32 (last - first, CELLS²) and (last - first, DESCRIPTORS); at least one row, which is empty."""
        number = max(last - first, 1)
        shares = np.zeros((number, CELLS * CELLS), np.float32)
        mine = slice(*np.searchsorted(self.region, (first, last)))
        shares[self.region[mine] - first, self.cell[mine]] = self.share[mine]
        described = self.described[first:last] if last > first else np.zeros((1, DESCRIPTORS), np.float32)
        return shares, described


def _describe(pixels: RGBA, mine: npt.NDArray[np.int64], x: F32, y: F32, count: int, scale: float) -> F32:
    """As `views.descriptors`, from full-resolution pixels. scale: view px per picture px."""
    area = np.maximum(np.bincount(mine, minlength=count), 1).astype(np.float64)

    def mean(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        return np.bincount(mine, values, count) / area

    x2, y2 = x.astype(np.float64) * 2 - 1, y.astype(np.float64) * 2 - 1
    cx, cy = mean(x2), mean(y2)
    edge = 1.0 / SIDE
    rim = (x < edge) | (x >= 1 - edge) | (y < edge) | (y >= 1 - edge)
    columns = [cx, cy, np.sqrt(np.maximum(mean(x2 * x2) - cx**2, 0)), np.sqrt(np.maximum(mean(y2 * y2) - cy**2, 0)),
               np.log(np.maximum(area * scale**2, 1)) / 6 - 1, *(mean(pixels[:, c] / 127.5 - 1) for c in range(4)),
               (np.bincount(mine[rim], minlength=count) > 0).astype(np.float64)]  # fmt: skip
    return np.stack(columns, -1).astype(np.float32)


def with_face(calm: npt.NDArray[np.uint8], figure: Mask, regions: Regions, reduced: Labels, crop: Crop, colours: int
              ) -> tuple[Regions, F32]:  # fmt: skip
    """The figure's regions with the face's own inside the crop; and float32 (R,): the share of each that lies in the crop.

    A colour that both palettes have stays one, so that hair is not cut along the edge of a square.
    """
    height, width = figure.shape
    x0, y0 = max(int(crop.left), 0), max(int(crop.top), 0)
    x1, y1 = min(int(crop.left + crop.side), width), min(int(crop.top + crop.side), height)
    box = np.s_[y0:y1, x0:x1]
    palette = find_palette(calm[box], figure[box], colours)
    if not len(palette.colours):
        return regions, np.zeros(len(regions), np.float32)
    inner = reduce(calm[box], figure[box], palette)
    both = reduced.copy()
    both[box] = np.append(_same_colours(reduced[box], inner, int(reduced.max()) + 1), -1)[inner]
    found = find_regions(both, max(4, round(SMALLEST * figure.size)))
    within = found.labels[box]
    share = np.bincount(within[within >= 0], minlength=len(found)) / np.maximum(found.area, 1)
    return found, share.astype(np.float32)


def _same_colours(outer: Labels, inner: Labels, fresh: int) -> npt.NDArray[np.int32]:
    """int32 (I,): for each colour of the inner map the outer colour with which it shares most pixels, if the other way round
    too; else a number of its own from `fresh` on. Both maps: int32 (h, w), -1 outside.
    """
    count = int(inner.max()) + 1
    mine = (inner >= 0) & (outer >= 0)
    shared = np.bincount(outer[mine] * count + inner[mine], minlength=fresh * count).reshape(fresh, count)
    best = shared.argmax(0)
    mutual = (shared.argmax(1)[best] == np.arange(count)) & (shared.max(0) > 0)
    return np.where(mutual, best, fresh + np.arange(count)).astype(np.int32)


@lru_cache(maxsize=2)
def _session(path: str) -> Any:
    if not Path(path).exists():
        raise LayeringError(f"the part classifier's weights are missing: {path}",
                            "install Kirie again, or make them with `kirie train parts`")  # fmt: skip
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _log_softmax(x: F32, axis: int) -> F32:
    x = x.astype(np.float32) - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def _normal(log_p: F32) -> F32:
    return _log_softmax(log_p, -1)


def _largest(mask: Mask) -> Mask:
    """The largest connected piece of a mask, small gaps closed."""
    import cv2

    closed = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    areas = [int((mask & (parts == i)).sum()) for i in range(1, len(stats))]
    return mask & (parts == 1 + int(np.argmax(areas)))
