"""Ears under hair: the other side's ear mirrored where the face looks ahead, a plain one where hair hides both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.complete_face import Face
from layering.complete_scene import Scene
from layering.masks import Mask, box_of, closed, distance_to, grown, window

PLAIN = (-0.2, 0.4, 0.16, 28.0)
"""Of a plain ear, in half widths of the face: top and bottom under the eye line, how far it stands out; its lean, degrees."""
SEARCH = 0.12
"""Of the face's width: how far a mirrored ear may lie from where it is looked for."""
SPREAD = 0.06
"""The same: how far an ear goes on under the face."""


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """mask: bool (h, w), the whole ear. rgb: uint8 (h, w, 3) of its pixels where `drawn`, bool (h, w), says so."""

    mask: Mask
    rgb: npt.NDArray[np.uint8]
    drawn: Mask


def find_ear(scene: Scene, number: int, face: Face | None) -> Ear | None:
    """The whole form of an ear's slot; None where nothing shows of it and none is to be supposed."""
    own = scene.owner == number
    side = scene.slots[number].side
    others = [i for i in scene.numbers("ears") if scene.slots[i].side != side]
    other, found = scene.where(others), None
    if face is not None and face.ahead and side:
        found = _mirrored(scene, own, others[0], face) if other.sum() > little(scene) else None
        if found is None and max(own.sum(), other.sum()) <= little(scene):
            found = _plain(scene, side, face)
    if found is not None and not _hidden(scene, number, own, found.mask):
        found = None
    if found is None and not own.any():
        return None
    mask = own | (found.mask if found is not None else own)
    if own.sum() > little(scene):
        mask |= _hull(own) | (_ellipse(scene, number, own) & scene.over(number))
    mask |= grown(mask, SPREAD * scene.unit) & scene.of("face")
    mask |= closed(mask, SPREAD * scene.unit) & scene.over(number)
    return Ear(mask, *((found.rgb, found.drawn & ~own) if found is not None else (scene.rgb, own)))


def little(scene: Scene) -> float:
    """Px of an ear up to which nothing can be told from what shows of it."""
    return (0.08 * scene.unit) ** 2


def _hidden(scene: Scene, number: int, own: Mask, mask: Mask) -> bool:
    """Whether all of a supposed ear that does not show is well under something, hardly any of it at the figure's edge."""
    bare = mask & ~own & ~scene.over(number)
    if own.any():
        return bool(bare.sum() < 0.25 * mask.sum())
    return bool(bare.sum() < 0.01 * mask.sum() and not (mask & (distance_to(scene.owner < 0) < 0.04 * scene.unit)).any())


def _mirrored(scene: Scene, own: Mask, number: int, face: Face) -> Ear | None:
    """The other side's ear, moved to lie on what shows of this one, in this one's light."""
    import cv2

    flip = _reflection(scene, face)
    size, other = own.shape[::-1], scene.owner == number
    whole = _hull(other) | (_ellipse(scene, number, other) & scene.over(number))
    mask = cv2.warpAffine(whole.astype(np.uint8), flip, size, flags=cv2.INTER_NEAREST) > 0
    shown = cv2.warpAffine(other.astype(np.uint8), flip, size, flags=cv2.INTER_NEAREST) > 0
    rgb: npt.NDArray[np.uint8] = np.asarray(cv2.warpAffine(scene.rgb, flip, size, flags=cv2.INTER_LINEAR))
    if own.any():
        moved = _moved(own, mask, scene)
        if moved is None:
            return None
        mask, shown, rgb = (np.roll(x, moved, (0, 1)) for x in (mask, shown, rgb))
        both = own & shown
        if both.sum() > 20:
            gain = np.clip(np.median(scene.rgb[both], 0) / np.maximum(np.median(rgb[both], 0), 1), 0.6, 1.4)
            rgb = np.clip(np.rint(rgb * gain), 0, 255).astype(np.uint8)
    return Ear(mask, rgb, shown)


