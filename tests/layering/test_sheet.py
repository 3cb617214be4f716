"""The exploded sheet: what a person must be able to find on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from layering import LayerStack, exploded_sheet, read_layers
from layering.sheet import AMBER, CAPTION, GAP, PAPER, TILE_H, TILE_W
from layering.stack import RGBA, Note
from tests.layering.files import SIZE, drawn, ellipses, face_psd, layer


def has(sheet: RGBA, colour: str, least: int) -> bool:
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((sheet[..., :3] == wanted).all(-1).sum()) >= least


def test_shows_the_rest_pose_and_each_layer(tmp_path: Path) -> None:
    stack = read_layers(face_psd(tmp_path / "x.psd"))
    sheet = exploded_sheet(stack)
    assert sheet.dtype == np.uint8 and sheet.shape[2] == 4 and (sheet[..., 3] == 255).all()
    for part in ("face", "topwear", "front hair"):     # drawn in colours of their own, on the whole and on a tile
        (drawn_layer,) = stack.find(part)
        colour = drawn_layer.rgba[drawn_layer.rgba[..., 3] == 255][0, :3]
        assert has(sheet, "#" + bytes(colour).hex(), 300)
    area = len(stack.layers) * TILE_W * (TILE_H + CAPTION + GAP)
    assert sheet.shape[0] * sheet.shape[1] > area


def test_marks_what_rest_does_not_show_and_what_is_guessed() -> None:
    face = layer("face", "face", ellipses(((30, 25, 90, 105),), (10, 20, 30, 255)))
    plain = LayerStack(SIZE, (face,))
    assert not has(exploded_sheet(plain), AMBER, 1)
    assert has(exploded_sheet(replace(plain, notes=(Note("face", "by where it lies", "guessed"),))), AMBER, 10)
    hidden = LayerStack(SIZE, (face, layer("m", "mouth", drawn("mouth_open"), state="open", shown=False)))
    assert has(exploded_sheet(hidden), AMBER, 2 * (TILE_W + TILE_H))


def test_any_name_and_size_can_be_shown() -> None:
    dot = layer("x" * 300, "hair", ellipses(((60, 60, 61, 61),), (1, 2, 3, 255)))
    japanese = layer("前髪", "front hair", drawn("front hair"))
    wide = LayerStack((2000, 60), (dot, japanese, replace(dot, name="")))
    sheet = exploded_sheet(wide)
    assert has(sheet, PAPER, 1000) and max(sheet.shape) < 4000
