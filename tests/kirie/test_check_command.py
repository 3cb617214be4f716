"""`kirie check`: exit codes, pictures, JSON. What it finds is tested with the rig."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from layering.stack import RGBA
from rig import Finding, Puppet
from rig.puppet import DrawList
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]
Draw = Callable[[DrawList], RGBA]


def finding(kind: str = "hole") -> Finding:
    return Finding(kind, {"ParamAngleX": -30.0}, "neck", 12.0, (1, 2, 3, 4), np.full((8, 8, 4), 200, np.uint8))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What the check will find; the puppet is still drawn, as the real one does."""
    findings = [finding("hole"), finding("fold")]

    def look(puppet: Puppet, draw: Draw, progress: Callable[[float], None]) -> list[Finding]:
        assert np.shape(draw(puppet.pose({}))) == (320, 256, 4)
        progress(1.0)
        return findings

    monkeypatch.setattr("rig.checks.check", look)
    return findings


def test_findings_end_with_3_and_pictures(say: Say, puppet: Path, found: list[Finding]) -> None:
    answer = say("check", puppet)
    assert answer.code == 3
    folder = puppet.with_name("girl.check")
    assert answer.last == str(folder)
    assert sorted(x.name for x in folder.iterdir()) == ["01-hole.png", "02-fold.png"]
    assert Image.open(folder / "01-hole.png").size == (8, 8)
    assert "01-hole.png  a hole opens between neck" in answer.out and "ParamAngleX=-30" in answer.out


def test_an_earlier_check_makes_way(say: Say, puppet: Path, found: list[Finding]) -> None:
    say("check", puppet)
    found[:] = [finding("seam")]
    assert say("check", puppet).code == 3
    folder = puppet.with_name("girl.check")
    assert [x.name for x in folder.iterdir()] == ["01-seam.png"]
    (folder / "mine.png").write_bytes(b"mine")
    found.clear()
    answer = say("check", puppet)
    assert answer.code == 0 and answer.out.endswith("nothing found\n")
    assert [x.name for x in folder.iterdir()] == ["mine.png"]
    (folder / "mine.png").unlink()
    say("check", puppet)
    assert not folder.exists()


def test_json(say: Say, puppet: Path, found: list[Finding]) -> None:
    answer = say("check", puppet, "--json")
    first = json.loads(answer.out)["findings"][0]
    assert answer.code == 3
    assert json.loads(answer.out)["turn"][0]["name"].startswith("nose moves")
    assert first["kind"] == "hole" and first["pose"] == {"ParamAngleX": -30.0}
    assert Path(first["picture"]).exists()


def test_the_turn_of_the_head_is_measured(say: Say, puppet: Path, found: list[Finding]) -> None:
    lines = say("check", puppet).out.splitlines()
    assert lines[0] == "head turned, ParamAngleX -30, +30:"
    assert lines[1].startswith("  nose moves, % of the face") and lines[1].endswith("aim 18..24")


def test_the_real_check_runs(say: Say, puppet: Path) -> None:
    answer = say("check", puppet)
    assert answer.code in (0, 3), answer.err
    assert (answer.code == 3) == puppet.with_name("girl.check").exists()


def test_a_broken_puppet(say: Say, puppet: Path) -> None:
    puppet.write_bytes(puppet.read_bytes()[:500])
    answer = say("check", puppet)
    assert (answer.code, answer.out) == (1, "") and "girl.puppet" in answer.err
