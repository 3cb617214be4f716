"""What flows through the room: pictures from a source, and what the tracker saw in each.

Frame of reference, everywhere in this room: the camera's own picture, not mirrored. L is the subject's own left, which is
the picture's right. Mirroring belongs to the live view.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
RGB = npt.NDArray[np.uint8]

LANDMARKS = 478
"""Points of a face: MediaPipe's 468 of the mesh, then 5 of the right iris and 5 of the left."""


class Picture(NamedTuple):
    """One moment of a source: time in seconds, strictly increasing; rgb uint8 (H, W, 3), sRGB, y down."""

    time: float
    rgb: RGB


@dataclass(frozen=True, slots=True, eq=False)
class FaceFrame:
    """What the tracker saw in one picture; no face is a value, not an exception.

    time: s. size: (W, H) of the picture in px.
    landmarks: float32 (478, 3) as MediaPipe gives them, or None without a face: x and y in shares of W and H (y down), z in
    shares of W, smaller is nearer to the camera. Points may lie a little outside of 0..1.
    confidence: 0..1. blendshapes: the model's 52 scores in 0..1 by name, or None. eyes: uint8 (2, H, W), both eyes cut out of
    the picture as `capture.eyes.cut` does it, or None.
    """

    time: float
    size: tuple[int, int]
    landmarks: F32 | None = None
    confidence: float = 0.0
    blendshapes: Mapping[str, float] | None = None
    eyes: RGB | None = None

    @property
    def face(self) -> bool:
        """Whether there is a face."""
        return self.landmarks is not None
