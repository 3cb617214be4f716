"""How open the eyes are, from the heights of the lids and what is usual for this user.

Each eye has a range of its own, and each lid moves by itself. Near open, where lids wander, the curve is flat. Closed is where
this user's blinks end: with glasses, a turned head or few pixels FaceMesh never sees the lid quite down, and the first blinks
teach how far down it sees it. A blink is told from a squint or a glance by its speed and by both lids falling, and it is
completed where camera or mesh caught only part of it.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from capture.usual import Usual

OPEN_SHARE = 0.9
"""The quantile of the lid's height that is this user's open eye: above narrow moments, below surprise, untouched by blinks."""
OPEN_RANGE = (0.35, 1.00)
CLOSED_PEOPLE = -0.3
"""cm where people's lids end whom the mesh sees well."""
CLOSED_LEAST, CLOSED_MOST = -0.5, 0.4
"""The closed lid is held between so many cm and this share of the open lid."""
CLEAR = 10.0
"""A range is at least so many times what the lid trembles by from one picture to the next: behind a glass's rim or in the dark
the mesh wavers, and what it wavers by must not look like blinks."""
BLINKS = 12
"""The last blinks that tell where closed is: their lower quartile, with one of people's own among them."""
FALL_TIME = 0.2
"""s within which a lid falls that blinks or winks; squints and glances down take longer."""
BACK_TIME = 0.5
"""s after which a lid that is still low did not blink."""
LEARNED_FALL, ALONG = 0.3, 0.4
"""The share of its range that one lid falls in a blink that teaches, and how much of that the other must come along: squints
are one-sided, but a turned face shows only half of what its far lid does."""
LEARNED_CLEAR = 4.0
"""How many times its own trembling a lid falls in a blink that teaches."""
BLINK_FALL, BLINK_GAIN = 0.3, 1.0
"""From this share on a quick fall of both lids is a blink's and goes on down, so much further for each share more."""
TURNED, FAR_HIDDEN = (12.0, 30.0), 0.5
"""Degrees of yaw from which and up to which the far lid's fall is hidden, and how much of it then."""
WINK_FALL, WINK_GAIN = 0.55, 1.0
"""The same for one lid by itself, which may as well be a one-sided squint."""
COMPANY = 0.3
"""The share of a lid's step that the other has to make too, for it not to have moved by itself."""
REUNION = 0.5
"""The share of how far apart the lids were that they are at most after a step that brings them together."""
FLATNESS = 1.4

Pair = tuple[float, float]


