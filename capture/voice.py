"""From sound to a mouth: how loud a voice is over the room's noise, and which vowel it sings, by its spectrum.

The vowel is told by the shape of the spectrum's envelope (a short mel cepstrum), compared with the envelopes that a vocal tract
with that vowel's formants would have, for tracts of several lengths: men, women and children need no training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

HOP = 0.010
"""s from one look to the next."""
WINDOW = 0.032
"""s that one look sees."""
BANDS, LOWEST, HIGHEST = 26, 150.0, 3000.0
"""Mel bands between these Hz: the formants that make a vowel. Above, voices and microphones differ more than vowels do."""
CEPSTRA = 12
FORMANTS: tuple[tuple[str, tuple[float, float, float, float]], ...] = (
    ("A", (760, 1250, 2600, 3500)), ("A", (720, 1090, 2500, 3450)), ("A", (700, 1400, 2500, 3500)),
    ("I", (290, 2250, 3000, 3600)), ("I", (370, 2050, 2700, 3500)),
    ("U", (320, 850, 2300, 3300)), ("U", (350, 1300, 2300, 3350)),
    ("E", (480, 1850, 2550, 3500)), ("E", (560, 1750, 2500, 3500)),
    ("O", (480, 850, 2450, 3350)), ("O", (540, 890, 2450, 3350)),
)  # fmt: skip
"""Hz of a man's vowels, in several ways to say them: after published averages of European languages and of Japanese."""
BANDWIDTHS = (80.0, 100.0, 140.0, 200.0)
LENGTHS = (0.9, 1.0, 1.1, 1.2, 1.32)
"""What multiplies a man's formants, to a child's."""
UNROUNDED_U = 1.15
"""Up to this length Japanese's U is looked for; a child's would be a man's E."""
VOWELS = "AIUEO"
SHARPNESS = 0.9
"""Distance of cepstra at which a vowel is believed half as much as the nearest."""
SHAPES = {"A": (1.0, 0.0), "I": (0.4, 0.75), "U": (0.35, -0.8), "E": (0.65, 0.45), "O": (0.7, -0.55)}
"""Of each vowel: how far it opens the mouth, and ParamMouthForm."""

MARGIN = 8.0
"""dB over the room's noise from which a sound may be a voice."""
QUIETEST = -55.0
"""dB of full scale under which nothing is a voice."""
SPAN = 26.0
"""dB from the margin to a wide-open mouth, at least; a louder speaker's own peaks widen it."""
FLOOR_RISE, PEAK_FALL = 3.0, 1.0
"""dB a second: how fast the idea of the noise rises, and that of the loudest speech falls."""
NOISE_TIME = 0.3
"""s in which the room's noise is learned while nobody speaks; it is taken off the voice."""
DEPTH = 1e-3
"""Power, of the loudest band's, under which a band says nothing."""
TILTS = (-4.0, 0.0, 4.0)
"""dB an octave by which microphones and moods tilt a voice."""
OPENING, CLOSING = 0.02, 0.07
"""s of the mouth's movement: plosives open at once."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One look. level: 0 silent .. 1 loud. vowels: five shares of VOWELS, sum 1 with a voice, all 0 without."""

    level: float
    vowels: F64

    @property
    def opening(self) -> float:
        """0..1, of the sound alone."""
        return self.level * sum(share * SHAPES[v][0] for v, share in zip(VOWELS, self.vowels, strict=True))

    @property
    def form(self) -> float:
        """-1..1, of the sound alone."""
        return sum(share * SHAPES[v][1] for v, share in zip(VOWELS, self.vowels, strict=True))


class Loudness:
    """How loud a voice is over a noise that is learned: the floor falls at once and rises slowly, the peak the reverse."""

    def __init__(self, floor: float | None = None, peak: float | None = None) -> None:
        self._fixed = floor is not None
        self.floor = floor if floor is not None else 0.0
        self.peak = peak if peak is not None else QUIETEST
        self._met = floor is not None

    def level(self, decibels: float, dt: float) -> float:
        """0..1 of a look of `decibels` of full scale that lasts `dt` s."""
        if not self._met:
            self.floor, self._met = decibels, True
        if not self._fixed:
            self.floor = min(decibels, self.floor + FLOOR_RISE * dt)
            self.peak = max(decibels, self.peak - PEAK_FALL * dt)
        low = max(self.floor + MARGIN, QUIETEST)
        return min(max((decibels - low) / max(self.peak - low, SPAN), 0.0), 1.0)


class Voice:
    """Samples in, looks out, one every HOP s. rate: Hz, at least 8000."""

    def __init__(self, rate: int, loudness: Loudness | None = None) -> None:
        self.rate = rate
        self._hop, self._size = round(rate * HOP), round(rate * WINDOW)
        self._loudness = loudness or Loudness()
        self._waiting = np.zeros(0)
        self._noise = np.zeros(BANDS)

    def feed(self, samples: npt.NDArray[np.float32] | F64) -> list[Sound]:
        """The looks that are complete with these mono samples, float (N,) within ±1."""
        sane = np.clip(np.nan_to_num(samples.astype(np.float64), posinf=1.0, neginf=-1.0), -1.0, 1.0)
        self._waiting = np.concatenate([self._waiting, sane])
        sounds = []
        while len(self._waiting) >= self._size:
            sounds.append(self._look(self._waiting[: self._size]))
            self._waiting = self._waiting[self._hop :]
        return sounds

    def _look(self, samples: F64) -> Sound:
        level = self._loudness.level(decibels(samples), HOP)
        heard = bands(samples, self.rate)
        if level == 0:
            self._noise += HOP / NOISE_TIME * (heard - self._noise)
            return Sound(0.0, np.zeros(len(VOWELS)))
        return Sound(level, vowels(np.maximum(heard - self._noise, 0.0), self.rate))


