"""Hair as one flat mass in three tones, whose shapes follow the strands of the photo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stylize.flat.bits import Bits
from stylize.flat.colour import F32
from stylize.flat.parts import Pieces
from stylize.flat.pen import Shape, Sheet
from stylize.flat.scene import Scene


def draw_hair(scene: Scene, pieces: Pieces, shape: Shape) -> Sheet:
    """The hair in front: base, shade, light, contour."""
    sheet, tones = Sheet(scene.size), scene.tones
    sheet.fill(shape, tones.hair)
    if not pieces.hair.any():
        return sheet
    calm = combed(scene, pieces.hair)
    inside = calm[pieces.hair]
    low, high = np.quantile(inside, (0.34, 0.86))
    contrast = float(np.quantile(inside, 0.95) - np.quantile(inside, 0.1))
    sheet.fill(scene.shape(_level(low - calm, pieces.hair), 0.012, 0.006), tones.hair_shade, atop=True)
    if contrast > 9:
        sheet.fill(scene.shape(_level(calm - high, pieces.hair), 0.012, 0.006), tones.hair_light, atop=True)
    sheet.line(shape, tones.hair_line, scene.pen, closed=True)
    return sheet


def draw_behind(scene: Scene, pieces: Pieces) -> Sheet:
    """The hair behind face and neck, in its shade."""
    return Sheet(scene.size).fill(scene.shape(pieces.behind, 0.03), scene.tones.hair_shade)


def _level(above: F32, within: Bits) -> F32:
    """Soft bits 0..1 that are over 0.5 where `above` is positive."""
    return np.where(within, np.clip(0.5 + above / 4, 0, 1), 0).astype(np.float32)


def combed(scene: Scene, hair: Bits) -> F32:
    """Lightness smoothed along the strands: float32 (h, w), L 0..100; outside of the hair it goes on."""
    import cv2

    rows, columns = np.flatnonzero(hair.any(1)), np.flatnonzero(hair.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    light = scene.light[box]
    weight = cv2.erode(hair[box].astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    sigma = 0.05 * scene.near.unit
    around = cv2.GaussianBlur(light * weight, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
    light = np.where(weight > 0, light, around).astype(np.float32)
    way = _strands(light, 0.03 * scene.near.unit)
    calm = cv2.GaussianBlur(light, (0, 0), 1.0)
    out = scene.light.copy()
    out[box] = _along(_along(calm, way, 1.0, 6), way, 2.0, 5)
    return out


def _strands(light: F32, sigma: float) -> npt.NDArray[np.float32]:
    """Unit vectors (h, w, 2) along the strands, by the structure tensor over `sigma` px."""
    import cv2

    gx, gy = cv2.Sobel(light, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3)
    xx, yy, xy = (cv2.GaussianBlur(v, (0, 0), sigma) for v in (gx * gx, gy * gy, gx * gy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)], -1).astype(np.float32)


def _along(values: F32, way: npt.NDArray[np.float32], step: float, count: int) -> F32:
    """The mean of values along a field of directions: `count` samples `step` px apart both ways."""
    import cv2

    y, x = np.mgrid[: values.shape[0], : values.shape[1]].astype(np.float32)
    total, weights = values.copy(), 1.0
    for sign in (-step, step):
        px, py, last = x, y, way * np.float32(sign)
        for k in range(count):
            px, py = px + last[..., 0], py + last[..., 1]
            here = cv2.remap(way, px, py, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
            same = np.where((here * last).sum(-1, keepdims=True) < 0, np.float32(-step), np.float32(step))
            last = here * same
            weight = 1 - (k + 1) / (count + 1)
            total += weight * cv2.remap(values, px, py, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            weights += weight
    return (total / weights).astype(np.float32)
