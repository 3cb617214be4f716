"""Writes films by suffix: MP4, WebM with alpha, GIF, APNG, or a series of PNG files. Whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from kirie.errors import RenderError
from kirie.files import atomic
from layering.stack import RGBA
from render.pictures import bled, checked, even, flattened

WHITE = (255, 255, 255)
SUFFIXES = (".mp4", ".webm", ".gif", ".apng", ".png")


def write_film(path: str | Path, rgba_frames: Iterable[RGBA], fps: float, sound: str | Path | None = None,
               background: tuple[int, int, int] = WHITE) -> None:  # fmt: skip
    """Write uint8 (h, w, 4) straight-alpha frames, `fps` a second, as the path says.

    .mp4: H.264 over `background` (sRGB), sides made even. .webm: VP9 with alpha. .gif: one palette, at most 50 frames a second,
    a pixel transparent or not. .apng, .png: animated PNG. `name_%04d.png`: a series, from 0. No suffix: a folder of them.
    sound: a media file whose sound the film gets, cut to its length; formats without sound leave it out.
    Nothing is left behind when it fails, and what was there stays.
    Raises RenderError for an unknown suffix, no frames, frames of changing size, a full disk, unreadable sound.
    """
    target = Path(path)
    write = _writer(target, fps, Path(sound) if sound else None, background)
    if not 0 < fps <= 1000:
        raise RenderError(f"a film of {fps} frames a second cannot be made", "give a rate from 1 to 1000")
    if not target.parent.is_dir():
        raise RenderError(f"{target} cannot be written: there is no folder {target.parent}", "make the folder first")
    frames = _Source(checked(rgba_frames))
    with _errors_of(target, frames):
        write(frames)


class _Source(Iterator[RGBA]):
    """Frames that remember an error of their own, so that it is not taken for one of writing."""

    def __init__(self, frames: Iterator[RGBA]) -> None:
        self._frames = frames
        self.error: BaseException | None = None

    def __next__(self) -> RGBA:
        try:
            return next(self._frames)
        except StopIteration:
            raise
        except BaseException as error:
            self.error = error
            raise


@contextmanager
def _errors_of(target: Path, frames: _Source) -> Iterator[None]:
    """Say what writing could not do."""
    try:
        yield
    except av.codec.codec.UnknownCodecError as error:
        message = f"{target} cannot be written: this PyAV has no encoder {error}"
        raise RenderError(message, "pip install --force-reinstall av") from error
    except (OSError, av.FFmpegError) as error:
        if error is frames.error:
            raise
        reason = error.strerror or error
        raise RenderError(f"{target} cannot be written: {reason}", "is the disk full, or the folder not yours?") from error


def _writer(target: Path, fps: float, sound: Path | None, background: tuple[int, int, int]) -> Callable[[Iterable[RGBA]], None]:
    """What writes to this target."""
    suffix = target.suffix.lower()
    if suffix == "" or target.is_dir():
        return lambda frames: _write_folder(target, frames)
    if suffix == ".png" and "%" in target.name:
        return lambda frames: _write_series(target, frames)
    if suffix not in SUFFIXES:
        raise RenderError(f"{target.name} names no kind of film", f"use one of {' '.join(SUFFIXES)}, name_%04d.png or a folder")
    return lambda frames: _write_file(target, frames, fps, sound, background)


def _write_file(target: Path, frames: Iterable[RGBA], fps: float, sound: Path | None,
                background: tuple[int, int, int]) -> None:  # fmt: skip
    from render.gif import write_gif
    from render.video import APNG, H264, VP9, write_video

    with atomic(target) as beside:
        match target.suffix.lower():
            case ".mp4":
                write_video(beside, frames, fps, H264, lambda frame: even(flattened(frame, background)), sound)
            case ".webm":
                write_video(beside, frames, fps, VP9, bled, sound)
            case ".gif":
                write_gif(beside, frames, fps)
            case _:
                write_video(beside, frames, fps, APNG, lambda frame: frame)


def _write_folder(target: Path, frames: Iterable[RGBA]) -> None:
    made = not target.exists()
    target.mkdir(exist_ok=True)
    try:
        _write_series(target / "%04d.png", frames)
    except BaseException:
        if made:
            target.rmdir()
        raise


def _write_series(pattern: Path, frames: Iterable[RGBA]) -> None:
    """One PNG a frame. They appear together, when the last is written."""
    from PIL import Image

    try:
        names_differ = pattern.name % 0 != pattern.name % 1
    except (TypeError, ValueError):
        names_differ = False
    if not names_differ:
        raise RenderError(f"{pattern.name} numbers no files", "put the number in as %04d: name_%04d.png")
    with TemporaryDirectory(prefix=".kirie-", dir=pattern.parent) as folder:
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(Path(folder) / (pattern.name % number), compress_level=4)
        for made in sorted(Path(folder).iterdir()):
            made.replace(pattern.parent / made.name)
