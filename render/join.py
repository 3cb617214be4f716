"""Films one after the other as one, without encoding anything again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av

from kirie.errors import RenderError
from kirie.files import atomic
from render.sound import Sound
from render.video import H264


def join_films(path: str | Path, parts: Sequence[str | Path], sound: str | Path | None = None) -> None:
    """Write one MP4 of MP4 films that `write_film` made, all of one size and rate.

    sound: a media file whose sound the film gets, cut to its length. Nothing is left behind when it fails, and what was there
    stays. Raises RenderError where there are no parts, one cannot be read, the disk is full, or the sound is unreadable.
    """
    target = Path(path)
    if not parts:
        raise RenderError(f"{target} cannot be written: there is nothing to join", "the video was empty")
    try:
        with atomic(target) as beside, av.open(str(beside), "w", format="mp4", options=dict(H264.container_options)) as film:
            _join(film, [Path(part) for part in parts], Path(sound) if sound else None)
    except (OSError, av.FFmpegError) as error:
        reason = error.strerror or error
        raise RenderError(f"{target} cannot be written: {reason}", "is the disk full, or the folder not yours?") from error


def _join(film: Any, parts: Sequence[Path], sound: Path | None) -> None:
    stream: Any = None
    track: Sound | None = None
    frames = 0
    try:
        for part in parts:
            with av.open(str(part)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = film.add_stream_from_template(video)
                    track = Sound.open(sound, film, H264.sounds) if sound else None
                frames = _append(film, stream, source, video, frames, track)
        if track:
            track.finish()
    finally:
        if track:
            track.close()


def _append(film: Any, stream: Any, source: Any, video: Any, frames: int, track: Sound | None) -> int:
    """Add a film's packets behind `frames` frames; returns how many there are now."""
    rate = video.average_rate
    shift = round(frames / rate / video.time_base)
    for packet in source.demux(video):
        if packet.size == 0:                    # the end of the stream
            continue
        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
        film.mux(packet)
        frames += 1
        if track:
            track.mux_until(float(frames / rate))
    return frames
