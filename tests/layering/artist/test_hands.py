"""What tells one hand from another: bent constructions, kinds of shade, glossy strips, crests, kinds of eyes and mouths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layering.artist import random_character
from layering.artist.bend import Bend, random_bend
from layering.artist.build import random_build
from layering.artist.character import random_stance
from layering.artist.easel import Easel
from layering.artist.hair_detail import combed, draw_crest, gloss_strip, scallops, wisps
from layering.artist.mouths import draw_teeth
from layering.artist.palette import brightness, random_palette
from layering.artist.shapes import ellipse
from layering.artist.sheet import Sheet
from layering.artist.style import paint, random_style, shades
from layering.stack import RGBA

HALF = 300


def sheet() -> Sheet:
    """A sheet of 600 px a side whose middle is the origin."""
    return Sheet((2 * HALF, 2 * HALF), lambda curve: curve + HALF)


def pixels(made: Sheet) -> RGBA:
    """uint8 (600, 600, 4), straight alpha."""
    layer = made.layer("x", "face")
    out = np.zeros((2 * HALF, 2 * HALF, 4), np.uint8)
    (x, y), (h, w) = layer.offset, layer.rgba.shape[:2]
    out[y : y + h, x : x + w] = layer.rgba
    return out


@pytest.mark.parametrize("seed", range(12))
def test_a_bend_never_folds_the_figure(seed: int) -> None:
    bend = random_bend(np.random.default_rng(seed))
    x, y = np.meshgrid(np.arange(-200, 201, 3.0), np.arange(-200, 901, 3.0))
    put = bend(np.stack([x.ravel(), y.ravel()], 1)).reshape(*x.shape, 2)
    down, right = np.gradient(put, 3.0, axis=(0, 1))
    area = right[..., 0] * down[..., 1] - right[..., 1] * down[..., 0]
    assert area.min() > 0.4
    assert area.max() < 1.8


def test_bends_differ_and_none_is_the_identity() -> None:
    points = np.array([[0.0, 0.0], [100, 400], [-80, 900]])
    assert np.array_equal(Bend()(points), points)
    moved = [np.abs(random_bend(np.random.default_rng(i))(points) - points).max() for i in range(30)]
    assert min(moved) < 5 < max(moved)


@pytest.mark.parametrize("form", ["crescent", "side", "foot", "blots"])
def test_every_kind_of_shade_stays_in_its_shape_and_is_repeatable(form: str) -> None:
    style = replace(random_style(np.random.default_rng(2)), form=form, tones=2, soft=0.0, weight=0.0, gradient=False, depth=0.4)
    outline, tone = ellipse((0, 0), 150, 200), style.tone("c0a080")
    made = sheet()
    paint(made, outline, tone, style)
    rgba = pixels(made)
    disc = sheet()
    disc.fill(outline, "000000")
    assert ((rgba[..., 3] > 0) == (pixels(disc)[..., 3] > 0)).all()
    inside = rgba[rgba[..., 3] == 255]
    dark = (inside[:, 0] < 0xB0).mean()
    assert 0.01 < dark < 0.75
    again = shades(outline, style, 0.14)
    assert all(np.array_equal(a, b) for a, b in zip(shades(outline, style, 0.14), again, strict=True))


def test_gloss_and_combed_lines_keep_to_the_hair() -> None:
    rng = np.random.default_rng(4)
    build, style, outline = random_build(rng), replace(random_style(rng), weight=3.0), ellipse((0, -60), 110, 80)
    made, tone = sheet(), style.tone("402020")
    made.fill(outline, tone.base)
    before = pixels(made)[..., 3] > 0
    gloss_strip(made, outline, lambda x: np.asarray(-80 + 0 * x), 24.0, "ffffff", rng)
    combed(made, build, 0.0, 12.0, tone, style, rng)
    after = pixels(made)
    assert ((after[..., 3] > 0) == before).all()
    assert (after[HALF - 80, HALF - 40 : HALF + 40, :3] > 200).any()


def test_crest_and_wisps_change_the_silhouette() -> None:
    rng = np.random.default_rng(5)
    build, style = random_build(rng), random_style(rng)
    made = sheet()
    outline = draw_crest(made, build, 15.0, style.tone("806040"), style, rng)
    assert outline[:, 1].min() < -build.top
    assert (pixels(made)[..., 3] > 0).sum() > 5000
    disc, grown = sheet(), sheet()
    shape = ellipse((0, 0), 120, 120)
    for each in (disc, grown):
        each.fill(shape, "806040")
    wisps(grown, shape, style.tone("806040"), style, rng)
    assert (pixels(grown)[..., 3] > 0).sum() > (pixels(disc)[..., 3] > 0).sum() + 30


def test_scallops_end_lower_in_the_middle_of_a_bump_than_between() -> None:
    rng = np.random.default_rng(6)
    build, style = random_build(rng), replace(random_style(rng), weight=0.0)
    made = sheet()
    scallops(made, build, style.tone("806040"), style, rng)
    alpha = pixels(made)[..., 3] > 127
    low = np.array([np.flatnonzero(alpha[:, x]).max() for x in range(HALF - 60, HALF + 60)])
    assert np.ptp(low) > 6


def test_clenched_teeth_are_white_inside_a_line() -> None:
    rng = np.random.default_rng(7)
    stance = random_stance(rng, random_build(rng), 2 * HALF)
    easel = Easel((2 * HALF, 2 * HALF), stance, random_style(rng), random_palette(rng), rng)
    made = sheet()
    draw_teeth(easel, made, 0.0, 40.0, "301010", 2.0, False)
    rgba = pixels(made)
    solid = rgba[rgba[..., 3] == 255][:, :3]
    tones = {brightness(bytes(c).hex()) > 0.85 for c in np.unique(solid, axis=0)}
    assert tones == {True, False}


def test_heads_and_bodies_turn_and_lines_of_hair_may_differ() -> None:
    """Drawn by chance: figures are not mirror pictures of themselves, and not all in the same way."""
    lean = []
    for i in range(12):
        alpha = random_character(np.random.default_rng((5, i)), 128).composite()[..., 3] > 127
        x = np.arange(128.0)
        rows = [(x * r).sum() / r.sum() for r in alpha[20:] if r.any()]
        lean.append(np.ptp(rows))
    assert np.std(lean) > 1
