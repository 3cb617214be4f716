"""The colour that a stream's chroma key can cut out without biting into the character."""

from __future__ import annotations

import numpy as np

from rig.puppet import F32, Puppet

Colour = tuple[int, int, int]

CANDIDATES: tuple[Colour, ...] = ((0, 255, 0), (0, 0, 255), (255, 0, 255), (0, 255, 255), (255, 255, 0), (255, 0, 0))
"""What chroma keys are made for first: green, then blue."""
PREFERENCE = 0.85
"""An earlier candidate is taken where it is at least so many times as far away as the best."""
NEARLY_NONE = 0.002         # share of the character's pixels that may be nearer: noise, anti-aliasing


def chroma(puppet: Puppet) -> Colour:
    """The candidate whose hue lies furthest from the colours of the puppet's parts, sRGB 0..255."""
    colours = _colours(puppet)
    if not len(colours):
        return CANDIDATES[0]
    away = [float(np.quantile(np.linalg.norm(colours - _chromaticity(np.array([c], np.float32)), axis=1), NEARLY_NONE))
            for c in CANDIDATES]  # fmt: skip
    return next(c for c, distance in zip(CANDIDATES, away, strict=True) if distance >= PREFERENCE * max(away))


def _colours(puppet: Puppet) -> F32:
    """Chromaticity float32 (N, 2) of the opaque pixels of all drawn parts, thinned out."""
    pixels = [part.texture[part.texture[..., 3] > 128][::7, :3] for part in puppet.parts if part.drawn]
    return _chromaticity(np.concatenate(pixels).astype(np.float32)) if pixels else np.zeros((0, 2), np.float32)


def _chromaticity(rgb: F32) -> F32:
    """Blue and red difference, float32 (N, 2), as chroma keys see colour (BT.709)."""
    luma = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    return np.stack([(rgb[:, 2] - luma) / 1.8556, (rgb[:, 0] - luma) / 1.5748], -1).astype(np.float32)
