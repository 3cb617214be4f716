"""Names in any script: with a font that has them, and legible without one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from render import letters
from render.letters import LATIN, font_of, own, readable, runs, spelled
from render.panel import Panel
from render.panel_atlas import atlas_of, codes
from render.panel_monitor import Monitor
from render.panel_pages import Readout, Switch
from render.panel_sketch import Sketch
from render.writing import written

HATS = "帽子"


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system that has no font but Pillow's."""
    monkeypatch.setattr(letters, "_found", lambda letter: None)
    spelled.cache_clear()
    yield
    spelled.cache_clear()


@pytest.fixture
def hats(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A system with a font for two letters, in whose place Pillow's own draws boxes."""
    monkeypatch.setattr(letters, "_found", lambda letter: ("hats.ttf", 0) if letter in HATS else None)
    monkeypatch.setattr(letters, "_opened", lambda font, height: own(height))
    for cached in (spelled, atlas_of):
        cached.cache_clear()
    yield
    for cached in (spelled, atlas_of):
        cached.cache_clear()


def readout(title: str) -> Readout:
    switches = {"props": (Switch(HATS, f"props {HATS}", True, "headwear"), Switch("眼鏡", "props 眼鏡", True, "eyewear"))}
    return Readout(1.0, title, ("60 fps", "カメラ"), "", (), {}, frozenset(), {}, Monitor([]), switches)


@pytest.mark.usefixtures("nothing")
def test_without_a_font_kana_sound_and_the_rest_has_another_name() -> None:
    assert spelled("カメラ") == "kamera" and spelled("めがね 2") == "megane 2" and spelled("Zoë") == "Zoë"
    assert spelled(HATS, "headwear") == "headwear" and spelled(HATS) == "??" and spelled("a\n\x00b") == "ab"
    assert spelled("e\u0301") == "é"                        # as macOS writes it
    assert not readable(HATS) and font_of("帽", 13) is None and font_of("a", 13) is not None
    assert [piece for _, piece in runs("x帽", 13)] == ["x?"]
    assert Switch(HATS, "props", None, "headwear").text == "headwear"


@pytest.mark.usefixtures("hats")
def test_the_panel_has_the_letters_that_it_writes() -> None:
    panel = Panel("more")
    latin = panel.atlas
    batches = panel.draw(readout(HATS), (400, 300), 1.0)
    atlas = panel.atlas
    assert set(HATS) == set(atlas.places) - set(LATIN) and atlas is not latin and batches
    for letter, place in zip(HATS, codes(atlas, HATS), strict=True):
        left, top, right, bottom = atlas.letters[place].tolist()
        height, width = atlas.pixels.shape
        box = atlas.pixels[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
        assert box.max() > 100, letter
    assert codes(atlas, "眼")[0] == codes(atlas, "?")[0]
    assert Sketch(atlas).width(HATS) > 0
    panel.draw(readout("girl"), (400, 300), 1.0)
    assert panel.atlas is atlas                             # letters once met stay, so that nothing is uploaded to and fro


@pytest.mark.usefixtures("hats")
def test_the_help_is_written_with_the_same_letters() -> None:
    same = np.array_equal(written([HATS]), written(["??"]))
    assert not same and written(["a\t" + HATS])[..., :3].max() > 200


def test_the_systems_fonts_are_found() -> None:
    if shutil.which("fc-match") is None:
        pytest.skip("no fontconfig here: apt-get install -y fontconfig fonts-dejavu-core")
    if not readable("Ж"):
        pytest.skip("no font with Cyrillic here: apt-get install -y fonts-dejavu-core")
    font = font_of("Ж", 20)
    assert font is not None and font.getlength("Ж") > 8
    assert font_of("\U0010fffe", 20) is None
