"""Bits of the person, as they are painted: what shows and what goes on unseen beneath what lies in front."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from stylize.flat.marks import LIP_LOW, OVAL, TEMPLE
from stylize.flat.scene import Bits, Scene


SLIVER = 0.05
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
    hair = _without_specks(scene.hair, scene.px(0.14) ** 2)
    cloth = _cloth(scene, hair | face, bare & ~neck & ~arms & (scene.v > scene.chin))
    return Pieces(face, ears, _grown_neck(scene, neck, face), arms, cloth, hair, _behind(scene, hair, face | neck))


def _settled(scene: Scene) -> Scene:
    """The scene with its specks given to what is next to them."""
    import cv2

    kinds = np.stack([_without_specks(b, scene.px(s) ** 2) for b, s in ((scene.hair, 0.14), (scene.skin, 0.06), (scene.cloth, 0.08))])
    unknown = (scene.hair | scene.skin | scene.cloth) & ~kinds.any(0)
    if not unknown.any() or not kinds.any():
        return scene
    _, nearest = cv2.distanceTransformWithLabels((~kinds.any(0)).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(nearest.max()) + 1, np.int64)
    table[nearest[kinds.any(0)]] = kinds.argmax(0)[kinds.any(0)]
    found = table[nearest]
    hair, skin, cloth = (kinds[k] | (unknown & (found == k)) for k in range(3))
    return replace(scene, hair=hair, skin=skin, cloth=cloth)


def _mended(scene: Scene) -> Scene:
    """The scene without little gaps in head and hair: earrings and chinks go to what is around them."""
    import cv2

    unit = scene.near.unit
    head = scene.hair | scene.skin
    chinks = _small_pieces(~head & (scene.v < scene.chin + 0.1) & (np.abs(scene.u) < 0.9), 0.03 * unit**2)
    wide = cv2.blur(scene.hair.astype(np.float32), (15, 15)) > cv2.blur(scene.skin.astype(np.float32), (15, 15))
    round_ = cv2.morphologyEx(head.astype(np.uint8), cv2.MORPH_CLOSE, _round(scene.px(0.06))) > 0
    chinks &= round_ | _small_pieces(chinks, 0.012 * unit**2)
    tufts = _small_pieces(scene.hair, 0.02 * unit**2)
    hair, skin = (scene.hair & ~tufts) | (chinks & wide), scene.skin | tufts | (chinks & ~wide)
    return replace(scene, hair=hair, skin=skin, cloth=scene.cloth & ~chinks)


def _small_pieces(bits: Bits, most: float) -> Bits:
    """The pieces of up to `most` px."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= most
    small[0] = False
    found: Bits = small[labels]
    return found


def _face(scene: Scene) -> Bits:
    """The face down to the jaw, up to the hair, and on under the hair to the skull."""
    import cv2

    oval = scene.ring(scene.face.line(OVAL))
    brow = scene.skin & (scene.v < -0.05) & (np.abs(scene.u) < 0.62)
    out = oval | brow | (scene.skin & _far_cheek(scene, oval)) | (_skull(scene) & _shrunk(scene.hair, scene.px(0.025)))
    out = cv2.morphologyEx(out.astype(np.uint8), cv2.MORPH_CLOSE, _round(scene.px(0.05))) > 0
    out = cv2.morphologyEx(out.astype(np.uint8), cv2.MORPH_OPEN, _round(scene.px(0.05))) > 0
    return _largest(out | oval)


def _beside_head(scene: Scene, bare: Bits) -> Bits:
    """Bare skin of a turned head that is neither face nor neck: the back of the jaw, an ear that is seen whole."""
    if abs(scene.face.yaw) < TURNED:
        return np.zeros_like(bare)
    near = bare & (scene.v < scene.chin - 0.1) & (scene.v > -0.5) & (np.abs(scene.u) < 0.9)
    grown = _small_pieces(bare & (scene.v < scene.chin), 0.3 * scene.near.unit**2)
    return _without_specks(near & grown, scene.px(0.08) ** 2)


def _far_cheek(scene: Scene, oval: Bits) -> Bits:
    """Beside a turned face's far edge: what is skin there is cheek, not ear."""
    import cv2

    if abs(scene.face.yaw) < TURNED:
        return np.zeros_like(oval)
    beside = cv2.dilate(oval.astype(np.uint8), _round(scene.px(0.14))) > 0
    return beside & (scene.u * np.sign(scene.face.yaw) > 0) & (scene.v < scene.chin - 0.25)


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
    import cv2

    out = {}
    oval = scene.near.to_face(scene.near.line(OVAL))
    for side, sign in (("r", -1), ("l", 1)):
        if scene.face.yaw * sign > TURNED:
            continue
        edge = float((oval[:, 0] * sign).max())
        zone = (scene.v > -0.3) & (scene.v < 0.42) & (scene.u * sign > edge - 0.1) & (scene.u * sign < edge + 0.3)
        ear = scene.skin & ~face & zone
        ear = cv2.morphologyEx(ear.astype(np.uint8), cv2.MORPH_OPEN, _round(scene.px(0.02))) > 0
        ear = _largest(ear)
        rows = np.flatnonzero(ear.any(1))
        if ear.sum() < 0.008 * scene.near.unit**2 or np.ptp(rows) < 0.12 * scene.near.unit:
            continue
        if ear.sum() < SLIVER * scene.near.unit * np.ptp(rows):
            continue
        touching = ear & (scene.u * sign > edge + 0.26)
        if touching.sum() > 0.03 * scene.near.unit:                         # goes on outwards: an arm or a hand
            continue
        if np.ptp(scene.v[ear]) > 0.68 or float(scene.v[ear].min()) > 0.22:
            continue
        grown = cv2.dilate(ear.astype(np.uint8), _round(scene.px(0.15))) > 0
        out[side] = ear | (grown & face)
    return out


