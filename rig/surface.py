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
from rig.curves import smoothstep
from rig.puppet import F32, Surface

Floats = npt.NDArray[np.float64]

YAW, PITCH, ROLL = 25.0, 18.0, 20.0
"""Degrees that the surface really turns at 30 of ParamAngleX, Y, Z."""

SKIN_TOP, BOWL = 0.40, 0.16   # of W: the depth of the skin at the middle of the face, and how fast it falls to the sides
EAR_BACK = 0.11           # of W, how far the ears sit behind the rim of the cheek
CHEEK_START = 0.33       # |u| from which the cheek falls away
LIFT = {"nose": 0.10, "mouth": 0.04, "eyewear": 0.06, "facedetail": 0.0, "eyebrow": 0.02}
"""Of W, how far a part stands out of the skin."""
BACK_HAIR, SKULL_RIM = -0.095, -0.01
HAIR_TOP, HAIR_SIDE = 0.46, 0.06
RIM_SHARE = 0.85
SKIN_PARTS = frozenset({"face", "facedetail", "nose", "mouth", "eyebrow", "eyewhite", "irides", "eyelash", "eye", "eyewear"})
EAR_PARTS = frozenset({"ears", "earwear"})


def make_surface(anchors: Anchors, curvature: float = 1.0) -> Surface:
    """The surface of a head; `curvature` above 1 bulges it for larger turns."""
    return Surface(centre=anchors.head, pivot=anchors.neck, hips=anchors.hips, width=anchors.width, yaw=YAW, pitch=PITCH,
                   roll=ROLL, distance=10 * anchors.width, curvature=curvature)  # fmt: skip


def depth_of(part: str, vertices: F32, anchors: Anchors) -> F32:
    """Depth float32 (V,) in px of a part's vertices float32 (V, 2) canvas px."""
    u, v = _unit(vertices, anchors)
    r, below = skull_place(vertices, anchors)
    edge = smoothstep(0.55, 1.0, r) * (1 - below)
    if part in SKIN_PARTS:
        lifted = skin(u, v, cheek_start(anchors)) + LIFT.get(part, 0.0)
        depth = _mix(lifted, SKULL_RIM, edge)               # the crown of a bald skull stays under the hair
    elif part in EAR_PARTS:
        depth = ear(u, cheek_start(anchors))
    elif part in ("front hair", "hair"):
        depth = hair(r, below)
    elif part == "headwear":
        depth = hair(r, below)
        depth = depth.mean() + 0.35 * (depth - depth.mean()) + 0.03          # a thing on the head bends less than the hair
    elif part == "back hair":
        depth = _mix(np.full_like(u, BACK_HAIR), SKULL_RIM, edge)
    elif part in ("wings", "tail"):
        depth = np.full_like(u, BACK_HAIR)
    elif part == "neck":
        depth = neck(vertices, anchors)
    else:
        depth = np.full_like(u, 0.05)
    return (depth * anchors.width).astype(np.float32)


def skin(u: Floats, v: Floats, cheek: float = CHEEK_START) -> Floats:
    """Depth of the face's skin in W: a shallow bowl whose rim falls away from |u| = cheek on, level 0.19 further out."""
    side = np.minimum(np.abs(u), cheek + 0.19)
    rim = np.maximum(side - cheek, 0)
    return SKIN_TOP - BOWL * side**2 - 3.6 * rim**2 - 0.2 * np.clip(v, -0.8, 0.8) ** 2


def cheek_start(anchors: Anchors) -> float:
    """|u| at which the cheeks begin: outside the eyes, which must not be bent round the corner."""
    middle = _middle(anchors)
    corners = [abs(x - middle) / anchors.width for box in anchors.eyes.values() for x in (box[0], box[2])]
    return float(np.clip(max(corners, default=CHEEK_START), CHEEK_START, 0.56))


def ear(u: Floats, cheek: float) -> Floats:
    """Depth of the ears in W: joined to the cheek at its rim, then falling back, so that the far ear slides behind it."""
    rim = float(skin(np.array([0.47]), np.zeros(1), cheek)[0])
    return np.maximum(rim - EAR_BACK - 1.6 * np.maximum(np.abs(u) - 0.47, 0), 0.0)


