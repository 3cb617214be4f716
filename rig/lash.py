"""How the pixels of a lash layer share in the lids: the lash line rides on the upper lid, the crease above follows a little,
marks below the eye follow the lower lid. Told apart by connected ink; between them the movement blends smoothly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA
from rig.eyeart import EyeArt, Mask, luminance, spread
from rig.lidmove import Mover, Riders, crease_shift, lower_shift, smooth_step, vertical
from rig.lids import F64, Lids, Spans, fit_curve
from rig.mesh import grid_mesh
from rig.puppet import F32, Mesh

CREASE_FOLLOW = 0.4
"""How far a crease moves of the lid's way."""
TIED_FOLLOW = 0.75
"""The same for a crease that painted shade ties to the lash: torn far apart, the paint would show its edge."""
HANG = 0.65
"""How much of what hangs from the lash line into the opening is pressed flat when the eye shuts."""
TUCK = 0.04
"""How far marks of the lower lid slip under the lash when it shuts, as a share of the opening's height."""
SHADE, MAIN, CREASE, LOWER = 0, 1, 2, 3
"""What a lash layer's pixels belong to: soft shadow, upper lash line, crease, marks of the lower lid."""
SHADE_COLUMNS = 10
FRINGE = 2.0
"""Px around ink that are its own soft edge."""


@dataclass(frozen=True, slots=True, eq=False)
class LashInk:
    """What the ink of a lash is: kinds uint8 (h, w) of 0 (no ink), MAIN, CREASE, LOWER in the art's window.

    follow: the crease's share of the lid's way, 0..1, less the higher it lies (a brow in the lash's layer stays). tied: painted
    shade fills the space between crease and lash. round: the lash line runs on along the lower lid in one piece.
    """

    kinds: npt.NDArray[np.uint8]
    follow: float
    tied: bool = False
    round: bool = False


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


def sort_ink(blended: F32, spans: Spans) -> LashInk:
    """Tell upper lash line, crease and lower marks apart by their connected pieces; `blended` is premultiplied, 0..1."""
    import cv2

    ink, alpha = ink_of(blended), blended[..., 3]
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
        elif (above := _height_above(labels == piece, roof) / spans.height) > 0.15 or (
                above > 0 and stats[piece, cv2.CC_STAT_WIDTH] > 0.25 * spans.width):  # fmt: skip
            kind[piece] = CREASE
            follow.append(CREASE_FOLLOW * float(np.clip((0.5 - above) / 0.3, 0, 1)))
    kinds = kind[labels]
    kinds[_soft_crease(alpha, kinds, spans)] = CREASE
    tied = _shaded_between(alpha, kinds)
    usual = float(np.mean(follow)) if follow else CREASE_FOLLOW
    low = (kinds[rows, columns] == MAIN) & (relative > 0.7)
    round_ = len(np.unique(columns[low])) > 0.4 * spans.width
    return LashInk(kinds, TIED_FOLLOW if tied else usual, tied, round_)


def _shaded_between(alpha: F32, kinds: npt.NDArray[np.uint8]) -> bool:
    """Whether paint fills the space between crease and lash, at least along a fifth of the crease."""
    crease, main = kinds == CREASE, kinds == MAIN
    columns = np.flatnonzero(crease.any(0) & main.any(0))
    below = crease.shape[0] - crease[::-1].argmax(0)
    roof = main.argmax(0)
    filled = [alpha[below[c] : roof[c], c].min() > 0.5 for c in columns if roof[c] > below[c]]
    return len(filled) > 3 and float(np.mean(filled)) > 0.2


def _soft_crease(alpha: F32, kinds: npt.NDArray[np.uint8], spans: Spans) -> Mask:
    """Pixels of pale strokes above the lash line that do not touch it."""
    import cv2

    away = (alpha > 0.08) & (_distance(kinds, MAIN) > 1.5)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(away.astype(np.uint8), connectivity=8)
    touching = np.bincount(labels[away & (_distance(kinds, MAIN) < 3)], minlength=count) > 0.2 * stats[:, cv2.CC_STAT_AREA]
    above = spans.relative(centres[:, 0], centres[:, 1]) < -0.1
    crease = above & (stats[:, cv2.CC_STAT_WIDTH] > 0.25 * spans.width) & ~touching
    crease[0] = False
    found: Mask = crease[labels] & (kinds == 0)
    return found


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
    """A lash layer's pixels by what they belong to, back to front: SHADE or CREASE, LOWER, MAIN, each with its soft fringe.

    Each is uint8 (h, w, 4) of the layer's size. Every pixel is in one of them; a shade goes on beneath the opaque lash line,
    which hides it at rest. Together they draw the layer.
    """
    x0, y0 = art.window[:2]
    rows = np.clip(np.arange(rgba.shape[0]) + offset[1] - y0, 0, ink.kinds.shape[0] - 1)
    columns = np.clip(np.arange(rgba.shape[1]) + offset[0] - x0, 0, ink.kinds.shape[1] - 1)
    reach = np.stack([_distance(ink.kinds, k)[np.ix_(rows, columns)] for k in (MAIN, CREASE, LOWER)])
    owner = reach.argmin(0) + MAIN
    y, x = np.indices(owner.shape)
    at = np.stack([x.ravel() + offset[0] + 0.5, y.ravel() + offset[1] + 0.5], -1)
    height, loose = lids.relative(at).reshape(owner.shape), reach.min(0) > FRINGE
    owner[loose & (height > 0.5) & (reach[0] > 0.25 * lids.height)] = LOWER
    if ink.tied:
        between = (height < 0) & (reach[0] + reach[1] < 0.35 * lids.height)
        owner[(loose & between) | (owner == CREASE)] = SHADE
    drawn = rgba[..., 3] > 0
    out = {kind: np.where((owner == kind)[..., None], rgba, np.uint8(0)) for kind in (SHADE, CREASE, LOWER, MAIN)
           if (drawn & (owner == kind)).any()}  # fmt: skip
    if SHADE in out:
        out[SHADE] = spread(out[SHADE], out[SHADE][..., 3] > 0, rgba[..., 3] == 255, 4)
    return out


