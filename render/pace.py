"""How evenly frames come: figures for the panel, the log and the tests."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

KEPT = 600
"""Frames that the figures look back on."""


@dataclass(frozen=True, slots=True)
class Figures:
    """fps: frames a second. p50, p99: ms from frame to frame. work: ms that half of the frames took to compute."""

    fps: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    work: float = 0.0


class Pace:
    """Collects frame times; memory is bounded."""

    def __init__(self) -> None:
        self.frames = 0
        self._last: float | None = None
        self._gaps: deque[float] = deque(maxlen=KEPT)
        self._work: deque[float] = deque(maxlen=KEPT)

    def frame(self, now: float, work: float = 0.0) -> None:
        """A frame was shown at `now`, after `work` seconds of computing."""
        if self._last is not None and now > self._last:
            self._gaps.append(now - self._last)
        self._last = now
        self._work.append(work)
        self.frames += 1

    def figures(self) -> Figures:
        """Of the last frames; zeros before the second."""
        if not self._gaps:
            return Figures()
        gaps = np.array(self._gaps) * 1000
        p50, p99 = (float(x) for x in np.percentile(gaps, (50, 99)))
        return Figures(float(1000 / gaps.mean()), p50, p99, float(np.median(self._work) * 1000))
