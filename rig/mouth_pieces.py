"""Mouths that are neither a line nor one open shape (a row of glowing seams, say): each piece stretches as the mouth opens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layering.stack import Layer
from rig.anchors import Anchors
from rig.mesh import pad_texture
from rig.mouth_ring import strips
from rig.mouth_trace import pieces, solid
from rig.puppet import F32, Keyforms, Mesh, Part

STRETCH = 1.8
"""How many times as high a piece becomes where no open state is drawn."""
SHUT = 0.12
"""And when such a mouth, drawn open, shuts."""
LIFT = 0.02
"""How far the outer ends rise at form 1, as a share of the face's height."""
CELLS = 4

Box = tuple[float, float, float, float]


def pieces_part(layer: Layer, drawn_open: Layer | None, anchors: Anchors, openness: float = 0.0) -> Part:
    """The layer with every piece on a grid of its own that stretches to the same piece of the open drawing.

    openness: ParamMouthOpenY at which the layer is drawn; over 0 the pieces also shut.
    """
    texture, offset = pad_texture(layer.rgba, layer.offset)
    here = _boxes(layer)
    there = _boxes(drawn_open) if drawn_open is not None else []
    if len(there) != len(here):
        there = [_stretched(box, STRETCH if not openness else 1 / openness) for box in here]
    right, bottom = offset[0] + texture.shape[1], offset[1] + texture.shape[0]
    between = [float(offset[0]), *((a[2] + b[0]) / 2 for a, b in pairwise(here)), float(right)]
    grids = [_grid(_lines(a, box[0], box[2], b), _lines(offset[1], box[1], box[3], bottom))
             for (a, b), box in zip(pairwise(between), here, strict=True)]  # fmt: skip
    mesh = _joined(grids, offset, (texture.shape[1], texture.shape[0]))
    shut = [_stretched(box, SHUT) for box in here] if openness else here
    keyed = {key: np.concatenate([_carried(g, a, b) for g, a, b in zip(grids, here, boxes, strict=True)]) - mesh.vertices
             for key, boxes in ((0.0, shut), (1.0, there), (openness, here))}  # fmt: skip
    middle, half = (offset[0] + right) / 2, max((right - offset[0]) / 2, 1.0)
    smile = np.zeros_like(mesh.vertices)
    smile[:, 1] = -LIFT * anchors.height * (((mesh.vertices[:, 0] - middle) / half) ** 2 - 0.33)
    count = len(mesh.vertices)
    one = np.ones(count, np.float32)
    zero = np.zeros_like(smile)
    return Part(name=layer.name, part="mouth", texture=texture, mesh=mesh, blend=layer.blend,
                depth=np.zeros(count, np.float32), head=one, body=one,
                keyforms=(Keyforms(("ParamMouthOpenY",), (tuple(sorted(keyed)),), np.stack([keyed[k] for k in sorted(keyed)])),
                          Keyforms(("ParamMouthForm",), ((-1.0, 0.0, 1.0),), np.stack([-smile, zero, smile]))))  # fmt: skip


def _boxes(layer: Layer) -> list[Box]:
    """Boxes (canvas px) of a layer's pieces from left to right; those that overlap sideways are one."""
    out: list[Box] = []
    for x, y, w, h, _ in pieces(solid(layer)):
        left, top = float(x + layer.offset[0]), float(y + layer.offset[1])
        box = (left, top, left + w, top + h)
        if out and box[0] < out[-1][2]:
            last = out[-1]
            out[-1] = (last[0], min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3]))
        else:
            out.append(box)
    return out


def _stretched(box: Box, by: float) -> Box:
    """A box so many times as high, from a line at three tenths of its height."""
    x0, y0, x1, y1 = box
    more = (by - 1) * (y1 - y0)
    return x0, y0 - 0.3 * more, x1, y1 + 0.7 * more


def _carried(points: F32, a: Box, b: Box) -> F32:
    """Points (rows, columns, 2) moved as box `a` becomes box `b`, as (N, 2); beyond the box they keep their distance."""
    points = points.reshape(-1, 2)
    out = np.empty_like(points)
    for k in (0, 1):
        inside = np.clip(points[:, k], a[k], a[k + 2])
        out[:, k] = points[:, k] - inside + b[k] + (inside - a[k]) * (b[k + 2] - b[k]) / max(a[k + 2] - a[k], 1e-6)
    return out


def _lines(low: float, first: float, last: float, high: float) -> F32:
    """Grid lines from `low` to `high` with a piece's own edges among them."""
    return np.unique(np.clip([low, *np.linspace(first, last, CELLS), high], low, high)).astype(np.float32)


def _grid(x: F32, y: F32) -> F32:
    """(rows, columns, 2) points of a grid."""
    return np.stack(np.meshgrid(x, y), -1)


def _joined(grids: list[F32], offset: tuple[int, int], size: tuple[int, int]) -> Mesh:
    """Several grids over one texture as one mesh."""
    vertices = np.concatenate([g.reshape(-1, 2) for g in grids])
    uv = ((vertices - np.array(offset)) / np.array(size)).astype(np.float32)
    starts = np.cumsum([0, *(g.shape[0] * g.shape[1] for g in grids)])
    triangles = [strips(g.shape[0], g.shape[1]) + start for g, start in zip(grids, starts, strict=False)]
    return Mesh(vertices, uv, np.concatenate(triangles).astype(np.int32))
