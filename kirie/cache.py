"""Drawings that were rigged before start at once: their puppets are kept, by what is in the drawing and its corrections."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from kirie import __version__
from kirie.commands.common import beside, tell
from kirie.commands.making import OVERRIDES, open_puppet
from kirie.errors import RigError
from kirie.guard import state_file
from kirie.library import PUPPET, load

if TYPE_CHECKING:
    from rig.puppet import Puppet

KEPT = 12
"""Puppets; the longest unused goes first."""


def rigged(path: Path) -> tuple[Puppet, Path]:
    """The puppet of a .puppet or a drawing, and the .puppet file that holds it."""
    from rig import save
    from rig.puppet import Puppet

    if path.suffix.lower() == PUPPET:
        return open_puppet(path), path
    kept = cache_folder() / f"{fingerprint(path)}{PUPPET}"
    if kept.exists():
        try:
            found = load(kept)
            assert isinstance(found, Puppet)
            kept.touch()
            return found, kept
        except RigError:
            kept.unlink(missing_ok=True)                    # damaged, or of another version: made anew
    tell(f"rigging {path.name} (kept for the next time)")
    puppet = open_puppet(path)
    kept.parent.mkdir(parents=True, exist_ok=True)
    save(puppet, kept)
    for old in sorted(kept.parent.glob(f"*{PUPPET}"), key=lambda p: p.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
    return puppet, kept


def fingerprint(path: Path) -> str:
    """Of the drawing, of the corrections beside it, and of this Kirie."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=16)
    for file in (path, beside(path, OVERRIDES)):
        digest.update(file.read_bytes() if file.exists() else b"")
        digest.update(b"\0")
    return digest.hexdigest()


def cache_folder() -> Path:
    """Where they are kept."""
    return state_file().parent / "puppets"
