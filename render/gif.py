"""Animated GIFs: one palette for the whole film, made of its own colours, so that flat areas stay flat and nothing flickers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av

from layering.stack import RGBA
from render.video import Codec, frame_rate, write_video

FASTEST = 50
"""Frames a second: browsers slow down a GIF that asks for more."""
_SPOOL = Codec("matroska", "ffv1", "bgra")       # lossless: the palette needs all frames before the first can be written
_PALETTE = "reserve_transparent=1:stats_mode=full"
_USE = "dither=none:diff_mode=rectangle:alpha_threshold=128"       # dither would shimmer; flat colours need none


def write_gif(path: Path, frames: Iterable[RGBA], fps: float) -> None:
    """Write a looping GIF of at most `FASTEST` frames a second; pixels under half alpha are transparent.

    Raises OSError when it cannot be written.
    """
    rate = frame_rate(fps)
    with TemporaryDirectory(prefix=".kirie-", dir=path.parent) as folder:
        spool = Path(folder) / "film.mkv"
        write_video(spool, _slowed(frames, fps), fps, _SPOOL, lambda frame: frame)
        palette = _palette(spool)
        _encode(path, _indexed(spool, palette), min(rate, Fraction(FASTEST)))


def _slowed(frames: Iterable[RGBA], fps: float) -> Iterator[RGBA]:
    """Every frame, or as many as give `FASTEST` a second."""
    kept = -1
    for number, frame in enumerate(frames):
        if fps <= FASTEST or int(number * FASTEST / fps) > kept:
            kept = int(number * FASTEST / fps)
            yield frame


def _palette(spool: Path) -> av.VideoFrame:
    """The 16x16 picture of palette colours that serves all frames."""
    with av.open(str(spool)) as source:
        stream = source.streams.video[0]
        graph = av.filter.Graph()
        graph.link_nodes(graph.add_buffer(template=stream), graph.add("format", "bgra"), graph.add("palettegen", _PALETTE),
                         graph.add("buffersink")).configure()  # fmt: skip
        for frame in source.decode(stream):
            graph.vpush(frame)
        graph.vpush(None)
        return graph.vpull()


def _indexed(spool: Path, palette: av.VideoFrame) -> Iterator[av.VideoFrame]:
    """The film's frames in the palette's colours."""
    with av.open(str(spool)) as source:
        stream = source.streams.video[0]
        graph = av.filter.Graph()
        film, colours = graph.add_buffer(template=stream), graph.add_buffer(template=None, width=palette.width,
            height=palette.height, format=palette.format, time_base=stream.time_base)  # fmt: skip
        use, sink = graph.add("paletteuse", _USE), graph.add("buffersink")
        film.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(sink)
        graph.configure()
        palette.pts, palette.time_base = 0, stream.time_base
        graph.vpush(palette, 1)
        graph.vpush(None, 1)
        for frame in source.decode(stream):
            graph.vpush(frame, 0)
            yield from _ready(graph)
        graph.vpush(None, 0)
        yield from _ready(graph)


def _ready(graph: Any) -> Iterator[av.VideoFrame]:
    """What the graph can give without more input."""
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _encode(path: Path, frames: Iterable[av.VideoFrame], rate: Fraction) -> None:
    with av.open(str(path), "w", format="gif", options={"loop": "0"}) as container:
        stream: Any = None
        for number, frame in enumerate(frames):
            if stream is None:
                stream = container.add_stream("gif", rate=rate)
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "pal8"
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())
