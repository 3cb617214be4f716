"""The pictures of every stage, kept in a folder so that a wrong result can be understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kirie.files import atomic
from layering.classify import Looked
from layering.palette import Labels
from layering.partmap import PartMap
from layering.stack import RGBA
from layering.views import CLASSES, Crop

Stages = dict[str, Any]
"""As far as it went: "figure" RGBA, "looked" Looked, "parts" PartMap."""
RGB = npt.NDArray[np.uint8]


def keep_stages(folder: Path, stages: Stages) -> None:
    """Write 1-figure.png, 2-palette.png, 3-regions.png, 4-parts.png and 5-confidence.png, as far as it went."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for name, rgb in _pictures(stages):
        with atomic(folder / name) as path:
            Image.fromarray(rgb).save(path, format="PNG", compress_level=4)


def _pictures(stages: Stages) -> list[tuple[str, npt.NDArray[np.uint8]]]:
    out: list[tuple[str, npt.NDArray[np.uint8]]] = []
    figure: RGBA | None = stages.get("figure")
    looked: Looked | None = stages.get("looked")
    parts: PartMap | None = stages.get("parts")
    if figure is not None:
        out.append(("1-figure.png", figure))
    if figure is not None and looked is not None:
        labels, colour = looked.regions.labels, looked.regions.colour
        out.append(("2-palette.png", in_palette(figure, labels, colour)))
        out.append(("3-regions.png", _framed(_at_random(len(looked.regions))[labels], looked)))
    if parts is not None:
        out.append(("4-parts.png", _with_names(part_colours()[parts.labels], parts)))
        grey = np.append(np.rint(parts.confidence * 255), 0).astype(np.uint8)[parts.regions.labels]
        out.append(("5-confidence.png", np.dstack([255 - grey, grey, np.full_like(grey, 60)])))
    return out


def in_palette(figure: RGBA, labels: Labels, colour: npt.NDArray[np.int32]) -> RGBA:
    """The picture in its palette's colours: uint8 (H, W, 4). labels: regions int32 (H, W). colour: palette index of each."""
    inside = labels >= 0
    index = colour[labels[inside]]
    count = np.maximum(np.bincount(index), 1)
    tones = np.stack([np.bincount(index, figure[..., c][inside]) / count for c in range(3)], -1)
    out = np.zeros_like(figure)
    out[inside, :3] = np.rint(tones[index])
    out[inside, 3] = 255
    return out


def part_colours() -> RGB:
    """uint8 (C, 3): a colour for each class, black for outside; neighbours in the list lie far apart on the colour circle."""
    from colorsys import hsv_to_rgb

    rows = [hsv_to_rgb(i * 0.381966 % 1, (0.85, 0.55)[i % 2], (1.0, 0.72, 0.9)[i % 3]) for i in range(len(CLASSES))]
    out = np.rint(np.array(rows) * 255).astype(np.uint8)
    out[0] = 0
    return out


def _at_random(count: int) -> RGB:
    """uint8 (count + 1, 3): colours for regions; the last, black, is for outside."""
    out = np.random.default_rng(0).integers(50, 256, (count + 1, 3)).astype(np.uint8)
    out[-1] = 0
    return out


def _framed(rgb: RGB, looked: Looked) -> RGB:
    """The squares that the classifier looked at, drawn in white."""
    import cv2

    out = np.ascontiguousarray(rgb)
    width = max(1, round(max(rgb.shape) / 500))

    def corner(crop: Crop, share: float) -> tuple[int, int]:
        return round(crop.left + crop.side * share), round(crop.top + crop.side * share)

    for votes in (looked.figure, looked.face):
        if votes is not None:
            cv2.rectangle(out, corner(votes.crop, 0), corner(votes.crop, 1), (255, 255, 255), width)
    return out


def _with_names(rgb: RGB, parts: PartMap) -> RGB:
    """The map of parts with the names of what it shows beside it."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(12, round(rgb.shape[0] / 40))
    font = ImageFont.load_default(size)
    sheet = Image.new("RGB", (rgb.shape[1] + 9 * size, rgb.shape[0]))
    sheet.paste(Image.fromarray(rgb))
    draw = ImageDraw.Draw(sheet)
    colours = part_colours()
    for row, c in enumerate(np.unique(parts.labels[parts.labels > 0])):
        x, y = rgb.shape[1] + size, round(size * (0.5 + 1.4 * row))
        draw.rectangle((x, y, x + size, y + size), tuple(int(v) for v in colours[c]))
        draw.text((x + 1.5 * size, y - 0.1 * size), CLASSES[c], "white", font)
    return np.asarray(sheet).copy()
