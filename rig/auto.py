"""The auto-rig: a LayerStack becomes a Puppet with no hand work.

Anchors are found, every layer gets a mesh, a depth on the curved surface and its share in head and body; eyes, brows and mouth
build their local keyforms; hair hangs from springs. At every parameter's default the puppet shows exactly the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from kirie.errors import RigError
from layering.stack import Layer, LayerStack
from rig import hair
from rig.anchors import Anchors, find_anchors
from rig.backing import BEHIND, hair_behind_face, while_turned
from rig.brows import brow_part
from rig.eyes import eye_rig
from rig.mesh import layer_mesh
from rig.mouth import MouthRig, mouth_rig
from rig.neck import reach_up
from rig.overrides import Overrides
from rig.params import STANDARD, Parameter
from rig.puppet import F32, Keyforms, Part, Puppet, Spring, Sway
from rig.strength import strengthen
from rig.surface import EAR_PARTS, depth_of, join_near_ear, keep_silhouette, make_surface
from rig.weights import HAIR_PARTS, HEAD_PARTS, body_weight, head_weight, is_backdrop

HEAD_SPACING, BODY_SPACING = 1 / 11, 1 / 5
"""Px between mesh points as a share of the face's width."""
SILHOUETTE = {"back hair": 0.85, "hair": 0.6, "front hair": 0.45, "headwear": 0.45}
ALWAYS = frozenset({"ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamBodyAngleX", "ParamBodyAngleY", "ParamBodyAngleZ",
                    "ParamBreath"})  # fmt: skip
JAW_PARTS = frozenset({"face", "facedetail"})


def build(stack: LayerStack, name: str = "", overrides: Overrides | None = None) -> Puppet:
    """Rig a stack.

    name: the puppet's title. overrides: anchors, depths and strengths that the user set by layer name.
    Raises RigError when the stack has no face to turn.
    """
    overrides = overrides or Overrides()
    if not stack.layers:
        raise RigError("there are no layers to rig", "give a PSD or ORA with the character's parts on layers of their own")
    anchors = find_anchors(stack, overrides.anchors)
    stack = hair_behind_face(reach_up(stack, anchors), anchors)
    rigs = _Rigs(stack, anchors)
    parts: list[Part] = []
    springs: list[Spring] = []
    for layer in stack.layers:
        made, own = _layer_parts(layer, stack, anchors, rigs, overrides, len(springs))
        parts.extend(made)
        springs.extend(own)
    puppet = Puppet(name=name, canvas=stack.canvas, parts=tuple(_named_apart(parts)),
                    surface=make_surface(anchors, overrides.curvature), springs=tuple(springs),
                    parameters=_parameters(parts, springs, rigs, anchors), anchors=_points(anchors))  # fmt: skip
    return strengthen(puppet, overrides.strength)


class _Rigs:
    """The eye, brow and mouth rigs of a stack, by layer name."""

    def __init__(self, stack: LayerStack, anchors: Anchors) -> None:
        self.mouth: MouthRig = mouth_rig(stack, anchors)
        self.parts: dict[str, Part] = dict(self.mouth.parts)
        self.extra: list[tuple[Part, str, str]] = list(self.mouth.extra)
        self.defaults: dict[str, float] = dict(self.mouth.defaults)
        for side in ("l", "r"):
            eye = eye_rig(stack, side, anchors)
            self.parts |= eye.parts
            self.extra += eye.extra
            self.defaults |= eye.defaults
        for layer in stack.find("eyebrow"):
            self.parts[layer.name] = brow_part(layer, anchors)

    def beside(self, name: str, where: str) -> list[Part]:
        """The extra parts that belong "before" or "after" a layer."""
        return [part for part, place, of in self.extra if of == name and place == where]


def _layer_parts(layer: Layer, stack: LayerStack, anchors: Anchors, rigs: _Rigs, overrides: Overrides, first: int
                 ) -> tuple[list[Part], tuple[Spring, ...]]:  # fmt: skip
    """The parts of a layer, back to front, with what rides beside it, and its springs (numbered from `first`)."""
    own: tuple[Spring, ...] = ()
    main: list[Part] = []
    if layer.name in rigs.parts:
        main = [_placed(rigs.parts[layer.name], layer, stack, anchors, overrides)]
    elif layer.shown:
        part, own = _plain_part(layer, stack, anchors, overrides, first)
        if layer.part in JAW_PARTS:
            part = replace(part, keyforms=(*part.keyforms, rigs.mouth.jaw(part.mesh.vertices)))
        main = [part]
    before, after = ([_placed(x, layer, stack, anchors, overrides) for x in rigs.beside(layer.name, where)]
                     for where in ("before", "after"))  # fmt: skip
    return [*before, *main, *after], own


