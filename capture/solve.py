"""Landmarks to signals: what the face does, in units that are the same for every face, without any memory.

A pure function. What is usual for this user (how wide the open eye is, where the brows rest) is `capture.calibrate`'s work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.head import F64, fit_head, model
from capture.types import F32


@dataclass(frozen=True, slots=True)
class Eye:
    """Landmarks of one eye: upper and lower lid in pairs, outer and inner corner, iris centre. Out is the way to the ear."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    outer: int
    inner: int
    iris: int


LEFT = Eye((387, 386, 385), (373, 374, 380), 263, 362, 473)
RIGHT = Eye((160, 159, 158), (144, 145, 153), 33, 133, 468)
SQUINT_SHARE = 0.5
"""How much of the lower lid's rise counts as closing: a smile lifts it, a blink hardly does."""


@dataclass(frozen=True, slots=True)
class Signals:
    """One frame's measures. L is the subject's own left.

    yaw, pitch, roll: degrees. lid_l, lid_r: cm, the upper lid over the line between the corners, less half of the lower lid's
    height: about 0 closed, 0.5 to 0.9 open. gaze_x, gaze_y: the irises' place between the corners, shares of half the eye's
    width, x to the picture's right, y up. brow_l, brow_r, mouth_form: about -1..1. mouth_open: about 0..1.
    """

    yaw: float
    pitch: float
    roll: float
    lid_l: float
    lid_r: float
    gaze_x: float
    gaze_y: float
    brow_l: float
    brow_r: float
    mouth_open: float
    mouth_form: float


def solve(landmarks: F32, size: tuple[int, int]) -> Signals:
    """Signals of landmarks float32 (478, 3) as `FaceFrame` has them, in a picture of (W, H) px."""
    head = fit_head(landmarks, size)
    lid_l, gaze_l = _eye(head.shape, LEFT)
    lid_r, gaze_r = _eye(head.shape, RIGHT)
    share = np.clip([lid_l, lid_r], 0.05, 0.6)
    gaze = (gaze_l * share[0] + gaze_r * share[1]) / share.sum()
    read = _readouts(head.shape)
    return Signals(
        head.yaw, head.pitch, head.roll, lid_l, lid_r, float(gaze[0]), float(gaze[1]),
        read["brow_l"], read["brow_r"], read["mouth_open"], read["mouth_form"],
    )  # fmt: skip


def _eye(shape: F64, eye: Eye) -> tuple[float, F64]:
    """(lid height in cm, gaze (2,)) of one eye of a head-frame shape (478, 3)."""
    outer, inner = shape[eye.outer], shape[eye.inner]
    along = outer - inner
    upper, lower = (_above(shape[list(points)], inner, along) for points in (eye.upper, eye.lower))
    lid = float(upper - SQUINT_SHARE * lower)
    middle, half = (outer + inner) / 2, float(np.hypot(along[0], along[1])) / 2
    return lid, (shape[eye.iris] - middle)[:2] / half


def _above(points: F64, inner: F64, along: F64) -> float:
    """Mean height in cm of points (N, 3) over the line from the inner corner `along` to the outer one."""
    line = inner[1] + (points[:, 0] - inner[0]) / along[0] * along[1]
    return float((points[:, 1] - line).mean())


def _readouts(shape: F64) -> dict[str, float]:
    """The learned linear readouts of a head-frame shape (478, 3)."""
    seen = np.append(shape[model().points].ravel(), 1.0)
    return {name: float(weights @ seen) for name, weights in model().readouts.items()}
