"""The flat model as a stylizer of the workflow: everyone in a picture, the largest in front."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from stylize.faces import Mesh
from stylize.flat.marks import read_mesh
from stylize.flat.portrait import Portrait, draw_portrait
from stylize.person import Mask
from stylize.stylizer import Picture

RGBA = npt.NDArray[np.uint8]


class FlatModel:
    """Draws people by their face meshes and mask."""

    name = "flat"

    def draw(self, rgb: Picture, meshes: Sequence[Mesh], mask: Mask) -> RGBA:
        """The people of a picture uint8 (H, W, 3), flat, on transparent ground, uint8 (H, W, 4) of the same size."""
        import cv2

        out = np.zeros((*rgb.shape[:2], 4), np.uint8)
        for portrait in self.portraits(rgb, meshes, mask):
            drawn = portrait.composite()[portrait.above :]
            shrinking = cv2.INTER_AREA if portrait.scale > 1 else cv2.INTER_CUBIC
            whole = cv2.resize(_premultiplied(drawn), rgb.shape[1::-1], interpolation=shrinking)
            alpha = whole[..., 3:]
            over = np.clip(whole + (out * (1 - alpha.astype(np.float32) / 255)), 0, 255)
            out = over.astype(np.uint8)
        return _straight(out)

    def portraits(self, rgb: Picture, meshes: Sequence[Mesh], mask: Mask) -> list[Portrait]:
        """One portrait a face, the smallest first; each takes the part of the mask that is nearest to it."""
        ordered = sorted(meshes, key=lambda m: float(np.ptp(m[:, 0])))
        return [draw_portrait(rgb, mesh, share) for mesh, share in zip(ordered, shares(ordered, mask), strict=True)]


def shares(meshes: Sequence[Mesh], mask: Mask) -> list[Mask]:
    """The mask float32 (H, W) dealt out to faces: each pixel to the face that is nearest, measured in faces."""
    if len(meshes) == 1:
        return [mask]
    h, w = mask.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    away = []
    for mesh in meshes:
        face = read_mesh(mesh, (w, h))
        body = face.origin + face.down * 0.6 * face.unit
        down = np.maximum(y - body[1], 0) * 0.6 + np.maximum(body[1] - y, 0)
        away.append(np.hypot(x - body[0], down) / face.unit)
    nearest = np.argmin(away, axis=0)
    return [np.where(nearest == k, mask, 0).astype(np.float32) for k in range(len(meshes))]


def _premultiplied(rgba: RGBA) -> RGBA:
    out = rgba.copy()
    out[..., :3] = (rgba[..., :3] * (rgba[..., 3:].astype(np.float32) / 255) + 0.5).astype(np.uint8)
    return out


def _straight(rgba: RGBA) -> RGBA:
    out = rgba.copy()
    soft = (rgba[..., 3] > 0) & (rgba[..., 3] < 255)
    out[soft, :3] = np.minimum(rgba[soft, :3] * (255.0 / rgba[soft, 3:].astype(np.float32)) + 0.5, 255)
    return out
