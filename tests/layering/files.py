"""Layered files that the tests draw themselves: small PSDs by psd-tools, OpenRaster files by hand, and a face of ellipses."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image, ImageDraw

from layering.stack import RGBA, Layer

Box = tuple[int, int, int, int]

SIZE = (120, 160)
"""Canvas (W, H) of the drawn face."""

SHAPES: dict[str, tuple[Box, ...]] = {
    "back hair": ((25, 15, 95, 110),), "topwear": ((20, 115, 100, 158),), "neck": ((50, 95, 70, 125),),
    "face": ((30, 25, 90, 105),), "ears": ((22, 55, 33, 72), (87, 55, 98, 72)),
    "nose": ((57, 70, 63, 76),), "eyewhite": ((36, 50, 54, 64), (66, 50, 84, 64)),
    "irides": ((41, 51, 49, 63), (71, 51, 79, 63)), "eyelash": ((35, 46, 55, 51), (65, 46, 85, 51)),
    "eyebrow": ((36, 38, 54, 42), (66, 38, 84, 42)), "front hair": ((28, 15, 92, 45),), "mouth_close": ((50, 85, 70, 88),),
    "mouth_open": ((55, 82, 65, 94),), "eye_close": ((36, 60, 54, 63), (66, 60, 84, 63))}  # fmt: skip
"""Ellipses (left, top, right, bottom) of a face, back to front."""


def ellipses(boxes: tuple[Box, ...], colour: Box, size: tuple[int, int] = SIZE) -> RGBA:
    """A canvas-sized picture uint8 (H, W, 4) of ellipses with soft edges."""
    big = Image.new("RGBA", (size[0] * 4, size[1] * 4), (*colour[:3], 0))
    for box in boxes:
        ImageDraw.Draw(big).ellipse([4 * v for v in box], fill=colour)
    return np.asarray(big.resize(size, Image.Resampling.BOX)).copy()


def drawn(name: str, colour: Box | None = None) -> RGBA:
    """One of SHAPES in a colour of its own."""
    index = list(SHAPES).index(name)
    return ellipses(SHAPES[name], colour or (30 + 14 * index, 220 - 11 * index, 60 + 9 * index, 255))


def cropped(picture: RGBA) -> tuple[RGBA, tuple[int, int]]:
    """The picture's pixels and where they lie."""
    rows, columns = np.flatnonzero(picture[..., 3].any(1)), np.flatnonzero(picture[..., 3].any(0))
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], (int(columns[0]), int(rows[0]))


def layer(name: str, part: str, picture: RGBA, **more: object) -> Layer:
    """A Layer of a canvas-sized picture."""
    pixels, offset = cropped(picture)
    return Layer(name, part, np.ascontiguousarray(pixels), offset, **more)  # type: ignore[arg-type]


def new_psd(mode: str = "RGBA", size: tuple[int, int] = SIZE, depth: int = 8):  # type: ignore[no-untyped-def]
    """An empty PSD to add layers to."""
    from psd_tools import PSDImage

    return PSDImage.new(mode, size, depth=depth)


def add(group, name: str, picture: RGBA, **more):  # type: ignore[no-untyped-def]
    """Add a cropped pixel layer; `more` sets visible, clipping, opacity, blend_mode."""
    pixels, (x, y) = cropped(picture)
    made = group.create_pixel_layer(Image.fromarray(pixels), "x", y, x)
    made.name = name
    for key, value in more.items():
        setattr(made, key, value)
    return made


def saved(psd, path: Path) -> Path:  # type: ignore[no-untyped-def]
    """Write a PSD without composing its preview."""
    with path.open("wb") as file:
        psd._record.write(file)
    return path


def face_psd(path: Path, **hidden: bool) -> Path:
    """The whole face as a PSD with Anime2.5DRig's names."""
    psd = new_psd()
    for name in SHAPES:
        add(psd, name, drawn(name), visible=not hidden.get(name, False))
    return saved(psd, path)


def png(picture: RGBA) -> bytes:
    """PNG bytes."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def write_ora(path: Path, stack: str, pictures: dict[str, RGBA], size: tuple[int, int] = SIZE) -> Path:
    """An OpenRaster file; `stack` is the inside of the root <stack>."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
        archive.writestr("stack.xml", f'<image w="{size[0]}" h="{size[1]}"><stack>{stack}</stack></image>')
        for name, picture in pictures.items():
            archive.writestr(name, png(picture))
    return path


def ora_layer(name: str, src: str, x: int = 0, y: int = 0, more: str = "") -> str:
    """One <layer/>."""
    return f'<layer name={quoteattr(name)} src="{src}" x="{x}" y="{y}" {more}/>'
