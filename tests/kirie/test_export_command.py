"""`kirie export`: one file, never over someone else's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kirie.settings import Memory, Settings
from render.webpage import page
from rig import load
from rig.puppet import Puppet
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


def test_a_page_is_written_beside_the_puppet(say: Say, puppet: Path) -> None:
    answer = say("export", puppet)
    written = puppet.with_suffix(".html")
    assert answer.code == 0 and answer.last == str(written)
    girl = load(puppet)
    assert isinstance(girl, Puppet) and written.read_text("utf-8") == page(girl)
    assert isinstance(girl, Puppet) and written.read_text("utf-8") == page(girl)
    assert say("export", puppet).code == 0                  # our own, unchanged


def test_what_is_off_in_the_window_is_off_in_the_page(say: Say, puppet: Path) -> None:
    Memory(puppet).keep(Settings(hidden=("front hair",)), 0.0)
    answer = say("export", puppet)
    assert answer.code == 0 and "left out, as in the window: front hair" in answer.err
    assert puppet.with_suffix(".html").read_text("utf-8") == page(load(puppet), ["front hair"])


def test_a_drawing_is_rigged_on_the_way(say: Say, drawing: Path, tmp_path: Path) -> None:
    assert say("export", drawing, "-o", tmp_path / "her.html").code == 0
    assert 'id="puppet"' in (tmp_path / "her.html").read_text("utf-8")


def test_someone_else_s_page_is_kept(say: Say, puppet: Path) -> None:
    puppet.with_suffix(".html").write_text("mine")
    answer = say("export", puppet)
    assert answer.code == 1 and "--force" in answer.err
    assert puppet.with_suffix(".html").read_text() == "mine"
    assert say("export", puppet, "-o", "girl.txt").code == 2
