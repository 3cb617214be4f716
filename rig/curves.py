"""Small curves that the rig's weights and depths are made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def smoothstep(low: float, high: float, x: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:  # type: ignore[type-arg]
    """0 up to `low`, 1 from `high` on, 3t^2 - 2t^3 between: float64, of the shape of x."""
    t = np.clip((x - low) / (high - low), 0, 1).astype(np.float64)
    return t * t * (3 - 2 * t)
