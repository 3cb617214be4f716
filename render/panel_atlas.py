"""All that the panel is drawn with, in one picture: letters, a disc for knobs and corners, a soft line, a texel of ink."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

F32 = npt.NDArray[np.float32]
WIDTH = 512
TEXT = 13.0
"""Px of the letters at scale 1."""
LETTERS = "".join(chr(c) for c in (*range(32, 127), *range(160, 256)))
UNKNOWN = "?"
DISC = 24                   # px across; smaller discs are sampled from it
LINE = 8                    # texels across the soft line: full in the middle, nothing at both edges

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """pixels: uint8 (h, WIDTH), how much ink. Boxes are left, top, right, bottom in 0..1 of it.

    letters: float32 (256, 4) boxes and advances: float32 (256,) px, both by code of Latin-1; cell: px of a letter's box (w, h).
    """

    pixels: npt.NDArray[np.uint8]
    letters: F32
    advances: F32
    cell: tuple[int, int]
    ink: Box
    disc: Box
    line: Box


@lru_cache(maxsize=4)
def atlas_of(scale: float) -> Atlas:
    """The atlas for a display of so many px to a point."""
    height = max(round(TEXT * scale), 6)
    font = ImageFont.load_default(height)
    assert isinstance(font, ImageFont.FreeTypeFont)         # every wheel of Pillow has FreeType
    ascent, descent = font.getmetrics()
    cell = (round(height * 1.5) + 2, ascent + descent + 2)
    columns = WIDTH // cell[0]
    rows = -(-len(LETTERS) // columns)
    picture = Image.new("L", (WIDTH, rows * cell[1] + DISC + 4))
    pen = ImageDraw.Draw(picture)
    letters, advances = np.zeros((256, 4), np.float32), np.zeros(256, np.float32)
    for number, letter in enumerate(LETTERS):
        x, y = number % columns * cell[0], number // columns * cell[1]
        pen.text((x + 1, y + 1), letter, 255, font)
        letters[ord(letter)] = _box((x, y, x + cell[0], y + cell[1]), picture.height)
        advances[ord(letter)] = font.getlength(letter)
    pixels = np.array(picture)
    top = rows * cell[1] + 2
    pixels[top : top + DISC, 2 : 2 + DISC] = _disc(DISC)
    pixels[top : top + DISC, 40:48] = 255
    pixels[top : top + LINE, 60:68] = np.array([0, 90, 255, 255, 255, 255, 90, 0], np.uint8)[:, None]
    return Atlas(pixels, letters, advances, cell, _box((42, top + 2, 46, top + DISC - 2), picture.height),
                 _box((2, top, 2 + DISC, top + DISC), picture.height),
                 _box((62, top, 66, top + LINE), picture.height))  # fmt: skip


def codes(text: str) -> npt.NDArray[np.uint8]:
    """uint8 (n,) of Latin-1; other letters are a question mark."""
    return np.frombuffer(text.encode("latin-1", "replace"), np.uint8)


def readable(text: str) -> bool:
    """Whether the atlas has every letter of a text."""
    return all(letter in LETTERS for letter in text)


def _box(px: tuple[float, float, float, float], height: int) -> Box:
    return px[0] / WIDTH, px[1] / height, px[2] / WIDTH, px[3] / height


def _disc(side: int) -> npt.NDArray[np.uint8]:
    """uint8 (side, side): a disc that touches the edges, smooth over one px."""
    at = np.arange(side) - (side - 1) / 2
    away = side / 2 - 0.5 - np.hypot(at[:, None], at)
    return (np.clip(away + 0.5, 0, 1) * 255 + 0.5).astype(np.uint8)
