"""Where the iris goes with the gaze, and how far it may."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import Blend, Layer
from rig.eyeart import SOLID, EyeArt, Mask, is_highlight
from rig.lids import Lids
from rig.puppet import Keyforms

REACH = (0.30, 0.22)
"""How far the iris goes at full gaze, as shares of the opening's half width and half height."""
DOT_REACH = (0.18, 0.12)
"""The same for an eye without a white, which moves as a whole."""
SEEN_LEAST = 0.85
"""Least share of what shows of the iris that still shows at full gaze."""
HIGHLIGHT = 0.7
"""How far a catchlight goes of the iris' way."""


def gaze_forms(art: EyeArt, lids: Lids, lash: Mask) -> dict[str, tuple[Keyforms, ...]]:
    """Keyforms of ParamEyeBallX and Y by layer name, one offset for all vertices: offsets float32 (3, 1, 2).

    Empty for an eye drawn in one piece, and for shades that lie over the whole eye.
    """
    if not art.irides:
        return {}
    reach = _reach(art, lids, lash)
    out: dict[str, tuple[Keyforms, ...]] = {}
    for layer in art.irides:
        share = 0.0 if is_shade(layer, art) else HIGHLIGHT if is_highlight(layer) else 1.0
        if share:
            out[layer.name] = (_form("ParamEyeBallX", (share * reach[0], 0)), _form("ParamEyeBallY", (0, -share * reach[1])))
    return out


def _form(name: str, way: tuple[float, float]) -> Keyforms:
    offsets = np.array([[[-way[0], -way[1]]], [[0, 0]], [[way[0], way[1]]]], np.float32)
    return Keyforms((name,), ((-1.0, 0.0, 1.0),), offsets)


def is_shade(layer: Layer, art: EyeArt) -> bool:
    """Whether a layer is a lid's shadow painted over white and iris alike."""
    white = max((x.size[0] for x in art.whites), default=0)
    return layer.blend is Blend.MULTIPLY or (layer.part == "irides" and 0 < 1.15 * white < layer.size[0])


def _reach(art: EyeArt, lids: Lids, lash: Mask) -> tuple[float, float]:
    """Px that the iris goes at full gaze: REACH, less where too little of it would show."""
    x, y = (s * half for s, half in zip(REACH if art.whites else DOT_REACH, (lids.width / 2, lids.height / 2), strict=True))
    if not art.whites:
        return x, y
    iris = art.alpha(x for x in art.irides if not is_shade(x, art)) > SOLID
    clear = ((art.alpha(art.whites) > SOLID) | iris) & ~lash
    for share in np.linspace(1.0, 0.3, 8):
        corners = [(dx * share * x, dy * share * y) for dx in (-1, 1) for dy in (-1, 1)]
        if min(_showing(iris, clear, c) for c in corners) >= SEEN_LEAST:
            return x * float(share), y * float(share)
    return 0.3 * x, 0.3 * y


def _showing(iris: Mask, clear: Mask, way: tuple[float, float]) -> float:
    """Share of what shows of the iris at rest that shows when it has gone a way (px)."""
    dx, dy = round(way[0]), round(way[1])
    moved: npt.NDArray[np.bool_] = np.roll(iris, (dy, dx), (0, 1))
    return float((moved & clear).sum()) / max(float((iris & clear).sum()), 1.0)
