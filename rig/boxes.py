"""Boxes of layers: (left, top, right, bottom) in canvas px."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from layering.stack import Layer

Box = tuple[float, float, float, float]
Point = tuple[float, float]


def union(layers: Iterable[Layer]) -> Box | None:
    """The box around the solid pixels of layers (see `solid_box`), or None."""
    boxes = [solid_box(x) for x in layers]
    if not boxes:
        return None
    a = np.array(boxes)
    return float(a[:, 0].min()), float(a[:, 1].min()), float(a[:, 2].max()), float(a[:, 3].max())


def solid_box(layer: Layer) -> Box:
    """The box of a layer's pixels with alpha over 127; its whole box when there are none."""
    solid = layer.rgba[..., 3] > 127
    if not solid.any():
        x0, y0, x1, y1 = layer.bbox
        return float(x0), float(y0), float(x1), float(y1)
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    x, y = layer.offset
    return float(x + columns[0]), float(y + rows[0]), float(x + columns[-1] + 1), float(y + rows[-1] + 1)


def middle(box: Box) -> Point:
    """The centre of a box."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
