"""Vowels of made-up voices, silence, noise, plosives; files of every kind; a microphone without one; voice and camera mixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import lfilter

from capture import audio
from capture.audio import Microphone, Mixer, read_wav, speak
from capture.voice import SHAPES, VOWELS, Loudness, Mouth, Voice, decibels
from kirie.errors import CaptureError
from rig.params import ParameterFrame
from tests.capture.wires import FRESH, wait_for

RATE = 16000
VOICES = {
    "man": (125, ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))),
    "woman": (215, ((850, 1220, 2810), (310, 2790, 3310), (370, 950, 2670), (610, 2330, 2990), (590, 920, 2710))),
    "japanese": (140, ((775, 1160, 2500), (265, 2260, 3000), (365, 1300, 2300), (475, 1740, 2500), (550, 840, 2500))),
}  # fmt: skip
"""Hz of the pitch, and of the formants of A, I, U, E, O: averages that phoneticians published (Peterson and Barney 1952)."""


def sung(voice: str, vowel: str, seconds: float = 0.4, rate: int = RATE) -> np.ndarray:
    """Pulses of a glottis through resonances in series, float64 (N,), peak 0.5."""
    pitch, table = VOICES[voice]
    time = np.arange(round(seconds * rate)) / rate
    turns = np.cumsum(pitch * (1 + 0.01 * np.sin(31 * time))) / rate
    fall = np.exp(-2 * np.pi * 270 / rate)
    sound = np.diff(lfilter([1], [1, -2 * fall, fall * fall], np.diff(np.floor(turns), prepend=0)), prepend=0)
    for formant, width in zip(table[VOWELS.index(vowel)], (70, 90, 130), strict=True):
        r = np.exp(-np.pi * width / rate)
        c = 2 * r * np.cos(2 * np.pi * formant / rate)
        sound = lfilter([1 - c + r * r], [1, -c, r * r], sound)
    return 0.5 * sound / np.abs(sound).max()


def noise(seconds: float, decibel: float, seed: int = 0) -> np.ndarray:
    return 10 ** (decibel / 20) * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


@pytest.mark.parametrize("voice", list(VOICES))
@pytest.mark.parametrize("vowel", VOWELS)
@pytest.mark.parametrize("rate", [RATE, 44100])
def test_vowels(voice: str, vowel: str, rate: int) -> None:
    sounds = Voice(rate, Loudness(-60, -10)).feed(sung(voice, vowel, rate=rate))[5:-5]
    shares = np.mean([s.vowels for s in sounds], axis=0)
    assert VOWELS[shares.argmax()] == vowel
    opening, form = SHAPES[vowel]
    assert np.mean([s.form for s in sounds]) == pytest.approx(form, abs=0.35)
    assert np.mean([s.opening for s in sounds]) == pytest.approx(opening, abs=0.3)


@pytest.mark.parametrize("vowel", VOWELS)
def test_vowels_in_a_noisy_room(vowel: str) -> None:
    room = noise(1.4, -45)
    room[RATE:] += sung("man", vowel)
    sounds = Voice(RATE).feed(room)
    assert VOWELS[np.mean([s.vowels for s in sounds[105:-5]], axis=0).argmax()] == vowel


@pytest.mark.parametrize("level", [-120.0, -70.0, -40.0, -20.0])
def test_silence_and_steady_noise_say_nothing(level: float) -> None:
    voice, mouth = Voice(RATE), Mouth()
    for sound in voice.feed(noise(4, level)):
        mouth.move(sound, 0.01)
        assert mouth.opening < 0.05


def test_the_floor_is_learned_again_when_the_room_gets_louder() -> None:
    voice = Voice(RATE)
    voice.feed(noise(1, -70))
    sounds = voice.feed(noise(14, -45))
    assert max(s.level for s in sounds[-100:]) == 0
    assert voice.feed(sung("man", "A") + noise(0.4, -45))[20].level > 0.5


def test_a_quiet_microphone_opens_the_mouth_too() -> None:
    def opened(gain: float) -> float:
        voice = Voice(RATE)
        voice.feed(noise(1, -50) * gain)
        return max(s.opening for s in voice.feed(sung("woman", "A") * gain))

    assert opened(0.05) > 0.5
    assert opened(1.0) > 0.5


def test_plosives_open_at_once_and_the_mouth_shuts_soon() -> None:
    voice, mouth = Voice(RATE, Loudness(-60, -10)), Mouth()
    course = []
    for sound in voice.feed(np.concatenate([np.zeros(RATE // 2), sung("man", "A"), np.zeros(RATE // 2)])):
        mouth.move(sound, 0.01)
        course.append(mouth.opening)
    assert max(course[:45]) == 0
    assert course[56] > 0.6  # 60 ms after its start, half of which is the window
    assert course[120] < 0.05


def test_in_pieces_or_at_once_is_the_same() -> None:
    sound = np.concatenate([noise(0.3, -60), sung("woman", "E")])
    whole, pieces = Voice(RATE).feed(sound), []
    voice = Voice(RATE)
    for i in range(0, len(sound), 97):
        pieces += voice.feed(sound[i : i + 97])
    assert [s.level for s in pieces] == pytest.approx([s.level for s in whole])


def test_samples_that_are_no_numbers_do_no_harm() -> None:
    voice = Voice(RATE)
    for bad in (np.full(2000, np.nan), np.full(2000, np.inf), np.zeros(0)):
        for sound in voice.feed(bad):
            assert np.isfinite(sound.level)
            assert np.isfinite(sound.vowels).all()
    assert decibels(np.zeros(0)) < -100


KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "16 bit": lambda x: (x * 32767).astype(np.int16), "32 bit": lambda x: (x * (2**31 - 1)).astype(np.int32),
    "8 bit": lambda x: (x * 127 + 128).astype(np.uint8), "float": lambda x: x.astype(np.float32),
    "stereo": lambda x: (np.column_stack([x, x]) * 32767).astype(np.int16),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
def test_wav_files(tmp_path: Path, kind: str) -> None:
    sound = sung("man", "A")
    wavfile.write(tmp_path / "x.wav", RATE, KINDS[kind](sound))
    samples, rate = read_wav(tmp_path / "x.wav")
    assert rate == RATE
    np.testing.assert_allclose(samples, sound, atol=0.02)


def test_a_line_is_spoken(tmp_path: Path) -> None:
    pause = np.zeros(RATE // 2)
    line = np.concatenate([pause, sung("man", "A"), pause, sung("man", "I"), pause])
    wavfile.write(tmp_path / "line.wav", RATE, (line * 32767).astype(np.int16))
    frames = list(speak(tmp_path / "line.wav", 25))
    assert [f.time for f in frames] == pytest.approx([i / 25 for i in range(len(frames))])
    assert frames[-1].time == pytest.approx(len(line) / RATE, abs=1 / 25)
    opening = np.array([f.values["ParamMouthOpenY"] for f in frames])
    assert opening[:11].max() == 0
    assert opening[15:20].min() > 0.7  # 0.6 to 0.8 s: A
    assert opening[30:33].max() < 0.1
    assert frames[40].values["ParamMouthForm"] > 0.4  # 1.6 s: I
    assert opening[-3:].max() < 0.05


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), b"ID3 not a WAV" * 40])
def test_not_a_wav(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(CaptureError, match=r"x\.wav"):
        speak(path)
    with pytest.raises(CaptureError, match="no file"):
        speak(tmp_path / "none.wav")


class Stage:
    """A microphone that the test speaks into."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.hear: audio.Hear | None = None

    def __call__(self, device: int | str | None, rate: int, hear: audio.Hear) -> Stage:
        self.hear = hear
        return self

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


