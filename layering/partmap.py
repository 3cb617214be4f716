"""What is known of a flat picture once its regions are classified: the part that every pixel belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.regions import Regions
from layering.views import CLASSES


@dataclass(frozen=True, slots=True, eq=False)
class PartMap:
    """labels: uint8 (H, W), index into `views.CLASSES` of the visible part, 0 outside. regions: of the same picture.

    confidence: float32 (R,), 0..1, how sure the class of each region is.
    """

    labels: npt.NDArray[np.uint8]
    regions: Regions
    confidence: npt.NDArray[np.float32]

    def of(self, *parts: str) -> npt.NDArray[np.bool_]:
        """bool (H, W): where one of the parts shows."""
        wanted = np.zeros(256, bool)
        wanted[[CLASSES.index(part) for part in parts]] = True
        return wanted[self.labels]
