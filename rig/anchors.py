"""Where the face is: eyes, mouth, chin, neck, head centre and hips, found from the layers' names and places.

All boxes are (left, top, right, bottom) in canvas px; sides are the character's own ("l" is the picture's right).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kirie.errors import RigError
from layering.stack import Layer, LayerStack, crop_to_canvas

Box = tuple[float, float, float, float]
Point = tuple[float, float]

EYE_PARTS = ("eyewhite", "eye", "irides", "eyelash")
FACE_ASPECT = 1.25
"""Height of a face from brow-covered skull to chin over its width, where no layer tells."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """face: box of the face's skin. width, height: px, the units of all that is built. chin: lowest point of the face.
    eyes: box by side ("l", "r"), open state. mouth: box or None. neck: base of the neck, the axis of roll. head: the axis of
    the turn. hips: the axis of the body's lean. skull: (left, top, right, bottom) of the hair from its crown, without an ahoge,
    down to the eyes. yaw, roll: degrees that the head is drawn turned (0 when it faces us).
    """

    face: Box
    width: float
    height: float
    chin: Point
    eyes: Mapping[str, Box]
    mouth: Box | None
    neck: Point
    head: Point
    hips: Point
    skull: Box
    yaw: float = 0.0
    roll: float = 0.0

    @property
    def eye_line(self) -> float:
        """Canvas px, the height (y) of the eyes."""
        if self.eyes:
            return float(np.mean([(b[1] + b[3]) / 2 for b in self.eyes.values()]))
        return self.face[1] + 0.55 * (self.face[3] - self.face[1])


def find_anchors(stack: LayerStack, given: Mapping[str, Point] | None = None) -> Anchors:
    """Anchors of a stack; `given` (by name: eye-l, eye-r, mouth, chin, neck, head, hips) override what is found.

    Raises RigError when there is neither a face nor an eye to start from.
    """
    eyes = {side: box for side in ("l", "r") if (box := _eye_box(stack, side))}
    face = _face_box(stack, eyes)
    width = face[2] - face[0]
    chin = _chin(stack, face)
    mouth = _mouth_box(stack)
    top = max(face[1], chin[1] - 1.45 * width)
    height = chin[1] - top
    neck = _neck(stack, chin, width)
    hips = _hips(stack, neck)
    points: dict[str, Point] = {"chin": chin, "neck": neck, "hips": hips}
    centre = (face[0] + face[2]) / 2
    points["head"] = (centre, chin[1] - 0.52 * height)
    points.update(given or {})
    eyes = {side: _moved(box, points.get(f"eye-{side}")) for side, box in eyes.items()}
    if mouth is not None:
        mouth = _moved(mouth, points.get("mouth"))
    return Anchors(face, width, height, points["chin"], eyes, mouth, points["neck"], points["head"], points["hips"],
                   _skull_box(stack, face, points["head"], width),
                   yaw=_drawn_yaw(stack, face, eyes, mouth), roll=_drawn_roll(eyes))  # fmt: skip


def union(layers: Iterable[Layer]) -> Box | None:
    """The box around the pixels (alpha over 127, else any) of layers, or None."""
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


def _eye_box(stack: LayerStack, side: str) -> Box | None:
    """The open eye of one side by the best part that the artist drew; a drawn closed eye when that is all there is."""
    for states in (("", "open"), ("closed",)):
        for part in EYE_PARTS:
            box = union(x for x in stack.find(part, side) if x.state in states)
            if box:
                return box
    return None


def _face_box(stack: LayerStack, eyes: Mapping[str, Box]) -> Box:
    box = union(stack.find("face"))
    if box:
        return box
    if len(eyes) == 2:                                  # no face of its own (drawn in one piece with the body): from the eyes
        left, right = eyes["r"], eyes["l"]
        middle, span = (left[0] + right[2]) / 2, (right[2] - left[0]) * 1.3
        y = (left[1] + left[3] + right[1] + right[3]) / 4
        return middle - span / 2, y - 0.65 * span, middle + span / 2, y + 0.6 * span
    raise RigError("no face was found among the layers",
                   "name the face's layer 'face' (and its eyes 'eyewhite', 'irides', 'eyelash')")  # fmt: skip


def _chin(stack: LayerStack, face: Box) -> Point:
    """The lowest point of the face near its middle column."""
    layers = stack.find("face")
    if not layers:
        return (face[0] + face[2]) / 2, face[3]
    layer = max(layers, key=lambda x: x.rgba.shape[0] * x.rgba.shape[1])
    solid = layer.rgba[..., 3] > 127
    rows = np.flatnonzero(solid.any(1))
    if not len(rows):
        return (face[0] + face[2]) / 2, face[3]
    tip = np.flatnonzero(solid[max(rows[-1] - 2, 0) : rows[-1] + 1].any(0))
    return float(layer.offset[0] + tip.mean() + 0.5), float(layer.offset[1] + rows[-1] + 1)


def _mouth_box(stack: LayerStack) -> Box | None:
    shown = [x for x in stack.find("mouth") if x.shown]
    return union(shown or stack.find("mouth"))


def _neck(stack: LayerStack, chin: Point, width: float) -> Point:
    """The base of the neck: 85 % down its own layer, or a third of a face below the chin."""
    box = union(stack.find("neck"))
    y = chin[1] + 0.33 * width
    if box and box[3] > chin[1]:
        y = min(max(box[1] + 0.85 * (box[3] - box[1]), chin[1] + 0.1 * width), chin[1] + 0.6 * width)
        if box[2] - box[0] < 0.9 * width:
            return (box[0] + box[2]) / 2, y
    return chin[0], y


def _hips(stack: LayerStack, neck: Point) -> Point:
    """The middle of the figure two fifths up from its feet, or the canvas' bottom for a bust."""
    figure = [x for x in stack.layers if x.shown and x.part != "objects"]
    box = union(figure)
    bottom = min(box[3], stack.canvas[1]) if box else stack.canvas[1]
    if stack.find("legwear") or stack.find("footwear"):
        return neck[0], neck[1] + 0.45 * (bottom - neck[1])
    return neck[0], float(bottom)


