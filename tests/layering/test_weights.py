"""The weights that ship read drawings that they were not trained on: our demo character, and characters drawn by chance."""

from __future__ import annotations

import numpy as np
import pytest

from layering import Artwork
from layering.artist import heroine, random_character
from layering.artist.flat import label_map
from layering.splitting import split
from layering.stack import PARTS, LayerStack

COARSE = ({"front hair", "back hair", "hair"}, {"eyebrow", "eyewhite", "irides", "eyelash", "eye"}, {"mouth"},
          {"headwear", "eyewear", "earwear", "neckwear", "tail", "wings", "objects"})  # fmt: skip
"""Hair, eyes, mouth, others; everything else is body."""


def coarse(stack: LayerStack) -> np.ndarray:
    """int (H, W): -1 outside, else index into COARSE or 4 for the body, of what is seen at each pixel."""
    table = [-1, *(next((i for i, group in enumerate(COARSE) if part in group), 4) for part in PARTS)]
    return np.array(table)[label_map(stack)]


def agreement(stack: LayerStack) -> float:
    """Share of the figure's pixels whose coarse part the split finds again in the flat picture."""
    found, truth = coarse(split(Artwork(stack.composite())).stack), coarse(stack)
    return float((found == truth)[truth >= 0].mean())


def test_the_demo_character_is_read() -> None:
    result = split(Artwork(heroine().composite()))
    found = {x.part for x in result.found}
    assert {"front hair", "face", "eyebrow", "eyewhite", "irides", "eyelash", "mouth", "topwear"} <= found
    assert agreement(heroine()) > 0.93


@pytest.mark.parametrize("seed", [901, 902])
def test_characters_by_chance_are_read(seed: int) -> None:
    assert agreement(random_character(np.random.default_rng(seed), 512)) > 0.85
