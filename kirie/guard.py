"""Never overwriting what is not ours: a file that Kirie did not write, or that was changed since, is kept without --force.

What Kirie wrote is remembered per user, by resolved path, as size and BLAKE2b digest. A broken, missing or unwritable
memory errs on the safe side: the file then counts as someone else's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kirie.errors import KirieError
from kirie.files import atomic

STATE_VARIABLE = "KIRIE_STATE"
REMEMBERED = 10_000
"""How many files are remembered; the oldest go first."""


class OverwriteError(KirieError):
    """A file would be lost, or cannot be written where it is asked for."""


@contextmanager
def writing(path: str | Path, force: bool = False, inputs: Iterable[str | Path] = ()) -> Iterator[Path]:
    """Yield `path` if it may be written, and remember what stands there once the block ended well.

    A series is written as a whole: `name_%04d.png`, or a folder of 0000.png and so on. Raises OverwriteError as `allow` does.
    """
    target = Path(path)
    allow(target, force, inputs)
    try:
        yield target
    except OSError as error:
        error.filename = error.filename or str(target)      # a full disk does not say which file it hit
        raise
    remember(series(target) if is_series(target) else [target])


def allow(path: Path, force: bool = False, inputs: Iterable[str | Path] = ()) -> None:
    """Raise OverwriteError where `path` must not be written: one of the inputs, someone else's, a folder, no place."""
    if not path.parent.is_dir():
        raise OverwriteError(f"the folder {path.parent} does not exist", f"mkdir {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise OverwriteError(f"the folder {path.parent} cannot be written", "choose another place with -o")
    for file in series(path) if is_series(path) else [path]:
        if file.exists():
            _allow_file(file, force, inputs)


def is_series(path: Path) -> bool:
    """Whether a path stands for many numbered pictures: a pattern, or a name without suffix (a folder)."""
    return "%" in path.name or path.suffix == ""


def series(path: Path) -> list[Path]:
    """The pictures of a series that exist."""
    folder, pattern = (path.parent, path.name) if "%" in path.name else (path, "%04d.png")
    before, after = (re.escape(x) for x in re.split(r"%\d*d", pattern + "%d", maxsplit=2)[:2])
    name = re.compile(before + r"\d+" + after)
    return sorted(x for x in folder.iterdir() if name.fullmatch(x.name)) if folder.is_dir() else []


def _allow_file(path: Path, force: bool, inputs: Iterable[str | Path]) -> None:
    if path.is_dir():
        raise OverwriteError(f"{path} is a folder", "choose another name with -o")
    if any(Path(x).exists() and path.samefile(x) for x in inputs):
        raise OverwriteError(f"{path} is read and cannot be written at the same time", "choose another name with -o")
    if not force and not is_ours(path):
        raise OverwriteError(f"{path} exists and is not as Kirie wrote it", "choose another name with -o, or add --force")


def is_ours(path: Path) -> bool:
    """Whether Kirie wrote this file and nobody changed it since."""
    return read_state().get(str(path.resolve())) == fingerprint(path)


def remember(paths: Iterable[Path]) -> None:
    """Note that Kirie wrote these files as they stand now."""
    files = read_state()
    for path in paths:
        key = str(path.resolve())
        files.pop(key, None)                                # so that it counts among the newest
        files[key] = fingerprint(path)
    newest = dict(list(files.items())[-REMEMBERED:])
    state = state_file()
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        with atomic(state) as beside:
            beside.write_text(json.dumps({"version": 1, "files": newest}, indent=0), "utf-8")
    except OSError:
        return                                              # the safe side: next time this file asks for --force


def fingerprint(path: Path) -> list[object]:
    """[size in bytes, BLAKE2b digest] of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).hexdigest()
    return [path.stat().st_size, digest]


def read_state() -> dict[str, object]:
    """What is remembered: resolved path → fingerprint; {} where the memory is missing or broken."""
    try:
        state = json.loads(state_file().read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    files = state.get("files") if isinstance(state, dict) else None
    return files if isinstance(files, dict) else {}


def state_file() -> Path:
    """Where the memory is kept: $KIRIE_STATE, or the platform's place for a user's state."""
    if os.environ.get(STATE_VARIABLE):
        return Path(os.environ[STATE_VARIABLE])
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library/Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    return base / "kirie" / "written.json"