def neck(vertices: F32, anchors: Anchors) -> Floats:
    """Depth of the neck in W: it leans after the head, and the shadow of the chin on it half follows the chin."""
    up = 1 - smoothstep(0, 1, (vertices[:, 1] - anchors.chin[1]) / max(anchors.neck[1] - anchors.chin[1], 1.0))
    return 0.05 + 0.17 * up


def hair(r: Floats, below: Floats) -> Floats:
    """Depth of front and side hair in W: over the skin at the fringe, down to the skull's outline; side locks hang before it.

    r, below: as `skull_place` gives them.
    """
    outline = SKULL_RIM + (HAIR_SIDE - SKULL_RIM) * below
    return _mix(np.full_like(r, HAIR_TOP), outline, smoothstep(0.05, 1.0, r))


def skull_place(vertices: F32, anchors: Anchors) -> tuple[Floats, Floats]:
    """float64 (V,) each: r, 0 at the axis of the head and 1 on the skull's outline; below, 0 down to the eyes and 1 from
    the chin.

    Front and back hair share this outline: it must stay one line when the head turns, or the hair looks like a hood.
    """
    left, top, right, _ = anchors.skull
    xy = vertices.astype(np.float64)
    x = (xy[:, 0] - (left + right) / 2) / max((right - left) / 2, 1.0)
    y = np.minimum(xy[:, 1] - anchors.head[1], 0) / max(anchors.head[1] - top, 1.0)
    below = smoothstep(0, 1, (xy[:, 1] - anchors.head[1]) / max(anchors.chin[1] - anchors.head[1], 1.0))
    return np.hypot(x, y), below


def keep_silhouette(vertices: F32, anchors: Anchors, share: float) -> tuple[tuple[float, ...], F32]:
    """Keys and offsets (5, V, 2) px of ParamAngleX that give back `share` of the width that a turn takes from hair.

    A skull is round: its outline does not narrow when it turns, while the points painted on it do. On the skull's own outline
    all hair gets the same share, RIM_SHARE.
    """
    keys = (-30.0, -15.0, 0.0, 15.0, 30.0)
    lost = 1 - np.cos(np.radians(np.array(keys) / 30 * YAW))
    r, below = skull_place(vertices, anchors)
    near = smoothstep(0.3, 1.0, r) * (1 - below)
    x = (vertices[:, 0] - anchors.head[0]) * (share + (RIM_SHARE - share) * near)
    offsets = np.zeros((len(keys), len(vertices), 2), np.float32)
    offsets[..., 0] = lost[:, None] * x
    return tuple(k + anchors.yaw for k in keys), offsets


def join_near_ear(vertices: F32, anchors: Anchors) -> tuple[tuple[float, ...], F32]:
    """Keys and offsets (3, V, 2) px of ParamAngleX that hold an ear to the cheek on the side that turns towards us.

    By its depth alone it would part from the cheek as far there as it slides behind it on the far side.
    """
    keys = (anchors.yaw - 30.0, anchors.yaw, anchors.yaw + 30.0)
    right = _unit(vertices, anchors)[0].mean() > 0
    edge = float(np.clip(anchors.face[2 if right else 0], vertices[:, 0].min(), vertices[:, 0].max()))
    meet = np.array([[edge, (vertices[:, 1].min() + vertices[:, 1].max()) / 2]], np.float32)
    parting = max(float((depth_of("face", meet, anchors) - depth_of("ears", meet, anchors))[0]) * np.sin(np.radians(YAW)), 0.0)
    offsets = np.zeros((3, len(vertices), 2), np.float32)
    offsets[0 if right else 2, :, 0] = -parting if right else parting
    return keys, offsets


def _unit(vertices: F32, anchors: Anchors) -> tuple[Floats, Floats]:
    """u, v in W from the middle of the features (a face drawn turned bulges towards its nose)."""
    xy = vertices.astype(np.float64)
    return (xy[:, 0] - _middle(anchors)) / anchors.width, (xy[:, 1] - anchors.head[1]) / anchors.width


def _middle(anchors: Anchors) -> float:
    return (anchors.face[0] + anchors.face[2]) / 2 + anchors.yaw / 30 * 0.1 * anchors.width


def _mix(a: Floats, b: Floats | float, share: Floats) -> Floats:
    return a + (b - a) * share
