"""Bits of the person, as they are painted: what shows and what goes on unseen beneath what lies in front."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stylize.flat.bits import Bits, at_least, closed, grown, largest, nearest_kind, opened, pieces, shrunk
from stylize.flat.marks import CHIN, LIP_LOW, OVAL, TEMPLE
from stylize.flat.scene import Scene

SLIVER = 0.075
"""Mean width, in face units, under which what shows beside the cheek is no ear."""
TURNED = 0.33
"""Yaw from which the far ear is out of sight."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """bool (h, w) each, on the scene's small bits, completed under what covers them. ears: by side, where one shows.
    arms: skin of the body that is drawn with the clothes. behind: hair behind face and neck.
    """

    face: Bits
    ears: dict[str, Bits]
    neck: Bits
    arms: Bits
    cloth: Bits
    hair: Bits
    behind: Bits


def cut_pieces(scene: Scene) -> Pieces:
    """Take the person apart, each piece continued under its cover."""
    scene = _mended(_settled(scene))
    face = _face(scene)
    ears = _ears(scene, face)
    bare = scene.skin & ~face & ~np.any([*ears.values(), np.zeros_like(face)], axis=0)
    neck = _neck(scene, bare, face)
    beside = _beside_head(scene, bare & ~neck)
    arms = _arms(scene, bare & ~neck & ~beside)
    face |= beside
    hair = at_least(scene.hair, scene.px(0.14) ** 2)
    cloth = _cloth(scene, hair | face, bare & ~neck & ~arms & (scene.v > scene.chin))
    behind = _behind(scene, hair, face | neck)
    gaps = _gaps(scene, [hair, face, neck, cloth, arms, *ears.values()])
    return Pieces(face, ears, _grown_neck(scene, neck, face), arms, cloth, hair, behind | (gaps & grown(hair, scene.px(0.08))))


def _settled(scene: Scene) -> Scene:
    """The scene with its specks given to what is next to them."""
    whole = zip((scene.hair, scene.skin, scene.cloth), (0.14, 0.06, 0.08), strict=True)
    kinds = np.stack([at_least(b, scene.px(side) ** 2) for b, side in whole])
    unknown = (scene.hair | scene.skin | scene.cloth) & ~kinds.any(0)
    if not unknown.any() or not kinds.any():
        return scene
    found = nearest_kind(kinds)
    hair, skin, cloth = (kinds[k] | (unknown & (found == k)) for k in range(3))
    return replace(scene, hair=hair, skin=skin, cloth=cloth)


def _mended(scene: Scene) -> Scene:
    """The scene without little gaps in head and hair: earrings and chinks go to what is around them."""
    import cv2

    unit = scene.near.unit
    head = scene.hair | scene.skin
    chinks = _small_pieces(~head & (scene.v < scene.chin + 0.1) & (np.abs(scene.u) < 0.9), 0.03 * unit**2)
    wide = cv2.blur(scene.hair.astype(np.float32), (15, 15)) > cv2.blur(scene.skin.astype(np.float32), (15, 15))
    chinks &= closed(head, scene.px(0.06)) | _small_pieces(chinks, 0.012 * unit**2)
    tufts = _small_pieces(scene.hair, 0.02 * unit**2)
    hair, skin = (scene.hair & ~tufts) | (chinks & wide), scene.skin | tufts | (chinks & ~wide)
    return replace(scene, hair=hair, skin=skin, cloth=scene.cloth & ~chinks)


def _small_pieces(bits: Bits, most: float) -> Bits:
    """The pieces of up to `most` px."""
    return bits & ~at_least(bits, most + 1)


def _face(scene: Scene) -> Bits:
    """The face down to the jaw, up to the hair, and on under the hair to the skull."""

    oval = scene.ring(scene.face.line(OVAL))
    brow = scene.skin & (scene.v < -0.05) & (np.abs(scene.u) < 0.62)
    out = oval | brow | (scene.skin & _far_cheek(scene, oval)) | (_skull(scene) & shrunk(scene.hair, scene.px(0.025)))
    return largest(opened(closed(out, scene.px(0.05)), scene.px(0.05)) | oval)


def _beside_head(scene: Scene, bare: Bits) -> Bits:
    """Bare skin of a turned head that is neither face nor neck: the back of the jaw, an ear that is seen whole."""
    if abs(scene.face.yaw) < TURNED:
        return np.zeros_like(bare)
    near = bare & (scene.v < scene.chin - 0.1) & (scene.v > -0.5) & (np.abs(scene.u) < 0.9)
    grown = _small_pieces(bare & (scene.v < scene.chin), 0.3 * scene.near.unit**2)
    return at_least(near & grown, scene.px(0.08) ** 2)


def _far_cheek(scene: Scene, oval: Bits) -> Bits:
    """Beside a turned face's far edge: what is skin there is cheek, not ear."""

    if abs(scene.face.yaw) < TURNED:
        return np.zeros_like(oval)
    return grown(oval, scene.px(0.14)) & (scene.u * np.sign(scene.face.yaw) > 0) & (scene.v < scene.chin - 0.25)


def _skull(scene: Scene) -> Bits:
    """The ball of the head under the hair."""
    temples = scene.near.to_face(scene.near.points[[TEMPLE["r"], TEMPLE["l"]]])
    middle, half = float(temples[:, 0].mean()), float(np.ptp(temples[:, 0])) / 2 * 1.02
    head = (scene.hair | scene.skin) & (np.abs(scene.u - middle) < 0.2) & (scene.v < -0.2)
    top = float(np.quantile(scene.v[head], 0.01)) if head.any() else -0.7
    top = float(np.clip(top, -0.95, -0.45)) + 0.05
    out: Bits = ((scene.u - middle) / half) ** 2 + ((scene.v + 0.05) / (-0.05 - top)) ** 2 < 1
    return out & (scene.v < 0.25)


