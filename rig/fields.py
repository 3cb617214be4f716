"""Reading untrusted JSON: every access names its type and bounds, and every fault says where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

MOST_TEXT = 500


class Fault(Exception):
    """Something is wrong at a place: (where, what). The reader that knows the file turns it into a RigError."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} {what}" if where else what)


def parse(text: bytes) -> Fields:
    """The object in a JSON text; refuses NaN, infinities and a key that comes twice."""
    try:
        found = json.loads(text.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise Fault("", f"is not valid JSON: {str(error)[:200]}") from error
    return Fields(found, "")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a key comes twice")
    return out


class Fields:
    """One JSON object and its place in the document."""

    def __init__(self, found: Any, where: str) -> None:
        if not isinstance(found, dict):
            raise Fault(where or "the document", "must be an object")
        self._found, self.where = found, where

    def at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def raw(self, name: str) -> Any:
        if name not in self._found:
            raise Fault(self.at(name), "is missing")
        return self._found[name]

    def inner(self, name: str) -> Fields:
        return Fields(self.raw(name), self.at(name))

    def text(self, name: str) -> str:
        return as_text(self.raw(name), self.at(name))

    def flag(self, name: str) -> bool:
        value = self.raw(name)
        if not isinstance(value, bool):
            raise Fault(self.at(name), "must be true or false")
        return value

    def whole(self, name: str, low: int, high: int) -> int:
        return as_whole(self.raw(name), self.at(name), low, high)

    def number(self, name: str) -> float:
        return as_number(self.raw(name), self.at(name))

    def point(self, name: str) -> tuple[float, float]:
        x, y = self.values(name, 2, 2)
        return as_number(x, self.at(name)), as_number(y, self.at(name))

    def values(self, name: str, least: int, most: int) -> list[Any]:
        """A list of `least` to `most` members of any kind."""
        value = self.raw(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise Fault(self.at(name), f"must be a list of {least} to {most}" if least != most else f"must be a list of {most}")
        return value

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        return tuple(as_text(x, f"{self.at(name)}[{i}]") for i, x in enumerate(self.values(name, 0, most)))

    def objects(self, name: str, most: int) -> Iterator[Fields]:
        return (Fields(x, f"{self.at(name)}[{i}]") for i, x in enumerate(self.values(name, 0, most)))

    def names(self) -> tuple[str, ...]:
        return tuple(as_text(name, self.where) for name in self._found)


def as_text(value: Any, where: str) -> str:
    """A string of sane length that UTF-8 can hold."""
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise Fault(where, f"must be a text of at most {MOST_TEXT} characters")
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise Fault(where, "is not valid text")
    return value


def as_whole(value: Any, where: str, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise Fault(where, f"must be a whole number from {low} to {high}")
    return value


def as_number(value: Any, where: str) -> float:
    if type(value) not in (int, float) or abs(value) > 1e300 or not isfinite(value):
        raise Fault(where, "must be a finite number")
    return float(value)
