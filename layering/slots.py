"""From a map of parts to the layers that there will be: one slot for each, left and right apart, the mouth's state known.

Sides are the character's own: "l" lies on the picture's right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.masks import Mask, box_of, nearest, pieces, window
from layering.stack import RGBA, SIDED
from layering.views import CLASSES

Owner = npt.NDArray[np.int16]

EYES = ("eyewhite", "irides", "eyelash")
ACROSS = 0.1
"""Of the face's width: a piece over the middle line whose centre is nearer to it belongs to no side."""
SMALL = 0.06
"""A piece smaller than this share of its part's largest does not decide whether the part has sides."""
LOCK = 0.12
"""Share of the front hair that a piece apart must have to be a layer of its own."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One layer to be made. part, side, state, name: as `stack.Layer` has them. front: put before what usually hides it."""

    part: str
    side: str = ""
    state: str = ""
    name: str = ""
    front: bool = False


@dataclass(frozen=True, slots=True)
class Middle:
    """Where the face is, px. x: of its middle line. width: of the face. body: x of the figure's middle line. eye_line: y."""

    x: float
    width: float
    body: float
    eye_line: float


def find_slots(labels: npt.NDArray[np.uint8], rgba: RGBA) -> tuple[list[Slot], Owner]:
    """Slots in no order yet, and int16 (H, W): the slot of each pixel, -1 where the picture is clear.

    labels: uint8 (H, W) index into CLASSES. Pixels that show something but have no part go to the nearest part.
    """
    labels = _covering(labels, rgba[..., 3] > 0)
    middle = find_middle(labels)
    slots: list[Slot] = []
    owner = np.full(labels.shape, -1, np.int16)
    for index, part in enumerate(CLASSES):
        mask = labels == index
        box = box_of(mask) if index else None
        if box is None:
            continue
        for slot, own in _split(part, mask[window(box)], box, middle):
            owner[window(box)][own] = len(slots)
            slots.append(slot)
    return [_mouth_state(x, owner == i, rgba) if x.part == "mouth" else x for i, x in enumerate(slots)], owner


def _covering(labels: npt.NDArray[np.uint8], shows: Mask) -> npt.NDArray[np.uint8]:
    """Labels on exactly the pixels that show something."""
    open_ = shows & (labels == 0)
    if open_.any() and (labels > 0).any():
        rows, columns = nearest(labels > 0)
        labels = np.where(open_, labels[rows, columns], labels)
    return np.where(shows, labels, 0).astype(np.uint8)


def find_middle(labels: npt.NDArray[np.uint8]) -> Middle:
    """The face's middle line, between the eyes where both show, else down the middle of the face (or figure)."""
    all_ = 0, 0, labels.shape[1], labels.shape[0]
    face = _box(labels, "face", "nose", "mouth", *EYES) or _box(labels, *CLASSES[1:]) or all_
    width = float(face[2] - face[0])
    eyes = _box(labels, *EYES)
    both = eyes is not None and eyes[2] - eyes[0] > 0.35 * width
    x = (eyes[0] + eyes[2]) / 2 if eyes is not None and both else (face[0] + face[2]) / 2
    eye_line = (eyes[1] + eyes[3]) / 2 if eyes is not None else face[1] + 0.5 * (face[3] - face[1])
    body = _box(labels, "topwear") or _box(labels, "neck")
    return Middle(x, width, (body[0] + body[2]) / 2 if body else x, eye_line)


def _box(labels: npt.NDArray[np.uint8], *parts: str) -> tuple[int, int, int, int] | None:
    return box_of(np.isin(labels, [CLASSES.index(part) for part in parts]))


def _split(part: str, mask: Mask, box: tuple[int, int, int, int], middle: Middle) -> list[tuple[Slot, Mask]]:
    """The slots of one part with their pixels within its box."""
    if part in SIDED:
        return _by_side(part, mask, (middle.body if part == "handwear" else middle.x) - box[0], middle.width)
    if part == "front hair":
        return _locks(part, mask)
    return [(Slot(part, name=part), mask)]


def _by_side(part: str, mask: Mask, axis: float, width: float) -> list[tuple[Slot, Mask]]:
    labels, stats, centres = pieces(mask)
    large = stats[:, 4] >= SMALL * stats[1:, 4].max()
    across = (stats[:, 0] < axis) & (stats[:, 0] + stats[:, 2] > axis) & (np.abs(centres[:, 0] - axis) < ACROSS * width) & large
    if across[1:].any() and part not in (*EYES, "eyebrow"):
        return [(Slot(part, name=part), mask)]
    left = centres[:, 0] > axis
    sides = (("r", ~left[labels] & mask), ("l", left[labels] & mask))
    return [(Slot(part, side, name=f"{part}-{side}"), own) for side, own in sides if own.any()]


def _locks(part: str, mask: Mask) -> list[tuple[Slot, Mask]]:
    """Locks that hang apart from the fringe become layers of their own; small pieces stay with the largest."""
    labels, stats, centres = pieces(mask)
    apart = [i for i in np.argsort(centres[:, 0]) if i and stats[i, 4] >= LOCK * mask.sum()]
    if len(apart) < 2:
        return [(Slot(part, name=part), mask)]
    largest = max(apart, key=lambda i: int(stats[i, 4]))
    rest = ~np.isin(labels, [i for i in apart if i != largest]) & mask
    out = [(Slot(part, name=part), rest)]
    others = [i for i in apart if i != largest]
    return out + [(Slot(part, name=f"{part}-{n + 1}"), labels == i) for n, i in enumerate(others)]


def _mouth_state(slot: Slot, mask: Mask, rgba: RGBA) -> Slot:
    """Open where something shows between the lips: another colour inside than at the rim, or a tall shape."""
    import cv2

    box = box_of(mask, 1)
    assert box is not None
    own = np.pad(mask[window(box)], 1)
    width, height = box[2] - box[0], box[3] - box[1]
    depth = cv2.distanceTransform(own.astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    deepest = float(depth.max())
    colours = oklab(rgba[window(box)][..., :3])
    rim = (depth > 0) & (depth < 0.35 * deepest)
    away = np.linalg.norm(colours - np.median(colours[rim if rim.any() else depth > 0], 0), axis=-1)
    inner = np.pad((away > 0.08) & (depth > 0.35 * deepest), 1)
    gap = 2 * float(cv2.distanceTransform(inner.astype(np.uint8), cv2.DIST_L2, 5).max())     # a line between lips is thin
    opened = 2 * deepest > max(0.2 * width, 5) and (gap > max(0.14 * width, 4) or height > 0.45 * width)
    return replace(slot, state="open" if opened else "closed", name="mouth_open" if opened else "mouth_close")
