"""Where the head is: the pose that carries Kirie's mean head onto the landmarks, and the landmarks seen from the head.

Head frame: cm, x to the picture's right, y up, z towards the viewer when the head looks straight at the camera; the mean head
(`model.npz`) is symmetric, with 6.3 cm between its irises. The fit is a weighted Procrustes over the whole face, so that one
bad point moves nothing, on points that perspective has been taken out of.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from capture.model import F64, build, model, net_says, readouts
from capture.types import F32

FIELD_OF_VIEW = 63.0
"""Degrees from the bottom to the top of the picture that a common webcam sees; only the perspective's strength hangs on it."""


MENDED = 4.0
"""Degrees at most by which the readouts may mend the rigid fit, which a jaw and a smile pull at."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One frame's head.

    yaw, pitch, roll: degrees, signs of ParamAngleX, Y, Z. position: (x, y, z) cm of the head's middle seen from the camera,
    x right, y up, z negative in front of it. shape: float64 (478, 3) cm, the landmarks in the head frame. read, said: what the
    model's readouts and its network say. build: float64 (K,), where the shape lies among people.
    """

    yaw: float
    pitch: float
    roll: float
    position: tuple[float, float, float]
    shape: F64
    read: dict[str, float]
    said: dict[str, float]
    build: F64


def fit_head(landmarks: F32, size: tuple[int, int]) -> Head:
    """Fit the mean head to landmarks float32 (478, 3) as `FaceFrame` has them, of a picture of (W, H) px."""
    flat, focal = unproject(landmarks, size)
    turn, ratio, shift, away, shape = _fit().perspective(flat, focal)
    yaw, pitch, roll = angles(turn)
    read = readouts(shape)
    yaw, pitch = (a + min(max(read[name], -MENDED), MENDED) for a, name in ((yaw, "yaw"), (pitch, "pitch")))
    said = net_says(flat[:, :2], roll)
    x, y, z = shift / ratio
    return Head(yaw, pitch, roll, (float(x), float(y), float(z - away)), shape, read, said, build(shape))


def unproject(landmarks: F32, size: tuple[int, int]) -> tuple[F64, float]:
    """Landmarks in px from the picture's middle, float64 (478, 3), x right, y up, z to the viewer; and the focal length, px."""
    width, height = size
    flat = landmarks * np.array([width, -height, -width], np.float64)
    flat[:, 0] -= width / 2
    flat[:, 1] += height / 2
    return flat, height / (2 * math.tan(math.radians(FIELD_OF_VIEW) / 2))


class Fit:
    """Fits one head, float64 (N, 3) cm, with weights (N,) of sum 1; what does not change from frame to frame is kept."""

    def __init__(self, mean: F64, weights: F64) -> None:
        self._middle, self._weights = weights @ mean, weights
        centred = mean - self._middle
        self._pull = centred * weights[:, None]
        self._variance = float((self._pull * centred).sum())

    def perspective(self, flat: F64, focal: float) -> tuple[F64, float, F64, float, F64]:
        """Fit to `unproject`ed landmarks: rotation, scale, shift, cm away, and the landmarks in the head frame.

        How many px a cm has and how far perspective spreads the points depend on each other: two rounds settle both.
        """
        middle = self._weights @ flat
        depth = flat[:, 2] - middle[2]
        spread = float(self._weights @ np.einsum("ij,ij->i", flat, flat) - middle @ middle)
        scale, points = math.sqrt(spread / self._variance), np.empty_like(flat)
        for _ in range(2):
            np.multiply(flat[:, :2], (1 / scale - depth / (focal * scale))[:, None], out=points[:, :2])
            points[:, 2] = depth / scale
            turn, ratio, shift = self.rigid(points)
            scale *= ratio
        return turn, ratio, shift, focal / scale, (points - shift) @ (turn / ratio)

    def rigid(self, target: F64) -> tuple[F64, float, F64]:
        """Rotation (3, 3), scale and shift (3,) with target (N, 3) ≈ scale x rotation @ head + shift by weighted least squares.

        Source: Umeyama 1991. The head is centred, so the target need not be.
        """
        u, stretch, v = np.linalg.svd(target.T @ self._pull)
        turn = u @ v
        if np.linalg.det(turn) < 0:  # a mirror image; the least stretched axis is turned back
            u[:, 2] = -u[:, 2]
            stretch[2] = -stretch[2]
            turn = u @ v
        scale = float(stretch.sum()) / self._variance
        return turn, scale, self._weights @ target - scale * turn @ self._middle


@cache
def _fit() -> Fit:
    return Fit(model().mean, model().rigid)


def angles(turn: F64) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of a rotation (3, 3): where the nose points, then how the crown leans."""
    forward, up = turn[:, 2], turn[:, 1]
    yaw = np.arctan2(forward[0], forward[2])
    pitch = np.arcsin(np.clip(forward[1], -1, 1))
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(np.arctan2(up[0], up[1])))
