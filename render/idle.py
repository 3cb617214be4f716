"""What a character does by itself: breathes, blinks, sways, looks about; and where it looks when it follows a pointer.

All of it is a function of time alone, so that the same second always looks the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

BREATH = 3.8
"""Seconds of one breath."""
SWAY: dict[str, Sequence[tuple[float, float, float]]] = {
    "ParamAngleX": ((2.6, 7.3, 0.0), (1.3, 4.1, 1.0)),
    "ParamAngleY": ((1.5, 5.9, 2.0), (0.8, 3.8, 0.3)),
    "ParamAngleZ": ((1.8, 8.7, 1.1), (0.7, 4.9, 2.2)),
    "ParamBodyAngleX": ((1.1, 9.1, 0.4),),
    "ParamBodyAngleZ": ((0.9, 11.3, 1.9),),
}  # fmt: skip
"""Sums of sines: (degrees, seconds of a swing, phase in radians). No two have a common beat."""
BLINK_EVERY = 3.9           # s; one blink falls anywhere in the first two thirds of each such span
CLOSING, CLOSED, OPENING = 0.07, 0.04, 0.13
GLANCE_EVERY, GLANCE_TAKES = 1.7, 0.06
GLANCE = 0.28               # of the eye's range
REACH = 1.6
"""Face widths from the head's middle at which the head has turned two thirds of the way to the pointer."""


def idle(time: float) -> dict[str, float]:
    """Values by parameter name at a time in seconds."""
    values = {name: sum(size * math.sin(2 * math.pi * time / period + phase) for size, period, phase in waves)
              for name, waves in SWAY.items()}  # fmt: skip
    lids = lids_at(time)
    x, y = _glance(time)
    return {**values, "ParamBreath": breath(time), "ParamEyeLOpen": lids, "ParamEyeROpen": lids,
            "ParamEyeBallX": x, "ParamEyeBallY": y}  # fmt: skip


def alive(time: float, rest: Mapping[str, float]) -> dict[str, float]:
    """Idling about a puppet's own rest, values by parameter name: an eye that is drawn closed stays so."""
    values, about = dict(rest), idle(time)
    for name in ("ParamEyeLOpen", "ParamEyeROpen"):
        values[name] = rest.get(name, 1.0) * about.pop(name)
    for name, offset in about.items():
        values[name] = rest.get(name, 0.0) + offset
    return values


def breath(time: float) -> float:
    """0 out .. 1 in."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * time / BREATH)


def lids_at(time: float) -> float:
    """1 open .. 0 closed: one blink a span, every fourth of them double."""
    span = math.floor(time / BLINK_EVERY)
    start = span * BLINK_EVERY + 0.66 * BLINK_EVERY * _chance(span, 1)
    lids = _blink(time - start)
    return min(lids, _blink(time - start - 0.32)) if _chance(span, 2) < 0.25 else lids


def look(dx: float, dy: float) -> dict[str, float]:
    """Head and eyes turned to a point `dx` right of and `dy` below the head's middle, in face widths."""
    x, y = math.tanh(dx / REACH * 0.8), math.tanh(dy / REACH * 0.8)
    return {"ParamAngleX": 26 * x, "ParamAngleY": -22 * y, "ParamAngleZ": 5 * x * y, "ParamBodyAngleX": 4 * x,
            "ParamEyeBallX": 0.9 * x, "ParamEyeBallY": -0.8 * y}  # fmt: skip


def smooth(share: float) -> float:
    """0..1 → 0..1, even at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _blink(since: float) -> float:
    if since < CLOSING:
        return 1 - smooth(since / CLOSING)
    return smooth((since - CLOSING - CLOSED) / OPENING)


def _glance(time: float) -> tuple[float, float]:
    """Where the eyes rest, -1..1, and the jump to the next place at the start of each span."""
    span = math.floor(time / GLANCE_EVERY)
    share = smooth((time - span * GLANCE_EVERY) / GLANCE_TAKES)
    (ax, ay), (bx, by) = _place(span - 1), _place(span)
    return ax + (bx - ax) * share, ay + (by - ay) * share


def _place(span: int) -> tuple[float, float]:
    """Every other place is straight ahead."""
    if span % 2 == 0:
        return 0.0, 0.0
    return GLANCE * (2 * _chance(span, 3) - 1), 0.6 * GLANCE * (2 * _chance(span, 4) - 1)


def _chance(span: int, salt: int) -> float:
    """0..1, the same for the same span: the sine hash, good enough for blinks."""
    return (math.sin(span * 12.9898 + salt * 78.233) * 43758.5453) % 1.0
