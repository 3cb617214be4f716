"""What the picture shows of the lids, held against what the mesh says of them.

The mesh is fine but believes that eyes look as they mostly do: behind a rim it misses blinks, and imagines others. The picture
is coarse: a crease or a shadow moves it as much as a squint does, but what is shut looks shut. So the mesh's word counts
between open and narrow, and the picture deepens a fall that the mesh hardly sees and lifts one that it does not see itself.
"""

from __future__ import annotations

from typing import Any

from capture.solve import Signals
from capture.usual import Usual

OPEN_SHARE = 0.6
"""The quantile of an eye's look that is this user's open one."""
OPEN_RANGE = (0.5, 1.0)
SHUT = 0.12
"""How open a shut eye looks."""
NARROW, CLOSED = 0.35, 0.75
"""Shares of the way from open to shut between which a look says from nothing to everything of a blink."""
DEEPENED = 0.9
"""How much of what the picture alone sees of a fall counts."""
UNSEEN = 0.35
"""How far a lid may fall in the mesh without being seen to: a squint, a look down."""
DOUBT = (0.15, 0.3)
"""Between these spreads the picture's word goes from full to nothing, as behind a black pane."""

Pair = tuple[float, float]


class Sight:
    """How this user's open eyes look."""

    def __init__(self, memory: float) -> None:
        self._usual = tuple(Usual(-0.2, 1.3, 0.8, 0.08, 1.0, memory) for _ in "lr")

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
        looks = signals.look_l, signals.look_r
        left, right = (
            share if look is None else _mended(share, look.open, trust(look.spread), usual.quantile(OPEN_SHARE))
            for share, look, usual in zip(shares, looks, self._usual, strict=True)
        )
        return left, right


def trust(spread: float) -> float:
    """How much the picture's word counts, 0..1."""
    return min(max((DOUBT[1] - spread) / (DOUBT[1] - DOUBT[0]), 0.0), 1.0)


def _mended(share: float, look: float, trusted: float, usual: float) -> float:
    """One lid's share: the picture deepens its fall, or lifts it."""
    opened = min(max(usual, OPEN_RANGE[0]), OPEN_RANGE[1])
    way = ((opened - look) / (opened - SHUT) - NARROW) / (CLOSED - NARROW)
    seen, fallen = min(max(way, 0.0), 1.0), min(max(1 - share, 0.0), 1.0)
    return share - trusted * (DEEPENED * max(seen - fallen, 0.0) - max(fallen - seen - UNSEEN, 0.0))
