"""Faces one by one: aligned by the eyes, enlarged to what a network was trained on, stylized, and put back with soft edges.

A small face in a large picture would otherwise come out as a smudge: networks draw features of one size only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stylize.stylizer import Picture, Stylizer, stylize_any_size

Mesh = npt.NDArray[np.float32]
"""float32 (478, 3): a face mesh as MediaPipe gives it, in shares of (W, H, W) of its picture."""
Affine = npt.NDArray[np.float64]
"""float64 (2, 3): picture px → crop px."""

SIDE = 256
"""Px: the side of an aligned face."""
EYE_LINE, EYE_SPAN = 0.47, 0.40
"""Where the eyes lie in an aligned face: their height, and the distance of their outer corners, as shares of its side."""
CORNERS = (33, 263)
"""The outer corners of the person's right and left eye."""
CHIN, FOREHEAD = 152, 10
FEATHER = 0.16
"""The share of the side over which an aligned face fades into the picture."""


def align(mesh: Mesh, size: tuple[int, int], side: int = SIDE) -> Affine:
    """The turn, scale and shift that bring a face of a picture of (W, H) px upright into a square of `side` px."""
    points = mesh[:, :2].astype(np.float64) * size
    right, left = points[CORNERS[0]], points[CORNERS[1]]
    across = left - right
    tall = float(np.hypot(*(points[CHIN] - points[FOREHEAD])))
    span = max(float(np.hypot(*across)), 0.56 * tall, 1e-3)       # a turned face's eyes are near each other
    angle = np.arctan2(across[1], across[0])
    scale = EYE_SPAN * side / span
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    middle = (right + left) / 2
    return np.concatenate([turn, (np.array([0.5, EYE_LINE]) * side - turn @ middle)[:, None]], 1)


def cut_face(rgb: Picture, to_crop: Affine, side: int = SIDE) -> Picture:
    """The aligned face, uint8 (side, side, 3); beyond the picture its border goes on. Much larger faces are smoothed first."""
    import cv2

    shrink = float(np.hypot(*to_crop[:, 0]))
    source = cv2.GaussianBlur(rgb, (0, 0), 0.4 / shrink) if shrink < 0.6 else rgb
    crop: Picture = cv2.warpAffine(source, to_crop, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return crop


def put_back(base: Picture, face: Picture, to_crop: Affine) -> Picture:
    """The picture with an aligned face laid over it, fading at its edges; `base` stays as it is."""
    import cv2

    side = face.shape[0]
    corners = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float64)
    back = cv2.invertAffineTransform(to_crop)
    on_picture = corners @ back[:, :2].T + back[:, 2]
    height, width = base.shape[:2]
    left, top = np.clip(np.floor(on_picture.min(0)).astype(int), 0, (width, height))
    right, bottom = np.clip(np.ceil(on_picture.max(0)).astype(int) + 1, 0, (width, height))
    if right <= left or bottom <= top:
        return base
    shifted = back.copy()
    shifted[:, 2] -= (left, top)
    size = (int(right - left), int(bottom - top))
    laid = cv2.warpAffine(face, shifted, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    alpha = cv2.warpAffine(_feather(side), shifted, size, flags=cv2.INTER_LINEAR)[..., None]
    out = base.copy()
    box = out[top:bottom, left:right]
    box[:] = np.clip(laid * alpha + box * (1 - alpha) + 0.5, 0, 255).astype(np.uint8)
    return out


def stylize_faces(rgb: Picture, base: Picture, meshes: Sequence[Mesh], stylizer: Stylizer) -> Picture:
    """`base`, the stylized picture uint8 (H, W, 3), with each face of the photo `rgb` of the same size stylized by itself."""
    out = base
    for mesh in sorted(meshes, key=lambda m: float(np.ptp(m[:, 0]))):       # the largest, in front, last
        to_crop = align(mesh, (rgb.shape[1], rgb.shape[0]))
        out = put_back(out, stylize_any_size(stylizer, cut_face(rgb, to_crop)), to_crop)
    return out


def _feather(side: int) -> npt.NDArray[np.float32]:
    """Weights float32 (side, side): 1 in the middle, 0 at the edges."""
    away = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5) / (FEATHER * side)
    ramp = np.clip(away, 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return (ramp[:, None] * ramp[None]).astype(np.float32)
