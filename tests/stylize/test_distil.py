"""Pairs by the flat model: grey portraits get natural colours, photo and drawing stay aligned."""

from __future__ import annotations

import numpy as np
import pytest

from stylize.faces import align
from stylize.flat.colour import to_lab
from stylize.train_distil import IN_COLOUR, VIEWS, is_bald, is_grey, jitter, pairs_of, tint
from tests.stylize.drawn_face import SIZE, Person, person


@pytest.fixture(scope="module")
def grey() -> Person:
    someone = person()
    light = someone.rgb.mean(-1, keepdims=True).astype(np.uint8)
    return Person(np.repeat(light, 3, -1), someone.mesh, someone.mask, someone.hair, someone.skin, someone.shirt)


def test_grey_is_told_from_colour(grey: Person) -> None:
    assert is_grey(grey.rgb)
    assert not is_grey(person().rgb)


def test_skin_gets_the_hue_of_skin_and_keeps_its_light(grey: Person) -> None:
    out = tint(grey.rgb, grey.mesh, grey.mask, np.random.default_rng(1))
    lab = to_lab(out)[150:170, 140:160].reshape(-1, 3)
    hue = np.degrees(np.arctan2(np.median(lab[:, 2]), np.median(lab[:, 1])))
    assert 40 < hue < 75
    before, after = (to_lab(x)[..., 0][grey.skin] for x in (grey.rgb, out))
    assert np.corrcoef(before, after)[0, 1] > 0.8
    assert not np.array_equal(out, tint(grey.rgb, grey.mesh, grey.mask, np.random.default_rng(2)))


def test_pairs_are_aligned_and_varied(grey: Person) -> None:
    first, second, far = pairs_of(grey.rgb, grey.mesh, grey.mask, np.random.default_rng(5))
    assert first.photo.shape == first.drawing.shape == (256, 256, 3)
    assert not np.array_equal(first.photo, second.photo)
    skin = [(to_lab(pair.drawing)[..., 1:] > (4, 8)).all(-1).sum() for pair in (first, far)]
    assert skin[1] < 0.75 * skin[0]         # the face is smaller from further away
    for pair in (first, second, far):
        photo, drawing = (x.astype(float).mean(-1)[::4, ::4].ravel() for x in (pair.photo, pair.drawing))
        assert np.corrcoef(photo, drawing)[0, 1] > 0.6


def test_no_jitter_is_the_alignment_itself(grey: Person) -> None:
    to_crop = align(grey.mesh, SIZE)
    assert np.allclose(jitter(to_crop, np.random.default_rng(0), 0.0), to_crop)
    assert not np.allclose(jitter(to_crop, np.random.default_rng(0), 1.0), to_crop)


def test_colour_photos_are_seen_more_often() -> None:
    someone = person()
    made = list(pairs_of(someone.rgb, someone.mesh, someone.mask, np.random.default_rng(5)))
    assert len(made) == IN_COLOUR * len(VIEWS)


def test_hair_that_was_lost_is_seen(grey: Person) -> None:
    drawing = next(pairs_of(grey.rgb, grey.mesh, grey.mask, np.random.default_rng(5))).drawing
    assert not is_bald(drawing)
    shaved = drawing.copy()
    shaved[:60] = drawing[145, 95]
    assert is_bald(shaved)
