"""The palette: few tones, the small ones among them, and no tone for the mixed pixels between two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from layering.palette import Palette, find_palette, reduce, smooth
from tests.layering.pictures import HAIR, LINE, SHIRT, SKIN, bust, ground


def tones(palette: Palette) -> set[tuple[int, ...]]:
    return {tuple(int(v) for v in c) for c in palette.colours}


def test_flat_tones_keep_their_exact_colours() -> None:
    rgba, mask = bust(ground())
    found = tones(find_palette(rgba[..., :3], mask))
    assert {HAIR, SHIRT, SKIN} <= found
    assert len(found) <= 6


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_no_more_colours_than_asked_for(most: int) -> None:
    rgba, mask = bust(ground())
    palette = find_palette(rgba[..., :3], mask, most)
    assert 1 <= len(palette.colours) <= most
    assert palette.shares.sum() == pytest.approx(1)
    reduced = reduce(rgba[..., :3], mask, palette)
    assert (reduced[mask] >= 0).all() and (reduced[~mask] == -1).all() and reduced.max() < len(palette.colours)


def test_a_small_tone_wins_an_entry() -> None:
    rgba, mask = bust(ground(480))
    cv2.circle(rgba, (200, 220), 7, (200, 40, 60, 255), -1)
    assert any(np.abs(np.array(c) - (200, 40, 60)).max() < 8 for c in tones(find_palette(rgba[..., :3], mask)))


def test_mixed_pixels_take_a_tone_that_stands_beside_them() -> None:
    """Black on white with a grey far off: the soft edge between black and white must not become grey."""
    picture = np.full((80, 120, 3), 255, np.uint8)
    cv2.circle(picture, (30, 40), 18, (0, 0, 0), -1, cv2.LINE_AA)
    picture[:, 80:] = 128
    figure = np.ones((80, 120), bool)
    palette = find_palette(picture, figure)
    reduced = reduce(picture, figure, palette)
    grey = int(np.abs(palette.colours.astype(int) - 128).sum(1).argmin())
    assert not (reduced[10:70, 5:60] == grey).any()


def test_grain_is_smoothed_away_and_edges_stay() -> None:
    rgba, mask = bust(ground())
    rng = np.random.default_rng(0)
    noisy = np.clip(rgba[..., :3] + rng.normal(0, 4, (*mask.shape, 3)), 0, 255).astype(np.uint8)
    calm = smooth(np.dstack([noisy, rgba[..., 3]]))
    inside = cv2.erode((np.abs(rgba[..., :3].astype(int) - HAIR).max(-1) == 0).astype(np.uint8), np.ones((9, 9))) > 0
    assert calm[inside].std(0).max() < 0.6 * noisy[inside].std(0).max()
    line = (rgba[..., :3] == LINE).all(-1)
    assert np.abs(calm[line].astype(int) - LINE).mean() < 12


def test_an_empty_figure_has_no_palette() -> None:
    assert len(find_palette(np.zeros((60, 60, 3), np.uint8), np.zeros((60, 60), bool)).colours) == 0


def test_a_hairline_is_not_lost_in_what_it_is_drawn_on() -> None:
    """A mouth line of a pixel and a half never reaches black, and is no skin either."""
    rgba, mask = bust(ground(480))
    cv2.ellipse(rgba, (240, 250), (40, 14), 0, 20, 160, (*LINE, 255), 1, cv2.LINE_AA)
    calm = smooth(rgba)
    reduced = reduce(calm, mask, find_palette(calm, mask))
    line = rgba[..., :3].max(-1) < 150
    line[:240], line[280:], line[:, :190], line[:, 290:] = False, False, False, False
    assert line.sum() > 40
    assert (reduced[line] != reduced[220, 240]).mean() > 0.9
