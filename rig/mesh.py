"""Meshes cut along a layer's alpha.

A mesh is the Delaunay triangulation of the dilated alpha contour and a hexagonal grid inside it, less the triangles that hold
no pixel of the dilated alpha: so every pixel that shows lies inside with a margin, and texture filtering smooths the edge.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Layer
from rig.puppet import F32, I32, Mesh

PAD = 4
"""Transparent px around every texture, so that the mesh's margin samples nothing but its own clear border."""
MARGIN = 2
"""Px that the mesh reaches beyond the last pixel that is not fully transparent."""

Mask = npt.NDArray[np.bool_]


def pad_texture(rgba: RGBA, offset: tuple[int, int]) -> tuple[RGBA, tuple[int, int]]:
    """The texture with PAD clear px on each side, and its offset."""
    return np.pad(rgba, ((PAD, PAD), (PAD, PAD), (0, 0))), (offset[0] - PAD, offset[1] - PAD)


def cut_mesh(rgba: RGBA, offset: tuple[int, int], spacing: float, rigid_points: F32 | None = None) -> Mesh:
    """Mesh of a padded texture (see `pad_texture`).

    rgba: uint8 (h, w, 4). offset: canvas px of its top left corner. spacing: px between inner points.
    rigid_points: float32 (N, 2) canvas px, further points that the mesh must have (a lid line, say).
    """
    import cv2

    alpha = (rgba[..., 3] > 0).astype(np.uint8)
    near = cv2.dilate(alpha, np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8))
    points = [_contour_points(near, spacing), _inner_points(near, spacing)]
    if rigid_points is not None and len(rigid_points):
        points.append(rigid_points - np.array(offset, np.float32))
    local = _distinct(np.concatenate(points))
    height, width = alpha.shape
    local = np.clip(local, 0, (width, height)).astype(np.float32)
    triangles = _triangulate(local, near)
    local, triangles = _used_only(local, triangles)
    uv = local / np.array((width, height), np.float32)
    return Mesh(local + np.array(offset, np.float32), uv, triangles)


def grid_mesh(left: float, top: float, right: float, bottom: float, columns: int, rows: int) -> Mesh:
    """A regular grid over a box of canvas px with uv 0..1 across it: (columns + 1) x (rows + 1) vertices, row by row."""
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
    uv = np.stack([u.ravel(), v.ravel()], -1).astype(np.float32)
    vertices = uv * np.array((right - left, bottom - top), np.float32) + np.array((left, top), np.float32)
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    a, b, c, d = first, first + 1, first + columns + 1, first + columns + 2
    triangles = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)])
    return Mesh(vertices, uv, triangles.astype(np.int32))


def layer_mesh(layer: Layer, spacing: float) -> tuple[RGBA, Mesh]:
    """The padded texture and the mesh of a layer."""
    texture, offset = pad_texture(layer.rgba, layer.offset)
    return texture, cut_mesh(texture, offset, spacing)


def _contour_points(mask: npt.NDArray[np.uint8], spacing: float) -> F32:
    """Points along the outlines of a mask, at most `spacing` px apart and at its corners: float32 (N, 2) local px."""
    import cv2

    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    found, _ = cv2.findContours(wide, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    out = []
    for outline in found:
        corners = cv2.approxPolyDP(outline, max(1.0, spacing * 0.06), True)[:, 0].astype(np.float32)
        if len(corners) >= 3:
            out.append(_resample(corners, spacing))
    height, width = mask.shape
    box = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float32)
    return np.concatenate([*(points + np.float32(0.5) for points in out), box])   # contours run through pixel centres


def _resample(corners: F32, spacing: float) -> F32:
    """A closed polygon with points added on long edges: float32 (N, 2)."""
    out = []
    for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
        steps = max(1, int(np.ceil(np.linalg.norm(b - a) / spacing)))
        out.append(a + (b - a) * (np.arange(steps) / steps)[:, None])
    return np.concatenate(out).astype(np.float32)


