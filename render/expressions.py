"""Expressions: named sets of parameters laid over whatever the face does, faded in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kirie.errors import RenderError
from render.idle import smooth

FADE = 0.25
"""Seconds from nothing to full."""


@dataclass(frozen=True, slots=True)
class Expression:
    """values: by parameter name, what the puppet shows at full strength; other parameters stay with the face."""

    name: str
    values: Mapping[str, float]


def _both(name: str, value: float) -> dict[str, float]:
    return {name.format("L"): value, name.format("R"): value}


STANDARD: tuple[Expression, ...] = (
    Expression("smile", {"ParamMouthForm": 1.0, "ParamCheek": 0.6, **_both("ParamEye{}Smile", 0.6)}),
    Expression("laugh", {"ParamMouthForm": 1.0, "ParamMouthOpenY": 0.8, "ParamCheek": 1.0, **_both("ParamEye{}Smile", 1.0),
                         **_both("ParamEye{}Open", 0.0), **_both("ParamBrow{}Y", 0.4)}),
    Expression("sad", {"ParamMouthForm": -0.8, **_both("ParamBrow{}Y", -0.2), **_both("ParamBrow{}Angle", 0.9),
                       **_both("ParamEye{}Open", 0.7)}),
    Expression("angry", {"ParamMouthForm": -0.7, **_both("ParamBrow{}Y", -0.6), **_both("ParamBrow{}Angle", -1.0),
                         **_both("ParamEye{}Open", 0.8)}),
    Expression("surprised", {"ParamMouthOpenY": 0.7, "ParamMouthForm": -0.3, **_both("ParamBrow{}Y", 1.0),
                             **_both("ParamEye{}Open", 1.0)}),
    Expression("wink", {"ParamEyeLOpen": 0.0, "ParamEyeLSmile": 0.6, "ParamMouthForm": 0.8, "ParamBrowRY": 0.3}),
    Expression("sleepy", {**_both("ParamEye{}Open", 0.35), **_both("ParamBrow{}Y", -0.2), "ParamMouthForm": -0.1}),
)  # fmt: skip
"""What the keys 1 to 7 show."""


class Face:
    """Which expression is on, and how far each has faded in or out."""

    def __init__(self, expressions: Sequence[Expression] = STANDARD) -> None:
        self.expressions = {each.name: each for each in expressions}
        self.wanted = ""
        self._strength = dict.fromkeys(self.expressions, 0.0)

    def show(self, name: str) -> None:
        """Fade to this expression, or away from it where it is on already; "" is none. Raises RenderError for others."""
        if name and name not in self.expressions:
            raise RenderError(f"there is no expression {name}", f"choose one of {', '.join(self.expressions)}")
        self.wanted = "" if name == self.wanted else name

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        for name, strength in self._strength.items():
            step = seconds / FADE if name == self.wanted else -seconds / FADE
            self._strength[name] = min(max(strength + step, 0.0), 1.0)

    def over(self, values: Mapping[str, float], rest: Mapping[str, float]) -> dict[str, float]:
        """`values` with the expressions laid over them; what values lacks starts from `rest`."""
        out = dict(values)
        for name, strength in self._strength.items():
            if strength <= 0:
                continue
            share = smooth(strength)
            for parameter, goal in self.expressions[name].values.items():
                start = out.get(parameter, rest.get(parameter, 0.0))
                out[parameter] = start + (goal - start) * share
        return out
