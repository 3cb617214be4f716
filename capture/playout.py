"""From frames that arrive when they will to values at any moment: the display's rate, without judder and almost without delay.

What is shown at `now` is the performance of `now - lag - delay`. The lag is what the source takes from a moment to its frame
anyway, averaged, so that its jitter does not show; `delay` is half of the source's interval, at most 20 ms. Between frames
values are interpolated; past the newest, angles go on as they went for at most `delay`, everything else holds.
"""

from __future__ import annotations

import statistics
from collections import deque
from itertools import pairwise

from rig.params import ParameterFrame

MOST_DELAY = 0.020
"""s that playing out adds at most to what the source takes by itself."""
STALE = 0.5
"""s without a frame after which there is no face."""
GAP = 0.25
"""s between two frames beyond which nothing is interpolated."""
KEPT = 12
_LAG_SHARE = 0.1


class Playout:
    """Frames in, in order of time; the moment asked for out. Times are s on one clock, `time.monotonic`'s."""

    def __init__(self) -> None:
        self._frames: deque[ParameterFrame] = deque(maxlen=KEPT)
        self._arrived = -1e9
        self._lag = 0.0

    def add(self, frame: ParameterFrame, arrived: float) -> bool:
        """Take in a frame of the moment `frame.time` that was ready at `arrived`; False where it came too late to count.

        Of two of the same moment, as one read from a stream may hold, the later counts.
        """
        if self._frames and frame.time < self._frames[-1].time:
            return False
        if self._frames and frame.time == self._frames[-1].time:
            self._frames.pop()
        late = arrived - frame.time
        fresh = not self._frames or arrived - self._arrived > STALE
        self._lag = late if fresh else self._lag + _LAG_SHARE * (late - self._lag)
        self._arrived = arrived
        self._frames.append(frame)
        return True

    @property
    def delay(self) -> float:
        """s that playing out adds at present."""
        steps = [b.time - a.time for a, b in pairwise(self._frames)]
        return min(statistics.median(steps) / 2, MOST_DELAY) if steps else 0.0

    @property
    def lag(self) -> float:
        """s from a moment to its frame, averaged."""
        return self._lag

    def newest(self, now: float) -> ParameterFrame:
        """The newest frame as it came; without a face when it is stale."""
        if not self._frames or now - self._arrived > STALE:
            return ParameterFrame(now, {}, False)
        return self._frames[-1]

    def at(self, now: float) -> ParameterFrame:
        """What to show at `now`, stamped with it."""
        if not self._frames or now - self._arrived > STALE:
            return ParameterFrame(now, {}, False)
        wanted = now - self._lag - self.delay
        before, after = self._around(wanted)
        if not after.face or not before.face or before is after or after.time - before.time > GAP:
            return ParameterFrame(now, after.values, after.face)
        most = 1 + self.delay / (after.time - before.time)
        share = min((wanted - before.time) / (after.time - before.time), most)
        return ParameterFrame(now, _mixed(before, after, share), True)

    def _around(self, wanted: float) -> tuple[ParameterFrame, ParameterFrame]:
        """The frames before and after a moment; past the newest the last two, before the oldest that one twice."""
        frames = list(self._frames)
        if wanted <= frames[0].time or len(frames) == 1:
            return frames[0], frames[0]
        at = next((i for i, f in enumerate(frames) if f.time >= wanted), len(frames) - 1)
        return frames[at - 1], frames[at]


def _mixed(a: ParameterFrame, b: ParameterFrame, share: float) -> dict[str, float]:
    """From `a` at share 0 to `b` at 1; beyond, only angles go on."""
    values = {}
    for name, end in b.values.items():
        start = a.values.get(name, end)
        values[name] = start + (end - start) * (share if "Angle" in name and "Brow" not in name else min(share, 1.0))
    return values
