"""The open mouth that nobody drew: outline, hollow, teeth and tongue painted flat in the character's own colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.mouth_line import ClosedLine
from rig.mouth_shape import COLUMNS, F64, outward
from rig.mouth_trace import Colour

SCALE = 2
"""Texels per canvas px."""
FINE = 4
"""Samples per texel and axis while painting."""
BORDER = 4.0
"""Px of clear border around the painted mouth."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours 0..255 of the outline, the hollow, the tongue and the teeth."""

    line: Colour
    fill: Colour
    tongue: Colour
    teeth: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """rgba: the texture. origin: the mouth's-frame px of its top left corner; it holds SCALE texels a px."""

    rgba: RGBA
    origin: tuple[float, float]

    def uv(self, points: F64) -> npt.NDArray[np.float32]:
        """Texture coordinates 0..1 of points (..., 2) in the mouth's frame."""
        size = np.array([self.rgba.shape[1], self.rgba.shape[0]]) / SCALE
        return ((points - self.origin) / size).astype(np.float32)


def palette(line: Colour, skin: Colour, fill: Colour | None = None) -> Palette:
    """Colours of an inner mouth: a warm dark of skin and line, or deepened from the `fill` of a small drawn mouth."""
    pink = _scaled(skin, (0.94, 0.56, 0.53))
    hollow = _mix(_scaled(skin, (0.64, 0.31, 0.28)), line, 0.3)
    if fill is not None:
        light = _light(fill) > 0.55 * _light(skin)
        pink = _mix(pink, fill, 0.4) if light else pink
        hollow = _mix(_scaled(fill, (0.72, 0.5, 0.46)), hollow, 0.35) if light else fill
    elif _light(line) > 70 and abs(_light(hollow) - _light(line)) < 40:     # coloured line art: the hollow is the darker one
        hollow = _scaled(_mix(hollow, line, 0.3), (0.58, 0.5, 0.55))
    return Palette(line, hollow, _mix(hollow, pink, 0.7), _mix((255, 252, 248), skin, 0.22))


def outline(line: ClosedLine, skin: Colour, most: float) -> tuple[F64, Colour]:
    """Half the thickness in px along the lips of the opened mouth, and their colour: the drawn line's own.

    Gaps of the line are bridged by a finer stroke; a faint stroke gives a colour between its own and the skin's. most: px that
    half the thickness may be (a dot of a mouth is thick for its length).
    """
    drawn = line.half[line.half > 0]
    body = min(float(np.quantile(drawn, 0.6)) if len(drawn) else 1.0, most)
    thin = 0.75 * body * np.clip(np.sin(np.linspace(0, np.pi, COLUMNS)) * 2.5, 0.5, 1)
    kernel = np.hanning(7)[1:-1]
    halves = np.convolve(np.pad(np.clip(line.half, thin, 1.1 * body), 2, mode="edge"), kernel / kernel.sum(), mode="valid")
    return np.maximum(halves, 0.6), _mix(skin, line.colour, min(1.0, 0.1 + line.strength))


def refined(rgba: RGBA, scale: int) -> RGBA:
    """A texture with `scale` texels a px and the steps of its edges smoothed."""
    import cv2

    alpha = rgba[..., 3:].astype(np.float32) / 255
    flat = np.concatenate([rgba[..., :3] * alpha, alpha * 255], -1)
    fine = cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    fine = np.clip(cv2.GaussianBlur(fine, (0, 0), 0.35 * scale), 0, 255)
    cover = fine[..., 3:] / 255
    colour = np.divide(fine[..., :3], cover, out=np.zeros_like(fine[..., :3]), where=cover > 0.5 / 255)
    out: RGBA = (np.clip(np.concatenate([colour, fine[..., 3:]], -1), 0, 255) + 0.5).astype(np.uint8)
    return out


def paint(upper: F64, lower: F64, halves: F64, colours: Palette) -> Painting:
    """The open mouth between two lip curves (mouth's frame, px) with an outline of `halves` px to either side."""
    canvas = _Canvas.around(np.concatenate([upper, lower]), float(halves.max()) + BORDER, colours.line)
    hollow = np.concatenate([upper, lower[::-1]])
    canvas.fill(hollow, colours.fill)
    canvas.fill(_tongue(upper, lower), colours.tongue, within=hollow)
    canvas.fill(_teeth(upper, lower), colours.teeth, within=hollow)
    for curve, normal in zip((upper, lower), outward(upper, lower), strict=True):
        edge = halves[:, None] * normal
        canvas.fill(np.concatenate([curve + edge, (curve - edge)[::-1]]), colours.line)
    for corner in (0, -1):
        canvas.dot(upper[corner], float(halves[corner]), colours.line)
    return Painting(canvas.rgba(), canvas.origin)


