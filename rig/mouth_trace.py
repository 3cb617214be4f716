"""What the drawn mouth tells: centre line, thickness and colour of a closed line, outline and colours of an open one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import Blend, Layer, LayerStack, blend_layers, unpremultiply
from rig.mouth_shape import COLUMNS, F64, Frame, outward, resample

Mask = npt.NDArray[np.bool_]
Colour = tuple[float, float, float]

LINE_SHARE = 0.3
"""A line's thickness is at most this share of its length; what is thicker is an area."""
DOT = 8
"""Px; a piece no larger is a dot, whatever its form."""
MIN_THICKNESS = 1.2
"""Px, the thinnest outline that is made."""


@dataclass(frozen=True, slots=True, eq=False)
class ClosedLine:
    """frame: the mouth's own. curve: (COLUMNS, 2) px in it, the line's centre, which ends half a thickness before the tips.
    half: (COLUMNS,) px, half the line's thickness along it, 0 where it has a gap. width: px from tip to tip. colour: 0..255.
    strength: 0..1, how opaque the stroke is. sag: px from the corners down to the middle."""

    frame: Frame
    curve: F64
    half: F64
    width: float
    colour: Colour
    strength: float
    sag: float


@dataclass(frozen=True, slots=True, eq=False)
class OpenArt:
    """frame: the mouth's own. upper, lower: (COLUMNS, 2) px in it, the outline's centre from corner to corner. half: px, half
    the outline's thickness. reach: px from the outline's centre to the farthest pixel. line, fill, tongue: colours 0..255 of
    the outline, the darkest area inside and the lightest of the reddish areas (the fill again where there is no other)."""

    frame: Frame
    upper: F64
    lower: F64
    half: float
    reach: float
    line: Colour
    fill: Colour
    tongue: Colour

    @property
    def width(self) -> float:
        """Px from corner to corner."""
        return float(self.upper[-1, 0] - self.upper[0, 0])

    @property
    def height(self) -> float:
        """Px from the middle of the upper lip to the middle of the lower."""
        return float(self.lower[COLUMNS // 2, 1] - self.upper[COLUMNS // 2, 1])


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
    filled = _filled(mask)
    if filled.sum() > 1.25 * mask.sum() + 8:
        return False
    inside = cv2.distanceTransform(np.pad(filled, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    for x, y, w, h, _ in pieces(filled):
        thickness = 2 * float(inside[y : y + h, x : x + w].max())
        if thickness > LINE_SHARE * max(w, h) and max(w, h) > DOT:
            return False
    return True


def trace_line(layer: Layer) -> ClosedLine:
    """The centre line of a drawn closed mouth; gaps are bridged."""
    alpha = layer.rgba[..., 3].astype(np.float64) / 255
    alpha = alpha * (alpha > 0.12 * alpha.max())
    weight, strongest = alpha.sum(0), alpha.max(0)
    columns = np.flatnonzero(weight > 0.25 * np.median(weight[weight > 0]))
    rows = np.arange(alpha.shape[0]) + 0.5
    y = (alpha * rows[:, None]).sum(0)[columns] / weight[columns]
    thick = np.where(strongest[columns] > 0.5 * alpha.max(), weight[columns] / strongest[columns], 0)
    x = np.concatenate([[columns[0]], columns + 0.5, [columns[-1] + 1]])
    y, thick = np.pad(y, 1, mode="edge"), np.pad(thick, 1, mode="edge")
    points = np.stack([x, _smooth(y, max(1.0, len(y) / 30))], -1) + layer.offset
    frame = _frame(points[0], points[-1])
    tips = frame.local(points)
    slope = np.gradient(tips[:, 1]) / np.maximum(np.gradient(tips[:, 0]), 1e-6)
    half = thick / 2 / np.hypot(1, slope)
    cap = min(0.7 * float(np.quantile(half[half > 0], 0.3)), 0.1 * (x[-1] - x[0])) if (half > 0).any() else 0.0
    at = np.linspace(tips[0, 0] + cap, tips[-1, 0] - cap, 4 * COLUMNS)
    curve = resample(np.stack([at, np.interp(at, tips[:, 0], tips[:, 1])], -1), COLUMNS)
    middle = curve[COLUMNS // 2 - 2 : COLUMNS // 2 + 3, 1].mean()
    return ClosedLine(frame, curve, np.interp(curve[:, 0], tips[:, 0], half), float(tips[-1, 0] - tips[0, 0]),
                      line_colour(layer), float(np.quantile(strongest[columns], 0.8)), float(middle))  # fmt: skip


def line_colour(layer: Layer) -> Colour:
    """The colour of a stroke: the mean of its most opaque pixels, without the lightest half."""
    alpha = layer.rgba[..., 3]
    rgb = layer.rgba[..., :3][alpha >= 0.8 * alpha.max()].astype(np.float64)
    return _mean(rgb[rgb.mean(1) <= np.median(rgb.mean(1))])


def trace_open(layer: Layer) -> OpenArt | None:
    """The outline and colours of a drawn open mouth, or None when it has no area."""
    import cv2

    mask = _filled(_healed(solid(layer)))
    if mask.sum() < 12:
        return None
    found, _ = cv2.findContours(np.pad(mask, 1).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(found, key=cv2.contourArea)[:, 0].astype(np.float64) - 0.5 + layer.offset
    inside = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    half = 0.45 * _outline_thickness(layer, inside)           # a little outwards, where the outline's colour is pure
    half = float(np.clip(half, MIN_THICKNESS / 2, 0.35 * inside.max()))
    left, right = _corners(contour)
    frame = _frame(contour[left], contour[right])
    upper, lower = _lips(frame.local(contour), left, right, half)
    line, fill, tongue = _colours(layer, inside, half)
    loop = frame.canvas(np.concatenate([upper, lower[::-1]]))
    return OpenArt(frame, upper, lower, half, _outer_reach(loop, layer), line, fill, tongue)


def _outer_reach(loop: F64, layer: Layer) -> float:
    """Px from the loop to the farthest pixel outside it that is not fully clear."""
    import cv2

    area = np.zeros(layer.rgba.shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round((loop - layer.offset) * 16 - 8).astype(np.int32)], 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(1 - area, cv2.DIST_L2, 5)
    return float(away[layer.rgba[..., 3] > 0].max(initial=0.0)) + 1


def _healed(mask: Mask) -> Mask:
    """A mask with its notches closed, such as a gap of the outline makes."""
    import cv2

    size = 2 * int(0.06 * min(np.ptp(np.argwhere(mask), axis=0) + 1)) + 3
    padded = np.pad(mask, size).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[size:-size, size:-size] > 0


def _filled(mask: Mask) -> Mask:
    """A mask with its holes filled."""
    import cv2

    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(out, found, -1, 1, -1)
    return out > 0


def _frame(left: F64, right: F64) -> Frame:
    """The frame between two corners; a slope over 25 degrees is not the mouth's tilt but its shape."""
    dx, dy = right - left
    angle = float(np.arctan2(dy, max(dx, 1e-6)))
    if abs(angle) > np.radians(25):
        angle = 0.0
    middle = (left + right) / 2
    return Frame((float(middle[0]), float(middle[1])), angle)


def _corners(contour: F64) -> tuple[int, int]:
    """Indices of the contour's left and right corner: the sharpest point near where it reaches farthest to the side, or the
    farthest itself where the side is round or the drawing too small to tell."""
    width = float(np.ptp(contour[:, 0]))
    arm = max(2, len(contour) // 24)
    a, b = np.roll(contour, arm, 0) - contour, np.roll(contour, -arm, 0) - contour
    cosine = (a * b).sum(1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-9)
    sharp = np.maximum(cosine + 0.75, 0) * np.clip((width - 24) / 24, 0, 1)
    out = []
    for edge in (contour[:, 0].min(), contour[:, 0].max()):
        away = np.abs(contour[:, 0] - edge) / max(width, 1.0)
        level = contour[away < 0.015 + 0.5 / max(width, 1.0), 1].mean()
        score = sharp - 4 * away - 0.5 * np.abs(contour[:, 1] - level) / max(width, 1.0)
        out.append(int(np.argmax(np.where(away < 0.07, score, -9))))
    return out[0], out[1]


def _lips(contour: F64, left: int, right: int, half: float) -> tuple[F64, F64]:
    """The upper and the lower half of a closed contour, moved inwards by half the outline's thickness."""
    n = len(contour)
    one = contour[(left + np.arange((right - left) % n + 1)) % n]
    two = contour[(right + np.arange((left - right) % n + 1)) % n][::-1]
    upper, lower = (one, two) if one[:, 1].mean() < two[:, 1].mean() else (two, one)
    return _inset(_smoothed(resample(upper, 4 * COLUMNS)), _smoothed(resample(lower, 4 * COLUMNS)), half)


def _inset(upper: F64, lower: F64, half: float) -> tuple[F64, F64]:
    """Both lips moved inwards and resampled; the corners move sideways."""
    normals = outward(upper, lower)
    inner = [curve - half * normal for curve, normal in zip((upper, lower), normals, strict=True)]
    for curve in inner:
        curve[0], curve[-1] = upper[0] + (half, 0), upper[-1] - (half, 0)
        curve[:, 0] = np.clip(curve[:, 0], curve[0, 0], curve[-1, 0])
    return resample(inner[0], COLUMNS), resample(inner[1], COLUMNS)


def _smoothed(curve: F64) -> F64:
    """A lip without the pixels' steps, of which a small drawing has the larger ones; its ends stay."""
    sigma = max(2.0, 2.0 * len(curve) / max(float(np.linalg.norm(np.diff(curve, axis=0), axis=1).sum()), 1.0))
    out = np.stack([_smooth(curve[:, 0], sigma), _smooth(curve[:, 1], sigma)], -1)
    out[0], out[-1] = curve[0], curve[-1]
    return out


def _smooth(values: F64, sigma: float) -> F64:
    """A Gaussian blur along a line of values that goes on straight beyond its ends."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.concatenate([2 * values[0] - values[reach:0:-1], values, 2 * values[-1] - values[-2 : -reach - 2 : -1]]) \
        if len(values) > reach + 1 else np.pad(values, reach, mode="edge")  # fmt: skip
    out: F64 = np.convolve(padded, kernel / kernel.sum(), mode="valid")
    return out


def _outline_thickness(layer: Layer, inside: npt.NDArray[np.float32]) -> float:
    """Px: how deep the colour of the rim reaches into a drawn mouth, or a fine line where it has no outline."""
    alpha = layer.rgba[..., 3]
    rgb = layer.rgba[..., :3].astype(np.float64)
    deepest = max(int(inside.max()), 2)
    rings = [_ring_colour(rgb, (alpha > 127) & (inside > d) & (inside <= d + 1)) for d in range(deepest)]
    rim = rings[min(1, len(rings) - 1)]
    if rim is None:
        return MIN_THICKNESS
    for depth, colour in enumerate(rings):
        if depth > 1 and (colour is None or np.abs(colour - rim).max() > 40):
            return float(depth)
    return max(MIN_THICKNESS, 0.12 * deepest)


def _ring_colour(rgb: F64, ring: Mask) -> F64 | None:
    found: F64 | None = np.median(rgb[ring], axis=0) if ring.any() else None
    return found


def _colours(layer: Layer, inside: npt.NDArray[np.float32], half: float) -> tuple[Colour, Colour, Colour]:
    """Colours of the outline, the darkest area and the lightest reddish area of a drawn open mouth."""
    rgb = layer.rgba[..., :3].astype(np.float64)
    opaque = layer.rgba[..., 3] > 127
    rim = rgb[opaque & (inside > 0.3 * half) & (inside <= max(2 * half - 0.5, 1.5))]
    line = _mean(rim[rim.mean(1) <= np.median(rim.mean(1))]) if len(rim) else (60.0, 30.0, 30.0)
    inner = rgb[opaque & (inside > 2 * half + 1)]
    if len(inner) < 4:
        return line, line, line
    light = inner.mean(1)
    fill = _mean(inner[light <= np.quantile(light, 0.5)])
    red = inner[(inner[:, 0] - inner[:, 1:].mean(1)) > 0.4 * (fill[0] - (fill[1] + fill[2]) / 2)]
    tongue = _mean(red[red.mean(1) >= np.quantile(red.mean(1), 0.85)]) if len(red) > 4 else fill
    return line, fill, tongue


def _mean(rgb: F64) -> Colour:
    r, g, b = np.median(rgb, axis=0)
    return float(r), float(g), float(b)


def skin_colour(stack: LayerStack, at: tuple[float, float]) -> Colour:
    """The face's own colour around a point, or a light skin when no face layer covers it."""
    for layer in reversed(stack.find("face")):
        x, y = int(at[0]) - layer.offset[0], int(at[1]) - layer.offset[1]
        area = layer.rgba[max(y - 12, 0) : max(y + 12, 0), max(x - 12, 0) : max(x + 12, 0)].reshape(-1, 4)
        area = area[area[:, 3] > 200]
        if len(area):
            return _mean(area[:, :3].astype(np.float64))
    return 250.0, 224.0, 208.0
