"""OpenSeeFace's UDP packets, in. Source: facetracker.py and Unity/OpenSee.cs of emilianavt/OpenSeeFace.

A packet holds one or more faces of 1785 bytes, little-endian. Its head pose comes from a fit in a camera frame whose first axis
runs down the picture and whose second runs right, and its quaternion is the inverse of that rotation.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from capture.wire.packet import Decoded, number, refuse
from capture.wire.rotation import Matrix, angles, matrix
from rig.params import BY_NAME

PORT = 11573
FACE = struct.Struct("<d i 2f 2f B f 4f 3f 3f 68f 136f 210f 14f")
"""time s; id; picture's width and height; right and left eye open; whether the fit succeeded; its error; quaternion x, y, z, w;
Euler degrees; translation; 68 confidences; 68 points y, x; 70 points in the head's frame; 14 features."""
MOST_FACES = 36
_POINTS = 222
"""Where in a face's fields the 70 points begin; the features follow them."""
LOOK = (20.0, 12.0)
"""Degrees that the pupil turns about the eyeball's centre at ParamEyeBallX and Y 1."""
BROW_GAIN, OPEN_GAIN = 1.0, 1.2
CORNER_GAIN, WIDE_GAIN = 0.7, 0.5


class Decoder:
    """Follows one of the faces that the sender sees: the first it met, for as long as that one is there."""

    def __init__(self) -> None:
        self._followed: int | None = None

    def feed(self, packet: bytes, now: float) -> Decoded | None:
        """The followed face of one packet. Raises Malformed."""
        count, left_over = divmod(len(packet), FACE.size)
        if left_over or not 1 <= count <= MOST_FACES:
            refuse(f"{len(packet)} bytes are no whole faces")
        faces = {face[1]: face for face in FACE.iter_unpack(packet)}
        if self._followed not in faces:
            self._followed = min(faces)
        return _decoded(faces[self._followed])


def _decoded(face: Sequence[float]) -> Decoded:
    stamp = number(face[0] % 1e6)  # since 1970, or since the sender's start
    if not face[6]:
        return Decoded({}, False, stamp)
    sane = [number(x) for x in (*face[4:6], *face[8:12], *face[_POINTS:])]
    values = _eyes(sane[0], sane[1]) | _head(sane[2:6]) | _gaze(sane[6:216]) | _features(sane[216:])
    return Decoded({name: BY_NAME[name].clamp(value) for name, value in values.items()}, True, stamp)


def _eyes(right: float, left: float) -> dict[str, float]:
    return {"ParamEyeLOpen": left, "ParamEyeROpen": right}


def _head(quaternion: Sequence[float]) -> dict[str, float]:
    x, y, z, w = quaternion
    if x * x + y * y + z * z + w * w < 1e-6:
        refuse("a quaternion has no length")
    yaw, pitch, roll = angles(_to_face_frame(matrix((-x, -y, -z, w))))
    return {"ParamAngleX": yaw, "ParamAngleY": pitch, "ParamAngleZ": roll}


def _to_face_frame(fit: Matrix) -> list[list[float]]:
    """The fit carries its model (x to the subject's right, y up, z forward) to the camera (down, right, away).

    In the face frame (right, up, towards) the model's axes are -x, y, z, and the camera's are y, -x, -z.
    """
    rows = (fit[1], [-a for a in fit[0]], [-a for a in fit[2]])
    return [[-row[0], row[1], row[2]] for row in rows]


def _gaze(points: Sequence[float]) -> dict[str, float]:
    """Where the pupils (66, 67) lie from the eyeballs' centres (68, 69); points are x, -y, -z of the model."""
    across = up = 0.0
    for pupil, centre in ((66, 68), (67, 69)):
        x, y, z = (points[3 * pupil + i] - points[3 * centre + i] for i in range(3))
        forward = max(-z, 1e-3)
        across += math.degrees(math.atan2(-x, forward)) / 2
        up += math.degrees(math.atan2(-y, forward)) / 2
    return {"ParamEyeBallX": across / LOOK[0], "ParamEyeBallY": up / LOOK[1]}


def _features(f: Sequence[float]) -> dict[str, float]:
    """The 14 features, each about -1..1. Mouth corners count downwards."""
    return {
        "ParamBrowLY": BROW_GAIN * f[3],
        "ParamBrowRY": BROW_GAIN * f[6],
        "ParamMouthOpenY": OPEN_GAIN * f[12],
        "ParamMouthForm": WIDE_GAIN * f[13] - CORNER_GAIN * (f[8] + f[10]) / 2,
    }
