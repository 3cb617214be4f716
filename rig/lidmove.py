"""How points travel with the lids.

Closure runs from 0 (as drawn) to 1 (shut); smile from 0 to 1 bends the shut line upward and lifts the lower lid.
"""

from __future__ import annotations

import numpy as np

from rig.lids import F64, Lids, arc_share, at_place, nearest_place
from rig.puppet import F32

LOWER_SMILE = 0.22
"""How far a smile lifts the lower lid, as a share of the opening's height."""
UPPER_SMILE = 0.04
"""How far it lowers the upper lid."""
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


def crease_shift(lids: Lids, x: F32 | F64, closure: float, smile: float) -> F64:
    """How far the upper lid comes down (y, px) at places x, as one plain bow: a crease keeps its clean line."""
    way = (upper_at(lids, closure, smile) - lids.upper)[:, 1]
    bow = np.polynomial.Polynomial.fit(lids.upper[:, 0], way, 2)
    shift: F64 = bow(np.clip(x.astype(np.float64), lids.upper[0, 0], lids.upper[-1, 0]))
    return shift


class Riders:
    """Points that ride on the upper lid, each on the place nearest to it at rest; points: (N, 2) px."""

    def __init__(self, lids: Lids, points: F32 | F64) -> None:
        self.lids = lids
        self.points = np.asarray(points, np.float64)
        self._place = nearest_place(lids.upper, self.points)
        self._heading = _heading(lids.upper, self._place)
        self.foot = at_place(lids.upper, self._place)

    def carried(self, closure: float, smile: float) -> F64:
        """How far their places move: float64 (N, 2) px."""
        return at_place(upper_at(self.lids, closure, smile) - self.lids.upper, self._place)

    def moved(self, closure: float, smile: float, thickness: float | F64 = 1.0) -> F64:
        """Where the points are: carried by their places and turned with them, so that a lash keeps its thickness and length.

        What lies farther off turns less. thickness: scales their distance from the lid, one for all or (N, 1).
        """
        now = upper_at(self.lids, closure, smile)
        arm = (self.points - self.foot) * thickness
        far = np.linalg.norm(arm, axis=1) / max(1.5 * self.lids.thickness, 0.12 * self.lids.height, 2.0)
        turn = (_heading(now, self._place) - self._heading) * np.clip(1.5 - 0.5 * far, 0.35, 1)
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.stack([arm[:, 0] * cos - arm[:, 1] * sin, arm[:, 0] * sin + arm[:, 1] * cos], -1)
        return at_place(now, self._place) + turned


def _heading(curve: F64, place: F64) -> F64:
    """Direction of a polyline at places, radians, smoothed over a few of its points."""
    from scipy.ndimage import gaussian_filter1d

    step = np.gradient(gaussian_filter1d(curve, 3, axis=0, mode="nearest"), axis=0)
    return at_place(np.arctan2(step[:, 1], step[:, 0])[:, None], place)[:, 0]
