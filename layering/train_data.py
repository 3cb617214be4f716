"""Samples for the part classifier: drawn by the artist (or taken from layered files), kept on disk, varied when read.

On disk a sample is two PNGs of KEPT px: `NNNNNN_figure.png` / `NNNNNN_face.png` (RGBA) with their class maps `..._labels.png`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kirie.files import atomic
from layering.stack import RGBA
from layering.views import CLASSES, F32, SIDE, Crop, box_of, descriptors, look, network_input, whole

KEPT = 320
MOST_REGIONS = 96
FACE_CLASSES = tuple(CLASSES.index(x) for x in ("face", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "mouth"))
SAME = {"hair": "front hair", "eye": "eyelash", "body": "topwear"}
"""Parts drawn in one piece, which layered files have, and the class that they train as."""

Labels = npt.NDArray[np.uint8]
Draw = Callable[[np.random.Generator], tuple[RGBA, Labels]]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """What the network takes and what it should say.

    view, descriptors: as `PartNet` takes them. regions: int16 (SIDE, SIDE), region of each pixel or -1.
    dense: int64 (CELLS, CELLS) class of each cell. target: float32 (R, C) share of each class in each region, 0 for padding.
    """

    view: F32
    regions: npt.NDArray[np.int16]
    descriptors: F32
    dense: npt.NDArray[np.int64]
    target: F32


def classes_of(labels: Labels) -> Labels:
    """A label map of the artist's (index into `artist.LABELS`) as a class map."""
    from layering.artist import LABELS

    table = [CLASSES.index(SAME.get(name, name)) if SAME.get(name, name) in CLASSES else 0 for name in LABELS]
    return np.array(table, np.uint8)[labels]


def draw_by_chance(rng: np.random.Generator) -> tuple[RGBA, Labels]:
    """One character of the artist's as a flat picture with its class map."""
    from layering.artist import flatten, random_character

    picture = flatten(random_character(rng, int(rng.integers(384, 640))), rng)
    return picture.rgba, classes_of(picture.labels)


