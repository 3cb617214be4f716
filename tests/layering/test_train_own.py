"""Training on a person's own layered drawings: half of the samples are theirs, whole, labelled, and of a usual size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kirie.errors import LayeringError
from layering import train_own, write_psd
from layering.stack import RGBA, LayerStack
from layering.train_data import Labels, draw_set
from layering.train_own import SIDE, OwnDrawings
from layering.views import CLASSES
from tests.rig.conftest import little_girl

NONE = np.zeros((1, 1, 4), np.uint8), np.zeros((1, 1), np.uint8)


@pytest.fixture
def art(tmp_path: Path) -> Path:
    """A folder with one layered drawing in a folder of its own, and files of no matter."""
    path = tmp_path / "art" / "done" / "girl.PSD"
    path.parent.mkdir(parents=True)
    write_psd(little_girl(), path)
    (tmp_path / "art" / "notes.txt").write_text("to do", encoding="utf-8")
    return tmp_path / "art"


def never(rng: np.random.Generator) -> tuple[RGBA, Labels]:
    raise AssertionError("the artist draws")


def nobody(rng: np.random.Generator) -> tuple[RGBA, Labels]:
    return NONE


def test_their_pixels_and_their_parts(art: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_own, "SHARE", 1.0)
    monkeypatch.setattr(train_own, "draw_by_chance", never)
    drawings = OwnDrawings(art)
    assert [p.name for p in drawings.files] == ["girl.PSD"]
    rgba, labels = drawings(np.random.default_rng(1))
    assert rgba.shape[:2] == labels.shape and rgba.dtype == labels.dtype == np.uint8
    shown = {CLASSES[c] for c in np.unique(labels)}
    assert shown >= {"outside", "face", "front hair", "topwear", "mouth"}
    assert np.array_equal(labels, drawings(np.random.default_rng(1))[1]), "the same by the same seed"


def test_half_of_the_samples_are_the_artists(art: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_own, "draw_by_chance", nobody)
    rng, drawings = np.random.default_rng(5), OwnDrawings(art)
    theirs = sum(drawings(rng)[0].size > 4 for _ in range(24))
    assert 6 <= theirs <= 18


def test_large_drawings_are_brought_to_a_usual_size(tmp_path: Path) -> None:
    """Where it lies and what it shows stay; a small one stays as it is."""
    girl = little_girl()
    width, height = girl.canvas
    k = 2 * SIDE / max(girl.canvas)
    layers = []
    for layer in girl.layers:
        size = round(layer.size[0] * k), round(layer.size[1] * k)
        large = np.asarray(Image.fromarray(layer.rgba).resize(size, Image.Resampling.NEAREST))
        offset = round(layer.offset[0] * k), round(layer.offset[1] * k)
        layers.append(replace(layer, rgba=large.copy(), offset=offset))
    write_psd(LayerStack((round(width * k), round(height * k)), tuple(layers)), tmp_path / "large.psd")
    write_psd(girl, tmp_path / "small.psd")
    brought = train_own._stack(tmp_path / "large.psd")
    assert max(brought.canvas) == SIDE
    assert train_own._stack(tmp_path / "small.psd").canvas == girl.canvas
    seen = np.asarray(Image.fromarray(brought.composite()).resize(girl.canvas, Image.Resampling.BOX)).astype(int)
    solid = girl.composite()[..., 3] > 250
    assert np.median(np.abs(seen - girl.composite())[solid]) <= 2


def test_drawings_are_drawn_in_other_processes(art: Path, tmp_path: Path) -> None:
    draw_set(tmp_path / "kept", 2, 11, OwnDrawings(art), 1, lambda done: None)
    assert len(list((tmp_path / "kept").glob("*_face_labels.png"))) == 2


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(LayeringError, match="holds no layered drawings") as told:
        OwnDrawings(tmp_path)
    assert ".psd" in str(told.value.hint)
