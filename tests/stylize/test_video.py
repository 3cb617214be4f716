"""Stylizing films: order, bounded memory, parts that survive a stop, rate, sound, and what goes wrong."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from kirie.errors import RenderError, StylizeError
from kirie.stylizing_film import Writer
from render import join_films, write_film
from stylize import video
from stylize.crew import hired
from stylize.flow import RGB
from stylize.segments import parts_folder
from stylize.steady_seen import Seen
from stylize.video import Stylized, paced, stylize_video
from tests.render.test_film import disc, read, write_tone
from tests.stylize.films import scene
from tests.stylize.frame_stylizers import Dying, Negative, Picky

COUNT = 20


class Arrays:
    """Keeps the films in memory beside empty files."""

    def __init__(self) -> None:
        self.films: dict[str, list[RGB]] = {}

    def write(self, path: Path, frames: Iterable[RGB]) -> None:
        self.films[path.name] = list(frames)
        path.touch()

    def join(self, path: Path, parts: Sequence[Path]) -> None:
        self.films[path.name] = [frame for part in parts for frame in self.films[part.name]]
        path.touch()


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "LENGTH", 6)


def frames(count: int = COUNT) -> list[RGB]:
    return [scene(t) for t in range(count)]


def broken_off(at: int) -> Iterator[RGB]:
    """Ctrl-C while frame `at` is read."""
    yield from frames()[:at]
    raise KeyboardInterrupt


def test_frames_come_in_order_and_all(tmp_path: Path) -> None:
    writer, told = Arrays(), []
    done = stylize_video(frames(), tmp_path / "a.mp4", Negative, writer, {}, report=lambda n, before: told.append((n, before)))
    film = writer.films["a.mp4"]
    assert (done, len(film)) == (Stylized(COUNT, COUNT), COUNT)        # nobody's face is in them
    assert all(np.abs(out.astype(int) - (255 - frame)).mean() < 3 for out, frame in zip(film, frames(), strict=True))
    assert told == [(n, 0) for n in range(1, COUNT + 1)]
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.mp4"]


def test_resumed_is_the_very_same_film(tmp_path: Path) -> None:
    write_film(tmp_path / "clip.mp4", [np.dstack([f, np.full(f.shape[:2], 255, np.uint8)]) for f in frames()], 25)
    writer, told = Writer(tmp_path / "clip.mp4", 25), []
    stylize_video(frames(), tmp_path / "whole.mp4", Negative, writer, {"k": 1})
    with pytest.raises(KeyboardInterrupt):
        stylize_video(broken_off(15), tmp_path / "again.mp4", Negative, writer, {"k": 1})
    assert not (tmp_path / "again.mp4").exists()
    assert parts_folder(tmp_path / "again.mp4").is_dir()
    stylize_video(frames(), tmp_path / "again.mp4", Negative, writer, {"k": 1}, report=lambda n, b: told.append((n, b)))
    assert told[0] == (13, 12)                  # two parts of six were kept
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert not parts_folder(tmp_path / "again.mp4").exists()
    assert len(read(tmp_path / "whole.mp4")) == COUNT


def test_parts_made_otherwise_are_not_used(tmp_path: Path) -> None:
    writer, told = Arrays(), []
    with pytest.raises(KeyboardInterrupt):
        stylize_video(broken_off(15), tmp_path / "a.mp4", Negative, writer, {"strength": 1})
    stylize_video(frames(), tmp_path / "a.mp4", Negative, writer, {"strength": 0.5}, report=lambda n, b: told.append((n, b)))
    assert told[0] == (1, 0)


def test_stopped_at_once_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        stylize_video(broken_off(3), tmp_path / "a.mp4", Negative, Arrays(), {})
    assert list(tmp_path.iterdir()) == []


def test_a_strange_folder_is_not_removed(tmp_path: Path) -> None:
    folder = parts_folder(tmp_path / "a.mp4")
    folder.mkdir()
    (folder / "diary.txt").write_text("mine")
    with pytest.raises(StylizeError, match=r"not Kirie's: diary\.txt"):
        stylize_video(frames(3), tmp_path / "a.mp4", Negative, Arrays(), {})
    assert (folder / "diary.txt").read_text() == "mine"


def test_a_full_disk_is_told_and_what_is_done_is_kept(tmp_path: Path) -> None:
    class Full(Arrays):
        room = False

        def write(self, path: Path, frames: Iterable[RGB]) -> None:
            super().write(path, frames)
            if path.name == "00001.mp4" and not self.room:
                self.room = True
                path.unlink()
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    writer = Full()
    with pytest.raises(OSError, match="No space"):
        stylize_video(frames(), tmp_path / "a.mp4", Negative, writer, {})
    told: list[int] = []
    stylize_video(frames(), tmp_path / "a.mp4", Negative, writer, {}, report=lambda n, _: told.append(n))
    assert (told[0], len(writer.films["a.mp4"])) == (7, COUNT)


def test_no_more_frames_are_in_hand_than_needed(tmp_path: Path) -> None:
    read_ahead: list[int] = []
    state = {"read": 0}

    def counted() -> Iterator[RGB]:
        for frame in frames():
            state["read"] += 1
            yield frame

    stylize_video(counted(), tmp_path / "a.mp4", Negative, Arrays(), {},
                  report=lambda n, _: read_ahead.append(state["read"] - n))  # fmt: skip
    assert max(read_ahead) <= 1


def test_processes_give_the_same(tmp_path: Path) -> None:
    writer = Arrays()
    stylize_video(frames(8), tmp_path / "one.mp4", Negative, writer, {})
    one = writer.films["one.mp4"]
    stylize_video(frames(8), tmp_path / "two.mp4", Negative, writer, {}, workers=2)
    assert all(np.array_equal(a, b) for a, b in zip(one, writer.films["two.mp4"], strict=True))


@pytest.mark.parametrize(("make", "says"), [(Picky, "no such model"), (Dying, "ended from outside")])
def test_what_fails_in_a_process_is_told(make: type, says: str) -> None:
    with hired(make, 1) as crew, pytest.raises(StylizeError, match=says):
        list(crew.each("draw", frames(2), lambda rgb: (rgb, Seen())))


def test_a_varying_rate_becomes_a_constant_one() -> None:
    shots = [np.full((1, 1, 3), n, np.uint8) for n in range(5)]
    times = [0.5, 0.6, 0.9, 0.92, 1.0]          # at ten a second: the third stands longer, the fourth comes too soon
    assert [int(f[0, 0, 0]) for f in paced(zip(times, shots, strict=True), 10)] == [0, 1, 1, 1, 3, 4]
    assert list(paced([], 10)) == []


@pytest.mark.parametrize("fps", [12, 30000 / 1001])
def test_joined_films_have_all_frames_the_rate_and_the_sound(tmp_path: Path, fps: float) -> None:
    shots = [disc(step // 2) for step in range(40)]
    cuts = [0, 15, 16, 40]
    parts = [tmp_path / f"{n}.mp4" for n in range(3)]
    for part, (start, end) in zip(parts, pairwise(cuts), strict=True):
        write_film(part, shots[start:end], fps)
    join_films(tmp_path / "all.mp4", parts, write_tone(tmp_path / "tone.m4a", 9, "aac"))
    with av.open(str(tmp_path / "all.mp4")) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert picture.frames == 40 and float(picture.average_rate) == pytest.approx(fps, rel=1e-4)
        assert float(sound.duration * sound.time_base) == pytest.approx(40 / fps, abs=0.1)
        times = [frame.time for frame in film.decode(video=0)]
    assert np.diff(times) == pytest.approx(1 / fps, abs=1e-3)
    expected = [frame for part in parts for frame in read(part)]
    assert all(np.array_equal(a, b) for a, b in zip(read(tmp_path / "all.mp4"), expected, strict=True))


def test_joining_tells_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="nothing to join"):
        join_films(tmp_path / "all.mp4", [])
    (tmp_path / "bad.mp4").write_bytes(b"no film")
    with pytest.raises(RenderError, match=r"all\.mp4 cannot be written"):
        join_films(tmp_path / "all.mp4", [tmp_path / "bad.mp4"])
    assert not (tmp_path / "all.mp4").exists()
