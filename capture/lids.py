"""How open one eye is, from the height of its lid and what is usual for this user.

Each eye by itself. The curve is flat near open, where lids wander, and reaches closed for this user: with glasses FaceMesh
never sees the lid quite down, so the lowest points of dips teach where closed is. A blink is told from a squint by its speed,
and is completed where the camera or the mesh caught only part of it.
"""

from __future__ import annotations

from collections import deque

from capture.usual import Usual

OPEN_SHARE = 0.7
"""The quantile of the lid's height that is this user's open eye: above narrow moments, below surprise, untouched by blinks."""
OPEN_RANGE = (0.35, 1.00)
CLOSED_START, CLOSED_LEAST, CLOSED_MOST = -0.3, -0.5, 0.35
DIP = 0.45
"""A drop of this share within DIP_TIME is a blink's, not a squint's or a glance down."""
DIP_TIME = 0.2
DIP_GAIN = 1.0
LEARNED_DIP, BACK = 0.48, 0.7
"""A blink goes below the first and back over the second share of what people's lids do ..."""
BLINK_TIME = 0.4
"""... within these seconds."""
FLATNESS = 1.4


class LidRange:
    """Where one eye's lid stands open and closed, in cm."""

    def __init__(self, memory: float) -> None:
        self._usual = Usual(-0.6, 1.6, 0.62, 0.12, 2.0, memory)
        self._closed = CLOSED_START
        self._lowest: float | None = None
        self._low_for = 0.0

    def learn(self, height: float, dt: float) -> None:
        """Take in `height` cm that lasted `dt` s. Long narrow looks lower the open level slowly, blinks do not."""
        self._usual.learn(height, dt)
        self._learn_closed(height, dt)

    def _learn_closed(self, height: float, dt: float) -> None:
        """The lowest point of a dip that is over as soon as a blink is closed."""
        share = (height - CLOSED_START) / (self.open - CLOSED_START)
        if share < LEARNED_DIP:
            self._lowest = height if self._lowest is None else min(self._lowest, height)
            self._low_for += dt
        elif self._lowest is not None and share > BACK:
            if self._low_for < BLINK_TIME:
                self._closed += 0.3 * (self._lowest - self._closed)
            self._lowest, self._low_for = None, 0.0

    @property
    def open(self) -> float:
        """cm of the open eye."""
        return min(max(self._usual.quantile(OPEN_SHARE), OPEN_RANGE[0]), OPEN_RANGE[1])

    @property
    def closed(self) -> float:
        """cm of the closed eye."""
        return min(max(self._closed, CLOSED_LEAST), CLOSED_MOST * self.open)

    def share(self, height: float) -> float:
        """0 closed .. 1 open, beyond both not held."""
        low = self.closed
        return (height - low) / (self.open - low)


class Lid:
    """The moving lid of one eye: remembers the last DIP_TIME seconds, to know a blink by its speed."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque()

    def update(self, share: float, time: float) -> float:
        """ParamEye?Open of the lid at `share` of its range at `time` s."""
        share = min(max(share, 0.0), 1.0)
        while self._recent and self._recent[0][0] < time - DIP_TIME:
            self._recent.popleft()
        self._recent.append((time, share))
        drop = max(s for _, s in self._recent) - share
        still_open = 1 - (1 - share) ** FLATNESS
        return max(still_open - DIP_GAIN * max(drop - DIP, 0.0), 0.0)
