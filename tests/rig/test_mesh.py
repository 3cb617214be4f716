"""Meshes cover their layer, with a margin, and do not fold."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from layering.stack import Layer, LayerStack
from rig.mesh import PAD, cut_mesh, grid_mesh, layer_mesh, pad_texture
from rig.puppet import Mesh
from tests.rig.conftest import shape


def covered(mesh: Mesh, shape: tuple[int, int], offset: tuple[int, int]) -> np.ndarray:
    """bool (h, w): pixels whose centre lies in a triangle."""
    out = np.zeros(shape, np.uint8)
    for corners in mesh.vertices[mesh.triangles] - np.array(offset, np.float32):
        cv2.fillConvexPoly(out, np.round(corners * 16 - 8).astype(np.int32), 1, cv2.LINE_8, 4)
    return out > 0


def areas(mesh: Mesh) -> np.ndarray:
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    return ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2


@pytest.mark.parametrize("spacing", [6.0, 20.0, 90.0])
def test_every_pixel_of_the_layer_lies_in_the_mesh(girl: LayerStack, spacing: float) -> None:
    for layer in girl.layers:
        texture, mesh = layer_mesh(layer, spacing)
        offset = (layer.offset[0] - PAD, layer.offset[1] - PAD)
        inside = covered(mesh, (texture.shape[0], texture.shape[1]), offset)
        near = cv2.dilate((texture[..., 3] > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        assert inside[near].all(), layer.name


def test_triangles_turn_one_way_and_vertices_are_used(girl: LayerStack) -> None:
    for layer in girl.layers:
        _, mesh = layer_mesh(layer, 12.0)
        assert (areas(mesh) > 0).all()
        assert set(mesh.triangles.ravel()) == set(range(len(mesh.vertices)))


def test_uv_places_each_texel_where_it_was_drawn(girl: LayerStack) -> None:
    layer = girl.find("face")[0]
    texture, mesh = layer_mesh(layer, 12.0)
    size = np.array((texture.shape[1], texture.shape[0]), np.float32)
    assert np.allclose(mesh.uv * size + np.array(layer.offset, np.float32) - PAD, mesh.vertices, atol=1e-3)


def test_empty_corners_are_cut_away() -> None:
    ring = shape("ring", "objects", (9, 9, 9), (40, 40, 30, 30))
    hollow = ring.rgba.copy()
    cv2.circle(hollow, (30, 30), 24, (0, 0, 0, 0), -1)
    texture, offset = pad_texture(hollow, ring.offset)
    mesh = cut_mesh(texture, offset, 8.0)
    assert areas(mesh).sum() < 0.75 * np.prod(texture.shape[:2])


def test_one_pixel_and_clear_layers_get_a_mesh() -> None:
    dot = Layer("dot", "objects", np.full((1, 1, 4), 255, np.uint8))
    assert len(layer_mesh(dot, 10.0)[1].triangles) > 0
    clear = Layer("clear", "objects", np.zeros((5, 5, 4), np.uint8))
    assert len(layer_mesh(clear, 10.0)[1].triangles) == 0


def test_points_asked_for_are_vertices(girl: LayerStack) -> None:
    layer = girl.find("face")[0]
    texture, offset = pad_texture(layer.rgba, layer.offset)
    line = np.array([[100.3, 126.7], [110.1, 124.2]], np.float32)
    mesh = cut_mesh(texture, offset, 30.0, line)
    nearest = np.abs(mesh.vertices[None] - line[:, None]).max(-1).min(1)
    assert (nearest < 0.01).all()


def test_grid_runs_row_by_row_from_the_top_left() -> None:
    mesh = grid_mesh(10, 20, 50, 40, 4, 2)
    assert mesh.vertices.shape == (15, 2) and mesh.triangles.shape == (16, 3)
    assert mesh.vertices[0].tolist() == [10, 20] and mesh.vertices[5].tolist() == [10, 30]
    assert np.allclose(areas(mesh).sum(), 800)
