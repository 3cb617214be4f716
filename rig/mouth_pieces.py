"""Mouths that are neither a line nor one open shape (a row of glowing seams, say): each piece stretches as the mouth opens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from layering.stack import Layer
from rig.anchors import Anchors
from rig.mesh import grid_mesh, pad_texture
from rig.mouth_trace import pieces, solid
from rig.puppet import F32, I32, Keyforms, Mesh, Part

STRETCH = 1.8
"""How many times as high a piece becomes where no open state is drawn."""
LIFT = 0.02
"""How far the outer ends rise at form 1, as a share of the face's height."""
CELLS = 4

Box = tuple[float, float, float, float]


def pieces_part(layer: Layer, drawn_open: Layer | None, anchors: Anchors) -> Part:
    """The layer with every piece on a grid of its own that stretches to the same piece of the open drawing."""
    texture, offset = pad_texture(layer.rgba, layer.offset)
    here = _boxes(layer)
    there = _boxes(drawn_open) if drawn_open is not None else []
    if len(there) != len(here):
        there = [_stretched(box) for box in here]
    between = [(a[2] + b[0]) / 2 for a, b in pairwise(here)]
    edges = [float(offset[0]), *between, float(offset[0] + texture.shape[1])]
    grids = [grid_mesh(left, offset[1], right, offset[1] + texture.shape[0], CELLS, CELLS)
             for left, right in pairwise(edges)]  # fmt: skip
    mesh = _joined(grids, offset, (texture.shape[1], texture.shape[0]))
    opened = np.concatenate([_carried(g.vertices, a, b) for g, a, b in zip(grids, here, there, strict=True)]) - mesh.vertices
    middle, half = (edges[0] + edges[-1]) / 2, max((edges[-1] - edges[0]) / 2, 1.0)
    smile = np.zeros_like(mesh.vertices)
    smile[:, 1] = -LIFT * anchors.height * (((mesh.vertices[:, 0] - middle) / half) ** 2 - 0.33)
    count = len(mesh.vertices)
    one = np.ones(count, np.float32)
    zero = np.zeros_like(opened)
    return Part(name=layer.name, part="mouth", texture=texture, mesh=mesh, blend=layer.blend,
                depth=np.zeros(count, np.float32), head=one, body=one,
                keyforms=(Keyforms(("ParamMouthOpenY",), ((0.0, 1.0),), np.stack([zero, opened])),
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


def _stretched(box: Box) -> Box:
    x0, y0, x1, y1 = box
    more = (STRETCH - 1) * (y1 - y0)
    return x0, y0 - 0.3 * more, x1, y1 + 0.7 * more


def _carried(points: F32, a: Box, b: Box) -> F32:
    """Points moved as box `a` becomes box `b`; beyond the box they keep their distance."""
    out = np.empty_like(points)
    for k in (0, 1):
        inside = np.clip(points[:, k], a[k], a[k + 2])
        out[:, k] = points[:, k] - inside + b[k] + (inside - a[k]) * (b[k + 2] - b[k]) / max(a[k + 2] - a[k], 1e-6)
    return out


def _joined(grids: list[Mesh], offset: tuple[int, int], size: tuple[int, int]) -> Mesh:
    """Several grids over one texture as one mesh."""
    vertices = np.concatenate([g.vertices for g in grids])
    uv = ((vertices - np.array(offset)) / np.array(size)).astype(np.float32)
    triangles: I32 = np.concatenate([g.triangles + i * len(grids[0].vertices) for i, g in enumerate(grids)]).astype(np.int32)
    return Mesh(vertices, uv, triangles)
