"""The three pictures at the top of the README: our own character at rest, turned, and laughing.

python examples/readme_pictures.py docs/pictures
"""

import sys
from pathlib import Path

from PIL import Image

import kirie
from layering.artist import heroine

POSES: dict[str, dict[str, float]] = {
    "rest": {},
    "turned": {"ParamAngleX": 28, "ParamAngleY": 8, "ParamAngleZ": -5, "ParamEyeBallX": 0.6, "ParamEyeBallY": 0.2,
               "ParamBrowLY": 0.4, "ParamBrowRY": 0.4, "ParamBodyAngleX": 6},
    "laugh": {"ParamAngleX": -16, "ParamAngleY": -4, "ParamAngleZ": 13, "ParamEyeLOpen": 0, "ParamEyeROpen": 0,
              "ParamEyeLSmile": 1, "ParamEyeRSmile": 1, "ParamMouthOpenY": 1, "ParamMouthForm": 1, "ParamCheek": 1,
              "ParamBodyAngleZ": 4},
}  # fmt: skip


def main(folder: Path, side: int = 512) -> None:
    """Write rest.png, turned.png and laugh.png."""
    puppet = kirie.rig(heroine())
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in POSES.items():
        (rgba,) = kirie.render(puppet, [kirie.ParameterFrame(0.0, values)], size=(side, side), fps=30)
        Image.fromarray(rgba).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
