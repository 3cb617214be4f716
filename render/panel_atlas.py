"""All that the panel is drawn with, in one picture: letters, a disc for knobs and corners, a soft line, a texel of ink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from render.letters import LATIN, UNKNOWN, font_of, own

F32 = npt.NDArray[np.float32]
WIDTH = 512
TEXT = 13.0
"""Px of the letters at scale 1."""
DISC = 24                   # px across; smaller discs are sampled from it
LINE = 8                    # texels across the soft line: full in the middle, nothing at both edges

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """pixels: uint8 (h, WIDTH), how much ink. Boxes are left, top, right, bottom in 0..1 of it.

    places: where each letter stands in letters, float32 (N, 4) boxes, and advances, float32 (N,) px. cell: px of a letter's
    box (w, h).
    """

    pixels: npt.NDArray[np.uint8]
    places: Mapping[str, int]
    letters: F32
    advances: F32
    cell: tuple[int, int]
    ink: Box
    disc: Box
    line: Box


@lru_cache(maxsize=4)
def atlas_of(scale: float, further: str = "") -> Atlas:
    """The atlas for a display of so many px to a point. further: letters beyond Latin, those that some font here has."""
    height = max(round(TEXT * scale), 6)
    ascent, descent = own(height).getmetrics()
    cell = (round(height * 1.5) + 2, ascent + descent + 2)
    written = LATIN + further
    columns = WIDTH // cell[0]
    top = -(-len(written) // columns) * cell[1] + 2         # of disc, ink and line, below the letters
    picture = Image.new("L", (WIDTH, top + DISC + 2))
    pen = ImageDraw.Draw(picture)
    letters, advances = np.zeros((len(written), 4), np.float32), np.zeros(len(written), np.float32)
    for number, letter in enumerate(written):
        x, y = number % columns * cell[0], number // columns * cell[1]
        font = font_of(letter, height) or own(height)
        pen.text((x + 1, y + 1 + ascent), letter, 255, font, "ls")
        letters[number] = _box((x, y, x + cell[0], y + cell[1]), picture.height)
        advances[number] = font.getlength(letter)
    pixels = np.array(picture)
    pixels[top : top + DISC, 2 : 2 + DISC] = _disc(DISC)
    pixels[top : top + DISC, 40:48] = 255
    pixels[top : top + LINE, 60:68] = np.array([0, 90, 255, 255, 255, 255, 90, 0], np.uint8)[:, None]
    return Atlas(pixels, {letter: i for i, letter in enumerate(written)}, letters, advances, cell,
                 _box((42, top + 2, 46, top + DISC - 2), picture.height), _box((2, top, 2 + DISC, top + DISC), picture.height),
                 _box((62, top, 66, top + LINE), picture.height))  # fmt: skip


def codes(atlas: Atlas, text: str) -> npt.NDArray[np.intp]:
    """Where the letters of a text stand in an atlas, intp (n,); one that it has not is a question mark."""
    unknown = atlas.places[UNKNOWN]
    return np.array([atlas.places.get(letter, unknown) for letter in text], np.intp)


def _box(px: tuple[float, float, float, float], height: int) -> Box:
    return px[0] / WIDTH, px[1] / height, px[2] / WIDTH, px[3] / height


def _disc(side: int) -> npt.NDArray[np.uint8]:
    """uint8 (side, side): a disc that touches the edges, smooth over one px."""
    at = np.arange(side) - (side - 1) / 2
    away = side / 2 - 0.5 - np.hypot(at[:, None], at)
    return (np.clip(away + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)
