"""The motion that all vertices share: the head's turn on the curved surface, the neck's roll, the body's lean and breath.

Everything is a displacement weighted per vertex, and exactly 0 where its parameters stand at their defaults, so that the rest
pose is bit-identical to the picture. The functions are pure in (points, turn): sampling them over a grid of parameters bakes
the motion to keyforms for other formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, isfinite, radians, sin

import numpy as np

from rig.params import Parameter
from rig.puppet import F32, Surface

EASE = 0.1               # share of a range over which a value eases into its limit
BODY_SHIFT = 0.08        # of the torso's height, to the side at 10 of ParamBodyAngleX
BODY_STRETCH = 0.04      # of the torso's height, up at 10 of ParamBodyAngleY
BODY_ROLL = 7.0          # degrees at 10 of ParamBodyAngleZ
BREATH_LIFT = 0.006      # of the canvas height, at 1 of ParamBreath where the lift is highest
BREATH_HEAD = 0.5        # share of that lift that carries neck and head
_BUMP = 1.5 + 2**0.5     # c in c b (1 - b) + b / 2 that makes the maximum of the sum exactly 1, at b = 0.59


@dataclass(frozen=True, slots=True)
class Turn:
    """Head angles yaw, pitch, roll in radians; body angles x, y, z and breath in -1..1 of their full effect."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    body_x: float = 0.0
    body_y: float = 0.0
    body_z: float = 0.0
    breath: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Per vertex, float32 (V,) each: depth px (times curvature), head and body 0..1, and the breath's share 0..1."""

    depth: F32
    head: F32
    body: F32
    breath: F32

    @classmethod
    def of(cls, surface: Surface, depth: F32, head: F32, body: F32) -> Weights:
        """Prepared for a surface, so that posing only multiplies."""
        deep = (depth * np.float32(surface.curvature)).astype(np.float32)
        return cls(deep, head.astype(np.float32), body.astype(np.float32), breath_share(body))


def breath_share(body: F32) -> F32:
    """How far a vertex rises with the breath: 0 at the hips, 1 at the chest (body 0.59), 0.5 from the neck up.

    body / 2 + 2.914 body (1 - body): the chest swells, the shoulders follow and the head rides along.
    """
    return (BREATH_HEAD * body + _BUMP * body * (1 - body)).astype(np.float32)


def hold(parameter: Parameter, value: float) -> float:
    """A value inside the parameter's range, easing into the limits over the last tenth of it.

    The default, the limits themselves and everything before that tenth map exactly to themselves; beyond the limit stays at
    the limit. The slope is continuous, so a head that turns too far slows down and does not hit a wall. A value that is not
    finite counts as the default.
    """
    if not isfinite(value):
        return parameter.default
    if value >= parameter.default:
        return _eased(value, parameter.default, parameter.high, parameter.high - parameter.low)
    return -_eased(-value, -parameter.default, -parameter.low, parameter.high - parameter.low)


def _eased(value: float, default: float, limit: float, span: float) -> float:
    margin = min(EASE * span, 0.5 * (limit - default))
    if value >= limit:
        return limit
    if margin <= 0 or value <= limit - margin:
        return value
    t = 1 - (limit - value) / margin
    return limit - margin + margin * t * (1 + t - t * t)        # slope 1 where it begins, 0 at the limit


def turn_of(surface: Surface, moved: Mapping[str, float]) -> Turn:
    """The turn for parameters that stand off their defaults; moved: (value - default) by name, 0 where missing."""
    get = moved.get
    return Turn(yaw=radians(get("ParamAngleX", 0.0) / 30 * surface.yaw),
                pitch=radians(get("ParamAngleY", 0.0) / 30 * surface.pitch),
                roll=radians(get("ParamAngleZ", 0.0) / 30 * surface.roll),
                body_x=get("ParamBodyAngleX", 0.0) / 10, body_y=get("ParamBodyAngleY", 0.0) / 10,
                body_z=get("ParamBodyAngleZ", 0.0) / 10, breath=get("ParamBreath", 0.0))  # fmt: skip


class Mover:
    """Moves points of one puppet; knows the surface and the sizes that the body's motion is measured in."""

    def __init__(self, surface: Surface, canvas: tuple[int, int]) -> None:
        self.surface = surface
        self.torso = max(surface.hips[1] - surface.pivot[1], 0.1 * canvas[1])
        self.lift = BREATH_LIFT * canvas[1]

    def move(self, x: F32, y: F32, weights: Weights, turn: Turn) -> None:
        """Move points x, y float32 (V,) canvas px in place: yaw and pitch, then roll, then the body."""
        if turn.yaw or turn.pitch:
            self._project(x, y, weights, turn)
        if turn.roll:
            _rotate(x, y, self.surface.pivot, weights.head * np.float32(turn.roll))
        if turn.body_x or turn.body_y:
            self._lean(x, y, weights.body, turn)
        if turn.body_z:
            _rotate(x, y, self.surface.hips, weights.body * np.float32(radians(BODY_ROLL) * turn.body_z))
        if turn.breath:
            y -= weights.breath * np.float32(self.lift * turn.breath)

    def _project(self, x: F32, y: F32, weights: Weights, turn: Turn) -> None:
        """Add head x (turned and projected - projected at rest)."""
        far = np.float32(self.surface.distance)
        near = far * np.float32(0.25)                           # no vertex comes nearer to the eye than this
        sy, cy, sp, cp = (np.float32(f(a)) for a in (turn.yaw, turn.pitch) for f in (sin, cos))
        dx, dy, depth = x - np.float32(self.surface.centre[0]), y - np.float32(self.surface.centre[1]), weights.depth
        back = depth * cp + dy * sp
        turned_y = dy * cp - depth * sp
        turned_x = dx * cy + back * sy
        scale = far / np.maximum(far - (back * cy - dx * sy), near)
        rest = far / np.maximum(far - depth, near)
        x += weights.head * (turned_x * scale - dx * rest)
        y += weights.head * (turned_y * scale - dy * rest)

    def _lean(self, x: F32, y: F32, body: F32, turn: Turn) -> None:
        """ParamBodyAngleX bends the torso to the side and ParamBodyAngleY stretches or sinks it, the more the higher."""
        bend = body * (body + np.float32(1)) * np.float32(0.5 * self.torso)
        if turn.body_x:
            x += bend * np.float32(BODY_SHIFT * turn.body_x)
        if turn.body_y:
            y -= bend * np.float32(BODY_STRETCH * turn.body_y)


def _rotate(x: F32, y: F32, about: tuple[float, float], angle: F32) -> None:
    """Turn points in place about a point by their own angles float32 (V,) in radians, clockwise as seen."""
    dx, dy = x - np.float32(about[0]), y - np.float32(about[1])
    s, c = np.sin(angle), np.cos(angle) - np.float32(1)
    x += dx * c - dy * s
    y += dx * s + dy * c
