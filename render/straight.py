"""From premultiplied pixels, as they come from the GPU, to straight alpha, as files have it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA

_OPAQUE = 0xFF000000
_ROWS = 128             # at a time, so that they stay in the processor's cache


def to_straight(pixels: RGBA) -> None:
    """Divide colour by alpha in place. pixels: uint8 (h, w, 4), premultiplied; may be a box of a larger picture.

    Most pixels are opaque or empty and stay as they are; only edges are touched, which makes this faster than a shader.
    """
    words = pixels.view("<u4")[..., 0]
    for top in range(0, len(words), _ROWS):
        rows = words[top : top + _ROWS]
        edges = (rows - np.uint32(1)) < np.uint32(_OPAQUE - 1)      # neither 0, which wraps around, nor opaque
        some = rows[edges].view(np.uint8).reshape(-1, 4)
        some[:, :3] = _QUOTIENTS[some[:, 3:], some[:, :3]]
        rows[edges] = some.view("<u4")[:, 0]


def _quotients() -> npt.NDArray[np.uint8]:
    """uint8 (256, 256): 255 x colour / alpha, rounded, by [alpha, colour]; 0 where alpha is 0."""
    alpha, colour = np.mgrid[:256, :256]
    return np.where(alpha > 0, np.minimum((255 * colour + alpha // 2) // np.maximum(alpha, 1), 255), 0).astype(np.uint8)


_QUOTIENTS = _quotients()
