"""Landmarks of an invented face: the mean head with another expression, turned, and seen by a camera."""

from __future__ import annotations

import numpy as np

from capture.head import FIELD_OF_VIEW
from capture.model import F64, model
from capture.solve import LEFT, RIGHT, Eye
from capture.types import F32, FaceFrame

SIZE = (640, 480)
UPPER = {"l": (466, 388, 387, 386, 385, 384, 398), "r": (246, 161, 160, 159, 158, 157, 173)}
LOWER = {"l": (249, 390, 373, 374, 380, 381, 382), "r": (7, 163, 144, 145, 153, 154, 155)}
EYES: dict[str, Eye] = {"l": LEFT, "r": RIGHT}
LOWER_LIP = (14, 87, 317, 178, 402, 88, 318, 95, 324, 17, 84, 314, 181, 405, 91, 321, 146, 375)
CHIN = (152, 148, 377, 176, 400, 175, 199, 200, 171, 396, 18, 83, 313)


def turn(yaw: float, pitch: float, roll: float) -> F64:
    """Rotation (3, 3) that takes the head frame to the camera's; degrees with the signs of ParamAngleX, Y, Z."""
    y, p, r = np.radians([yaw, -pitch, -roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def expression(
    closed: dict[str, float] | None = None, gaze: tuple[float, float] = (0.0, 0.0), jaw: float = 0.0, corners: float = 0.0
) -> F64:
    """The mean head (478, 3) in cm with lids `closed` (share by side), irises moved, jaw dropped, corners pulled out."""
    mean = model().mean
    shape = mean.copy()
    for side, share in (closed or {}).items():
        shape[list(UPPER[side]), 1] += share * (mean[list(LOWER[side]), 1] - mean[list(UPPER[side]), 1])
    shape[468:, :2] += gaze
    shape[[*LOWER_LIP, *CHIN], 1] -= jaw
    shape[[61, 291, 78, 308, 62, 292], 0] += corners * np.array([-1, 1, -1, 1, -1, 1])
    return shape


def seen(
    shape: F64, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, at: tuple[float, float, float] = (0.0, 0.0, -45.0)
) -> F32:
    """Landmarks float32 (478, 3) of a head `at` (x, y, z) cm from the camera, in a picture of SIZE."""
    width, height = SIZE
    focal = height / (2 * np.tan(np.radians(FIELD_OF_VIEW) / 2))
    placed = shape @ turn(yaw, pitch, roll).T + at
    flat = placed[:, :2] * focal / -placed[:, 2:]
    depth = (placed[:, 2] - at[2]) * focal / at[2]
    return np.column_stack([flat[:, 0] / width + 0.5, 0.5 - flat[:, 1] / height, depth / width]).astype(np.float32)


def frame(time: float, landmarks: F32 | None) -> FaceFrame:
    """A FaceFrame of landmarks, or of no face."""
    return FaceFrame(time, SIZE, landmarks, 1.0 if landmarks is not None else 0.0)
