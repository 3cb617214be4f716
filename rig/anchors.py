"""Where the face is: eyes, mouth, chin, neck, head centre and hips, found from the layers' names and places.

All boxes are (left, top, right, bottom) in canvas px; sides are the character's own ("l" is the picture's right).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kirie.errors import RigError
from layering.stack import LayerStack
from rig.boxes import Box, Point, union
from rig.headshape import face_skin, find_neck, skull_box

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
    mouth = _mouth_box(stack)
    skin = face_skin(stack, eyes, mouth)
    if skin is None:
        face = _box_from_eyes(eyes)
        width, chin = face[2] - face[0], ((face[0] + face[2]) / 2, face[3])
    else:
        face, width, chin = skin.box, skin.width, skin.chin
    top = max(face[1], chin[1] - 1.45 * width)
    height = chin[1] - top
    neck = find_neck(stack, chin, width)
    hips = _hips(stack, neck)
    points: dict[str, Point] = {"chin": chin, "neck": neck, "hips": hips}
    centre = (face[0] + face[2]) / 2
    points["head"] = (centre, chin[1] - 0.52 * height)
    points.update(given or {})
    eyes = {side: _moved(box, points.get(f"eye-{side}")) for side, box in eyes.items()}
    if mouth is not None:
        mouth = _moved(mouth, points.get("mouth"))
    return Anchors(face, width, height, points["chin"], eyes, mouth, points["neck"], points["head"], points["hips"],
                   skull_box(stack, face, points["head"], width),
                   yaw=_drawn_yaw(stack, face, eyes, mouth), roll=_drawn_roll(eyes))  # fmt: skip


def _eye_box(stack: LayerStack, side: str) -> Box | None:
    """The open eye of one side by the best part that the artist drew; a drawn closed eye when that is all there is."""
    for states in (("", "open"), ("closed",)):
        for part in EYE_PARTS:
            box = union(x for x in stack.find(part, side) if x.state in states)
            if box:
                return box
    return None


def _box_from_eyes(eyes: Mapping[str, Box]) -> Box:
    """A face by the usual proportions around two eyes, for one that is drawn in one piece with the body."""
    if len(eyes) < 2:
        raise RigError("no face was found among the layers",
                       "name the face's layer 'face' (and its eyes 'eyewhite', 'irides', 'eyelash')")  # fmt: skip
    left, right = eyes["r"], eyes["l"]
    middle, span = (left[0] + right[2]) / 2, (right[2] - left[0]) * 1.3
    y = (left[1] + left[3] + right[1] + right[3]) / 4
    return middle - span / 2, y - 0.65 * span, middle + span / 2, y + 0.6 * span


def _mouth_box(stack: LayerStack) -> Box | None:
    shown = [x for x in stack.find("mouth") if x.shown]
    return union(shown or stack.find("mouth"))


def _hips(stack: LayerStack, neck: Point) -> Point:
    """The middle of the figure two fifths up from its feet, or the canvas' bottom for a bust."""
    figure = [x for x in stack.layers if x.shown and x.part != "objects"]
    box = union(figure)
    bottom = min(box[3], stack.canvas[1]) if box else stack.canvas[1]
    if stack.find("legwear") or stack.find("footwear"):
        return neck[0], neck[1] + 0.45 * (bottom - neck[1])
    return neck[0], float(bottom)


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
