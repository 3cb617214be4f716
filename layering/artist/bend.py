"""One construction in other hands: a drawing stretched, slanted and bent by smooth waves, lines that tremble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layering.artist.palette import Rng
from layering.artist.shapes import Curve

Wave = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bend:
    """A smooth map of the plane, in units, that keeps what overlaps together.

    wide: stretch of x. slant: how far x moves by y. waves: (kx, ky, phase, dx, dy) of sines, k in radians a unit.
    """

    wide: float = 1.0
    slant: float = 0.0
    waves: tuple[Wave, ...] = ()

    def __call__(self, curve: Curve) -> Curve:
        """The curve (N, 2), bent."""
        x, y = np.asarray(curve, np.float64).T
        out = np.stack([x * self.wide + y * self.slant, y], 1)
        for kx, ky, phase, dx, dy in self.waves:
            out += np.sin(x * kx + y * ky + phase)[:, None] * (dx, dy)
        return out


def random_bend(rng: Rng) -> Bend:
    """Most characters are bent a little and unevenly, some are drawn with a trembling hand."""
    waves: list[Wave] = []
    if rng.random() < 0.75:
        steep = 0.16 * rng.beta(1.2, 1.6)
        waves += [_wave(rng, rng.uniform(160, 900), steep / 2) for _ in range(4)]
    if rng.random() < 0.15:
        steep = rng.uniform(0.03, 0.09)
        waves += [_wave(rng, rng.uniform(14, 50), steep / 2) for _ in range(4)]
    wide = rng.normal(1, 0.07) if rng.random() < 0.6 else 1.0
    return Bend(float(np.clip(wide, 0.82, 1.2)), rng.normal(0, 0.03) if rng.random() < 0.3 else 0.0, tuple(waves))


def _wave(rng: Rng, length: float, steep: float) -> Wave:
    """A sine of `length` units in any direction, that shears by at most `steep`."""
    k, a, b = 2 * np.pi / length, rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    high = steep / k
    return k * np.cos(a), k * np.sin(a), rng.uniform(0, 2 * np.pi), high * np.cos(b), high * np.sin(b)
