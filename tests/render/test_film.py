"""Films, read back: sizes, rates, colours, alpha, sound, and nothing left behind when writing fails."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from kirie.errors import RenderError
from layering.stack import RGBA
from render.film import write_film
from render.pictures import bled, even, flattened
from render.video import H264, frame_rate
from tests.render.scenes import ellipse

SIZE = (64, 48)


def disc(step: int, size: tuple[int, int] = SIZE) -> RGBA:
    """A soft orange disc that moves to the right on nothing."""
    layer = ellipse((20 + step, 24), (14, 14), (230, 140, 40), soft=2)
    out = np.zeros((size[1], size[0], 4), np.uint8)
    (x, y), (w, h) = layer.offset, layer.size
    out[y : y + h, x : x + w] = layer.rgba
    return out


def film(count: int = 12) -> list[RGBA]:
    """Frames of the moving disc."""
    return [disc(step) for step in range(count)]


def read(path: Path, decoder: str = "") -> list[RGBA]:
    """All frames as RGBA; VP9's alpha comes with libvpx only."""
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        if not decoder:
            return [frame.to_ndarray(format="rgba") for frame in source.decode(stream)]
        context: Any = av.CodecContext.create(decoder, "r")
        packets = [packet for packet in source.demux(stream) if packet.size]
        return [frame.to_ndarray(format="rgba") for packet in [*packets, None] for frame in context.decode(packet)]


def frames_of(picture: Image.Image) -> int:
    """How many frames an animation has; `info` is left at the first."""
    count = sum(1 for _ in ImageSequence.Iterator(picture))
    picture.seek(0)
    return count


