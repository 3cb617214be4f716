"""A tiny character of flat shapes, drawn with soft edges layer by layer, so that every hidden pixel is known."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from layering.partmap import PartMap
from layering.regions import find_regions
from layering.stack import RGBA, Layer, LayerStack
from layering.views import CLASSES

SIDE = 240
FINE = 4
SKIN, HAIR, DARK, SHIRT = (250, 220, 200), (120, 80, 60), (90, 58, 44), (70, 110, 170)
WHITE, IRIS, LASH, LIPS = (250, 250, 250), (60, 120, 90), (40, 25, 30), (150, 60, 60)
Colour = tuple[int, int, int]
Shape = Callable[[npt.NDArray[np.uint8]], object]


def ellipse(x: float, y: float, rx: float, ry: float) -> Shape:
    """Fills an ellipse, in px of the picture."""
    centre, size = (int(x * FINE), int(y * FINE)), (int(rx * FINE), int(ry * FINE))
    return lambda mask: cv2.ellipse(mask, centre, size, 0, 0, 360, 255, -1)


def box(left: float, top: float, right: float, bottom: float) -> Shape:
    """Fills a rectangle, in px of the picture."""
    first, last = (int(left * FINE), int(top * FINE)), (int(right * FINE), int(bottom * FINE))
    return lambda mask: cv2.rectangle(mask, first, last, 255, -1)


def sheet(colour: Colour, *shapes: Shape) -> RGBA:
    """uint8 (SIDE, SIDE, 4): shapes in one colour, edges anti-aliased."""
    mask = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
    for shape in shapes:
        shape(mask)
    alpha = cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    out = np.zeros((SIDE, SIDE, 4), np.uint8)
    out[alpha > 0, :3] = colour
    out[..., 3] = alpha
    return out


def character() -> list[tuple[str, RGBA]]:
    """(part, uint8 (SIDE, SIDE, 4)) back to front: a bust with a fringe and side locks."""
    return [
        ("back hair", sheet(DARK, ellipse(120, 90, 66, 66), box(54, 90, 186, 165))),
        ("neck", sheet(SKIN, box(106, 110, 134, 185))),
        ("topwear", sheet(SHIRT, ellipse(120, 240, 80, 62))),
        ("ears", sheet(SKIN, ellipse(70, 104, 8, 12), ellipse(170, 104, 8, 12))),
        ("face", sheet(SKIN, ellipse(120, 96, 50, 58))),
        ("mouth", sheet(LIPS, box(112, 132, 128, 134))),
        ("eyewhite", sheet(WHITE, ellipse(98, 104, 13, 9), ellipse(142, 104, 13, 9))),
        ("irides", sheet(IRIS, ellipse(98, 104, 7, 7), ellipse(142, 104, 7, 7))),
        ("eyelash", sheet(LASH, box(84, 94, 112, 99), box(128, 94, 156, 99))),
        ("eyebrow", sheet(LASH, box(86, 84, 110, 87), box(130, 84, 154, 87))),
        ("front hair", sheet(HAIR, ellipse(120, 58, 62, 24), box(52, 56, 66, 170), box(174, 56, 188, 170))),
    ]


def stack_of(layers: list[tuple[str, RGBA]]) -> LayerStack:
    """The layers as a stack."""
    return LayerStack((SIDE, SIDE), tuple(Layer(part, part, rgba) for part, rgba in layers))


def labels_of(layers: list[tuple[str, RGBA]]) -> npt.NDArray[np.uint8]:
    """uint8 (SIDE, SIDE): class of the topmost layer at each pixel."""
    out = np.zeros((SIDE, SIDE), np.uint8)
    for part, rgba in layers:
        out[rgba[..., 3] > 127] = CLASSES.index(part)
    return out


def parts_of(picture: RGBA, labels: npt.NDArray[np.uint8]) -> PartMap:
    """The map of parts of a picture whose labels are known; regions are its distinct colours."""
    figure = picture[..., 3] > 127
    keys = picture[..., :3].astype(np.int32) @ np.array([65536, 256, 1], np.int32)
    tones = np.unique(keys[figure], return_counts=True)
    common = tones[0][np.argsort(-tones[1])[:10]]
    spread = np.stack([common >> 16, (common >> 8) & 255, common & 255], -1)
    away = np.abs(picture[..., None, :3].astype(np.int32) - spread).sum(-1)
    regions = find_regions(np.where(figure, away.argmin(-1), -1).astype(np.int32))
    return PartMap(labels, regions, np.ones(len(regions), np.float32))


def case(layers: list[tuple[str, RGBA]] | None = None) -> tuple[RGBA, PartMap, dict[str, RGBA]]:
    """(picture, map of its parts, true layers by part)."""
    layers = character() if layers is None else layers
    picture = stack_of(layers).composite()
    return picture, parts_of(picture, labels_of(layers)), dict(layers)


def canvas_of(stack: LayerStack, part: str, side: str | None = None) -> RGBA:
    """uint8 (SIDE, SIDE, 4): the layers of a part stacked alone."""
    return LayerStack(stack.canvas, stack.find(part, side)).composite()
