"""`kirie demo`: what a stranger sees first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image

from capture import demo_performance
from kirie.commands import demo
from kirie.guard import is_ours
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


def test_leaves_everything_in_one_folder(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.demo_performance", lambda: list(islice(demo_performance(), 8)))
    monkeypatch.setattr(demo, "FILM_SIDE", 96)
    answer = say("demo")
    assert answer.code == 0, answer.err
    assert answer.last == "demo"
    assert sorted(x.name for x in Path("demo").iterdir()) == [
        "heroine.gif", "heroine.layers.png", "heroine.mp4", "heroine.png", "heroine.psd", "heroine.puppet"]  # fmt: skip
    assert "kirie render" in answer.out and "kirie rig your.png" in answer.out
    assert getattr(Image.open("demo/heroine.gif"), "n_frames", 1) >= 3
    assert Image.open("demo/heroine.layers.png").width > 500
    assert all(is_ours(x) for x in Path("demo").iterdir()), "so that it can run again"


def test_keeps_what_it_did_not_write(say: Say) -> None:
    Path("demo").mkdir()
    Path("demo/heroine.gif").write_bytes(b"mine")
    answer = say("demo")
    assert answer.code == 1 and "heroine.gif exists" in answer.err
    assert [x.name for x in Path("demo").iterdir()] == ["heroine.gif"]
