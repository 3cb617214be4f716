"""The curved surface: how far before the head's axis each vertex of each part lies.

The unit is the face's width W; u = (x - middle) / W and v = (y - head centre) / W. A vertex at depth d moves d sin(turn) to the
side and a patch is narrowed by cos(turn) + d'(u) sin(turn). With a turn of 25 degrees at ParamAngleX 30 the skin below gives
the nose 21 % of W, the eyes 16 %, the far eye 0.80 of its width and the near one 1.01; the far cheek moves 3 % and nothing
folds (d' stays above -cos/sin = -2.1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rig.anchors import Anchors
from rig.puppet import F32, Surface

Floats = npt.NDArray[np.float64]

YAW, PITCH, ROLL = 25.0, 18.0, 20.0
"""Degrees that the surface really turns at 30 of ParamAngleX, Y, Z."""

SKIN_TOP = 0.40          # of W, the depth of the skin at the face's middle
CHEEK_START = 0.33       # |u| from which the cheek falls away
LIFT = {"nose": 0.10, "mouth": 0.04, "eyewear": 0.06, "facedetail": 0.0, "eyebrow": 0.02}
"""Of W, how far a part stands out of the skin."""
BACK_HAIR = -0.095
HAIR_TOP, HAIR_SIDE = 0.46, 0.06
SKIN_PARTS = frozenset({"face", "facedetail", "nose", "mouth", "eyebrow", "eyewhite", "irides", "eyelash", "eye", "eyewear"})
EAR_PARTS = frozenset({"ears", "earwear"})


def make_surface(anchors: Anchors, curvature: float = 1.0) -> Surface:
    """The surface of a head; `curvature` above 1 bulges it for larger turns."""
    return Surface(centre=anchors.head, pivot=anchors.neck, hips=anchors.hips, width=anchors.width, yaw=YAW, pitch=PITCH,
                   roll=ROLL, distance=7 * anchors.width, curvature=curvature)  # fmt: skip


def depth_of(part: str, vertices: F32, anchors: Anchors) -> F32:
    """Depth float32 (V,) in px of a part's vertices float32 (V, 2) canvas px."""
    u, v = _unit(vertices, anchors)
    if part in SKIN_PARTS:
        depth = skin(u, v) + LIFT.get(part, 0.0)
    elif part in EAR_PARTS:
        depth = ear(u)
    elif part in ("front hair", "hair", "headwear"):
        depth = hair(u, v) + (0.03 if part == "headwear" else 0.0)
    elif part in ("back hair", "wings", "tail"):
        depth = np.full_like(u, BACK_HAIR)
    elif part == "neck":
        depth = np.full_like(u, 0.06)
    else:
        depth = np.full_like(u, 0.05)
    return (depth * anchors.width).astype(np.float32)


def skin(u: Floats, v: Floats) -> Floats:
    """Depth of the face's skin in W: a shallow bowl whose rim falls away at the cheeks, level outside |u| = 0.52."""
    side = np.minimum(np.abs(u), 0.52)
    rim = np.maximum(side - CHEEK_START, 0)
    return SKIN_TOP - 0.41 * side**2 - 3.6 * rim**2 - 0.2 * np.clip(v, -0.8, 0.8) ** 2


def ear(u: Floats) -> Floats:
    """Depth of the ears in W: joined to the cheek at its rim, then falling back, so that the far ear slides behind it."""
    return np.maximum(0.19 - 1.5 * np.maximum(np.abs(u) - 0.47, 0), 0.0)


def hair(u: Floats, v: Floats) -> Floats:
    """Depth of front and side hair in W: over the skin at the fringe, falling to the sides and to the crown."""
    side = 1 - _smoothstep(0.12, 0.80, np.abs(u))
    crown = 1 - _smoothstep(0.35, 1.15, -v)
    return HAIR_SIDE + (HAIR_TOP - HAIR_SIDE) * side * crown


def keep_silhouette(vertices: F32, anchors: Anchors, share: float) -> tuple[tuple[float, ...], F32]:
    """Keys and offsets (5, V, 2) px of ParamAngleX that give back `share` of the width that a turn takes from hair.

    A skull is round: its outline does not narrow when it turns, while the points painted on it do.
    """
    keys = (-30.0, -15.0, 0.0, 15.0, 30.0)
    lost = 1 - np.cos(np.radians(np.array(keys) / 30 * YAW))
    x = (vertices[:, 0] - anchors.head[0]).astype(np.float64)
    offsets = np.zeros((len(keys), len(vertices), 2), np.float32)
    offsets[..., 0] = share * lost[:, None] * x
    return tuple(k + anchors.yaw for k in keys), offsets


def _unit(vertices: F32, anchors: Anchors) -> tuple[Floats, Floats]:
    """u, v in W from the middle of the features (a face drawn turned bulges towards its nose)."""
    middle = (anchors.face[0] + anchors.face[2]) / 2 + anchors.yaw / 30 * 0.1 * anchors.width
    xy = vertices.astype(np.float64)
    return (xy[:, 0] - middle) / anchors.width, (xy[:, 1] - anchors.head[1]) / anchors.width


def _smoothstep(low: float, high: float, x: Floats) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