def _ears(scene: Scene, face: Bits) -> dict[str, Bits]:
    """Skin beside the face between brow and mouth, continued a little under the cheek."""

    out = {}
    oval = scene.near.to_face(scene.near.line(OVAL))
    for side, sign in (("r", -1), ("l", 1)):
        if scene.face.yaw * sign > TURNED:
            continue
        edge = float((oval[:, 0] * sign).max())
        zone = (scene.v > -0.3) & (scene.v < 0.42) & (scene.u * sign > edge - 0.1) & (scene.u * sign < edge + 0.3)
        ear = scene.skin & ~face & zone
        ear = largest(opened(ear, scene.px(0.02)))
        rows = np.flatnonzero(ear.any(1))
        if ear.sum() < 0.014 * scene.near.unit**2 or np.ptp(rows) < 0.15 * scene.near.unit:
            continue
        if ear.sum() < SLIVER * scene.near.unit * np.ptp(rows):
            continue
        touching = ear & (scene.u * sign > edge + 0.26)
        if touching.sum() > 0.03 * scene.near.unit:                         # goes on outwards: an arm or a hand
            continue
        if np.ptp(scene.v[ear]) > 0.68 or float(scene.v[ear].min()) > 0.22:
            continue
        out[side] = ear | (grown(ear, scene.px(0.15)) & face)
    return out


def _neck(scene: Scene, bare: Bits, face: Bits) -> Bits:
    """The skin that hangs together with what is right under the chin."""

    x = float(scene.near.to_face(scene.near.points[CHIN])[0])
    near = bare & (np.abs(scene.u - x) < 0.3) & (scene.v > scene.chin - 0.3) & (scene.v < scene.chin + 0.35)
    labels, areas = pieces(bare)
    counts = np.bincount(labels[near], minlength=len(areas))
    keep = (counts > 0.004 * scene.near.unit**2) & (areas > 0)
    found: Bits = keep[labels] & (scene.v > scene.chin - 0.4)
    return found


def _arms(scene: Scene, bare: Bits) -> Bits:
    """Skin of arms and hands: large, or reaching the person's edge; what is like skin in the middle of a shirt is a print."""

    labels, area = pieces(bare)
    inner = shrunk(scene.cloth | scene.skin | scene.hair, scene.px(0.03))
    edge, unit = np.bincount(labels[bare & ~inner], minlength=len(area)), scene.near.unit
    keep = (area > 0.25 * unit**2) | ((area > 0.006 * unit**2) & (edge > 0.03 * area))
    found: Bits = keep[labels]
    return found


def _grown_neck(scene: Scene, neck: Bits, face: Bits) -> Bits:
    """The neck continued up behind the jaw and a little beneath collar and hair."""

    row = neck & (np.abs(scene.v - scene.chin - 0.06) < 0.05)
    chin_x = float(scene.near.to_face(scene.near.points[CHIN])[0])
    low, high = (np.quantile(scene.u[row], (0.03, 0.97)) if row.sum() > 20 else (chin_x - 0.24, chin_x + 0.24))
    low, high = max(low, chin_x - 0.42), min(high, chin_x + 0.42)
    lip = float(scene.near.to_face(scene.near.line(LIP_LOW))[:, 1].max())
    column = (scene.u > low) & (scene.u < high) & (scene.v > lip - 0.05) & (scene.v < scene.chin + 0.12)
    covered = face | scene.hair | scene.cloth
    return neck | (column & covered) | (grown(neck, scene.px(0.13)) & covered & (scene.v > scene.chin - 0.5))


def _cloth(scene: Scene, cover: Bits, printed: Bits) -> Bits:
    """The clothes, continued beneath hair and chin as far as is unseen."""

    cloth = at_least(scene.cloth, scene.px(0.05) ** 2) | printed
    return cloth | (grown(cloth, scene.px(0.14)) & cover & (scene.v > scene.chin - 0.05))


def _gaps(scene: Scene, drawn: list[Bits]) -> Bits:
    """Little gaps that smooth outlines would leave between pieces."""
    left = ~np.any([opened(piece, scene.px(0.02)) for piece in drawn], axis=0)
    ground = np.pad(left, 1, constant_values=True)
    enclosed = _small_pieces(ground, 0.04 * scene.near.unit**2)[1:-1, 1:-1]
    return grown(enclosed, scene.px(0.03))


def _behind(scene: Scene, hair: Bits, front: Bits) -> Bits:
    """Row by row, what lies between hair on both sides of face and neck."""

    left = np.maximum.accumulate(hair, axis=1)
    right = np.maximum.accumulate(hair[:, ::-1], axis=1)[:, ::-1]
    between = left & right & (front | hair) & (scene.v > -0.6) & (np.abs(scene.u) < 0.8)
    between &= scene.v < scene.chin + 0.35
    near = grown(hair, scene.px(0.2))
    long = (hair & (np.abs(scene.u) < 0.9)).sum(1) > 0.12 * scene.near.unit
    near |= long[:, None] & (scene.v > 0.1) & (np.abs(scene.u) < 0.6)
    between |= near & front & (scene.v > -0.4) & (scene.v < scene.chin + 0.5)
    return opened(between, scene.px(0.06)) & ~shrunk(hair, scene.px(0.1))
