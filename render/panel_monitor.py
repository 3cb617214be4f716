"""What came in over the last seconds, channel by channel: as the tracker solved it, and as it was played out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from render.panel_atlas import F32

SECONDS = 6.0
RATE = 30.0
"""Samples a second that are kept at most."""
_KEPT = round(SECONDS * RATE)


class Monitor:
    """A ring of samples; memory is bounded."""

    def __init__(self, channels: Sequence[str]) -> None:
        self.channels = tuple(channels)
        self._number = {name: i for i, name in enumerate(self.channels)}
        self._values = np.full((2, len(self.channels), _KEPT), np.nan, np.float32)
        self._times = np.full(_KEPT, -np.inf)
        self._next = 0
        self._last = -np.inf
        self._found: tuple[tuple[float, float], npt.NDArray[np.intp], F32] | None = None

    def add(self, now: float, raw: Mapping[str, float], smoothed: Mapping[str, float]) -> None:
        """What came in at `now` (s); a channel that says nothing has a gap."""
        if now - self._last < 0.9 / RATE:
            return
        self._last = now
        slot = self._next
        self._next = (slot + 1) % _KEPT
        self._times[slot] = now
        self._values[:, :, slot] = np.nan
        for line, values in enumerate((raw, smoothed)):
            for name, value in values.items():
                if (number := self._number.get(name)) is not None:
                    self._values[line, number, slot] = value

    def curves(self, channel: str, now: float) -> tuple[F32, F32]:
        """(raw, smoothed), each float32 (N, 2): seconds before `now` (0 .. -SECONDS, growing) and the value, or NaN."""
        slots, ago = self._recent(now)
        raw, smoothed = self._values[:, self._number[channel]][:, slots]
        return np.stack([ago, raw], -1), np.stack([ago, smoothed], -1)

    def _recent(self, now: float) -> tuple[npt.NDArray[np.intp], F32]:
        """Slots of the last seconds, oldest first, and their seconds before `now`; all channels of a frame ask for the same."""
        if self._found is None or self._found[0] != (now, self._last):
            order = np.roll(np.arange(_KEPT), -self._next)
            ago = (self._times[order] - now).astype(np.float32)
            fresh = (ago > -SECONDS) & (ago <= 0)
            self._found = (now, self._last), order[fresh], ago[fresh]
        return self._found[1:]
