"""Rotations of a head in the frames of other programs, to and from ParamAngleX, Y and Z.

Face frame: x to the picture's right, y up, z towards the viewer, right-handed, of a head that looks at the camera unturned.
Turning is yaw outermost: first the crown leans, then the nose goes up, then aside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Quaternion = tuple[float, float, float, float]
"""x, y, z, w; of any length but zero."""
Angles = tuple[float, float, float]
"""Degrees of ParamAngleX, Y, Z."""
Matrix = Sequence[Sequence[float]]

STILL: Quaternion = (0.0, 0.0, 0.0, 1.0)


def multiply(p: Quaternion, q: Quaternion) -> Quaternion:
    """First `q`, then `p`."""
    px, py, pz, pw = p
    qx, qy, qz, qw = q
    return (
        pw * qx + px * qw + py * qz - pz * qy,
        pw * qy - px * qz + py * qw + pz * qx,
        pw * qz + px * qy - py * qx + pz * qw,
        pw * qw - px * qx - py * qy - pz * qz,
    )


def matrix(q: Quaternion) -> list[list[float]]:
    """The rotation's 3 x 3 matrix, row by row; of a quaternion of no length the identity."""
    x, y, z, w = q
    length = x * x + y * y + z * z + w * w
    s = 2 / length if length > 1e-12 else 0.0
    return [
        [1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w)],
        [s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w)],
        [s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y)],
    ]


def angles(turn: Matrix) -> Angles:
    """ParamAngleX, Y, Z in degrees of a rotation in the face frame."""
    yaw = math.atan2(turn[0][2], turn[2][2])
    pitch = math.asin(min(max(turn[1][2], -1.0), 1.0))
    roll = math.atan2(-turn[1][0], turn[1][1])
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def unity_angles(q: Quaternion) -> Angles:
    """ParamAngleX, Y, Z of a bone of a Unity avatar: left-handed, x to its own right, y up, z the way it looks."""
    x, y, z, w = q
    return angles(matrix((x, -y, -z, w)))


def unity_quaternion(turn: Angles) -> Quaternion:
    """The unit quaternion of a Unity avatar's bone from ParamAngleX, Y, Z in degrees."""
    yaw, pitch, roll = (math.radians(a) / 2 for a in turn)
    return multiply(
        multiply((0.0, -math.sin(yaw), 0.0, math.cos(yaw)), (-math.sin(pitch), 0.0, 0.0, math.cos(pitch))),
        (0.0, 0.0, math.sin(roll), math.cos(roll)),
    )