def _skull_box(stack: LayerStack, face: Box, head: Point, width: float) -> Box:
    """The hair's outline above the eyes: rows narrower than half a face are an ahoge or a spike, not skull."""
    canvas = stack.canvas
    solid = np.zeros((canvas[1], canvas[0]), bool)
    for layer in stack.layers:
        cut = crop_to_canvas(layer, canvas) if layer.shown and layer.part in ("front hair", "back hair", "hair", "face") else None
        if cut is not None:
            rows, columns, rgba = cut
            solid[rows, columns] |= rgba[..., 3] > 127
    near = solid[: max(int(head[1]), 1), max(int(head[0] - width), 0) : max(int(head[0] + width), 1)]
    wide = np.flatnonzero(near.sum(1) > 0.5 * width)
    if not len(wide):
        return face[0] - 0.1 * width, face[1] - 0.3 * width, face[2] + 0.1 * width, head[1]
    columns = np.flatnonzero(near[wide[0] :].any(0))
    left = max(int(head[0] - width), 0)
    return float(left + columns[0]), float(wide[0]), float(left + columns[-1] + 1), head[1]


def _moved(box: Box, centre: Point | None) -> Box:
    """The box shifted so that its middle is at `centre`."""
    if centre is None:
        return box
    dx, dy = centre[0] - (box[0] + box[2]) / 2, centre[1] - (box[1] + box[3]) / 2
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


NOSE_SHIFT = 0.21
"""Nose shift at 30 degrees as a share of the face's width, as the surface is built (see `surface`)."""


def _drawn_yaw(stack: LayerStack, face: Box, eyes: Mapping[str, Box], mouth: Box | None) -> float:
    """Degrees of ParamAngleX that the head is drawn at, from how far nose, mouth and eyes stand off the face's middle.

    Each clue votes with the degrees at which the surface itself would move it so far; under 7 degrees is called frontal,
    since a fringe or a drawn tilt makes as much.
    """
    middle, width = (face[0] + face[2]) / 2, face[2] - face[0]
    votes = []
    nose = union(stack.find("nose"))
    if nose:
        votes.append(((nose[0] + nose[2]) / 2 - middle) / width / NOSE_SHIFT)
    if mouth:
        votes.append(((mouth[0] + mouth[2]) / 2 - middle) / width / (0.9 * NOSE_SHIFT))
    if len(eyes) == 2:
        votes.append(((eyes["r"][0] + eyes["l"][2]) / 2 - middle) / width / (0.7 * NOSE_SHIFT))
    if len(votes) < 2:
        return 0.0
    yaw = 30 * float(np.median(votes))
    return float(np.clip(round(yaw), -24, 24)) if abs(yaw) >= 7 else 0.0


def _drawn_roll(eyes: Mapping[str, Box]) -> float:
    """Degrees of ParamAngleZ that the head is drawn at, from the line through the eyes; under 4 is called upright."""
    if len(eyes) < 2:
        return 0.0
    (lx, ly), (rx, ry) = (((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in (eyes["l"], eyes["r"]))
    roll = float(np.degrees(np.arctan2(ly - ry, lx - rx)))
    return float(np.clip(round(roll), -24, 24)) if abs(roll) >= 4 else 0.0
