"""The one-euro filter: a still face stands still, a fast one is not held back.

Source: Casiez, Roussel and Vogel, "1 € Filter", CHI 2012.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tuning:
    """cutoff: Hz at rest. speed: Hz more for each unit a second. speed_cutoff: Hz, how fast the speed is believed."""

    cutoff: float
    speed: float
    speed_cutoff: float = 3.0


class OneEuro:
    """The filter of one channel; its state is one value and one speed."""

    def __init__(self, tuning: Tuning) -> None:
        self.tuning = tuning
        self._value: float | None = None
        self._speed = 0.0

    def __call__(self, value: float, dt: float) -> float:
        """The smoothed value after `dt` seconds (> 0)."""
        if self._value is None:
            self._value = value
            return value
        step = value - self._value
        self._speed += low_pass_share(self.tuning.speed_cutoff, dt) * (step / dt - self._speed)
        self._value += low_pass_share(self.tuning.cutoff + self.tuning.speed * abs(self._speed), dt) * step
        return self._value

    def reset(self) -> None:
        """Forget everything: the next value passes as it is."""
        self._value, self._speed = None, 0.0


def low_pass_share(cutoff: float, dt: float) -> float:
    """How much of a step a first-order low-pass of `cutoff` Hz takes in `dt` seconds."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff * dt))
