"""The opening between the lids as masks: all that lies behind the lids shows only through them.

A strip over the eye: its upper rows follow the upper lid (hidden in the lash's thickness), its lowest row the lower lid; shut,
it has no height. Its texture has the shape of what is drawn: at rest it hides nothing, and the gaze leads nowhere
outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.eyeart import SOLID, EyeArt, Mask, luminance
from rig.lidmove import EARLY, Mover, Riders, lower_shift
from rig.lids import F64, Lids, arc_share
from rig.mesh import grid_mesh
from rig.puppet import F32, Mesh

COLUMNS = 18
ROWS = 4
"""Outer edge, lid edge, middle, lower edge."""
RIM_CONTRAST = 0.45
"""Least difference of luma (0..1) by which a white has a rim and not just shade."""
ROOM = 3
"""Clear px around what is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The opening's strip at rest: x float64 (C,), y float64 (ROWS, C) of its rows, box of its texture (l, t, r, b)."""

    x: F64
    rows: F64
    box: tuple[int, int, int, int]

    def mesh(self) -> Mesh:
        """The strip as a mesh whose texture lies on the canvas as it is drawn."""
        vertices = self.vertices()
        left, top, right, bottom = self.box
        uv = (vertices - np.array((left, top))) / np.array((right - left, bottom - top))
        return Mesh(vertices, uv.astype(np.float32), grid_mesh(0, 0, 1, 1, len(self.x) - 1, ROWS - 1).triangles)

    def vertices(self) -> F32:
        """float32 (ROWS x C, 2) px, row by row."""
        return np.stack([np.tile(self.x, ROWS), self.rows.ravel()], -1).astype(np.float32)


def cut_strip(lids: Lids, seen: Mask, floor: Mask, window: tuple[int, int, int, int], cover: float) -> Strip:
    """The strip over what is seen and down to the lower edge of `floor` (both bool (h, w) in the window), its lid edge `cover`
    px above the lid line.
    """
    x0, y0 = window[:2]
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    left, top_row, right, low = columns[0] - ROOM, rows[0] - ROOM, columns[-1] + 1 + ROOM, rows[-1] + 1 + ROOM
    box = (int(x0 + left), int(y0 + top_row), int(x0 + right), int(y0 + low))
    x = np.linspace(box[0], box[2], COLUMNS)
    step = (box[2] - box[0]) / (COLUMNS - 1)
    top, bottom = _reach(seen, x - x0, step)[0] + y0 - ROOM, _reach(floor, x - x0, step)[1] + y0 + ROOM
    cut = np.interp(x, lids.upper[:, 0], lids.upper[:, 1]) - cover * _inked(lids, x)
    cut = np.maximum(np.minimum(cut, bottom - 2), top + 1)
    bottom = np.maximum(bottom, cut + 1)
    return Strip(x, np.stack([top, cut, (cut + bottom) / 2, bottom]), box)


def _inked(lids: Lids, x: F64) -> F64:
    """1 where the lash covers the lid line, falling to 0 at its ends: where there is no lash nothing can hide in it."""
    share = np.interp(x, lids.upper[:, 0], arc_share(lids.upper))
    return np.clip(np.minimum(share - lids.inked[0], lids.inked[1] - share) / 0.06, 0, 1)


def _reach(seen: Mask, x: F64, step: float) -> tuple[F64, F64]:
    """First row and row after the last that anything is seen within a step of each x."""
    rows = np.flatnonzero(seen.any(1))
    middle = float(rows[0] + rows[-1] + 1) / 2
    top, bottom = np.full(len(x), middle), np.full(len(x), middle)
    for i, at in enumerate(x):
        band = seen[:, max(int(at - step), 0) : max(int(np.ceil(at + step)), 1)].any(1)
        if band.any():
            top[i], bottom[i] = band.argmax(), len(band) - band[::-1].argmax()
    return top, bottom


def strip_mover(strip: Strip, lids: Lids) -> Mover:
    """How the strip goes with the lids."""
    x, (_, cut, _, bottom) = strip.x, strip.rows
    riders = Riders(lids, np.stack([x, cut], -1))
    rest = strip.vertices()

    def offsets(closure: float, smile: float) -> F32:
        edge, shut = riders.moved(closure, smile), riders.moved(1.0, smile)
        early = min(1.0, EARLY * closure)
        margin = shut[:, 1] - bottom - lower_shift(lids, x, 1.0, smile)
        floor = bottom + lower_shift(lids, x, closure, smile) + early**6 * margin
        floor = np.maximum(floor, edge[:, 1]) if early < 1 else edge[:, 1]
        below = x + closure * (shut[:, 0] - x)
        across = np.stack([edge[:, 0], edge[:, 0], (edge[:, 0] + below) / 2, below])
        down = np.stack([edge[:, 1] - 1, edge[:, 1], (edge[:, 1] + floor) / 2, floor])
        return np.stack([across.ravel(), down.ravel()], -1).astype(np.float32) - rest

    return offsets