def _reflection(scene: Scene, face: Face) -> npt.NDArray[np.float64]:
    """float64 (2, 3): the map of working px onto the other side of the face, which may be tilted as its eyes are."""
    eyes = [box_of(scene.where(i for i in scene.numbers("eyewhite", "irides", "eyelash") if scene.slots[i].side == side))
            for side in "rl"]  # fmt: skip
    across = np.array([1.0, 0.0])
    if eyes[0] is not None and eyes[1] is not None:
        across = np.array([eyes[1][i] + eyes[1][i + 2] - eyes[0][i] - eyes[0][i + 2] for i in (0, 1)], np.float64)
        across /= np.linalg.norm(across)
    turn = np.eye(2) - 2 * np.outer(across, across)
    middle = (face.outline.min(0) + face.outline.max(0)) / 2
    return np.concatenate([turn, (middle - turn @ middle)[:, None]], 1)


def _moved(own: Mask, mask: Mask, scene: Scene) -> tuple[int, int] | None:
    """Rows and columns by which an ear is moved to lie on what shows of it; None where it does not fit."""
    bare = own | (scene.owner < 0)
    step = max(1, round(0.02 * scene.unit))
    far = round(SEARCH * scene.unit / step)
    box = box_of(mask, (far + 1) * step)
    if box is None:
        return None
    own, bare, mask = own[window(box)], bare[window(box)], mask[window(box)]
    best, at = 0.4 * float(own.sum()), None
    for dy in range(-far, far + 1):
        for dx in range(-far, far + 1):
            moved = np.roll(mask, (dy * step, dx * step), (0, 1))
            score = float((moved & own).sum()) - 2.0 * float((moved & bare & ~own).sum())
            if score > best:
                best, at = score, (dy * step, dx * step)
    return at


def _plain(scene: Scene, side: str, face: Face) -> Ear:
    """A plain ear at the side of the head. side: the character's own."""
    import cv2

    top, bottom, out = (round(x * face.half) for x in PLAIN[:3])
    way = 1 if side == "l" else -1
    rows = (face.outline[:, 1] > face.eye_line + top) & (face.outline[:, 1] < face.eye_line + bottom)
    rows &= (face.outline[:, 0] - face.chin_x) * way > 0
    mask = np.zeros(scene.owner.shape, np.uint8)
    if rows.any():
        edge = float(np.median(face.outline[rows, 0]))
        centre = edge - way * 0.3 * out, face.eye_line + (top + bottom) / 2
        cv2.ellipse(mask, (centre, (2.6 * out, float(bottom - top)), PLAIN[3] * way), 1, -1)
    return Ear(mask > 0, scene.rgb, np.zeros(mask.shape, bool))


def _ellipse(scene: Scene, number: int, own: Mask) -> Mask:
    """The ellipse through the free outline of what shows, nothing where that is none."""
    import cv2

    out = np.zeros(own.shape, np.uint8)
    y, x = np.nonzero(own & (distance_to(scene.owner < number) < 1.6))
    box = box_of(own)
    if len(x) < 12 or box is None or np.ptp(y) < 0.5 * (box[3] - box[1]):
        return out > 0
    tall = float(box[3] - box[1])
    centre, size, angle = cv2.fitEllipseDirect(np.stack([x, y], -1).astype(np.float32))
    away = float(np.hypot(centre[0] - x.mean(), centre[1] - y.mean()))
    if tall < max(size) < 1.6 * tall and 0.25 * max(size) < min(size) and away < 0.6 * tall:
        cv2.ellipse(out, (centre, size, angle), 1, -1)
    return out > 0


def _hull(own: Mask) -> Mask:
    """The convex hull of what shows."""
    import cv2

    out = np.zeros(own.shape, np.uint8)
    y, x = np.nonzero(own)
    cv2.fillConvexPoly(out, cv2.convexHull(np.stack([x, y], -1).astype(np.int32)), 1)
    return out > 0
