"""Where layers lie: the face, the middle line, and what a layer without a telling name may be by its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.names import EYE_PARTS, Meaning
from layering.raw import Raw

Box = tuple[int, int, int, int]

BODY = frozenset({"body", "topwear", "bottomwear", "neck", "handwear", "legwear", "footwear"})
HEAD = frozenset({"face", "front hair", "back hair", "hair", "nose", "mouth", "eyebrow", "ears"}) | EYE_PARTS


@dataclass(slots=True)
class Item:
    """One layer on its way from Raw to Layer: what is understood of it so far.

    how: "known", "guessed" or "warning", and why: the reason, for the notes. shown: part of the rest pose.
    """

    raw: Raw
    meaning: Meaning
    part: str
    side: str = ""
    state: str = ""
    how: str = "known"
    why: str = "by its name"
    shown: bool = True

    def guess(self, part: str, why: str) -> None:
        """Take a part that the name does not say."""
        self.part, self.how, self.why = part, "guessed", why


@dataclass(frozen=True, slots=True)
class Scene:
    """What places are measured by. face: box in canvas px; axis: x of the face's middle line between the eyes;
    face_index: place of the face in the drawing order; body: box of the body; sure: a layer is named as the face."""

    face: Box
    axis: float
    face_index: int
    body: Box
    sure: bool

    @property
    def width(self) -> int:
        """The face's width in px."""
        return self.face[2] - self.face[0]


def union(boxes: Sequence[Box]) -> Box:
    """The box around boxes; there must be one."""
    all_boxes = np.array(boxes)
    low, high = all_boxes[:, :2].min(0), all_boxes[:, 2:].max(0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def find_scene(items: Sequence[Item], canvas: tuple[int, int]) -> Scene:
    """The face is the largest layer of that name; without one it is guessed from the eyes, or the top of the figure."""
    faces = [i for i, x in enumerate(items) if x.part == "face" and x.raw.visible]
    eyes = [x.raw.box for x in items if x.part in EYE_PARTS]
    known = [x.raw.box for x in items if x.part and x.part not in ("objects", "background")]
    whole = union(known or [x.raw.box for x in items])
    index = len(items) // 2
    if faces:
        index = max(faces, key=lambda i: _area(items[i].raw.box))
        face = items[index].raw.box
    elif eyes:
        left, top, right, bottom = union(eyes)
        w = right - left
        face = (left - w // 5, top - w // 2, right + w // 5, bottom + w // 2)
    else:
        left, top, right, bottom = whole
        third = (right - left) // 3
        face = (left + third, top, right - third, top + min((bottom - top) // 2, 2 * third))
    body = [x.raw.box for x in items if x.part in BODY and x.part != "handwear"]
    below = (face[0] - (face[2] - face[0]), face[3], face[2] + (face[2] - face[0]), canvas[1])
    return Scene(face, _middle(items, face), index, union(body) if body else below, bool(faces))


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _middle(items: Sequence[Item], face: Box) -> float:
    """x between the eyes: the middle of the widest empty run of columns near the face's middle, else the face's middle."""
    width = face[2] - face[0]
    ink = np.zeros(max(width, 1), bool)
    for item in items:
        if item.part in ("eyewhite", "irides", "eye") and item.state != "other":
            ink |= _columns(item.raw, face)
    inked = np.flatnonzero(ink)
    centre = (face[0] + face[2]) / 2
    if len(inked) < 2:
        return centre
    gaps = np.diff(inked)
    at = int(np.argmax(gaps))
    middle = face[0] + (inked[at] + inked[at + 1] + 1) / 2
    near = abs(middle - centre) < 0.25 * width and gaps[at] > 0.04 * width
    return float(middle) if near else centre


def _columns(raw: Raw, face: Box) -> npt.NDArray[np.bool_]:
    """bool (face width,): where a layer has solid pixels."""
    out = np.zeros(max(face[2] - face[0], 1), bool)
    left, right = max(raw.box[0], face[0]), min(raw.box[2], face[2])
    if left < right:
        out[left - face[0] : right - face[0]] = (raw.rgba[:, left - raw.box[0] : right - raw.box[0], 3] > 96).any(0)
    return out


def is_backdrop(raw: Raw, canvas: tuple[int, int]) -> bool:
    """Whether a layer fills (nearly) the whole canvas: a paper or a scene behind the figure."""
    left, top, right, bottom = raw.box
    covered = (min(right, canvas[0]) - max(left, 0)) * (min(bottom, canvas[1]) - max(top, 0))
    return covered >= 0.95 * canvas[0] * canvas[1] and bool((raw.rgba[::7, ::7, 3] > 128).mean() > 0.95)


def place(item: Item, index: int, items: Sequence[Item], scene: Scene) -> str:
    """The part that a layer may be by where it lies."""
    left, top, right, bottom = item.raw.box
    x, y = (left + right) / 2, (top + bottom) / 2
    face = scene.face
    before = index > scene.face_index
    if not any(j < index for j, other in enumerate(items) if other.part in HEAD | BODY) and y > face[3]:
        return "objects"                        # behind the whole figure and low: a ground shadow, a floor
    if face[0] <= x <= face[2] and face[1] <= y <= face[3] and right - left < 0.9 * scene.width:
        return _on_face(item, x, y, items, scene) if before else "back hair"
    if y < face[3] and _overlap(item.raw.box, union([face, *(o.raw.box for o in items if o.part in HEAD)])):
        return _about_head(item, items, scene) if before else "back hair"
    return "topwear" if _overlap(item.raw.box, scene.body) else "objects"


def _on_face(item: Item, x: float, y: float, items: Sequence[Item], scene: Scene) -> str:
    face = scene.face
    down = (y - face[1]) / max(face[3] - face[1], 1)
    central = abs(x - scene.axis) < 0.2 * scene.width
    if central and 0.68 < down < 0.95 and not any(other.part == "mouth" for other in items):
        return "mouth"
    small = item.raw.box[2] - item.raw.box[0] < 0.15 * scene.width
    if central and small and 0.5 < down < 0.75 and not any(other.part == "nose" for other in items):
        return "nose"
    return "facedetail"


def _about_head(item: Item, items: Sequence[Item], scene: Scene) -> str:
    wide = item.raw.box[2] - item.raw.box[0] > 0.7 * scene.width
    return "front hair" if wide and not any("hair" in other.part for other in items) else "headwear"


def _overlap(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


def is_high_ear(item: Item, scene: Scene) -> bool:
    """Whether something named an ear stands on the head: an animal's ear, which does not slide behind the cheek."""
    _, top, _, bottom = item.raw.box
    height = scene.face[3] - scene.face[1]
    return (top + bottom) / 2 < scene.face[1] + 0.12 * height
