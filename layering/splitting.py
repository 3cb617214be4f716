"""One flat picture becomes layers: cut out, understood part by part, taken apart and completed; and what to look at is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from layering.artwork import Artwork
from layering.assemble import layers_from_parts
from layering.background import Cut, cut_out, open_holes, without
from layering.classify import Looked, classify
from layering.ground_votes import figure_by_votes
from layering.masks import pieces
from layering.partmap import PartMap
from layering.pieces import FEATURES
from layering.plausible import Face
from layering.scale import cut_alike, enlarged, shrunk
from layering.stack import LayerStack, Note
from layering.stages import Stages, keep_stages
from layering.suspicion import check_colours, check_faces, looks_like_a_photo
from layering.views import CLASSES
from layering.vote_parts import parts_of

UNSURE = 0.6
"""Mean probability of a part's pixels under which a person should look."""
EXPECTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hair", ("front hair", "back hair")), ("face", ("face",)), ("eyebrow", ("eyebrow",)), ("eyelash", ("eyelash",)),
    ("irides", ("irides",)), ("eyewhite", ("eyewhite",)), ("nose", ("nose",)), ("mouth", ("mouth",)), ("neck", ("neck",)),
    ("clothes", ("topwear", "bottomwear", "legwear")))  # fmt: skip
"""What most characters show, and the parts that stand for it."""
LEFT_OVER = 0.05
"""Share of the cut figure that the classifier takes for ground from which on the cut is done anew by its votes."""
TINY = 48
"""Px of a face's width under which its features can hardly be told apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part that was found. confidence: mean probability, 0..1, of its pixels. area: px. sure: nothing to look at."""

    part: str
    confidence: float
    area: int
    sure: bool


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The layers, and what was understood: parts found (the largest first), usual parts that are missing, and remarks."""

    stack: LayerStack
    found: tuple[Found, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Names of the parts that a person should look at."""
        return tuple(x.part for x in self.found if not x.sure)


def split(artwork: Artwork, colours: int = 10, keep: str | Path | None = None) -> Split:
    """Take a picture apart.

    colours: of the palette (the face has as many of its own). keep: a folder for every stage's picture. Every opaque pixel
    of the figure is kept: the layers stacked are the picture without its ground. Raises LayeringError for a picture that
    does not hold one character, and where the classifier's weights are missing.
    """
    stages: Stages = {}
    try:
        return _split(artwork, colours, stages)
    finally:
        if keep is not None:                                # also what led to an error
            keep_stages(Path(keep), stages)


def _split(artwork: Artwork, colours: int, stages: Stages) -> Split:
    name = artwork.name or "the picture"
    small = shrunk(artwork)
    cut = cut_out(small.rgba)
    stages["figure"] = cut.rgba
    check_colours(cut, name)
    cut, looked = _look(small, cut, colours)
    stages["figure"], stages["looked"] = cut.rgba, looked
    voted = parts_of(cut.rgba, cut.figure, looked)
    stages["parts"] = voted.parts
    notes = [*artwork.notes, *cut.notes, *check_faces(cut, looked, voted, name)]
    if looks_like_a_photo(small.rgba, cut.figure):
        notes.append("it has too many colours for a flat drawing; a photo should be stylized first")
    rgba, parts = cut.rgba, voted.parts
    if small is not artwork:
        rgba = cut_alike(artwork.rgba, cut)
        parts = enlarged(parts, rgba)
    found = _found(parts)
    missing = tuple(name for name, parts in EXPECTED if not {x.part for x in found} & set(parts))
    notes += _remarks(voted.face, missing)
    stack = layers_from_parts(rgba, parts)
    return Split(replace(stack, notes=_layer_notes(stack, found, missing)), found, missing, tuple(notes))


def _look(artwork: Artwork, cut: Cut, colours: int) -> tuple[Cut, Looked]:
    """The classifier's looks, and the cut corrected by them: holes opened, what is left of the ground taken off."""
    looked = classify(cut.rgba, cut.figure, colours)
    if cut.kind == "alpha":
        return cut, looked
    rows, columns = np.nonzero(cut.figure)
    sample = slice(None, None, max(1, len(rows) // 20_000))
    beyond = looked.figure.at(rows[sample], columns[sample])[:, 0] > np.log(0.5)
    if beyond.mean() > LEFT_OVER:                            # a busy ground, or things that stand on a plain one
        figure = figure_by_votes(artwork.rgba, looked.figure) & cut.figure
        if figure.mean() > 0.01:
            cut = without(cut, figure)
            looked = classify(cut.rgba, cut.figure, colours)
    return open_holes(cut, artwork.rgba, _holes(cut, looked)), looked


def _holes(cut: Cut, looked: Looked) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """bool (H, W): pieces of the ground's colour within the figure that the classifier takes for ground."""
    labels, stats, _ = pieces(cut.unsure)
    rows, columns = np.nonzero(labels)
    if not len(rows):
        return cut.unsure
    step = max(1, len(rows) // 200_000)
    rows, columns = rows[::step], columns[::step]
    outside = np.exp(looked.figure.at(rows, columns)[:, 0])
    mine = labels[rows, columns]
    said = np.exp(looked.log_p[np.maximum(looked.regions.labels[rows, columns], 0), 0])
    votes = np.bincount(mine, (outside + said) / 2, len(stats))
    ground = votes > 0.5 * np.bincount(mine, minlength=len(stats))
    ground[0] = False
    return ground[labels]


def _found(parts: PartMap) -> tuple[Found, ...]:
    """The parts of a map with their confidence, the largest first."""
    regions = parts.regions
    part = np.zeros(len(regions), np.int64)
    inside = regions.labels >= 0
    part[regions.labels[inside]] = parts.labels[inside]      # each region has one part only
    weight = np.bincount(part, regions.area, len(CLASSES))
    trust = np.bincount(part, regions.area * parts.confidence, len(CLASSES)) / np.maximum(weight, 1)
    rows = [Found(CLASSES[c], round(float(trust[c]), 3), int(weight[c]), bool(trust[c] >= UNSURE))
            for c in np.argsort(-weight) if c and weight[c]]  # fmt: skip
    return tuple(rows)


def _remarks(face: Face | None, missing: Sequence[str]) -> list[str]:
    remarks = []
    if face is not None and face.width < TINY:
        remarks.append(f"the face is only {face.width:.0f} px wide: a larger picture, or a crop, gives better eyes and mouth")
    lost = [x for x in missing if x in FEATURES]
    if len(lost) >= 4:
        remarks.append("hardly any eyes or mouth were found: the face will turn, but not blink or talk")
    return remarks


def _layer_notes(stack: LayerStack, found: Sequence[Found], missing: Sequence[str]) -> tuple[Note, ...]:
    """What `LayerStack.notes` says of each layer: how sure its part is; and what is missing."""
    trust = {x.part: x for x in found}
    notes = []
    for layer in stack.layers:
        x = trust.get(layer.part)
        sure = x is not None and x.sure
        said = f"{layer.part}, {x.confidence:.0%} sure" if x is not None else f"{layer.part}, by its place"
        notes.append(Note(layer.name, said, "known" if sure else "guessed"))
    return (*notes, *(Note("", f"no {name} was found", "warning") for name in missing))
