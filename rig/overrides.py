"""What the user decides about a rig: a small TOML file of anchors, depths and strengths, keyed by names.

It refers to layers by name and to points by what they are, so it survives a re-exported PSD. `kirie rig` writes it once with
everything that it found as comments, and from then on only reads it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from kirie.errors import RigError
from kirie.files import atomic
from rig.params import BY_NAME
from rig.puppet import Puppet

VERSION = 1
ANCHORS = ("eye-l", "eye-r", "mouth", "chin", "neck", "head", "hips")
CURVATURE, DEPTH, SWAY, STRENGTH = (0.0, 3.0), (-10_000.0, 10_000.0), (0.0, 5.0), (0.0, 3.0)
PLACE = (-100_000.0, 100_000.0)
MOST_BYTES, MOST_KEYS = 1_000_000, 2_000


@dataclass(frozen=True, slots=True)
class Overrides:
    """anchors: (x, y) canvas px by name (ANCHORS). depth: px to add to a layer's depth, by layer name. sway: strength of a
    layer's springs, 1 as built and 0 rigid, by layer name. strength: 1 as built, by parameter name. curvature: of the head's
    surface, 1 as built; larger values for larger turns.
    """

    anchors: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    depth: Mapping[str, float] = field(default_factory=dict)
    sway: Mapping[str, float] = field(default_factory=dict)
    strength: Mapping[str, float] = field(default_factory=dict)
    curvature: float = 1.0


def read_overrides(path: str | Path) -> Overrides:
    """Overrides from a TOML file. Raises RigError that names the line or key when something in it cannot be used."""
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise RigError(f"{path}: too large for overrides", "this is a file of a few lines; delete it to start anew")
        text = path.read_bytes().decode("utf-8")
        found = tomllib.loads(text)
    except OSError as error:
        raise RigError(f"{path}: cannot be read: {error.strerror}", "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RigError(f"{path}: not valid TOML: {error}", "mend that line, or delete the file to start anew") from error
    return _Reader(path, text).overrides(found)


class _Reader:
    """Checks the parsed tables of one file; remembers its text to tell lines."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._lines = path, text.splitlines()

    def overrides(self, found: dict[str, Any]) -> Overrides:
        self._known(found, ("version", "curvature", "anchors", "depth", "sway", "strength"), "")
        version = found.get("version", VERSION)
        if type(version) is not int or version < 1:
            raise self._error("version", "must be a whole number from 1", "")
        if version > VERSION:
            raise RigError(f"{self._path}: written by a newer Kirie (version {version})", "update Kirie, or delete the file")
        anchors, strength = self._table(found, "anchors"), self._table(found, "strength")
        self._known(anchors, ANCHORS, "anchors")
        self._known(strength, tuple(BY_NAME), "strength")
        return Overrides(anchors={name: self._point(name, value) for name, value in anchors.items()},
                         depth=self._numbers(found, "depth", DEPTH), sway=self._numbers(found, "sway", SWAY),
                         strength=self._numbers(found, "strength", STRENGTH),
                         curvature=self._number("curvature", found.get("curvature", 1.0), CURVATURE, ""))  # fmt: skip

    def _known(self, table: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in names:
                near = get_close_matches(key, names, 1, 0.5)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names[:9])}"
                raise self._error(key, "is not known here", where, hint)

    def _table(self, found: dict[str, Any], name: str) -> dict[str, Any]:
        table = found.get(name, {})
        if not isinstance(table, dict):
            raise self._error(name, "must be a table", "", f"write [{name}] on a line of its own and its keys below")
        if len(table) > MOST_KEYS:
            raise self._error(name, f"has more than {MOST_KEYS} keys", "")
        return table

    def _numbers(self, found: dict[str, Any], name: str, limits: tuple[float, float]) -> dict[str, float]:
        return {key: self._number(key, value, limits, name) for key, value in self._table(found, name).items()}

    def _point(self, name: str, value: Any) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            raise self._error(name, "must be a point", "anchors", "write [x, y] in px from the picture's top left corner")
        return self._number(name, value[0], PLACE, "anchors"), self._number(name, value[1], PLACE, "anchors")

    def _number(self, key: str, value: Any, limits: tuple[float, float], where: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(key, f"must be a number, not {json.dumps(value, default=str)[:40]}", where)
        low, high = limits
        if not isfinite(value) or not low <= value <= high:
            raise self._error(key, f"must lie between {low:g} and {high:g}", where)
        return float(value)

    def _error(self, key: str, what: str, where: str, hint: str = "mend it, or delete the line to return to the default"
               ) -> RigError:  # fmt: skip
        line = self._line(key, where)
        at = f", line {line}" if line else ""
        return RigError(f"{self._path}{at}: {f'[{where}] ' if where else ''}{json.dumps(key, ensure_ascii=False)} {what}", hint)

    def _line(self, key: str, where: str) -> int:
        """Line number of a key in its table, or 0 where it is written in some unusual way."""
        table = ""
        for number, line in enumerate(self._lines, 1):
            stripped = line.strip()
            if stripped.startswith("["):
                table = stripped.strip("[] ")
            name = stripped.split("=")[0].strip()
            if (table == where and name in (key, _quoted(key), f"'{key}'")) or (not where and table == key):
                return number
        return 0


def write_overrides(path: str | Path, overrides: Overrides, puppet: Puppet | None = None) -> None:
    """Write a TOML file with a comment for every key; raises RigError where a name cannot be written.

    puppet: the rig that was built; what is not overridden is then listed with its present value, as comments to uncomment.
    """
    try:
        text = ("\n".join(_document(overrides, puppet)) + "\n").encode("utf-8")
    except UnicodeEncodeError as error:
        raise RigError(f"{path}: a layer's name is not valid text", "rename the layer") from error
    with atomic(path) as beside:
        beside.write_bytes(text)


def _document(overrides: Overrides, puppet: Puppet | None) -> Iterator[str]:
    yield "# Kirie overrides: what you decide about the rig. `kirie rig` reads this file again each time, and never changes it."
    yield "# Remove the leading # of a line to set it. Names are those of the layers in your PSD."
    yield f"version = {VERSION}"
    yield from ("", "# How deep the face is curved: 1 as built, up to 3 for larger turns.")
    yield f"curvature = {overrides.curvature!r}"
    parts = {p.name: 0.0 for p in puppet.parts if p.drawn} if puppet else {}
    swaying = {p.name: 1.0 for p in puppet.parts if p.sways} if puppet else {}
    strengths = {p.name: 1.0 for p in puppet.parameters} if puppet else {}
    anchors = {name: point for name, point in puppet.anchors.items() if name in ANCHORS} if puppet else {}
    yield from _section("anchors", "Points [x, y] in px from the picture's top left corner; -l is the character's own left: "
                        + ", ".join(ANCHORS) + ".", overrides.anchors, anchors)  # fmt: skip
    yield from _section("depth", "Px to bring a layer nearer (+) or farther (-) on the turning head.", overrides.depth, parts)
    yield from _section("sway", "How much a layer swings: 1 as built, 0 rigid, up to 5.", overrides.sway, swaying)
    yield from _section("strength", "How strongly a parameter acts: 1 as built, 0 not at all, up to 3.", overrides.strength,
                        strengths)  # fmt: skip


def _section(name: str, comment: str, given: Mapping[str, Any], built: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"# {comment}", f"[{name}]")
    for key, value in given.items():
        yield f"{_quoted(key)} = {_value(value)}"
    for key, value in built.items():
        if key not in given:
            yield f"# {_quoted(key)} = {_value(value)}"


def _value(value: float | tuple[float, float]) -> str:
    if isinstance(value, tuple):
        return f"[{float(value[0])!r}, {float(value[1])!r}]"
    return repr(float(value))


def _quoted(name: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's, but for DEL."""
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