def write_tone(path: Path, seconds: float, codec: str, silent: float = 0.0) -> Path:
    """A sound file: a tone after `silent` seconds of nothing."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=48000)
        stream.layout = "stereo"
        for start in range(0, int(48000 * seconds), 960):
            at = np.arange(start, start + 960)
            wave = (np.sin(at * 0.06) * 0.3 * (at >= silent * 48000))[None].repeat(2, 0)
            frame = av.AudioFrame.from_ndarray(wave.astype(np.float32), format="fltp", layout="stereo")
            frame.rate, frame.pts = 48000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_mp4_lies_on_the_background(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", film(), 24, background=(30, 120, 60))
    with av.open(str(tmp_path / "a.mp4")) as source:
        stream = source.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate, stream.frames) == ("h264", "yuv420p", 24, 12)
    frames = read(tmp_path / "a.mp4")
    for frame, expected in zip(frames, film(), strict=True):
        assert np.abs(frame[..., :3].astype(int) - flattened(expected, (30, 120, 60))[..., :3]).mean() < 3
    assert np.abs(frames[0][2, 60, :3].astype(int) - (30, 120, 60)).max() <= 3


def test_mp4_of_odd_size_is_made_even(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", [disc(0)[:47, :63]], 30)
    assert read(tmp_path / "a.mp4")[0].shape == (48, 64, 4)


def test_webm_keeps_alpha_and_clean_edges(tmp_path: Path) -> None:
    write_film(tmp_path / "a.webm", film(), 30)
    frames = read(tmp_path / "a.webm", "libvpx-vp9")
    assert len(frames) == 12
    for frame, expected in zip(frames, film(), strict=True):
        assert np.abs(frame[..., 3].astype(int) - expected[..., 3]).mean() < 1.5
        edge = (expected[..., 3] > 40) & (expected[..., 3] < 220)
        assert np.abs(frame[edge, :3].astype(int) - expected[edge, :3]).mean() < 14, "edges are darkened"


def test_apng_is_exact(tmp_path: Path) -> None:
    for name in ("a.apng", "b.png"):
        write_film(tmp_path / name, film(), 20)
        with Image.open(tmp_path / name) as picture:
            assert (picture.format, frames_of(picture), picture.info["loop"]) == ("PNG", 12, 0)
            assert picture.info["duration"] == pytest.approx(50)
        for frame, expected in zip(read(tmp_path / name), film(), strict=True):
            assert np.array_equal(frame[expected[..., 3] > 0], expected[expected[..., 3] > 0])
            assert np.array_equal(frame[..., 3], expected[..., 3])


def test_gif_has_its_own_colours_and_holes(tmp_path: Path) -> None:
    write_film(tmp_path / "a.gif", film(), 25)
    with Image.open(tmp_path / "a.gif") as picture:
        assert (frames_of(picture), picture.info["loop"], picture.info["duration"]) == (12, 0, 40)
    for frame, expected in zip(read(tmp_path / "a.gif"), film(), strict=True):
        assert np.array_equal(frame[..., 3] > 0, expected[..., 3] >= 128)
        solid = expected[..., 3] == 255
        assert np.abs(frame[solid, :3].astype(int) - expected[solid, :3]).mean() < 3


def test_gif_is_not_faster_than_browsers_play(tmp_path: Path) -> None:
    write_film(tmp_path / "a.gif", film(24), 120)
    with Image.open(tmp_path / "a.gif") as picture:
        assert frames_of(picture) == 10 and picture.info["duration"] == 20


def test_series_and_folder(tmp_path: Path) -> None:
    write_film(tmp_path / "shot_%03d.png", film(3), 30)
    write_film(tmp_path / "shots", film(3), 30)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["shot_000.png", "shot_001.png", "shot_002.png", "shots"]
    assert sorted(p.name for p in (tmp_path / "shots").iterdir()) == ["0000.png", "0001.png", "0002.png"]
    assert np.array_equal(np.array(Image.open(tmp_path / "shot_002.png")), disc(2))


@pytest.mark.parametrize(("suffix", "source", "codec"), [(".mp4", "mp4", "aac"), (".mp4", "ogg", "libopus"),
                                                         (".webm", "ogg", "libopus"), (".webm", "mp4", "aac")])  # fmt: skip
def test_sound_is_kept_and_cut(tmp_path: Path, suffix: str, source: str, codec: str) -> None:
    tone = write_tone(tmp_path / f"tone.{source}", 2.0, codec)
    write_film(tmp_path / f"a{suffix}", film(), 12, sound=tone)
    with av.open(str(tmp_path / f"a{suffix}")) as result:
        assert result.streams.audio[0].codec_context.name == {".mp4": "aac", ".webm": "opus"}[suffix]
        loud = np.concatenate([frame.to_ndarray().mean(0) for frame in result.decode(audio=0)])
        rate = result.streams.audio[0].rate
    assert len(loud) / rate == pytest.approx(1.0, abs=0.06)
    assert np.abs(loud).max() > 0.2


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "aac"), (".mp4", "libopus"), (".webm", "aac"), (".webm", "libopus")])
def test_sound_stays_in_step(tmp_path: Path, suffix: str, codec: str) -> None:
    tone = write_tone(tmp_path / "tone.mp4", 1.0, codec, silent=0.5)
    write_film(tmp_path / f"a{suffix}", film(), 12, sound=tone)
    with av.open(str(tmp_path / f"a{suffix}")) as result:
        frames = list(result.decode(audio=0))
    loud = np.concatenate([np.abs(frame.to_ndarray()).mean(0) for frame in frames]) > 0.1
    begin = float(frames[0].time or 0) + int(np.argmax(loud)) / frames[0].sample_rate
    assert begin == pytest.approx(0.5, abs=0.01)


def test_sound_shorter_than_the_film_and_silent_sources(tmp_path: Path) -> None:
    write_film(tmp_path / "a.mp4", film(), 12, sound=write_tone(tmp_path / "tone.mp4", 0.3, "aac"))
    write_film(tmp_path / "b.mp4", film(), 12)
    write_film(tmp_path / "c.mp4", film(), 12, sound=tmp_path / "b.mp4")
    with av.open(str(tmp_path / "a.mp4")) as a, av.open(str(tmp_path / "c.mp4")) as c:
        assert a.streams.video[0].frames == 12 and a.streams.audio and not c.streams.audio


def test_sound_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "noise.mp3").write_bytes(b"no sound at all" * 50)
    for sound in ("noise.mp3", "missing.mp4"):
        with pytest.raises(RenderError, match=sound):
            write_film(tmp_path / "a.mp4", film(), 12, sound=tmp_path / sound)
    assert [p.name for p in tmp_path.iterdir()] == ["noise.mp3"]


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_broken_encoder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("render.video.H264", replace(H264, encoder="libnone"))
    with pytest.raises(RenderError, match="no encoder libnone"):
        write_film(tmp_path / "a.mp4", film(), 30)
    monkeypatch.setattr("render.video.H264", replace(H264, options={"profile": "none"}))
    with pytest.raises(RenderError, match="cannot be written"):
        write_film(tmp_path / "a.mp4", film(), 30)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.apng", "a_%02d.png", "folder"])
def test_full_disk_is_said_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (6, 64, 64, 4), np.uint8)
    if "." in name and "%" not in name:
        (tmp_path / name).write_bytes(b"before")
    with full_disk(3000), pytest.raises(RenderError, match=r"cannot be written: .*(too large|Disk)"):
        write_film(tmp_path / name, list(noise), 30)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([b"before"] if "." in name and "%" not in name else [])


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.apng", "a_%02d.png", "folder"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("of the source"), RenderError("own")])
def test_what_the_frames_raise_passes_and_leaves_nothing(tmp_path: Path, name: str, error: BaseException) -> None:
    def broken() -> Iterator[RGBA]:
        yield from film(3)
        raise error

    with pytest.raises(type(error)) as caught:
        write_film(tmp_path / name, broken(), 30)
    assert caught.value is error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a_%d%d.png", "a_%s%.png", "none/a.mp4"])
def test_targets_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(RenderError) as caught:
        write_film(tmp_path / name, film(2), 30)
    assert caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("frames", "text"), [([], "no frame"), ([disc(0), disc(0)[:40]], "another size"),
                                              ([disc(0).astype(np.float32)], "no uint8")])  # fmt: skip
def test_frames_that_cannot_be(tmp_path: Path, frames: list[RGBA], text: str) -> None:
    for name in ("a.mp4", "a.gif", "a_%02d.png", "folder"):
        with pytest.raises(RenderError, match=text):
            write_film(tmp_path / name, frames, 30)
    assert not list(tmp_path.iterdir())


def test_frames_are_taken_as_they_come(tmp_path: Path) -> None:
    alive: list[int] = []

    def counted() -> Iterator[RGBA]:
        for step in range(40):
            alive.append(step)
            yield disc(step % 20)

    write_film(tmp_path / "a.mp4", counted(), 30)
    assert len(alive) == 40 and len(read(tmp_path / "a.mp4")) == 40


def test_rates() -> None:
    assert frame_rate(29.97) == Fraction(30000, 1001) and frame_rate(23.976) == Fraction(24000, 1001)
    assert frame_rate(30) == 30 and frame_rate(12.5) == Fraction(25, 2) and frame_rate(60) == 60


def test_bleeding_changes_only_what_is_transparent() -> None:
    picture = disc(3)
    out = bled(picture)
    shown = picture[..., 3] > 0
    assert np.array_equal(out[shown], picture[shown]) and np.array_equal(out[..., 3], picture[..., 3])
    near = ~shown & (np.hypot(*(np.mgrid[:48, :64] - np.array([24, 23])[:, None, None])) < 22)
    assert np.abs(out[near, :3].astype(int) - (230, 140, 40)).max() < 70
    assert np.array_equal(bled(np.zeros((4, 4, 4), np.uint8)), np.zeros((4, 4, 4), np.uint8))


def test_flattening_is_the_formula_and_even_repeats() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 9, 4), dtype=np.uint8)
    share = picture[..., 3:] / 255
    expected = picture[..., :3] * share + (1 - share) * (9, 99, 200)
    assert np.abs(flattened(picture, (9, 99, 200))[..., :3] - expected).max() <= 0.51
    assert even(picture).shape == (8, 10, 4) and np.array_equal(even(picture)[7, 9], picture[6, 8])
