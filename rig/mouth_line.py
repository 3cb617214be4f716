"""The drawn closed mouth: centre line, thickness and colour of its stroke."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from layering.stack import Layer
from rig.mouth_shape import COLUMNS, F64, Frame, resample
from rig.mouth_trace import Colour, frame_between, middle_colour, smooth

FAINT = 48
"""Alpha up to which what lies beside a stroke is dirt."""


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


def trace_line(layer: Layer) -> ClosedLine:
    """The centre line of a drawn closed mouth; gaps are bridged."""
    colour = line_colour(layer)
    alpha = layer.rgba[..., 3] / 255 * _likeness(layer, colour)
    alpha = alpha * (alpha > 0.12 * alpha.max())
    weight, strongest = alpha.sum(0), alpha.max(0)
    columns = np.flatnonzero(weight > 0.25 * np.median(weight[weight > 0]))
    rows = np.arange(alpha.shape[0]) + 0.5
    y = (alpha * rows[:, None]).sum(0)[columns] / weight[columns]
    thick = np.where(strongest[columns] > 0.5 * alpha.max(), weight[columns] / strongest[columns], 0)
    x = np.concatenate([[columns[0]], columns + 0.5, [columns[-1] + 1]])
    y, thick = np.pad(y, 1, mode="edge"), np.pad(thick, 1, mode="edge")
    points = np.stack([x, smooth(y, max(1.0, len(y) / 20))], -1) + layer.offset
    frame = frame_between(points[0], points[-1])
    tips = frame.local(points)
    slope = np.gradient(tips[:, 1]) / np.maximum(np.gradient(tips[:, 0]), 1e-6)
    half = thick / 2 / np.hypot(1, slope)
    cap = min(0.7 * float(np.quantile(half[half > 0], 0.3)), 0.1 * (x[-1] - x[0])) if (half > 0).any() else 0.0
    at = np.linspace(tips[0, 0] + cap, tips[-1, 0] - cap, 4 * COLUMNS)
    curve = resample(np.stack([at, np.interp(at, tips[:, 0], tips[:, 1])], -1), COLUMNS)
    middle = curve[COLUMNS // 2 - 2 : COLUMNS // 2 + 3, 1].mean()
    return ClosedLine(frame, curve, np.interp(curve[:, 0], tips[:, 0], half), float(tips[-1, 0] - tips[0, 0]),
                      colour, float(np.quantile(strongest[columns], 0.8)), float(middle))  # fmt: skip


def split_line(layer: Layer, line: ClosedLine) -> tuple[Layer, Layer | None]:
    """A closed mouth as its stroke and what is drawn apart from it in another colour (the lower lip's shade), if anything."""
    import cv2

    count, labels = cv2.connectedComponents((layer.rgba[..., 3] > 0).astype(np.uint8), connectivity=8)
    like = _likeness(layer, line.colour) * layer.rgba[..., 3]
    rows, columns = np.indices(labels.shape)
    place = line.frame.local(np.stack([columns, rows], -1) + 0.5 + layer.offset)
    off = np.abs(place[..., 1] - np.interp(place[..., 0], line.curve[:, 0], line.curve[:, 1]))
    apart = [i for i in range(1, count) if like[labels == i].max() < 0.4 * like.max()
             and off[labels == i].mean() > 3 * line.half.max() and layer.rgba[labels == i, 3].max() > FAINT]  # fmt: skip
    if not apart:
        return layer, None
    stroke, shade = layer.rgba.copy(), layer.rgba.copy()
    stroke[np.isin(labels, apart)], shade[~np.isin(labels, apart)] = 0, 0
    return replace(layer, rgba=stroke), replace(layer, rgba=shade)


def _likeness(layer: Layer, colour: Colour) -> F64:
    """(h, w) 0..1: how near each pixel's colour is to a stroke's."""
    away = np.abs(layer.rgba[..., :3] - np.array(colour)).max(-1)
    near: F64 = np.clip(1.6 - away / 60, 0, 1)
    return near


def line_colour(layer: Layer) -> Colour:
    """The colour of a stroke: the median of the darker half of its most opaque pixels."""
    alpha = layer.rgba[..., 3]
    rgb = layer.rgba[..., :3][alpha >= 0.8 * alpha.max()].astype(np.float64)
    return middle_colour(rgb[rgb.mean(1) <= np.median(rgb.mean(1))])
