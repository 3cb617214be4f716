"""Voices as sources of a mouth: a microphone, a WAV file, and how a voice and a camera's mouth go together."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from capture.quiet import quiet
from capture.sources import Feed, Stats
from capture.voice import F64, HOP, WINDOW, Loudness, Mouth, Voice, decibels
from kirie.errors import CaptureError
from rig.params import BY_NAME, ParameterFrame

RATE = 16000
"""Hz that a microphone is asked for; vowels need no more."""
BLOCK = 0.010
SILENT, AGAIN = 2.0, 1.0
"""s without a sample after which a microphone counts as gone, and between attempts to open it anew; silence has samples."""
MOST_SECONDS = 3600.0
"""Of a WAV file."""
AHEAD = 0.03
"""s by which a film's mouth moves before its sound, as real ones do, against the window's and the filter's delay."""
QUIET_SHARE, LOUD_SHARE = 0.1, 0.95
"""Quantiles of a file's loudness that are its noise and its loud speech."""
VOICE_FORM = 0.7
"""How much of the mouth's form the voice decides at full level; the camera sees smiles, the voice hears vowels."""
FADE = 0.4
"""s in which what the camera saw last fades when it loses the face of someone who goes on talking."""


class Stream(Protocol):
    """An open microphone."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


Hear = Callable[[npt.NDArray[np.float32]], None]
OpenStream = Callable[[int | str | None, int, Hear], Stream]
"""Opens a device at a rate in Hz; mono samples go to the function, on a thread of the system. Raises CaptureError."""


def open_microphone(device: int | str | None, rate: int, hear: Hear) -> Stream:
    """A microphone by PortAudio; None is the system's own choice."""
    sounddevice = import_sounddevice()

    def heard(data: npt.NDArray[np.float32], frames: int, when: Any, status: Any) -> None:
        hear(data[:, 0].copy())

    try:
        return sounddevice.InputStream(samplerate=rate, blocksize=round(rate * BLOCK), device=device, channels=1,
                                       dtype="float32", callback=heard)  # fmt: skip
    except (sounddevice.PortAudioError, ValueError) as error:
        which = "the microphone" if device is None else f"microphone {device}"
        raise CaptureError(f"{which} cannot be opened: {error!s:.120}", "plug one in, and allow it") from error


def microphones() -> list[str]:
    """The names of all microphones that the system knows. Raises CaptureError where PortAudio is missing."""
    sounddevice = import_sounddevice()
    with quiet():                                           # ALSA writes what it tried
        return [str(device["name"]) for device in sounddevice.query_devices() if device["max_input_channels"] > 0]


def look_again() -> None:
    """PortAudio knows the devices that were there when it started. Only while nothing sounds and nobody listens."""
    sounddevice = import_sounddevice()
    with quiet(), contextlib.suppress(sounddevice.PortAudioError):
        sounddevice._terminate()
    with quiet(), contextlib.suppress(sounddevice.PortAudioError):
        sounddevice._initialize()


def import_sounddevice() -> Any:
    """sounddevice, or a CaptureError that names what the system lacks."""
    try:
        with quiet():
            import sounddevice
    except (ImportError, OSError) as error:
        hint = "on Debian or Ubuntu: sudo apt-get install -y libportaudio2"
        raise CaptureError(f"microphones and speakers need PortAudio: {error}", hint) from error
    return sounddevice