def _inner_points(mask: npt.NDArray[np.uint8], spacing: float) -> F32:
    """A hexagonal grid inside a mask, kept half a spacing off its outline: float32 (N, 2) local px."""
    import cv2

    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    height, width = mask.shape
    rows = np.arange(spacing / 2, height, spacing * 0.866)
    out = []
    for i, y in enumerate(rows):
        x = np.arange(spacing / 2 * (1 + i % 2), width, spacing)
        out.append(np.stack([x, np.full_like(x, y)], -1))
    grid = np.concatenate(out) if out else np.zeros((0, 2))
    keep = distance[grid[:, 1].astype(int), grid[:, 0].astype(int)] > spacing * 0.5
    return grid[keep].astype(np.float32)


def _distinct(points: F32) -> F32:
    """Points without those that fall on the same half pixel."""
    _, first = np.unique(np.round(points * 2).astype(np.int64), axis=0, return_index=True)
    return points[np.sort(first)]


def _triangulate(points: F32, mask: npt.NDArray[np.uint8]) -> I32:
    """Delaunay triangles that hold a pixel of the mask: int32 (T, 3), all with the same sense of rotation."""
    from scipy.spatial import Delaunay

    triangles = Delaunay(points).simplices.astype(np.int32)
    a, b, c = points[triangles[:, 0]], points[triangles[:, 1]], points[triangles[:, 2]]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[area < 0] = triangles[area < 0][:, ::-1]
    triangles = triangles[np.abs(area) > 1e-3]
    return triangles[_holding(points, triangles, mask)]


def _holding(points: F32, triangles: I32, mask: npt.NDArray[np.uint8]) -> Mask:
    """bool (T,): which triangles hold a pixel of the mask.

    All are painted at once; each that the paint of its neighbours hides (slivers, those of a pixel or two) is looked at again.
    """
    import cv2

    owner = np.full(mask.shape, -1, np.int32)
    fixed = np.round(points * 16 - 8).astype(np.int32)      # pixel centres lie at .5 for us and at whole numbers for OpenCV
    for i, corners in enumerate(fixed[triangles]):
        cv2.fillConvexPoly(owner, corners, i, cv2.LINE_8, 4)
    held = np.zeros(len(triangles) + 1, bool)
    held[owner[mask > 0]] = True                            # -1, no triangle, falls on the spare last entry
    held = held[:-1]
    for i in _near(points[triangles], mask, ~held):
        held[i] = _holds(points[triangles[i]], mask)
    return held


def _near(corners: F32, mask: npt.NDArray[np.uint8], asked: Mask) -> npt.NDArray[np.int64]:
    """Which of the triangles (T, 3, 2) that are `asked` about have a pixel of the mask in their box."""
    import cv2

    total = cv2.integral((mask > 0).astype(np.uint8))
    left, top = np.floor(corners.min(1)).astype(int).T
    right, bottom = np.ceil(corners.max(1)).astype(int).T
    count = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
    return np.flatnonzero(asked & (count > 0))


def _holds(corners: F32, mask: npt.NDArray[np.uint8]) -> bool:
    """Whether the centre of a pixel of the mask lies in a triangle (3, 2), its edges included."""
    left, top = np.floor(corners.min(0)).astype(int)
    right, bottom = np.ceil(corners.max(0)).astype(int)
    y, x = np.nonzero(mask[top:bottom, left:right])
    centres = np.stack([x + left + 0.5, y + top + 0.5], -1)[:, None]
    edge, way = np.roll(corners, -1, 0) - corners, centres - corners
    side = edge[:, 0] * way[..., 1] - edge[:, 1] * way[..., 0]
    return bool((side >= -1e-3).all(1).any())


def _used_only(points: F32, triangles: I32) -> tuple[F32, I32]:
    """Points that a triangle uses, and the triangles renumbered."""
    used = np.unique(triangles)
    number = np.full(len(points), -1, np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    return points[used], number[triangles]
