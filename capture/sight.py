"""What the picture shows of the lids, held against what the mesh says of them.

The mesh is fine but believes that eyes look as they mostly do: behind a rim it misses blinks, and imagines others. The picture
is coarse: a crease or a shadow moves it as much as a squint does, but what is shut looks shut. So the mesh's word counts
between open and narrow, and the picture deepens a fall that the mesh hardly sees and lifts one that it does not see itself.
"""

from __future__ import annotations

from typing import Any

from capture.eyes import Seen
from capture.solve import Signals
from capture.usual import Usual

OPEN_SHARE = 0.6
"""The quantile of an eye's look that is this user's open one."""
OPEN_RANGE = (0.4, 1.0)
SHUT = 0.12
"""How open a shut eye looks."""
NARROW, CLOSED = 0.35, 0.75
"""Shares of the way from open to shut between which a look says from nothing to everything of a blink."""
DEEPENED = 0.9
"""How much of what the picture alone sees of a fall counts."""
UNSEEN = 0.35
"""How far a lid may fall in the mesh without being seen to: a squint, a look down."""
ALONE, BOTH = 0.35, 1.5
"""How far one picture of one eye may close it while the mesh leaves its lid up, the other eye is open, or it was open in the
picture before; and how much further for each share that the mesh has it fall. A wink shows in the mesh, and a blink lasts for
more than one picture; a gleam or a rim that passes an eye does neither."""
DOUBT = (0.17, 0.3)
"""Between these spreads the picture's word goes from full to nothing, as behind a black pane."""

Pair = tuple[float, float]


class Sight:
    """How this user's open eyes look."""

    def __init__(self, memory: float) -> None:
        self._usual = tuple(Usual(-0.2, 1.3, 0.8, 0.08, 1.0, memory) for _ in "lr")
        self._last = (0.0, 0.0)

    def learn(self, signals: Signals, dt: float) -> None:
        """Take in how the eyes looked for `dt` s; nothing where there was no picture of them."""
        for usual, look in zip(self._usual, (signals.look_l, signals.look_r), strict=True):
            if look is not None:
                usual.learn(look.open, dt)

    def save(self) -> list[Any]:
        """What was learned, for `restore`."""
        return [usual.save() for usual in self._usual]

    def restore(self, kept: list[Any], seconds: float) -> None:
        """Take up what `save` gave, as if it had been learned for `seconds`. Raises ValueError for anything else."""
        for usual, marks in zip(self._usual, kept, strict=True):
            usual.restore(marks, seconds)

    def agreed(self, shares: Pair, signals: Signals) -> Pair:
        """The mesh's (left, right) lids, shares of their ranges, mended by what the picture shows."""
        left, right = signals.look_l, signals.look_r
        if left is None or right is None:
            return shares
        seen, last = (self._seen(left, 0), self._seen(right, 1)), self._last
        self._last = seen
        fallen = min(max(1 - shares[0], 0.0), 1.0), min(max(1 - shares[1], 0.0), 1.0)
        return (
            shares[0] - trust(left.spread) * _mended(fallen[0], seen[0], min(seen[1], last[0])),
            shares[1] - trust(right.spread) * _mended(fallen[1], seen[1], min(seen[0], last[1])),
        )

    def _seen(self, look: Seen, side: int) -> float:
        """How much of a blink one eye looks like, 0..1."""
        opened = min(max(self._usual[side].quantile(OPEN_SHARE), OPEN_RANGE[0]), OPEN_RANGE[1])
        way = ((opened - look.open) / (opened - SHUT) - NARROW) / (CLOSED - NARROW)
        return min(max(way, 0.0), 1.0)


def trust(spread: float) -> float:
    """How much the picture's word counts, 0..1."""
    return min(max((DOUBT[1] - spread) / (DOUBT[1] - DOUBT[0]), 0.0), 1.0)


def _mended(fallen: float, seen: float, witnessed: float) -> float:
    """How much further one lid is down than the mesh has it `fallen`, by what is seen of its eye, now and where else."""
    believed = min(seen, max(witnessed, BOTH * fallen) + ALONE)
    return DEEPENED * max(believed - fallen, 0.0) - max(fallen - seen - UNSEEN, 0.0)
