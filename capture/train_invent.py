"""Expressions that portraits do not show, made from their heads: blinks and winks, looks, brows, jaws, purses and smiles.

Each is a portrait's shape in the head frame, mixed with the difference of two others, whose points are then moved as flesh
moves: lids over the eye, brows and corners with their surroundings, the jaw about its joint. Landmarks, not pictures: what the
blendshape network of the FaceLandmarker says of such landmarks (capture/train_net.py) is what ours learns to say.
"""

from __future__ import annotations

import numpy as np

from capture.model import F64, I64

UPPER = ((466, 388, 387, 386, 385, 384, 398), (246, 161, 160, 159, 158, 157, 173))
LOWER = ((249, 390, 373, 374, 380, 381, 382), (7, 163, 144, 145, 153, 154, 155))
CREASE = ((467, 260, 259, 257, 258, 286, 414), (247, 30, 29, 27, 28, 56, 190))
IRIS = (tuple(range(473, 478)), tuple(range(468, 473)))
BROW = ((336, 300), (107, 70))
"""Landmarks of the left and the right side; a brow's inner and outer end."""
CORNERS = (291, 61)
LOWER_LIP = (14, 87, 317, 178, 402, 17, 84, 314, 181, 405, 91, 321, 15, 16, 85, 86, 315, 316, 179, 180, 403, 404,
             89, 90, 319, 320)  # fmt: skip
LOWER_ENDS = (88, 318, 95, 324, 96, 325, 146, 375, 77, 307)
UPPER_LIP = (13, 82, 312, 81, 311, 80, 310, 191, 415, 0, 37, 267, 39, 269, 40, 270, 185, 409, 11, 12, 72, 302, 73, 303, 74, 304,
             38, 268, 41, 271, 42, 272, 183, 407, 184, 408)  # fmt: skip
LIP_CORNERS = (61, 291, 78, 308, 62, 292, 76, 306)
LIPS = (*LOWER_LIP, *LOWER_ENDS, *UPPER_LIP, *LIP_CORNERS)
OPENED = 24.0
"""Degrees of the widest jaw."""


