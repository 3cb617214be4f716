"""The mouth: from the drawn layers to parts that open, close, smile and pout.

One open mouth, drawn or painted by `mouth_art`, is cut along its outline into a ring: each lip is a band that follows its curve
and keeps its thickness. Shut, the outer halves of both bands meet and are the closed line; so a drawn line can hand over to the
ring, and a mouth that is only drawn open closes in a line of its own. Teeth and tongue are a second copy of the same art behind
an aperture: they slide out of sight behind the lips instead of being squashed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from layering.stack import RGBA, Layer, LayerStack
from rig.anchors import Anchors
from rig.mesh import pad_texture
from rig.mouth_art import outline, paint, palette, refined
from rig.mouth_line import ClosedLine, split_line, trace_line
from rig.mouth_open import EDGE, OpenArt, trace_open
from rig.mouth_pieces import pieces_part
from rig.mouth_ring import Ring, aperture_part, holds_its_art, inner_part, line_part, ring_part, seam_part, shade_part
from rig.mouth_shape import COLUMNS, F64, LIFT, Family
from rig.mouth_trace import Colour, flattened, is_line, pieces, skin_colour, solid
from rig.puppet import F32, Keyforms, Part

OPENING = 0.135
"""Height of the fully open mouth at form 0, outline included, as a share of the face's height."""
OPENED = 0.75
"""Its width, outline included, as a share of the closed line's."""
WIDE_ENOUGH = 0.5
"""A drawn open mouth of at least this share of the closed line's width is shown; a smaller one only gives its colours."""
DRAWN_FULL = 0.15
"""Height of a mouth that is drawn fully open, as a share of the face's height."""
PAINTED = (1.0, 0.3)
"""Openness and form at which a mouth that nobody drew open is painted: between O and D, so that teeth suit both."""
CHIN_ROOM = 0.68
"""How far down from the closed line to the chin the lower lip may fall, before the chin's own fall."""
MOST_LIFT = 0.36
"""The largest share of an opening by which the upper lip rises, where the chin is near."""
JAW_DROP = 0.025
"""How far the chin falls at full opening, as a share of the face's height."""


@dataclass(frozen=True, slots=True, eq=False)
class MouthRig:
    """parts: by the name of the layer that each replaces (a part with `drawn` False stands for a layer that another took in).
    extra: further parts "before" (behind) or "after" (in front of) a layer. defaults: ParamMouthOpenY and ParamMouthForm as
    drawn. jaw: the keyforms by which skin at given rest vertices (V, 2) follows the chin.
    """

    parts: Mapping[str, Part] = field(default_factory=dict)
    extra: tuple[tuple[Part, str, str], ...] = ()
    defaults: Mapping[str, float] = field(default_factory=dict)
    jaw: Callable[[F32], Keyforms] = field(default=lambda vertices: Keyforms(("ParamMouthOpenY",), ((0.0, 1.0),)))


def mouth_rig(stack: LayerStack, anchors: Anchors) -> MouthRig:
    """The mouth of a stack as parts with keyforms; an empty rig when it has none."""
    shown = tuple(x for x in stack.find("mouth") if x.shown and solid(x).any())
    if not shown:
        return MouthRig()
    layer = flattened(shown)
    spare = tuple(x for x in stack.find("mouth") if not x.shown and solid(x).any())
    drawn_open = flattened(spare) if spare and layer.state != "open" else None
    rig = _rig_one(layer, drawn_open, skin_colour(stack, _middle(layer)), anchors)
    taken_in = {x.name: _blank(rig.parts[layer.name], x.name) for x in shown if x.name != layer.name}
    openness = rig.defaults.get("ParamMouthOpenY", 0.0)
    return replace(rig, parts={**taken_in, **rig.parts}, jaw=lambda v: jaw_keyforms(v, anchors, openness))


def jaw_keyforms(vertices: F32, anchors: Anchors, default: float = 0.0) -> Keyforms:
    """How skin at rest vertices (V, 2) canvas px falls with the chin by ParamMouthOpenY, drawn at `default`.

    Nothing moves above the mouth nor at the cheeks' sides; the chin falls most, and the throat below it less and less.
    """
    mouth_y = (anchors.mouth[1] + anchors.mouth[3]) / 2 if anchors.mouth else anchors.chin[1] - 0.2 * anchors.height
    depth = max(anchors.chin[1] - mouth_y, 1.0)
    down = _ease((vertices[:, 1] - mouth_y) / depth) * (1 - _ease((vertices[:, 1] - anchors.chin[1]) / (0.3 * anchors.height)))
    aside = np.abs(vertices[:, 0] - anchors.chin[0]) / (0.5 * anchors.width)
    weight = down * (1 - _ease((aside - 0.25) / 0.75))
    keys = tuple(sorted({0.0, default, 1.0}))
    offsets = np.zeros((len(keys), len(vertices), 2), np.float32)
    offsets[..., 1] = JAW_DROP * anchors.height * (np.array(keys, np.float32) - np.float32(default))[:, None] * weight
    return Keyforms(("ParamMouthOpenY",), (keys,), offsets)