class Mouth:
    """Looks in, a mouth that moves like one out: fast open, slower shut, form only while something is said."""

    def __init__(self) -> None:
        self.opening = self.form = 0.0

    def move(self, sound: Sound, dt: float) -> None:
        """Follow a look for `dt` s."""
        rising = sound.opening > self.opening
        self.opening += dt / (dt + (OPENING if rising else CLOSING)) * (sound.opening - self.opening)
        wanted = sound.form * min(4 * sound.level, 1.0)
        self.form += dt / (dt + CLOSING) * (wanted - self.form)


def decibels(samples: F64) -> float:
    """RMS of samples without their mean, in dB of full scale."""
    power = float(np.var(samples)) if len(samples) else 0.0
    return 10 * math.log10(power + 1e-12)


def bands(samples: F64, rate: int) -> F64:
    """Power in mel bands, float64 (BANDS,), of samples (N,) at `rate` Hz; high ones raised as the ear does."""
    size = 1 << max(len(samples) - 1, 1023).bit_length()
    return _mel(rate, size) @ (np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size)) ** 2)


def vowels(heard: F64, rate: int) -> F64:
    """Shares of VOWELS, float64 (5,), sum 1, in a voice's power in `bands`."""
    bank, names = _templates(rate)
    distances = np.linalg.norm(bank - _cepstrum(heard), axis=1)
    nearest = np.array([distances[names == v].min() for v in range(len(VOWELS))])
    shares = np.exp2(-(nearest - nearest.min()) / SHARPNESS * 2)
    return shares / shares.sum()


def _cepstrum(heard: F64) -> F64:
    """CEPSTRA numbers for the shape of power in bands (BANDS,), free of its loudness."""
    return _cosines() @ np.log(heard + DEPTH * heard.max() + 1e-20)


@lru_cache(maxsize=8)
def _mel(rate: int, size: int) -> F64:
    """Triangular bands over the bins of a transform of `size`, float64 (BANDS, size // 2 + 1).

    They are wide enough to step over the harmonics of a high voice, and raised by 6 dB an octave from 200 Hz on.
    """
    edges = _edges(rate)
    frequencies = np.linspace(0, rate / 2, size // 2 + 1)
    half = np.maximum((edges[2:] - edges[:-2]) / 2, 130.0)
    weights = np.maximum(1 - np.abs(frequencies[None] - edges[1:-1, None]) / half[:, None], 0)
    return weights / weights.sum(1, keepdims=True) * (1 + (frequencies / 200) ** 2)


def _edges(rate: int) -> F64:
    """Hz of the bands' middles, with one more on either side, float64 (BANDS + 2,)."""
    low, high = (2595 * math.log10(1 + f / 700) for f in (LOWEST, min(HIGHEST, 0.46 * rate)))
    return 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)


@lru_cache(maxsize=1)
def _cosines() -> F64:
    """The cosine transform without its constant, float64 (CEPSTRA, BANDS); the finest numbers fade out."""
    order = np.arange(1, CEPSTRA + 1)[:, None]
    basis = np.cos(math.pi * order * (np.arange(BANDS) + 0.5) / BANDS) * math.sqrt(2 / BANDS)
    return basis * np.exp(-((order / 9.0) ** 4))


@lru_cache(maxsize=8)
def _templates(rate: int) -> tuple[F64, npt.NDArray[np.int64]]:
    """Cepstra of every vowel for every length of tract and tilt, float64 (T, CEPSTRA), and which vowel each is, int (T,)."""
    size = 2048
    frequencies, middles = np.linspace(0, rate / 2, size // 2 + 1), _edges(rate)[1:-1]
    rows, names = [], []
    for vowel, formants in FORMANTS:
        unrounded = vowel == "U" and formants[1] > 1000
        for length in (x for x in LENGTHS if x < UNROUNDED_U or not unrounded):
            heard = _mel(rate, size) @ _envelope(frequencies, formants, length)
            rows += [_cepstrum(heard * (middles / 1000) ** (tilt / 10 / math.log10(2))) for tilt in TILTS]
            names += [VOWELS.index(vowel)] * len(TILTS)
    return np.array(rows), np.array(names)


def _envelope(frequencies: F64, formants: tuple[float, ...], length: float) -> F64:
    """Power at frequencies (N,) of a voice with these formants: a glottis that falls 6 dB an octave, resonances in series."""
    power = 1 / (1 + (frequencies / 150) ** 2)
    for centre, width in zip(formants, BANDWIDTHS, strict=True):
        f, b = centre * length, width * math.sqrt(length)
        power = power * f**4 / ((frequencies**2 - f**2) ** 2 + (b * frequencies) ** 2)
    return power
