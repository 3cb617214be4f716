"""Clipped layers that stay layers of their own, because they move: an iris clipped to the white of the eye.

A clipped layer shows inside its base only and leaves the base's alpha as it is. A plain stack cannot say that where the
base is soft, so there the layer is given the very colour that the clip shows over what lies below at rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from layering.blending import NAMES, mix, unmix
from layering.raw import Raw, backdrop, on_box, recoloured, trim, with_alpha
from layering.stack import Blend
from layering.tree import F32

FAINT = 64
"""Where the base's alpha is below this, a clipped layer is baked into the base: it would show more of what lies below than
of itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """What layers are cut to. base: the base as drawn; below: premultiplied float32 (h, w, 4) under it at rest;
    movable: bool (h, w), where a layer may be kept apart from the base, all on the base's box."""

    base: Raw
    below: F32
    movable: npt.NDArray[np.bool_]

    @classmethod
    def to(cls, base: Raw, layers: Sequence[Raw]) -> Cut:
        """For a base that lies on `layers`."""
        below, alpha = backdrop(base, layers), base.rgba[..., 3]
        return cls(base, below, (alpha == 255) | ((alpha >= FAINT) & (below[..., 3] > 0.998)))

    def baked(self, top: Raw, mode: str) -> Raw:
        """The base with `top` in its colour where it cannot be kept apart."""
        pixels = np.where(self.movable[..., None], self.base.rgba, recoloured(self.base, top, mode).rgba)
        return replace(self.base, rgba=pixels)

    def opaque_base(self) -> Raw:
        """The base as a clipped layer sees it: solid."""
        solid = np.ones(self.base.rgba.shape[:2], np.float32)
        return replace(self.base, rgba=with_alpha(self.base.rgba, solid), blend=Blend.NORMAL)

    def of(self, top: Raw) -> Raw | None:
        """`top` where it can be kept apart, on the base's box or smaller; None where that is nowhere."""
        pixels = (on_box(top, self.base.box) * 255 + 0.5).astype(np.uint8)
        pixels[..., 3] *= self.movable
        return trim(replace(top, rgba=pixels, offset=self.base.offset))

    def tinted(self, cut: Raw, layers: Sequence[Raw]) -> Raw:
        """`cut` (of this base, on `layers`) coloured where the base is soft so that it shows what the clip does.

        With the base's alpha w, the colour F of the stack so far, S below the base and m inside the clip, F = w m + (1 - w) S;
        the clip makes it F + w a (B(m, C) - m), so the layer's own mix with F must be F + w (B(m, C) - m).
        """
        w, seen, inside = self._under(cut, layers)
        mode = NAMES[cut.blend]
        colour = cut.rgba[..., :3].astype(np.float32) / 255
        wanted = seen + w * (mix(mode, inside, colour) - inside)
        wrong = (np.abs(mix(mode, seen, colour) - wanted) > 1 / 255).any(-1)
        pixels = cut.rgba.copy()
        pixels[wrong, :3] = (np.clip(unmix(mode, seen, wanted), 0, 1) * 255 + 0.5).astype(np.uint8)[wrong]
        return replace(cut, rgba=pixels)

    def _under(self, cut: Raw, layers: Sequence[Raw]) -> tuple[F32, F32, F32]:
        """(w, F, m) of `tinted` on the box of `cut`."""
        x, y = cut.offset[0] - self.base.offset[0], cut.offset[1] - self.base.offset[1]
        box = np.s_[y : y + cut.rgba.shape[0], x : x + cut.rgba.shape[1]]
        w: F32 = self.base.rgba[box][..., 3:].astype(np.float32) / 255
        seen, below = backdrop(cut, layers)[..., :3], self.below[box][..., :3]
        return w, seen, np.clip((seen - (1 - w) * below) / np.maximum(w, 1 / 255), 0, 1)
