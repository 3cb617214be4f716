"""`import kirie`: load, rig, render; and the example that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

import kirie
from examples import psd_to_frames
from layering.stack import LayerStack
from rig.puppet import Puppet


def test_load_knows_kinds_by_suffix(drawing: Path, puppet: Path, tmp_path: Path) -> None:
    assert isinstance(kirie.load(drawing), LayerStack)
    assert isinstance(kirie.load(str(puppet)), Puppet)
    with pytest.raises(kirie.KirieError, match="there is no file"):
        kirie.load(tmp_path / "none.psd")
    (tmp_path / "girl.txt").write_text("", "utf-8")
    with pytest.raises(kirie.KirieError, match="neither a picture, a layered drawing nor a puppet"):
        kirie.load(tmp_path / "girl.txt")


def test_errors_are_typed(drawing: Path, puppet: Path) -> None:
    drawing.write_bytes(b"8BPS")
    puppet.write_bytes(b"PK")
    with pytest.raises(kirie.LayeringError):
        kirie.load(drawing)
    with pytest.raises(kirie.RigError):
        kirie.load(puppet)


def test_rig_takes_a_puppet_as_it_is(puppet: Path) -> None:
    loaded = kirie.load(puppet)
    assert kirie.rig(loaded) is loaded


def test_a_puppet_poses_itself(puppet: Path) -> None:
    loaded = kirie.rig(kirie.load(puppet))
    rest, turned = loaded.pose({}), loaded.pose({"ParamAngleX": 20})
    assert rest.vertices.shape == turned.vertices.shape
    assert abs(rest.vertices - turned.vertices).max() > 1


def test_silent(drawing: Path, capfd: pytest.CaptureFixture[str]) -> None:
    puppet = kirie.rig(kirie.load(drawing), "girl")
    frames = [kirie.ParameterFrame(0.0), kirie.ParameterFrame(0.1, {"ParamAngleX": 30.0})]
    pictures = [rgba.copy() for rgba in kirie.render(puppet, frames, size=(64, 80), fps=30)]
    assert len(pictures) == 4 and pictures[0].shape == (80, 64, 4)
    assert (pictures[0] != pictures[-1]).any()
    assert capfd.readouterr() == ("", "")


def test_psd_to_frames(drawing: Path, tmp_path: Path) -> None:
    psd_to_frames.main(drawing, tmp_path / "frames", count=4)
    files = sorted((tmp_path / "frames").iterdir())
    assert [x.name for x in files] == ["000.png", "001.png", "002.png", "003.png"]
    assert len({x.read_bytes() for x in files}) >= 3