def draw_set(folder: Path, count: int, seed: int, draw: Draw, workers: int, progress: Callable[[int], None]) -> None:
    """Draw samples 0..count - 1 into a folder; those that are there already are kept, so that it can resume."""
    from multiprocessing import get_context

    folder.mkdir(parents=True, exist_ok=True)
    missing = [i for i in range(count) if not (folder / f"{i:06d}_face_labels.png").exists()]
    with get_context("spawn").Pool(workers) as pool:
        for done, _ in enumerate(pool.imap_unordered(_Drawer(folder, seed, draw), missing, chunksize=4)):
            progress(count - len(missing) + done + 1)


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Draws and keeps one sample; a class so that it can be sent to another process."""

    folder: Path
    seed: int
    draw: Draw

    def __call__(self, index: int) -> None:
        rng = np.random.default_rng((self.seed, index))
        rgba, labels = self.draw(rng)
        keep(self.folder, index, rgba, labels, rng)


def keep(folder: Path, index: int, rgba: RGBA, labels: Labels, rng: np.random.Generator) -> None:
    """Write the figure view and the face view of a picture."""
    from PIL import Image

    for name, crop in (("figure", whole(box_of(labels > 0))), ("face", face_crop(labels, rng))):
        wide = Crop(crop.left - crop.side * 0.1, crop.top - crop.side * 0.1, crop.side * 1.2)
        view, seen = _kept_view(rgba, labels, wide)
        for picture, end in ((view, ""), (seen, "_labels")):
            with atomic(folder / f"{index:06d}_{name}{end}.png") as beside:
                Image.fromarray(picture).save(beside, compress_level=1)


def face_crop(labels: Labels, rng: np.random.Generator) -> Crop:
    """The square around the face as inference would choose it, a little off: it only guesses where the face is."""
    box = box_of(np.isin(labels, FACE_CLASSES))
    crop = whole(box, margin=0.18)
    off = rng.normal(0, 0.05, 2) * crop.side
    side = crop.side * rng.uniform(0.85, 1.35)
    middle = crop.left + crop.side / 2 + off[0], crop.top + crop.side / 2 + off[1]
    return Crop(middle[0] - side / 2, middle[1] - side / 2, side)


def examples(folder: Path, indices: Sequence[int], seed: int, vary: bool) -> Iterator[Example]:
    """Examples of kept samples, figure and face view in turn; varied when `vary`, by the seed."""
    for at, index in enumerate(indices):
        rng = np.random.default_rng((seed, at))
        for name in ("figure", "face"):
            yield example(folder, index, name, rng, vary)


def example(folder: Path, index: int, name: str, rng: np.random.Generator, vary: bool) -> Example:
    """One example of a kept sample. name: of its view, "figure" or "face"."""
    from PIL import Image

    view = np.array(Image.open(folder / f"{index:06d}_{name}.png"))
    labels = np.array(Image.open(folder / f"{index:06d}_{name}_labels.png"))
    return make_example(view, labels, name == "face", rng, vary)


def make_example(view: RGBA, labels: Labels, face: bool, rng: np.random.Generator, vary: bool) -> Example:
    """One example from a kept view (KEPT px) and its class map."""
    view, labels = _cut(view, labels, rng, vary)
    if vary:
        view = _recolour(view, rng)
    regions = quick_regions(view, rng)
    count = min(int(regions.max()) + 1, MOST_REGIONS)
    regions[regions >= count] = -1
    inside = regions >= 0
    pairs = regions[inside] * len(CLASSES) + labels[inside]
    target = np.bincount(pairs, minlength=MOST_REGIONS * len(CLASSES)).reshape(MOST_REGIONS, -1).astype(np.float32)
    target /= np.maximum(target.sum(1, keepdims=True), 1)
    pad = ((0, MOST_REGIONS - count), (0, 0))
    return Example(network_input(view, face), regions.astype(np.int16), np.pad(descriptors(regions, view, count), pad),
                   labels[::2, ::2].astype(np.int64), target)  # fmt: skip


def quick_regions(view: RGBA, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """int32 (SIDE, SIDE): colour regions of a view, largest first, -1 outside; as the splitter finds them, only faster."""
    import cv2

    figure = view[..., 3] > 127
    out = np.full(figure.shape, -1, np.int32)
    pixels = view[figure][:, :3].astype(np.float32)
    if len(pixels) < 16:
        return out
    some = pixels[rng.integers(0, len(pixels), 1500)]
    k = min(int(rng.integers(6, 13)), len(np.unique(some, axis=0)))
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    _, _, tones = cv2.kmeans(some, k, None, (cv2.TERM_CRITERIA_COUNT, 8, 0), 1, cv2.KMEANS_PP_CENTERS)
    nearest = (pixels @ (-2 * tones.T) + (tones**2).sum(1)).argmin(1)   # |p - t|² without |p|², the same for every tone
    reduced = np.full(figure.shape, -1, np.int32)
    reduced[figure] = nearest
    count, area = 0, [np.zeros(1, np.int64)]
    for c in range(len(tones)):
        own = (reduced == c).astype(np.uint8)
        found, pieces, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
        out += (pieces + count) * own                    # -1 outside, else piece number - 1 over all tones
        count += found - 1
        area.append(stats[1:, cv2.CC_STAT_AREA])
    area_of = np.concatenate(area)                       # its first entry is of the pixels outside every piece
    largest_first = np.argsort(-area_of[1:], kind="stable")
    number = np.full(count + 1, -1, np.int32)
    number[1 + largest_first] = np.where(area_of[1 + largest_first] >= 5, np.arange(count), -1)
    return number[out + 1]


def _cut(view: RGBA, labels: Labels, rng: np.random.Generator, vary: bool) -> tuple[RGBA, Labels]:
    """A square of SIDE px out of the kept one: the middle, or scaled, shifted, turned and mirrored."""
    import cv2

    if not vary:
        edge = KEPT * 0.1 / 1.2
        matrix = Crop(edge, edge, KEPT - 2 * edge).matrix()
    else:
        scale = SIDE / (KEPT * rng.uniform(0.7, 1.0))
        angle = rng.normal(0, 6)
        matrix = cv2.getRotationMatrix2D((KEPT / 2, KEPT / 2), angle, scale)
        matrix[:, 2] += SIDE / 2 - KEPT / 2 + rng.uniform(-0.08, 0.08, 2) * SIDE
    size = (SIDE, SIDE)
    seen = cv2.warpAffine(view, matrix, size, flags=cv2.INTER_AREA)
    classes = cv2.warpAffine(labels, matrix, size, flags=cv2.INTER_NEAREST)
    if vary and rng.random() < 0.5:
        seen, classes = seen[:, ::-1].copy(), classes[:, ::-1].copy()
    return seen, classes


def _recolour(view: RGBA, rng: np.random.Generator) -> RGBA:
    """Hue turned, saturation, contrast and brightness changed, noise: the network must not learn that hair is brown."""
    import cv2

    hsv = cv2.cvtColor(view[..., :3], cv2.COLOR_RGB2HSV).astype(np.float32)
    if rng.random() < 0.3:
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(0, 180)) % 180
    hsv[..., 1] *= rng.uniform(0.4, 1.3) if rng.random() < 0.9 else 0.0
    rgb = cv2.cvtColor(np.clip(hsv, 0, (179, 255, 255)).astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    rgb = (rgb - 128) * rng.uniform(0.75, 1.2) + 128 + rng.uniform(-20, 20)
    if rng.random() < 0.3:
        rgb += rng.standard_normal(rgb.shape, np.float32) * rng.uniform(0, 8)
    return np.concatenate([np.clip(rgb, 0, 255).astype(np.uint8), view[..., 3:]], -1)


def _kept_view(rgba: RGBA, labels: Labels, crop: Crop) -> tuple[RGBA, Labels]:
    import cv2

    return look(rgba, crop, KEPT), cv2.warpAffine(labels, crop.matrix(KEPT), (KEPT, KEPT), flags=cv2.INTER_NEAREST)
