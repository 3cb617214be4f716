"""Posing: parameter values and spring state in, moved vertices out. Plain numpy, no GL.

    rest -> + keyform grids -> + sways (springs) -> head on the curved surface -> roll -> body and breath

A `Poser` is a puppet compiled for this: everything that does not change is laid out once, planar and concatenated over all
parts, and keyform grids over the same axes and keys are blended together. `pose` keeps one per living puppet.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from rig.motion import Mover, Turn, Weights, hold, turn_of
from rig.puppet import F32, DrawList, Puppet

if TYPE_CHECKING:
    from rig.springs import SpringState

STEADY = 0.25
"""Of a spring's length: how far its parameter at 1 holds the tip to the side."""

Corner = tuple[int, float]


def pose(puppet: Puppet, values: Mapping[str, float], state: SpringState | None = None) -> DrawList:
    """Pose a puppet: vertices float32 (V of all parts, 2) canvas px, opacity float32 (P,) 0..1.

    values: by parameter name; what is missing stands at its default, what the puppet does not know is ignored, and what is
    out of range eases into its limit. state: the springs' state of `step`, or None for hanging still. At the defaults and
    without state the vertices are bit-identical to the meshes'.
    """
    return poser_of(puppet).pose(values, state)


def poser_of(puppet: Puppet) -> Poser:
    """The puppet's compiled form, made at the first call and kept as long as the puppet lives."""
    found = _POSERS.get(puppet)
    if found is None:
        found = _POSERS[puppet] = Poser(puppet)
    return found


class Poser:
    """A puppet compiled for posing. It holds arrays only, never the puppet."""

    def __init__(self, puppet: Puppet) -> None:
        parts = puppet.parts
        counts = [len(p.mesh.vertices) for p in parts]
        self._ends = [0, *np.cumsum(counts, dtype=int).tolist()]
        self._rest: F32 = _joined([p.mesh.vertices for p in parts], (0, 2)).T.copy()
        self._weights = Weights.of(puppet.surface, _joined([p.depth for p in parts]), _joined([p.head for p in parts]),
                                   _joined([p.body for p in parts]))  # fmt: skip
        self._opacity: F32 = np.array([p.opacity for p in parts], np.float32)
        self._parameters = {p.name: p for p in puppet.parameters}
        self._surface = puppet.surface
        self.mover = Mover(puppet.surface, puppet.canvas)
        self._grids = _grids(puppet, self._ends)
        self._hanging = _hanging(puppet, self._ends)
        self._steady = [(i, s.parameter, STEADY * s.length) for i, s in enumerate(puppet.springs) if s.parameter]
        self._spring_count = len(puppet.springs)

    def held(self, values: Mapping[str, float]) -> dict[str, float]:
        """Values inside their ranges, of those of the puppet's parameters that stand off their defaults."""
        out: dict[str, float] = {}
        for name, value in values.items():
            parameter = self._parameters.get(name)
            if parameter is not None and (kept := hold(parameter, float(value))) != parameter.default:
                out[name] = kept
        return out

    def turn(self, held: Mapping[str, float]) -> Turn:
        """The head's and body's turn for values of `held`."""
        return turn_of(self._surface, {name: value - self._parameters[name].default for name, value in held.items()})

    def pose(self, values: Mapping[str, float], state: SpringState | None = None) -> DrawList:
        """See `pose`."""
        held = self.held(values)
        local = self._rest.copy()
        opacity = self._opacity.copy()
        for grid in self._grids:
            grid.blend(held, local, opacity)
        self._sway(local, held, state)
        self.mover.move(local[0], local[1], self._weights, self.turn(held))
        return DrawList(np.ascontiguousarray(local.T), opacity)

    def _sway(self, local: F32, held: Mapping[str, float], state: SpringState | None) -> None:
        steady = [(i, reach * (held[name] - self._parameters[name].default))
                  for i, name, reach in self._steady if name in held]  # fmt: skip
        if state is None and not steady:
            return
        tips = np.zeros((self._spring_count, 2), np.float32)
        if state is not None:
            tips += state.tips[: self._spring_count]
        for i, dx in steady:
            tips[i, 0] += dx
        for start, end, springs, weight in self._hanging:
            local[:, start:end] += tips[springs].T @ weight


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """All keyform grids of a puppet over the same axes and keys.

    defaults: of the axes. strides: steps along the flattened keys. offsets: float32 (K, 2, N) of all its columns side by
    side, or None. slices: (start, end) among all vertices and (first, last) among the columns. opacities: (part, float32 (K,)).
    """

    axes: tuple[str, ...]
    keys: tuple[tuple[float, ...], ...]
    defaults: tuple[float, ...]
    strides: tuple[int, ...]
    offsets: F32 | None
    slices: tuple[tuple[int, int, int, int], ...]
    opacities: tuple[tuple[int, F32], ...]

    def blend(self, held: Mapping[str, float], local: F32, opacity: F32) -> None:
        """Add the blended offsets to local float32 (2, V) and multiply opacity float32 (P,)."""
        moved = any(axis in held for axis in self.axes)
        if not moved and not self.opacities:
            return
        corners = self._corners(held)
        for part, form in self.opacities:
            opacity[part] *= sum(weight * float(form[i]) for i, weight in corners)
        if moved and self.offsets is not None:                  # at the defaults offsets are 0 by contract: add nothing
            (first, weight), *others = corners
            total = self.offsets[first] * np.float32(weight)
            for i, weight in others:
                total += self.offsets[i] * np.float32(weight)
            for start, end, left, right in self.slices:
                local[:, start:end] += total[:, left:right]

    def _corners(self, held: Mapping[str, float]) -> list[Corner]:
        """(index among the flattened keys, weight) of the grid's cell around the values, without zero weights."""
        about = zip(self.axes, self.keys, self.defaults, self.strides, strict=True)
        ways = [_between(keys, held.get(axis, default), stride) for axis, keys, default, stride in about]
        if len(ways) == 1:
            return ways[0]
        return [(sum(i for i, _ in corner), prod(w for _, w in corner)) for corner in product(*ways)]


