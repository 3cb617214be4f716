"""What is common to drawn mouths: their pixels as masks and pieces, a stroke or a shape, colours, and the frame they lie in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import Blend, Layer, LayerStack, blend_layers, unpremultiply
from rig.mouth_shape import F64, Frame

Mask = npt.NDArray[np.bool_]
Colour = tuple[float, float, float]

LINE_SHARE, PLAIN_SHARE = 0.2, 0.35
"""A line's thickness is at most this share of its length; of one colour it may be as thick as the second."""
DOT = 8
"""Px; a piece no larger is a dot, whatever its form."""


def flattened(layers: tuple[Layer, ...]) -> Layer:
    """Several layers of one mouth (lips, teeth, tongue) as one, which takes the place of the topmost."""
    if len(layers) == 1:
        return layers[0]
    boxes = np.array([x.bbox for x in layers])
    left, top = boxes[:, :2].min(0)
    right, bottom = boxes[:, 2:].max(0)
    moved = [Layer(x.name, x.part, x.rgba, (x.offset[0] - left, x.offset[1] - top), blend=x.blend) for x in layers]
    last = layers[-1]
    rgba = unpremultiply(blend_layers((int(right - left), int(bottom - top)), moved))
    return Layer(last.name, last.part, rgba, (int(left), int(top)), last.side, Blend.NORMAL, last.state, last.shown)


def solid(layer: Layer) -> Mask:
    """Pixels that count as drawn: alpha over 127, or over half of the strongest where all are faint."""
    alpha = layer.rgba[..., 3]
    found: Mask = alpha > min(127, int(alpha.max()) // 2)
    return found


def pieces(mask: Mask) -> list[tuple[int, int, int, int, int]]:
    """(x, y, w, h, area) of the connected pieces that are no specks, from left to right."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    rows = stats[1:]
    if not len(rows):
        return []
    rows = rows[rows[:, 4] >= max(4, 0.12 * rows[:, 4].max())]
    return [tuple(int(v) for v in row) for row in rows[np.argsort(rows[:, 0])]]  # type: ignore[misc]


def is_line(layer: Layer) -> bool:
    """Whether a mouth is a stroke (or a dot) and no open shape: each piece thin against its extent, nothing enclosed."""
    import cv2

    mask = solid(layer)
    if not mask.any():
        return False
    whole = filled(mask)
    if whole.sum() > 1.25 * mask.sum() + 8:
        return False
    inside = cv2.distanceTransform(np.pad(whole, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    share = PLAIN_SHARE if _is_plain(layer, mask) else LINE_SHARE
    found = pieces(whole)
    largest = max(area for *_, area in found)
    for x, y, w, h, area in found:
        thickness = 2 * float(inside[y : y + h, x : x + w].max())
        if thickness > share * max(w, h) and max(w, h) > DOT and area > 0.35 * largest:
            return False
    return True


def _is_plain(layer: Layer, mask: Mask) -> bool:
    """Whether nearly all of what is drawn is of one colour."""
    rgb = layer.rgba[mask][:, :3].astype(np.float64)
    return bool((np.abs(rgb - np.median(rgb, axis=0)).max(1) < 50).mean() > 0.85)


def filled(mask: Mask) -> Mask:
    """A mask with its holes filled."""
    import cv2

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(out, found, -1, 1, -1)
    return out > 0


def frame_between(left: F64, right: F64) -> Frame:
    """The frame between two corners; a slope over 25 degrees is not the mouth's tilt but its shape."""
    dx, dy = right - left
    angle = float(np.arctan2(dy, max(dx, 1e-6)))
    if abs(angle) > np.radians(25):
        angle = 0.0
    middle = (left + right) / 2
    return Frame((float(middle[0]), float(middle[1])), angle)


def smooth(values: F64, sigma: float) -> F64:
    """A Gaussian blur along a line of values that goes on straight beyond its ends."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    if len(values) > reach + 1:
        padded = np.concatenate([2 * values[0] - values[reach:0:-1], values, 2 * values[-1] - values[-2 : -reach - 2 : -1]])
    else:
        padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def middle_colour(rgb: F64) -> Colour:
    """The median of colours (N, 3)."""
    r, g, b = np.median(rgb, axis=0)
    return float(r), float(g), float(b)


def skin_colour(stack: LayerStack, at: tuple[float, float]) -> Colour:
    """The face's own colour around a point, or a light skin when no face layer covers it."""
    for layer in reversed(stack.find("face")):
        x, y = int(at[0]) - layer.offset[0], int(at[1]) - layer.offset[1]
        area = layer.rgba[max(y - 12, 0) : max(y + 12, 0), max(x - 12, 0) : max(x + 12, 0)].reshape(-1, 4)
        area = area[area[:, 3] > 200]
        if len(area):
            return middle_colour(area[:, :3].astype(np.float64))
    return 250.0, 224.0, 208.0
