"""Writing beside and renaming: a target has its old content or its new one, never half of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kirie.files import atomic


def test_replaces_when_the_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old", "utf-8")
    with atomic(target) as beside:
        assert (beside.parent, beside.suffix) == (tmp_path, ".txt")
        beside.write_text("new", "utf-8")
        assert target.read_text("utf-8") == "old"
    assert target.read_text("utf-8") == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(143)])
def test_keeps_the_old_content_whatever_goes_wrong(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old", "utf-8")
    with pytest.raises(type(error)), atomic(target) as beside:
        beside.write_text("ha", "utf-8")
        raise error
    assert target.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_makes_ordinary_files(tmp_path: Path) -> None:
    with atomic(tmp_path / "a") as beside:
        beside.write_text("", "utf-8")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask
