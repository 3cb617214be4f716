"""A take comes back as it was written, and whatever is not a take is refused with the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture import read_take, write_take
from kirie.errors import CaptureError
from rig.params import ParameterFrame

HEADER = '{"kirie": "take", "version": 1}\n'
FRAMES = [
    ParameterFrame(0.0, {"ParamAngleX": 3.25, "ParamEyeLOpen": 1.0}),
    ParameterFrame(0.033333, {}, face=False),
    ParameterFrame(0.066667, {"ParamAngleX": -4.0}),
]


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "a.take"
    write_take(path, FRAMES)
    assert read_take(path) == FRAMES
    first, *rest = path.read_text().splitlines()
    assert json.loads(first) == {"kirie": "take", "version": 1}
    assert json.loads(rest[0]) == {"t": 0.0, "face": True, "params": {"ParamAngleX": 3.25, "ParamEyeLOpen": 1.0}}


def test_header_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.take"
    path.write_text('{"t": 0, "params": {"ParamAngleX": 1}}\n\n{"t": 1, "face": false}\n')
    assert read_take(path) == [ParameterFrame(0.0, {"ParamAngleX": 1.0}), ParameterFrame(1.0, {}, False)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no frame"),
        (HEADER, "no frame"),
        ('{"kirie": "puppet", "version": 1}\n', "not a take"),
        ('{"kirie": "take", "version": 2}\n', "version 2"),
        ('{"kirie": "take", "version": true}\n', "line 1"),
        (HEADER + '{"t": 0, "params": {"ParamAngleX": NaN}}\n', "line 2: 'ParamAngleX' is not within"),
        (HEADER + '{"t": 0, "params": {"ParamAngleX": 1e300}}\n', "line 2"),
        (HEADER + '{"t": 0, "params": {"ParamAngleX": "1"}}\n', "line 2: 'ParamAngleX' is not a number"),
        (HEADER + '{"t": 0, "params": {"ParamAngleX": true}}\n', "line 2"),
        (HEADER + '{"t": 0, "params": []}\n', "line 2"),
        (HEADER + '{"t": 0, "face": 1}\n', "line 2"),
        (HEADER + '{"t": Infinity}\n', "line 2"),
        (HEADER + '{"params": {}}\n', "line 2: 't' is not a number"),
        (HEADER + '{"t": 1}\n{"t": 1}\n', "line 3"),
        (HEADER + '{"t": 1}\n{"t": 2, "par', "line 3: the file is cut off"),
        (HEADER + "[1]\n", "line 2: it is not a JSON object"),
        (HEADER + "{" * 30000 + "\n", "line 2"),
        (HEADER + '{"t": 1, "x": "' + "y" * 70000 + '"}\n', "line 2: the line is longer"),
    ],
)
def test_refuses(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.take"
    path.write_text(text)
    with pytest.raises(CaptureError, match=says):
        read_take(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot read"):
        read_take(tmp_path / "none.take")
    with pytest.raises(CaptureError, match="cannot read"):
        read_take(tmp_path)
    with pytest.raises(CaptureError, match="cannot write"):
        write_take(tmp_path / "none" / "a.take", FRAMES)


def test_a_failed_writing_keeps_the_old_take(tmp_path: Path) -> None:
    path = tmp_path / "a.take"
    write_take(path, FRAMES)
    with pytest.raises(CaptureError, match="not a finite number"):
        write_take(path, [ParameterFrame(0.0, {"ParamAngleX": float("nan")})])
    assert read_take(path) == FRAMES
    assert list(tmp_path.iterdir()) == [path]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_garbage_is_refused_or_read(tmp_path: Path, noise: bytes, at: int) -> None:
    path = tmp_path / "a.take"
    good = (HEADER + '{"t": 0.5, "face": true, "params": {"ParamAngleX": 12.5}}\n').encode()
    path.write_bytes(good[:at] + noise + good[at:])
    try:
        frames = read_take(path)
    except CaptureError as error:
        assert str(path) in error.message
    else:
        assert all(isinstance(f, ParameterFrame) for f in frames)
