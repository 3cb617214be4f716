"""What a picture may be instead of one flat character: one colour, line art, a photo, nobody, a crowd. Each is told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kirie.errors import LayeringError
from layering.background import Cut
from layering.classify import FEATURES, Looked
from layering.colour import oklab
from layering.masks import grown, pieces
from layering.palette import Mask, steepness
from layering.stack import RGBA
from layering.views import CLASSES
from layering.vote_parts import Voted

SMALLEST_FACE = 12
"""Px of a face's width under which nothing can be done."""
LEVEL = 0.035
"""OKLab distance within which pixels count as one colour."""
PAPER = 0.8
"""Share of the figure's flat pixels that are white or nearly so in line art."""
FLAT = 0.12
"""Share of the figure that is flat to two levels in a drawing; photos and paintings have less."""
IN_A_PHOTO = 0.66
"""Trust in the face that a photo needs: cats and coffee cups get 0.56 to 0.60, drawn faces 0.67 to 0.96."""
CROWD = 0.35
"""A second face with this share of the first one's eyes and mouth makes two characters."""
PARTING = 0.12
"""How far a lock of hair or a line may part one face, of the largest piece's longer side."""
DRAWN = tuple(CLASSES.index(x) for x in ("eyewhite", "irides", "eyelash", "mouth"))


def check_colours(cut: Cut, name: str) -> None:
    """Raise LayeringError for an empty picture, one colour, and line art without colour."""
    figure = cut.figure
    if figure.mean() < 1e-4:
        raise LayeringError(f"{name} is empty: every pixel is clear", "give a picture with a character")
    pixels = cut.rgba[figure][:, :3]
    lab = oklab(pixels[:: max(1, len(pixels) // 100_000)])
    tone = np.median(lab, 0)
    away = np.linalg.norm(lab - tone, axis=1)
    if (away < LEVEL).mean() > 0.995:
        raise LayeringError(f"{name} has one colour only: there is nothing to take apart", "give a coloured drawing")
    flat = lab[steepness(cut.rgba[..., :3])[figure][:: max(1, len(pixels) // 100_000)] <= 12]
    paper = (flat[:, 0] > 0.9) & (np.hypot(flat[:, 1], flat[:, 2]) < 0.02)
    if len(flat) and paper.mean() > PAPER:
        raise LayeringError(f"{name} looks like line art without colour: parts are told apart by their colours",
                            "fill it with flat colours first")  # fmt: skip


def check_faces(cut: Cut, looked: Looked, voted: Voted, name: str) -> list[str]:
    """Raise LayeringError where there is no character, or more than one; remarks where it is in doubt."""
    photo = looks_like_a_photo(cut.rgba, cut.figure)
    hint = "a photo should be stylized first" if photo else "give a picture of one character whose face shows"
    if voted.face is None:
        raise LayeringError(f"no face was found in {name}", hint)
    hair = voted.parts.of("front hair", "back hair", "headwear").sum()
    trust = _trust(voted)
    if trust < 0.35 or (hair == 0 and trust < 0.55) or (photo and trust < IN_A_PHOTO):
        raise LayeringError(f"no character was found in {name} (a face only by a guess, {trust:.0%} sure)", hint)
    if voted.face.width < SMALLEST_FACE:
        raise LayeringError(f"the face in {name} is only {voted.face.width:.0f} px wide", "give a larger picture, or crop it")
    second = _second_face(looked)
    if second > CROWD:
        raise LayeringError(f"{name} shows more than one character", "crop it to one")
    return ["something like a second, smaller face was seen"] if second > 0.5 * CROWD else []


def looks_like_a_photo(rgba: RGBA, figure: Mask) -> bool:
    """Whether hardly a pixel lies in a flat colour. rgba: uint8 (H, W, 4) as given. figure: bool (H, W)."""
    return float((steepness(rgba[..., :3])[figure] <= 2).mean()) < FLAT


def _trust(voted: Voted) -> float:
    """Mean probability of the face's skin and features."""
    parts = voted.parts
    wanted = parts.of("face", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "mouth") & (parts.regions.labels >= 0)
    return float(parts.confidence[parts.regions.labels[wanted]].mean()) if wanted.any() else 0.0


def _second_face(looked: Looked) -> float:
    """What is drawn on the second largest face in the look at the figure, as a share of what is drawn on the largest.

    Bare skin elsewhere that passes for a face, a hand say, has no eyes and no mouth; a face that locks of hair part is one.
    """
    p = np.exp(looked.figure.dense)
    features: npt.NDArray[np.float32] = p[list(FEATURES)].sum(0)
    _, stats, _ = pieces(features > 0.5)
    if len(stats) < 3:
        return 0.0
    largest = stats[1:, 2:4].max(1).max()
    labels, stats, _ = pieces(grown(features > 0.5, PARTING * float(largest)))
    drawn = np.bincount(labels.ravel(), p[list(DRAWN)].sum(0).ravel(), len(stats))
    drawn[0] = 0
    first, second = np.sort(drawn)[::-1][:2]
    return float(second / max(first, 1e-6))
