"""A line said aloud in time with its sound, and a voice beside a face."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from capture.sources import Playback, Stats
from capture.voices import Mixed, Spoken
from kirie.errors import CaptureError
from rig.params import ParameterFrame
from tests.capture.test_audio import RATE, sung
from tests.capture.wires import wait_for


class Speakers:
    """Keeps what it should sound; late by 0.2 s."""

    def __init__(self, broken: bool = False) -> None:
        self.broken, self.stopped = broken, False
        self.played: list[tuple[int, int]] = []

    def play(self, samples: np.ndarray, rate: int) -> float:
        if self.broken:
            raise CaptureError("the line is not heard: no device", "her mouth says it all the same")
        self.played.append((len(samples), rate))
        return 0.2

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.wav"
    silence = np.zeros(RATE // 10)
    wavfile.write(path, RATE, (30000 * np.concatenate([silence, sung("man", "A", 0.5), silence])).astype(np.int16))
    return path


@pytest.mark.parametrize("broken", [False, True])
def test_a_line_begins_with_its_sound_and_ends(line: Path, broken: bool) -> None:
    speakers = Speakers(broken)
    spoken = Spoken(line, speakers)
    spoken.open()
    assert not speakers.played                              # not before the window is there to ask
    first = spoken.at(time.monotonic())
    assert first.face and first.values["ParamMouthOpenY"] < 0.05
    wait_for(lambda: spoken._start is not None)
    assert spoken._start is not None
    assert spoken._start - time.monotonic() == pytest.approx(0.0 if broken else 0.2, abs=0.15)
    assert spoken.at(spoken._start + 0.4).values["ParamMouthOpenY"] > 0.5
    assert not spoken.at(spoken._start + 1.0).face
    assert ("no device" in spoken.problem) == broken and speakers.played == ([] if broken else [(round(0.7 * RATE), RATE)])
    spoken.close()
    assert speakers.stopped != broken


class Faces(Playback):
    """A face that is always there, and knows neutral; it may refuse to open."""

    def __init__(self) -> None:
        super().__init__([ParameterFrame(0.0, {"ParamAngleX": 9.0, "ParamMouthOpenY": 0.1})], "camera")
        self.opened = 0
        self.stats_now = Stats(frames=7)

    @property
    def stats(self) -> Stats:
        return self.stats_now

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        self.opened -= 1

    def set_neutral(self) -> dict[str, float]:
        return {"ParamAngleX": 9.0}


class Mute(Playback):
    """A microphone that cannot be opened."""

    def open(self) -> None:
        raise CaptureError("the microphone cannot be opened", "plug one in")


def test_a_voice_beside_a_face() -> None:
    face, voice = Faces(), Playback([ParameterFrame(0.0, {"ParamMouthOpenY": 0.9, "ParamMouthForm": 0.0})], "microphone")
    mixed = Mixed(face, voice)
    mixed.open()
    frame = mixed.at(1.0)
    assert (frame.values["ParamAngleX"], frame.values["ParamMouthOpenY"]) == (9.0, 0.9)
    assert mixed.latest(1.0).values == frame.values
    assert mixed.name == "camera and microphone" and mixed.stats.frames == 7 and mixed.set_neutral() == {"ParamAngleX": 9.0}
    voice.problem = "the microphone gives no sound"
    assert "no sound" in mixed.problem
    face.problem = "the camera is gone"
    assert mixed.problem == "the camera is gone"
    mixed.close()
    assert face.opened == 0


def test_a_microphone_that_is_missing_lets_the_camera_go() -> None:
    face = Faces()
    with pytest.raises(CaptureError, match="cannot be opened"):
        Mixed(face, Mute([ParameterFrame(0.0)])).open()
    assert face.opened == 0
