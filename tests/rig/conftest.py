"""A small character of ellipses, 256 x 320 px, with everything that the auto-rig looks for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from layering.stack import Layer, LayerStack

W, H = 256, 320


def shape(name: str, part: str, colour: tuple[int, int, int], *ellipses: tuple[int, int, int, int], side: str = "",
          state: str = "", shown: bool = True) -> Layer:  # fmt: skip
    """A cropped, anti-aliased layer of filled ellipses (cx, cy, rx, ry)."""
    alpha = np.zeros((H, W), np.uint8)
    for cx, cy, rx, ry in ellipses:
        cv2.ellipse(alpha, (cx, cy), (rx, ry), 0, 0, 360, 255, -1, cv2.LINE_AA)
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    rgba = np.zeros((*alpha[box].shape, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = colour, alpha[box]
    return Layer(name, part, rgba, (int(columns[0]), int(rows[0])), side, state=state, shown=shown)


def little_girl(nose: int = 128, tilt: int = 0) -> LayerStack:
    """The character; `nose` is the column of her nose, `tilt` lowers her left eye by so many px."""
    skin, hair, dark = (250, 220, 200), (90, 60, 50), (40, 30, 40)
    layers = [shape("back hair", "back hair", hair, (128, 110, 72, 90)),
              shape("neck", "neck", (230, 190, 170), (128, 205, 18, 30)),
              shape("topwear", "topwear", (60, 70, 120), (128, 330, 100, 110)),
              shape("ears-l", "ears", skin, (180, 130, 10, 16), side="l"),
              shape("ears-r", "ears", skin, (76, 130, 10, 16), side="r"),
              shape("face", "face", skin, (128, 120, 52, 64)),
              shape("nose", "nose", (220, 170, 150), (nose, 145, 3, 4)),
              shape("mouth", "mouth", (150, 60, 60), (nose, 162, 12, 2))]  # fmt: skip
    for side, x, dy in (("r", 104, 0), ("l", 152, tilt)):
        layers += [shape(f"eyewhite-{side}", "eyewhite", (255, 255, 255), (x, 126 + dy, 14, 9), side=side),
                   shape(f"irides-{side}", "irides", (70, 110, 190), (x, 126 + dy, 7, 8), side=side),
                   shape(f"eyelash-{side}", "eyelash", dark, (x, 117 + dy, 16, 3), side=side),
                   shape(f"eyebrow-{side}", "eyebrow", dark, (x, 104 + dy, 15, 2), side=side)]  # fmt: skip
    layers.append(shape("front hair", "front hair", hair, (128, 80, 62, 28), (80, 120, 14, 50), (176, 120, 14, 50)))
    return LayerStack((W, H), tuple(layers))


@pytest.fixture(scope="session")
def girl() -> LayerStack:
    """The character facing us."""
    return little_girl()
