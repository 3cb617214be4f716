"""From a layered drawing to pictures in ten lines: she turns her head once and says something.

python examples/psd_to_frames.py girl.psd FOLDER
"""

import math
import sys
from pathlib import Path

from PIL import Image

import kirie


def main(drawing: Path, folder: Path, count: int = 30) -> None:
    """Write `count` PNG pictures of one second."""
    puppet = kirie.rig(kirie.load(drawing))
    frames = [kirie.ParameterFrame(t / count, {"ParamAngleX": 30 * math.sin(2 * math.pi * t / count),
                                               "ParamMouthOpenY": abs(math.sin(6 * math.pi * t / count))})
              for t in range(count)]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for i, rgba in enumerate(kirie.render(puppet, frames, size=(512, 512), fps=count)):
        Image.fromarray(rgba).save(folder / f"{i:03}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "frames"))
