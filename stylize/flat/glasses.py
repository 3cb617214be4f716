"""Dark glasses: found by the darkness about the eyes, drawn flat with a gleam."""

from __future__ import annotations

import numpy as np

from stylize.flat.bits import Bits, at_least, closed, grown, opened
from stylize.flat.colour import F32, colour_of
from stylize.flat.marks import OVAL, FaceMarks
from stylize.flat.pen import Curve, Shape, Sheet
from stylize.flat.regions import inside

DARK = 0.4
"""Lightness about both eyes, as a share of the cheeks', under which glasses are worn."""


def find_glasses(lab: F32, face: FaceMarks, at: F32) -> Bits | None:
    """Where dark glasses lie, bool (h, w), or None. lab: float32 (h, w, 3); at: float32 (h, w, 2), face units."""
    u, v, light = at[..., 0], at[..., 1], lab[..., 0]
    oval = inside(face.line(OVAL), light.shape)
    cheeks = light[oval & (v > 0.24) & (v < 0.4)]
    sides = [light[(np.abs(u - x) < 0.09) & (np.abs(v) < 0.12)] for x in (-0.22, 0.22)]
    if not len(cheeks) or any(not len(s) for s in sides):
        return None
    limit = DARK * float(np.quantile(cheeks, 0.6))
    if max(float(np.quantile(s, 0.75)) for s in sides) > limit:
        return None
    dark = (light < 1.2 * limit) & (np.abs(u) < 0.56) & (v > -0.17) & (v < 0.28)
    dark &= grown(oval, 4)
    found = at_least(opened(closed(dark, 3), 2), 0.01 * face.unit**2)
    return _framed(found, u, v) if found.sum() > 0.04 * face.unit**2 else None


def _framed(found: Bits, u: F32, v: F32) -> Bits:
    """What was found, made whole: two lenses without dents, and the bridge between them."""
    import cv2

    out = np.zeros(found.shape, np.uint8)
    for lens in (found & (u < -0.04), found & (u > 0.04)):
        if not lens.any():
            continue
        y, x = np.nonzero(lens)
        inner = np.abs(u[lens]) < np.quantile(np.abs(u[lens]), 0.97)
        hull = cv2.convexHull(np.stack([x[inner], y[inner]], -1).astype(np.int32))
        cv2.fillConvexPoly(out, hull, 1)
    bridge = found & (np.abs(u) < 0.08) & (v < float(np.median(v[found])))
    return (out > 0) | bridge


def draw_glasses(size: tuple[int, int], shape: Shape, lenses: list[Curve], face: FaceMarks) -> Sheet:
    """The glasses of a shape; lenses: the middles (2,) px of both."""
    sheet = Sheet(size)
    sheet.fill(shape, colour_of((10, 1, -2)))
    for middle in lenses:
        slant = np.array([(-0.10, 0.16), (-0.02, 0.16), (0.08, -0.16), (0.0, -0.16)])
        gleam = middle + (slant[:, :1] * face.right + slant[:, 1:] * face.down) * face.unit
        sheet.fill(gleam, colour_of((34, 0, -5)), atop=True)
    sheet.line(shape, colour_of((4, 0, 0)), 0.0105 * face.unit, closed=True)
    return sheet
