"""At rest the puppet is the picture, whatever was drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rig
from layering.artist import random_character
from layering.stack import LayerStack
from render import draw_reference
from rig.mesh import cut_mesh, pad_texture
from tests.rig.conftest import little_girl, shape


def assert_rests(stack: LayerStack) -> None:
    """At most 1/255 off inside the figure, and alpha within 2/255 at softer edges."""
    puppet = rig.build(stack)
    drawn, picture = (x.astype(int) for x in (draw_reference(puppet, rig.pose(puppet, {})), stack.composite()))
    inside = picture[..., 3] > 250
    assert np.abs(drawn - picture)[inside].max() <= 1
    assert np.abs(drawn - picture)[..., 3].max() <= 2


def test_the_little_girl_rests_as_drawn(girl: LayerStack) -> None:
    assert_rests(girl)


@settings(max_examples=6, deadline=None)
@given(nose=st.integers(112, 144), tilt=st.integers(-6, 6), width=st.integers(4, 16), thick=st.integers(1, 4))
def test_faces_of_ellipses_rest_as_drawn(nose: int, tilt: int, width: int, thick: int) -> None:
    girl = little_girl(nose, tilt)
    layers = []
    for layer in girl.layers:
        if layer.part == "eyelash":
            x, y = (104, 117) if layer.side == "r" else (152, 117 + tilt)
            made = shape(layer.name, "eyelash", (40, 30, 40), (x, y, width, thick), side=layer.side)
            layer = replace(layer, rgba=made.rgba, offset=made.offset)
        layers.append(layer)
    assert_rests(replace(girl, layers=tuple(layers)))


@pytest.mark.parametrize("seed", [8, 13, 15])
def test_random_characters_rest_as_drawn(seed: int) -> None:
    assert_rests(random_character(np.random.default_rng(seed)))


def test_meshes_cover_the_smallest_strokes() -> None:
    """A triangle of a pixel or two is kept although its neighbours' outlines hide it when all are painted at once."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        rgba = np.zeros((9, 24, 4), np.uint8)
        rgba[..., 3] = 255 * (rng.random((9, 24)) < 0.2)
        texture, offset = pad_texture(rgba, (0, 0))
        mesh = cut_mesh(texture, offset, 2.0)
        y, x = np.nonzero(texture[..., 3])
        centres = np.stack([x + 0.5, y + 0.5], -1) + np.array(offset)
        assert _covered(mesh.vertices[mesh.triangles].astype(np.float64), centres).all()


def _covered(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """bool (N,): which points (N, 2) lie in one of the triangles (T, 3, 2)."""
    edge = np.roll(corners, -1, 1) - corners
    way = points[:, None, None] - corners
    side = edge[..., 0] * way[..., 1] - edge[..., 1] * way[..., 0]
    return (side >= -1e-3).all(-1).any(-1)
