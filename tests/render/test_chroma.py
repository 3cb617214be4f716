"""The chroma colour keeps away from what the character wears."""

from __future__ import annotations

import pytest

from render.chroma import CANDIDATES, chroma
from tests.render.scenes import ellipse, part_of, puppet_of

SKIN = (245, 215, 195)


@pytest.mark.parametrize(("dress", "wanted"), [
    ((60, 60, 70), (0, 255, 0)), ((200, 40, 50), (0, 255, 0)), ((40, 190, 60), (0, 0, 255)),
])  # fmt: skip
def test_green_unless_she_wears_it(dress: tuple[int, int, int], wanted: tuple[int, int, int]) -> None:
    parts = [part_of(ellipse((60, 50), (40, 40), SKIN), "face"), part_of(ellipse((80, 80), (40, 30), dress), "dress")]
    assert chroma(puppet_of(*parts)) == wanted


def test_hidden_parts_and_nothing_at_all_do_not_count() -> None:
    hidden = part_of(ellipse((60, 50), (40, 40), (0, 255, 0)), "window", drawn=False)
    seen = part_of(ellipse((60, 50), (40, 40), SKIN), "face")
    assert chroma(puppet_of(hidden, seen)) == CANDIDATES[0] == chroma(puppet_of())


def test_green_and_blue_clothes_get_a_third_colour() -> None:
    green, blue = ellipse((40, 60), (30, 30), (20, 220, 40)), ellipse((110, 60), (30, 30), (30, 40, 230))
    assert chroma(puppet_of(part_of(green), part_of(blue))) not in CANDIDATES[:2]
