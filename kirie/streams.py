"""What streams into and out of a live session: figures of it, and what goes wrong, told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

PACKETS = ("malformed", "late", "flooded")
"""Counts of packets that were dropped."""


class Announcer:
    """Says it once when a stream goes wrong, and once when it is well again."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: dict[int, str] = {}

    def look(self, stream: object, well: str) -> None:
        """Tell what has changed since the last look. well: what to say when a problem is over."""
        problem, which = str(getattr(stream, "problem", "")), id(stream)       # a source and an output may share a name
        if problem != self._told.get(which, ""):
            self._tell(f"note: {problem or well}")
            self._told[which] = problem


def stream_state(stream: object) -> dict[str, Any]:
    """Name, problem and what is counted of a source or an output, without what is 0, times in ms; {} where there is none."""
    if stream is None:
        return {}
    said: dict[str, Any] = {"name": getattr(stream, "name", ""), "problem": getattr(stream, "problem", "")}
    stats = getattr(stream, "stats", None)
    for name, value in asdict(stats).items() if stats else ():
        seconds = name in ("latency", "delay", "tracking")
        said[f"{name}_ms" if seconds else name] = round(1000 * value, 1) if seconds else round(value, 1)
    return {name: value for name, value in said.items() if value}


def dropped(stream: object) -> str:
    """What of a network's packets did not count, as a line for the user; "" where all did."""
    stats = getattr(stream, "stats", None)
    counts = [f"{getattr(stats, kind)} {kind}" for kind in PACKETS if getattr(stats, kind, 0)]
    if not counts:
        return ""
    name = getattr(stream, "name", "the source")
    return f"{name}: of {stats.received + stats.flooded} packets {', '.join(counts)}, left out"      # type: ignore[union-attr]
