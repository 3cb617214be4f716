"""Figures of a head's turn that an animator would measure with a ruler, beside what good rigs show.

`kirie check` prints them. They tell how far to trust the curved surface; a figure outside its range is no fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rig.poser import poser_of
from rig.puppet import F32, Part, Puppet

AXIS = "ParamAngleX"
EYES = ("eyewhite", "eye")
WAYS = (("nose moves", ("nose",), 1, 0.18, 0.24), ("eyes move", EYES, 1, 0.14, 0.18),
        ("back hair moves the other way", ("back hair",), -1, 0.03, 0.05))  # fmt: skip
WIDTHS = (("far eye narrows to", "l", 0.78, 0.88), ("near eye stays at", "r", 0.95, 1.03))


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure at the pose, and the range in which good rigs lie."""

    name: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name} {self.value:.2f} ({self.low:g}..{self.high:g})"


def turn_of_head(puppet: Puppet) -> list[Measure]:
    """How features move from rest to the highest ParamAngleX, where the nose points to the picture's right: shares of the
    face's width, and the eyes' widths as shares of those at rest. Features that the puppet lacks are left out.
    """
    highest = next((p.high for p in puppet.parameters if p.name == AXIS), None)
    if highest is None:
        return []
    poser = poser_of(puppet)
    rest, turned = poser.pose({}).vertices, poser.pose({AXIS: highest}).vertices
    return list(_Ruler(puppet, rest, turned).measures())


class _Ruler:
    """Two poses of one puppet: vertices float32 (sum of V, 2) canvas px."""

    def __init__(self, puppet: Puppet, rest: F32, turned: F32) -> None:
        ends = np.cumsum([0, *(len(p.mesh.vertices) for p in puppet.parts)])
        self._parts = [(p, rest[a:b], turned[a:b]) for p, (a, b) in zip(puppet.parts, pairwise(ends), strict=True)]
        self._width = puppet.surface.width

    def measures(self) -> Iterator[Measure]:
        """Those that can be taken."""
        for name, parts, sign, low, high in WAYS:
            moved = self._moved(self._those(parts))
            if moved is not None:
                yield Measure(name, sign * moved / self._width, low, high)
        for name, side, low, high in WIDTHS:
            share = self._narrowed(self._those(EYES, side))
            if share is not None:
                yield Measure(name, share, low, high)

    def _those(self, names: Iterable[str], side: str = "") -> list[tuple[Part, F32, F32]]:
        return [x for x in self._parts if x[0].part in names and (not side or x[0].side == side) and len(x[1])]

    def _moved(self, parts: list[tuple[Part, F32, F32]]) -> float | None:
        """Mean way to the right in px, of what is wholly on the head."""
        ways = [(turned - rest)[part.head > 0.9, 0] for part, rest, turned in parts]
        way = np.concatenate(ways) if ways else np.empty(0)
        return float(way.mean()) if len(way) else None

    def _narrowed(self, parts: list[tuple[Part, F32, F32]]) -> float | None:
        """Width when turned as a share of that at rest."""
        if not parts:
            return None
        before = float(np.ptp(np.concatenate([rest[:, 0] for _, rest, _ in parts])))
        after = float(np.ptp(np.concatenate([turned[:, 0] for _, _, turned in parts])))
        return after / before if before else None