def _neck(scene: Scene, bare: Bits, face: Bits) -> Bits:
    """The skin that hangs together with what is right under the chin."""
    import cv2

    x = float(scene.near.to_face(scene.near.points[152])[0])
    near = bare & (np.abs(scene.u - x) < 0.3) & (scene.v > scene.chin - 0.3) & (scene.v < scene.chin + 0.35)
    _, labels = cv2.connectedComponents(bare.astype(np.uint8), connectivity=4)
    counts = np.bincount(labels[near & bare], minlength=labels.max() + 1)
    keep = np.flatnonzero(counts > 0.004 * scene.near.unit**2)
    found: Bits = np.isin(labels, keep[keep > 0]) & (scene.v > scene.chin - 0.4)
    return found


def _arms(scene: Scene, bare: Bits) -> Bits:
    """Skin of arms and hands: large, or reaching the person's edge; what is like skin in the middle of a shirt is a print."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(bare.astype(np.uint8), connectivity=4)
    inner = _shrunk(scene.cloth | scene.skin | scene.hair, scene.px(0.03))
    edge = np.bincount(labels[bare & ~inner], minlength=count)
    area, unit = stats[:, cv2.CC_STAT_AREA], scene.near.unit
    keep = (area > 0.25 * unit**2) | ((area > 0.006 * unit**2) & (edge > 0.03 * area))
    keep[0] = False
    found: Bits = keep[labels]
    return found


def _grown_neck(scene: Scene, neck: Bits, face: Bits) -> Bits:
    """The neck continued up behind the jaw and a little beneath collar and hair."""
    import cv2

    row = neck & (np.abs(scene.v - scene.chin - 0.06) < 0.05)
    chin_x = float(scene.near.to_face(scene.near.points[152])[0])
    low, high = (np.quantile(scene.u[row], (0.03, 0.97)) if row.sum() > 20 else (chin_x - 0.24, chin_x + 0.24))
    low, high = max(low, chin_x - 0.42), min(high, chin_x + 0.42)
    lip = float(scene.near.to_face(scene.near.line(LIP_LOW))[:, 1].max())
    column = (scene.u > low) & (scene.u < high) & (scene.v > lip - 0.05) & (scene.v < scene.chin + 0.12)
    covered = face | scene.hair | scene.cloth
    grown = cv2.dilate(neck.astype(np.uint8), _round(scene.px(0.13))) > 0
    return neck | (column & covered) | (grown & covered & (scene.v > scene.chin - 0.5))


def _cloth(scene: Scene, cover: Bits, printed: Bits) -> Bits:
    """The clothes, continued beneath hair and chin as far as is unseen."""
    import cv2

    cloth = _without_specks(scene.cloth, scene.px(0.05) ** 2) | printed
    grown = cv2.dilate(cloth.astype(np.uint8), _round(scene.px(0.14))) > 0
    return cloth | (grown & cover & (scene.v > scene.chin - 0.05))


def _behind(scene: Scene, hair: Bits, front: Bits) -> Bits:
    """Row by row, what lies between hair on both sides of face and neck."""
    import cv2

    left = np.maximum.accumulate(hair, axis=1)
    right = np.maximum.accumulate(hair[:, ::-1], axis=1)[:, ::-1]
    between = left & right & (front | hair) & (scene.v > -0.6) & (np.abs(scene.u) < 0.8)
    between &= scene.v < scene.chin + 0.35
    near = cv2.dilate(hair.astype(np.uint8), _round(scene.px(0.2))) > 0
    long = (hair & (np.abs(scene.u) < 0.9)).sum(1) > 0.12 * scene.near.unit
    near |= (long[:, None] & (scene.v > 0.1) & (np.abs(scene.u) < 0.6))
    between |= near & front & (scene.v > -0.4) & (scene.v < scene.chin + 0.5)
    out = cv2.morphologyEx(between.astype(np.uint8), cv2.MORPH_OPEN, _round(scene.px(0.06))) > 0
    return out & ~_shrunk_off(hair, scene.px(0.1)) if out.any() else out


def _shrunk_off(hair: Bits, reach: int) -> Bits:
    """Hair further than `reach` px from where it ends: there nothing need lie beneath."""
    return _shrunk(hair, reach)


def _shrunk(bits: Bits, by: int) -> Bits:
    import cv2

    return cv2.erode(bits.astype(np.uint8), _round(by), borderValue=1) > 0


def _round(radius: int) -> np.ndarray:  # type: ignore[type-arg]
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _largest(bits: Bits) -> Bits:
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=4)
    return bits if count < 2 else labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()


def _without_specks(bits: Bits, least: int) -> Bits:
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(bits.astype(np.uint8), connectivity=4)
    keep = stats[:, cv2.CC_STAT_AREA] >= least
    keep[0] = False
    found: Bits = keep[labels]
    return found
