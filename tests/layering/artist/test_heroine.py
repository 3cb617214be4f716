"""The demo character: the layers a rig needs, complete under what covers them, and the same picture every time."""

from __future__ import annotations

import numpy as np
import pytest

from layering.artist import heroine
from layering.stack import PARTS, SIDED, Layer, LayerStack


@pytest.fixture(scope="module")
def stack() -> LayerStack:
    return heroine()


def alpha_on_canvas(stack: LayerStack, *layers: Layer) -> np.ndarray:
    """uint8 (H, W): the union of the layers' alpha."""
    out = np.zeros((stack.canvas[1], stack.canvas[0]), np.uint8)
    for x in layers:
        only = LayerStack(stack.canvas, (x,)).composite()[..., 3] if x.shown else 0
        out = np.maximum(out, only)
    return out


def test_has_every_part_of_a_bust_with_unique_names(stack: LayerStack) -> None:
    names = [x.name for x in stack.layers]
    assert len(names) == len(set(names)) >= 14
    wanted = {"front hair", "back hair", "face", "ears", "eyebrow", "eyewhite", "irides", "eyelash", "nose", "mouth", "neck",
              "topwear", "neckwear", "headwear"}  # fmt: skip
    assert wanted <= {x.part for x in stack.layers} <= set(PARTS)
    for part in SIDED & wanted:
        left, right = stack.find(part, "l"), stack.find(part, "r")
        assert len(left) == len(right) == 1
        assert left[0].bbox[0] > right[0].bbox[0], "the character's left is the picture's right"


def test_irides_lie_inside_the_whites_and_under_the_lash(stack: LayerStack) -> None:
    for side in "lr":
        iris, white = (alpha_on_canvas(stack, *stack.find(p, side)) for p in ("irides", "eyewhite"))
        assert (iris > 0).sum() > 2000
        assert not ((iris > 8) & (white < iris.astype(int) - 8)).any()


def test_hidden_pixels_are_drawn(stack: LayerStack) -> None:
    face = alpha_on_canvas(stack, *stack.find("face"))
    for part in ("eyewhite", "irides", "nose", "eyebrow"):
        under = alpha_on_canvas(stack, *stack.find(part)) > 8
        assert (face[under] == 255).all(), part
    mouth = stack.find("mouth", state="closed")[0]
    neck = stack.find("neck")[0]
    assert neck.bbox[1] <= mouth.bbox[1], "the neck reaches up to the mouth's height"
    back = alpha_on_canvas(stack, *stack.find("back hair"))
    behind = alpha_on_canvas(stack, *stack.find("neck")) > 0
    assert (back[behind] > 0).mean() > 0.8
    assert stack.find("topwear")[0].bbox[3] > stack.canvas[1] + 8, "the body goes on below the picture"


def test_is_flat_art(stack: LayerStack) -> None:
    picture = stack.composite()
    solid = picture[picture[..., 3] == 255][:, :3]
    _, counts = np.unique(solid, axis=0, return_counts=True)
    assert (counts > len(solid) * 0.0005).sum() <= 28
    assert np.sort(counts)[::-1][:28].sum() > 0.9 * len(solid)
    assert (picture[..., 3] == 0).mean() > 0.3


def test_draws_the_same_bytes_again(stack: LayerStack) -> None:
    for a, b in zip(stack.layers, heroine().layers, strict=True):
        assert (a.name, a.offset) == (b.name, b.offset)
        assert np.array_equal(a.rgba, b.rgba)


def test_one_mouth_is_shown_and_one_waits(stack: LayerStack) -> None:
    assert [(x.state, x.shown) for x in stack.find("mouth")] == [("closed", True), ("open", False)]