def paint_stroke(curve: F64, halves: F64, colour: Colour) -> Painting:
    """A stroke along a curve (mouth's frame, px), `halves` px to either side."""
    canvas = _Canvas.around(curve, float(halves.max()) + BORDER, colour)
    along = np.gradient(curve, axis=0)
    edge = halves[:, None] * np.stack([-along[:, 1], along[:, 0]], -1) / np.linalg.norm(along, axis=1, keepdims=True)
    canvas.fill(np.concatenate([curve - edge, (curve + edge)[::-1]]), colour)
    return Painting(canvas.rgba(), canvas.origin)


def _tongue(upper: F64, lower: F64) -> F64:
    """The outline of a mound at the bottom of the mouth."""
    middle, half = COLUMNS // 2, np.ptp(upper[:, 0]) / 2
    height = lower[middle, 1] - upper[middle, 1]
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    centre = lower[middle] + (0.0, 0.1 * height)
    mound: F64 = centre + np.stack([0.78 * half * np.cos(turn), 0.42 * height * np.sin(turn)], -1)
    return mound


def _teeth(upper: F64, lower: F64) -> F64:
    """The outline of the upper row of teeth, a band that hangs from the upper lip and narrows towards the corners."""
    middle, half = COLUMNS // 2, np.ptp(upper[:, 0]) / 2
    top = upper[middle, 1]
    height = lower[middle, 1] - top
    x = np.linspace(-1, 1, 33)
    edge = np.stack([upper[middle, 0] + half * x, top + height * (0.19 - 0.03 * x**2)], -1)
    lid = np.array([[edge[-1, 0], top - height], [edge[0, 0], top - height]])
    return np.concatenate([edge, lid])


class _Canvas:
    """Flat shapes painted over each other, smooth at their edges."""

    def __init__(self, size: tuple[int, int], origin: tuple[float, float], clear: Colour) -> None:
        self.origin = origin
        self._shape = (size[1] * SCALE, size[0] * SCALE)
        self._rgb = np.broadcast_to(np.array(clear, np.float32), (*self._shape, 3)).copy()
        self._alpha = np.zeros(self._shape, np.float32)

    @classmethod
    def around(cls, points: F64, border: float, clear: Colour) -> _Canvas:
        """A canvas that holds points of the mouth's frame with a border of px around them."""
        origin = np.floor(points.min(0) - border)
        size = np.ceil(points.max(0) + border) - origin
        return cls((int(size[0]), int(size[1])), (float(origin[0]), float(origin[1])), clear)

    def fill(self, outline: F64, colour: Colour, within: F64 | None = None) -> None:
        """Paint a polygon of the mouth's frame, where given only inside another."""
        cover = self._cover(outline)
        self._blend(cover if within is None else np.minimum(cover, self._cover(within)), colour)

    def dot(self, centre: F64, radius: float, colour: Colour) -> None:
        """Paint a disc."""
        turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        self._blend(self._cover(centre + radius * np.stack([np.cos(turn), np.sin(turn)], -1)), colour)

    def rgba(self) -> RGBA:
        """uint8 (h, w, 4), straight alpha."""
        both = np.concatenate([self._rgb, self._alpha[..., None] * 255], -1)
        rounded: RGBA = (np.clip(both, 0, 255) + 0.5).astype(np.uint8)
        return rounded

    def _cover(self, outline: F64) -> npt.NDArray[np.float32]:
        import cv2

        fine = np.zeros((self._shape[0] * FINE, self._shape[1] * FINE), np.uint8)
        corners = np.round(((outline - self.origin) * SCALE * FINE - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(fine, [corners], 255, cv2.LINE_8, 4)
        cover: npt.NDArray[np.float32] = cv2.resize(fine, self._shape[::-1], interpolation=cv2.INTER_AREA) / np.float32(255)
        return cover

    def _blend(self, cover: npt.NDArray[np.float32], colour: Colour) -> None:
        alpha = cover + self._alpha * (1 - cover)
        share = np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)[..., None]
        self._rgb += share * (np.array(colour, np.float32) - self._rgb)
        self._alpha = alpha


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    r, g, bl = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return r, g, bl


def _scaled(colour: Colour, by: Colour) -> Colour:
    r, g, b = (x * k for x, k in zip(colour, by, strict=True))
    return r, g, b


def _light(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
