"""The exact reference: a software rasteriser in numpy that draws a DrawList without OpenGL.

Slow and plain on purpose: triangles cover the pixels whose centres lie in them, textures are sampled bilinearly with
premultiplied colour, masks multiply alpha, and the parts are blended by the layer compositor's own formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, blend_into, unpremultiply
from render.boxes import NOWHERE, Box, part_boxes
from render.masks import plan_masks
from render.textures import Texture, density_for, prepare
from render.view import View
from rig.puppet import F32, I32, DrawList, Puppet

_PIXELS_AT_ONCE = 1 << 20       # candidates that are tested together: bounds the memory
_SUBTEXELS = 4096               # steps of a texel's place: a texel that is hit in its middle stays itself


def draw_reference(puppet: Puppet, draw_list: DrawList, size: tuple[int, int] | None = None, view: View | None = None) -> RGBA:
    """uint8 (h, w, 4), straight alpha: what `Offscreen(puppet, size).draw(draw_list)` should give.

    Raises RenderError for masks or sizes that cannot be.
    """
    view = view or View.fit(puppet.canvas, size)
    canvas = np.zeros((view.size[1], view.size[0], 4), np.float32)
    for part, drawn in zip(puppet.parts, _drawn(puppet, draw_list, view), strict=True):
        if part.drawn:
            blend_into(canvas[drawn.box.slices], _straight(drawn.pixels), part.blend)
    canvas[canvas[..., 3] < 0.5 / 255] = 0          # no colour where 8 bits of alpha show nothing
    return unpremultiply(canvas)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """One part by itself: pixels float32 (h, w, 4), premultiplied, that fill `box` of the output."""

    box: Box
    pixels: F32


def _drawn(puppet: Puppet, draw_list: DrawList, view: View) -> list[_Drawn]:
    """Every part by itself, masked."""
    plan = plan_masks(puppet)
    counts = tuple(len(part.mesh.vertices) for part in puppet.parts)
    boxes = part_boxes(draw_list.vertices, counts, view)
    placed = np.split(draw_list.vertices * view.scale + np.array(view.offset), np.cumsum(counts)[:-1])
    out = []
    for part, vertices, box, opacity in zip(puppet.parts, placed, boxes, draw_list.opacity, strict=True):
        box = NOWHERE if opacity <= 0 or box.empty else box
        texture = prepare(part, density_for(view.scale))
        pixels = _draw_part(vertices - np.array([box.left, box.top]), part.mesh.triangles, texture, box.size)
        out.append(_Drawn(box, pixels * np.float32(opacity)))
    for number in _by_level(plan.of_part, [mask.level for mask in plan.masks]):
        drawn = out[number]
        drawn.pixels[...] *= _union([out[i] for i in plan.masks[plan.of_part[number]].parts], drawn.box)
    return out


def _by_level(of_part: tuple[int, ...], levels: list[int]) -> list[int]:
    """The masked parts, those first whose alpha others are masked by."""
    return sorted((i for i, mask in enumerate(of_part) if mask >= 0), key=lambda i: levels[of_part[i]])


def _union(parts: list[_Drawn], box: Box) -> F32:
    """float32 (h, w, 1): the alpha of all parts stacked, in `box`."""
    clear = np.ones((*box.size[::-1], 1), np.float32)
    for drawn in parts:
        shared = drawn.box & box
        if not shared.empty:
            clear[shared.within(box)] *= 1 - drawn.pixels[shared.within(drawn.box)][..., 3:]
    return 1 - clear


def _straight(pixels: F32) -> F32:
    alpha = pixels[..., 3:]
    colour = np.divide(pixels[..., :3], alpha, out=np.zeros_like(pixels[..., :3]), where=alpha > 0)
    return np.concatenate([colour, alpha], -1)


def _draw_part(vertices: npt.NDArray[np.float64], triangles: I32, texture: Texture, size: tuple[int, int]) -> F32:
    """One textured mesh on an empty output of `size` (w, h): float32 (h, w, 4) premultiplied.

    vertices: (V, 2) output px. Where a mesh folds over itself the later triangle shows.
    """
    out = np.zeros((size[1], size[0], 4), np.float32)
    corners = np.asarray(vertices, np.float64)[triangles]
    texels = np.asarray(texture.texels, np.float64)[triangles]
    for some in _batches(corners, size):
        rows, columns, which, weights = _covered(corners[some], size)
        place = np.einsum("nk,nkc->nc", weights, texels[some][which])
        out[rows, columns] = _sample(texture.pixels, place)
    return out


def _batches(corners: npt.NDArray[np.float64], size: tuple[int, int]) -> list[slice]:
    """Slices of the triangles (T, 3, 2) whose bounding boxes hold about `_PIXELS_AT_ONCE` pixels together."""
    low, high = _pixel_box(corners, size)
    total = np.cumsum(np.prod(high - low, axis=1)) // _PIXELS_AT_ONCE
    cuts = np.flatnonzero(np.diff(total)) + 1
    return [slice(a, b) for a, b in zip([0, *cuts], [*cuts, len(corners)], strict=True)]


def _pixel_box(corners: npt.NDArray[np.float64], size: tuple[int, int]) -> tuple[I32, I32]:
    """First and last + 1 (column, row), int (T, 2), of the pixels whose centres may lie in each triangle."""
    low = np.clip(np.ceil(corners.min(1) - 0.5), 0, size).astype(np.int32)
    high = np.clip(np.floor(corners.max(1) - 0.5) + 1, 0, size).astype(np.int32)
    return low, np.maximum(low, high)


def _covered(corners: npt.NDArray[np.float64], size: tuple[int, int]) -> tuple[I32, I32, I32, npt.NDArray[np.float64]]:
    """Pixels whose centres lie in a triangle: rows (N,), columns (N,), triangle (N,), barycentric weights (N, 3)."""
    low, high = _pixel_box(corners, size)
    wide, count = (high - low)[:, 0], np.prod(high - low, axis=1)
    which = np.repeat(np.arange(len(corners)), count)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.divmod(nth, wide[which])
    columns, rows = column + low[which, 0], row + low[which, 1]
    (ax, ay), (bx, by), (cx, cy) = corners[:, 0].T, corners[:, 1].T, corners[:, 2].T
    double = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    solid = np.abs(double) > 1e-12
    scale = np.divide(1, double, out=np.zeros_like(double), where=solid)
    x, y = columns + 0.5, rows + 0.5
    to_b = ((cy - ay) * scale)[which] * (x - ax[which]) - ((cx - ax) * scale)[which] * (y - ay[which])
    to_c = ((bx - ax) * scale)[which] * (y - ay[which]) - ((by - ay) * scale)[which] * (x - ax[which])
    weights = np.stack([1 - to_b - to_c, to_b, to_c], -1)
    inside = solid[which] & (weights.min(-1) >= -1e-9)
    return rows[inside], columns[inside], which[inside], weights[inside]


def _sample(pixels: F32, place: npt.NDArray[np.float64]) -> F32:
    """Bilinear: float32 (N, 4) of `pixels` (h, w, 4) at `place` (N, 2), in texels (x, y); beyond the edge the edge counts."""
    limit = np.array(pixels.shape[1::-1]) - 1
    at = np.round(np.clip(place - 0.5, 0, limit) * _SUBTEXELS) / _SUBTEXELS
    low = np.minimum(at.astype(np.int32), np.maximum(limit - 1, 0))
    (x0, y0), (x1, y1) = low.T, np.minimum(low + 1, limit).T
    fx, fy = (at - low).astype(np.float32).T[..., None]
    top = pixels[y0, x0] * (1 - fx) + pixels[y0, x1] * fx
    bottom = pixels[y1, x0] * (1 - fx) + pixels[y1, x1] * fx
    return top * (1 - fy) + bottom * fy
