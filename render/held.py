"""Parameters that a hand holds: whatever the face, idling or an expression says, they stand where the slider was dragged to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kirie.errors import RenderError
from render.idle import smooth
from rig.params import Parameter

FADE = 0.25
"""Seconds in which a parameter that is let go returns to the performance."""


class Held:
    """Which parameters are held, and which are on their way back."""

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._known = {each.name: each for each in parameters}
        self._values: dict[str, float] = {}
        self._strength: dict[str, float] = {}
        self.names: frozenset[str] = frozenset()

    @property
    def values(self) -> dict[str, float]:
        """What is held now, by name."""
        return {name: self._values[name] for name in self._values if name in self.names}

    def hold(self, name: str, value: float) -> float:
        """Hold a parameter, within its range; the value it got. Raises RenderError for one that the puppet has not."""
        if name not in self._known:
            raise RenderError(f"the puppet has no parameter {name}", f"choose one of {', '.join(self._known)}")
        self._values[name], self._strength[name] = self._known[name].clamp(value), 1.0
        self.names |= {name}
        return self._values[name]

    def release(self, name: str | None = None) -> None:
        """Let one go, or all; one that is not held stays as it is."""
        self.names = self.names - {name} if name else frozenset()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        for name in [n for n in self._strength if n not in self.names]:
            self._strength[name] -= seconds / FADE
            if self._strength[name] <= 0:
                del self._strength[name], self._values[name]

    def over(self, values: Mapping[str, float], rest: Mapping[str, float]) -> Mapping[str, float]:
        """`values` with what is held laid over them; what values lacks starts from `rest`."""
        if not self._strength:
            return values
        out = dict(values)
        for name, strength in self._strength.items():
            start = out.get(name, rest.get(name, 0.0))
            out[name] = start + (self._values[name] - start) * smooth(strength)
        return out
