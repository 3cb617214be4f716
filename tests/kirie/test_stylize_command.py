"""`kirie stylize`: files, options and what it says; who is in the photo is told by a stand-in for MediaPipe."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from kirie import stylizing
from kirie.cli import main
from layering import read_layers
from rig import build
from tests.stylize.drawn_face import Person, person

if TYPE_CHECKING:
    from collections.abc import Iterator


class Seer:
    """Finds the synthetic person, or who it is told to."""

    def __init__(self, someone: Person, count: int = 1) -> None:
        self.someone, self.count = someone, count

    def faces(self, rgb: np.ndarray) -> list[np.ndarray]:
        return [self.someone.mesh] * self.count

    def mask(self, rgb: np.ndarray) -> np.ndarray:
        return self.someone.mask


def see(monkeypatch: pytest.MonkeyPatch, seer: Seer) -> None:
    @contextmanager
    def found() -> Iterator[Seer]:
        yield seer

    monkeypatch.setattr(stylizing, "seer", found)


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    someone = person()
    see(monkeypatch, Seer(someone))
    path = tmp_path / "me.png"
    Image.fromarray(someone.rgb).save(path)
    return path


def test_a_photo_becomes_a_picture_beside_it(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(photo)]) == 0
    target = photo.with_name("me.anime.png")
    assert capsys.readouterr().out.strip() == str(target)
    drawn = np.asarray(Image.open(target))
    assert drawn.shape == (400, 300, 4)
    assert drawn[5, 5, 3] == 0
    assert drawn[180, 150, 3] == 255


def test_layers_can_be_rigged_at_once(photo: Path) -> None:
    target = photo.with_name("me.psd")
    assert main(["stylize", str(photo), "-o", str(target)]) == 0
    stack = read_layers(target)
    assert {"face", "neck", "mouth", "front hair", "topwear", "irides", "eyelash"} <= {x.part for x in stack.layers}
    assert {x.side for x in stack.layers if x.part == "irides"} == {"l", "r"}
    puppet = build(stack, "me")
    names = {p.name for p in puppet.parameters}
    assert {"ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY", "ParamAngleX", "ParamBrowLY"} <= names


def test_grounds_and_strength(photo: Path) -> None:
    target = photo.with_name("out.png")
    assert main(["stylize", str(photo), "-o", str(target), "--background", "keep", "--strength", "0"]) == 0
    drawn, before = np.asarray(Image.open(target)), np.asarray(Image.open(photo))
    assert (drawn[..., 3] == 255).all()
    assert np.abs(drawn[150:220, 130:170, :3].astype(int) - before[150:220, 130:170]).max() <= 1


def test_nobody_is_one_line_and_a_way_on(photo: Path, monkeypatch: pytest.MonkeyPatch,
                                         capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    see(monkeypatch, Seer(person(), count=0))
    assert main(["stylize", str(photo)]) == 1
    said = capsys.readouterr().err
    assert "error: no face was found in" in said
    assert "kirie rig" in said
    assert not photo.with_name("me.anime.png").exists()


def test_several_faces_are_told(photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    see(monkeypatch, Seer(person(), count=2))
    assert main(["stylize", str(photo), "-o", str(photo.with_name("a.psd"))]) == 0
    assert "2 faces were found" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--strength", "0.5"], ["--background", "keep"], ["--model", "x.onnx"]])
def test_layers_take_no_options_of_pictures(photo: Path, option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(photo), "-o", str(photo.with_name("a.psd")), *option]) == 2
    assert "flat model alone" in capsys.readouterr().err
