"""How the pixels of a lash layer share in the lids: the lash line rides on the upper lid, the crease above follows a little,
marks below the eye follow the lower lid. Told apart by connected ink; between them the movement blends smoothly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.eyeart import EyeArt, Mask, luminance
from rig.lids import F64, Lids, Spans, carried, fit_curve, lower_shift, move_with_upper
from rig.mesh import grid_mesh
from rig.puppet import F32, Mesh

CREASE_FOLLOW = 0.4
"""How far a crease moves of the lid's way."""
SHADE, MAIN, CREASE, LOWER = 0, 1, 2, 3
"""What a lash layer's pixels belong to: soft shadow, upper lash line, crease, marks of the lower lid."""
SHADE_COLUMNS = 10
FRINGE = 2.2
"""Px around ink that are its own soft edge."""


@dataclass(frozen=True, slots=True, eq=False)
class LashInk:
    """What the ink of a lash is: kinds uint8 (h, w) of 0 (no ink), MAIN, CREASE, LOWER in the art's window.

    follow: the crease's share of the lid's way, 0..1, less the higher it lies (a brow in the lash's layer stays).
    """

    kinds: npt.NDArray[np.uint8]
    follow: float


def ink_of(blended: F32) -> Mask:
    """Dark, solid pixels of a lash, its lines without soft shadows: bool (h, w); `blended` is premultiplied 0..1."""
    alpha = blended[..., 3]
    solid = alpha > 0.5
    if not solid.any():
        return solid
    luma = luminance(blended) / np.maximum(alpha, 1e-3)
    dark, light = np.quantile(luma[solid], (0.1, 0.95))
    ink: Mask = solid & (luma <= max(dark + 0.2, 0.55 * dark + 0.45 * light))
    return ink


def sort_ink(ink: Mask, spans: Spans) -> LashInk:
    """Tell the upper lash line, the crease and the lower marks apart by their connected pieces."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    if count == 1:
        return LashInk(np.zeros(ink.shape, np.uint8), CREASE_FOLLOW)
    rows, columns = np.nonzero(ink)
    of = labels[rows, columns]
    relative = spans.relative(columns, rows)
    main = _main_piece(of, relative, count)
    roof = np.where((labels == main).any(0), (labels == main).argmax(0), -1)
    kind = np.full(count, MAIN, np.uint8)
    kind[0], follow = 0, []
    for piece in range(1, count):
        if piece == main:
            continue
        mine = of == piece
        if np.median(relative[mine]) > 0.5:
            kind[piece] = LOWER
        elif stats[piece, cv2.CC_STAT_WIDTH] > 0.25 * spans.width and (above := _height_above(labels == piece, roof)) > 0:
            kind[piece] = CREASE
            follow.append(CREASE_FOLLOW * float(np.clip((0.5 - above / spans.height) / 0.3, 0, 1)))
    return LashInk(kind[labels], float(np.mean(follow)) if follow else CREASE_FOLLOW)


def _main_piece(of: npt.NDArray[np.int32], relative: F64, count: int) -> int:
    """The label with the most ink about the opening's upper edge."""
    near = np.bincount(of[np.abs(relative) < 0.35], minlength=count)
    return int((near if near.any() else np.bincount(of, minlength=count)).argmax())


def _height_above(piece: Mask, roof: npt.NDArray[np.int64]) -> float:
    """Px that a piece lies above the lash line (its median over the columns they share); not above it: 0."""
    bottom = piece.shape[0] - piece[::-1].argmax(0)
    shared = piece.any(0) & (roof >= 0)
    return float(np.median((roof - bottom)[shared])) if shared.any() else 0.0


def split_lash(ink: LashInk, art: EyeArt, lids: Lids, rgba: RGBA, offset: tuple[int, int]) -> dict[int, RGBA]:
    """A lash layer's pixels by what they belong to: MAIN, CREASE, LOWER with their soft fringes, and the SHADE under a crease.

    Each is uint8 (h, w, 4) of the layer's size. Every pixel is in one of them; the shade also has the opaque pixels of the
    lines beside it, which cover their like at rest. Together they draw the layer.
    """
    x0, y0 = art.window[:2]
    rows = np.clip(np.arange(rgba.shape[0]) + offset[1] - y0, 0, ink.kinds.shape[0] - 1)
    columns = np.clip(np.arange(rgba.shape[1]) + offset[0] - x0, 0, ink.kinds.shape[1] - 1)
    reach = np.stack([_distance(ink.kinds, k)[np.ix_(rows, columns)] for k in (MAIN, CREASE, LOWER)])
    owner = reach.argmin(0) + MAIN
    y, x = np.indices(owner.shape)
    at = np.stack([x.ravel() + offset[0] + 0.5, y.ravel() + offset[1] + 0.5], -1)
    height, loose = lids.relative(at).reshape(owner.shape), reach.min(0) > FRINGE
    owner[loose & (height > 0.5)] = LOWER
    if (ink.kinds == CREASE).any():
        owner[loose & (height < 0)] = SHADE
    drawn = rgba[..., 3] > 0
    out = {kind: np.where((owner == kind)[..., None], rgba, np.uint8(0)) for kind in (SHADE, CREASE, LOWER, MAIN)
           if (drawn & (owner == kind)).any()}  # fmt: skip
    if SHADE in out:
        out[SHADE] = _spread(out[SHADE][..., 3] > 0, rgba)
    return out


