"""The easel: where a character stands on the canvas, how its head is turned, and the layers drawn so far.

Head units: origin between the eyes, half the face's width is 100, y down. Body units are the same, unturned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from layering.artist.bend import Bend
from layering.artist.palette import Palette, Rng, mix
from layering.artist.shapes import Curve, turn
from layering.artist.sheet import Sheet
from layering.artist.style import Style, Tone
from layering.stack import Layer, LayerStack

RADIUS = 106.0
"""Units: the ball that a turned head is projected from."""


@dataclass(frozen=True, slots=True)
class Stance:
    """scale: px of a unit. origin: canvas px of the point between the eyes. yaw, pitch: degrees the head is turned.
    roll: degrees of the head's tilt about `pivot` (units). lean: degrees of the whole figure. bend: of the whole figure.
    twist: degrees the body is turned; girth: units, half the width of the barrel that it turns as.
    """

    scale: float
    origin: tuple[float, float]
    yaw: float
    pitch: float
    roll: float
    pivot: tuple[float, float]
    lean: float
    bend: Bend
    twist: float
    girth: float


@dataclass
class Easel:
    """Collects layers; `order` sorts them back to front."""

    canvas: tuple[int, int]
    stance: Stance
    style: Style
    palette: Palette
    rng: Rng
    layers: list[tuple[float, Layer]] = field(default_factory=list)

    def to_canvas(self, curve: Curve) -> Curve:
        """Units → canvas px."""
        bent = self.stance.bend(turn(curve, self.stance.lean, self.stance.pivot))
        return bent * self.stance.scale + np.array(self.stance.origin)

    def head(self, depth: float = 1.0) -> Sheet:
        """A sheet for what is on the head. depth: 1 on the face's skin, 0 in the plane of the ears, -1 behind."""
        return Sheet(self.canvas, self._on_head(depth))

    def body(self) -> Sheet:
        """A sheet for what is on the body."""
        return Sheet(self.canvas, self._on_body)

    def hair_tone(self, base: str = "") -> Tone:
        """The tones of hair (of its own colour unless given), with the line and the gloss that this hand gives it."""
        tone, style = self.style.tone(base or self.palette.hair), self.style
        return replace(tone, light=mix(tone.light, "ffffff", style.sheen), line=style.hair_line or tone.line)

    def _on_body(self, curve: Curve) -> Curve:
        if not self.stance.twist:
            return self.to_canvas(curve)
        a, r = np.deg2rad(self.stance.twist), self.stance.girth
        near = 0.5 * np.sqrt(np.clip(r**2 - curve[:, 0] ** 2, 0, None))
        return self.to_canvas(np.stack([curve[:, 0] * np.cos(a) + near * np.sin(a), curve[:, 1]], 1))

    def _on_head(self, depth: float) -> Callable[[Curve], Curve]:
        yaw, pitch = np.deg2rad([self.stance.yaw, self.stance.pitch])

        def place(curve: Curve) -> Curve:
            r2 = (curve[:, 0] / RADIUS) ** 2 + (curve[:, 1] / (RADIUS * 1.5)) ** 2
            z = RADIUS * depth * np.sqrt(np.clip(1 - r2, 0, 1))
            x = curve[:, 0] * np.cos(yaw) + z * np.sin(yaw)
            y = curve[:, 1] * np.cos(pitch) - (z - RADIUS * max(depth, 0) * 0.6) * np.sin(pitch)
            return self.to_canvas(turn(np.stack([x, y], 1), self.stance.roll, self.stance.pivot))

        return place

    def add(self, order: float, sheet: Sheet, part: str, side: str = "", name: str = "") -> None:
        """Keep a finished sheet as a layer; names are made unique when the stack is taken."""
        layer = sheet.layer(name or (f"{part}-{side}" if side else part), part, side)
        if layer.rgba[..., 3].any():
            self.layers.append((order, layer))

    def stack(self) -> LayerStack:
        """Everything so far, back to front, with unique names."""
        seen: dict[str, int] = {}
        out = []
        for _, layer in sorted(self.layers, key=lambda item: item[0]):
            count = seen[layer.name] = seen.get(layer.name, -1) + 1
            name = f"{layer.name}-{count}" if count else layer.name
            out.append(Layer(name, layer.part, layer.rgba, layer.offset, layer.side))
        return LayerStack(self.canvas, tuple(out))
