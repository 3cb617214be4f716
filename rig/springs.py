"""Hair that lags behind its root: one damped pendulum a strand, its state an explicit value.

The free end follows its root as a mass on a spring in still air: q'' + 2 z w q' + w^2 q = w^2 r for a root r. The solution
for a root that moves evenly during a step is exact, so the result does not depend on the frame rate and no step is unstable;
the textbook's 0.01 s sub-steps are not needed.
At a steady pace the tip trails by 2 z / w seconds (`LAG`); the rest of the tuning follows from that and the frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, pi
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from rig.motion import BODY_ROLL, Turn, Weights
from rig.poser import poser_of
from rig.puppet import F32, Puppet, Spring

Floats = npt.NDArray[np.float64]

FREQUENCY = 1.5
"""Hz of a strand as long as the face is wide; longer ones swing slower, within FREQUENCIES."""
FREQUENCIES = (1.35, 1.75)
"""Hz. Slower than this a strand is not settled 1.2 s after a step, faster it lags too little."""
LAG = 0.09
"""Seconds that a tip trails at a steady pace; with FREQUENCIES this is a damping of 0.38..0.49 of critical: after a step the
tip is half way 120..150 ms later, passes its goal by 17..27 %, comes back by 3..8 %, and is still within 2 % after 1.2 s."""
GAIN = 1.0
"""Px that a tip stays behind per px that its root jumps."""
LENGTHWISE = 0.3         # a strand hardly stretches: the share of the lag that shows along it
MOST_BEND = 0.22         # of a strand's length: where the displacement of a tip levels off, about 12 degrees
MOST_STEP = 0.25         # s; a longer pause counts as this


@dataclass(frozen=True, slots=True, eq=False)
class SpringState:
    """Where all springs of a puppet are, at one moment; float64 (S, 2) each.

    root: canvas px. tip: canvas px, the free end at gain 1. speed: of the tip, px/s. tips: px to move the tips by, in the frame
    of the head at rest, ready for `pose`.
    """

    root: Floats
    tip: Floats
    speed: Floats
    tips: Floats


def hair_spring(root: tuple[float, float], length: float, *, unit: float, phase: int = 0, parameter: str = "",
                strength: float = 1.0, head: float = 1.0) -> Spring:  # fmt: skip
    """A spring tuned for hair.

    root, length: as in `Spring`. unit: px, the face's width. phase: the strand's number; neighbours get frequencies a little
    apart, so that they drift out of step. strength: 1 as drawn, 0 rigid.
    """
    apart = 1 + 0.12 * ((phase * 0.618034) % 1 - 0.5)
    low, high = FREQUENCIES
    frequency = min(max(FREQUENCY * (unit / max(length, 1.0)) ** 0.25, low / 0.94), high / 1.06) * apart
    return Spring(root=root, length=length, frequency=frequency, damping=pi * frequency * LAG, gain=GAIN * strength,
                  head=head, parameter=parameter)  # fmt: skip


def rest_state(puppet: Puppet, values: Mapping[str, float] | None = None) -> SpringState:
    """The springs hanging still at a pose (the rest pose by default), so that a film can begin without a jolt."""
    return _springs_of(puppet).still(_turn(puppet, values or {}))


def step(puppet: Puppet, state: SpringState, values: Mapping[str, float], dt: float) -> SpringState:
    """The state `dt` seconds later, with the head moved evenly to `values` (by parameter name) meanwhile.

    A dt that is 0, negative or not finite changes nothing; more than 0.25 s counts as that. A state that is not finite or of
    another puppet is replaced by hanging still.
    """
    if not isfinite(dt) or dt <= 0:
        return state
    springs, turn = _springs_of(puppet), _turn(puppet, values)
    if state.root.shape != springs.root.shape:
        return springs.still(turn)
    return springs.step(state, turn, min(dt, MOST_STEP))


class _Springs:
    """A puppet's springs compiled for stepping."""

    def __init__(self, puppet: Puppet) -> None:
        springs = puppet.springs
        self.root: F32 = np.array([s.root for s in springs], np.float32).reshape(-1, 2)
        depth, body = at_roots(puppet)
        head = np.array([s.head for s in springs], np.float32)
        self._weights = Weights.of(puppet.surface, depth, head, body)
        self._mover = poser_of(puppet).mover
        self._omega: Floats = 2 * pi * np.array([s.frequency for s in springs], np.float64)
        self._damping: Floats = np.array([s.damping for s in springs], np.float64)
        self._lag: Floats = (2 * self._damping / self._omega)[:, None]
        self._gain: Floats = np.array([s.gain for s in springs], np.float64)[:, None] * (1.0, LENGTHWISE)
        self._reach: Floats = MOST_BEND * np.array([s.length for s in springs], np.float64)[:, None]
        self._flow: tuple[float, tuple[Floats, Floats, Floats, Floats]] | None = None

    def roots(self, turn: Turn) -> Floats:
        """Canvas px (S, 2) of the roots, moved as the vertices there are."""
        x, y = self.root[:, 0].copy(), self.root[:, 1].copy()
        self._mover.move(x, y, self._weights, turn)
        return np.stack([x, y], -1).astype(np.float64)

    def still(self, turn: Turn) -> SpringState:
        root = self.roots(turn)
        return SpringState(root, root, np.zeros_like(root), np.zeros_like(root))

    def step(self, state: SpringState, turn: Turn, dt: float) -> SpringState:
        root = self.roots(turn)
        pace = (root - state.root) / dt
        trail = self._lag * pace                                # an even pace drags the tip so far behind
        off, speed = state.tip - state.root + trail, state.speed - pace
        a, b, c, d = self._propagator(dt)
        tip = root - trail + a * off + b * speed
        speed = pace + c * off + d * speed
        if not (np.isfinite(tip).all() and np.isfinite(speed).all()):
            return self.still(turn)
        return SpringState(root, tip, speed, self._tips(tip - root, turn))

    def _propagator(self, dt: float) -> tuple[Floats, Floats, Floats, Floats]:
        """The four entries (S, 1) of exp(A dt) for A = [[0, 1], [-w^2, -2 z w]]; kept for the next step of the same dt."""
        if self._flow is None or self._flow[0] != dt:
            fall = self._damping * self._omega
            swing = self._omega * np.sqrt(self._damping.astype(complex) ** 2 - 1)
            swing = np.where(np.abs(swing) * dt < 1e-6, 1e-6 / dt, swing)       # critical damping: the limit of both sides
            up, down = np.exp((swing - fall) * dt), np.exp((-swing - fall) * dt)
            even, odd = ((up + down) / 2).real, ((up - down) / (2 * swing)).real
            self._flow = dt, ((even + fall * odd)[:, None], odd[:, None], (-(self._omega**2) * odd)[:, None],
                              (even - fall * odd)[:, None])  # fmt: skip
        return self._flow[1]

    def _tips(self, off: Floats, turn: Turn) -> Floats:
        """Displacement (S, 2) px in the frame of the head at rest, levelling off at the strand's reach."""
        angle = self._weights.head * turn.roll + self._weights.body * (np.radians(BODY_ROLL) * turn.body_z)
        s, c = np.sin(angle), np.cos(angle)
        upright = np.stack([off[:, 0] * c + off[:, 1] * s, off[:, 1] * c - off[:, 0] * s], -1) * self._gain
        bend = np.linalg.norm(upright, axis=1, keepdims=True) / np.maximum(self._reach, 1e-9)
        return np.asarray(upright / (1 + bend**4) ** 0.25)


def at_roots(puppet: Puppet) -> tuple[F32, F32]:
    """Depth px and body weight float32 (S,) of the vertex nearest to each root, of the parts that hang from it."""
    depth, body = np.zeros(len(puppet.springs), np.float32), np.ones(len(puppet.springs), np.float32)
    nearest = np.full(len(puppet.springs), np.inf)
    for part in puppet.parts:
        for sway in part.sways:
            away = np.linalg.norm(part.mesh.vertices - np.array(puppet.springs[sway.spring].root, np.float32), axis=1)
            if away.size and away.min() < nearest[sway.spring]:
                i = int(away.argmin())
                nearest[sway.spring], depth[sway.spring], body[sway.spring] = away[i], part.depth[i], part.body[i]
    return depth, body


def _springs_of(puppet: Puppet) -> _Springs:
    found = _SPRINGS.get(puppet)
    if found is None:
        found = _SPRINGS[puppet] = _Springs(puppet)
    return found


def _turn(puppet: Puppet, values: Mapping[str, float]) -> Turn:
    poser = poser_of(puppet)
    return poser.turn(poser.held(values))


_SPRINGS: WeakKeyDictionary[Puppet, _Springs] = WeakKeyDictionary()
