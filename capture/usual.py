"""What is usual for a user: quantiles of a signal that start from what is usual for people and forget slowly."""

from __future__ import annotations

import math

import numpy as np

BINS = 96
REFRESH = 0.15
"""s to learn before the quantiles are looked up again: they move slowly, and counting costs more than solving."""


class Usual:
    """A fading histogram of one signal between `low` and `high`.

    It starts with `trust` seconds' worth of people in general (mean and spread of a normal distribution), so the first frames
    are already in range and the user's own soon outweigh them. `memory`: s after which a moment counts for 1/e.
    """

    def __init__(self, low: float, high: float, mean: float, spread: float, trust: float, memory: float) -> None:
        self._edges = np.linspace(low, high, BINS + 1)
        middle = (self._edges[1:] + self._edges[:-1]) / 2
        people = np.exp(-(((middle - mean) / spread) ** 2) / 2)
        self._seconds = people * (trust / people.sum())
        self._memory = memory
        self._known: dict[float, float] = {}
        self._unseen = 0.0

    def learn(self, value: float, dt: float) -> None:
        """Take in that the signal stood at `value` for `dt` seconds."""
        low, high = self._edges[0], self._edges[-1]
        at = min(max(int((value - low) / (high - low) * BINS), 0), BINS - 1)
        self._seconds *= math.exp(-dt / self._memory)
        self._seconds[at] += dt
        self._unseen += dt
        if self._unseen > REFRESH:
            self._unseen = 0.0
            self._known.clear()

    def quantile(self, share: float) -> float:
        """The value that the signal stays below for `share` of the time."""
        if share not in self._known:
            total = np.concatenate([[0.0], np.cumsum(self._seconds)])
            self._known[share] = float(np.interp(share * total[-1], total, self._edges))
        return self._known[share]