def _plain_part(layer: Layer, stack: LayerStack, anchors: Anchors, overrides: Overrides, first: int
                ) -> tuple[Part, tuple[Spring, ...]]:  # fmt: skip
    """A part without local forms of its own; hair and other hanging things with their springs."""
    spacing = anchors.width * (HEAD_SPACING if layer.part in HEAD_PARTS else BODY_SPACING)
    texture, mesh = layer_mesh(layer, spacing)
    count = len(mesh.vertices)
    part = Part(name=layer.name, part=layer.part, side=layer.side, texture=texture, mesh=mesh, blend=layer.blend,
                depth=np.zeros(count, np.float32), head=np.zeros(count, np.float32),
                body=np.zeros(count, np.float32))  # fmt: skip
    part = _placed(part, layer, stack, anchors, overrides)
    sways, springs = _hanging(layer, mesh.vertices, anchors, overrides.sway.get(layer.name, 1.0), first)
    forms = _silhouette(part, anchors)
    if layer.name == BEHIND:
        forms = (*forms, while_turned(anchors))
    return replace(part, sways=sways, keyforms=forms), springs


def _placed(part: Part, layer: Layer, stack: LayerStack, anchors: Anchors, overrides: Overrides) -> Part:
    """The part with its depth on the surface and its share in head and body."""
    vertices = part.mesh.vertices
    depth = depth_of(layer.part, vertices, anchors) + np.float32(overrides.depth.get(layer.name, 0.0))
    still = is_backdrop(layer, stack, anchors)
    head = np.zeros(len(vertices), np.float32) if still else head_weight(layer, vertices, anchors)
    return replace(part, depth=depth.astype(np.float32), head=head, body=body_weight(layer, vertices, anchors, still))


def _hanging(layer: Layer, vertices: F32, anchors: Anchors, strength: float, first: int
             ) -> tuple[tuple[Sway, ...], tuple[Spring, ...]]:  # fmt: skip
    if layer.part not in HAIR_PARTS | {"tail"} or layer.name == BEHIND or strength <= 0:
        return (), ()
    strands = hair.find_strands(layer, anchors)
    if not strands:
        return (), ()
    return hair.hang(layer, vertices, strands, first), hair.springs_of(layer, strands, anchors, strength)


def _silhouette(part: Part, anchors: Anchors) -> tuple[Keyforms, ...]:
    """What a turn of the head does to a part besides turning it: hair keeps its outline, the near ear its cheek."""
    if part.part in EAR_PARTS:
        keys, offsets = join_near_ear(part.mesh.vertices, anchors)
        return (Keyforms(("ParamAngleX",), (keys,), offsets * part.head[None, :, None]),)
    share = SILHOUETTE.get(part.part, 0.0)
    if not share:
        return ()
    keys, offsets = keep_silhouette(part.mesh.vertices, anchors, share)
    return (Keyforms(("ParamAngleX",), (keys,), offsets * part.head[None, :, None]),)


def _parameters(parts: Iterable[Part], springs: Iterable[Spring], rigs: _Rigs, anchors: Anchors) -> tuple[Parameter, ...]:
    """The standard parameters that move something, with the defaults and ranges of what is drawn."""
    used = {axis for part in parts for k in part.keyforms for axis in k.axes} | {s.parameter for s in springs}
    used |= ALWAYS
    drawn = {"ParamAngleX": anchors.yaw, "ParamAngleZ": anchors.roll}
    out = []
    for p in STANDARD:
        if p.name not in used:
            continue
        if turned := drawn.get(p.name):                 # a head drawn turned goes as far from there as any, within the range
            p = Parameter(p.name, max(p.low, turned - 30), turned, min(p.high, turned + 30))
        out.append(replace(p, default=rigs.defaults.get(p.name, p.default)))
    return tuple(out)


def _points(anchors: Anchors) -> dict[str, tuple[float, float]]:
    middle = lambda b: ((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)  # noqa: E731
    points = {"head": anchors.head, "chin": anchors.chin, "neck": anchors.neck, "hips": anchors.hips}
    points |= {f"eye-{side}": middle(box) for side, box in anchors.eyes.items()}
    if anchors.mouth:
        points["mouth"] = middle(anchors.mouth)
    return points


def _named_apart(parts: list[Part]) -> list[Part]:
    """Parts with unique names (a second `x` becomes `x (2)`)."""
    seen: dict[str, int] = {}
    out = []
    for part in parts:
        seen[part.name] = seen.get(part.name, 0) + 1
        out.append(part if seen[part.name] == 1 else replace(part, name=f"{part.name} ({seen[part.name]})"))
    return out