def test_microphone() -> None:
    stage = Stage()
    microphone = Microphone(opener=stage)
    microphone.open()
    assert stage.hear is not None
    stage.hear(noise(1, -60).astype(np.float32))
    stage.hear(sung("man", "A").astype(np.float32))
    frame = microphone.latest(FRESH)
    assert frame.face
    assert frame.values["ParamMouthOpenY"] > 0.5
    assert microphone.problem == ""
    microphone.close()
    microphone.close()
    assert stage.calls == ["start", "stop", "close"]


class Vanishing(Stage):
    """A microphone that is pulled out: it gives no samples, does not stop, and does not open until it is back."""

    def __init__(self) -> None:
        super().__init__()
        self.there, self.opened, self.renewed = True, 0, 0

    def __call__(self, device: int | str | None, rate: int, hear: audio.Hear) -> Stage:
        if not self.there:
            raise CaptureError("the microphone cannot be opened", "plug one in")
        self.opened += 1
        return super().__call__(device, rate, hear)

    def stop(self) -> None:
        if not self.there:
            raise RuntimeError("unanticipated host error")

    def renew(self) -> None:
        self.renewed += 1


def test_a_microphone_that_vanishes_is_named_and_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "SILENT", 0.2)
    monkeypatch.setattr(audio, "AGAIN", 0.04)
    stage = Vanishing()
    microphone = Microphone(opener=stage, renew=stage.renew)
    microphone.open()
    try:
        stage.there = False
        wait_for(lambda: "plug it in again" in microphone.problem)
        wait_for(lambda: stage.renewed > 2)
        assert stage.opened == 1
        stage.there = True
        wait_for(lambda: stage.opened == 2)

        def speak_up() -> bool:
            assert stage.hear is not None
            stage.hear(noise(1, -60).astype(np.float32))
            stage.hear(sung("man", "A").astype(np.float32))
            return microphone.problem == ""

        wait_for(speak_up)
        assert microphone.latest(FRESH).values["ParamMouthOpenY"] > 0.3
    finally:
        microphone.close()
    assert microphone.problem == ""


