"""Which of several faces is followed: the one that was there, as long as it may still be there.

FaceMesh takes any face when it has lost its own. A face that turns up elsewhere within a moment is therefore not believed:
for a while only the neighbourhood of the lost one is shown to the mesh, where it is found again when it turns back; then
whoever is in the picture is taken.
"""

from __future__ import annotations

import math

import numpy as np

from capture.types import F32, RGB

AWAY = 1.5
"""s that a face may be gone before another one in the picture is taken for the one to follow."""
JUMP = 0.7
"""Widths of a face by which it cannot move from one picture to the next."""
AROUND = 1.4
"""Widths of a face, on each side of its middle, within which a lost one is looked for."""
GLIMPSE = 16
CUT = 32.0
"""Grey levels by which a picture differs from the last, on average, where a film was cut: then nothing is where it was."""
GREY = 128


class Follow:
    """Where the followed face was last. Ask `view` what to look at, and `ours` about what was found in it."""

    def __init__(self) -> None:
        self._middle, self._width, self._time = np.zeros(2), 0.0, -math.inf
        self._searching = False
        self._glimpse: RGB | None = None

    def view(self, rgb: RGB, time: float) -> RGB:
        """What of a picture uint8 (H, W, 3) at `time` s to look for the face in: all of it, or where it was last."""
        if self._cut(rgb) or time - self._time > AWAY:
            self._time, self._searching = -math.inf, False
        if not self._searching:
            return rgb
        (left, top), (right, bottom) = (np.rint(self._middle + way * AROUND * self._width).astype(int) for way in (-1, 1))
        inside = np.s_[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        shown = np.full_like(rgb, GREY)
        shown[inside] = rgb[inside]
        return shown

    def ours(self, landmarks: F32, rgb: RGB, time: float) -> bool:
        """Whether a face found in a picture at `time` s is the one that was there; landmarks as `FaceFrame` has them."""
        points = landmarks[:, :2] * [rgb.shape[1], rgb.shape[0]]
        middle, width = points.mean(0), float(np.ptp(points[:, 0]))
        away = float(np.hypot(*(middle - self._middle)))
        if time - self._time <= AWAY and away > JUMP * max(width, self._width):
            self._searching = True
            return False
        self._middle, self._width, self._time, self._searching = middle, width, time, False
        return True

    def _cut(self, rgb: RGB) -> bool:
        was, self._glimpse = self._glimpse, rgb[::GLIMPSE, ::GLIMPSE].copy()
        if was is None or was.shape != self._glimpse.shape:
            return True
        return float(np.abs(self._glimpse.astype(np.int16) - was).mean()) > CUT
