"""How well a flat picture becomes layers: a table over a folder of cases with true layers.

    python benchmarks/layers.py CASES --scorer score_layers.py [--truth] [--only NAME ...]

A case holds `picture.png`, `truth.png` and `layers/NN_part.png`, see the scorer, which is run on a PSD of the result and gives
accuracy, mean IoU and the largest difference of colour and alpha of the recomposed picture. Beside it: seconds on the wall, of
all processors together, and peak memory of a process of its own; and two figures on hidden pixels against cv2.inpaint (Telea),
which is told where they are: of all of them, and of those that some pose of the check sweep lays bare when the true layers
are rigged. --truth: start from the true labels instead of the network's, which shows what is lost after it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

import rig
from kirie.errors import KirieError
from layering import Artwork, LayerStack, split, write_psd
from layering.assemble import layers_from_parts
from layering.palette import find_palette, reduce, smooth
from layering.partmap import PartMap
from layering.regions import Regions, find_regions
from layering.sides import trimmed
from layering.stack import RGBA, Layer
from layering.views import CLASSES
from render.offscreen import Offscreen
from rig.puppet import Puppet
from rig.sweep import Sweep

Mask = npt.NDArray[np.bool_]

LABELS = ("outside", "front hair", "back hair", "face", "ears", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "eye",
          "mouth", "neck", "topwear", "bottomwear", "handwear", "legwear", "footwear", "headwear", "eyewear", "earwear",
          "neckwear", "tail", "wings", "objects", "hair", "body")  # fmt: skip
"""What the numbers in a truth.png mean, as the scorer has them."""
COARSE = ({"front hair", "back hair", "hair"}, {"eyebrow", "eyewhite", "irides", "eyelash", "eye"}, {"mouth"},
          {"face", "ears", "nose", "neck", "topwear", "bottomwear", "handwear", "legwear", "footwear", "body"},
          {"headwear", "eyewear", "earwear", "neckwear", "tail", "wings", "objects"})  # fmt: skip
ONE_PIECE = {"hair": "front hair", "eye": "eyelash", "body": "topwear"}
"""Parts that the artist drew in one piece, and the class that they start from with --truth."""
SIDE = 800
"""Px of the longer side at which hidden pixels are compared: Telea takes minutes at full size."""


@dataclass(frozen=True, slots=True)
class Case:
    """picture: uint8 (H, W, 4). truth: uint8 (H, W), index into LABELS. layers: (part, uint8 (H, W, 4)) back to front."""

    name: str
    picture: RGBA
    truth: npt.NDArray[np.uint8]
    layers: tuple[tuple[str, RGBA], ...]


@dataclass
class Row:
    """One case's figures."""

    name: str
    score: dict[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    processor: float = 0.0
    memory: float = 0.0
    hidden: str = ""
    revealed: str = ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--truth", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    wanted = set(given.only) or {p.name for p in given.cases.iterdir()}
    folders = sorted(p for p in given.cases.iterdir() if (p / "truth.png").exists() and p.name in wanted)
    print(f"{'case':38} {'acc':>5} {'miou':>5} {'rec':>4} {'a':>3} {'s':>6} {'cpu':>6} {'MB':>5}  "
          f"{'hidden: covered, error / Telea':43} revealed")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for case in folders:
            print(_line(_measure(case, Path(folder) / f"{case.name}.psd", given.scorer, given.truth)), flush=True)


def _line(row: Row) -> str:
    s, rec = row.score, row.score.get("recompose")
    assert isinstance(rec, dict)
    return (f"{row.name:38} {s['accuracy']:5.3f} {s['miou']:5.3f} {rec['max']:4.1f} {rec['alpha']:3.0f} {row.seconds:6.2f} "
            f"{row.processor:6.2f} {row.memory:5.0f}  {row.hidden:43} {row.revealed}")  # fmt: skip


def _measure(folder: Path, psd: Path, scorer: Path, truth: bool) -> Row:
    with multiprocessing.get_context("spawn").Pool(1) as alone:              # a process of its own, for its peak memory
        seconds, processor, memory = alone.apply(_split_to, (folder, psd, truth))
    said = subprocess.run([sys.executable, str(scorer), str(psd), str(folder)], capture_output=True, text=True, check=True)
    row = Row(folder.name, json.loads(said.stdout), seconds, processor, memory)
    case, made = read_case(folder, SIDE), _scaled(_read_made(psd), SIDE)
    under = {part: mask for part in dict(case.layers) if (mask := hidden_pixels(case, part)).sum() >= 16}
    row.hidden = compare(case, made, under)
    try:
        bare = revealed(case)
        row.revealed = compare(case, made, {part: mask & bare[part] for part, mask in under.items() if part in bare})
    except KirieError as error:
        row.revealed = f"(the true layers do not rig: {error.message})"
    return row


def _split_to(folder: Path, psd: Path, truth: bool) -> tuple[float, float, float]:
    """Split a case's picture and write the PSD: seconds on the wall, of the processors, and peak memory in MB."""
    case = read_case(folder)
    parts = true_parts(case) if truth else None                              # not timed: the network's work
    start, spent = time.perf_counter(), time.process_time()
    stack = split(Artwork(case.picture)).stack if parts is None else layers_from_parts(case.picture, parts)
    seconds, processor = time.perf_counter() - start, time.process_time() - spent
    write_psd(stack, psd)
    return seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_case(folder: Path, side: int | None = None) -> Case:
    """A case, scaled down to so many px of its longer side where given."""
    picture = np.array(Image.open(folder / "picture.png").convert("RGBA"))
    truth = np.array(Image.open(folder / "truth.png"))
    files = sorted((folder / "layers").glob("*.png"))
    layers = [(f.stem.split("_", 1)[1].replace("-", " "), np.array(Image.open(f).convert("RGBA"))) for f in files]
    if side is None or side >= max(truth.shape):
        return Case(folder.name, picture, truth, tuple(layers))
    size = _size(truth.shape[1], truth.shape[0], side)
    return Case(folder.name, _smaller(picture, size), cv2.resize(truth, size, interpolation=cv2.INTER_NEAREST),
                tuple((part, _smaller(rgba, size)) for part, rgba in layers))  # fmt: skip


def true_parts(case: Case) -> PartMap:
    """The map of parts that a perfect classifier would give."""
    table = [CLASSES.index(name) if (name := ONE_PIECE.get(label, label)) in CLASSES else 0 for label in LABELS]
    figure, calm = case.picture[..., 3] > 127, smooth(case.picture)
    regions = find_regions(reduce(calm, figure, find_palette(calm, figure)))
    labels = np.array(table, np.uint8)[case.truth]
    _tell_face(case, regions, labels)
    return PartMap(labels, regions, np.ones(len(regions), np.float32))


def _tell_face(case: Case, regions: Regions, labels: npt.NDArray[np.uint8]) -> None:
    """Where the artist drew skin in one piece: the region around eyes and mouth is the face, what goes on below it the neck."""
    skin = (case.truth == LABELS.index("body")) & (regions.labels >= 0)
    features = np.isin(case.truth, [LABELS.index(x) for x in ("eyebrow", "eyewhite", "irides", "eyelash", "eye", "mouth")])
    if (case.truth == LABELS.index("face")).any() or not skin.any() or not features.any():
        return
    around = skin & (cv2.dilate(features.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0)
    seen = np.bincount(regions.labels[around], minlength=len(regions))
    rows, columns = np.nonzero(skin & (regions.labels == seen.argmax()))
    lowest = np.full(len(regions), -1)
    np.maximum.at(lowest, regions.labels[skin], np.nonzero(skin)[0])
    beside = skin & (np.arange(skin.shape[1]) >= columns.min()) & (np.arange(skin.shape[1]) <= columns.max())
    labels[skin & (lowest <= rows.max())[regions.labels]] = CLASSES.index("face")
    low = (lowest > rows.max())[regions.labels] & (np.arange(skin.shape[0])[:, None] < rows.max() + np.ptp(rows))
    labels[beside & low] = CLASSES.index("neck")


def _read_made(psd: Path) -> dict[str, RGBA]:
    """The written layers by part, uint8 (H, W, 4), states of the mouth and sides united."""
    from psd_tools import PSDImage

    document = PSDImage.open(psd)
    out: dict[str, Image.Image] = {}
    for layer in document:
        part = re.sub(r"(-[lr]|-\d+|_open|_close)$", "", layer.name)
        canvas = out.setdefault(part, Image.new("RGBA", document.size))
        canvas.alpha_composite(layer.topil().convert("RGBA"), (layer.left, layer.top))
    return {part: np.array(image) for part, image in out.items()}


def _scaled(made: dict[str, RGBA], side: int) -> dict[str, RGBA]:
    return {part: _smaller(rgba, _size(rgba.shape[1], rgba.shape[0], side)) for part, rgba in made.items()}


def _size(width: int, height: int, side: int) -> tuple[int, int]:
    share = min(1.0, side / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _smaller(rgba: RGBA, size: tuple[int, int]) -> RGBA:
    """Scaled with straight alpha kept clean."""
    soft = rgba.astype(np.float32)
    soft[..., :3] *= soft[..., 3:] / 255
    soft = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    colour = np.divide(soft[..., :3] * 255, soft[..., 3:], out=np.zeros_like(soft[..., :3]), where=soft[..., 3:] > 0.5)
    return np.rint(np.clip(np.concatenate([colour, soft[..., 3:]], -1), 0, 255)).astype(np.uint8)


def group_of(part: str) -> set[str]:
    """The parts that the scorer takes as one with a part."""
    return next((group for group in COARSE if part in group), {part})


def united(case: Case, part: str) -> RGBA:
    """All true layers of a part in one picture."""
    out = Image.new("RGBA", (case.truth.shape[1], case.truth.shape[0]))
    for name, rgba in case.layers:
        if name == part:
            out.alpha_composite(Image.fromarray(rgba))
    return np.array(out)


def hidden_pixels(case: Case, part: str) -> Mask:
    """Where a part's true layer lies under others, its coarse class not counted."""
    shown = np.isin(case.truth, [LABELS.index(name) for name in group_of(part)])
    return (united(case, part)[..., 3] > 127) & ~shown


def compare(case: Case, made: dict[str, RGBA], wanted: dict[str, Mask]) -> str:
    """Share of the wanted pixels that are covered, and the mean colour error there beside Telea's."""
    count = hits = 0
    ours, theirs = [], []
    for part, mask in wanted.items():
        count += int(mask.sum())
        got = _stacked([made[part]] if part in made else [made[x] for x in made if x in group_of(part)])
        if got is None or not mask.any():
            continue
        true, hit = united(case, part), mask & (got[..., 3] > 127)
        hits += int(hit.sum())
        ours.append(np.abs(got[..., :3].astype(np.float64) - true[..., :3])[hit].mean(-1))
        theirs.append(np.abs(_telea(case, part, true).astype(np.float64) - true[..., :3])[hit].mean(-1))
    if not hits:
        return f"none of {count}" if count else "-"
    a, b = float(np.concatenate(ours).mean()), float(np.concatenate(theirs).mean())
    return f"{hits / count:6.1%} of {count:6d}  {a:5.1f} / {b:5.1f} = {a / max(b, 1e-9):4.2f}"


def _stacked(pictures: Sequence[RGBA]) -> RGBA | None:
    """Pictures of one size laid over each other, the first at the back; None where there are none."""
    if not pictures:
        return None
    out = Image.fromarray(pictures[0])
    for more in pictures[1:]:
        out.alpha_composite(Image.fromarray(more))
    return np.array(out)


def _telea(case: Case, part: str, true: RGBA) -> npt.NDArray[np.uint8]:
    """The part's visible pixels inpainted over the box of its true layer; all else is unknown, so that nothing bleeds in."""
    shown = np.isin(case.truth, [LABELS.index(name) for name in group_of(part)]) & (true[..., 3] > 127)
    inner = cv2.erode(shown.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    x, y, width, height = cv2.boundingRect((true[..., 3] > 127).astype(np.uint8))
    box = np.s_[y : y + height, x : x + width]
    out = true[..., :3] * np.uint8(0)
    known = np.ascontiguousarray(case.picture[..., :3][box])
    out[box] = cv2.inpaint(known, (~inner[box]).astype(np.uint8), 3, cv2.INPAINT_TELEA)
    return out


def revealed(case: Case) -> dict[str, Mask]:
    """Of each part: bool (H, W), the pixels that show in some pose of the check's sweep when the true layers are rigged."""
    puppet = rig.build(true_stack(case), case.name)
    codes = (np.arange(1, len(puppet.parts) + 1)[:, None] * (53, 97, 193) % 250 + 3).astype(np.uint8)
    parts = tuple(replace(p, texture=_coded(p.texture, c)) for p, c in zip(puppet.parts, codes, strict=True))
    coded = replace(puppet, parts=parts)
    points = list(_points(puppet, case))
    out = {part: np.zeros(case.truth.shape, bool) for part, _ in case.layers}
    sweep = Sweep(puppet)
    with Offscreen(coded) as screen:
        for values in [*sweep.turns(), *sweep.talking_turns(), *sweep.shut({})]:
            posed = rig.pose(coded, values)
            drawn = screen.draw(posed)
            for i, first, which, weights, rows, columns in points:
                corners = posed.vertices[first + puppet.parts[i].mesh.triangles[which]]
                at = np.floor(np.einsum("nk,nkc->nc", weights, corners)).astype(np.int64)
                inside = ((at >= 0) & (at < (drawn.shape[1], drawn.shape[0]))).all(1)
                x, y = np.where(inside[:, None], at, 0).T
                shows = inside & (np.abs(drawn[y, x, :3].astype(np.int16) - codes[i]) <= 2).all(1) & (drawn[y, x, 3] > 250)
                out[puppet.parts[i].part][rows[shows], columns[shows]] = True
    return out


def true_stack(case: Case) -> LayerStack:
    """The true layers as a stack, left and right told by the file's order where a part comes twice."""
    from layering.sides import split_sides
    from layering.stack import SIDED

    middle = np.flatnonzero(np.isin(case.truth, [LABELS.index("face"), LABELS.index("eye"), LABELS.index("mouth")]).any(0))
    axis, width = float(middle.mean()), float(np.ptp(middle))
    layers = []
    for n, (part, rgba) in enumerate(case.layers):
        halves = split_sides(rgba, axis, width) if part in SIDED and rgba[..., 3].any() else None
        for side, half in zip(("l", "r"), halves, strict=True) if halves else (("", rgba),):
            if half is not None and half[..., 3].any():
                pixels, place = trimmed(half, (0, 0))
                layers.append(Layer(f"{part} {n}{side}", part, pixels, place, side))
    return LayerStack((case.truth.shape[1], case.truth.shape[0]), tuple(layers))


def _coded(texture: RGBA, code: npt.NDArray[np.uint8]) -> RGBA:
    """A texture of one colour, without soft edges."""
    out = np.zeros_like(texture)
    out[texture[..., 3] > 127] = (*code, 255)
    return out


def _points(puppet: Puppet, case: Case) -> Iterator[tuple[int, int, npt.NDArray[np.int64], npt.NDArray[np.float64],
                                                           npt.NDArray[np.int64], npt.NDArray[np.int64]]]:  # fmt: skip
    """Of each part of the puppet: its number, its first vertex, and of its hidden pixels the triangle, weights and place."""
    first = 0
    for i, part in enumerate(puppet.parts):
        hidden = hidden_pixels(case, part.part) if any(part.part == name for name, _ in case.layers) else None
        corners = part.mesh.vertices[part.mesh.triangles].astype(np.float64)
        if hidden is not None and len(corners) and part.drawn:
            which = _triangle_at(corners, hidden.shape)
            rows, columns = np.nonzero(hidden & (which >= 0))
            mine = which[rows, columns]
            yield i, first, mine, _weights(corners[mine], np.stack([columns, rows], -1) + 0.5), rows, columns
        first += len(part.mesh.vertices)


def _triangle_at(corners: npt.NDArray[np.float64], shape: Sequence[int]) -> npt.NDArray[np.int64]:
    """Number of the triangle at each pixel, -1 for none."""
    out = np.full(shape, -1, np.int32)
    for t, triangle in enumerate(np.rint(corners * 16).astype(np.int32)):
        cv2.fillConvexPoly(out, triangle, t, shift=4)
    return out.astype(np.int64)


def _weights(corners: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Barycentric weights (N, 3) of points in triangles (N, 3, 2)."""
    u, v, p = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], points - corners[:, 0]
    double = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    double = np.where(np.abs(double) < 1e-6, 1.0, double)
    a, b = (p[:, 0] * v[:, 1] - p[:, 1] * v[:, 0]) / double, (p[:, 1] * u[:, 0] - p[:, 0] * u[:, 1]) / double
    return np.stack([1 - a - b, a, b], -1)


if __name__ == "__main__":
    main()
