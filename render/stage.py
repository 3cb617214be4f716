"""The live loop without a window: a time and what a source says become a moment of the puppet.

    stage = Stage(puppet)
    moment = stage.advance(now, frame, pointer)         # frame: a ParameterFrame of a tracker, or None
    painter.draw(moment.draw_list, ...)

Time is an argument, so a fake clock tests it. Order of what happens: a source (or idling and looking at the pointer) → its
sensitivity → easing where the face comes or goes → expressions → what a hand holds → springs in fixed steps → the pose →
props that are taken off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, floor, isfinite

from render.clock import EASE
from render.expressions import Face
from render.held import Held
from render.idle import alive, breath, look, smooth
from rig import pose, rest_state, step
from rig.params import ParameterFrame
from rig.props import without
from rig.puppet import DrawList, Puppet
from rig.springs import SpringState

TICK = 1 / 120
"""Seconds of one step of the springs, whatever the display's rate."""
MOST_TICKS = 30             # a window that slept catches up with a quarter of a second of swinging at most
GLIDE = 0.14                # s in which the look covers two thirds of the way to the pointer
MOST_REACH = 12.0           # face widths; a pointer further away is no further away

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What is shown at a time in seconds: parameter values, and the posed vertices. face: whether a source is followed."""

    time: float
    values: Mapping[str, float]
    draw_list: DrawList
    face: bool


@dataclass(slots=True)
class Stage:
    """One puppet, living.

    sensitivity: by parameter name, how many times the movement away from rest counts; 1 where missing. idles: whether the
    puppet moves by itself when there is no source. held: parameters that a hand holds. hidden: names of parts that are not
    drawn. recorded: whether the source is a take, which plays as it was recorded: at no sensitivity. beneath: whether the
    puppet also moves by itself, and looks at the pointer, in all that the source does not speak of: a voice moves the mouth.
    """

    puppet: Puppet
    sensitivity: dict[str, float] = field(default_factory=dict)
    idles: bool = True
    beneath: bool = False
    recorded: bool = False
    face: Face = field(default_factory=Face)
    hidden: frozenset[str] = frozenset()
    held: Held = field(init=False)
    _rest: dict[str, float] = field(init=False)
    _look: Point = field(init=False, default=(0.0, 0.0))
    _ease: _Ease = field(init=False)
    _swing: _Swing = field(init=False)
    _time: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._rest = {p.name: p.default for p in self.puppet.parameters}
        self.held = Held(self.puppet.parameters)
        self._ease, self._swing = _Ease(self._rest), _Swing(self.puppet)

    def advance(self, now: float, source: ParameterFrame | None = None, pointer: Point | None = None) -> Moment:
        """The moment at `now`, which should not go back; if it does, no time has passed.

        source: what a tracker says now, None where there is none. pointer: canvas px that the puppet looks at while no face is
        followed, or None.
        """
        passed = 0.0 if self._time is None else max(now - self._time, 0.0)
        self._time = now
        self._glide(pointer, passed)
        seen = source is not None and source.face
        goal = self._tracked(source, now) if source is not None and seen else self._alone(now)
        self.face.advance(passed)
        self.held.advance(passed)
        values = self.held.over(self.face.over(self._ease.to(goal, seen, now), self._rest), self._rest)
        posed = pose(self.puppet, values, self._swing.to(values, now))
        return Moment(now, values, without(posed, self.puppet, self.hidden), seen)

    def _tracked(self, source: ParameterFrame, now: float) -> dict[str, float]:
        """The source's values at this user's sensitivity; what it does not say about breath the puppet knows itself."""
        values = self._alone(now) if self.beneath else {"ParamBreath": breath(now)} if self.idles else {}
        for name, value in source.values.items():
            rest = self._rest.get(name, 0.0)
            times = 1.0 if self.recorded else self.sensitivity.get(name, 1.0)
            values[name] = rest + (value - rest) * times if isfinite(value) else rest
        return values

    def _alone(self, now: float) -> dict[str, float]:
        """Idling, which moves about the puppet's own rest, and looking at the pointer."""
        values = alive(now, self._rest) if self.idles else dict(self._rest)
        for name, offset in look(*self._look).items():
            values[name] = values.get(name, 0.0) + offset
        return values

    def _glide(self, pointer: Point | None, passed: float) -> None:
        """Move the look towards the pointer, or back to straight ahead."""
        goal = (0.0, 0.0)
        if pointer is not None:
            (cx, cy), width = self.puppet.surface.centre, max(self.puppet.surface.width, 1.0)
            away = ((pointer[0] - cx) / width, (pointer[1] - cy) / width)
            goal = tuple(min(max(x, -MOST_REACH), MOST_REACH) for x in away)    # type: ignore[assignment]
        share = 1 - exp(-passed / GLIDE)
        self._look = (self._look[0] + (goal[0] - self._look[0]) * share, self._look[1] + (goal[1] - self._look[1]) * share)


class _Ease:
    """Goes from one source to another in `EASE` seconds without a jump, from wherever the puppet stands."""

    def __init__(self, rest: Mapping[str, float]) -> None:
        self._rest = rest
        self._seen: bool | None = None
        self._origin: Mapping[str, float] = rest
        self._shown: Mapping[str, float] = rest
        self._since = -EASE

    def to(self, goal: Mapping[str, float], seen: bool, now: float) -> Mapping[str, float]:
        """What to show on the way to `goal`."""
        if self._seen is None:
            self._since = now - EASE
        elif seen != self._seen:
            self._origin, self._since = self._shown, now
        self._seen = seen
        share = smooth((now - self._since) / EASE)
        self._shown = goal if share >= 1 else mixed(self._origin, goal, self._rest, share)
        return self._shown


class _Swing:
    """The springs, stepped in fixed ticks from values that move evenly between frames."""

    def __init__(self, puppet: Puppet) -> None:
        self._puppet = puppet
        self._state: SpringState | None = None
        self._values: Mapping[str, float] = {}
        self._time = 0.0
        self._left = 0.0            # s since the last tick

    def to(self, values: Mapping[str, float], now: float) -> SpringState:
        """The state at the last tick up to `now`, when `values` are reached."""
        if self._state is None:
            self._state = rest_state(self._puppet, values)
        else:
            self._tick(values, max(now - self._time, 0.0))
        self._values, self._time = values, max(now, self._time)
        return self._state

    def _tick(self, values: Mapping[str, float], passed: float) -> None:
        ticks = floor((self._left + passed) / TICK + 1e-9)
        rest = {p.name: p.default for p in self._puppet.parameters}
        for number in range(max(ticks - MOST_TICKS, 0) + 1, ticks + 1):
            share = min((number * TICK - self._left) / passed, 1.0) if passed > 0 else 1.0
            assert self._state is not None
            self._state = step(self._puppet, self._state, mixed(self._values, values, rest, share), TICK)
        self._left = max(self._left + passed - ticks * TICK, 0.0)


def mixed(a: Mapping[str, float], b: Mapping[str, float], rest: Mapping[str, float], share: float) -> dict[str, float]:
    """From `a` at share 0 to `b` at 1; a name that one of them lacks stands at rest there."""
    out = {}
    for name in (*b, *(n for n in a if n not in b)):
        start = a.get(name, rest.get(name, 0.0))
        out[name] = start + (b.get(name, rest.get(name, 0.0)) - start) * share
    return out
