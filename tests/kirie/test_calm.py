"""A live session prepares its process; other commands leave it alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kirie.calm import COMMANDS, SWITCH, VARIABLE, calm
from kirie.cli import cli
from tests.kirie.conftest import ROOT


def test_algebra_has_one_thread_in_a_live_session_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.getswitchinterval()
    monkeypatch.setenv(VARIABLE, "")                        # for what was there before to come back
    monkeypatch.delenv(VARIABLE)
    try:
        for words in (["split", "girl.png"], [], ["--help"]):
            calm(words)
            assert VARIABLE not in os.environ and sys.getswitchinterval() == before
        calm(["live", "girl.puppet"])
        assert os.environ[VARIABLE] == "1" and sys.getswitchinterval() == pytest.approx(SWITCH)
        monkeypatch.setenv(VARIABLE, "3")
        calm(["serve", "girl.puppet"])
        assert os.environ[VARIABLE] == "3"
    finally:
        sys.setswitchinterval(before)
    assert set(cli.commands) >= COMMANDS


def test_it_comes_before_numpy() -> None:
    code = "import sys; from kirie.cli import main; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_user_is_told_while_mediapipe_is_silenced() -> None:
    code = """
import os, sys
from kirie.calm import calm
calm(["live"])
from capture.quiet import quiet
with quiet():
    print("there is no camera 0", file=sys.stderr)
    os.write(2, b"chatter of a library")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "there is no camera 0\n"
