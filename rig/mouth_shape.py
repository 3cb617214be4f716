"""The family of mouths: how an upper and a lower lip curve run at every openness and form.

Frame: the mouth's own, in px: origin midway between the corners of the closed line, x along the line through the corners
towards the picture's right, y down at a right angle to it. A curve is float64 (COLUMNS, 2) from the left corner to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

COLUMNS = 33
"""Points along a lip, corner to corner."""
LIFT = 0.24
"""The share of an opening by which the upper lip rises, where the chin leaves room for the rest."""
SLIT = 0.0004
"""Px that the lips of a shut mouth stand apart at the middle: the loop around them has a sense of rotation, and no pixel's
centre falls between them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the mouth's own frame lies: origin (x, y) canvas px, angle in radians (positive = clockwise as seen)."""

    origin: tuple[float, float]
    angle: float

    def local(self, points: npt.ArrayLike) -> F64:
        """Canvas px (..., 2) in the mouth's frame."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        turned: F64 = (np.asarray(points, np.float64) - self.origin) @ np.array([[c, -s], [s, c]])
        return turned

    def canvas(self, points: F64) -> F64:
        """Points (..., 2) of the mouth's frame in canvas px."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        placed: F64 = points @ np.array([[c, s], [-s, c]]) + self.origin
        return placed


@dataclass(frozen=True, slots=True)
class Lip:
    """Half a lip as a cubic: from the corner (-half, corner) to the middle (0, middle), mirrored to the right.

    The corner's handle ends at (-half + lean x half, corner + rise x (middle - corner)), the middle's at
    (-flat x half, middle).
    """

    corner: float
    middle: float
    lean: float
    rise: float
    flat: float

    def towards(self, other: Lip, share: float, bend: float) -> Lip:
        """`share` of the way to another in position, `bend` of the way in shape."""

        def mix(a: float, b: float, k: float) -> float:
            return a + (b - a) * k

        return Lip(mix(self.corner, other.corner, share), mix(self.middle, other.middle, share),
                   mix(self.lean, other.lean, bend), mix(self.rise, other.rise, bend), mix(self.flat, other.flat, bend))

    def curve(self, half: float) -> F64:
        """The lip for half the mouth's width in px, its points at equal distances along it."""
        t = np.linspace(0, 1, 65)[:, None]
        a = np.array([-half, self.corner])
        b = np.array([half * (self.lean - 1), self.corner + self.rise * (self.middle - self.corner)])
        c, d = np.array([-half * self.flat, self.middle]), np.array([0.0, self.middle])
        left = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
        return resample(np.concatenate([left, left[-2::-1] * (-1, 1)]), COLUMNS)


@dataclass(frozen=True, slots=True)
class Family:
    """All mouths of one character.

    width: px of the closed line at form 0, between the ends of its centre. height: px from lip to lip (centre of line) at
    full opening and form 0. opened: the same opening's width in px. sag: px by which the middle of the closed line lies below
    its corners at form 0. lift: the share of the opening that lies above the middle of the closed line at form 0.
    """

    width: float
    height: float
    opened: float
    sag: float
    lift: float = LIFT

    def lips(self, openness: float, form: float) -> tuple[F64, F64]:
        """The upper and the lower lip's curves at ParamMouthOpenY (0..1) and ParamMouthForm (-1..1)."""
        shut_half, shut = self._shut(form)
        open_half, upper, lower = self._open(form)
        bend = openness**0.7
        half = shut_half + (open_half - shut_half) * openness**1.15
        top, bottom = shut.towards(upper, openness, bend), shut.towards(lower, openness, bend)
        return top.curve(half), bottom.curve(half)

    def _shut(self, form: float) -> tuple[float, Lip]:
        """Half the width and the line of the closed mouth: a parabola whose corners rise into a smile or fall into a pout."""
        smile = max(self.sag, 0.06 * self.width) + 0.1 * self.width
        pout = min(self.sag, 0.0) - 0.11 * self.width
        sag = self.sag + (smile - self.sag if form > 0 else self.sag - pout) * form
        half = self.width / 2 * (1 + (0.08 if form > 0 else 0.14) * form)
        return half, Lip(-0.65 * (sag - self.sag), self.sag + 0.35 * (sag - self.sag), 1 / 3, 2 / 3, 1 / 3)

    def _open(self, form: float) -> tuple[float, Lip, Lip]:
        """Half the width, upper and lower lip of the fully open mouth, between an arch, a rounded trapezoid and a broad D."""
        h, sag = self.height, self.sag
        top = sag - self.lift * h
        middle = (self.opened / 2, Lip(top + 0.46 * h, top, 0.02, 0.62, 0.62), Lip(top + 0.46 * h, top + h, 0.0, 0.6, 0.58))
        if form > 0:
            top = sag - (self.lift - 0.14) * h
            corner = top - 0.09 * self.width
            half = max(0.47 * self.width, 0.6 * self.opened)
            other = (half, Lip(corner, top, 0.36, 0.75, 0.4), Lip(corner, top + 0.9 * h, 0.05, 0.66, 0.5))
        else:
            top = sag - (self.lift - 0.04) * h
            corner = top + 0.66 * h
            other = (0.78 * self.opened / 2, Lip(corner, top, 0.1, 0.6, 0.42), Lip(corner, top + 0.76 * h, 0.22, 0.75, 0.5))
        share = abs(form)
        half = middle[0] + (other[0] - middle[0]) * share
        return half, middle[1].towards(other[1], share, share), middle[2].towards(other[2], share, share)


def resample(curve: F64, count: int) -> F64:
    """`count` points at equal distances along a polyline (N, 2)."""
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(np.maximum(steps, 1e-9))])
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, curve[:, 0]), np.interp(at, along, curve[:, 1])], -1)


def parted(upper: F64, lower: F64) -> tuple[F64, F64]:
    """The lips moved apart by at most SLIT px where they touch; the corners stay together."""
    swell = SLIT / 2 * np.sin(np.linspace(0, np.pi, len(upper)))
    push = np.stack([np.zeros_like(swell), swell], -1)
    return upper - push, lower + push


def unfolded(edge: F64, lip: F64) -> F64:
    """The edge of an outline (COLUMNS, 2) with points drawn together where it would run against its lip, as it does around the
    inside of a tight bend; its ends stay."""
    edge = edge.copy()
    along = np.diff(lip, axis=0)
    for _ in range(8):
        against = (np.diff(edge, axis=0) * along).sum(1) < 0
        if not against.any():
            break
        near = np.convolve(against, np.ones(2), mode="full") > 0
        near[[0, -1]] = False
        calm = np.concatenate([edge[:1], (edge[:-2] + edge[1:-1] + edge[2:]) / 3, edge[-1:]])
        edge[near] = calm[near]
    return edge


def outward(upper: F64, lower: F64) -> tuple[F64, F64]:
    """Unit normals (COLUMNS, 2) of both lips that point out of the mouth.

    At the corners they point sideways, equal for both, and turn there over a few columns.
    """
    loop = np.concatenate([upper, lower[-2:0:-1]])
    along = np.roll(loop, -1, 0) - np.roll(loop, 1, 0)
    normal = _unit(np.stack([along[:, 1], -along[:, 0]], -1))
    normal = _unit(sum((np.roll(normal, k, 0) for k in (-1, 0, 0, 1)), start=np.zeros_like(normal)))
    n = len(upper)
    return normal[:n], np.concatenate([normal[:1], normal[: n - 2 : -1]])


def _unit(vectors: F64) -> F64:
    unit: F64 = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return unit
