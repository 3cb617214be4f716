"""Brows: up and down, together and apart, turned about their middle, arched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import Layer
from rig.anchors import Anchors
from rig.mesh import cut_mesh, pad_texture
from rig.puppet import F32, Keyforms, Part

UP, DOWN = 0.055, 0.035
"""How far a brow goes up and down, as shares of the face's height."""
ASIDE = 0.03
"""How far it goes to the side, as a share of the face's width."""
TURN = 12.0
"""Degrees that it turns either way."""
ARCH = 0.10
"""How high it arches, as a share of its own width."""
KEYS = (-1.0, 0.0, 1.0)


def brow_part(layer: Layer, anchors: Anchors) -> Part:
    """A brow layer as a part; a layer that holds both brows has each side answer to its own parameters."""
    texture, offset = pad_texture(layer.rgba, layer.offset)
    mesh = cut_mesh(texture, offset, max(4.0, _spacing(layer)))
    count = len(mesh.vertices)
    forms: list[Keyforms] = []
    for side in ("l", "r") if not layer.side else (layer.side,):
        share = np.ones(count) if layer.side else _side_share(mesh.vertices, side, anchors)
        if share.any():
            forms += _side_forms(mesh.vertices, share[:, None], side, anchors)
    zero, one = np.zeros(count, np.float32), np.ones(count, np.float32)
    return Part(name=layer.name, part=layer.part, side=layer.side, texture=texture, mesh=mesh, depth=zero, head=one, body=one,
                blend=layer.blend, keyforms=tuple(forms))  # fmt: skip


def _spacing(layer: Layer) -> float:
    """Px between mesh points: eight along one brow."""
    return layer.size[0] / (8 if layer.side else 18)


def _side_share(vertices: F32, side: str, anchors: Anchors) -> npt.NDArray[np.float64]:
    """1 on a side of the face, 0 on the other, with a soft step over the nose for a brow that runs across."""
    middle = (anchors.face[0] + anchors.face[2]) / 2
    step = np.clip(0.5 + (vertices[:, 0] - middle) / (0.08 * anchors.width), 0, 1)
    smooth: npt.NDArray[np.float64] = step * step * (3 - 2 * step)
    return smooth if side == "l" else 1 - smooth


def _side_forms(vertices: F32, share: npt.NDArray[np.float64], side: str, anchors: Anchors) -> list[Keyforms]:
    """Keyforms of one side's four parameters; `share` float64 (V, 1) weights the vertices."""
    own = vertices[share[:, 0] > 0.5] if (share > 0.5).any() else vertices
    low, high = own.min(0), own.max(0)
    middle, width = (low + high) / 2, float(high[0] - low[0])
    outward = 1.0 if side == "l" else -1.0
    arm = vertices - middle
    along = np.clip(2 * arm[:, 0] / max(width, 1.0), -1.2, 1.2)
    arch = np.stack([np.zeros(len(along)), -ARCH * width * (1 - along**2)], -1)
    ways = {
        "Y": lambda v: np.array((0.0, -(UP if v > 0 else DOWN) * anchors.height * v)),
        "X": lambda v: np.array((outward * ASIDE * anchors.width * v, 0.0)),
        "Angle": lambda v: _turned(arm, outward * TURN * v) - arm,
        "Form": lambda v: arch * v,
    }
    return [Keyforms((f"ParamBrow{side.upper()}{name}",), (KEYS,),
                     np.stack([np.broadcast_to(way(v), vertices.shape) * share for v in KEYS]).astype(np.float32))
            for name, way in ways.items()]  # fmt: skip


def _turned(arm: F32, degrees: float) -> npt.NDArray[np.float64]:
    """Arms (N, 2) turned clockwise as seen."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.stack([arm[:, 0] * cos - arm[:, 1] * sin, arm[:, 0] * sin + arm[:, 1] * cos], -1)
