"""Characters by chance: labelled, whole under what covers them, of many kinds, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from layering.artist import LABELS, flatten, label_map, random_character
from layering.stack import PARTS, SIDED, LayerStack

SIZE = 192
COUNT = 40


@pytest.fixture(scope="module")
def many() -> list[LayerStack]:
    return [random_character(np.random.default_rng((11, i)), SIZE) for i in range(COUNT)]


def whole(stack: LayerStack, part: str) -> np.ndarray:
    """uint8 (H, W): alpha of all layers of a part together."""
    return LayerStack(stack.canvas, stack.find(part)).composite()[..., 3]


def test_layers_carry_known_parts_sides_and_unique_names(many: list[LayerStack]) -> None:
    for stack in many:
        names = [x.name for x in stack.layers]
        assert len(names) == len(set(names))
        for layer in stack.layers:
            assert layer.part in PARTS
            assert layer.side in (("l", "r", "") if layer.part in SIDED else ("",))
            assert layer.name.startswith(layer.part)


def test_every_character_has_a_face_with_features(many: list[LayerStack]) -> None:
    for stack in many:
        assert stack.find("face")
        assert stack.find("mouth")
        assert stack.find("eyelash") or stack.find("irides")


def test_skin_goes_on_under_eyes_and_fringe(many: list[LayerStack]) -> None:
    shares = []
    for stack in many:
        under = np.maximum(whole(stack, "eyewhite"), whole(stack, "irides")) > 127
        if under.sum() > 20:
            shares.append((whole(stack, "face")[under] > 127).mean())
    assert np.median(shares) == 1
    assert np.mean(shares) > 0.97


def test_neck_goes_on_under_the_face(many: list[LayerStack]) -> None:
    covered = [((whole(s, "neck") > 127) & (whole(s, "face") > 127)).sum() for s in many if s.find("neck")]
    assert np.mean(np.array(covered) > 10) > 0.9


def test_they_are_of_many_kinds(many: list[LayerStack]) -> None:
    parts = {x.part for s in many for x in s.layers}
    assert parts >= set(PARTS) - {"hair", "eye", "wings", "tail", "objects", "earwear"}
    heights = [np.ptp(np.flatnonzero((label_map(s) == LABELS.index("face")).any(1))) for s in many]
    assert min(heights) < 0.12 * SIZE < 0.4 * SIZE < max(heights)
    counts = [len(np.unique(s.composite().reshape(-1, 4), axis=0)) for s in many]
    assert min(counts) * 4 < max(counts)


def test_label_map_names_the_topmost_part(many: list[LayerStack]) -> None:
    stack = many[0]
    labels, alpha = label_map(stack), stack.composite()[..., 3]
    assert (alpha[labels > 0] > 127).all()
    top = stack.layers[-1]
    x0, y0, x1, y1 = top.bbox
    inside = labels[max(y0, 0) : y1, max(x0, 0) : x1]
    solid = top.rgba[max(-y0, 0) :, max(-x0, 0) :, 3][: inside.shape[0], : inside.shape[1]] > 127
    assert (inside[solid] == LABELS.index(top.part)).all()


def test_flatten_keeps_labels_on_the_figure_and_varies_grounds(many: list[LayerStack]) -> None:
    opaque = 0
    for i, stack in enumerate(many):
        flat = flatten(stack, np.random.default_rng(i))
        assert flat.rgba.shape == (*flat.labels.shape, 4)
        assert flat.rgba.dtype == flat.labels.dtype == np.uint8
        assert (flat.rgba[..., 3][flat.labels > 0] > 100).mean() > 0.97
        opaque += bool((flat.rgba[..., 3] == 255).all())
    assert 0.25 * COUNT < opaque < 0.8 * COUNT


def test_same_seed_same_bytes_other_seed_other_picture() -> None:
    def draw(seed: int) -> bytes:
        rng = np.random.default_rng(seed)
        return flatten(random_character(rng, 128), rng).rgba.tobytes()

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)


def test_size_scales_the_same_character() -> None:
    small, large = (random_character(np.random.default_rng(9), n) for n in (96, 192))
    assert [x.name for x in small.layers] == [x.name for x in large.layers]
    half = large.composite()[..., 3][::2, ::2] > 127
    assert ((small.composite()[..., 3] > 127) ^ half).mean() < 0.03
