"""Composition of `kirie stylize` for films: frames come from `capture`, are drawn by `stylize` and written by `render`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kirie import __version__, stylizing

if TYPE_CHECKING:
    from stylize.steady_seen import Seen
    from stylize.stylizer import Picture
    from stylize.video import Stylized

FILMS = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi")
"""Suffixes of what is taken for a film."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a film shall look: the options of `kirie stylize`."""

    model: str = stylizing.FLAT
    strength: float = 1.0
    background: str = "flat"
    background_model: str | None = None


class Drawer:
    """Looks at frames and draws them, one at a time; each process has its own."""

    def __init__(self, look: Look) -> None:
        from capture.person import PersonSeer

        self._look = look
        self._person = stylizing.model(look.model)
        self._behind = stylizing.model(look.background_model) if look.background_model else None
        self._eyes = PersonSeer()

    def look(self, rgb: Picture) -> Seen:
        """Who is in a frame uint8 (H, W, 3)."""
        from stylize.steady_seen import Seen

        meshes, mask = stylizing.look(rgb, self._eyes)
        return Seen(tuple(meshes), mask)

    def draw(self, rgb: Picture, seen: Seen) -> Picture:
        """The frame stylized, uint8 (H, W, 3). Where the model needs a face and there is none, all becomes flat."""
        from stylize.workflow import Guided, flat_ground, stylize

        if isinstance(self._person, Guided) and not seen.meshes:
            return flat_ground(rgb)
        rgba = stylize(rgb, self._person, self._behind, self._look.strength, self._look.background, seen.meshes, seen.mask)
        return np.ascontiguousarray(rgba[..., :3])


@dataclass(frozen=True, slots=True)
class Writer:
    """Films in MP4 at the rate and with the sound of the input."""

    video: Path
    fps: float

    def write(self, path: Path, frames: Iterable[Picture]) -> None:
        """A part: uint8 (H, W, 3) frames."""
        from render import write_film

        write_film(path, (np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)]) for rgb in frames), self.fps)

    def join(self, path: Path, parts: Sequence[Path]) -> None:
        """The whole film."""
        from render import join_films

        join_films(path, parts, self.video)


def stylize_film(video: Path, target: Path, look: Look, report: Callable[[int, int | None], None]) -> list[str]:
    """Stylize a film into an MP4, or go on where that was stopped. report: called with (done, total or None) as from now.

    Returns what the user may want to know. Raises CaptureError for what is no video, StylizeError, RenderError, OSError.
    """
    from capture import VideoFile
    from stylize.crew import cores
    from stylize.video import paced, stylize_video

    source = VideoFile(video)
    for name in filter(None, (look.model, look.background_model)):
        stylizing.model(name)                   # what is wrong with it is told before any work
    frames = paced(((picture.time, picture.rgb) for picture in source), source.fps)
    made = stylize_video(frames, target, partial(Drawer, look), Writer(video, source.fps), key_of(video, look), cores(),
                  lambda done, before: report(done - before, source.count and max(source.count, done) - before))  # fmt: skip
    return [*source.notes, *_faceless(video, made, look)]


def _faceless(video: Path, made: Stylized, look: Look) -> list[str]:
    """What to say of frames in which the flat model had nobody to draw."""
    if look.model != stylizing.FLAT or not made.faceless:
        return []
    if made.faceless == made.frames:
        return [f"no face was found in {video}: all of it became flat tones"]
    return [f"no face was found in {made.faceless} of {made.frames} frames of {video}: they became flat tones"]


def key_of(video: Path, look: Look) -> dict[str, object]:
    """What decides how the frames look: parts that were made otherwise are of no use."""
    files = [video, *(Path(name) for name in (look.model, look.background_model) if name and Path(name).is_file())]
    states = [[str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    return {"version": __version__, "files": states, **asdict(look)}