def _distance(kinds: npt.NDArray[np.uint8], kind: int) -> F32:
    """Px from each pixel to the nearest ink of a kind; 999 everywhere where there is none."""
    import cv2

    if not (kinds == kind).any():
        return np.full(kinds.shape, 999, np.float32)
    distance: F32 = cv2.distanceTransform((kinds != kind).astype(np.uint8), cv2.DIST_L2, 5)
    return distance


def lash_mover(lids: Lids, ink: LashInk, kind: int, follow: float, vertices: F32) -> Mover:
    """How the vertices of a part of the lash go; follow is the crease's share of the lid's way.

    A lash line that runs all around the eye goes over from the upper to the lower lid.
    """
    riders = Riders(lids, vertices)
    below = lids.relative(vertices)[:, None]
    beyond = np.maximum(lids.corners[0] - vertices[:, :1], vertices[:, :1] - lids.corners[1])
    down = smooth_step((below - 0.4) / 0.45) if ink.round else np.zeros_like(below)
    inside = smooth_step(0.5 - beyond / (0.06 * lids.width))
    hanging = np.zeros_like(below) if ink.round else HANG * smooth_step(below / 0.3) * inside

    def offsets(closure: float, smile: float) -> F32:
        if kind == CREASE:
            return vertical(follow * crease_shift(lids, vertices[:, 0], closure, smile))
        tuck = (1 + TUCK * lids.height) * closure           # a line along the lower lid ends beneath the lash
        lower = vertical(lower_shift(lids, vertices[:, 0], closure, smile) - tuck)
        if kind == LOWER:
            return lower
        upper = riders.moved(closure, smile, 1 - hanging * closure) - riders.points
        return (upper * (1 - down) + lower * down).astype(np.float32)

    return offsets


def shade_mesh(ink: LashInk, art: EyeArt, lids: Lids, size: tuple[int, int], offset: tuple[int, int]) -> Mesh:
    """A strip for a crease and the shade below it over their padded texture of size (w, h): rows at the texture's top, the
    crease's lower edge, the lash's top, the texture's bottom.
    """
    x = np.linspace(offset[0], offset[0] + size[0], SHADE_COLUMNS)
    rows, columns = np.nonzero(ink.kinds == CREASE)
    crease = fit_curve(columns + art.window[0] + 0.5, rows + art.window[1] + 0.5, 2)
    ends = (columns.min() + art.window[0], columns.max() + art.window[0] + 1)
    lash = np.interp(x, lids.upper[:, 0], lids.upper[:, 1]) - lids.thickness
    line = np.minimum(crease(np.clip(x, *ends)) + 2.5, lash - 1)
    y = np.stack([np.full_like(x, offset[1]), line, lash, np.full_like(x, offset[1] + size[1])])
    y = np.maximum.accumulate(np.clip(y, offset[1], offset[1] + size[1]) + np.array([[0], [0.01], [0.02], [0.03]]), 0)
    vertices = np.stack([np.broadcast_to(x, y.shape), y], -1).reshape(-1, 2).astype(np.float32)
    uv = (vertices - np.array(offset)) / np.array(size)
    return Mesh(vertices, uv.astype(np.float32), grid_mesh(0, 0, 1, 1, SHADE_COLUMNS - 1, 3).triangles)


def shade_mover(lids: Lids, follow: float, vertices: F32) -> Mover:
    """How a shade's strip goes: its upper two rows with the crease, its lower two with the lash."""
    riders = Riders(lids, vertices)
    half = len(vertices) // 2

    def offsets(closure: float, smile: float) -> F32:
        out = riders.carried(closure, smile).astype(np.float32)
        out[:half] = vertical(follow * crease_shift(lids, vertices[:half, 0], closure, smile))
        return out

    return offsets
