"""Where the head is: the pose that carries Kirie's mean head onto the landmarks, and the landmarks seen from the head.

Head frame: cm, x to the picture's right, y up, z towards the viewer when the head looks straight at the camera; the mean head
(`model.npz`) is symmetric, with 6.3 cm between its irises. The fit is a weighted Procrustes over the whole face, so that one
bad point moves nothing, on points that perspective has been taken out of.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    turn, ratio, shift, away, shape = fit_points(model().mean, model().rigid, flat, focal)
    yaw, pitch, roll = angles(turn)
    read = readouts(shape)
    yaw, pitch = (a + min(max(read[name], -MENDED), MENDED) for a, name in ((yaw, "yaw"), (pitch, "pitch")))
    said = net_says(flat[:, :2], roll)
    x, y, z = shift / ratio
    return Head(yaw, pitch, roll, (float(x), float(y), float(z - away)), shape, read, said, build(shape))


def unproject(landmarks: F32, size: tuple[int, int]) -> tuple[F64, float]:
    """Landmarks in px from the picture's middle, float64 (478, 3), x right, y up, z to the viewer; and the focal length, px."""
    width, height = size
    flat = (landmarks.astype(np.float64) - [0.5, 0.5, 0]) * [width, -height, -width]
    return flat, height / (2 * float(np.tan(np.radians(FIELD_OF_VIEW) / 2)))


def fit_points(mean: F64, rigid: F64, flat: F64, focal: float) -> tuple[F64, float, F64, float, F64]:
    """Fit `mean` (478, 3) cm to `unproject`ed landmarks: rotation, scale, shift, cm away, and the landmarks in the head frame.

    How many px a cm has and how far perspective spreads the points depend on each other: two rounds settle both.
    """
    depth = flat[:, 2] - rigid @ flat[:, 2]
    scale = float(np.sqrt(_spread(flat, rigid) / _spread(mean, rigid)))
    for _ in range(2):
        away = (focal - depth) / scale
        points = np.column_stack([flat[:, :2] / focal * away[:, None], depth / scale])
        turn, ratio, shift = procrustes(mean, points, rigid)
        scale *= ratio
    return turn, ratio, shift, focal / scale, (points - shift) @ turn / ratio


def _spread(points: F64, weights: F64) -> float:
    """The weighted variance of points (N, 3)."""
    return float(weights @ ((points - weights @ points) ** 2).sum(1))


def procrustes(source: F64, target: F64, weights: F64) -> tuple[F64, float, F64]:
    """Rotation (3, 3), scale and shift (3,) with target ≈ scale x rotation @ source + shift by weighted least squares.

    source, target: float64 (N, 3). weights: float64 (N,), sum 1. Source: Umeyama 1991.
    """
    from_mean, to_mean = weights @ source, weights @ target
    centred = source - from_mean
    covariance = ((target - to_mean) * weights[:, None]).T @ centred
    u, stretch, v = np.linalg.svd(covariance)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ v))])
    rotation = (u * flip) @ v
    scale = float(stretch @ flip / (weights @ (centred**2).sum(1)))
    return rotation, scale, to_mean - scale * rotation @ from_mean


def angles(turn: F64) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of a rotation (3, 3): where the nose points, then how the crown leans."""
    forward, up = turn[:, 2], turn[:, 1]
    yaw = np.arctan2(forward[0], forward[2])
    pitch = np.arcsin(np.clip(forward[1], -1, 1))
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(np.arctan2(up[0], up[1])))
