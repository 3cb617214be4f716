"""Lines of text as a picture, for what the live window shows over the character."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from layering.stack import RGBA
from render.letters import own, runs

INK, GROUND = (245, 245, 250, 255), (24, 26, 34, 205)


def written(lines: Sequence[str], height: int = 15, most: tuple[int, int] | None = None) -> RGBA:
    """uint8 (h, w, 4), straight alpha: the lines on a dark, half-transparent ground. What follows a tab stands in a column.

    height: px of the letters. most: (w, h) px of the space there is; the letters shrink to it, down to 7 px.
    """
    while True:
        picture = _draw(lines, height)
        tall, wide = picture.shape[:2]
        if most is None or height <= 7 or (wide <= most[0] and tall <= most[1]):
            return picture
        height = max(min(int(height * min(most[0] / wide, most[1] / tall)), height - 1), 7)


def _draw(lines: Sequence[str], height: int) -> RGBA:
    step, margin, ascent = round(height * 1.45), height, own(height).getmetrics()[0]
    rows = [line.split("\t", 1) for line in lines]
    column = max((_width(row[0], height) for row in rows if len(row) > 1), default=0.0) + height
    width = max((column * (len(row) - 1) + _width(row[-1], height) for row in rows), default=0.0)
    picture = Image.new("RGBA", (round(width) + 2 * margin, step * len(lines) + 2 * margin), GROUND)
    pen = ImageDraw.Draw(picture)
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            x = margin + place * column
            for font, piece in runs(text, height):
                pen.text((x, margin + number * step + ascent), piece, INK, font, "ls")
                x += font.getlength(piece)
    return np.array(picture)


def _width(text: str, height: int) -> float:
    """Px that a line takes."""
    return sum(font.getlength(piece) for font, piece in runs(text, height))
