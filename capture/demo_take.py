"""A performance without a performer: eight seconds that the demo film plays, written as an animator would time them.

Everything is a sum of gestures over a clock that closes on itself, so that the film loops. Heads move in arcs and arrive after
the eyes; lids close in three frames and open in five; a blink hides every large glance; a mouth never holds still in a word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from rig.params import BY_NAME, ParameterFrame

Key = tuple[float, float]

LENGTH = 8.0
"""Seconds that the gestures below take."""

GLANCES: dict[str, Sequence[Key]] = {
    "ParamEyeBallX": (
        (0, 0), (0.75, 0), (0.85, 0.75), (1.9, 0.5), (2.3, 0.35), (2.42, -0.7), (3.5, -0.45), (3.95, -0.1),
        (4.05, 0.05), (5.6, 0), (5.7, 0.35), (6.5, 0.3), (6.6, 0), (8, 0)),
    "ParamEyeBallY": (
        (0, 0), (0.75, 0), (0.85, 0.35), (1.9, 0.2), (2.3, 0.1), (2.42, -0.3), (3.5, -0.25), (3.95, 0), (5.6, 0),
        (5.7, 0.5), (6.5, 0.35), (6.6, 0), (8, 0)),
}  # fmt: skip
HEAD: dict[str, Sequence[Key]] = {
    "ParamAngleX": (
        (0, 0), (0.8, -2), (1.45, 21), (2.2, 19), (3.1, -22), (3.6, -19), (4.3, 3), (5.2, -4), (6.2, 9), (7.1, 2),
        (8, 0)),
    "ParamAngleY": (
        (0, 0), (0.8, -3), (1.15, 2), (1.6, 9), (2.2, 7), (2.65, -7), (3.2, -3), (3.6, -4), (4.3, 2), (4.75, -7),
        (5.05, 3), (5.35, -5), (5.75, 5), (6.3, 9), (7.1, -2), (8, 0)),
    "ParamAngleZ": (
        (0, 0), (0.9, 2), (1.6, -5), (2.3, -3), (3.2, 7), (3.8, 5), (4.5, -2), (5.3, 3), (6.3, 11), (7, 8), (8, 0)),
}  # fmt: skip
FACE: dict[str, Sequence[Key]] = {
    "ParamBrowLY": (
        (0, 0), (0.75, 0), (0.95, 0.65), (1.7, 0.3), (2.4, 0), (3.9, 0), (4.1, 0.3), (4.6, 0), (5.6, 0.1), (5.85, 0.9),
        (6.3, 0.6), (7.1, 0.1), (8, 0)),
    "ParamBrowRY": (
        (0, 0), (0.78, 0), (1, 0.5), (1.7, 0.25), (2.4, 0), (3.9, 0), (4.12, 0.4), (4.6, 0.05), (5.6, 0.1),
        (5.88, 0.8), (6.3, 0.5), (7.1, 0.1), (8, 0)),
    "ParamMouthForm": (
        (0, 0.2), (0.9, 0.3), (1.6, 0.55), (2.4, 0.15), (3.4, 0.1), (3.9, 0.25), (5.5, 0.25), (5.9, 0.75), (6.6, 1),
        (7.2, 0.8), (8, 0.2)),
    "ParamEyeLSmile": (
        (0, 0), (6, 0), (6.5, 0.85), (7.1, 0.6), (7.7, 0), (8, 0)),
}  # fmt: skip
SPEECH: Sequence[tuple[float, float, float]] = (
    # start s, how far the mouth opens, what the vowel does to its form (a 0, i +, u and o -)
    (2.55, 0.45, 0.1), (2.72, 0.8, 0.0), (2.92, 0.3, 0.4), (3.08, 0.6, -0.5), (3.28, 0.35, -0.2),
    (4.00, 0.5, 0.35), (4.15, 0.9, 0.0), (4.37, 0.4, -0.55), (4.52, 0.65, 0.1), (4.72, 0.3, 0.4), (4.88, 0.75, -0.1),
    (5.10, 0.45, -0.6), (5.28, 0.85, 0.05), (5.52, 0.3, 0.3), (5.85, 0.7, -0.35), (6.45, 0.5, 0.1),
)  # fmt: skip
SYLLABLE = 0.21
BLINKS = (0.78, 2.32, 3.98, 5.58, 7.25, 7.55)
CLOSING, SHUT, OPENING = 3 / 30, 1 / 30, 5 / 30


def demo_performance(seconds: float = LENGTH, fps: float = 30.0) -> list[ParameterFrame]:
    """The performance, `seconds` long at `fps` frames a second; the frame after the last would be the first again.

    A longer one plays it again; only what is left over stretches it.
    """
    count = max(round(seconds * fps), 1)
    rounds = max(round(seconds / LENGTH), 1)
    return [ParameterFrame(i / fps, _moment(i * rounds / count % 1.0)) for i in range(count)]


def _moment(share: float) -> dict[str, float]:
    """Values at a `share` 0..1 of the performance."""
    t = share * LENGTH
    values = {name: _ease(keys, t) for name, keys in (HEAD | FACE | GLANCES).items()}
    sway = 2 * math.pi * share
    values["ParamAngleX"] += 1.0 * math.sin(3 * sway)
    values["ParamAngleZ"] += 0.8 * math.sin(2 * sway)
    for axis, keys in HEAD.items():  # the body follows the head a little later, and breathes
        values[axis.replace("Angle", "BodyAngle")] = 0.3 * _ease(keys, (t - 0.18) % LENGTH)
    values["ParamBodyAngleZ"] += 1.5 * math.sin(sway)
    values["ParamBreath"] = 0.5 - 0.5 * math.cos(3 * sway)
    values["ParamEyeRSmile"] = values["ParamEyeLSmile"]
    mouth, vowel = _speech(t)
    values["ParamMouthOpenY"] = mouth
    values["ParamMouthForm"] += vowel
    lids = 1 - _blink(t)
    values["ParamEyeLOpen"] = values["ParamEyeROpen"] = lids * (1 - 0.35 * values["ParamEyeLSmile"])
    return {name: BY_NAME[name].clamp(value) for name, value in values.items()}


def _ease(keys: Sequence[Key], t: float) -> float:
    """Slow in, slow out between keys (time, value)."""
    for (t0, a), (t1, b) in pairwise(keys):
        if t <= t1:
            x = (t - t0) / (t1 - t0)
            return a + (b - a) * x * x * (3 - 2 * x)
    return keys[-1][1]


def _speech(t: float) -> tuple[float, float]:
    """(mouth open, change of its form): each syllable opens fast and falls slowly into the next."""
    opening = vowel = 0.0
    for start, amount, form in SPEECH:
        x = (t - start) / SYLLABLE
        if 0 < x < 1.25:
            bump = math.sin(math.pi * min(x / 1.25, 1.0) ** 0.75) ** 1.5
            opening = max(opening, amount * bump)
            vowel += form * bump
    return opening, vowel


def _blink(t: float) -> float:
    """How closed the lids are, 0..1."""
    closed = 0.0
    for start in BLINKS:
        x = t - start
        if 0 <= x < CLOSING:
            closed = max(closed, (x / CLOSING) ** 1.5)
        elif CLOSING <= x < CLOSING + SHUT:
            closed = 1.0
        elif x < CLOSING + SHUT + OPENING and x >= 0:
            rest = (x - CLOSING - SHUT) / OPENING
            closed = max(closed, (1 - rest) ** 2 * (1 + 2 * rest))
    return closed
