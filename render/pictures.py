"""Pixels as the film formats want them: checked, on a background, or with colour bled under what is transparent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from kirie.errors import RenderError
from layering.stack import RGBA

_REACH = 3          # times that colour spreads, each time twice as far: 8 px, a block of the codecs


def checked(frames: Iterable[RGBA]) -> Iterator[RGBA]:
    """The same frames. Raises RenderError for one that is no uint8 (h, w, 4) array or has another size than the first."""
    shape = None
    for number, frame in enumerate(frames):
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 4 or 0 in frame.shape:
            raise RenderError(f"frame {number} of the film is no uint8 RGBA picture, but {frame.dtype} {frame.shape}")
        if frame.shape != (shape or frame.shape):
            raise RenderError(f"frame {number} of the film has another size than the first")
        shape = frame.shape
        yield frame
    if shape is None:
        raise RenderError("there is no frame to write", "the take or the video was empty")


def flattened(rgba: RGBA, background: tuple[int, int, int]) -> RGBA:
    """uint8 (h, w, 4), opaque: straight-alpha `rgba` over an sRGB colour."""
    import cv2

    alpha = cv2.extractChannel(rgba, 3)
    if int(alpha.min()) == 255:
        return rgba
    out = rgba.copy()
    out[alpha == 0] = (*background, 255)
    rows, columns = np.nonzero((alpha > 0) & (alpha < 255))
    share = alpha[rows, columns, None].astype(np.uint16)
    mixed = out[rows, columns, :3] * share + np.array(background, np.uint16) * (255 - share)
    out[rows, columns, :3] = (mixed + 127) // 255
    out[..., 3] = 255
    return out


def bled(rgba: RGBA) -> RGBA:
    """The same picture with the colour of its edges spread under the transparent pixels around them.

    Codecs keep colour at half the resolution and in blocks: black under what is transparent would darken every edge.
    """
    import cv2

    out = rgba.copy()
    alpha = cv2.extractChannel(rgba, 3)
    unknown = alpha == 0
    if not unknown.any() or unknown.all():
        return out
    weight = (alpha.astype(np.float32) / 255)[..., None]
    spread = np.concatenate([rgba[..., :3] * weight, weight], -1)
    for step in range(_REACH + 1):
        side = 2 ** (step + 1) + 1
        near = cv2.blur(spread, (side, side))
        found = unknown & (near[..., 3] > 1e-3)
        out[found, :3] = np.clip(near[found, :3] / near[found, 3:] + 0.5, 0, 255)
        unknown &= ~found
    out[unknown, :3] = out[found, :3].mean(0) if found.any() else 0
    return out


def even(rgba: RGBA) -> RGBA:
    """The same picture with its last column and row repeated where its width or height is odd: H.264 needs even sizes."""
    height, width = rgba.shape[:2]
    return np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge") if height % 2 or width % 2 else rgba