def _between(keys: tuple[float, ...], value: float, stride: int) -> list[Corner]:
    """The one or two keys around a value, times the stride, with their linear weights; ends hold."""
    right = bisect_right(keys, value)
    if right == 0 or keys[right - 1] == value or right == len(keys):
        return [(max(right - 1, 0) * stride, 1.0)]
    share = (value - keys[right - 1]) / (keys[right] - keys[right - 1])
    return [((right - 1) * stride, 1 - share), (right * stride, share)]


def _grids(puppet: Puppet, ends: list[int]) -> list[_Grid]:
    """The puppet's keyforms, gathered by axes and keys. An axis that is no parameter of the puppet stands at 0."""
    defaults = {p.name: p.default for p in puppet.parameters}
    gathered: dict[tuple[tuple[str, ...], tuple[tuple[float, ...], ...]], list[int]] = {}
    forms = [(i, form) for i, part in enumerate(puppet.parts) for form in part.keyforms]
    for j, (_, form) in enumerate(forms):
        gathered.setdefault((form.axes, form.keys), []).append(j)
    out = []
    for (axes, keys), members in gathered.items():
        shape = tuple(len(k) for k in keys)
        blocks, slices, opacities, column = [], [], [], 0
        for part, form in (forms[j] for j in members):
            start, end = ends[part], ends[part + 1]
            if form.offsets is not None:
                blocks.append(form.offsets.reshape(-1, end - start, 2).transpose(0, 2, 1))
                slices.append((start, end, column, column + end - start))
                column += end - start
            if form.opacity is not None:
                opacities.append((part, form.opacity.reshape(-1)))
        strides = tuple(prod(shape[i + 1 :]) for i in range(len(shape)))
        offsets = np.ascontiguousarray(np.concatenate(blocks, 2), np.float32) if blocks else None
        out.append(_Grid(axes, keys, tuple(defaults.get(a, 0.0) for a in axes), strides, offsets, tuple(slices),
                         tuple(opacities)))  # fmt: skip
    return out


def _hanging(puppet: Puppet, ends: list[int]) -> list[tuple[int, int, list[int], F32]]:
    """Of every part that sways: its first and last vertex, its springs, their weights float32 (S, V)."""
    return [(ends[i], ends[i + 1], [s.spring for s in part.sways], np.stack([s.weight for s in part.sways]).astype(np.float32))
            for i, part in enumerate(puppet.parts) if part.sways]  # fmt: skip


def _joined(arrays: list[F32], empty: tuple[int, ...] = (0,)) -> F32:
    return np.concatenate(arrays).astype(np.float32) if arrays else np.zeros(empty, np.float32)


_POSERS: WeakKeyDictionary[Puppet, Poser] = WeakKeyDictionary()
