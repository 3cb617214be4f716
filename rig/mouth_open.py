"""The drawn open mouth: the centre line of its outline, corner to corner, and its colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import Layer
from rig.mouth_shape import COLUMNS, F64, Frame, resample
from rig.mouth_trace import Colour, Mask, filled, frame_between, middle_colour, smooth, solid

MIN_THICKNESS = 1.2
"""Px, the thinnest outline that is told from none."""
EDGE = 1.5
"""Px of clear edge around an outline that its part takes along."""
FINE = 4
"""Samples per px and axis of the outline's centre line."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenArt:
    """frame: the mouth's own. upper, lower: (COLUMNS, 2) px in it, the outline's centre from corner to corner. half: px, half
    the outline's thickness. reach: (2, COLUMNS) px from the outline's centre, upper and lower, out to the farthest pixel. fill:
    colour 0..255 of the darker half of the inside. outlined: whether an outline of one colour runs all around. opaque: whether
    nothing shows through the inside."""

    frame: Frame
    upper: F64
    lower: F64
    half: float
    reach: F64
    fill: Colour
    outlined: bool
    opaque: bool

    @property
    def width(self) -> float:
        """Px from corner to corner."""
        return float(self.upper[-1, 0] - self.upper[0, 0])

    @property
    def height(self) -> float:
        """Px from the middle of the upper lip to the middle of the lower."""
        return float(self.lower[COLUMNS // 2, 1] - self.upper[COLUMNS // 2, 1])


def trace_open(layer: Layer) -> OpenArt | None:
    """The outline and colours of a drawn open mouth, or None when it has no area."""
    import cv2

    mask = filled(_healed(solid(layer)))
    if mask.sum() < 12:
        return None
    inside = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1] - np.float32(0.5)
    outlined = _is_outlined(layer, inside)
    thickness = _outline_thickness(layer, inside) if outlined else MIN_THICKNESS
    half = 0.45 * thickness                                   # a little outwards, where the outline's colour is pure
    half = float(np.clip(half, MIN_THICKNESS / 2, 0.35 * inside.max()))
    contour = _level(inside, half) + layer.offset
    left, right = _corners(contour)
    frame = frame_between(contour[left], contour[right])
    upper, lower = _lips(frame.local(contour), left, right)
    loop = frame.canvas(np.concatenate([upper, lower[::-1]])) - layer.offset
    within = _within(loop, layer)
    return OpenArt(frame, upper, lower, half, _reach(layer, loop, within, half), _fill(layer, inside, half), outlined,
                   opaque=bool((layer.rgba[_eroded(within), 3] >= 250).all()))  # fmt: skip


def _level(inside: npt.NDArray[np.float32], depth: float) -> F64:
    """The outline (N, 2) of what lies deeper than `depth` px in a shape; sharp corners draw back as a pen's centre would."""
    import cv2

    height, width = inside.shape
    padded = cv2.resize(np.pad(inside, 1), ((width + 2) * FINE, (height + 2) * FINE), interpolation=cv2.INTER_LINEAR)
    found, _ = cv2.findContours((padded >= depth).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    level: F64 = (max(found, key=cv2.contourArea)[:, 0] + 0.5) / FINE - 1
    return level


def _within(loop: F64, layer: Layer) -> Mask:
    """Which pixels of a layer lie inside a loop (N, 2) of its own px."""
    import cv2

    area = np.zeros(layer.rgba.shape[:2], np.uint8)
    cv2.fillPoly(area, [np.round(loop * 16 - 8).astype(np.int32)], 1, cv2.LINE_8, 4)
    return area > 0


def _eroded(mask: Mask) -> Mask:
    """A mask without the pixels at its edge."""
    import cv2

    return cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _reach(layer: Layer, loop: F64, within: Mask, half: float) -> F64:
    """How far (px) pixels lie outside each point of the outline's centre: (2, COLUMNS); at least the outline and an edge."""
    outside = np.argwhere((layer.rgba[..., 3] > 0) & ~within)[:, ::-1] + 0.5
    reach = np.full(len(loop), half + EDGE)
    if len(outside):
        away = np.linalg.norm(outside[:, None] - loop, axis=-1)
        np.maximum.at(reach, away.argmin(1), away.min(1) + EDGE)
    wide = np.maximum(reach, np.maximum(np.roll(reach, 1), np.roll(reach, -1)))
    return np.stack([wide[:COLUMNS], wide[: COLUMNS - 1 : -1]])


def _healed(mask: Mask) -> Mask:
    """A mask with its notches closed, such as a gap of the outline makes."""
    import cv2

    size = 2 * int(0.06 * min(np.ptp(np.argwhere(mask), axis=0) + 1)) + 3
    padded = np.pad(mask, size).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[size:-size, size:-size] > 0


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


def _lips(contour: F64, left: int, right: int) -> tuple[F64, F64]:
    """The upper and the lower half of a closed contour from corner to corner."""
    n = len(contour)
    one = contour[(left + np.arange((right - left) % n + 1)) % n]
    two = contour[(right + np.arange((left - right) % n + 1)) % n][::-1]
    upper, lower = (one, two) if one[:, 1].mean() < two[:, 1].mean() else (two, one)
    return _smoothed(upper), _smoothed(lower)


def _smoothed(curve: F64) -> F64:
    """A lip without the pixels' steps; its ends stay."""
    even = resample(curve, 4 * COLUMNS)
    sigma = max(2.0, 2.5 * len(even) / max(float(np.linalg.norm(np.diff(even, axis=0), axis=1).sum()), 1.0))
    calm = np.stack([smooth(even[:, 0], sigma), smooth(even[:, 1], sigma)], -1)
    calm[0], calm[-1] = even[0], even[-1]
    return resample(calm, COLUMNS)


def _outline_thickness(layer: Layer, inside: npt.NDArray[np.float32]) -> float:
    """Px: how deep the colour of the rim reaches into a drawn mouth, or a fine line where it has no outline."""
    drawn = solid(layer)
    rgb = layer.rgba[..., :3].astype(np.float64)
    deepest = max(int(inside.max()), 2)
    rings = [_ring_colour(rgb, drawn & (inside > d) & (inside <= d + 1)) for d in range(deepest)]
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


def _is_outlined(layer: Layer, inside: npt.NDArray[np.float32]) -> bool:
    """Whether one colour runs along the whole rim of a drawn mouth."""
    rim = layer.rgba[solid(layer) & (inside > 0.6) & (inside < 2.2)][:, :3].astype(np.float64)
    return bool(len(rim)) and bool((np.abs(rim - np.median(rim, axis=0)).max(1) < 60).mean() > 0.7)


def _fill(layer: Layer, inside: npt.NDArray[np.float32], half: float) -> Colour:
    """The colour of the darker half of the inside of a drawn open mouth, or of all of it where it is too small."""
    drawn = solid(layer)
    inner = drawn & (inside > 2 * half + 1)
    rgb = layer.rgba[inner if inner.sum() >= 4 else drawn][:, :3].astype(np.float64)
    return middle_colour(rgb[rgb.mean(1) <= np.median(rgb.mean(1))])