class Inventor:
    """Draws from shapes float64 (N, 478, 3) in cm, head frame; all follows from the seed."""

    def __init__(self, shapes: F64, seed: int) -> None:
        self._shapes, self._rng = shapes, np.random.default_rng(seed)
        self._mean = np.median(shapes, 0)
        self._mouth = float(self._mean[[13, 14], 1].mean())
        ears = self._mean[[234, 454]].mean(0)
        self._joint = np.array([0.0, ears[1] - 0.8, ears[2]])
        self._jaw = np.clip((self._mouth - 0.35 - self._mean[:, 1]) / 1.0, 0, 1)
        for points, share in ((LOWER_LIP, 1.0), (LOWER_ENDS, 0.75), (UPPER_LIP, 0.0), (LIP_CORNERS, 0.4)):
            self._jaw[list(points)] = share

    def draw(self) -> F64:
        """Landmarks float64 (478, 2), cm, y up, of an invented expression on a head that is turned, seen from near or far."""
        shape = self._somebody()
        self._move_eyes(shape)
        self._move_brows(shape)
        self._move_mouth(shape)
        self._open_jaw(shape)
        return self._seen(shape + self._rng.normal(0, 0.02, shape.shape) * [1, 1, 0.5])

    def _maybe(self, share: float) -> bool:
        return bool(self._rng.random() < share)

    def _somebody(self) -> F64:
        one, other, third = self._shapes[self._rng.integers(len(self._shapes), size=3)]
        return one + self._rng.uniform(0, 0.8) * (other - third) if self._maybe(0.6) else one.copy()

    def _around(self, point: int, radius: float) -> F64:
        """How much each landmark (478,) goes along when one is moved."""
        return np.asarray(np.exp(-((self._mean - self._mean[point]) ** 2).sum(1) / (2 * radius**2)))

    def _move_eyes(self, shape: F64) -> None:
        """Both lids together, one alone, or none; a look, which the lids follow; a squint from below."""
        kind, together = self._rng.random(), self._rng.uniform(-0.3, 1.08)
        shut = self._rng.normal(together if kind < 0.6 else 0.0, 0.08, 2)
        if 0.6 < kind < 0.8:
            shut[self._rng.integers(2)] = self._rng.uniform(-0.2, 1.05)
        look = self._rng.normal(0, [0.22, 0.16]) * self._maybe(0.8)
        for side in (0, 1):
            upper, lower = list(UPPER[side]), list(LOWER[side])
            gap = shape[lower, 1] - shape[upper, 1]
            shape[upper, 1] += shut[side] * gap + 0.5 * look[1] * (1 - max(shut[side], 0))
            shape[list(CREASE[side]), 1] += 0.35 * shut[side] * gap
            shape[lower, 1] += 0.3 * look[1] - gap * self._rng.uniform(-0.05, 0.25) * self._maybe(0.4)
            shape[list(IRIS[side]), :2] += look + self._rng.normal(0, 0.02, 2)
            shape[list(IRIS[side]), 1] -= 0.18 * np.clip(shut[side], 0, 1)

    def _move_brows(self, shape: F64) -> None:
        """Up and down at both ends, together and apart, and drawn together."""
        both = self._rng.normal(0, 0.28, 2) * self._maybe(0.7)
        frown = max(self._rng.normal(0, 0.12), 0) * self._maybe(0.4)
        above = self._mean[:, 1] > self._mean[[*UPPER[0], *UPPER[1]], 1].max() + 0.2
        for side, inward in ((0, -1), (1, 1)):
            lift = both + self._rng.normal(0, 0.15, 2) * self._maybe(0.5)
            for end, height in zip(BROW[side], lift, strict=True):
                shape[:, 1] += height * self._around(end, 1.1) * above
            shape[:, 0] += inward * frown * self._around(BROW[side][0], 0.9)

    def _move_mouth(self, shape: F64) -> None:
        """Corners, pursed lips, pressed or swollen ones, a raised upper lip."""
        if self._maybe(0.6):
            pull = self._rng.normal(0, [0.35, 0.28])
            for corner, outward in zip(CORNERS, (1, -1), strict=True):
                x, y = pull + self._rng.normal(0, 0.1, 2) * self._maybe(0.4)
                shape += np.outer(self._around(corner, 1.3), [outward * x, y, -0.4 * abs(x)])
        if self._maybe(0.35):
            purse = self._rng.uniform(0, 1)
            near = purse * np.exp(-((self._mean[:, :2] - [0, self._mouth]) ** 2 / [8, 3]).sum(1))
            shape[:, 0] *= 1 - 0.5 * near
            shape[:, 2] += 0.6 * near
        if self._maybe(0.3):
            lips = list(LIPS)
            shape[lips, 1] -= self._rng.uniform(-0.18, 0.42) * (shape[lips, 1] - shape[lips, 1].mean())
        if self._maybe(0.3):
            lips = list(UPPER_LIP)
            shape[lips, 1] += self._rng.uniform(0, 0.35) * self._around(0, 0.9)[lips]

    def _open_jaw(self, shape: F64) -> None:
        if not self._maybe(0.65):
            return
        angle = np.radians(self._rng.uniform(0, 5) if self._maybe(0.4) else self._rng.uniform(0, OPENED))
        c, s = np.cos(angle * self._jaw), np.sin(angle * self._jaw)
        y, z = (shape - self._joint)[:, 1:].T
        shape[:, 1], shape[:, 2] = self._joint[1] + y * c - z * s, self._joint[2] + y * s + z * c
        shape[list(LIP_CORNERS), 0] *= 1 - 0.25 * angle

    def _seen(self, shape: F64) -> F64:
        """(478, 2) cm: the head turned, nearly upright, through a camera 35 to 85 cm away."""
        wide = self._maybe(0.3)
        yaw = self._rng.uniform(-38, 38) if wide else self._rng.normal(0, 11)
        y, p, r = np.radians([yaw, -self._rng.normal(0, 9), -self._rng.normal(0, 2.5)])
        about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
        about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
        turned, away = shape @ (about_y @ about_x @ about_z).T, self._rng.uniform(35, 85)
        return np.asarray(turned[:, :2] * away / (away - turned[:, 2:]))


def mirrored(points: F64, mirror: I64) -> F64:
    """Points (..., 478, 2) of the mirror image; `mirror` (478,) names each landmark's partner."""
    return points[..., mirror, :] * [-1, 1]
