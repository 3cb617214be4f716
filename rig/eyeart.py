"""What an eye is drawn of: its layers sorted by their task, and rasters of them in a window around the eye.

Window frame: pixel (column i, row j) of a raster covers canvas px [x0 + i, x0 + i + 1) x [y0 + j, y0 + j + 1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Blend, Layer, LayerStack, blend_layers
from rig.anchors import Anchors
from rig.boxes import Box, solid_box, union
from rig.puppet import F32

Mask = npt.NDArray[np.bool_]

HIGHLIGHT_WORDS = ("highlight", "hilight", "catchlight", "ハイライト", "高光")
SOLID = 127
"""Alpha above which a pixel counts as drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class EyeArt:
    """The layers of one eye, back to front, and the window (left, top, right, bottom) px that they are studied in.

    whites, irides, whole (drawn in one piece), lashes: the open eye. closed: the drawn closed eye.
    glows: by layer name the soft light around it,
    which `ball` has not.
    """

    side: str
    whites: tuple[Layer, ...]
    irides: tuple[Layer, ...]
    whole: tuple[Layer, ...]
    lashes: tuple[Layer, ...]
    closed: tuple[Layer, ...]
    window: tuple[int, int, int, int]
    glows: Mapping[str, Layer]

    @property
    def ball(self) -> tuple[Layer, ...]:
        """What lies behind the lids."""
        return self.whites + self.irides + self.whole

    def alpha(self, layers: Iterable[Layer]) -> npt.NDArray[np.uint8]:
        """The greatest alpha of layers at each pixel of the window: uint8 (h, w)."""
        x0, y0, x1, y1 = self.window
        out = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for layer in layers:
            left, top, right, bottom = layer.bbox
            west, north, east, south = max(left, x0), max(top, y0), min(right, x1), min(bottom, y1)
            if west < east and north < south:
                target = out[north - y0 : south - y0, west - x0 : east - x0]
                np.maximum(target, layer.rgba[north - top : south - top, west - left : east - left, 3], out=target)
        return out

    def blended(self, layers: Iterable[Layer]) -> F32:
        """Layers stacked in the window: float32 (h, w, 4), premultiplied, 0..1."""
        return blend_window(layers, self.window)


def blend_window(layers: Iterable[Layer], window: tuple[int, int, int, int]) -> F32:
    """Layers stacked in a window (left, top, right, bottom) of the canvas: float32 (h, w, 4), premultiplied, 0..1."""
    x0, y0, x1, y1 = window
    return blend_layers((x1 - x0, y1 - y0), (replace(x, offset=(x.offset[0] - x0, x.offset[1] - y0)) for x in layers))


def luminance(rgba: npt.NDArray[np.generic]) -> F32:
    """Rec. 601 luma of RGB in its own range: float32, without the last axis."""
    luma: F32 = rgba[..., :3].astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)
    return luma


def eye_layers(stack: LayerStack, side: str, anchors: Anchors) -> tuple[Layer, ...]:
    """The layers of the eye of one side; an eye with no side of its own goes to the side it lies on."""
    parts = ("eyewhite", "irides", "eye", "eyelash")
    eyes = [x for x in stack.layers if x.part in parts]
    middle = (anchors.face[0] + anchors.face[2]) / 2
    lone = [x for x in eyes if not x.side]
    if lone and not any(x.side for x in eyes):
        box = union(lone) or anchors.face
        own = "l" if (box[0] + box[2]) / 2 >= middle else "r"
        return tuple(lone) if side == own else ()
    return tuple(x for x in eyes if x.side == side)


def study(stack: LayerStack, side: str, anchors: Anchors) -> EyeArt | None:
    """The art of one eye, or None where nothing is drawn of it or nothing of an open eye."""
    layers = eye_layers(stack, side, anchors)
    opened = [x for x in layers if x.state != "closed"]
    ball = [x for x in opened if x.part != "eyelash"]
    if not ball:
        return None
    box = union(ball) or anchors.face
    whole = [x for x in ball if x.part != "eyewhite"] if not any(x.part == "eyewhite" for x in ball) else []
    splits = {x.name: split for x in whole if (split := split_glow(x)) is not None}
    glows = {name: glow for name, (_, glow) in splits.items()}
    solid = [splits[x.name][0] if x.name in splits else x for x in opened]
    pick = lambda part: tuple(x for x in solid if x.part == part)  # noqa: E731
    closed = tuple(x for x in layers if x.state == "closed")
    return EyeArt(side, pick("eyewhite"), pick("irides"), pick("eye"), pick("eyelash"), closed, _window(layers, box), glows)


