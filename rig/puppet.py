"""The puppet: what the auto-rig builds, the store keeps, `rig.pose` moves and `render` draws. Data only.

Frame: canvas px of the picture, x right, y down, texel (0, 0) of a texture at offset (x, y) covers [x, x + 1) x [y, y + 1).
Depth is in px too, positive towards the viewer. All float arrays are float32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Blend
from rig.params import Parameter

if TYPE_CHECKING:
    from rig.springs import SpringState

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """vertices float32 (V, 2) canvas px at rest; uv float32 (V, 2) in the texture, 0..1 at its edges; triangles int32
    (T, 3)."""

    vertices: F32
    uv: F32
    triangles: I32


@dataclass(frozen=True, slots=True, eq=False)
class Keyforms:
    """A grid of local forms where one or two parameters meet, blended multilinearly; grids of a part are added.

    axes: parameter names (1 or 2). keys: ascending key values per axis.
    offsets: float32 (K0, V, 2) or (K0, K1, V, 2) px added to the rest vertices, or None. All zero at the parameters' defaults.
    opacity: float32 (K0,) or (K0, K1) in 0..1 that multiplies the part's opacity, or None.
    """

    axes: tuple[str, ...]
    keys: tuple[tuple[float, ...], ...]
    offsets: F32 | None = None
    opacity: F32 | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sway:
    """How a part hangs from a spring.

    spring: index into `Puppet.springs`. weight: float32 (V,) 0 at the rigid root .. 1 at the tip; a vertex moves by
    weight x (the spring's displacement in px).
    """

    spring: int
    weight: F32


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One textured mesh.

    texture: uint8 (h, w, 4) straight alpha. depth: float32 (V,) px before (+) or behind (-) the axis of the head's turn,
    at rest. head: float32 (V,) 0..1, how far a vertex follows the head (1 face, 0 body, between: neck).
    body: float32 (V,) 0..1, how far a vertex follows the body's lean (0 at the hips or canvas bottom, 1 from the neck up).
    masks: names of parts; the part shows only where the union of their drawn alpha is (alpha is multiplied).
    drawn: False for a part that only serves as a mask. opacity: 0..1 at rest.
    """

    name: str
    part: str
    texture: RGBA
    mesh: Mesh
    depth: F32
    head: F32
    body: F32
    side: str = ""
    blend: Blend = Blend.NORMAL
    masks: tuple[str, ...] = ()
    drawn: bool = True
    opacity: float = 1.0
    keyforms: tuple[Keyforms, ...] = ()
    sways: tuple[Sway, ...] = ()


@dataclass(frozen=True, slots=True)
class Spring:
    """A damped pendulum that lags behind its root, one a strand of hair, ribbon or tail.

    root: (x, y) canvas px at rest; it rides on the head (`head` 0..1) and body. length: px from root to tip.
    frequency: Hz of the swing; damping: share of critical damping; gain: px of tip movement per px of root movement.
    parameter: name of a parameter (ParamHairFront ...) that adds a steady sway of `length` x 0.25 at 1, or "".
    """

    root: tuple[float, float]
    length: float
    frequency: float
    damping: float
    gain: float
    head: float = 1.0
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Surface:
    """The curved surface that the head turns on.

    centre: (x, y) canvas px, the axis of yaw and pitch (the middle of the head); pivot: (x, y) the base of the neck, the
    axis of roll; hips: (x, y), the axis of the body's lean. width: px, the face's width, the unit of all depths. yaw, pitch:
    degrees that the surface really turns at ParamAngleX / ParamAngleY = 30; roll likewise. distance: px from the eye to the
    axis (perspective).
    curvature: 1 as built; the depths are multiplied by it.
    """

    centre: tuple[float, float]
    pivot: tuple[float, float]
    hips: tuple[float, float]
    width: float
    yaw: float = 25.0
    pitch: float = 18.0
    roll: float = 20.0
    distance: float = 2000.0
    curvature: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Puppet:
    """Parts back to front on a canvas (W, H) px, the surface, the springs, and the parameters it answers to.

    anchors: named points (x, y) canvas px: eye-l, eye-r, mouth, chin, neck, head. name: for titles and files.
    """

    name: str
    canvas: tuple[int, int]
    parts: tuple[Part, ...]
    surface: Surface
    springs: tuple[Spring, ...]
    parameters: tuple[Parameter, ...]
    anchors: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def pose(self, values: Mapping[str, float], state: SpringState | None = None) -> DrawList:
        """The puppet moved to parameter values, see `rig.pose`."""
        from rig.poser import pose

        return pose(self, values, state)


@dataclass(frozen=True, slots=True, eq=False)
class DrawList:
    """One posed moment, without GL: vertices float32 (sum of V, 2) of all parts in their order, opacity float32 (P,) 0..1.

    Order, masks, blend modes, uv, triangles and textures are the puppet's own and do not change.
    """

    vertices: F32
    opacity: F32
