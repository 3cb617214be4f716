"""A long film made in parts that lie beside its target until all are there, so that work that was stopped can go on.

Every part is encoded by itself, whether the work was stopped or not: a film that was resumed is the very same file.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from kirie.errors import StylizeError
from kirie.files import atomic
from stylize.steady import Past
from stylize.steady_seen import Seen

LENGTH = 96
"""Frames of a part: a few seconds."""
_STATE = "state.npz"


def parts_folder(target: Path) -> Path:
    """Where the parts of a film lie until it is complete."""
    return target.with_name(f".{target.name}.parts")


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far a film is. parts: complete ones; frames: those in them; faceless: those of them in which nobody was seen.
    past, seen: what the next frame builds on.
    """

    parts: int
    frames: int
    faceless: int
    past: Past
    seen: Seen


class Segments:
    """The folder of a film's parts."""

    def __init__(self, target: Path, key: Mapping[str, object]) -> None:
        """key: all that decides what the frames look like; parts of another key are not used. JSON's types."""
        self.folder = parts_folder(target)
        self._key = json.dumps(key, sort_keys=True)
        self._suffix = target.suffix

    def part(self, number: int) -> Path:
        """The file of a part, from 0."""
        return self.folder / f"{number:05d}{self._suffix}"

    def resume(self) -> Progress | None:
        """What is there to go on from, or None after making the folder anew. Raises StylizeError for a folder not of ours."""
        found = self._read()
        if found is None:
            if self.folder.exists():
                self._check()
                shutil.rmtree(self.folder)
            self.folder.mkdir()
        return found

    def save(self, progress: Progress) -> None:
        """Remember that the parts up to here are complete."""
        arrays = {"key": np.array(self._key), "parts": np.array([progress.parts, progress.frames, progress.faceless]),
                  "held": np.array(progress.seen.held),
                  "picture": progress.past.picture, "age": progress.past.age, "meshes": np.array(progress.seen.meshes),
                  "mask": np.zeros(0) if progress.seen.mask is None else progress.seen.mask}  # fmt: skip
        data = io.BytesIO()
        np.savez(data, **arrays)
        with atomic(self.folder / _STATE) as beside:
            beside.write_bytes(data.getbuffer())

    def remove(self) -> None:
        """The film is there: the parts are not needed any more."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is stopped in this block before a part is complete leaves no folder behind."""
        try:
            yield
        finally:
            if self.folder.is_dir() and not (self.folder / _STATE).exists():
                self.remove()

    def _read(self) -> Progress | None:
        try:
            with np.load(self.folder / _STATE, allow_pickle=False) as data:
                parts, frames, faceless = (int(n) for n in data["parts"])
                if str(data["key"]) != self._key or not all(self.part(n).exists() for n in range(parts)):
                    return None
                mask = data["mask"] if data["mask"].ndim == 2 else None
                seen = Seen(tuple(data["meshes"]), mask, int(data["held"]))
                return Progress(parts, frames, faceless, Past(data["picture"], data["age"]), seen)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None

    def _check(self) -> None:
        """Nothing but what we put there is ever removed."""
        strange = [x.name for x in self.folder.iterdir() if x.name != _STATE and x.suffix not in (self._suffix, ".npz")]
        if strange:
            raise StylizeError(f"the folder {self.folder} holds files that are not Kirie's: {strange[0]}", "move it elsewhere")

