"""From one flat picture to layers to a puppet: the first row of pictures in the README.

python examples/flat_to_puppet.py docs/pictures [PICTURE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

import kirie
from layering import Artwork, exploded_sheet, read_artwork
from layering.artist import heroine

POSES: dict[str, dict[str, float]] = {
    "flat_turned": {"ParamAngleX": 24, "ParamAngleY": 6, "ParamAngleZ": -4, "ParamEyeBallX": 0.5, "ParamBodyAngleX": 5},
    "flat_talks": {"ParamAngleX": -18, "ParamAngleZ": 8, "ParamEyeLOpen": 0, "ParamEyeROpen": 0, "ParamEyeLSmile": 1,
                   "ParamEyeRSmile": 1, "ParamMouthOpenY": 0.9, "ParamMouthForm": 0.7},
}  # fmt: skip


def main(folder: Path, artwork: Artwork, side: int = 512) -> None:
    """Write flat.png (what is given), flat_layers.png (what is understood), flat_turned.png and flat_talks.png."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = kirie.split(artwork)
    puppet = kirie.rig(stack)
    pictures = {"flat": Image.fromarray(artwork.rgba), "flat_layers": Image.fromarray(exploded_sheet(stack))}
    for name, values in POSES.items():
        (rgba,) = kirie.render(puppet, [kirie.ParameterFrame(0.0, values)], size=(side, side), fps=30)
        pictures[name] = Image.fromarray(rgba)
    for name, picture in pictures.items():
        picture.thumbnail((1000, side * 2) if name == "flat_layers" else (side, side))
        picture.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    given = read_artwork(sys.argv[2]) if len(sys.argv) > 2 else Artwork(heroine().composite(), "heroine")
    main(Path(sys.argv[1]), given)
