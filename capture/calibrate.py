"""From signals to parameters: what is neutral and what is much for this user, learned while looking.

`learn` takes a frame into account, `apply` only reads: the live view calls both on every frame, a file is learned as a whole
and then applied, so that its ranges stand still. What is learned is bounded, so that nobody can teach it to stop working.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from capture.lids import LidRanges
from capture.solve import Signals
from capture.usual import Usual

MEMORY = 120.0
"""Seconds after which a moment counts for 1/e."""


REMEMBERED = 20.0
"""Seconds that an earlier session counts for: the user is known at once, and new glasses or a moved camera soon count too."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How the neutral of one signal is learned.

    low, high: the signal's whole range. mean, spread: of people. trust: s that these weigh. bound: how far from the mean the
    user's neutral may be. share: the quantile that is neutral. dead: how far from the mean it counts as the mean: who sits
    almost straight is not straightened, so that the head does not drift while the neutral is being learned.
    """

    low: float
    high: float
    mean: float
    spread: float
    trust: float
    bound: float
    share: float = 0.5
    dead: float = 0.0


_BROW = Channel(-1.5, 1.5, 0.0, 0.6, 0.5, 1.0)
_TILT = Channel(-1.0, 1.5, 0.0, 0.2, 1.0, 0.6)
_LOWER = Channel(-1.0, 0.6, -0.3, 0.1, 3.0, 0.3)
CHANNELS = {
    "yaw": Channel(-60, 60, 0.0, 3.0, 8.0, 8.0, dead=2.0),
    "pitch": Channel(-50, 50, 0.0, 4.0, 8.0, 12.0, dead=2.0),
    "roll": Channel(-50, 50, 0.0, 2.0, 8.0, 4.0, dead=2.0),
    "gaze_x": Channel(-0.8, 0.8, 0.0, 0.08, 6.0, 0.25, dead=0.04),
    "gaze_y": Channel(-0.8, 0.8, 0.15, 0.06, 8.0, 0.15),
    "brow_l": _BROW,
    "brow_r": _BROW,
    "mouth_form": Channel(-1.5, 1.5, 0.0, 0.2, 6.0, 0.25),
    "mouth_open": Channel(-0.5, 1.5, 0.0, 0.06, 2.0, 0.2, 0.2),
    "lower_l": _LOWER,
    "lower_r": _LOWER,
    "tilt_l": _TILT,
    "tilt_r": _TILT,
    "x": Channel(-60, 60, 0.0, 2.0, 0.5, 60.0),
}


class Calibrator:
    """This user's neutral, channel by channel, and the ranges of the lids."""

    def __init__(self, memory: float = MEMORY) -> None:
        self._usual = {n: Usual(c.low, c.high, c.mean, c.spread, c.trust, memory) for n, c in CHANNELS.items()}
        self.lids = LidRanges(memory)

    def learn(self, signals: Signals, dt: float) -> None:
        """Take in signals that lasted `dt` s."""
        for name, usual in self._usual.items():
            usual.learn(getattr(signals, name), dt)
        self.lids.learn((signals.lid_l, signals.lid_r), dt)

    def save(self) -> dict[str, Any]:
        """What was learned of the user, as JSON takes it, for `restore`."""
        return {"usual": {name: usual.save() for name, usual in self._usual.items()}, "lids": self.lids.save()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what `save` gave. Raises ValueError, KeyError or TypeError for anything else; what is then half restored."""
        for name, usual in self._usual.items():
            usual.restore(kept["usual"][name], REMEMBERED)
        self.lids.restore(kept["lids"], REMEMBERED)

    def neutral(self, name: str) -> float:
        """The learned neutral of a channel, within its bound."""
        channel = CHANNELS[name]
        away = self._usual[name].quantile(channel.share) - channel.mean
        past = max(min(abs(away), channel.bound) - channel.dead, 0.0)
        return channel.mean + math.copysign(past, away)

    def apply(self, signals: Signals) -> Signals:
        """Signals as seen from this user's neutral; lids become shares of their range."""
        centred = {name: getattr(signals, name) - self.neutral(name) for name in CHANNELS}
        left, right = self.lids.shares((signals.lid_l, signals.lid_r))
        return replace(signals, **centred, lid_l=left, lid_r=right)