def test_a_microphone_that_does_not_start_is_let_go_and_named() -> None:
    class Dead(Stage):
        def start(self) -> None:
            raise RuntimeError("device unavailable")

    stage = Dead()
    with pytest.raises(CaptureError, match="microphone does not start: device unavailable"):
        Microphone(opener=stage).open()
    assert stage.calls == ["stop", "close"]


def test_without_portaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    with pytest.raises(CaptureError, match="PortAudio") as caught:
        Microphone().open()
    assert "libportaudio2" in caught.value.hint


def seen(time: float, face: bool = True, **values: float) -> ParameterFrame:
    return ParameterFrame(time, values, face)


def voice(time: float, opening: float, form: float = 0.0) -> ParameterFrame:
    return ParameterFrame(time, {"ParamMouthOpenY": opening, "ParamMouthForm": form})


def test_camera_and_voice() -> None:
    mixer = Mixer()
    both = mixer.mix(seen(0.0, ParamAngleX=9.0, ParamMouthOpenY=0.2, ParamMouthForm=0.5), voice(0.0, 0.8, -0.8))
    assert both.values["ParamAngleX"] == 9
    assert both.values["ParamMouthOpenY"] == 0.8
    assert -0.8 < both.values["ParamMouthForm"] < 0
    silent = mixer.mix(seen(0.1, ParamMouthOpenY=0.6, ParamMouthForm=0.5), voice(0.1, 0.0))
    assert silent.values == {"ParamMouthOpenY": 0.6, "ParamMouthForm": 0.5}  # a yawn, a smile
    stale = mixer.mix(seen(0.2, ParamMouthOpenY=0.6), ParameterFrame(0.2, {}, False))
    assert stale.values == {"ParamMouthOpenY": 0.6}


def test_a_voice_goes_on_when_the_camera_loses_the_face() -> None:
    mixer = Mixer()
    assert mixer.mix(seen(0.0, False), voice(0.0, 0.5)).face is False  # nobody yet
    mixer.mix(seen(1.0, ParamAngleX=20.0, ParamEyeLOpen=0.0), voice(1.0, 0.5))
    lost = [mixer.mix(seen(1.0 + i / 10, False), voice(1.0 + i / 10, 0.5)) for i in range(1, 40)]
    assert all(f.face for f in lost)
    assert lost[0].values["ParamAngleX"] == pytest.approx(20.0)
    assert lost[-1].values["ParamAngleX"] == pytest.approx(0.0, abs=0.1)
    assert lost[-1].values["ParamEyeLOpen"] == pytest.approx(1.0, abs=0.01)
    assert lost[-1].values["ParamMouthOpenY"] == 0.5
    silent = Mixer()
    silent.mix(seen(1.0, ParamAngleX=20.0), voice(1.0, 0.0))
    assert silent.mix(seen(1.1, False), voice(1.1, 0.0)).face is False
