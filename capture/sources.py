"""Live sources of parameters, whatever is behind them: one protocol for camera, network, microphone and take.

A source is opened, asked for its values at each moment that is drawn, and closed. Asking never waits and never raises; what is
wrong is in `problem`. All times are `time.monotonic`'s seconds. A source that falls silent for half a second sees no face.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from capture.playout import Playout
from kirie.errors import CaptureError
from rig.params import BY_NAME, ParameterFrame

NEUTRAL = ("ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamEyeBallX", "ParamEyeBallY")
"""What "this is my neutral" sets to 0."""


@dataclass(frozen=True, slots=True)
class Stats:
    """How a source is doing.

    frames: in all. fps: over the last second or so. latency: s from a moment to its frame, averaged; delay: what playing out
    adds. tracking: s that one picture takes to track, where a camera is. received, malformed, late, flooded: packets, where a
    network is.
    """

    frames: int = 0
    fps: float = 0.0
    latency: float = 0.0
    delay: float = 0.0
    tracking: float = 0.0
    received: int = 0
    malformed: int = 0
    late: int = 0
    flooded: int = 0


class Source(Protocol):
    """What moves a puppet live."""

    @property
    def name(self) -> str: ...

    @property
    def problem(self) -> str:
        """What is wrong at present, as a line for the user, or ""."""
        ...

    @property
    def stats(self) -> Stats: ...

    def open(self) -> None:
        """Start. Raises CaptureError when it cannot."""
        ...

    def close(self) -> None:
        """Stop and free what it holds; may be called twice."""
        ...

    def latest(self, now: float) -> ParameterFrame:
        """The newest frame as it came."""
        ...

    def at(self, now: float) -> ParameterFrame:
        """What to show at `now`: interpolated, with the delay that `stats` tells."""
        ...


class Feed:
    """Where a source's thread puts its frames and the display takes them; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._playout = Playout()
        self._arrivals: deque[float] = deque(maxlen=60)
        self._offsets: dict[str, float] = {}
        self._raw: ParameterFrame | None = None
        self.frames = self.late = 0

    def put(self, frame: ParameterFrame, arrived: float) -> None:
        """Take in a frame of the moment `frame.time` that is ready at `arrived`; one that a later one overtook is dropped."""
        with self._lock:
            if not self._playout.add(self._centred(frame), arrived):
                self.late += 1
                return
            self._raw = frame
            self.frames += 1
            self._arrivals.append(arrived)

    def latest(self, now: float) -> ParameterFrame:
        """The newest frame; no face when it is stale."""
        with self._lock:
            return self._playout.newest(now)

    def at(self, now: float) -> ParameterFrame:
        """What to show at `now`."""
        with self._lock:
            return self._playout.at(now)

    def stats(self) -> Stats:
        """Counts, rate and latency so far."""
        with self._lock:
            recent = [t for t in self._arrivals if t > self._arrivals[-1] - 1.0]
            span = recent[-1] - recent[0] if len(recent) > 1 else 0.0
            fps = (len(recent) - 1) / span if span > 0 else 0.0
            return Stats(self.frames, fps, self._playout.lag, self._playout.delay, late=self.late)

    def set_neutral(self) -> dict[str, float]:
        """From now on the present head and gaze are straight ahead; the offsets, for `restore`. No face changes nothing."""
        with self._lock:
            if self._raw is not None and self._raw.face:
                self._offsets = {name: self._raw.values[name] for name in NEUTRAL if name in self._raw.values}
            return dict(self._offsets)

    def restore(self, offsets: dict[str, float]) -> None:
        """Take up offsets of an earlier session."""
        with self._lock:
            self._offsets = {name: BY_NAME[name].clamp(value) for name, value in offsets.items() if name in NEUTRAL}

    def _centred(self, frame: ParameterFrame) -> ParameterFrame:
        if not self._offsets:
            return frame
        moved = {n: BY_NAME[n].clamp(frame.values[n] - off) for n, off in self._offsets.items() if n in frame.values}
        return ParameterFrame(frame.time, {**frame.values, **moved}, frame.face)


class Playback:
    """A performance that is already there, such as a take's, played in real time from `open` on."""

    def __init__(self, frames: Sequence[ParameterFrame], name: str = "take", loop: bool = True) -> None:
        """Raises CaptureError when there is no frame."""
        if not frames:
            raise CaptureError(f"the {name} holds no frame", "record it again")
        self.name, self.problem = name, ""
        self._frames, self._loop = list(frames), loop
        self._times = [f.time for f in self._frames]
        self._start: float | None = None
        self._step = self._length / max(len(frames) - 1, 1)

    @property
    def _length(self) -> float:
        return self._frames[-1].time - self._frames[0].time

    @property
    def stats(self) -> Stats:
        return Stats(len(self._frames), 1 / self._step if self._step else 0.0)

    def open(self) -> None:
        self._start = None

    def close(self) -> None:
        self._start = None

    def latest(self, now: float) -> ParameterFrame:
        return self.at(now)

    def at(self, now: float) -> ParameterFrame:
        """The frame that was on at this moment; the first call is the beginning. A performance that ended holds its last."""
        if self._start is None:
            self._start = now
        played = now - self._start
        if self._loop:
            played %= self._length + self._step or 1.0
        moment = self._frames[0].time + played
        last = self._frames[max(bisect_right(self._times, moment + 1e-9) - 1, 0)]
        return ParameterFrame(now, last.values, last.face)
