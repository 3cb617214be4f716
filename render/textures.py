"""Textures as the renderers sample them: premultiplied, in floating point, at the density of the output.

A layer that is shown smaller than it was painted is resampled once, with a good filter and on the output's own pixel grid, so
at rest the lines are those of a carefully shrunk picture, and no frame pays for mipmaps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from layering.stack import RGBA
from rig.puppet import F32, Mesh, Part

_FILTER = Image.Resampling.HAMMING          # as sharp as bicubic without rings around dark lines
_REACH = 2                                  # output px that the filter may need beyond the texture's edge


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """pixels: float32 (h, w, 4) premultiplied 0..1, with a transparent border of 1 texel at least, so that clamping fades.

    texels: float32 (V, 2) where each vertex lies in it, in texels (x, y), texel (0, 0) covering [0, 1) x [0, 1).
    """

    pixels: F32
    texels: F32

    @property
    def uv(self) -> F32:
        """float32 (V, 2), the same in 0..1 at the texture's edges."""
        return (self.texels / np.array(self.pixels.shape[1::-1], np.float32)).astype(np.float32)


def density_for(scale: float) -> float:
    """Texels per painted pixel that suit an output of this scale: never more than were painted."""
    return min(1.0, scale)


def prepare(part: Part, density: float) -> Texture:
    """The part's texture at `density` texels per painted pixel (at most 1)."""
    height, width = part.texture.shape[:2]
    painted = part.mesh.uv * np.array([width, height], np.float32)
    if density >= 1:
        return Texture(np.pad(premultiplied(part.texture), ((1, 1), (1, 1), (0, 0))), painted + np.float32(1))
    x, y = _place(part.mesh, painted)
    left, right = _span(x, width, density)
    top, bottom = _span(y, height, density)
    box = (left / density - x, top / density - y, right / density - x, bottom / density - y)
    pixels = _shrunk(premultiplied(part.texture), box, (right - left, bottom - top), density)
    origin = np.array(box[:2], np.float32)
    return Texture(pixels, ((painted - origin) * np.float32(density)).astype(np.float32))


def premultiplied(rgba: RGBA) -> F32:
    """uint8 (h, w, 4) straight → float32 (h, w, 4) premultiplied, 0..1."""
    out = rgba.astype(np.float32)
    out /= 255
    out[..., :3] *= out[..., 3:]
    return out


def _place(mesh: Mesh, painted: F32) -> tuple[float, float]:
    """Canvas px where the texture's corner lies at rest; only sharpness depends on it, never correctness."""
    if len(mesh.vertices) == 0:
        return 0.0, 0.0
    x, y = np.median(mesh.vertices - painted, axis=0)
    return float(x), float(y)


def _span(start: float, length: int, density: float) -> tuple[int, int]:
    """First and last + 1 texel of the canvas-wide grid that hold [start, start + length), with the border."""
    return math.floor(start * density) - 1, math.ceil((start + length) * density) + 1


def _shrunk(pixels: F32, box: tuple[float, float, float, float], size: tuple[int, int], density: float) -> F32:
    """Resample `box` (left, top, right, bottom, in px, may lie outside) of float (h, w, 4) to `size` (w, h)."""
    pad = math.ceil(_REACH / density) + 1
    padded = np.pad(pixels, ((pad, pad), (pad, pad), (0, 0)))
    inside = (box[0] + pad, box[1] + pad, box[2] + pad, box[3] + pad)
    planes = [Image.fromarray(np.ascontiguousarray(padded[..., c])).resize(size, _FILTER, inside) for c in range(4)]
    return np.clip(np.stack([np.asarray(p) for p in planes], -1), 0, 1)
