"""`kirie rig`: what it writes, what it tells, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kirie.commands.rig import columns
from layering import Layer, LayerStack, write_psd
from tests.kirie.conftest import Answer
from tests.rig.conftest import little_girl

Say = Callable[..., Answer]


def test_writes_puppet_and_sheet_beside_the_drawing(say: Say, drawing: Path) -> None:
    answer = say("rig", drawing)
    assert answer.code == 0, answer.err
    assert answer.last == str(drawing.with_suffix(".puppet"))
    assert sorted(x.name for x in drawing.parent.iterdir()) == ["girl.layers.png", "girl.psd", "girl.puppet"]
    assert Image.open(drawing.with_name("girl.layers.png")).mode == "RGBA"


def test_lists_every_layer_as_it_was_understood(say: Say, drawing: Path) -> None:
    lines = say("rig", drawing).out.splitlines()
    assert any("front hair" in line for line in lines)
    assert any("irides-l" in line and "irides (left)" in line for line in lines)
    assert any(line.startswith("17 layers") for line in lines)


def test_japanese_names_line_up(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "girl.psd"
    layers = little_girl().layers
    write_psd(LayerStack((256, 320), (replace(layers[0], name="後ろ髪"), *layers[1:])), path)
    lines = [x for x in say("rig", path).out.splitlines() if x.endswith(("back hair", "  face"))]
    assert len(lines) == 2
    assert columns(lines[0][: lines[0].rindex("  ")]) == columns(lines[1][: lines[1].rindex("  ")])


def test_json(say: Say, drawing: Path) -> None:
    told = json.loads(say("rig", drawing, "--json").out)
    assert told["files"][-1] == str(drawing.with_suffix(".puppet"))
    assert {"name": "ears-l", "part": "ears", "side": "l", "state": "", "shown": True} in told["layers"]
    assert told["canvas"] == [256, 320]
    assert told["parameters"]["ParamAngleX"][1] == 0
    assert {"eye-l", "mouth", "neck"} <= set(told["anchors"])


def test_again_is_fine_but_a_changed_file_is_kept(say: Say, drawing: Path) -> None:
    assert say("rig", drawing).code == 0
    assert say("rig", drawing).code == 0
    puppet = drawing.with_suffix(".puppet")
    puppet.write_bytes(b"my own")
    answer = say("rig", drawing)
    assert answer.code == 1
    assert "girl.puppet exists and is not as Kirie wrote it" in answer.err and "--force" in answer.err
    assert puppet.read_bytes() == b"my own"
    assert say("rig", drawing, "--force").code == 0


def test_someone_elses_sheet_is_kept(say: Say, drawing: Path) -> None:
    sheet = drawing.with_name("girl.layers.png")
    sheet.write_bytes(b"theirs")
    assert say("rig", drawing).code == 1
    assert sheet.read_bytes() == b"theirs"
    assert not drawing.with_suffix(".puppet").exists()


def test_overrides_are_written_once_and_read_again(say: Say, drawing: Path) -> None:
    assert say("rig", drawing, "--write-overrides", "--curvature", "1.5").code == 0
    text = drawing.with_name("girl.overrides.toml")
    assert "curvature = 1.5" in text.read_text("utf-8")
    text.write_text("[anchors]\nchin = [128, 190]\n", "utf-8")
    told = json.loads(say("rig", drawing, "--json").out)
    assert told["anchors"]["chin"] == [128, 190]
    assert text.read_text("utf-8").startswith("[anchors]")
    assert say("rig", drawing, "--write-overrides").code == 1            # corrected by hand: kept
    text.write_text("[anchor]\n", "utf-8")
    answer = say("rig", drawing)
    assert answer.code == 1 and "girl.overrides.toml, line 1" in answer.err


def test_another_overrides_file_and_place(say: Say, drawing: Path, tmp_path: Path) -> None:
    text = tmp_path / "mine.toml"
    text.write_text("[anchors]\nmouth = [128, 160]\n", "utf-8")
    answer = say("rig", drawing, "--overrides", text, "-o", tmp_path / "other.puppet", "--json")
    assert json.loads(answer.out)["anchors"]["mouth"] == [128, 160]
    assert (tmp_path / "other.layers.png").exists()


def refusal(answer: Answer) -> str:
    """The error line of a command that failed as it should: two lines, exit code 1."""
    assert (answer.code, answer.out) == (1, ""), answer
    lines = answer.err.splitlines()
    assert [line[:6] for line in lines] == ["error:", "hint: "], answer.err
    assert "unexpected" not in lines[0]
    return lines[0]


@pytest.mark.parametrize("content", [b"", b"8BPS", b"I am no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"PK\x03\x04" * 9])
def test_what_is_no_layered_file(say: Say, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.psd"
    path.write_bytes(content)
    assert "odd.psd" in refusal(say("rig", path))
    assert not path.with_suffix(".puppet").exists()


@pytest.mark.parametrize("share", [0.02, 0.2, 0.4])
def test_a_cut_psd(say: Say, drawing: Path, share: float) -> None:
    data = drawing.read_bytes()
    drawing.write_bytes(data[: int(len(data) * share)])
    assert "girl.psd" in refusal(say("rig", drawing))
    assert [x.name for x in drawing.parent.iterdir()] == ["girl.psd"]


def test_one_flat_layer_is_told_what_to_do(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "flat.psd"
    write_psd(LayerStack((64, 64), (Layer("Background", "objects", np.full((64, 64, 4), 255, np.uint8)),)), path)
    answer = say("rig", path)
    assert "flat" in refusal(answer) and "layers" in answer.err.splitlines()[1]


def test_a_stack_without_a_face(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "tree.psd"
    leaf = Layer("leaf", "objects", np.full((20, 20, 4), 255, np.uint8), (10, 10))
    write_psd(LayerStack((64, 64), (leaf, Layer("trunk", "objects", leaf.rgba, (30, 30)))), path)
    assert refusal(say("rig", path))
