"""Layers of a picture: the types that `layering` makes and `rig` and `render` read, and the exact numpy compositor.

Frame: canvas pixels, x right, y down; pixel (column, row) covers [column, column + 1) x [row, row + 1).
Colour: uint8 sRGB with straight alpha, blended in sRGB as the drawing programs do.
Sides are the character's own: "l" is the character's left, which is the picture's right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

RGBA = npt.NDArray[np.uint8]

PARTS: tuple[str, ...] = (
    "front hair", "back hair", "hair", "face", "ears", "nose", "eyebrow", "eyewhite", "irides", "eyelash", "eye", "mouth",
    "neck", "topwear", "bottomwear", "handwear", "legwear", "footwear", "headwear", "eyewear", "earwear", "neckwear",
    "facedetail", "tail", "wings", "body", "objects")  # fmt: skip
"""See-through's part names; `hair`, `eye` and `body` are parts that the artist drew in one piece, `facedetail` is blush and
the like. Side hair is `front hair`, an ahoge too."""

SIDED: frozenset[str] = frozenset({"ears", "eyebrow", "eyewhite", "irides", "eyelash", "eye", "earwear", "handwear"})
"""Parts that come in pairs."""


class Blend(StrEnum):
    """Blend modes that a layer and the renderer know; rarer ones are baked when a file is read."""

    NORMAL = "normal"
    MULTIPLY = "multiply"
    SCREEN = "screen"
    ADD = "add"


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer, cropped to its pixels.

    rgba: uint8 (h, w, 4), straight alpha, h and w at least 1; the layer's opacity, masks and clipped layers are baked in.
    offset: (x, y) of the crop's top left corner in canvas px; may be negative or beyond the canvas.
    part: one of PARTS. side: "l", "r" or "" (both or none).
    state: "" for ordinary art, "open" or "closed" for a drawn alternative of an eye or the mouth.
    shown: whether the rest pose shows it (one state per eye and mouth does).
    """

    name: str
    part: str
    rgba: RGBA
    offset: tuple[int, int] = (0, 0)
    side: str = ""
    blend: Blend = Blend.NORMAL
    state: str = ""
    shown: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """(w, h) in px."""
        return self.rgba.shape[1], self.rgba.shape[0]

    @property
    def bbox(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in canvas px, right and bottom exclusive."""
        (x, y), (w, h) = self.offset, self.size
        return x, y, x + w, y + h


@dataclass(frozen=True, slots=True)
class Note:
    """What was understood of one layer: how sure is "known" (by name), "guessed" (by place) or "warning"."""

    layer: str
    text: str
    kind: str = "known"


@dataclass(frozen=True, slots=True, eq=False)
class LayerStack:
    """Layers back to front on a canvas of (W, H) px; `anchors` are points (x, y) that the artist set with pivot layers."""

    canvas: tuple[int, int]
    layers: tuple[Layer, ...]
    anchors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def find(self, part: str, side: str | None = None, state: str | None = None) -> tuple[Layer, ...]:
        """The layers of a part, back to front; `side` and `state` narrow it where given."""
        return tuple(x for x in self.layers if x.part == part and (side is None or x.side == side)
                     and (state is None or x.state == state))  # fmt: skip

    def composite(self) -> RGBA:
        """The rest pose: uint8 (H, W, 4), straight alpha. This is the exact reference for every renderer."""
        return unpremultiply(blend_layers(self.canvas, (x for x in self.layers if x.shown)))


def crop_to_canvas(layer: Layer, canvas: tuple[int, int]) -> tuple[slice, slice, RGBA] | None:
    """(rows, columns, pixels) of the part of a layer that lies on the canvas, or None."""
    x0, y0, x1, y1 = layer.bbox
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, canvas[0]), min(y1, canvas[1])
    if left >= right or top >= bottom:
        return None
    return slice(top, bottom), slice(left, right), layer.rgba[top - y0 : bottom - y0, left - x0 : right - x0]


def blend_layers(canvas: tuple[int, int], layers) -> npt.NDArray[np.float32]:  # type: ignore[no-untyped-def]
    """Stack layers back to front: float32 (H, W, 4), premultiplied, 0..1."""
    out = np.zeros((canvas[1], canvas[0], 4), np.float32)
    for layer in layers:
        cut = crop_to_canvas(layer, canvas)
        if cut is not None:
            rows, columns, rgba = cut
            blend_into(out[rows, columns], rgba.astype(np.float32) / 255, layer.blend)
    return out


def blend_into(target: npt.NDArray[np.float32], source: npt.NDArray[np.float32], mode: Blend) -> None:
    """Blend straight-alpha `source` (h, w, 4) over premultiplied `target` (h, w, 4) in place, all in 0..1.

    The W3C compositing formulas: with backdrop alpha ab, the mixed colour is (1 - ab) Cs + ab B(Cb, Cs), composited over.
    """
    straight, alpha = source[..., :3], source[..., 3:]
    if mode is Blend.NORMAL:                                # the same sums, without copies
        mixed = straight * alpha
        target *= 1 - alpha
        target[..., :3] += mixed
        target[..., 3:] += alpha
        return
    backdrop, ab = target[..., :3].copy(), target[..., 3:].copy()
    if mode is Blend.MULTIPLY:
        mixed = straight * alpha * (1 - ab + backdrop)
    elif mode is Blend.SCREEN:
        mixed = alpha * (straight * (1 - backdrop) + backdrop)
    else:
        mixed = alpha * (straight * (1 - ab) + np.minimum(ab, backdrop + straight * ab))
    target[..., :3] = mixed + backdrop * (1 - alpha)
    target[..., 3:] = alpha + ab * (1 - alpha)


def unpremultiply(rgba: npt.NDArray[np.float32]) -> RGBA:
    """float (H, W, 4) premultiplied 0..1 → uint8 straight alpha, rounded; fully transparent pixels become 0."""
    alpha = rgba[..., 3:]
    shown = np.zeros_like(rgba)
    shown[..., 3:] = alpha
    np.divide(rgba[..., :3], alpha, out=shown[..., :3], where=alpha > 0)
    np.clip(shown, 0, 1, out=shown)
    shown *= 255
    shown += 0.5
    return shown.astype(np.uint8)