class Falls:
    """How far each lid has fallen within FALL_TIME."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float, float]] = deque()

    def update(self, lids: Pair, time: float) -> Pair:
        """How far the (left, right) lids at `time` s are below their highest points of the last FALL_TIME."""
        while self._recent and self._recent[0][0] < time - FALL_TIME:
            self._recent.popleft()
        self._recent.append((time, *lids))
        return max(r[1] for r in self._recent) - lids[0], max(r[2] for r in self._recent) - lids[1]


class LidRanges:
    """Where both lids stand open and closed, in cm."""

    def __init__(self, memory: float) -> None:
        self._usual = tuple(Usual(-0.6, 1.6, 0.62, 0.12, 2.0, memory) for _ in "lr")
        self._steps = tuple(Usual(0.0, 0.5, 0.04, 0.03, 2.0, memory) for _ in "lr")
        self._last: Pair | None = None
        self._ends: deque[Pair] = deque([(CLOSED_PEOPLE, CLOSED_PEOPLE)], BLINKS)
        self._low = (CLOSED_PEOPLE, CLOSED_PEOPLE)
        self._falls = Falls()
        self._time = 0.0
        self._blink: tuple[float, Pair] | None = None

    def learn(self, lids: Pair, dt: float) -> None:
        """Take in that the (left, right) lids stood at these cm for `dt` s."""
        for usual, steps, lid, last in zip(self._usual, self._steps, lids, self._last or lids, strict=True):
            usual.learn(lid, dt)
            if self._last is not None:
                steps.learn(abs(lid - last), dt)
        self._last = lids
        self._time += dt
        self._learn_blink(lids)

    def _learn_blink(self, lids: Pair) -> None:
        """Remember how far down a blink went, once it is over."""
        left, right = self._shares(lids, (CLOSED_PEOPLE, CLOSED_PEOPLE))
        known = min(left, 1.0), min(right, 1.0)
        falls = self._falls.update(known, self._time)
        clear = all(fall > LEARNED_CLEAR * share for fall, share in zip(falls, self._trembles(), strict=True))
        if clear and max(falls) > LEARNED_FALL and min(falls) > ALONG * max(falls):
            start, lowest = self._blink or (self._time, lids)
            self._blink = start, (min(lowest[0], lids[0]), min(lowest[1], lids[1]))
        elif self._blink is not None:
            start, lowest = self._blink
            lowest = min(lowest[0], lids[0]), min(lowest[1], lids[1])
            bottom = self._shares(lowest, (CLOSED_PEOPLE, CLOSED_PEOPLE))
            self._blink = start, lowest
            if max(now - low for now, low in zip(known, bottom, strict=True)) > LEARNED_FALL * 0.7:
                self._ends.append(lowest)
                self._settle()
                self._blink = None
            elif self._time - start > BACK_TIME:
                self._blink = None

    def _trembles(self) -> Pair:
        """What each lid trembles by, as a share of people's range."""
        left, right = (_tremble(s) / (top - CLOSED_PEOPLE) for s, top in zip(self._steps, self.open, strict=True))
        return left, right

    def save(self) -> dict[str, Any]:
        """What was learned, for `restore`."""
        return {"lids": [u.save() for u in self._usual], "steps": [u.save() for u in self._steps],
                "blinks": [[round(x, 3) for x in pair] for pair in self._ends]}  # fmt: skip

    def restore(self, kept: dict[str, Any], seconds: float) -> None:
        """Take up what `save` gave, as if it had been learned for `seconds`. Raises ValueError for anything else."""
        blinks = np.asarray(kept["blinks"], np.float64)
        if blinks.ndim != 2 or blinks.shape[1] != 2 or not 0 < len(blinks) <= BLINKS or not np.isfinite(blinks).all():
            raise ValueError("not the ends of blinks")
        for usual, marks in zip((*self._usual, *self._steps), [*kept["lids"], *kept["steps"]], strict=True):
            usual.restore(marks, seconds)
        self._ends = deque([(float(a), float(b)) for a, b in blinks], BLINKS)
        self._settle()

    def _settle(self) -> None:
        left, right = np.quantile(np.array(self._ends), 0.25, axis=0)
        self._low = float(left), float(right)

    @property
    def open(self) -> Pair:
        """cm of the open lids."""
        left, right = (min(max(u.quantile(OPEN_SHARE), OPEN_RANGE[0]), OPEN_RANGE[1]) for u in self._usual)
        return left, right

    @property
    def closed(self) -> Pair:
        """cm of the closed lids."""
        every = zip(self._low, self.open, self._steps, strict=True)
        left, right = (min(max(low, CLOSED_LEAST), CLOSED_MOST * top, top - CLEAR * _tremble(s)) for low, top, s in every)
        return left, right

    def shares(self, lids: Pair) -> Pair:
        """(left, right) lids in cm as shares of their ranges, 0 closed .. 1 open, beyond both not held."""
        return self._shares(lids, self.closed)

    def _shares(self, lids: Pair, closed: Pair) -> Pair:
        left, right = ((lid - low) / (top - low) for lid, low, top in zip(lids, closed, self.open, strict=True))
        return left, right


def _tremble(steps: Usual) -> float:
    """The standard deviation, in cm, of a lid's step from picture to picture while it does not move on purpose."""
    return 1.48 * steps.quantile(0.5)


class Lids:
    """Both lids in time."""

    def __init__(self) -> None:
        self._falls = Falls()
        self._apart: deque[float] = deque(maxlen=3)
        self._last: Pair | None = None

    def update(self, left: float, right: float, time: float, yaw: float = 0.0) -> Pair:
        """ParamEyeLOpen and ParamEyeROpen of lids at `left` and `right` shares of their ranges at `time` s.

        yaw: degrees; a turned face hides how far its far lid falls.
        """
        left, right = (min(max(share, 0.0), 1.0) for share in (left, right))
        left, right = self._confirmed(left, right)
        falls = self._falls.update((left, right), time)
        hidden = min(max((abs(yaw) - TURNED[0]) / (TURNED[1] - TURNED[0]), 0.0), 1.0) * FAR_HIDDEN
        far = falls[0 if yaw > 0 else 1] / (1 - hidden)
        together = BLINK_GAIN * max(min(falls[1 if yaw > 0 else 0], far) - BLINK_FALL, 0.0)
        return _opening(left, falls[0], together), _opening(right, falls[1], together)


    def _confirmed(self, left: float, right: float) -> Pair:
        """A lid that jumps by itself waits for the next picture: a wink lasts, and what the mesh only imagines does not.

        One that comes to where the other is, late in a blink, does not jump by itself.
        """
        was, self._last = self._last or (left, right), (left, right)
        self._apart.append(left - right)
        usual = sorted(self._apart)[len(self._apart) // 2]
        moved = left - was[0], right - was[1]
        if moved[0] * moved[1] > 0 and min(map(abs, moved)) > COMPANY * max(map(abs, moved)):
            return left, right
        if abs(left - right) < REUNION * abs(was[0] - was[1]):
            return left, right
        if abs(moved[0]) > abs(moved[1]):
            return min(max(right + usual, 0.0), 1.0), right
        return left, min(max(left - usual, 0.0), 1.0)


def _opening(share: float, fall: float, together: float) -> float:
    """What is left open of a lid at `share` after a quick fall is completed to a blink, or a wink."""
    still_open = 1 - (1 - share) ** FLATNESS
    return max(still_open - max(WINK_GAIN * (fall - WINK_FALL), together, 0.0), 0.0)
