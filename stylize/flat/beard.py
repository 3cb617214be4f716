"""A beard: hair-coloured skin about mouth and chin, drawn as one flat shape on the face."""

from __future__ import annotations

import numpy as np

from stylize.flat.bits import Bits, at_least, closed, grown, opened
from stylize.flat.colour import F32, lab_of, mix
from stylize.flat.marks import CHIN, LIP_LOW, LIP_TOP, NOSE_BASE
from stylize.flat.pen import Shape, Sheet
from stylize.flat.scene import Scene

LEAST = 0.016
"""Face units² of a piece under which it is stubble or the shadow of a lip, and left out."""


def find_beard(scene: Scene, face: Bits) -> Bits | None:
    """Where a beard lies, bool (h, w), or None: coloured as the hair or very dark, the same on both sides, about mouth
    or chin."""
    near = scene.near
    nose = float(near.to_face(near.points[NOSE_BASE])[1])
    middle = near.to_face(near.line((NOSE_BASE, 0, 17, CHIN)))
    u = scene.u - np.interp(scene.v, middle[:, 1], middle[:, 0])
    lips = scene.ring(np.concatenate([scene.face.line(LIP_TOP), scene.face.line(LIP_LOW)[::-1]]))
    zone = grown(face, 1)
    zone &= (scene.v > nose + 0.03) & ~lips & (np.abs(u) < 0.5)
    share = scene.light / lab_of(scene.tones.skin)[0]
    dark = zone & (((scene.hairy > 0.5) & (share < 0.82)) | (share < 0.55))
    dark = opened(dark, 1)
    dark &= grown(_mirrored(dark, scene, u), scene.px(0.05))               # what is on one side only is a shadow
    found: Bits = at_least(closed(dark, 2), LEAST * near.unit**2) & zone
    return found if found.any() else None


def _mirrored(bits: Bits, scene: Scene, u: F32) -> Bits:
    """Bits seen in a mirror that stands in the middle of the face; u: float32 (h, w), face units from there."""
    import cv2

    place = scene.near.to_picture(np.stack([scene.u - 2 * u, scene.v], -1).astype(np.float64)).astype(np.float32) - 0.5
    return cv2.remap(bits.astype(np.uint8), place[..., 0], place[..., 1], cv2.INTER_NEAREST, borderValue=0) > 0


def draw_beard(sheet: Sheet, scene: Scene, beard: Bits, face: Shape) -> None:
    """The beard as a flat tone between skin and hair, within the face."""
    dark = lab_of(scene.tones.skin)[0] - float(np.median(scene.light[beard]))
    share = float(np.clip(dark / 45, 0.3, 0.85))
    sheet.fill(scene.shape(beard, 0.018, 0.003), mix(scene.tones.skin_shade, scene.tones.hair, share), within=face)
