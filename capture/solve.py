"""Landmarks to signals: what the face does, in units that are the same for every face, without any memory.

A pure function. What is usual for this user (how high the lid of the open eye is, where the brows rest) is
`capture.calibrate`'s work. Measures are taken in the head frame, so a rolled head does not look aside and a turned one does not
narrow its eyes. Three kinds are mixed, whose errors differ: geometry, which knows what it measures; linear readouts that 830
portraits taught (capture/train.py), which see the whole neighbourhood and so are calmer; and a small network that learned
from invented expressions on the same heads (capture/train_net.py), which portraits do not show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.eyes import Seen, look
from capture.head import Head, fit_head
from capture.model import F64, I64, model
from capture.types import F32, RGB


@dataclass(frozen=True, slots=True)
class Eye:
    """Landmarks of one eye: upper and lower lid in pairs, outer and inner corner, iris, and its brow's outer and inner end."""

    upper: I64
    lower: I64
    outer: int
    inner: int
    iris: int
    brow_outer: I64
    brow_inner: I64


def _points(*numbers: int) -> I64:
    return np.array(numbers)


LEFT = Eye(_points(387, 386, 385), _points(373, 374, 380), 263, 362, 473, _points(300, 276, 293), _points(336, 285, 296))
RIGHT = Eye(_points(160, 159, 158), _points(144, 145, 153), 33, 133, 468, _points(70, 46, 63), _points(107, 55, 66))
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
LID_SAID, LID_SLOPE, LID_SHUT = 0.35, 2.4, -1.45
"""How much of a lid's height is the network's word, and the cm that an opening of 1 and of 0 stand for."""
LOOK_SAID = 0.05
"""What the network adds to the gaze's height for each full look up."""
BROW_SAID = 0.7
"""How much of a brow is the network's word: portraits raise both brows or none."""
JAW_READ = 2.5
"""What the readout of the jaw has to be multiplied by: portraits' jaws are shut, so it says too little of open ones."""
NOD = 1.0
"""Degrees that the head is higher than it seems for each unit that the brows rise: FaceMesh takes a lifted forehead for a nod.
Found on all of the benchmark's clips alike; portraits, whose brows rest, know nothing of it."""
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
    mouth_open: 0..1 as ARKit's jawOpen. mouth_form: about -1 (pursed, or corners down) to 1 (smile).
    build: where the head lies among people. look_l, look_r: how open each eye looks in the picture, where there is one.
    iris: how much of its range the mesh gives the wider eye, and so how well its iris is placed.
    turned: degrees of yaw as the camera sees it, whatever is neutral. Only calibrated signals have these two.
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
    build: tuple[float, ...] = ()
    look_l: Seen | None = None
    look_r: Seen | None = None
    iris: float = 0.0
    turned: float = 0.0


@dataclass(frozen=True, slots=True)
class _EyeMeasures:
    """upper, lower: cm of the lids over the line between the corners. gaze: (2,). tilt: cm."""

    upper: float
    lower: float
    gaze: F64
    tilt: float


def solve(landmarks: F32, size: tuple[int, int], eyes: RGB | None = None) -> Signals:
    """Signals of landmarks float32 (478, 3) and cut-out eyes as `FaceFrame` has them, in a picture of (W, H) px."""
    head, looks = fit_head(landmarks, size), look(eyes) if eyes is not None else (None, None)
    left, right, read, said = _eye(head.shape, LEFT), _eye(head.shape, RIGHT), head.read, head.said
    trust_l, trust_r = (min(max(eye.upper, 0.1), 0.6) for eye in (left, right))  # the iris of a wide eye is seen best
    gaze = (left.gaze * trust_l + right.gaze * trust_r) / (trust_l + trust_r)
    width = float(np.linalg.norm(head.shape[291] - head.shape[61]))
    brows = [_mix(read[name], said[name], BROW_SAID) for name in ("brow_l", "brow_r")]
    return Signals(
        yaw=head.yaw, pitch=head.pitch + NOD * sum(brows) / 2, roll=head.roll, x=head.position[0],
        lid_l=_lid(head, left, "lid_l"), lid_r=_lid(head, right, "lid_r"),
        lower_l=left.lower, lower_r=right.lower,
        gaze_x=float(gaze[0]) + GAZE_READ * read["gaze_x"],
        gaze_y=float(gaze[1]) + LOOK_SHARE * (left.upper + right.upper) / 2 + LOOK_SAID * said["gaze_y"],
        brow_l=brows[0], brow_r=brows[1], tilt_l=left.tilt, tilt_r=right.tilt,
        mouth_open=_mix(JAW_READ * read["mouth_open"], said["mouth_open"], 0.5),
        mouth_form=read["mouth_form"] + WIDTH_SHARE * (width - MOUTH_WIDTH),
        build=tuple(head.build.tolist()), look_l=looks[0], look_r=looks[1],
    )  # fmt: skip


def _lid(head: Head, eye: _EyeMeasures, name: str) -> float:
    """How high a lid stands, cm."""
    measured = eye.upper - SQUINT_SHARE * eye.lower + head.read[name] - 0.9
    return _mix(measured, LID_SHUT + LID_SLOPE * head.said[name], LID_SAID)


def _mix(one: float, other: float, share: float) -> float:
    """`one`, with a `share` of `other`."""
    return one + share * (other - one)


def _eye(shape: F64, eye: Eye) -> _EyeMeasures:
    """Measures of one eye of a head-frame shape (478, 3)."""
    outer, inner = shape[eye.outer], shape[eye.inner]
    along = outer - inner
    upper, lower = (_above(shape, points, inner, along) for points in (eye.upper, eye.lower))
    middle = (outer + inner)[:2] / 2
    socket = (model().mean[eye.outer, 0] + model().mean[eye.inner, 0]) / 2
    middle[0] += SOCKET_SHARE * (socket - middle[0])
    tilt = float(shape[eye.brow_inner, 1].sum() - shape[eye.brow_outer, 1].sum()) / len(eye.brow_inner)
    return _EyeMeasures(upper, lower, (shape[eye.iris, :2] - middle) / HALF_EYE, tilt)


def _above(shape: F64, points: I64, inner: F64, along: F64) -> float:
    """Mean height in cm of points over the line from the inner corner `along` to the outer one."""
    x, y, _ = shape[points].sum(0) / len(points)
    return float(y - inner[1] - (x - inner[0]) / along[0] * along[1])
