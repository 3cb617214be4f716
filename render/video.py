"""Films by PyAV: H.264 in MP4, VP9 with alpha in WebM, animated PNG. Sound comes from another media file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from layering.stack import RGBA
from render.sound import Sound


@dataclass(frozen=True, slots=True)
class Codec:
    """How one kind of film is encoded.

    container, encoder, pixels: FFmpeg's names. options, container_options: FFmpeg's, for the encoder and the file.
    sounds: audio codecs that may be copied as they are; the first is encoded to where copying is not possible.
    """

    container: str
    encoder: str
    pixels: str
    options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[str, ...] = ()


H264 = Codec("mp4", "libx264", "yuv420p", {"crf": "18", "preset": "fast", "tune": "animation"}, {"movflags": "+faststart"},
             ("aac", "mp3"))  # fmt: skip
VP9 = Codec("webm", "libvpx-vp9", "yuva420p",
            {"crf": "24", "b": "0", "auto-alt-ref": "0", "deadline": "good", "cpu-used": "5", "row-mt": "1"},
            sounds=("libopus", "opus", "vorbis"))  # fmt: skip
APNG = Codec("apng", "apng", "rgba", {"pred": "mixed"}, {"plays": "0"})


def write_video(path: Path, frames: Iterable[RGBA], fps: float, codec: Codec, convert: Callable[[RGBA], RGBA],
                sound: Path | None = None) -> None:  # fmt: skip
    """Encode `frames`, each brought to the codec's liking by `convert`, `fps` a second; the sound is cut to their length.

    Raises OSError (av.FFmpegError is one) when the file cannot be written, RenderError when the sound cannot be read.
    """
    rate = frame_rate(fps)
    with av.open(str(path), "w", format=codec.container, options=dict(codec.container_options)) as container:
        track: Sound | None = None
        stream: Any = None
        try:
            for number, frame in enumerate(frames):
                picture = convert(frame)
                if stream is None:
                    stream = _add_stream(container, codec, rate, picture)
                    track = Sound.open(sound, container, codec.sounds) if sound and codec.sounds else None
                container.mux(stream.encode(_video_frame(picture, codec.pixels, number, rate)))
                if track:
                    track.mux_until(float((number + 1) / rate))
            container.mux(stream.encode())
            if track:
                track.finish()
        finally:
            if track:
                track.close()


def frame_rate(fps: float) -> Fraction:
    """29.97 and its like become the fractions that they stand for."""
    near = Fraction(round(fps * 1001 / 1000) * 1000, 1001)
    return near if abs(float(near) - fps) < 0.004 and near.denominator != 1 else Fraction(fps).limit_denominator(1000)


def _add_stream(container: Any, codec: Codec, rate: Fraction, picture: RGBA) -> Any:
    stream = container.add_stream(codec.encoder, rate=rate, options=dict(codec.options))
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = codec.pixels
    stream.codec_context.time_base = 1 / rate
    if codec.pixels.startswith("yuv"):
        context = stream.codec_context
        context.colorspace, context.color_range, context.color_primaries, context.color_trc = _BT709
    return stream


def _video_frame(picture: RGBA, pixels: str, number: int, rate: Fraction) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgba")
    if pixels.startswith("yuv"):
        frame = frame.reformat(format=pixels, dst_colorspace="ITU709", dst_color_range="MPEG")
        frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc = _BT709
    frame.pts, frame.time_base = number, 1 / rate
    return frame


_BT709 = (1, 1, 1, 1)           # matrix BT.709, studio range, primaries BT.709, transfer BT.709, as FFmpeg numbers them
