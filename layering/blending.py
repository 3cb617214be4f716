"""The drawing programs' blend modes while a file is read: what `Blend` does not know is baked here into plain colour.

All arrays are float32 in 0..1. A layer with straight colour Cs and alpha a over a backdrop with straight colour Cb and alpha ab
gives, by the W3C formula, the same as a NORMAL layer with the colour (1 - ab) Cs + ab B(Cb, Cs) and the same alpha: that is
what "baked" means, and at rest it is exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from layering.stack import Blend
from layering.tree import F32

KEPT: dict[str, Blend] = {
    "normal": Blend.NORMAL, "dissolve": Blend.NORMAL, "multiply": Blend.MULTIPLY, "screen": Blend.SCREEN,
    "linear_dodge": Blend.ADD}  # fmt: skip
"""Modes that a `Layer` keeps, by psd-tools' lower-case names (PSD "linear dodge (add)" is Blend.ADD)."""

NAMES: dict[Blend, str] = {
    Blend.NORMAL: "normal", Blend.MULTIPLY: "multiply", Blend.SCREEN: "screen", Blend.ADD: "linear_dodge"}  # fmt: skip

PLAIN: dict[str, Callable[[F32, F32], F32]] = {
    "normal": lambda cb, cs: cs,
    "multiply": lambda cb, cs: cb * cs,
    "screen": lambda cb, cs: cb + cs - cb * cs,
    "linear_dodge": lambda cb, cs: np.minimum(1, cb + cs),
}
"""B(Cb, Cs) of the common modes; the rare ones are psd-tools', whose import costs half a second."""


GLOW = "_glow"
"""Suffix of a mode whose source is weighted by its alpha before it is blended ("add (glow)" of Clip Studio and SAI)."""


def mix(mode: str, backdrop: F32, source: F32) -> F32:
    """B(Cb, Cs) for float32 (h, w, 3) straight colours; an unknown mode is normal."""
    if mode in PLAIN:
        return PLAIN[mode](backdrop, source)
    from psd_tools.composite.blend import get_blend_func
    from psd_tools.constants import BlendMode

    try:
        function = get_blend_func(BlendMode[mode.upper()])
    except KeyError:
        return source
    return np.asarray(function(backdrop.astype(np.float32), source.astype(np.float32)), np.float32)


def unmix(mode: str, backdrop: F32, mixed: F32) -> F32:
    """The source colour (h, w, 3) that gives `mixed` over an opaque backdrop in one of the PLAIN modes, where there is one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        source = {"multiply": lambda: mixed / backdrop, "screen": lambda: (mixed - backdrop) / (1 - backdrop),
                  "linear_dodge": lambda: mixed - backdrop}.get(mode, lambda: mixed)()  # fmt: skip
    return np.nan_to_num(source, nan=0.0, posinf=1.0, neginf=0.0)


def bake(mode: str, backdrop: F32, source: F32) -> F32:
    """The colour (h, w, 3) of the NORMAL layer that looks like straight colour `source` (h, w, 3) in `mode` over `backdrop`.

    backdrop: float32 (h, w, 4), premultiplied.
    """
    alpha = backdrop[..., 3:]
    straight = np.divide(backdrop[..., :3], alpha, out=np.zeros_like(source), where=alpha > 0)
    return (1 - alpha) * source + alpha * mix(mode, np.clip(straight, 0, 1), source)
