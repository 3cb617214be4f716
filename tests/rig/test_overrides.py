"""Overrides: a text file that a person edits, so mistakes in it get a line number and not a traceback."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kirie.errors import RigError
from rig import Overrides, pose, read_overrides, write_overrides
from rig.overrides import ANCHORS
from rig.params import BY_NAME
from rig.strength import strengthen
from tests.rig.puppets import little_puppet

Point = tuple[float, float]
NAMES = st.text(st.characters(codec="utf-8"), max_size=12)
FULL = Overrides(
    anchors={"eye-l": (12.5, 30.0), "head": (-4.0, 1e3)}, depth={"front hair": 12.0, '前髪 "A"\\': -3.5, "a=b [c]": 1.0},
    sway={"": 0.0, "tail\n\x7f": 2.0}, strength={"ParamAngleX": 0.8}, curvature=1.25)  # fmt: skip


def test_round_trip(tmp_path: Path) -> None:
    write_overrides(tmp_path / "o.toml", FULL)
    assert read_overrides(tmp_path / "o.toml") == FULL
    assert [p.name for p in tmp_path.iterdir()] == ["o.toml"]


@given(st.dictionaries(NAMES, st.floats(0, 5)), st.dictionaries(NAMES, st.floats(-1e4, 1e4)),
       st.dictionaries(st.sampled_from(ANCHORS), st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))))  # fmt: skip
@settings(deadline=None, max_examples=50)
def test_any_names_and_numbers_round_trip(tmp_path_factory: pytest.TempPathFactory, sway: dict[str, float],
                                          depth: dict[str, float], anchors: dict[str, Point]) -> None:  # fmt: skip
    path = tmp_path_factory.getbasetemp() / "any.toml"
    write_overrides(path, Overrides(anchors=anchors, depth=depth, sway=sway))
    assert read_overrides(path) == Overrides(anchors=anchors, depth=depth, sway=sway)


def test_a_new_file_lists_what_was_built_as_comments(tmp_path: Path) -> None:
    path = tmp_path / "o.toml"
    write_overrides(path, replace(Overrides(), depth={"hair": 5.0}), little_puppet())
    assert read_overrides(path) == Overrides(depth={"hair": 5.0}), "comments decide nothing"
    text = path.read_text()
    assert '# "chin" = [200.0, 300.0]' in text and '# "mouth" = 0.0' in text and '# "ParamAngleX" = 1.0' in text
    assert '\n"hair" = 5.0' in text and '# "hair" = 1.0' in text and '# "hair" = 0.0' not in text
    path.write_text(text.replace("# \"", "\""))
    assert read_overrides(path).anchors == {"chin": (200.0, 300.0), "neck": (200.0, 330.0)}, "uncommented, all of it is valid"


BAD = {
    "curvature = 'deep'": ("line 1", "curvature", "number"),
    "curvature = true": ("line 1", "number"),
    "curvature = 9": ("curvature", "between 0 and 3"),
    "[sway]\n'back hair' = nan": ("line 2", "back hair", "between"),
    "[depth]\nhair = inf": ("line 2", "hair"),
    "[depth]\nhair = [1]": ("line 2", "number"),
    "version = 1\n[anchors]\neye_l = [1, 2]": ("line 3", "eye_l", "did you mean eye-l"),
    "[anchors]\nchin = [1]": ("line 2", "chin", "[x, y]"),
    "[anchors]\nchin = [1, 'a']": ("line 2", "chin", "number"),
    "[strength]\nParamAngelX = 2": ("line 2", "did you mean ParamAngleX"),
    "depths = 1": ("line 1", "did you mean depth"),
    "sway = 3": ("line 1", "table", "[sway]"),
    "version = 2": ("newer",),
    "version = 'x'": ("line 1", "version"),
    "[sway\nhair = 1": ("TOML", "line 1"),
    "a = 1\na = 2\n[": ("TOML", "line 2"),
}


@pytest.mark.parametrize("text", BAD)
def test_mistakes_name_line_and_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(RigError) as caught:
        read_overrides(path)
    for word in ("mine.toml", *BAD[text]):
        assert word in str(caught.value)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass"))))
@settings(deadline=None)
def test_garbage_is_refused_by_our_own_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.toml"
    path.write_bytes(data)
    with contextlib.suppress(RigError):
        read_overrides(path)


def test_missing_folder_and_huge_files(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="cannot be read"):
        read_overrides(tmp_path / "none.toml")
    with pytest.raises(RigError, match="cannot be read"):
        read_overrides(tmp_path)
    (tmp_path / "deep.toml").write_text("a = " + "[" * 100_000)
    with pytest.raises(RigError):
        read_overrides(tmp_path / "deep.toml")
    (tmp_path / "huge.toml").write_bytes(b"#" * 2_000_000)
    with pytest.raises(RigError, match="too large"):
        read_overrides(tmp_path / "huge.toml")


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RigError, match="name"):
        write_overrides(tmp_path / "o.toml", Overrides(sway={"\ud800": 1.0}))
    assert not list(tmp_path.iterdir())


def test_strength_scales_one_parameter_only() -> None:
    puppet = little_puppet()
    strong = strengthen(puppet, {"ParamMouthForm": 2.0, "ParamAngleX": 0.5})
    at = {"ParamMouthForm": 1.0}
    rest, grin, wide = pose(puppet, {}).vertices, pose(puppet, at).vertices, pose(strong, at).vertices
    assert np.allclose(wide - rest, 2 * (grin - rest), atol=1e-3)
    assert (pose(strong, {"ParamMouthOpenY": 1.0}).vertices == pose(puppet, {"ParamMouthOpenY": 1.0}).vertices).all()
    assert (pose(strong, {}).vertices == rest).all()
    assert np.allclose(pose(strong, {"ParamAngleX": 20.0}).vertices, pose(puppet, {"ParamAngleX": 10.0}).vertices, atol=1e-3)
    assert strengthen(puppet, {"ParamAngleX": 1.0}) is puppet and BY_NAME["ParamAngleX"] in strong.parameters
