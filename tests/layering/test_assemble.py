"""Layers from a map of parts: the picture comes out as it was, and every part is there under its name."""

from __future__ import annotations

import numpy as np
import pytest

from layering.artist import flatten, random_character
from layering.assemble import layers_from_parts
from layering.stack import RGBA, LayerStack
from layering.train_data import classes_of
from tests.layering.cutouts import LASH, LIPS, SKIN, box, canvas_of, case, character, ellipse, parts_of, sheet


def off_by(stack: LayerStack, picture: RGBA) -> tuple[int, int]:
    """(colour inside the figure, alpha anywhere): the largest difference between the stack and a picture."""
    got = stack.composite().astype(int)
    away = np.abs(got - picture)
    return int(away[..., :3][picture[..., 3] > 250].max(initial=0)), int(away[..., 3].max())


def test_stacked_layers_are_the_picture() -> None:
    picture, parts, _ = case()
    colour, alpha = off_by(layers_from_parts(picture, parts), picture)
    assert colour <= 1 and alpha <= 2


@pytest.mark.parametrize("seed", range(4))
def test_any_character_comes_out_as_it_was(seed: int) -> None:
    rng = np.random.default_rng(seed)
    flat = flatten(random_character(rng, 200), rng)
    rgba = flat.rgba.copy()
    rgba[..., 3][flat.labels == 0] = 0
    colour, alpha = off_by(layers_from_parts(rgba, parts_of(rgba, classes_of(flat.labels))), rgba)
    assert colour <= 1 and alpha <= 2


def test_noise_for_labels_still_gives_the_picture() -> None:
    picture, parts, _ = case()
    rng = np.random.default_rng(1)
    noise = np.where(picture[..., 3] > 0, rng.integers(1, 25, parts.labels.shape), 0).astype(np.uint8)
    colour, alpha = off_by(layers_from_parts(picture, parts_of(picture, noise)), picture)
    assert colour <= 1 and alpha <= 2


def test_names_are_see_throughs_and_unique() -> None:
    picture, parts, _ = case()
    names = [x.name for x in layers_from_parts(picture, parts).layers]
    assert len(names) == len(set(names))
    assert {"front hair", "back hair", "face", "neck", "topwear", "mouth_close", "ears-l", "ears-r", "eyewhite-l", "eyewhite-r",
            "irides-l", "irides-r", "eyelash-l", "eyelash-r", "eyebrow-l", "eyebrow-r"} == set(names)  # fmt: skip


def test_left_is_the_pictures_right() -> None:
    picture, parts, _ = case()
    stack = layers_from_parts(picture, parts)
    for part in ("ears", "irides", "eyebrow"):
        (left,), (right,) = stack.find(part, "l"), stack.find(part, "r")
        assert left.bbox[0] > right.bbox[2]


def test_an_open_mouth_is_said_to_be_open() -> None:
    layers = [x for x in character() if x[0] != "mouth"]
    layers[5:5] = [("mouth", sheet(LIPS, ellipse(120, 133, 10, 7))), ("mouth", sheet((40, 10, 15), ellipse(120, 133, 8, 5)))]
    picture, parts, _ = case(layers)
    (mouth,) = layers_from_parts(picture, parts).find("mouth")
    assert (mouth.name, mouth.state) == ("mouth_open", "open")


def test_full_shut_lips_are_shut() -> None:
    layers = [x for x in character() if x[0] != "mouth"]
    layers[5:5] = [("mouth", sheet(LIPS, ellipse(120, 133, 12, 4))), ("mouth", sheet(LASH, box(109, 132.5, 131, 133.3)))]
    picture, parts, _ = case(layers)
    (mouth,) = layers_from_parts(picture, parts).find("mouth")
    assert mouth.state == "closed"


def test_locks_apart_are_layers_of_their_own() -> None:
    layers = [x for x in character() if x[0] != "front hair"]
    layers.append(("front hair", sheet((120, 80, 60), box(60, 60, 80, 170), box(160, 60, 180, 170))))
    picture, parts, _ = case(layers)
    assert len(layers_from_parts(picture, parts).find("front hair")) == 2


def test_soft_edges_of_the_figure_keep_their_alpha() -> None:
    picture, parts, _ = case()
    stack = layers_from_parts(picture, parts)
    shirt = canvas_of(stack, "topwear")
    edge = (picture[..., 3] > 0) & (picture[..., 3] < 250) & (shirt[..., 3] > 0)
    assert edge.sum() > 20
    assert np.abs(shirt[edge].astype(int) - picture[edge]).max() <= 1


def test_skin_everywhere_alike_needs_no_unmixing() -> None:
    """Neck and face of one colour meet without a seam and without an error."""
    layers = [("neck", sheet(SKIN, box(106, 110, 134, 185))), ("face", sheet(SKIN, ellipse(120, 96, 50, 58)))]
    picture, parts, _ = case(layers)
    assert off_by(layers_from_parts(picture, parts), picture)[0] <= 1
