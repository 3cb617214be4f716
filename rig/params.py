"""The parameter vocabulary: Live2D's standard names, ranges and signs, and one frame of values.

Signs are those of the picture: ParamAngleX > 0 turns the nose to the picture's right, ParamAngleY > 0 up, ParamAngleZ > 0
tilts the head to the picture's right (clockwise as seen). L is the character's own left, which is the picture's right.
Source: docs.live2d.com, standard parameter list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named number with its range; angles in degrees, the rest as Live2D has them."""

    name: str
    low: float
    default: float
    high: float

    def clamp(self, value: float) -> float:
        """`value` held to the range."""
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class ParameterFrame:
    """Values by parameter name at a time in seconds; a name that is missing stands at its default.

    face: False where the tracker saw no face; the puppet then eases to rest.
    """

    time: float
    values: Mapping[str, float] = field(default_factory=dict)
    face: bool = True


def _many(names: str, low: float, default: float, high: float) -> tuple[Parameter, ...]:
    return tuple(Parameter(n, low, default, high) for n in names.split())


STANDARD: tuple[Parameter, ...] = (
    *_many("ParamAngleX ParamAngleY ParamAngleZ", -30, 0, 30),
    *_many("ParamEyeLOpen ParamEyeROpen", 0, 1, 1),
    *_many("ParamEyeLSmile ParamEyeRSmile", 0, 0, 1),
    *_many("ParamEyeBallX ParamEyeBallY", -1, 0, 1),
    *_many("ParamBrowLY ParamBrowRY ParamBrowLX ParamBrowRX", -1, 0, 1),
    *_many("ParamBrowLAngle ParamBrowRAngle ParamBrowLForm ParamBrowRForm", -1, 0, 1),
    *_many("ParamMouthForm", -1, 0, 1),
    *_many("ParamMouthOpenY", 0, 0, 1),
    *_many("ParamCheek", 0, 0, 1),
    *_many("ParamBodyAngleX ParamBodyAngleY ParamBodyAngleZ", -10, 0, 10),
    *_many("ParamBreath", 0, 0, 1),
    *_many("ParamHairFront ParamHairSide ParamHairBack", -1, 0, 1),
)
"""What a puppet of ours may answer to; a puppet holds those it really moves by, with its own defaults and ranges."""

BY_NAME: dict[str, Parameter] = {p.name: p for p in STANDARD}