def _spread(mine: Mask, rgba: RGBA) -> RGBA:
    """The pixels of a shade, carried on for a few px with the opaque pixels of the lines beside it."""
    import cv2

    distance = cv2.distanceTransform((~mine).astype(np.uint8), cv2.DIST_L2, 5)
    return np.where((mine | (rgba[..., 3] == 255) & (distance < 4))[..., None], rgba, np.uint8(0))


def _distance(kinds: npt.NDArray[np.uint8], kind: int) -> F32:
    """Px from each pixel to the nearest ink of a kind; 999 everywhere where there is none."""
    import cv2

    if not (kinds == kind).any():
        return np.full(kinds.shape, 999, np.float32)
    distance: F32 = cv2.distanceTransform((kinds != kind).astype(np.uint8), cv2.DIST_L2, 5)
    return distance


def move_lash(lids: Lids, kind: int, follow: float, vertices: F32, closure: float, smile: float) -> F32:
    """Where the vertices of a part of the lash go: float32 (V, 2) px offsets; follow is the crease's share of the lid's way.

    A lash line that runs all around the eye goes over from the upper to the lower lid.
    """
    lower = np.stack([np.zeros(len(vertices)), lower_shift(lids, vertices[:, 0], closure, smile)], -1)
    if kind == LOWER:
        return lower.astype(np.float32)
    if kind == CREASE:
        return (follow * carried(lids, vertices, closure, smile)).astype(np.float32)
    upper = move_with_upper(lids, vertices, closure, smile) - vertices
    down = np.clip((lids.relative(vertices) - 0.4) / 0.45, 0, 1)
    down = (down * down * (3 - 2 * down))[:, None]
    return (upper * (1 - down) + lower * down).astype(np.float32)


def shade_mesh(ink: LashInk, art: EyeArt, lids: Lids, size: tuple[int, int], offset: tuple[int, int]) -> Mesh:
    """A strip for the shade between crease and lash over its padded texture of size (w, h): rows at the texture's top, the
    crease, the lash's top, the texture's bottom.
    """
    x = np.linspace(offset[0], offset[0] + size[0], SHADE_COLUMNS)
    rows, columns = np.nonzero(ink.kinds == CREASE)
    crease = fit_curve(columns + art.window[0] + 0.5, rows + art.window[1] + 0.5, 2)
    ends = (columns.min() + art.window[0], columns.max() + art.window[0] + 1)
    lash = np.interp(x, lids.upper[:, 0], lids.upper[:, 1]) - lids.thickness
    line = np.minimum(crease(np.clip(x, *ends)), lash - 1)
    y = np.stack([np.full_like(x, offset[1]), line, lash, np.full_like(x, offset[1] + size[1])])
    y = np.maximum.accumulate(np.clip(y, offset[1], offset[1] + size[1]) + np.array([[0], [0.01], [0.02], [0.03]]), 0)
    vertices = np.stack([np.broadcast_to(x, y.shape), y], -1).reshape(-1, 2).astype(np.float32)
    uv = (vertices - np.float32(offset)) / np.float32(size)
    return Mesh(vertices, uv.astype(np.float32), grid_mesh(0, 0, 1, 1, SHADE_COLUMNS - 1, 3).triangles)


def move_shade(lids: Lids, follow: float, vertices: F32, closure: float, smile: float) -> F32:
    """Offsets of a shade's strip: its upper two rows go with the crease, its lower two with the lash."""
    half = len(vertices) // 2
    return np.concatenate([move_lash(lids, CREASE, follow, vertices[:half], closure, smile),
                           carried(lids, vertices[half:], closure, smile).astype(np.float32)])  # fmt: skip
