"""From signals to parameters: what is usual for this user, learned while looking.

First version: fixed ranges around running medians.
"""

from __future__ import annotations

from bisect import insort
from collections import deque

from capture.solve import Signals


class RunningQuantile:
    """A quantile of the last `size` values."""

    def __init__(self, share: float, start: float, size: int = 300) -> None:
        self.share, self.start = share, start
        self._order: deque[float] = deque()
        self._sorted: list[float] = []
        self._size = size

    def update(self, value: float) -> float:
        if len(self._order) == self._size:
            self._sorted.remove(self._order.popleft())
        self._order.append(value)
        insort(self._sorted, value)
        return self.value

    @property
    def value(self) -> float:
        if not self._sorted:
            return self.start
        return self._sorted[int(self.share * (len(self._sorted) - 1))]


class Calibrator:
    """Signals in, parameter values out."""

    def __init__(self) -> None:
        self._lids = {"l": RunningQuantile(0.75, 0.7), "r": RunningQuantile(0.75, 0.7)}
        self._brows = {"l": RunningQuantile(0.5, 0.0), "r": RunningQuantile(0.5, 0.0)}

    def update(self, s: Signals) -> dict[str, float]:
        lids = {side: _unit(raw / max(self._lids[side].update(raw), 0.3)) for side, raw in (("l", s.lid_l), ("r", s.lid_r))}
        brows = {side: max(min((raw - self._brows[side].update(raw)) * 1.5, 1.0), -1.0) for side, raw in (("l", s.brow_l), ("r", s.brow_r))}
        return {
            "ParamAngleX": s.yaw, "ParamAngleY": s.pitch, "ParamAngleZ": s.roll,
            "ParamEyeLOpen": lids["l"], "ParamEyeROpen": lids["r"],
            "ParamEyeBallX": max(min(s.gaze_x * 2.5, 1.0), -1.0), "ParamEyeBallY": max(min(s.gaze_y * 4, 1.0), -1.0),
            "ParamBrowLY": brows["l"], "ParamBrowRY": brows["r"],
            "ParamMouthOpenY": _unit(s.mouth_open * 1.3), "ParamMouthForm": max(min(s.mouth_form, 1.0), -1.0),
        }  # fmt: skip


def _unit(value: float) -> float:
    return max(min(value, 1.0), 0.0)
