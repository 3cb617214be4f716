"""The face mesh by name: which of its 478 points follow which line, and the frame of the face that all is measured in.

Sides are the person's own: "l" is the person's left, the picture's right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""float64 (N, 2), picture px, x right, y down; pixel (column, row) covers [column, column + 1) x [row, row + 1)."""

COUNT = 478

OVAL = (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
        172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109)  # fmt: skip
"""The face's outline from the forehead's top clockwise as seen."""
JAW = OVAL[8:29]
"""The outline from the picture's right temple round the chin to the left one."""
UPPER_LID = {"r": (33, 246, 161, 160, 159, 158, 157, 173, 133), "l": (263, 466, 388, 387, 386, 385, 384, 398, 362)}
LOWER_LID = {"r": (33, 7, 163, 144, 145, 153, 154, 155, 133), "l": (263, 249, 390, 373, 374, 380, 381, 382, 362)}
"""From the outer to the inner corner."""
IRIS = {"r": (468, 469, 470, 471, 472), "l": (473, 474, 475, 476, 477)}
"""Centre, then the rim."""
BROW_TOP = {"r": (70, 63, 105, 66, 107), "l": (300, 293, 334, 296, 336)}
BROW_LOW = {"r": (46, 53, 52, 65, 55), "l": (276, 283, 282, 295, 285)}
"""From the outer to the inner end."""
LIP_TOP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LIP_LOW = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
MOUTH_TOP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
MOUTH_LOW = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Outer and inner edges of the lips, from the person's right corner to the left."""
NOSE_BRIDGE = (168, 6, 197, 195, 5, 4)
NOSE_TIP, NOSE_BASE, CHIN, FOREHEAD = 4, 2, 152, 10
NOSTRIL = {"r": 98, "l": 327}
NOSE_WING = {"r": 129, "l": 358}
CHEEK = {"r": 50, "l": 280}
TEMPLE = {"r": 234, "l": 454}


@dataclass(frozen=True, slots=True, eq=False)
class FaceMarks:
    """A face's mesh in a picture. points: float64 (478, 2) px; depth: float64 (478,) px, smaller is nearer.

    origin: between the eyes. right, down: unit vectors of the face's own axes in the picture. unit: px, the width of this face
    if it looked straight at us.
    """

    points: Points
    depth: npt.NDArray[np.float64]
    origin: Points
    right: Points
    down: Points
    unit: float

    def line(self, indices: tuple[int, ...]) -> Points:
        """(N, 2) px of some points."""
        return self.points[list(indices)]

    def to_face(self, points: Points) -> Points:
        """Px (..., 2) → face units: x to the picture's right along the eyes, y down, 1 is the face's width."""
        arm = points - self.origin
        return np.stack([arm @ self.right, arm @ self.down], -1) / self.unit

    def to_picture(self, points: Points) -> Points:
        """Face units (..., 2) → px."""
        return self.origin + (points[..., :1] * self.right + points[..., 1:] * self.down) * self.unit

    @property
    def yaw(self) -> float:
        """-1..1: how far the face is turned, 0 to us, positive to the picture's right."""
        left, right = (np.hypot(*(self.points[NOSE_TIP] - self.points[TEMPLE[s]])) for s in ("r", "l"))
        return float((left - right) / max(left + right, 1e-6))

    def scaled(self, scale: float, shift: tuple[float, float] = (0.0, 0.0)) -> FaceMarks:
        """The same face in a picture shifted by px, then scaled."""
        return face_marks((self.points + np.array(shift)) * scale, self.depth * scale)


def read_mesh(mesh: npt.NDArray[np.float32], size: tuple[int, int]) -> FaceMarks:
    """A mesh as MediaPipe gives it, float32 (478, 3) in shares of (W, H), as px of a picture of that size."""
    return face_marks(mesh[:, :2].astype(np.float64) * size, mesh[:, 2].astype(np.float64) * size[0])


def face_marks(points: Points, depth: npt.NDArray[np.float64]) -> FaceMarks:
    """Find the face's frame from its points (478, 2) px and depths (478,) px."""
    eyes = {side: points[[UPPER_LID[side][0], UPPER_LID[side][-1]]].mean(0) for side in ("r", "l")}
    across = eyes["l"] - eyes["r"]
    down = points[CHIN] - points[FOREHEAD]
    right = across / max(np.hypot(*across), 1e-6)
    upright = np.array([-right[1], right[0]])
    if upright @ down < 0:
        upright = -upright
    solid = np.concatenate([points, depth[:, None]], 1)
    width = float(np.linalg.norm(solid[TEMPLE["l"]] - solid[TEMPLE["r"]]))
    height = float(np.linalg.norm(solid[CHIN] - solid[FOREHEAD]))
    unit = max(0.5 * width + 0.5 * height / 1.22, 1.0)
    return FaceMarks(points, depth, (eyes["r"] + eyes["l"]) / 2, right, upright, unit)
