"""The `.take`: a performance as JSON Lines that a person can read, cut and correct.

    {"kirie": "take", "version": 1}
    {"t": 0.0, "face": true, "params": {"ParamAngleX": 3.2, "ParamEyeLOpen": 1.0}}
    {"t": 0.033, "face": false, "params": {}}

One line a frame, t in seconds and strictly increasing. The header may be missing (a take written by hand). The reader
trusts nothing and names the line that it cannot use.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from kirie.errors import CaptureError
from kirie.files import atomic
from rig.params import ParameterFrame

VERSION = 1
MOST_FRAMES = 2_000_000
MOST_LINE = 65_536
MOST_PARAMS = 512
MOST_VALUE = 1_000.0
MOST_TIME = 1_000_000.0


def write_take(path: str | Path, frames: Iterable[ParameterFrame]) -> None:
    """Write `frames` to `path` as they come; the file appears only when the last one is in it.

    Raises CaptureError when a value is not finite or the file cannot be written.
    """
    try:
        with atomic(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as out:
            out.write(json.dumps({"kirie": "take", "version": VERSION}) + "\n")
            for frame in frames:
                out.write(_line(frame) + "\n")
    except OSError as error:
        why = error.strerror or error
        raise CaptureError(f"cannot write the take {path}: {why}", "choose another place with -o") from error


def _line(frame: ParameterFrame) -> str:
    params = {name: round(float(value), 5) for name, value in frame.values.items()}
    try:
        return json.dumps({"t": round(frame.time, 6), "face": frame.face, "params": params}, allow_nan=False)
    except ValueError as error:
        raise CaptureError(f"the frame at {frame.time:.3f} s holds a value that is not a finite number") from error


def read_take(path: str | Path) -> list[ParameterFrame]:
    """The frames of a take. Raises CaptureError, which names the line, for whatever is not a take."""
    try:
        with Path(path).open("rb") as file:
            return list(_frames(str(path), file))
    except OSError as error:
        raise CaptureError(f"cannot read the take {path}: {error.strerror or error}", "check the path") from error


def _frames(path: str, file: BinaryIO) -> Iterator[ParameterFrame]:
    last, count = -math.inf, 0
    for number, row in _rows(path, file):
        if number == 1 and "t" not in row:
            _check_header(path, row)
            continue
        frame = _frame(path, number, row)
        if frame.time <= last:
            _refuse(path, number, f"the time {frame.time:g} s does not come after {last:g} s")
        last, count = frame.time, count + 1
        if count > MOST_FRAMES:
            _refuse(path, number, f"a take holds at most {MOST_FRAMES} frames")
        yield frame
    if count == 0:
        raise CaptureError(f"the take {path} holds no frame", "record or track it again")


def _rows(path: str, file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            _refuse(path, number, f"the line is longer than {MOST_LINE} bytes")
        if line.strip():
            yield number, _parse(path, number, line)


def _parse(path: str, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError):
        _refuse(path, number, "it is not JSON" if line.endswith(b"\n") else "the file is cut off here")
    if not isinstance(row, dict):
        _refuse(path, number, "it is not a JSON object")
    return row


def _check_header(path: str, row: dict[str, Any]) -> None:
    if row.get("kirie") != "take":
        hint = "make one with: kirie track VIDEO"
        raise CaptureError(f"{path} is not a take: line 1 is neither its header nor a frame", hint)
    version = row.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        _refuse(path, 1, "the header's version is not a whole number from 1 on")
    if version > VERSION:
        raise CaptureError(f"the take {path} is of version {version}, this Kirie reads up to {VERSION}", "update Kirie")


def _frame(path: str, number: int, row: dict[str, Any]) -> ParameterFrame:
    time = _number(path, number, "t", row.get("t"), MOST_TIME)
    face = row.get("face", True)
    if not isinstance(face, bool):
        _refuse(path, number, '"face" is neither true nor false')
    params = row.get("params", {})
    if not isinstance(params, dict) or len(params) > MOST_PARAMS:
        _refuse(path, number, f'"params" is not an object of at most {MOST_PARAMS} numbers')
    values = {name: _number(path, number, name, value, MOST_VALUE) for name, value in params.items()}
    return ParameterFrame(time, values, face)


def _number(path: str, number: int, name: str, value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(path, number, f"{name[:64]!r} is not a number")
    if not -most <= value <= most:  # NaN fails too
        _refuse(path, number, f"{name[:64]!r} is not within ±{most:g}")
    return float(value)


def _refuse(path: str, number: int, why: str) -> NoReturn:
    raise CaptureError(f"the take {path} cannot be used, line {number}: {why}", "mend the line by hand, or track it again")
