"""`kirie demo`: what a stranger sees first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from kirie import performance
from kirie.commands import demo
from rig.params import BY_NAME
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


def test_leaves_everything_in_one_folder(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performance, "SECONDS", 0.2)
    monkeypatch.setattr(demo, "FILM_SIDE", 96)
    answer = say("demo")
    assert answer.code == 0, answer.err
    assert answer.last == "demo"
    assert sorted(x.name for x in Path("demo").iterdir()) == [
        "heroine.gif", "heroine.layers.png", "heroine.mp4", "heroine.psd", "heroine.puppet"]  # fmt: skip
    assert "kirie render" in answer.out and "kirie rig your.psd" in answer.out
    assert getattr(Image.open("demo/heroine.gif"), "n_frames", 1) >= 3
    assert Image.open("demo/heroine.layers.png").width > 500
    answer = say("demo")
    assert answer.code == 0, "ours: again is fine"


def test_keeps_what_it_did_not_write(say: Say) -> None:
    Path("demo").mkdir()
    Path("demo/heroine.gif").write_bytes(b"mine")
    answer = say("demo")
    assert answer.code == 1 and "heroine.gif exists" in answer.err
    assert [x.name for x in Path("demo").iterdir()] == ["heroine.gif"]


def test_the_performance_loops_and_stays_in_range() -> None:
    frames = list(performance.performance(60))
    first, last = frames[0].values, frames[-1].values
    assert all(abs(first[name] - last[name]) < 0.02 for name in first)
    for frame in frames:
        assert all(BY_NAME[name].low <= value <= BY_NAME[name].high for name, value in frame.values.items())


def test_the_performance_shows_what_a_puppet_can_do() -> None:
    frames = [f.values for f in performance.performance(60)]
    span = {name: max(f[name] for f in frames) - min(f[name] for f in frames) for name in frames[0]}
    assert span["ParamAngleX"] > 45 and span["ParamAngleY"] > 12 and span["ParamAngleZ"] > 15
    assert span["ParamEyeLOpen"] == 1 and span["ParamMouthOpenY"] > 0.9 and span["ParamMouthForm"] > 1.2


def test_the_performance_has_no_jerks() -> None:
    """A head does not move faster than some 120 degrees a second, at any parameter's default range."""
    frames = [f.values for f in performance.performance(60)]
    fastest = max(abs(b["ParamAngleX"] - a["ParamAngleX"]) * 60 for a, b in pairwise(frames))
    assert fastest < 120
