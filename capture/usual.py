"""What is usual for a user: quantiles of a signal that start from what is usual for people and forget slowly."""

from __future__ import annotations

import math

import numpy as np

BINS = 96
MARKS = (0.0, 0.01, 0.03, 0.08, 0.15, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.97, 0.99, 1.0)
"""The quantiles by which what was learned is kept."""
KEPT = 0.98
"""How much of what is remembered is the user's; the rest is people's, so that nothing is ever ruled out."""
HEAVY = 1e6
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
        self._people = people / people.sum()
        self._seconds = self._people * trust
        self._memory, self._weight = memory, 1.0
        self._low, self._high = low, high
        self._known: dict[float, float] = {}
        self._unseen = 0.0

    def learn(self, value: float, dt: float) -> None:
        """Take in that the signal stood at `value` for `dt` seconds."""
        at = min(max(int((value - self._low) / (self._high - self._low) * BINS), 0), BINS - 1)
        self._weight *= math.exp(dt / self._memory)  # instead of making all that was learned before lighter
        self._seconds[at] += dt * self._weight
        if self._weight > HEAVY:
            self._seconds /= self._weight
            self._weight = 1.0
        self._unseen += dt
        if self._unseen > REFRESH:
            self._unseen = 0.0
            self._known.clear()

    def save(self) -> list[float]:
        """What was learned, as its quantiles at MARKS."""
        return [round(self.quantile(mark), 4) for mark in MARKS]

    def restore(self, marks: list[float], seconds: float) -> None:
        """Take up what `save` gave, as if it had been learned for `seconds`. Raises ValueError for anything else."""
        values = np.asarray(marks, np.float64)
        if values.shape != (len(MARKS),) or not np.isfinite(values).all() or (np.diff(values) < 0).any():
            raise ValueError("not the quantiles of a signal")
        steps = values + np.arange(len(MARKS)) * 1e-9  # interpolation asks for growing ones
        known = np.diff(np.interp(self._edges, steps, MARKS, 0.0, 1.0))
        self._weight = 1.0
        self._seconds = seconds * (KEPT * known + (1 - KEPT) * self._people)
        self._known.clear()

    def quantile(self, share: float) -> float:
        """The value that the signal stays below for `share` of the time."""
        if share not in self._known:
            total = np.concatenate([[0.0], np.cumsum(self._seconds)])
            self._known[share] = float(np.interp(share * total[-1], total, self._edges))
        return self._known[share]