class Microphone:
    """A microphone as a source of ParamMouthOpenY and ParamMouthForm; it has a face as long as it gives samples.

    One that is unplugged is opened anew until it is back; the system's own choice may be another by then. renew: has the system
    look for its devices again.
    """

    def __init__(self, device: int | str | None = None, opener: OpenStream = open_microphone,
                 renew: Callable[[], None] = look_again) -> None:  # fmt: skip
        self.name = "microphone" if device is None else f"microphone {device}"
        self._device, self._opener, self._renew = device, opener, renew
        self._feed = Feed()
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._voice, self._mouth = Voice(RATE), Mouth()
        self._heard = 0.0
        self._stop = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def problem(self) -> str:
        """Says when the microphone has gone silent altogether: unplugged, or taken away by the system."""
        gone = self._watch is not None and time.monotonic() - self._heard > SILENT
        return f"{self.name} gives no sound: plug it in again" if gone else ""

    @property
    def stats(self) -> Stats:
        return self._feed.stats()

    def open(self) -> None:
        """Start to listen. Raises CaptureError when there is nothing to listen with."""
        self._heard = time.monotonic()
        self._listen()
        self._stop.clear()
        self._watch = threading.Thread(target=self._watch_over, name="kirie-microphone", daemon=True)
        self._watch.start()

    def close(self) -> None:
        self._stop.set()
        if self._watch is not None:
            self._watch.join(5.0)
        self._watch = None
        self._let_go()

    def _listen(self) -> None:
        self._stream = self._opener(self._device, RATE, self._hear)
        try:
            self._stream.start()
        except Exception as error:                          # what each system's PortAudio raises
            self._let_go()
            raise CaptureError(f"{self.name} does not start: {error!s:.120}", "plug it in again") from error

    def _let_go(self) -> None:
        """Close the stream, however dead its device is."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(Exception):
                stream.stop()
            with contextlib.suppress(Exception):
                stream.close()

    def _watch_over(self) -> None:
        """Open it anew while it gives nothing."""
        tried = self._heard
        while not self._stop.wait(AGAIN / 4):
            now = time.monotonic()
            if now - max(self._heard, tried) > (SILENT if self._stream is not None else AGAIN):
                tried = now
                self._let_go()
                with contextlib.suppress(CaptureError):     # it is not back yet; `problem` says so
                    self._renew()
                    self._listen()

    def latest(self, now: float) -> ParameterFrame:
        return self._feed.latest(now)

    def at(self, now: float) -> ParameterFrame:
        return self._feed.at(now)

    def _hear(self, samples: npt.NDArray[np.float32]) -> None:
        now = time.monotonic()
        self._heard = now
        with self._lock:
            sounds = self._voice.feed(samples)
            for sound in sounds:
                self._mouth.move(sound, HOP)
        if sounds:
            self._feed.put(ParameterFrame(now, mouth_values(self._mouth)), now)


def mouth_values(mouth: Mouth) -> dict[str, float]:
    """The two parameters of a mouth."""
    return {"ParamMouthOpenY": BY_NAME["ParamMouthOpenY"].clamp(mouth.opening),
            "ParamMouthForm": BY_NAME["ParamMouthForm"].clamp(mouth.form)}  # fmt: skip


class Mixer:
    """A camera's frames and a voice's mouth become one.

    The mouth opens as far as the further of the two: the voice catches what the camera is late for, the camera the silent
    yawn. Its form is the camera's, drawn towards the vowel's by up to VOICE_FORM as the voice grows. Where the camera loses
    the face of someone who talks, what it saw last fades and the mouth goes on.
    """

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._lost: float | None = None

    def mix(self, seen: ParameterFrame, heard: ParameterFrame) -> ParameterFrame:
        """The frame of the same moment that both make."""
        if seen.face:
            self._last, self._lost = dict(seen.values), None
            return ParameterFrame(seen.time, mixed_mouth(seen.values, heard), True)
        silent = not heard.face or (self._lost is None and heard.values.get("ParamMouthOpenY", 0.0) < 0.02)
        if silent or not self._last:
            return seen
        self._lost = seen.time if self._lost is None else self._lost
        left = math.exp(-(seen.time - self._lost) / FADE)
        faded = {n: BY_NAME[n].default + left * (v - BY_NAME[n].default) for n, v in self._last.items() if n in BY_NAME}
        return ParameterFrame(seen.time, mixed_mouth(faded, heard), True)


def mixed_mouth(values: Mapping[str, float], heard: ParameterFrame) -> dict[str, float]:
    """Values with the mouth that the voice adds; a stale voice adds nothing."""
    out = dict(values)
    if heard.face:
        opening = heard.values.get("ParamMouthOpenY", 0.0)
        form, share = out.get("ParamMouthForm", 0.0), VOICE_FORM * min(3 * opening, 1.0)
        out["ParamMouthOpenY"] = max(out.get("ParamMouthOpenY", 0.0), opening)
        out["ParamMouthForm"] = form + share * (heard.values.get("ParamMouthForm", 0.0) - form)
    return out


def speak(path: str | Path, fps: float = 30.0) -> Iterator[ParameterFrame]:
    """The mouth that says a WAV file, `fps` frames a second from 0 to its end; mouth parameters only.

    Noise and loudness are judged by the whole file. Raises CaptureError, at once, when it cannot be read.
    """
    samples, rate = read_wav(path)
    return _speech(samples, rate, fps)


def _speech(samples: F64, rate: int, fps: float) -> Iterator[ParameterFrame]:
    voice, mouth = Voice(rate, _loudness_of(samples, rate)), Mouth()
    length = len(samples) / rate
    padded = np.concatenate([samples, np.zeros(round(rate * (WINDOW + AHEAD + 2 * HOP)))])
    sounds = iter(voice.feed(padded))
    heard = WINDOW / 2 - AHEAD  # the moment in the film that the next look belongs to
    for number in range(math.floor(length * fps) + 1):
        while heard <= number / fps and (sound := next(sounds, None)) is not None:
            mouth.move(sound, HOP)
            heard += HOP
        yield ParameterFrame(number / fps, mouth_values(mouth))


def _loudness_of(samples: F64, rate: int) -> Loudness:
    """Noise and loud speech of a whole recording; one without pauses must not take its speech for noise."""
    size = max(round(rate * WINDOW), 1)
    looks = [decibels(samples[i : i + size]) for i in range(0, max(len(samples) - size, 1), size)]
    loud = float(np.quantile(looks, LOUD_SHARE))
    return Loudness(min(float(np.quantile(looks, QUIET_SHARE)), loud - 30.0), loud)


def read_wav(path: str | Path) -> tuple[F64, int]:
    """Mono samples, float64 (N,) within ±1, and Hz of a WAV file of any common kind. Raises CaptureError."""
    from scipy.io import wavfile

    where = Path(path)
    if not where.is_file():
        raise CaptureError(f"there is no file {where}", "check the path")
    try:
        rate, data = wavfile.read(where)
    except Exception as error:  # scipy raises whatever a broken header leads to
        raise CaptureError(f"{where} is not a WAV file that can be read", f"ffmpeg -i {where.name} voice.wav") from error
    if data.size == 0 or rate < 8000 or len(data) > MOST_SECONDS * rate:
        raise CaptureError(f"{where} holds no sound of at most an hour at 8 kHz or more", f"ffmpeg -i {where.name} voice.wav")
    mono = data.reshape(len(data), -1)
    if data.dtype.kind in "iu":
        middle = 128 if data.dtype == np.uint8 else 0
        return (mono.astype(np.float64).mean(1) - middle) / (np.iinfo(data.dtype).max + 1 - middle), int(rate)
    return np.clip(np.nan_to_num(mono.astype(np.float64).mean(1)), -1, 1), int(rate)
