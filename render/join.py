"""Films one after the other as one, without encoding anything again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import av

from kirie.errors import RenderError
from kirie.files import atomic
from render.sound import Sound
from render.video import H264

REORDERED = 2
"""Frames by which x264 as `H264` sets it up decodes ahead of showing."""


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
                for packet in _behind(source.demux(video), frames, video):
                    packet.stream = stream
                    film.mux(packet)
                    frames += 1
                    if track:
                        track.mux_until(float(frames / video.average_rate))
        if track:
            track.finish()
    finally:
        if track:
            track.close()


def _behind(packets: Iterable[Any], frames: int, video: Any) -> Iterator[Any]:
    """A film's packets, timed to follow `frames` frames. They come in the order of decoding, which is ahead of that of showing
    by as much as the encoder may reorder; a film of few frames may claim to need less, but the joined one has one order.
    """
    tick = 1 / (video.average_rate * video.time_base)
    shift = round(frames * tick)
    for number, packet in enumerate(x for x in packets if x.size):          # the last is empty: the end of the stream
        packet.pts += shift
        packet.dts = round((frames + number - REORDERED) * tick)
        yield packet
