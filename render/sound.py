"""The sound of a film: the first audio track of another media file, copied where the film can hold it, else encoded anew."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from kirie.errors import RenderError

_RATE = 48000            # samples a second of what is encoded anew; Opus knows no 44100


class Sound:
    """Feeds the audio of an open media file into the container of a film, never further than the film has come."""

    @classmethod
    def open(cls, path: Path, container: Any, allowed: tuple[str, ...]) -> Sound | None:
        """None where the file has no audio. allowed: codecs that may be copied; the first is encoded to otherwise.

        Raises RenderError when the file is no media file.
        """
        try:
            source = av.open(str(path))
        except (OSError, av.FFmpegError) as error:
            raise RenderError(f"the sound of {path} cannot be read: {error.strerror}", "give a video or sound file") from error
        if not source.streams.audio:
            source.close()
            return None
        return cls(source, container, allowed)

    def __init__(self, source: Any, container: Any, allowed: tuple[str, ...]) -> None:
        """source: an open media file with audio, which this now owns."""
        self._source, self._container = source, container
        track = source.streams.audio[0]
        self._start = (source.start_time or 0) / av.time_base
        self._waiting: tuple[float, Any] | None = None
        self._encoder: Any = None
        if track.codec_context.name in allowed:
            self._stream = container.add_stream_from_template(track)
            self._items = self._packets(track)
        else:
            self._stream = self._encoder = container.add_stream(allowed[0], rate=_RATE)
            self._items = self._samples(track)

    def mux_until(self, seconds: float) -> None:
        """Mux what sounds before `seconds` of the film."""
        while (item := self._waiting or next(self._items, None)) is not None:
            begin, content = item
            if begin >= seconds:
                self._waiting = item
                return
            self._waiting = None
            self._put(content)

    def finish(self) -> None:
        """Flush the encoder."""
        if self._encoder is not None:
            self._container.mux(self._encoder.encode(None))

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _put(self, content: Any) -> None:
        if self._encoder is not None:
            self._container.mux(self._encoder.encode(content))
        else:
            content.stream = self._stream
            self._container.mux(content)

    def _packets(self, track: Any) -> Iterator[tuple[float, Any]]:
        """Encoded packets with the second at which each begins, the film's begin being 0."""
        shift = round(self._start / track.time_base)
        for packet in self._readable(self._source.demux(track)):
            if packet.pts is not None:          # below 0 lies what the decoder needs to get going: it belongs to the film
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                yield float(packet.pts * track.time_base), packet

    def _samples(self, track: Any) -> Iterator[tuple[float, Any]]:
        """Decoded and resampled frames with the second at which each begins."""
        resampler = av.AudioResampler(format=self._encoder.format, layout="stereo", rate=_RATE)
        begin: int | None = None                # samples; a clip's sound may start after its picture
        for frame in self._readable(self._source.decode(track)):
            if begin is None:
                begin = max(round(((frame.time or 0.0) - self._start) * _RATE), 0)
            frame.pts = None
            for part in resampler.resample(frame):
                part.pts, part.time_base = begin, Fraction(1, _RATE)
                yield begin / _RATE, part
                begin += part.samples

    @staticmethod
    def _readable(items: Iterator[Any]) -> Iterator[Any]:
        """The items up to the first that is broken: a clip that ends in the middle of a packet keeps the sound before."""
        while True:
            try:
                item = next(items, None)
            except av.error.InvalidDataError:
                return
            if item is None:
                return
            yield item