def split_glow(layer: Layer) -> tuple[Layer, Layer] | None:
    """A layer's solid shape and the soft light that reaches far beyond it; None where it has no such light."""
    import cv2

    if layer.part == "eyelash" or is_highlight(layer):
        return None
    alpha = layer.rgba[..., 3]
    solid = cv2.morphologyEx((alpha > 230).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    light = (alpha > 4) & ~(cv2.dilate(solid, np.ones((9, 9), np.uint8)) > 0)
    if light.sum() < 0.3 * solid.sum() or not solid.any():
        return None
    core, glow = (np.where(region[..., None], layer.rgba, np.uint8(0)) for region in (solid > 0, solid == 0))
    clear = cv2.dilate(solid, np.ones((7, 7), np.uint8)) == 0
    filled = spread(glow, clear & (alpha > 0), alpha == 255, 999)
    return replace(layer, rgba=core), replace(layer, name=f"{layer.name} glow", rgba=filled)


def spread(paint: RGBA, mine: Mask, under: Mask, reach: float) -> RGBA:
    """Paint carried on, with the nearest colours of its own clean pixels (`mine`), for `reach` px beneath opaque neighbours
    (`under`), which hide it.
    """
    import cv2

    distance, label = cv2.distanceTransformWithLabels((~mine).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((int(label.max()) + 1, 4), np.uint8)
    colours[label[mine]] = paint[mine]
    more = under & (paint[..., 3] == 0) & (distance < reach)
    out = paint.copy()
    out[more] = colours[label[more]]
    return out


def _window(layers: Sequence[Layer], ball: Box) -> tuple[int, int, int, int]:
    """The box around all layers and some room for the lids, held to four eyes' sizes against far strays."""
    boxes = np.array([solid_box(x) for x in layers])
    w, h = ball[2] - ball[0], ball[3] - ball[1]
    room = 0.25 * max(w, h) + 6
    left, top = max(boxes[:, 0].min(), ball[0] - 1.5 * w) - room, max(boxes[:, 1].min(), ball[1] - 1.5 * w) - room
    right, bottom = min(boxes[:, 2].max(), ball[2] + 1.5 * w) + room, min(boxes[:, 3].max(), ball[3] + 1.5 * w) + room
    return int(np.floor(left)), int(np.floor(top)), int(np.ceil(right)), int(np.ceil(bottom))


def overlays(stack: LayerStack, eyes: Sequence[EyeArt]) -> tuple[Layer, ...]:
    """Layers without a side that are painted onto the whites alone, a lid's shadow on both eyes, say."""
    found = []
    for layer in stack.layers:
        if layer.part not in ("facedetail", "objects", "eye") or layer.side or not layer.shown or layer.state:
            continue
        drawn = int((layer.rgba[..., 3] > 8).sum())
        covered = sum(int(((eye.alpha([layer]) > 8) & (eye.alpha(eye.whites or eye.whole) > 8)).sum()) for eye in eyes)
        if drawn and covered > 0.97 * drawn:
            found.append(layer)
    return tuple(found)


def is_highlight(layer: Layer) -> bool:
    """Whether a layer of the iris is a catchlight, which follows the gaze less."""
    name = layer.name.lower()
    return layer.blend in (Blend.ADD, Blend.SCREEN) or any(word in name for word in HIGHLIGHT_WORDS)


def darkest_tone(rgba: RGBA, share: float = 0.12) -> npt.NDArray[np.uint8] | None:
    """The mean colour of the darkest `share` of the solid pixels: uint8 (3,), or None where there are none."""
    solid = rgba[rgba[..., 3] > SOLID]
    if not len(solid):
        return None
    luma = luminance(solid)
    dark = solid[luma <= np.quantile(luma, share)]
    return np.round(dark[:, :3].astype(np.float32).mean(0)).astype(np.uint8)
