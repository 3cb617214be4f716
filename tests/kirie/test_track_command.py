"""`kirie track`: what it writes, what it tells, what it refuses. How well it sees is measured elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from capture import read_take
from render import write_film
from rig.params import ParameterFrame
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A film of nobody."""
    path = tmp_path / "clips" / "me.mp4"
    path.parent.mkdir()
    write_film(path, iter([np.full((96, 128, 4), 128, np.uint8)] * 6), 30)
    return path


def nodding(*_given: object) -> Iterator[ParameterFrame]:
    """Stands for a face in the clip, seen in two of three frames."""
    for i in range(3):
        yield ParameterFrame(i / 30, {"ParamAngleY": 5.0 * i} if i else {}, face=i > 0)


def test_writes_a_take_beside_the_video(say: Say, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.track", nodding, raising=False)
    answer = say("track", clip)
    assert answer.code == 0, answer.err
    assert answer.last == str(clip.with_suffix(".take"))
    assert [f.face for f in read_take(clip.with_suffix(".take"))] == [False, True, True]


def test_json(say: Say, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.track", nodding, raising=False)
    told = json.loads(say("track", clip, "--json").out)
    assert told == {"files": [str(clip.with_suffix(".take"))], "frames": 3, "with_face": 2, "seconds": 0.067}


@pytest.mark.parametrize("command", ["track", "render"])
def test_a_video_without_a_face(say: Say, clip: Path, puppet: Path, command: str) -> None:
    words = [clip] if command == "track" else [puppet, "--video", clip]
    answer = say(command, *words)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[0] == f"error: no face was found in {clip}"
    assert len(answer.err.splitlines()) == 2
    assert [x.name for x in clip.parent.iterdir()] == ["me.mp4"]


@pytest.mark.parametrize("content", [b"", b"no film at all", b"\0\0\0\x18ftypmp42" + b"\0" * 200])
def test_what_is_no_video(say: Say, clip: Path, content: bytes) -> None:
    clip.write_bytes(content)
    answer = say("track", clip)
    assert (answer.code, answer.out) == (1, "")
    assert [line[:6] for line in answer.err.splitlines()] == ["error:", "hint: "], answer.err


def test_the_take_of_someone_else_is_kept_before_any_work(say: Say, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.track", lambda *_: pytest.fail("it went on"), raising=False)
    clip.with_suffix(".take").write_text("mine", "utf-8")
    assert say("track", clip).code == 1
