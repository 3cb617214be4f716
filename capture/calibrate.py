"""From signals to parameters: what is neutral and what is much for this user, learned while looking.

`learn` takes a frame into account, `apply` learns nothing: the live view calls both on each frame, a file is learned as a whole
and then applied, so that its ranges stand still. What is learned is bounded, so that nobody can teach it to stop working.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from capture.lids import LidRanges
from capture.sight import Sight
from capture.solve import Signals
from capture.usual import Usual

MEMORY = 120.0
"""Seconds after which a moment counts for 1/e."""
PEOPLE = 0.02
"""Seconds that people in general count for beside the user's own moments."""
REMEMBERED = 20.0
"""Seconds that an earlier session counts for: the user is known at once, and new glasses or a moved camera soon count too."""
STRAY = 2.0
"""s after which somebody's momentary pose tells something new: heads and brows linger."""
FIRST = 0.3
"""s in which a neutral follows its estimate at once, while the mesh settles on the face."""
SURE = 2.0
"""Standard errors that the estimate has to be away from a neutral before this follows: what may be chance moves nothing."""
DRIFT = 10.0
"""s in which a neutral comes up to what is sure, to 1/e."""


@dataclass(frozen=True, slots=True)
class Channel:
    """How the neutral of one signal is learned.

    low, high: the signal's whole range. mean, spread: of people's neutrals. wander: how far one person strays from their own.
    bound: how far from the mean the user's neutral may be. share: the quantile that is neutral.
    """

    low: float
    high: float
    mean: float
    spread: float
    wander: float
    bound: float
    share: float = 0.5


_BROW = Channel(-1.5, 1.5, 0.0, 0.6, 0.25, 1.0)
_TILT = Channel(-1.0, 1.5, 0.0, 0.2, 0.1, 0.6)
_LOWER = Channel(-1.0, 0.6, -0.3, 0.1, 0.1, 0.3)
CHANNELS = {
    "yaw": Channel(-60, 60, 0.0, 5.0, 6.0, 8.0),
    "pitch": Channel(-50, 50, 0.0, 6.0, 4.0, 12.0),
    "roll": Channel(-50, 50, 0.0, 2.5, 4.0, 4.0),
    "gaze_x": Channel(-0.8, 0.8, 0.0, 0.08, 0.12, 0.25),
    "gaze_y": Channel(-0.8, 0.8, 0.15, 0.06, 0.08, 0.15),
    "brow_l": _BROW,
    "brow_r": _BROW,
    "mouth_form": Channel(-1.5, 1.5, 0.0, 0.2, 0.6, 0.25),
    "mouth_open": Channel(-0.5, 1.5, 0.0, 0.06, 0.15, 0.2, 0.2),
    "lower_l": _LOWER,
    "lower_r": _LOWER,
    "tilt_l": _TILT,
    "tilt_r": _TILT,
    "x": Channel(-60, 60, 0.0, 10.0, 2.0, 60.0),
}


class Neutral:
    """One signal's neutral for this user: there from the first frame, and calm from then on.

    The first frame is the best guess of how somebody sits, as far as people's neutrals differ more than one person strays;
    what is seen later counts as far as it cannot be chance. So nothing slides while the user is being learned.
    """

    def __init__(self, channel: Channel, memory: float) -> None:
        self._channel = channel
        self._usual = Usual(channel.low, channel.high, channel.mean, channel.spread, PEOPLE, memory)
        self._memory, self._seconds = memory, 0.0
        self._value: float | None = None

    @property
    def value(self) -> float:
        """The neutral, within its bound."""
        return self._channel.mean if self._value is None else self._value

    def learn(self, signal: float, dt: float) -> None:
        """Take in that the signal stood at this for `dt` s."""
        self._usual.learn(signal, dt)
        self._seconds = min(self._seconds + dt, self._memory)
        if self._value is None or self._seconds < FIRST:
            self.settle()
        else:
            past = self._estimate() - self._value
            unsure = SURE * self._channel.wander * math.sqrt(self._chance())
            self._value += math.copysign(max(abs(past) - unsure, 0.0), past) * (1 - math.exp(-dt / DRIFT))

    def settle(self) -> None:
        """Be at once what all that was learned says."""
        self._value = self._estimate()

    def save(self) -> list[float]:
        """What was learned, for `restore`."""
        return self._usual.save()

    def restore(self, marks: list[float]) -> None:
        """Take up what `save` gave. Raises ValueError for anything else."""
        self._usual.restore(marks, REMEMBERED)
        self._seconds = REMEMBERED
        self.settle()

    def _estimate(self) -> float:
        """Between people's and the user's own, by how much of the user's is chance."""
        channel = self._channel
        own = channel.spread**2 / (channel.spread**2 + channel.wander**2 * self._chance())
        away = own * (self._usual.quantile(channel.share) - channel.mean)
        return channel.mean + min(max(away, -channel.bound), channel.bound)

    def _chance(self) -> float:
        """The share of somebody's straying that their average so far may still be off by, squared."""
        return STRAY / (STRAY + self._seconds)


class Calibrator:
    """This user's neutral, channel by channel, and the ranges of the lids."""

    def __init__(self, memory: float = MEMORY) -> None:
        self._neutrals = {name: Neutral(channel, memory) for name, channel in CHANNELS.items()}
        self.lids, self.sight = LidRanges(memory), Sight(memory)

    def learn(self, signals: Signals, dt: float) -> None:
        """Take in signals that lasted `dt` s."""
        for name, neutral in self._neutrals.items():
            neutral.learn(getattr(signals, name), dt)
        self.lids.learn((signals.lid_l, signals.lid_r), dt)
        self.sight.learn(signals, dt)

    def save(self) -> dict[str, Any]:
        """What was learned of the user, as JSON takes it, for `restore`."""
        usual = {name: neutral.save() for name, neutral in self._neutrals.items()}
        return {"usual": usual, "lids": self.lids.save(), "sight": self.sight.save()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Take up what `save` gave. Raises ValueError, KeyError or TypeError for anything else; what is then half restored."""
        for name, neutral in self._neutrals.items():
            neutral.restore(kept["usual"][name])
        self.lids.restore(kept["lids"], REMEMBERED)
        if "sight" in kept:  # notes of the first versions have none
            self.sight.restore(kept["sight"], REMEMBERED)

    def settle(self) -> None:
        """Nothing more will be learned: take all that was."""
        for neutral in self._neutrals.values():
            neutral.settle()

    def neutral(self, name: str) -> float:
        """The learned neutral of a channel, within its bound."""
        return self._neutrals[name].value

    def apply(self, signals: Signals) -> Signals:
        """Signals as seen from this user's neutral; lids become shares of their range."""
        centred = {name: getattr(signals, name) - self.neutral(name) for name in CHANNELS}
        meshed = self.lids.shares((signals.lid_l, signals.lid_r))
        left, right = self.sight.agreed(meshed, signals)
        return replace(signals, **centred, lid_l=left, lid_r=right, iris=max(meshed), turned=signals.yaw)
