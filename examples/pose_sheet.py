"""One sheet that shows what a rig can do: a layered drawing in twelve poses.

python examples/pose_sheet.py girl.psd girl.poses.png
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

import kirie
from rig import Puppet

SHUT, HALF, SMILE = ({"ParamEyeLOpen": x, "ParamEyeROpen": x} for x in (0.0, 0.5, 0.7))
POSES: list[list[dict[str, float]]] = [
    [{}, {"ParamAngleX": 30}, {"ParamAngleX": -30}, {"ParamAngleY": 30}, {"ParamAngleY": -30}, {"ParamAngleZ": 30}],
    [HALF, SHUT, {"ParamMouthOpenY": 1}, {"ParamAngleX": 30, "ParamAngleY": 30}, {"ParamEyeBallX": -1, "ParamEyeBallY": 0.5},
     {**SMILE, "ParamEyeLSmile": 1, "ParamEyeRSmile": 1, "ParamMouthForm": 1, "ParamCheek": 1}],
]  # fmt: skip
"""Rest, right, left, up, down, tilted; eyes half shut, shut, mouth open, up and to the side, a glance, a smile."""
CELL = (300, 340)
BACKDROP = (34, 36, 48)


def main(drawing: Path, out: Path) -> None:
    """Write the sheet."""
    puppet = kirie.rig(kirie.load(drawing))
    rows = [np.concatenate([picture(puppet, pose) for pose in row], 1) for row in POSES]
    Image.fromarray(np.concatenate(rows)).save(out, optimize=True)


def picture(puppet: Puppet, pose: dict[str, float]) -> npt.NDArray[np.uint8]:
    """The head in one pose: uint8 (340, 300, 3), on the backdrop."""
    scale = CELL[0] / (1.9 * puppet.surface.width)
    size = (round(puppet.canvas[0] * scale), round(puppet.canvas[1] * scale))
    (rgba,) = kirie.render(puppet, [kirie.ParameterFrame(0.0, pose)], size=size, fps=30)
    drawn = Image.new("RGBA", size, BACKDROP)
    drawn.alpha_composite(Image.fromarray(rgba))
    x, y = (round(at * scale) for at in puppet.surface.centre)
    left, top = x - CELL[0] // 2, y - CELL[1] // 2
    cell = Image.new("RGB", CELL, BACKDROP)
    cell.paste(drawn.convert("RGB"), (-left, -top))
    return np.asarray(cell)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python examples/pose_sheet.py LAYERED_FILE SHEET.png")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
