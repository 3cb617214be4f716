"""`kirie stylize` on films: what is written, what is said, and what is left behind."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from kirie import stylizing_film
from kirie.cli import main
from render import write_film
from stylize import crew
from stylize.segments import parts_folder
from tests.render.test_film import write_tone
from tests.stylize.films import scene
from tests.stylize.frame_stylizers import Negative


class Drawer(Negative):
    """A stand-in for one that needs MediaPipe."""

    def __init__(self, _look: stylizing_film.Look) -> None:
        pass


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A film of ten frames with sound, drawn here without processes."""
    monkeypatch.setattr(stylizing_film, "Drawer", Drawer)
    monkeypatch.setattr(crew, "cores", lambda: 0)
    frames = [np.dstack([scene(t), np.full(scene(t).shape[:2], 255, np.uint8)]) for t in range(10)]
    write_film(tmp_path / "me.mp4", frames, 24, write_tone(tmp_path / "tone.m4a", 2, "aac"))
    return tmp_path / "me.mp4"


def test_a_film_becomes_a_film_beside_it(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(clip)]) == 0
    target = clip.with_name("me.anime.mp4")
    told = capsys.readouterr()
    assert told.out.strip() == str(target)
    assert f"no face was found in {clip}" in told.err
    with av.open(str(target)) as film:
        picture = film.streams.video[0]
        assert (picture.frames, picture.average_rate, picture.width, picture.height) == (10, 24, 192, 160)
        assert len(film.streams.audio) == 1
    assert not parts_folder(target).exists()


def test_a_turned_film_stays_upright(clip: Path, tmp_path: Path) -> None:
    """A phone's film lies on its side and says so."""
    turned = tmp_path / "turned.mp4"
    with av.open(str(clip)) as source, av.open(str(turned), "w") as film:
        stream = film.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                film.mux(packet)
    turn_matrix(turned)
    assert main(["stylize", str(turned)]) == 0
    with av.open(str(tmp_path / "turned.anime.mp4")) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (160, 192)


def turn_matrix(path: Path) -> None:
    """Write a quarter turn into the header of an MP4's track."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40           # version and flags, times, layer, volume; then nine 32-bit numbers
    one = 0x10000
    matrix = (0, one, 0, -one, 0, 0, 160 * one, 0, 0x40000000)
    data[at : at + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in matrix)
    path.write_bytes(data)


@pytest.mark.parametrize("words", [["-o", "x.png"], ["--background", "transparent"]])
def test_what_a_film_cannot_be(clip: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(clip), *words]) == 2
    assert ".mp4" in capsys.readouterr().err


def test_a_corrupt_film_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"nonsense" * 99)
    assert main(["stylize", str(tmp_path / "bad.mp4")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: ") and "bad.mp4 is not a video" in lines[0] and len(lines) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.mp4"]


def test_a_missing_model_is_one_line(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stylize", str(clip), "--model", "nothing.onnx"]) == 1
    assert "nothing.onnx" in capsys.readouterr().err
    assert not parts_folder(clip.with_name("me.anime.mp4")).exists()


def test_stopped_work_is_kept_and_told(clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from stylize import video

    monkeypatch.setattr(video, "LENGTH", 4)

    class Stopped(Drawer):
        count = 0

        def draw(self, *seen: object) -> object:  # type: ignore[override]
            Stopped.count += 1
            if Stopped.count == 7:
                raise KeyboardInterrupt
            return super().draw(*seen)  # type: ignore[arg-type]

    monkeypatch.setattr(stylizing_film, "Drawer", Stopped)
    assert main(["stylize", str(clip)]) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert parts_folder(clip.with_name("me.anime.mp4")).is_dir() and not clip.with_name("me.anime.mp4").exists()
    assert main(["stylize", str(clip)]) == 0
    assert Stopped.count == 7 + 10 - 4          # the first part was not drawn again
