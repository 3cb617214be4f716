"""Large pictures are understood on a smaller copy; the map of parts is then brought to full size, along the edges there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from layering.artwork import Artwork
from layering.background import Cut, cut_out, open_holes, without
from layering.palette import Labels, Mask, smooth
from layering.partmap import PartMap
from layering.pieces import Classes
from layering.regions import Regions, borders
from layering.stack import RGBA

WORK = 2048
"""Longest side, px, on which parts are told apart: more shows nothing more of a face."""

MORE = 0.005
"""Share of the picture that the smaller cut must have as ground beyond what the plain flood finds."""


def shrunk(artwork: Artwork) -> Artwork:
    """The picture at WORK px at most."""
    import cv2

    width, height = artwork.size
    scale = WORK / max(width, height)
    if scale >= 1:
        return artwork
    soft = artwork.rgba.astype(np.float32)
    soft[..., :3] *= soft[..., 3:] / 255
    soft = cv2.resize(soft, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=cv2.INTER_AREA)
    colour = np.divide(soft[..., :3] * 255, soft[..., 3:], out=np.zeros_like(soft[..., :3]), where=soft[..., 3:] > 0.5)
    rgba = np.clip(np.rint(np.concatenate([colour, soft[..., 3:]], -1)), 0, 255).astype(np.uint8)
    return replace(artwork, rgba=rgba)


def cut_alike(rgba: RGBA, small: Cut) -> RGBA:
    """The picture at full size cut out as its smaller copy was. rgba: uint8 (H, W, 4)."""
    if small.kind == "alpha":
        return rgba
    ground = _enlarged(small.ground.astype(np.uint8), rgba.shape[:2]) > 0
    cut = open_holes(cut_out(rgba), rgba, ground)
    if (ground & cut.figure).mean() < MORE:
        return cut.rgba
    return without(cut, ~ground).rgba


def enlarged(parts: PartMap, rgba: RGBA) -> PartMap:
    """The map of parts at the size of the picture. Near borders, each pixel joins the part that it has no edge towards."""
    import cv2

    shape = rgba.shape[:2]
    scale = max(shape) / max(parts.labels.shape)
    figure = rgba[..., 3] > 127
    labels = _enlarged(parts.labels, shape)
    band = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((2 * round(scale) + 1,) * 2, np.uint8)) > 0
    markers = np.where(band, 0, labels.astype(np.int32) + 1)
    sure = cv2.watershed(smooth(rgba), markers) - 1
    labels = np.where(figure & band & (sure > 0), sure, labels).astype(np.uint8)
    labels[~figure] = 0
    return replace(parts, labels=labels, regions=_enlarged_regions(parts.regions, figure, labels, parts.labels))


def _enlarged_regions(small: Regions, figure: Mask, labels: Classes, before: Classes) -> Regions:
    """Regions at full size; where a border moved, a pixel leaves its region, which has one part only."""
    own: Labels = _enlarged(small.labels, figure.shape)
    part = np.zeros(len(small) + 1, np.uint8)
    part[small.labels] = before
    number = np.where(figure & (part[own] == labels), own, -1)
    growth = figure.size / small.labels.size
    area = np.bincount(number[number >= 0], minlength=len(small))
    box = np.rint(small.bbox * np.sqrt(growth)).astype(np.int32)
    return Regions(number, small.colour, area, box, small.thin, borders(number))


def _enlarged(labels: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A map of numbers at another size; every pixel takes the nearest."""
    import cv2

    return np.asarray(cv2.resize(labels, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST))
