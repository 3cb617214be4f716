"""`kirie doctor`: each failure with its line to type."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kirie.commands import doctor
from kirie.errors import RenderError
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


def test_all_is_well_where_the_tests_run(say: Say) -> None:
    answer = say("doctor")
    assert answer.code == 0, answer.out
    lines = answer.out.splitlines()
    assert len(lines) == len(doctor.CHECKS) + 2
    assert all(line.startswith("ok ") for line in lines[:-2])
    assert lines[-1] == "try: kirie demo"


def no_gl(_: Path) -> str:
    raise RenderError("OpenGL cannot start", "sudo apt-get install -y libegl1")


def broken(_: Path) -> str:
    raise ImportError("undefined symbol")


def test_failures_name_the_line_to_type(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = doctor.Check("Python", doctor.python_version)
    monkeypatch.setattr(doctor, "CHECKS", (fine, doctor.Check("OpenGL", no_gl), doctor.Check("films", broken)))
    answer = say("doctor")
    assert answer.code == 1
    assert "FAIL  OpenGL          OpenGL cannot start\n      type:           sudo apt-get install -y libegl1" in answer.out
    assert "ImportError: undefined symbol" in answer.out and "run.py doctor" in answer.out
    assert "2 of 3 need a hand" in answer.out
    told = json.loads(say("doctor", "--json").out)
    assert told["OpenGL"] == {"ok": False, "text": "OpenGL cannot start", "fix": "sudo apt-get install -y libegl1"}


def test_missing_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kirie.environment.missing_libraries", lambda: ["libEGL.so.1"])
    result = doctor.examine(doctor.Check("libraries", doctor.libraries))
    assert not result.ok and "libEGL.so.1" in result.text and "libegl1" in result.fix


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE", 1 << 62)
    assert not doctor.examine(doctor.Check("disk", doctor.disk)).ok
