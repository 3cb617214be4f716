"""Face, ears and neck as flat skin in two tones with their contours."""

from __future__ import annotations

import numpy as np

from stylize.flat.marks import OVAL
from stylize.flat.parts import Pieces
from stylize.flat.pen import Shape, Sheet, shift, smoothed, spline
from stylize.flat.scene import Scene


def draw_face(scene: Scene, pieces: Pieces, hair: Shape) -> Sheet:
    """The face: base, the shaded side, the fringe's shadow, and the jaw's line."""
    sheet, tones, unit, face = Sheet(scene.size), scene.tones, scene.unit, scene.face
    shape = scene.shape(pieces.face, 0.02)
    sheet.fill(shape, tones.skin)
    way = face.right if scene.shaded == "r" else -face.right           # towards the light
    lit = shift(_lit(scene), way * 0.075 * unit - face.down * 0.012 * unit)
    sheet.fill(_outside(lit, scene), tones.skin_shade, atop=True, within=shape)
    sheet.fill(shift(hair, face.down * 0.032 * unit - way * 0.012 * unit), tones.skin_shade, atop=True)
    sheet.line(shape, tones.skin_line, scene.pen, closed=True)
    return sheet


def _lit(scene: Scene) -> Shape:
    """The face's outline with room above, as a lit ball."""
    oval = scene.face.line(OVAL)
    middle = oval.mean(0)
    up = (oval - middle) @ scene.face.down < 0
    grown = oval + np.where(up, (oval - middle) @ scene.face.down, 0.0)[:, None] * scene.face.down * 1.2
    return [smoothed(spline(grown, closed=True), 0.05 * scene.unit, closed=True)]


def _outside(shape: Shape, scene: Scene) -> Shape:
    """Everything but a shape."""
    w, h = scene.size
    return [np.array([(-w, -h), (2 * w, -h), (2 * w, 2 * h), (-w, 2 * h)], np.float64), *shape]


def draw_ear(scene: Scene, pieces: Pieces, side: str) -> Sheet:
    """An ear with its contour and the hollow within."""
    sheet, tones = Sheet(scene.size), scene.tones
    shape = scene.shape(pieces.ears[side], 0.016)
    sheet.fill(shape, tones.skin)
    if not shape:
        return sheet
    ring = max(shape, key=len)
    middle = ring.mean(0) + (scene.face.right if side == "l" else -scene.face.right) * 0.012 * scene.unit
    inner = middle + (ring - middle) * 0.56
    sheet.fill([inner], tones.skin_shade, atop=True)
    sheet.line(shape, tones.skin_line, scene.pen, closed=True)
    return sheet


def draw_neck(scene: Scene, pieces: Pieces) -> Sheet:
    """Neck and bare shoulders with the shadow of the jaw."""
    sheet, tones, face = Sheet(scene.size), scene.tones, scene.face
    shape = scene.shape(pieces.neck, 0.02)
    sheet.fill(shape, tones.skin)
    way = face.right if scene.shaded == "l" else -face.right           # away from the light
    jaw = [smoothed(spline(face.line(OVAL), closed=True), 0.03 * scene.unit, closed=True)]
    drop = 0.13 * scene.unit
    sheet.fill(shift(jaw, face.down * drop + way * 0.05 * scene.unit), tones.skin_shade, atop=True)
    sheet.line(shape, tones.skin_line, scene.pen, closed=True)
    return sheet

