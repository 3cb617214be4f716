"""From premultiplied pixels, as they come from the GPU, to straight alpha, as files have it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA

_OPAQUE = 0xFF000000


def to_straight(pixels: RGBA) -> None:
    """Divide colour by alpha in place. pixels: uint8 (h, w, 4), contiguous, premultiplied.

    Most pixels are opaque or empty and stay as they are; only edges are touched, which makes this faster than a shader.
    """
    words = pixels.reshape(-1, 4).view("<u4").reshape(-1)
    edges = np.flatnonzero((words - np.uint32(1)) < np.uint32(_OPAQUE - 1))     # neither 0 (which wraps around) nor opaque
    some = pixels.reshape(-1, 4)[edges]
    some[:, :3] = _QUOTIENTS[some[:, 3:], some[:, :3]]
    pixels.reshape(-1, 4)[edges] = some


def _quotients() -> npt.NDArray[np.uint8]:
    """uint8 (256, 256): 255 x colour / alpha, rounded, by [alpha, colour]; 0 where alpha is 0."""
    alpha, colour = np.mgrid[:256, :256]
    return np.where(alpha > 0, np.minimum((255 * colour + alpha // 2) // np.maximum(alpha, 1), 255), 0).astype(np.uint8)


_QUOTIENTS = _quotients()
