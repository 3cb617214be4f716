"""The craft of a head turn in numbers: how far nose, eyes and hair go, as a rigger would aim them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rig.poser import pose
from rig.puppet import F32, Puppet

FULL = 30.0
AIMS: dict[str, tuple[float, float]] = {
    "nose moves, % of the face": (18, 24),
    "eyes move, % of the face": (14, 18),
    "far eye's width": (0.78, 0.88),
    "near eye's width": (0.95, 1.03),
    "back hair goes back, % of the face": (3, 5),
    "far ear slides in, % of the face": (2, 15),
}
"""What to aim at, lowest and highest, at 30 of ParamAngleX."""


@dataclass(frozen=True, slots=True)
class Craft:
    """One number of a full turn to the picture's left (turn < 0) or right: what is measured, its value, and what to aim at."""

    turn: float
    name: str
    value: float
    low: float
    high: float

    @property
    def good(self) -> bool:
        return self.low <= self.value <= self.high


def craft(puppet: Puppet) -> list[Craft]:
    """The numbers of AIMS for a full turn to each side, as far as the puppet has the parts and the range (30 from rest)."""
    parameter = next((p for p in puppet.parameters if p.name == "ParamAngleX"), None)
    out: list[Craft] = []
    for way in (-1, 1) if parameter else ():
        assert parameter is not None
        turn = parameter.default + way * FULL
        if parameter.low <= turn <= parameter.high:
            turned = _Turned(puppet, turn, way)
            out += [Craft(turn, name, value, *AIMS[name]) for name, value in turned.numbers().items()]
    return out


class _Turned:
    """A puppet at rest and turned fully to one side (way -1 or 1)."""

    def __init__(self, puppet: Puppet, turn: float, way: int) -> None:
        self._puppet, self._way = puppet, way
        self._rest, self._now = pose(puppet, {}).vertices, pose(puppet, {"ParamAngleX": turn}).vertices
        ends = np.cumsum([0, *(len(p.mesh.vertices) for p in puppet.parts)])
        self._starts = [int(e) for e in ends]

    def numbers(self) -> dict[str, float]:
        far, near = ("l", "r") if self._way > 0 else ("r", "l")     # the character's left is the picture's right
        shares = {"nose moves, % of the face": self._shift("nose"),
                  "eyes move, % of the face": self._shift("eyewhite", "irides", "eye"),
                  "back hair goes back, % of the face": -self._shift("back hair"),
                  "far ear slides in, % of the face": self._ear(far)}  # fmt: skip
        widths = {"far eye's width": self._width(far), "near eye's width": self._width(near)}
        return {name: value for name, value in (shares | widths).items() if np.isfinite(value)}

    def _points(self, *kinds: str, side: str | None = None) -> tuple[F32, F32]:
        """Vertices (N, 2) at rest and turned of the first of some kinds that the puppet shows at rest."""
        for kind in kinds:
            picked = [i for i, p in enumerate(self._puppet.parts) if p.part == kind and p.drawn and side in (None, p.side)]
            if picked:
                rows = np.concatenate([np.arange(self._starts[i], self._starts[i + 1]) for i in picked])
                return self._rest[rows], self._now[rows]
        return self._rest[:0], self._now[:0]

    def _shift(self, *kinds: str) -> float:
        """How far some parts (of back hair, its middle half) go with the turn, % of the face's width."""
        rest, now = self._points(*kinds)
        if not len(rest):
            return float("nan")
        low, high = rest[:, 0].min(), rest[:, 0].max()
        inner = np.abs(rest[:, 0] - (low + high) / 2) <= (high - low) / 4
        moved = (now - rest)[inner if inner.any() and "back hair" in kinds else slice(None), 0]
        return float(moved.mean() * self._way / self._puppet.surface.width * 100)

    def _width(self, side: str) -> float:
        rest, now = self._points("eyewhite", "eye", "irides", side=side)
        return float(np.ptp(now[:, 0]) / np.ptp(rest[:, 0])) if len(rest) else float("nan")

    def _ear(self, side: str) -> float:
        """How far the far ear goes against the edge of the cheek, % of the face's width: > 0 slides behind it."""
        (rest, now), (face, turned) = self._points("ears", side=side), self._points("face")
        if not len(rest) or not len(face):
            return float("nan")
        edge = int((face[:, 0] * self._way - np.abs(face[:, 1] - rest[:, 1].mean())).argmax())
        cheek, ear = float(turned[edge, 0] - face[edge, 0]), float((now - rest)[:, 0].mean())
        return (cheek - ear) * self._way / self._puppet.surface.width * 100
