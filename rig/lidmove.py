"""How points travel with the lids.

Closure runs from 0 (as drawn) to 1 (shut); smile from 0 to 1 bends the shut line upward and lifts the lower lid.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rig.lids import F64, Lids, arc_share, at_place, nearest_place
from rig.puppet import F32

Mover = Callable[[float, float], F32]
"""Offsets float32 (V, 2) px of a closure and a smile."""
LOWER_SMILE = 0.22
"""How far a smile lifts the lower lid, as a share of the opening's height."""
UPPER_SMILE = 0.04
"""How far it lowers the upper lid."""
WING = 0.15
"""Share of the opening's width beyond a corner within which a lash goes over into its wing, which keeps its shape."""
WING_TURN = 0.5
"""How far the wing of a lash beyond the corner of the eye turns with its line."""
LEAD = 0.12
"""How far the middle of the upper lid leads on its ends half way, as a share of the way."""
EARLY = 1.06
"""How much faster the lower lid goes: the slit is gone a little before the lash has come to rest."""


def upper_at(lids: Lids, closure: float, smile: float) -> F64:
    """The upper lid at a closure and smile: float64 (SAMPLES, 2). Its middle leads and its ends lag, as on an eyeball."""
    share = arc_share(lids.upper)
    middle = 4 * share * (1 - share)
    pace = np.clip(closure + LEAD * np.sin(np.pi * closure) * (middle - 0.6), 0, 1)
    shut = lids.shut[0] * (1 - smile) + lids.shut[1] * smile
    droop = np.array((0.0, UPPER_SMILE * lids.height * smile * (1 - closure)))
    moved: F64 = lids.upper + pace[:, None] * (shut - lids.upper) + droop * middle[:, None]
    return moved


def lower_shift(lids: Lids, x: F32 | F64, closure: float, smile: float) -> F64:
    """How far the lower lid moves (y, px) at places x: it meets the upper one, and a smile lifts it."""
    closure = min(1.0, EARLY * closure)
    shut = lids.shut[0] * (1 - smile) + lids.shut[1] * smile
    at = np.clip(x.astype(np.float64), *lids.corners)
    floor = np.interp(at, lids.upper[:, 0], lids.lower)
    meeting = np.interp(at, shut[:, 0], shut[:, 1]) - floor
    middle = 1 - (2 * (at - lids.corners[0]) / max(lids.width, 1) - 1) ** 2
    shift: F64 = closure * meeting - LOWER_SMILE * lids.height * smile * middle * (1 - closure)
    return shift


def rim_mover(lids: Lids, vertices: F32) -> Mover:
    """How the white goes: its lower rim with the lower lid, the less the higher up, so gently that nothing folds."""
    corners = np.linspace(*lids.corners, 16)
    farthest = max(float(np.abs(lower_shift(lids, corners, 1.0, smile)).max()) for smile in (0.0, 1.0))
    reach = float(np.clip(1.8 * farthest / max(lids.height, 1.0), 0.45, 1.5))
    share = smooth_step((lids.relative(vertices) - 0.95 + reach) / reach)
    return lambda closure, smile: vertical(share * lower_shift(lids, vertices[:, 0], closure, smile))


def smooth_step(step: F64) -> F64:
    """0 below 0, 1 above 1, smooth between."""
    inside = np.clip(step, 0, 1)
    smooth: F64 = inside * inside * (3 - 2 * inside)
    return smooth


def vertical(dy: F64) -> F32:
    """Offsets float32 (N, 2) that go down by dy."""
    return np.stack([np.zeros_like(dy), dy], -1).astype(np.float32)


def crease_shift(lids: Lids, x: F32 | F64, closure: float, smile: float) -> F64:
    """How far the upper lid comes down (y, px) at places x, as one plain bow: a crease keeps its clean line."""
    way = (upper_at(lids, closure, smile) - lids.upper)[:, 1]
    bow = np.polynomial.Polynomial.fit(lids.upper[:, 0], way, 2)
    shift: F64 = bow(np.clip(x.astype(np.float64), lids.upper[0, 0], lids.upper[-1, 0]))
    return shift


class Riders:
    """Points (N, 2) px that ride on a line, each on the place nearest to it; line: (SAMPLES, 2), else the upper lid at rest."""

    def __init__(self, lids: Lids, points: F32 | F64, line: F64 | None = None) -> None:
        self.lids = lids
        self.points = np.asarray(points, np.float64)
        self._line = lids.upper if line is None else line
        self._place = self._places()
        self._heading = _heading(self._line, self._place)
        self._foot = at_place(self._line, self._place)
        beyond = np.maximum(lids.corners[0] - self.points[:, 0], self.points[:, 0] - lids.corners[1]) / lids.width
        self._wing = 1 - (1 - WING_TURN) * smooth_step(beyond / 0.3)

    def _places(self) -> F64:
        """Places on the line; the wing of a lash beyond a corner of the eye keeps to that corner, as one piece."""
        place = nearest_place(self._line, self.points)
        for corner, sign in zip(self.lids.corners, (-1, 1), strict=True):
            end = np.interp(corner, self._line[:, 0], np.arange(len(self._line)))
            out = smooth_step(sign * (self.points[:, 0] - corner) / (WING * self.lids.width))
            place = place + out * (end - place)
        return place

    def carried(self, closure: float, smile: float) -> F64:
        """How far their places on the upper lid move: float64 (N, 2) px."""
        return at_place(upper_at(self.lids, closure, smile) - self._line, self._place)

    def moved(self, closure: float, smile: float, thickness: float | F64 = 1.0) -> F64:
        """Where the points are at a closure and smile of the upper lid; see `onto`."""
        return self.onto(upper_at(self.lids, closure, smile), thickness)

    def onto(self, now: F64, thickness: float | F64 = 1.0) -> F64:
        """Where the points are when the line is `now`: carried and turned, so that a lash keeps its thickness and length.

        What lies farther off turns less. thickness: scales their distance from the line, one for all or (N, 1).
        """
        arm = (self.points - self._foot) * thickness
        far = np.linalg.norm(arm, axis=1) / max(1.5 * self.lids.thickness, 0.12 * self.lids.height, 2.0)
        turn = (_heading(now, self._place) - self._heading) * np.clip(1.5 - 0.5 * far, 0.35, 1) * self._wing
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.stack([arm[:, 0] * cos - arm[:, 1] * sin, arm[:, 0] * sin + arm[:, 1] * cos], -1)
        return at_place(now, self._place) + turned


def _heading(curve: F64, place: F64) -> F64:
    """Direction of a polyline at places, radians, smoothed over a few of its points."""
    from scipy.ndimage import gaussian_filter1d

    step = np.gradient(gaussian_filter1d(curve, 3, axis=0, mode="nearest"), axis=0)
    return at_place(np.arctan2(step[:, 1], step[:, 0])[:, None], place)[:, 0]
