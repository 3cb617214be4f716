"""`kirie train parts`: what it hands to the training, with and without drawings of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kirie.conftest import Answer

pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("torchvision", reason="training needs the extra kirie[train], which `run.py test` installs")

Say = Callable[..., Answer]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `train_parts` was called with, instead of hours of training."""
    calls: list[Any] = []
    monkeypatch.setattr("layering.train.train_parts", lambda work, settings, draw, log: calls.append((work, settings, draw)))
    return calls


def test_own_drawings(say: Say, drawing: Path, tmp_path: Path, trained: list[Any]) -> None:
    work = tmp_path / "deep" / "work"
    answer = say("train", "parts", "--work", work, "--from", drawing.parent,
                 "--characters", "40", "--steps", "7", "--seed", "3")  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.last == str(work / "parts.onnx") and work.is_dir()
    ((given, settings, draw),) = trained
    assert (given, draw.files) == (work, (drawing,))
    assert (settings.characters, settings.held_out, settings.steps, settings.seed) == (40, 8, 7, 3)


def test_without_them_the_artist_draws_all(say: Say, tmp_path: Path, trained: list[Any]) -> None:
    from layering.train_data import draw_by_chance

    assert say("train", "parts", "--work", tmp_path / "work").code == 0
    assert trained[0][2] is draw_by_chance


def test_a_folder_without_layered_drawings_is_told(say: Say, tmp_path: Path, trained: list[Any]) -> None:
    (tmp_path / "photos").mkdir()
    answer = say("train", "parts", "--work", tmp_path / "work", "--from", tmp_path / "photos")
    assert answer.code == 1 and "holds no layered drawings" in answer.err and ".psd" in answer.err
    assert not trained
    assert say("train", "parts", "--work", tmp_path / "work", "--from", tmp_path / "nowhere").code == 2
