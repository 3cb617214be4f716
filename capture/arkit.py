"""One table between Live2D's parameters and the face shapes of other programs: ARKit's 52 and VRM's expressions.

Left is the subject's own left everywhere, as in ARKit, VRM and Live2D; nothing is mirrored here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rig.params import BY_NAME

SHAPES: tuple[str, ...] = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft",
    "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft",
    "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel", "mouthLeft",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft", "mouthSmileRight",
    "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight",
    "tongueOut",
)  # fmt: skip
"""ARKit's blend shapes, each 0..1."""


class Link(NamedTuple):
    """How a parameter and a shape hang together.

    takes: what a full shape adds to the parameter. gives: what a parameter one unit off its default adds to the shape; where a
    shape says less than the whole range of a real face (few people open their jaws to 1), 1 / takes and gives agree on it.
    """

    parameter: str
    shape: str
    takes: float
    gives: float


def _both_sides(parameter: str, shape: str, takes: float, gives: float) -> tuple[Link, Link]:
    """The same link for L with Left and for R with Right; * stands for the side."""
    left = Link(parameter.replace("*", "L"), shape.replace("*", "Left"), takes, gives)
    right = Link(parameter.replace("*", "R"), shape.replace("*", "Right"), takes, gives)
    return left, right


ARKIT: tuple[Link, ...] = (
    *_both_sides("ParamEye*Open", "eyeBlink*", -1 / 0.85, -1.0),  # phones seldom see more than 0.85; others close at 1
    *_both_sides("ParamEye*Smile", "eyeSquint*", 1.0, 0.5),
    *_both_sides("ParamEye*Smile", "cheekSquint*", 1.0, 0.5),
    Link("ParamEyeBallX", "eyeLookOutLeft", 0.5 / 0.7, 0.7), Link("ParamEyeBallX", "eyeLookInRight", 0.5 / 0.7, 0.7),
    Link("ParamEyeBallX", "eyeLookInLeft", -0.5 / 0.7, -0.7), Link("ParamEyeBallX", "eyeLookOutRight", -0.5 / 0.7, -0.7),
    *_both_sides("ParamEyeBallY", "eyeLookUp*", 0.5 / 0.7, 0.7),
    *_both_sides("ParamEyeBallY", "eyeLookDown*", -0.5 / 0.7, -0.7),
    *_both_sides("ParamBrow*Y", "browOuterUp*", 0.5 / 0.8, 0.8),
    *_both_sides("ParamBrow*Y", "browInnerUp", 0.5 / 0.8, 0.8 / 2),
    *_both_sides("ParamBrow*Y", "browDown*", -1 / 0.8, -0.8),
    *_both_sides("ParamBrow*Angle", "browInnerUp", 0.5, 0.0),
    *_both_sides("ParamBrow*Angle", "browOuterUp*", -0.5, 0.0),
    *_both_sides("ParamBrow*Angle", "browDown*", -0.3, -0.3),
    Link("ParamMouthOpenY", "jawOpen", 1 / 0.7, 0.7), Link("ParamMouthOpenY", "mouthClose", -1 / 0.7, 0.0),
    *_both_sides("ParamMouthForm", "mouthSmile*", 0.5 / 0.8, 0.8),
    *_both_sides("ParamMouthForm", "mouthFrown*", -0.5 / 0.6, -0.6),
    Link("ParamMouthForm", "mouthPucker", -0.6, 0.0), Link("ParamMouthForm", "mouthFunnel", -0.3, 0.0),
)  # fmt: skip

