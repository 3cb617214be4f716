"""Draw Kirie's own demo character: a layered PSD that any rigger opens, and the picture it shows.

python examples/draw_heroine.py FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from layering import write_psd
from layering.artist import heroine


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stack = heroine()
    write_psd(stack, folder / "heroine.psd")
    Image.fromarray(stack.composite()).save(folder / "heroine.png")
    print(f"{len(stack.layers)} layers in {folder / 'heroine.psd'}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out"))
