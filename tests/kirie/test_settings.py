"""What was set for a puppet comes back, and whatever else stands in those files does no harm."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kirie.settings import KEPT, PAUSE, VERSION, Memory, Settings, _checked, folder, read

SET = Settings((400, 300), False, True, False, 1.5, (0.25, -0.5), {"camera": False}, "park.png", 2, {"ParamAngleX": 1.5},
               ("eyewear",), "input")  # fmt: skip


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    path = tmp_path / "girl.puppet"
    path.write_bytes(b"a puppet")
    return path


def test_settings_come_back_for_the_same_drawing_and_no_other(drawing: Path, tmp_path: Path) -> None:
    assert Memory(drawing).settings == Settings()
    Memory(drawing).keep(SET, 0.0)
    assert Memory(drawing).settings == SET
    other = tmp_path / "other.puppet"
    other.write_bytes(b"another")
    assert Memory(other).settings == Settings()


def test_a_drawing_keeps_them_where_it_moves_and_when_it_is_painted_on(drawing: Path) -> None:
    Memory(drawing).keep(SET, 0.0)
    moved = drawing.rename(drawing.with_name("renamed.puppet"))
    assert Memory(moved).settings == SET
    moved.rename(drawing)
    drawing.write_bytes(b"painted on")
    memory = Memory(drawing)
    assert memory.settings == SET
    memory.keep(SET, 0.0)                                   # under the new content, and only there
    assert list(folder().glob("*.json")) == [memory.file]


def test_it_writes_when_something_changed_and_not_at_once_again(drawing: Path) -> None:
    memory = Memory(drawing)
    memory.keep(SET, 10.0)
    stamp = memory.file.stat().st_mtime_ns
    memory.keep(replace(SET, zoom=2.0), 10.0 + PAUSE / 2)
    memory.keep(SET, 20.0)
    assert memory.file.stat().st_mtime_ns == stamp
    memory.keep(replace(SET, zoom=2.0), 21.0)
    assert read(memory.file).zoom == 2.0 and json.loads(memory.file.read_text())["version"] == VERSION


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"zoom": 2}', "[" * 20_000, "\x00",
                                  '{"version": 1, "a": "' + "x" * 70_000 + '"}'])  # fmt: skip
def test_broken_files_are_told_and_forgotten(drawing: Path, text: str) -> None:
    told: list[str] = []
    memory = Memory(drawing)
    memory.keep(SET, 0.0)
    memory.file.write_text(text)
    assert Memory(drawing, told.append).settings == Settings() and "cannot be read" in told[0]
    Memory(drawing).keep(SET, 0.0)
    assert Memory(drawing, told.append).settings == SET and len(told) == 1


def test_a_newer_version_says_so(drawing: Path) -> None:
    memory, told = Memory(drawing), list[str]()
    memory.keep(SET, 0.0)
    memory.file.write_text(json.dumps({"version": VERSION + 1, "zoom": 2.0}))
    assert Memory(drawing, told.append).settings == Settings() and "another version" in told[0]


def test_what_is_out_of_range_stands_at_its_default() -> None:
    wild: dict[str, Any] = {
        "version": VERSION, "size": [0, 9e9], "zoom": 1e300, "shift": [1, None], "border": "yes", "ground": -4, "panel": 5,
        "sensitivity": {"ParamAngleX": "2", "ParamAngleY": 3}, "hidden": ["hat", 7], "mirrored": {"camera": 1},
        "background": "x" * 5000}  # fmt: skip
    assert _checked(wild) == Settings(sensitivity={"ParamAngleX": 1.0, "ParamAngleY": 3.0}, hidden=("hat",))


SINGLE = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)
JSON = st.recursive(SINGLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))


@given(st.dictionaries(st.sampled_from(list(Settings.__dataclass_fields__)), JSON))
def test_no_data_makes_settings_that_cannot_be(data: dict[str, Any]) -> None:
    found = _checked(data)
    assert 0.2 <= found.zoom <= 12 and all(abs(x) <= 12 for x in found.shift) and 0 <= found.ground < 100
    assert found.size is None or all(16 <= side <= 8192 for side in found.size)
    assert all(0 <= x <= 10 for x in found.sensitivity.values())


def test_a_folder_that_cannot_be_written_is_told_once(drawing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    folder().parent.mkdir(parents=True)
    folder().write_text("a file where the folder should be")
    memory = Memory(drawing, told.append)
    for i in range(5):
        memory.keep(replace(SET, zoom=1.0 + i), 10.0 * i)
    assert len(told) == 1 and "cannot be kept" in told[0]


def test_only_so_many_puppets_are_remembered(drawing: Path) -> None:
    folder().mkdir(parents=True)
    for i in range(KEPT + 5):
        old = folder() / f"{i:04d}-x.json"
        old.write_text("{}")
        os.utime(old, (i, i))
    memory = Memory(drawing)
    memory.keep(SET, 0.0)
    left = sorted(p.name for p in folder().glob("*.json"))
    assert len(left) == KEPT and memory.file.name in left and "0000-x.json" not in left
