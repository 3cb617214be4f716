"""What about a photo may go wrong, in words for the user."""

from __future__ import annotations

import numpy as np

from stylize.faces import Mesh
from stylize.flat.marks import OVAL, FaceMarks, read_mesh
from stylize.stylizer import Picture

FLAT = 0.4
"""Share of pixels in the picture's middle that equal their neighbours, from which it is a drawing: photos have grain."""
LOOKED_AT = 1024
"""Px: larger pictures are looked at smaller than they are; blown up, a photo is even, too."""
TURNED = 0.72
SMALL = 40.0
"""Px: faces narrower than this show too little."""


def doubts(rgb: Picture, mesh: Mesh) -> list[str]:
    """What speaks against drawing this face of a photo uint8 (H, W, 3); empty where nothing does."""
    height, width = rgb.shape[:2]
    face = read_mesh(mesh, (width, height))
    out = []
    if is_drawing(rgb):
        out.append("this looks like a drawing already: it can be split and rigged as it is")
    if cut_off(face, width, height):
        out.append("the face is cut off by the picture's edge: what is missing was guessed")
    if abs(face.yaw) > TURNED:
        out.append("the face is turned far to the side: a photo from the front makes a better puppet")
    if face.unit < SMALL:
        out.append(f"the face is only {face.unit:.0f} px wide: a closer photo shows more of the person")
    return out


def is_drawing(rgb: Picture) -> bool:
    """Whether a picture has the even areas of a drawing."""
    import cv2

    if max(rgb.shape[:2]) > LOOKED_AT:
        scale = LOOKED_AT / max(rgb.shape[:2])
        rgb = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = rgb.shape[:2]
    near = rgb[height // 5 : -(height // 5) or None, width // 4 : -(width // 4) or None].astype(np.int16)
    if min(near.shape[:2]) < 8:
        return False
    across, down = np.abs(np.diff(near, axis=1)).max(-1)[1:], np.abs(np.diff(near, axis=0)).max(-1)[:, 1:]
    return bool((np.maximum(across, down) == 0).mean() > FLAT)


def cut_off(face: FaceMarks, width: int, height: int) -> bool:
    """Whether a part of the face lies beyond the picture."""
    oval = face.line(OVAL)
    room = 0.04 * face.unit
    return bool((oval.min(0) < -room).any() or (oval.max(0) > np.array([width, height]) + room).any())