def _rig_one(layer: Layer, drawn_open: Layer | None, skin: Colour, anchors: Anchors) -> MouthRig:
    """The rig of one shown mouth layer with, where there is one, its open state."""
    count = len(pieces(solid(layer)))
    if layer.state != "open" and (is_line(layer) or (layer.state == "closed" and count == 1)):
        line = trace_line(layer)
        art = trace_open(drawn_open) if drawn_open is not None else None
        if drawn_open is not None and art is not None and art.width + 2 * art.half >= WIDE_ENOUGH * line.width:
            return _closed_and_open(layer, line, drawn_open, art, anchors)
        return _closed_only(layer, line, art, skin, anchors)
    if layer.state != "closed" and count <= 2 and (art := trace_open(layer)) is not None:
        return _open_only(layer, art, anchors)
    return _in_pieces(layer, drawn_open, anchors, 0.0)


def _closed_only(layer: Layer, line: ClosedLine, art: OpenArt | None, skin: Colour, anchors: Anchors) -> MouthRig:
    """A drawn line opens to a painted mouth, in the colours of a drawn small one where there is one."""
    halves, colour = outline(line, skin, 0.1 * _opening_from(line, anchors))
    family, form = _family_of_line(line, float(halves.max()), anchors)
    upper, lower = family.lips(*PAINTED)
    painting = paint(upper, lower, halves, palette(colour, skin, art.fill if art else None))
    ring = Ring(line.frame, family, halves, np.stack([halves + EDGE] * 2), painting.rgba, painting.uv, full=(upper, lower),
                art=PAINTED, shut=line.curve, form=form)  # fmt: skip
    return _opening(layer, line, ring, "mouth inner")


def _closed_and_open(layer: Layer, line: ClosedLine, drawn: Layer, art: OpenArt, anchors: Anchors) -> MouthRig:
    """A drawn line opens to the drawn open mouth."""
    upper, lower = (line.frame.local(art.frame.canvas(curve)) for curve in (art.upper, art.lower))
    middle = COLUMNS // 2
    base, form = _family_of_line(line, art.half, anchors)
    height = float(lower[middle, 1] - upper[middle, 1])
    family = Family(base.width, height, float(np.ptp(upper[:, 0])), base.sag)
    texture, uv = _drawn_texture(drawn, line.frame.canvas, 3)
    halves = np.full(COLUMNS, art.half)
    ring = Ring(line.frame, family, halves, art.reach, texture, uv, full=(upper, lower), art=(1.0, 0.0), shut=line.curve,
                form=form)  # fmt: skip
    return _opening(layer, line, ring, drawn.name)


def _opening(layer: Layer, line: ClosedLine, ring: Ring, name: str) -> MouthRig:
    """The parts of a drawn line that hands over to a ring in front of it."""
    stroke, shade = split_line(layer, line)
    behind = ((shade_part(shade, line, ring), "before", layer.name),) if shade is not None else ()
    hole = aperture_part(ring, f"{name} aperture")
    front = (ring_part(ring, name, fades_in=True), hole, inner_part(ring, f"{name} inside", hole.name))
    extra = (*behind, *((part, "after", layer.name) for part in front))
    return MouthRig({layer.name: line_part(stroke, line, ring)}, extra, {"ParamMouthOpenY": 0.0, "ParamMouthForm": ring.form})


