"""What a user set for a puppet in the live window, kept for the next time: one small file a puppet, in this user's own folder.

It is found by the drawing's place, or, where that was moved or renamed, by its content. Reading trusts nothing: what is broken
or out of range stands at its default. Writing is atomic, and a folder that cannot be written is told once and stops nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kirie.files import atomic
from kirie.guard import state_file

VERSION = 1
KEPT = 200
"""Puppets; the longest unused goes first."""
MOST_BYTES = 1 << 16
PAUSE = 1.0
"""Seconds between two writings, so that a drag does not wear the disk."""
MOST_NAMES, MOST_LETTERS = 500, 1000
SIDE, ZOOM, SENSITIVITY = (16, 8192), (0.2, 12.0), (0.0, 10.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """None: never set, so the command line and the puppet decide.

    size: (w, h) px. zoom, shift: as in `render.framing`. mirrored: by what moves the puppet ("camera" or "other"). background:
    as given to --background; ground: the number of the one that is shown. sensitivity: by parameter. hidden: names of parts.
    panel: its page, or "".
    """

    size: tuple[int, int] | None = None
    border: bool | None = None
    on_top: bool | None = None
    idles: bool | None = None
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    mirrored: Mapping[str, bool] = field(default_factory=dict)
    background: str | None = None
    ground: int = 0
    sensitivity: Mapping[str, float] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    panel: str = ""


class Memory:
    """The settings of one puppet. settings: as they were kept. tell: says a line to the user."""

    def __init__(self, drawing: Path, tell: Callable[[str], None] = lambda line: None) -> None:
        """drawing: the .puppet or the picture that was opened."""
        place, content = _digest(str(drawing.resolve()).encode()), _digest(drawing.read_bytes())
        self._place, self._tell = place, tell
        self.file = folder() / f"{place}-{content}.json"
        found = _newest(f"{place}-*.json") or _newest(f"*-{content}.json")
        self.settings = read(found, tell) if found else Settings()
        self._written = self.settings if found == self.file else None
        self._next, self._known = -math.inf, self._stamp()
        self._fails = False

    def keep(self, settings: Settings, now: float) -> None:
        """Write the settings where they changed and the last writing was a while ago; now: s of any one clock."""
        if settings == self._written or now < self._next or self._fails:
            return
        self._next = now + PAUSE
        try:
            self._write(settings)
        except OSError as error:
            self._fails = True
            self._tell(f"note: what you set cannot be kept in {self.file.parent}: {error.strerror or error}")

    def news(self) -> Settings | None:
        """The settings, where another session has written others since this one last read or wrote them."""
        stamp = self._stamp()
        if stamp == self._known:
            return None
        self._known = stamp
        found = read(self.file, self._tell) if stamp else None
        if found is None or found == self._written:
            return None
        self.settings = self._written = found
        return found

    def _stamp(self) -> int:
        """When the file was written, ns; 0 where there is none."""
        try:
            return self.file.stat().st_mtime_ns
        except OSError:
            return 0

    def _write(self, settings: Settings) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with atomic(self.file) as beside:
            beside.write_text(json.dumps({"version": VERSION, **asdict(settings)}, indent=1), "utf-8")
        self._written, self._known = settings, self._stamp()
        old = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in [*old[:-KEPT], *(p for p in old if p.name.startswith(f"{self._place}-") and p != self.file)]:
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Where they are kept."""
    return state_file().parent / "settings"


def read(path: Path, tell: Callable[[str], None] = lambda line: None) -> Settings:
    """The settings in a file; defaults where it is broken, or of a newer Kirie, which is told."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError
        data = json.loads(path.read_text("utf-8"))
        version = data["version"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        tell(f"note: what you set earlier cannot be read and is forgotten: {path}")
        return Settings()
    if version != VERSION:
        tell(f"note: {path.name} is of another version of Kirie ({version}): what you set there is not used")
        return Settings()
    return _checked(data)


def _checked(data: Mapping[str, Any]) -> Settings:
    """Settings of what is sound in untrusted data."""
    plain = Settings()
    size = _pair(data.get("size"), SIDE)
    shift = _pair(data.get("shift"), (-ZOOM[1], ZOOM[1]))
    names = data.get("hidden")
    return Settings(
        size=(round(size[0]), round(size[1])) if size else None,
        border=_choice(data.get("border")), on_top=_choice(data.get("on_top")), idles=_choice(data.get("idles")),
        zoom=_within(data.get("zoom"), ZOOM, plain.zoom), shift=shift or plain.shift,
        mirrored={k: v for k, v in _named(data.get("mirrored")) if isinstance(v, bool)},
        background=_text(data.get("background")), ground=round(_within(data.get("ground"), (0, 99), 0)),
        sensitivity={k: _within(v, SENSITIVITY, 1.0) for k, v in _named(data.get("sensitivity"))},
        hidden=tuple(n for n in names[:MOST_NAMES] if isinstance(n, str)) if isinstance(names, list) else (),
        panel=_text(data.get("panel")) or "")  # fmt: skip


def _within(value: object, span: tuple[float, float], other: float) -> float:
    """A number within a span, or another."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and span[0] <= value <= span[1] else other  # type: ignore[arg-type, operator]


def _pair(value: object, span: tuple[float, float]) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    x, y = (_within(v, span, math.nan) for v in value)
    return None if math.isnan(x) or math.isnan(y) else (x, y)


def _choice(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= MOST_LETTERS else None


def _named(value: object) -> list[tuple[str, Any]]:
    return list(value.items())[:MOST_NAMES] if isinstance(value, dict) else []


def _newest(pattern: str) -> Path | None:
    return max(folder().glob(pattern), key=lambda path: path.stat().st_mtime, default=None)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=10).hexdigest()