def opening_texture(strip: Strip, window: tuple[int, int, int, int], full: Mask, part: npt.NDArray[np.uint8]) -> RGBA:
    """A mask's texture: uint8 (h, w, 4), white; alpha 255 where `full`, elsewhere that of `part` (both in the window)."""
    x0, y0, x1, y1 = window
    alpha = np.maximum(part, np.where(full, np.uint8(255), np.uint8(0)))
    left, top, right, bottom = strip.box
    pad = max(x0 - left, y0 - top, right - x1, bottom - y1, 0)
    alpha = np.pad(alpha, pad)[top - y0 + pad : bottom - y0 + pad, left - x0 + pad : right - x0 + pad]
    out = np.full((*alpha.shape, 4), 255, np.uint8)
    out[..., 3] = alpha
    return out


def seen_region(art: EyeArt, lids: Lids, lash: Mask) -> Mask:
    """Where anything behind the lids is drawn, and what the lash hides between its own edge and the white: bool (h, w)."""
    import cv2

    seen = art.alpha(art.ball) > 0
    y, x = np.nonzero(lash)
    x0, y0 = art.window[:2]
    at = np.stack([x + x0 + 0.5, y + y0 + 0.5], -1)
    inside = (at[:, 0] > lids.corners[0]) & (at[:, 0] < lids.corners[1]) & (lids.relative(at) < 0.6)
    under = np.zeros_like(seen)
    cut = np.interp(at[:, 0], lids.upper[:, 0], lids.upper[:, 1]) - 0.5 * lids.thickness - 1
    keep = inside & (at[:, 1] > cut)
    under[y[keep], x[keep]] = True
    solid = (art.alpha(art.ball) > SOLID) | under
    joined: Mask = cv2.morphologyEx(solid.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0
    return joined | seen


def behind_lash(lids: Lids, seen: Mask, window: tuple[int, int, int, int]) -> Mask:
    """What is seen right below or behind the lash, whose way down an iris must fill: bool (h, w)."""
    y, x = np.nonzero(seen)
    at = np.stack([x + window[0] + 0.5, y + window[1] + 0.5], -1)
    near = (lids.relative(at) < 0.25) & (_inked(lids, at[:, 0]) > 0.9)
    out = np.zeros_like(seen)
    out[y[near], x[near]] = True
    return out


def clear_white(art: EyeArt) -> npt.NDArray[np.uint8]:
    """Alpha of the whites without a dark rim that they may be drawn with, over which no iris goes: uint8 (h, w)."""
    picture = art.blended(art.whites)
    alpha = picture[..., 3]
    luma = luminance(picture) / np.maximum(alpha, 0.02)
    solid = alpha > 0.5
    if not solid.any():
        return art.alpha(art.whites)
    dark, light = np.quantile(luma[solid], (0.02, 0.8))
    if light - dark < RIM_CONTRAST:
        return art.alpha(art.whites)
    bright = np.clip((luma - dark) / (light - dark) * 1.6 - 0.4, 0, 1)
    return np.round(np.clip(alpha * bright, 0, 1) * 255).astype(np.uint8)


def soft_edge(seen: Mask) -> npt.NDArray[np.uint8]:
    """Alpha that falls to 0 within about a px outside a region: uint8 (h, w)."""
    import cv2

    wide = cv2.dilate(seen.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    blurred: npt.NDArray[np.uint8] = cv2.GaussianBlur(wide, (0, 0), 0.7)
    return blurred


def shutter_mesh(strip: Strip) -> Mesh:
    """The mesh of the lids' own region (what the opening has left), an upper and a lower band that have no height at rest.

    A drawn closed eye that fills the whole eye shows through it, revealed as the lids come, never cross-faded.
    """
    count = len(strip.x)
    first = np.concatenate([np.arange(count - 1), 2 * count + np.arange(count - 1)])
    triangles = np.concatenate([np.stack([first, first + 1, first + count], -1),
                                np.stack([first + 1, first + count + 1, first + count], -1)])  # fmt: skip
    rows = strip.vertices().reshape(ROWS, -1, 2)
    vertices = rows[[0, 0, 3, 3]].reshape(-1, 2)
    return Mesh(vertices, np.full_like(vertices, 0.5), triangles.astype(np.int32))


def shutter_mover(strip: Strip, lids: Lids) -> Mover:
    """How the bands' inner edges go: with the opening's upper and lower edge."""
    move = strip_mover(strip, lids)
    rest = strip.vertices().reshape(ROWS, -1, 2)

    def offsets(closure: float, smile: float) -> F32:
        edge = rest + move(closure, smile).reshape(ROWS, -1, 2)
        still = np.zeros_like(edge[0])
        return np.concatenate([still, edge[1] - rest[0], edge[3] - rest[3], still])

    return offsets