VRM: tuple[Link, ...] = (
    Link("ParamEyeLOpen", "Blink_L", -1, -1), Link("ParamEyeROpen", "Blink_R", -1, -1),
    Link("ParamEyeLOpen", "Blink", -1, 0), Link("ParamEyeROpen", "Blink", -1, 0),
    Link("ParamMouthOpenY", "A", 1.0, 0.0), Link("ParamMouthOpenY", "I", 0.35, 0.0), Link("ParamMouthOpenY", "U", 0.3, 0.0),
    Link("ParamMouthOpenY", "E", 0.6, 0.0), Link("ParamMouthOpenY", "O", 0.7, 0.0),
    Link("ParamMouthForm", "I", 0.7, 0.0), Link("ParamMouthForm", "U", -0.9, 0.0),
    Link("ParamMouthForm", "E", 0.45, 0.0), Link("ParamMouthForm", "O", -0.6, 0.0),
    Link("ParamMouthForm", "Joy", 1.0, 0.0), Link("ParamMouthForm", "Fun", 0.7, 0.0),
    Link("ParamMouthForm", "Sorrow", -0.7, 0.0), Link("ParamMouthForm", "Angry", -0.5, 0.0),
    *_both_sides("ParamEye*Smile", "Joy", 1.0, 0.0), *_both_sides("ParamEye*Smile", "Fun", 0.6, 0.0),
    *_both_sides("ParamBrow*Angle", "Angry", -1.0, 0.0), *_both_sides("ParamBrow*Angle", "Sorrow", 1.0, 0.0),
    *_both_sides("ParamBrow*Y", "Angry", -0.5, 0.0),
    Link("ParamEyeBallX", "LookLeft", 1.0, 0.0), Link("ParamEyeBallX", "LookRight", -1.0, 0.0),
    Link("ParamEyeBallY", "LookUp", 1.0, 0.0), Link("ParamEyeBallY", "LookDown", -1.0, 0.0),
)  # fmt: skip
"""VRM 0's preset expressions. What goes out is the lids and the vowels, which a VRM mixes from the mouth's two parameters."""

_VRM1 = {
    "aa": "A", "ih": "I", "ou": "U", "ee": "E", "oh": "O", "happy": "Joy", "angry": "Angry", "sad": "Sorrow", "relaxed": "Fun",
    "blinkleft": "Blink_L", "blinkright": "Blink_R",
}  # fmt: skip


def _spellings() -> dict[str, str]:
    """Lower-case spellings to names: eyeBlinkLeft, EyeBlinkLeft and eyeBlink_L; VRM 1's beside VRM 0's."""
    names = {link.shape.lower(): link.shape for link in VRM} | _VRM1
    for shape in SHAPES:
        names[shape.lower()] = shape
        for side in ("Left", "Right"):
            stem = shape.removesuffix(side)
            if stem not in (shape, "jaw", "mouth"):  # jawLeft and mouthLeft are directions, not sides
                names[f"{stem}_{side[0]}".lower()] = shape
    return names


_SPELLINGS = _spellings()
_SET = frozenset(SHAPES)


def canonical(name: str) -> str | None:
    """The shape that a sender means by a name, in ARKit's or VRM 0's own spelling, or None."""
    return _SPELLINGS.get(name.lower())


def is_arkit(shape: str) -> bool:
    """Whether a canonical name is one of ARKit's 52."""
    return shape in _SET


def to_live2d(shapes: Mapping[str, float], links: Iterable[Link] = ARKIT) -> dict[str, float]:
    """Parameters within their ranges from shapes 0..1; only those that one of the shapes speaks of."""
    values: dict[str, float] = {}
    for parameter, shape, takes, _ in links:
        if shape in shapes:
            values[parameter] = values.get(parameter, BY_NAME[parameter].default) + takes * shapes[shape]
    return {name: BY_NAME[name].clamp(value) for name, value in values.items()}


def from_live2d(values: Mapping[str, float], links: Iterable[Link] = ARKIT) -> dict[str, float]:
    """Shapes 0..1 from parameters; every shape that the links can give, 0 where nothing moves it."""
    shapes: dict[str, float] = {}
    for parameter, shape, _, gives in links:
        if gives:
            off = values.get(parameter, BY_NAME[parameter].default) - BY_NAME[parameter].default
            shapes[shape] = shapes.get(shape, 0.0) + max(gives * off, 0.0)
    return {name: min(value, 1.0) for name, value in shapes.items()}


def vowels(values: Mapping[str, float]) -> dict[str, float]:
    """VRM's A, I, U, E, O, 0..1, from the mouth's two parameters: wide is E, round is O, between them is A."""
    opening = min(max(values.get("ParamMouthOpenY", 0.0), 0.0), 1.0)
    form = min(max(values.get("ParamMouthForm", 0.0), -1.0), 1.0)
    return {"A": opening * (1 - abs(form)), "I": 0.0, "U": 0.0, "E": opening * max(form, 0.0), "O": opening * max(-form, 0.0)}
