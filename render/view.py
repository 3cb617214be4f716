"""Where the canvas lies on the output: the camera of a film or of a live window."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kirie.errors import RenderError

MAX_SIDE = 16384
"""Px; the largest texture that common OpenGL drivers accept."""


@dataclass(frozen=True, slots=True)
class View:
    """An output of `size` (w, h) px that shows canvas point p at p x scale + offset, in output px, x right, y down."""

    size: tuple[int, int]
    scale: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Raise RenderError for a size or scale that cannot be drawn."""
        if not all(1 <= side <= MAX_SIDE for side in self.size):
            raise RenderError(f"a picture of {self.size[0]}x{self.size[1]} px cannot be drawn",
                              f"give a width and a height of 1 to {MAX_SIDE} px")  # fmt: skip
        if not (math.isfinite(self.scale) and self.scale > 0 and all(map(math.isfinite, self.offset))):
            raise RenderError("the view needs a scale above 0 and a finite place")

    @classmethod
    def fit(cls, canvas: tuple[int, int], size: tuple[int, int] | None = None) -> View:
        """The whole canvas (W, H), centred in `size`, as large as fits; without a size the canvas itself, 1:1.

        The offset is whole px, so that an unscaled canvas is copied and not blurred.
        """
        size = size or canvas
        scale = min(size[0] / canvas[0], size[1] / canvas[1])
        offset = (float((size[0] - canvas[0] * scale) // 2), float((size[1] - canvas[1] * scale) // 2))
        return cls(size, scale, offset)

    @classmethod
    def around(cls, size: tuple[int, int], centre: tuple[float, float], scale: float) -> View:
        """Canvas point `centre` in the middle of the output, magnified by `scale`: a close-up."""
        return cls(size, scale, (size[0] / 2 - centre[0] * scale, size[1] / 2 - centre[1] * scale))
