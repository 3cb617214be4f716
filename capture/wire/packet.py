"""What all decoders share: the decoded packet, and what they raise."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

MOST = 1e6
"""Numbers beyond this are no face's."""


class Malformed(ValueError):
    """A packet is not what its protocol says."""


class Decoded(NamedTuple):
    """One packet's face.

    values: by Live2D parameter, within their ranges. face: whether the sender sees one. stamp: s on the sender's clock.
    """

    values: dict[str, float]
    face: bool = True
    stamp: float | None = None


def number(value: object) -> float:
    """A finite number of a sane size, or Malformed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(f"{value!r:.40} is not a number")
    if not -MOST <= value <= MOST:  # NaN fails too
        refuse("a number is out of bounds")
    return float(value)


def numbers(text: str, least: int) -> list[float]:
    """At least `least` numbers separated by commas, or Malformed."""
    try:
        found = [number(float(x)) for x in text.split(",", 15)]
    except ValueError as error:
        raise Malformed(str(error)) from error
    if len(found) < least:
        refuse(f"{len(found)} numbers where {least} should be")
    return found


def refuse(why: str) -> NoReturn:
    """Raise Malformed."""
    raise Malformed(why)
