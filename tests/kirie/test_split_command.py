"""`kirie split`, and pictures on the way through `kirie rig`: with votes made from a known truth instead of the network's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kirie
from layering import read_layers
from layering.artwork import Artwork
from layering.stack import LayerStack
from tests.kirie.conftest import Answer
from tests.layering.test_vote_parts import character

Say = Callable[..., Answer]


def files(folder: Path) -> list[str]:
    return sorted(x.name for x in folder.iterdir())


def test_writes_a_psd_and_a_sheet_beside_the_picture(say: Say, picture: Path) -> None:
    answer = say("split", picture)
    assert answer.code == 0, answer.err
    assert answer.last == str(picture.with_suffix(".psd"))
    assert files(picture.parent) == ["girl.layers.png", "girl.png", "girl.psd"]
    stack = read_layers(picture.with_suffix(".psd"))
    assert stack.canvas == (320, 320)
    rgba = np.array(Image.open(picture))
    assert np.abs(stack.composite().astype(int) - rgba)[rgba[..., 3] > 250].max() <= 1
    assert round(Image.open(picture.with_suffix(".psd")).info.get("dpi", (300, 300))[0]) == 300


def test_tells_each_part_and_what_is_missing(say: Say, picture: Path) -> None:
    answer = say("split", picture)
    assert any(line.split()[0] == "mouth" and line.endswith("%") for line in answer.out.splitlines())
    rgba = np.array(Image.open(picture))
    rgba[225:] = 0                                          # no clothes
    rgba[205:, :, 3] = 0
    Image.fromarray(rgba).save(picture.with_name("head.png"))
    answer = say("split", picture.with_name("head.png"))
    assert "not found: neck, clothes" in answer.err


def test_json(say: Say, picture: Path) -> None:
    told = json.loads(say("split", picture, "--json").out)
    assert told["files"][-1] == str(picture.with_suffix(".psd"))
    assert told["canvas"] == [320, 320] and told["missing"] == []
    assert {x["part"] for x in told["found"]} >= {"face", "mouth", "irides"}
    assert all(0 < x["confidence"] <= 1 for x in told["found"])
    assert any(x["name"].startswith("irides-l") for x in told["layers"])


def test_a_corrected_psd_is_never_overwritten(say: Say, picture: Path) -> None:
    psd = picture.with_suffix(".psd")
    assert say("split", picture).code == 0 == say("split", picture).code
    psd.write_bytes(psd.read_bytes() + b" ")
    mine = psd.read_bytes()
    for command in ("split", "rig"):
        answer = say(command, picture)
        assert answer.code == 1
        assert "may hold corrections" in answer.err and f"kirie rig {psd}" in answer.err
        assert psd.read_bytes() == mine
    assert say("split", picture, "-o", picture.with_name("other.psd")).code == 0
    assert say("split", picture, "--force").code == 0
    assert psd.read_bytes() != mine


def test_groups(say: Say, picture: Path) -> None:
    from psd_tools import PSDImage

    assert say("split", picture, "--groups").code == 0
    assert any(x.is_group() for x in PSDImage.open(picture.with_suffix(".psd")))
    assert len(read_layers(picture.with_suffix(".psd")).find("mouth")) == 1


def test_keep_and_colours(say: Say, picture: Path) -> None:
    assert say("split", picture, "--keep", "stages", "--colours", "6").code == 0
    kept = np.array(Image.open("stages/2-palette.png"))
    assert len(files(Path("stages"))) == 5
    assert 2 < len(np.unique(kept.reshape(-1, 4), axis=0)) < 20


def test_rig_splits_on_the_way(say: Say, picture: Path) -> None:
    answer = say("rig", picture)
    assert answer.code == 0, answer.err
    assert files(picture.parent) == ["girl.layers.png", "girl.png", "girl.psd", "girl.puppet"]


def test_the_library_goes_from_picture_to_puppet(picture: Path) -> None:
    artwork = kirie.load(picture)
    assert isinstance(artwork, Artwork)
    stack = kirie.split(artwork)
    assert isinstance(stack, LayerStack) and stack.find("mouth")
    assert kirie.rig(artwork).name == "girl"


@pytest.mark.parametrize(("name", "data", "says"), [
    ("x.png", b"\x89PNG\r\n\x1a\n", "x.png"), ("x.jpg", b"hello", "not a picture"), ("x.psd", b"8BPS", "layers already"),
])  # fmt: skip
def test_bad_files_are_one_line(name: str, data: bytes, says: str, say: Say, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    answer = say("split", tmp_path / name)
    assert answer.code in (1, 2) and says in answer.err
    assert len(answer.err.strip().splitlines()) <= 2


def test_missing_weights_are_one_line(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layering.classify.MODEL", tmp_path / "none.onnx")
    Image.fromarray(character()[0]).save(tmp_path / "girl.png")
    answer = say("split", tmp_path / "girl.png")
    assert answer.code == 1 and "weights are missing" in answer.err
    assert not (tmp_path / "girl.psd").exists()


def test_training_names_the_extra(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "layering.train", raising=False)
    answer = say("train", "parts", "--work", "w")
    assert answer.code == 1
    assert "training needs torch" in answer.err and "run.py train" in answer.err
