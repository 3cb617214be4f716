"""Border pixels are unmixed into alpha and the two clean colours."""

from __future__ import annotations

import numpy as np
import pytest

from layering.matte import Matte, unmix
from layering.stack import RGBA, LayerStack
from tests.layering.cutouts import HAIR, LASH, SKIN, box, ellipse, sheet, stack_of


def scene(front: RGBA, behind: RGBA) -> tuple[RGBA, Matte]:
    """A picture of two layers and its matte; slot 1 is in front."""
    picture = stack_of([("face", behind), ("front hair", front)]).composite()
    owner = np.where(front[..., 3] > 127, 1, np.where(behind[..., 3] > 127, 0, -1)).astype(np.int16)
    return picture, unmix(picture, owner, picture[..., 3] == 255)


@pytest.fixture(scope="module")
def disc() -> tuple[RGBA, RGBA, Matte]:
    """A disc of hair on skin: its true layer, the picture, the matte."""
    front = sheet(HAIR, ellipse(120, 120, 50, 50))
    return front, *scene(front, sheet(SKIN, box(10, 10, 230, 230)))


def test_alpha_is_that_of_the_true_layer(disc: tuple[RGBA, RGBA, Matte]) -> None:
    front, _, matte = disc
    true = front[matte.rows, matte.columns, 3].astype(int)
    assert len(true) > 150
    assert np.median(np.abs(matte.alpha.astype(int) - true)) <= 4
    assert np.abs(matte.alpha.astype(int) - true).max() <= 40


def test_every_mixed_pixel_is_found(disc: tuple[RGBA, RGBA, Matte]) -> None:
    front, _, matte = disc
    mixed = (front[..., 3] > 20) & (front[..., 3] < 235)
    found = np.zeros(mixed.shape, bool)
    found[matte.rows, matte.columns] = True
    assert found[mixed].mean() > 0.97


def test_colours_are_clean(disc: tuple[RGBA, RGBA, Matte]) -> None:
    _, _, matte = disc
    strong = matte.alpha > 60
    assert np.abs(matte.front_colour[strong].astype(int) - HAIR).max() <= 12
    assert np.abs(matte.behind_colour.astype(int) - SKIN).max() <= 6


def test_the_mix_is_the_picture_to_the_level(disc: tuple[RGBA, RGBA, Matte]) -> None:
    _, picture, matte = disc
    a = matte.alpha[:, None] / 255
    mixed = a * matte.front_colour + (1 - a) * matte.behind_colour
    assert np.abs(mixed - picture[matte.rows, matte.columns, :3]).max() <= 1


def test_a_line_two_pixels_thin_has_its_full_colour() -> None:
    line = sheet(LASH, box(60, 118.5, 180, 120.5))
    _, matte = scene(line, sheet(SKIN, box(10, 10, 230, 230)))
    inner = (matte.columns > 64) & (matte.columns < 176) & (matte.alpha > 60)
    assert inner.any()
    assert np.abs(matte.front_colour[inner].astype(int) - LASH).max() <= 30


def test_an_edge_between_colours_alike_is_soft_and_changes_nothing() -> None:
    """Where the picture shows no edge, the cut is soft by its form, lest it shows its steps when the front part moves."""
    front = sheet(SKIN, ellipse(120, 120, 50, 50))
    picture, matte = scene(front, sheet((250, 222, 202), box(10, 10, 230, 230)))
    shown = picture[matte.rows, matte.columns, :3]
    assert (matte.front_colour == shown).all() and (matte.behind_colour == shown).all()
    away = 50 - np.hypot(matte.columns + 0.5 - 120, matte.rows + 0.5 - 120)
    assert np.abs(away).max() < 4 and len(away) > 2 * 314, "a ring a few px wide"
    assert np.corrcoef(away, matte.alpha)[0, 1] > 0.9, "from clear to opaque across it"


def test_an_outline_whose_edge_was_left_behind_is_taken_to_the_front() -> None:
    """The label map cuts a px off a dark outline: that px must not stay as a ghost on the part behind."""
    front = sheet(HAIR, ellipse(120, 120, 50, 50))
    rim = np.asarray(sheet(LASH, ellipse(120, 120, 52, 52)))
    behind = sheet(SKIN, box(10, 10, 230, 230))
    picture = LayerStack((240, 240), tuple(stack_of([("face", behind), ("a", rim), ("b", front)]).layers)).composite()
    inner = sheet(LASH, ellipse(120, 120, 51, 51))
    owner = np.where(inner[..., 3] > 127, 1, np.where(behind[..., 3] > 127, 0, -1)).astype(np.int16)
    matte = unmix(picture, owner, picture[..., 3] == 255)
    left = matte.behind_colour[matte.behind == 0].astype(int)
    assert len(left) > 100
    assert np.mean(np.abs(left - SKIN).max(1) <= 12) > 0.95
