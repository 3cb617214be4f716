"""Voices in a live source: a WAV file that is said aloud, and a voice beside what a camera or a network sees."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import Protocol

import numpy as np

from capture.audio import Mixer, import_sounddevice, read_wav, speak
from capture.sources import Source, Stats
from capture.voice import F64
from kirie.errors import CaptureError
from rig.params import ParameterFrame

RATE = 120.0
"""Looks a second at a line that is said."""


class Speakers(Protocol):
    """What sounds."""

    def play(self, samples: F64, rate: int) -> float:
        """Begin to sound mono samples, float64 (N,) within ±1, at `rate` Hz; s until they are heard. Raises CaptureError."""
        ...

    def stop(self) -> None: ...


class SystemSpeakers:
    """The system's own choice, by PortAudio."""

    def play(self, samples: F64, rate: int) -> float:
        sounddevice = import_sounddevice()
        try:
            sounddevice.play(samples.astype(np.float32), rate)
            return float(sounddevice.get_stream().latency)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise CaptureError(f"the line is not heard: {error!s:.120}", "her mouth says it all the same") from error

    def stop(self) -> None:
        import_sounddevice().stop()


class Spoken:
    """A WAV file as a live source: its mouth, in time with its sound. It begins when it is first asked, and is said once."""

    def __init__(self, path: str | Path, speakers: Speakers | None = None) -> None:
        """Raises CaptureError when the file cannot be read."""
        self.name, self.problem = Path(path).name, ""
        self._sound = read_wav(path)
        self._frames = list(speak(path, RATE))
        self._speakers = speakers or SystemSpeakers()
        self._thread: threading.Thread | None = None
        self._start: float | None = None
        self._sounds = False

    @property
    def stats(self) -> Stats:
        return Stats(len(self._frames), RATE)

    def open(self) -> None:
        self._thread, self._start = None, None

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(5.0)
        if self._sounds:
            self._speakers.stop()
        self._thread, self._sounds = None, False

    def latest(self, now: float) -> ParameterFrame:
        return self.at(now)

    def at(self, now: float) -> ParameterFrame:
        """The mouth at `now`: shut until the sound begins, and no face when all is said."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._begin, name="kirie-line", daemon=True)
            self._thread.start()
        number = 0 if self._start is None else max(math.floor((now - self._start) * RATE), 0)
        if number >= len(self._frames):
            return ParameterFrame(now, {}, False)
        return ParameterFrame(now, self._frames[number].values)

    def _begin(self) -> None:
        """Opening speakers takes too long for a frame."""
        late = 0.0
        try:
            late = self._speakers.play(*self._sound)
            self._sounds = True
        except CaptureError as error:
            self.problem = str(error)
        self._start = time.monotonic() + late


class Mixed:
    """A source of faces and a source of a mouth that is heard, as one."""

    def __init__(self, face: Source, voice: Source) -> None:
        self.name = f"{face.name} and {voice.name}"
        self._face, self._voice = face, voice
        self._shown, self._newest = Mixer(), Mixer()

    @property
    def problem(self) -> str:
        return self._face.problem or self._voice.problem

    @property
    def stats(self) -> Stats:
        """The face's."""
        return self._face.stats

    def open(self) -> None:
        self._face.open()
        try:
            self._voice.open()
        except BaseException:
            self._face.close()
            raise

    def close(self) -> None:
        self._face.close()
        self._voice.close()

    def latest(self, now: float) -> ParameterFrame:
        return self._newest.mix(self._face.latest(now), self._voice.latest(now))

    def at(self, now: float) -> ParameterFrame:
        return self._shown.mix(self._face.at(now), self._voice.at(now))

    def set_neutral(self) -> dict[str, float]:
        """The face's, where it knows one."""
        learn = getattr(self._face, "set_neutral", None)
        return learn() if learn is not None else {}
