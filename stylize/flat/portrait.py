"""The whole portrait: every part on a sheet of its own, back to front, named as the house names layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stylize.faces import Mesh
from stylize.flat.beard import draw_beard, find_beard
from stylize.flat.body import draw_clothes
from stylize.flat.eyes import draw_brow, draw_eye
from stylize.flat.features import draw_lips, draw_mouth, draw_nose
from stylize.flat.glasses import draw_glasses
from stylize.flat.hair import draw_behind, draw_hair
from stylize.flat.head import draw_ear, draw_face, draw_neck
from stylize.flat.marks import FaceMarks, read_mesh
from stylize.flat.parts import Pieces, cut_pieces
from stylize.flat.pen import RGBA, Sheet
from stylize.flat.regions import find_regions
from stylize.flat.scene import Scene, set_scene
from stylize.person import Mask
from stylize.stylizer import Picture

LEAST_UNIT, MOST_UNIT = 260.0, 420.0
"""Px: the width of a drawn face; photos are scaled to it, within MOST_SIDE."""
MOST_SIDE = 2048
CUT = 0.12
"""Width, in face units, along which a person touches the picture's top for the head to be cut off."""
CROWN = 0.8
"""Height of a crown over the eyes, in face units."""


@dataclass(frozen=True, slots=True, eq=False)
class PartPicture:
    """name: as the house names layers ("irides-l"). rgba: uint8 (h, w, 4), straight alpha. offset: (x, y) of its corner, px."""

    name: str
    rgba: RGBA
    offset: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """parts: back to front, on a canvas of `size` (W, H) px, `scale` of them for one px of the photo. above: rows of the canvas
    that lie above the photo, where a crown that the photo cuts off was completed.
    """

    parts: tuple[PartPicture, ...]
    size: tuple[int, int]
    scale: float
    above: int = 0

    def composite(self) -> RGBA:
        """All parts as one picture: uint8 (H, W, 4), straight alpha."""
        out = np.zeros((self.size[1], self.size[0], 4), np.float32)
        for part in self.parts:
            x, y = part.offset
            box = out[y : y + part.rgba.shape[0], x : x + part.rgba.shape[1]]
            over = part.rgba.astype(np.float32) / 255
            alpha = over[..., 3:]
            box[:] = np.concatenate([over[..., :3] * alpha, alpha], -1) + box * (1 - alpha)
        alpha = out[..., 3:]
        colour = np.divide(out[..., :3], alpha, out=np.zeros_like(out[..., :3]), where=alpha > 0)
        picture: RGBA = (np.clip(np.concatenate([colour, alpha], -1), 0, 1) * 255 + 0.5).astype(np.uint8)
        return picture


def draw_portrait(rgb: Picture, mesh: Mesh, person: Mask) -> Portrait:
    """Draw one person flat. rgb: uint8 (H, W, 3); mesh: float32 (478, 3) as MediaPipe gives it; person: float32 (H, W) 0..1."""
    import cv2

    face = read_mesh(mesh, (rgb.shape[1], rgb.shape[0]))
    pad = missing_crown(face, person)
    if pad:
        face = face.scaled(1.0, (0.0, pad))
        rgb, person = cv2.copyMakeBorder(rgb, pad, 0, 0, 0, cv2.BORDER_REFLECT), with_crown(person, pad)
    scale = canvas_scale(face, rgb.shape[1], rgb.shape[0])
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    regions = find_regions(rgb, face, person)
    large = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    scene = set_scene(large, face.scaled(scale), regions)
    parts = (PartPicture(name, *sheet.cut()) for name, sheet in draw_layers(scene).items())
    return Portrait(tuple(p for p in parts if p.rgba[..., 3].any()), size, scale, round(pad * scale))


def missing_crown(face: FaceMarks, person: Mask) -> int:
    """Rows to add above a photo that cuts the head off, 0 where it does not."""
    width = float((person[0] > 0.5).sum())
    if width < CUT * face.unit:
        return 0
    missing = CROWN * face.unit - float(face.origin[1])
    return round(float(np.clip(max(missing, 0.16 * width), 0.06 * face.unit, 0.6 * face.unit)))


def with_crown(person: Mask, pad: int) -> Mask:
    """The person's mask with `pad` rows more, in which what the border cuts off is rounded like a dome."""
    out = np.concatenate([np.zeros((pad, person.shape[1]), np.float32), person])
    at = np.flatnonzero(person[0] > 0.5)
    middle, half = (at[0] + at[-1] + 1) / 2, (at[-1] + 1 - at[0]) / 2
    y, x = np.mgrid[:pad, : person.shape[1]].astype(np.float32) + 0.5
    inside = ((x - middle) / half) ** 2 + ((pad - y) / pad) ** 2 < 1
    out[:pad] = inside
    return out


def canvas_scale(face: FaceMarks, width: int, height: int) -> float:
    """How much larger than the photo the portrait is drawn."""
    wanted = float(np.clip(face.unit, LEAST_UNIT, MOST_UNIT)) / face.unit
    return min(wanted, MOST_SIDE / max(width, height))


def draw_detail(scene: Scene, pieces: Pieces) -> Sheet:
    """What lies flat on the face: the lips, and a beard."""
    sheet = Sheet(scene.size)
    beard = find_beard(scene, pieces.face)
    if beard is not None:
        draw_beard(sheet, scene, beard, scene.shape(pieces.face, 0.02))
    draw_lips(sheet, scene.face, scene.tones)
    return sheet


def draw_layers(scene: Scene) -> dict[str, Sheet]:
    """Every part on its sheet, back to front."""
    pieces = cut_pieces(scene)
    hair = scene.shape(pieces.hair, 0.014, 0.004)
    out = {"back hair": draw_behind(scene, pieces), "neck": draw_neck(scene, pieces), "topwear": draw_clothes(scene, pieces)}
    out |= {f"ears-{side}": draw_ear(scene, pieces, side) for side in pieces.ears}
    out["face"] = draw_face(scene, pieces, hair)
    out["facedetail"] = draw_detail(scene, pieces)
    out["nose"] = draw_nose(scene.size, scene.face, scene.tones, scene.shaded)
    out["mouth"] = draw_mouth(scene.size, scene.face, scene.tones)
    for eye in scene.eyes.values():
        out |= draw_eye(scene.size, eye, scene.tones)
    for side, eye in scene.eyes.items():
        out[f"eyebrow-{side}"] = draw_brow(scene.size, scene.face, side, eye, scene.tones)
    out["front hair"] = draw_hair(scene, pieces, hair)
    if scene.glasses is not None:
        lenses = [(eye.upper[0] + eye.upper[-1]) / 2 for eye in scene.eyes.values()]
        out["eyewear"] = draw_glasses(scene.size, scene.shape(scene.glasses, 0.016), lenses, scene.face)
    return out
