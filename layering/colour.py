"""Colour as the eye sees it: OKLab (Björn Ottosson, 2020), in which equal distances look about equally different."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]

_TO_LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                    [0.0883024619, 0.2817188376, 0.6299787005]], np.float32)  # fmt: skip
_TO_LAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                    [0.0259040371, 0.7827717662, -0.8086757660]], np.float32)  # fmt: skip
_CURVE = np.where(np.arange(256) / 255 <= 0.04045, np.arange(256) / 255 / 12.92,
                  ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4).astype(np.float32)  # fmt: skip


def oklab(rgb: npt.NDArray[np.uint8]) -> F32:
    """uint8 sRGB (..., 3) → float32 (..., 3): L 0..1, a and b about -0.4..0.4. Neighbouring flat tones differ by 0.03 up."""
    return np.cbrt(_CURVE[rgb] @ _TO_LMS.T) @ _TO_LAB.T
