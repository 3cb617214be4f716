"""How far each vertex follows the head and how far it follows the body's lean."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import Layer, LayerStack
from rig.anchors import Anchors
from rig.boxes import solid_box
from rig.curves import smoothstep
from rig.puppet import F32

HEAD_PARTS = frozenset({"front hair", "back hair", "hair", "face", "facedetail", "ears", "nose", "eyebrow", "eyewhite",
                        "irides", "eyelash", "eye", "mouth", "headwear", "eyewear", "earwear"})  # fmt: skip
NECK_PARTS = frozenset({"neck", "topwear", "neckwear", "body"})
"""Parts that reach up to the neck and bend with it."""
SHOULDER = 0.08
"""Of the face's width over the neck's base: where what also holds the shoulders stops bending, or their line would tilt."""
HAIR_PARTS = frozenset({"front hair", "back hair", "hair"})


def head_weight(layer: Layer, vertices: F32, anchors: Anchors) -> F32:
    """float32 (V,) 0..1: 1 on the head, falling to 0 along the neck, 0 on the body.

    Hair that hangs below the chin follows less and less: its ends hang, they do not turn like a board.
    """
    y = vertices[:, 1].astype(np.float64)
    if layer.part in HAIR_PARTS:
        drop = (y - anchors.chin[1]) / (1.1 * anchors.width)
        weight = 1 - 0.8 * smoothstep(0, 1, drop)
    elif layer.part in HEAD_PARTS or (layer.part in ("objects", "wings", "tail") and on_head(layer, anchors)):
        weight = np.ones_like(y)
    elif layer.part in NECK_PARTS:
        alone = layer.part == "neck"
        weight = _bend(vertices, anchors, 0.0 if alone else SHOULDER) * (1.0 if alone else _near_neck(vertices, anchors))
    else:
        weight = np.zeros_like(y)
    return weight.astype(np.float32)


def body_weight(layer: Layer, vertices: F32, anchors: Anchors, still: bool = False) -> F32:
    """float32 (V,) 0..1: 0 at the hips and below, 1 from the neck's base up; 0 everywhere for what stands still."""
    if still:
        return np.zeros(len(vertices), np.float32)
    span = max(anchors.hips[1] - anchors.neck[1], 1.0)
    y = np.full(len(vertices), anchors.neck[1]) if layer.part in HEAD_PARTS - HAIR_PARTS else vertices[:, 1].astype(np.float64)
    return np.clip((anchors.hips[1] - y) / span, 0, 1).astype(np.float32)


def on_head(layer: Layer, anchors: Anchors) -> bool:
    """Whether a prop sits on the head: its middle lies above the chin and near the face."""
    x0, y0, x1, y1 = solid_box(layer)
    return (y0 + y1) / 2 < anchors.chin[1] and abs((x0 + x1) / 2 - anchors.head[0]) < 1.2 * anchors.width


def is_backdrop(layer: Layer, stack: LayerStack, anchors: Anchors) -> bool:
    """Whether a layer is ground or background: it covers nearly the whole canvas, or lies under the figure's feet."""
    if layer.part != "objects":
        return False
    x0, y0, x1, y1 = solid_box(layer)
    width, height = stack.canvas
    covers = (x1 - x0) * (y1 - y0) > 0.8 * width * height
    feet = max((solid_box(x)[3] for x in stack.layers if x.part not in ("objects",)), default=height)
    return covers or (y0 > anchors.hips[1] and y1 >= feet - 0.02 * height and (x1 - x0) > 2 * (y1 - y0))


def _bend(vertices: F32, anchors: Anchors, above: float) -> npt.NDArray[np.float64]:
    """1 from just under the chin up, 0 from `above` face widths over the neck's base down, smooth between."""
    top, base = anchors.chin[1] - 0.12 * anchors.width, anchors.neck[1] - above * anchors.width
    return 1 - smoothstep(0, 1, (vertices[:, 1] - top) / max(base - top, 1.0))


def _near_neck(vertices: F32, anchors: Anchors) -> npt.NDArray[np.float64]:
    """1 at the neck's own width, 0 half a face beside it: shoulders do not bend with the neck."""
    aside = np.abs(vertices[:, 0] - anchors.neck[0]) / anchors.width
    return 1 - smoothstep(0, 1, (aside - 0.28) / 0.32)
