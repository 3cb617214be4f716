"""Landmarks to signals: what the face does, in units that are the same for every face, without any memory.

A pure function. What is usual for this user (how high the lid of the open eye is, where the brows rest) is
`capture.calibrate`'s work. Measures are taken in the head frame, so a rolled head does not look aside and a turned one does not
narrow its eyes. Two kinds are mixed: geometry, which knows what it measures, and readouts that 830 portraits taught
(capture/train.py), which see the whole neighbourhood and so are calmer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.head import F64, fit_head, model
from capture.types import F32


@dataclass(frozen=True, slots=True)
class Eye:
    """Landmarks of one eye: upper and lower lid in pairs, outer and inner corner, iris, and its brow's outer and inner end."""

    upper: tuple[int, ...]
    lower: tuple[int, ...]
    outer: int
    inner: int
    iris: int
    brow_outer: tuple[int, ...]
    brow_inner: tuple[int, ...]


LEFT = Eye((387, 386, 385), (373, 374, 380), 263, 362, 473, (300, 276, 293), (336, 285, 296))
RIGHT = Eye((160, 159, 158), (144, 145, 153), 33, 133, 468, (70, 46, 63), (107, 55, 66))
SQUINT_SHARE = 0.5
"""How much of the lower lid's rise counts as closing: a smile lifts it, a blink hardly does."""
SOCKET_SHARE = 0.7
"""How much the middle of the eye, sideways, is where the mean head has it rather than between the corners that are seen:
the socket does not move, while a squint or a glass's rim drags the corners."""
HALF_EYE = 1.5
"""cm, half of an eye's width."""
GAZE_READ = 0.3
"""What the readout of the gaze, which is 1 at its farthest, adds to the measured one."""
LOOK_SHARE = 0.2
"""How much the height of the upper lids, in cm, adds to the gaze: they follow the eye up and down."""
MOUTH_WIDTH = 5.0
WIDTH_SHARE = 0.2
"""What each cm of a mouth wider than MOUTH_WIDTH adds to its form: portraits smile and taught little of pursed lips."""


@dataclass(frozen=True, slots=True)
class Signals:
    """One frame's measures. L is the subject's own left.

    yaw, pitch, roll: degrees. x: cm, where the head is to the right of the picture's middle.
    lid_l, lid_r: cm, how high the upper lid stands over the line between the corners, less half of the lower lid's height:
    about -0.3 closed, 0.4 to 1 open. lower_l, lower_r: cm, the lower lid's height alone.
    gaze_x, gaze_y: the irises' place between the corners in shares of half the eye's width, x to the picture's right, y up.
    brow_l, brow_r: about -1..1. tilt_l, tilt_r: cm, the brow's inner end over its outer end.
    mouth_open: about 0..1. mouth_form: about -1 (pursed, or corners down) to 1 (smile).
    """

    yaw: float
    pitch: float
    roll: float
    x: float
    lid_l: float
    lid_r: float
    lower_l: float
    lower_r: float
    gaze_x: float
    gaze_y: float
    brow_l: float
    brow_r: float
    tilt_l: float
    tilt_r: float
    mouth_open: float
    mouth_form: float


@dataclass(frozen=True, slots=True)
class _EyeMeasures:
    """upper, lower: cm of the lids over the line between the corners. gaze: (2,). tilt: cm."""

    upper: float
    lower: float
    gaze: F64
    tilt: float


def solve(landmarks: F32, size: tuple[int, int]) -> Signals:
    """Signals of landmarks float32 (478, 3) as `FaceFrame` has them, in a picture of (W, H) px."""
    head = fit_head(landmarks, size)
    left, right, read = _eye(head.shape, LEFT), _eye(head.shape, RIGHT), head.read
    trust = np.clip([left.upper, right.upper], 0.1, 0.6)  # the iris of a wide eye is seen best
    gaze = (left.gaze * trust[0] + right.gaze * trust[1]) / trust.sum()
    width = float(np.linalg.norm(head.shape[291] - head.shape[61]))
    return Signals(
        yaw=head.yaw, pitch=head.pitch, roll=head.roll, x=head.position[0],
        lid_l=left.upper - SQUINT_SHARE * left.lower + read["lid_l"] - 0.9,
        lid_r=right.upper - SQUINT_SHARE * right.lower + read["lid_r"] - 0.9,
        lower_l=left.lower, lower_r=right.lower,
        gaze_x=float(gaze[0]) + GAZE_READ * read["gaze_x"],
        gaze_y=float(gaze[1]) + LOOK_SHARE * (left.upper + right.upper) / 2,
        brow_l=read["brow_l"], brow_r=read["brow_r"], tilt_l=left.tilt, tilt_r=right.tilt,
        mouth_open=read["mouth_open"], mouth_form=read["mouth_form"] + WIDTH_SHARE * (width - MOUTH_WIDTH),
    )  # fmt: skip


def _eye(shape: F64, eye: Eye) -> _EyeMeasures:
    """Measures of one eye of a head-frame shape (478, 3)."""
    outer, inner = shape[eye.outer], shape[eye.inner]
    along = outer - inner
    upper, lower = (_above(shape[list(points)], inner, along) for points in (eye.upper, eye.lower))
    middle = (outer + inner)[:2] / 2
    socket = (model().mean[eye.outer, 0] + model().mean[eye.inner, 0]) / 2
    middle[0] += SOCKET_SHARE * (socket - middle[0])
    tilt = float(shape[list(eye.brow_inner), 1].mean() - shape[list(eye.brow_outer), 1].mean())
    return _EyeMeasures(upper, lower, (shape[eye.iris, :2] - middle) / HALF_EYE, tilt)


def _above(points: F64, inner: F64, along: F64) -> float:
    """Mean height in cm of points (N, 3) over the line from the inner corner `along` to the outer one."""
    line = inner[1] + (points[:, 0] - inner[0]) / along[0] * along[1]
    return float((points[:, 1] - line).mean())
