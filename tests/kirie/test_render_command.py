"""`kirie render`: sources, sizes, kinds of files, poses, the pipe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from capture import read_take, write_take
from layering import read_layers
from rig.params import ParameterFrame
from tests.kirie.conftest import Answer, start

Say = Callable[..., Answer]


@pytest.fixture
def take(puppet: Path) -> Path:
    """A third of a second: the head turns and the eyes close."""
    path = puppet.with_name("short.take")
    frames = [ParameterFrame(i / 30, {"ParamAngleX": 3.0 * i, "ParamEyeLOpen": 1 - i / 10}) for i in range(11)]
    write_take(path, frames)
    return path


def read(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """uint8 (h, w, 4)."""
    return np.asarray(Image.open(path).convert("RGBA"))


def test_a_pose_is_a_picture(say: Say, puppet: Path, drawing: Path) -> None:
    answer = say("render", puppet, "--pose", "ParamAngleX=0")
    assert answer.last == str(puppet.with_name("girl.pose.png"))
    rest = read_layers(drawing).composite()
    seen, solid = read(puppet.with_name("girl.pose.png")), rest[..., 3] > 250
    assert seen.shape == rest.shape
    assert (np.abs(seen.astype(int) - rest)[solid].max(-1) > 2).mean() < 0.001      # exactness is tested with rig and render


def test_poses_move(say: Say, puppet: Path, tmp_path: Path) -> None:
    for name, pose in (("rest", ""), ("turned", "ParamAngleX=30"), ("shut", "ParamEyeLOpen=0, ParamEyeROpen=0")):
        assert say("render", puppet, "--pose", pose, "-o", tmp_path / f"{name}.png").code == 0
    rest, turned, shut = (read(tmp_path / f"{n}.png") for n in ("rest", "turned", "shut"))
    assert (rest != turned).any(-1).mean() > 0.05
    assert 0 < (rest != shut).any(-1).mean() < 0.05


def test_a_psd_is_rigged_on_the_way(say: Say, drawing: Path) -> None:
    answer = say("render", drawing, "--pose", "ParamAngleX=10", "--size", "64x80")
    assert answer.code == 0, answer.err
    assert read(drawing.with_name("girl.pose.png")).shape == (80, 64, 4)
    assert not drawing.with_suffix(".puppet").exists()


def test_a_flat_picture_is_taken_apart_and_rigged_on_the_way(say: Say, picture: Path, tmp_path: Path) -> None:
    for name, pose in (("rest", ""), ("shut", "ParamEyeLOpen=0, ParamEyeROpen=0")):
        answer = say("render", picture, "--pose", pose, "-o", tmp_path / f"{name}.png")
        assert answer.code == 0, answer.err
    given, rest, shut = (read(p) for p in (picture, tmp_path / "rest.png", tmp_path / "shut.png"))
    solid = given[..., 3] > 250
    assert (np.abs(rest.astype(int) - given)[solid].max(-1) > 2).mean() < 0.001
    changed = (rest != shut).any(-1)
    assert changed[125:160].any() and not changed[165:].any() and not changed[:100].any(), "the eyes shut, and nothing else"
    assert [x.name for x in picture.parent.iterdir()] == [picture.name], "nothing is left beside the picture"


def test_unknown_parameters_name_their_neighbours(say: Say, puppet: Path) -> None:
    answer = say("render", puppet, "--pose", "ParamAngelX=3")
    assert answer.code == 2
    assert "no parameter ParamAngelX" in answer.err and "ParamAngleX" in answer.err


def test_values_are_held_to_the_range_with_a_note(say: Say, puppet: Path, tmp_path: Path) -> None:
    answer = say("render", puppet, "--pose", "ParamAngleX=90", "-o", tmp_path / "a.png")
    assert answer.code == 0
    assert "note: ParamAngleX=90 is held to 30" in answer.err
    say("render", puppet, "--pose", "ParamAngleX=30", "-o", tmp_path / "b.png")
    assert (read(tmp_path / "a.png") == read(tmp_path / "b.png")).all()


@pytest.mark.parametrize(("words", "told"), [
    (["--pose", "ParamAngleX"], "is not NAME=NUMBER"), (["--pose", "ParamAngleX=nan"], "is not NAME=NUMBER"),
    (["--size", "512"], "is not a size"), (["--size", "4x4"], "out of range"), (["--size", "99999x99999"], "out of range"),
    (["--fps", "0"], "--fps"), (["--background", "greenish"], "is not a colour"), (["-o", "x.avi"], "should end in"),
    (["--pose", "ParamAngleX=1", "-o", "x.mp4"], "should end in .png"), (["--pose", "ParamAngleX=1", "-o", "-"], "-o"),
])  # fmt: skip
def test_wrong_usage(say: Say, puppet: Path, words: list[str], told: str) -> None:
    answer = say("render", puppet, *words)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_one_source_at_a_time(say: Say, puppet: Path, take: Path) -> None:
    answer = say("render", puppet, "--take", take, "--pose", "ParamAngleX=1")
    assert answer.code == 2 and "only one of" in answer.err


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".apng"])
def test_a_take_becomes_a_film(say: Say, puppet: Path, take: Path, suffix: str) -> None:
    target = puppet.with_name("film" + suffix)
    answer = say("render", puppet, "--take", take, "--size", "64x80", "-o", target)
    assert answer.code == 0, answer.err
    assert answer.last == str(target)
    assert target.stat().st_size > 500
    assert say("render", puppet, "--take", take, "--size", "64x80", "-o", target).code == 0     # ours: again is fine


def test_a_series_of_pictures(say: Say, puppet: Path, take: Path) -> None:
    for target, first in ((puppet.with_name("nod_%02d.png"), "nod_00.png"), (puppet.with_name("nod"), "nod/0000.png")):
        assert say("render", puppet, "--take", take, "--size", "64x80", "-o", target).code == 0
        assert read(puppet.parent / first).shape == (80, 64, 4)
        assert say("render", puppet, "--take", take, "--size", "64x80", "-o", target).code == 0
        (puppet.parent / first).write_bytes(b"mine")
        assert say("render", puppet, "--take", take, "--size", "64x80", "-o", target).code == 1


def test_a_puppet_plays_by_itself(say: Say, puppet: Path, take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.demo_performance", lambda: read_take(take))
    answer = say("render", puppet, "--size", "64x80")
    assert answer.last == str(puppet.with_suffix(".mp4"))


def test_opaque_films_stand_on_white(say: Say, puppet: Path, take: Path) -> None:
    for name, words in (("plain", []), ("blue", ["--background", "#0000ff"])):
        assert say("render", puppet, "--take", take, "--size", "64x80", "-o", puppet.with_name(f"{name}.gif"), *words).code == 0
    assert read(puppet.with_name("plain.gif"))[0, 0].tolist() == [255, 255, 255, 255]
    assert read(puppet.with_name("blue.gif"))[0, 0, 2] > read(puppet.with_name("blue.gif"))[0, 0, 0] + 150


def test_raw_pictures_in_a_pipe(puppet: Path, take: Path, say: Say) -> None:
    process = start("render", puppet, "--take", take, "--size", "64x80", "-o", "-")
    out, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    raw = np.frombuffer(out, np.uint8).reshape(-1, 80, 64, 4)
    assert len(raw) in (10, 11)
    assert b"64x80" in told
    say("render", puppet, "--pose", "ParamAngleX=0", "--size", "64x80", "-o", puppet.with_name("first.png"))
    assert np.abs(raw[0].astype(int) - read(puppet.with_name("first.png"))).max() <= 2


def test_an_input_is_never_overwritten(say: Say, puppet: Path, take: Path) -> None:
    film = puppet.with_name("me.mp4")
    film.write_bytes(b"someone's film")
    answer = say("render", puppet, "--video", film, "-o", film, "--force")
    assert answer.code == 1 and "read and cannot be written" in answer.err
    assert film.read_bytes() == b"someone's film"


def refusal(answer: Answer) -> str:
    """The error line of a command that failed as it should: two lines, exit code 1."""
    assert (answer.code, answer.out) == (1, ""), answer
    lines = answer.err.splitlines()
    assert [line[:6] for line in lines] == ["error:", "hint: "], answer.err
    assert "unexpected" not in lines[0]
    return lines[0]


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"t": 0, "params": {"ParamAngleX": "much"}}', "\0" * 100])
def test_a_garbage_take(say: Say, puppet: Path, content: str) -> None:
    path = puppet.with_name("odd.take")
    path.write_text(content, "utf-8")
    assert "odd.take" in refusal(say("render", puppet, "--take", path))
    assert not puppet.with_suffix(".mp4").exists()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6, 0.99])
def test_a_cut_puppet(say: Say, puppet: Path, share: float) -> None:
    data = puppet.read_bytes()
    puppet.write_bytes(data[: int(len(data) * share)])
    assert "girl.puppet" in refusal(say("render", puppet, "--pose", "ParamAngleX=1"))


def test_what_is_no_puppet(say: Say, tmp_path: Path) -> None:
    path = tmp_path / "girl.jpg"
    path.write_bytes(b"\xff\xd8\xff")
    assert "not a picture that Kirie knows" in refusal(say("render", path, "--pose", "ParamAngleX=1"))


def test_whoever_is_tracked_breathes(take: Path) -> None:
    from kirie.commands.render import breathing, performed

    breaths = [f.values["ParamBreath"] for f in performed(take, None)]
    assert len(set(breaths)) == len(breaths) and performed(take, None)[3].values["ParamAngleX"] == 9
    own = ParameterFrame(1.0, {"ParamBreath": 0.25})
    assert breathing(own).values == own.values


@pytest.fixture
def line(puppet: Path) -> Path:
    """A second: silence, half a second of a loud A, silence."""
    from scipy.io import wavfile

    from tests.capture.test_audio import RATE, sung

    quiet = np.zeros(RATE // 4)
    path = puppet.with_name("line.wav")
    wavfile.write(path, RATE, (30000 * np.concatenate([quiet, sung("woman", "A", 0.5), quiet])).astype(np.int16))
    return path


def test_a_line_is_said_with_its_sound(say: Say, puppet: Path, line: Path) -> None:
    import av

    answer = say("render", puppet, "--audio", line, "--size", "64x80", "--fps", "15")
    assert answer.code == 0 and answer.last == str(puppet.with_suffix(".mp4")), answer.err
    with av.open(answer.last) as film:
        assert [s.type for s in film.streams] == ["video", "audio"] and film.streams.video[0].frames == 16
    assert refusal_of_use(say("render", puppet, "--audio", line, "--pose", "ParamAngleX=1"))
    line.write_bytes(b"RIFF")
    assert "not a WAV file" in refusal(say("render", puppet, "--audio", line, "--force"))


def refusal_of_use(answer: Answer) -> bool:
    """Whether a command was refused as wrong usage, in two lines."""
    return answer.code == 2 and answer.err.startswith("error:") and len(answer.err.splitlines()) == 2


def test_who_says_a_line_lives_and_a_tracked_head_keeps_moving(line: Path, take: Path) -> None:
    from kirie.commands.render import performed
    from rig.params import BY_NAME, Parameter

    wink = [BY_NAME["ParamEyeLOpen"], Parameter("ParamEyeROpen", 0, 0, 1)]
    alone = performed(None, None, line, 60.0, wink)
    mouth = np.array([f.values["ParamMouthOpenY"] for f in alone])
    assert len(alone) == 61 and mouth[:12].max() < 0.05 < 0.6 < mouth[20:40].min() and mouth[-6:].max() < 0.3
    assert np.ptp([f.values["ParamAngleX"] for f in alone]) > 0.5
    assert {f.values["ParamEyeROpen"] for f in alone} == {0}                        # drawn shut
    both = performed(take, None, line)
    assert [f.values["ParamAngleX"] for f in both] == [3.0 * i for i in range(11)]
    assert both[0].values["ParamMouthOpenY"] < 0.05 < 0.5 < both[10].values["ParamMouthOpenY"]