def _open_only(layer: Layer, art: OpenArt, anchors: Anchors) -> MouthRig:
    """A mouth that is only drawn open closes along its own line."""
    openness = round(float(np.clip((art.height + 2 * art.half) / (DRAWN_FULL * anchors.height), 0.3, 1.0)), 2)
    middle = COLUMNS // 2
    corner = (art.upper[0, 1] + art.upper[-1, 1]) / 2
    rise = (corner - art.upper[middle, 1]) / max(art.height, 1.0)
    form = round(float(np.clip((0.4 - rise) / 0.5, 0, 1) - np.clip((rise - 0.56) / 0.15, 0, 1)), 2)
    form = form if abs(form) >= 0.2 else 0.0
    top, bottom = Family(1.0, 1.0, OPENED, 0.06).lips(openness, form)
    width = art.width / float(np.ptp(top[:, 0]))
    height = min(art.height / max(float((bottom - top)[middle, 1]), 0.2), 1.3 * max(width, art.height))
    family = Family(width, height, max(OPENED * width, 0.8 * height), 0.06 * width)
    texture, uv = _drawn_texture(layer, art.frame.canvas)
    ring = Ring(art.frame, family, np.full(COLUMNS, art.half), art.reach, texture, uv, full=(art.upper, art.lower),
                art=(openness, form), openness=openness, form=form)  # fmt: skip
    main = replace(ring_part(ring, layer.name, fades_in=not art.outlined), blend=layer.blend)
    if not holds_its_art(main):
        return _in_pieces(layer, None, anchors, openness)
    front: tuple[Part, ...] = ()
    if art.opaque:                                      # what shows through would show twice under a second copy
        hole = aperture_part(ring, f"{layer.name} aperture")
        front = (hole, inner_part(ring, f"{layer.name} inside", hole.name))
    if not art.outlined:
        front = (*front, seam_part(ring, f"{layer.name} line", art.fill))
    defaults = {"ParamMouthOpenY": openness, "ParamMouthForm": form}
    return MouthRig({layer.name: main}, tuple((part, "after", layer.name) for part in front), defaults)


def _in_pieces(layer: Layer, drawn_open: Layer | None, anchors: Anchors, openness: float) -> MouthRig:
    """A mouth of no known kind, drawn at `openness`, stretches."""
    part = pieces_part(layer, drawn_open, anchors, openness)
    return MouthRig({layer.name: part}, (), {"ParamMouthOpenY": openness, "ParamMouthForm": 0.0})


def _family_of_line(line: ClosedLine, half: float, anchors: Anchors) -> tuple[Family, float]:
    """The mouths that a closed line can make, and the form that it is drawn at; only a marked smile or pout is more than 0."""
    length = float(line.curve[-1, 0] - line.curve[0, 0])
    bend = line.sag / length
    form = float(np.clip((bend - 0.26) / 0.12, 0, 0.8) - np.clip((-bend - 0.07) / 0.1, 0, 0.8))
    form = round(form, 2) if abs(form) >= 0.1 else 0.0
    sag = line.sag - 0.1 * length * form if form >= 0 else 0.0
    width = _opening_from(line, anchors)
    height = max(min(OPENING * anchors.height, width) - 2 * half, 2.0)
    room = CHIN_ROOM * (anchors.chin[1] - line.frame.origin[1] - line.sag) + JAW_DROP * anchors.height
    height = min(height, max(room / (1 - MOST_LIFT), 0.3 * height))
    lift = float(np.clip(1 - room / height, LIFT, MOST_LIFT))
    return Family(length, height, OPENED * width - 2 * half, sag, lift), form


def _opening_from(line: ClosedLine, anchors: Anchors) -> float:
    """Px of closed line that the open mouth is measured by: a small mouth opens wider than it is, a mere dot even more."""
    least = 0.12 if line.width > 0.06 * anchors.width else 0.16
    return max(line.width, least * anchors.width)


def _drawn_texture(layer: Layer, to_canvas: Callable[[F64], F64], scale: int = 1) -> tuple[RGBA, Callable[[F64], F32]]:
    """The padded texture of a drawn mouth and the way from its mouth's frame to texture coordinates.

    scale: texels per px; art that never rests as drawn is refined, so that its pixels' steps do not comb its edges as it bends.
    """
    texture, offset = pad_texture(layer.rgba, layer.offset)
    size = np.array([texture.shape[1], texture.shape[0]])
    if scale > 1:
        texture = refined(texture, scale)
    return texture, lambda points: ((to_canvas(points) - offset) / size).astype(np.float32)


def _blank(like: Part, name: str) -> Part:
    """A part that shows nothing, for a layer that another part has taken in."""
    return replace(like, name=name, drawn=False, masks=())


def _middle(layer: Layer) -> tuple[float, float]:
    x0, y0, x1, y1 = layer.bbox
    return (x0 + x1) / 2, (y0 + y1) / 2


def _ease(x: F32) -> F32:
    """A smooth step from 0 at 0 to 1 at 1."""
    t = np.clip(x, 0, 1)
    eased: F32 = (t * t * (3 - 2 * t)).astype(np.float32)
    return eased
