"""A live session without a window: a clip in a webcam's place, tracked and drawn as `kirie live` does, for as long as wanted.

    python benchmarks/live.py CLIP [PUPPET] [--minutes 10] [--model face_landmarker.task]

The clip is made 640x480 first and then played over and over by `LiveFile`, through `LiveTracker`'s threads, the stage and the
painter at 512x512, which is read back where a window would flip. Times are wall time, which other work on the machine makes
longer (least so at p10); the processor time of all threads together stands below. Memory is the process's resident set; what
the first tenth of the run fills is warm-up.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kirie.calm import calm

calm(["live"])                                              # as the command does, before numpy is there

import cv2  # noqa: E402
import numpy as np  # noqa: E402

import kirie  # noqa: E402
from capture import FaceFrame, FaceLandmarker, FaceMesh, LiveFile, LiveTracker, Picture, Tracker, VideoFile  # noqa: E402
from capture.face import FaceFinder  # noqa: E402
from layering.artist import heroine  # noqa: E402
from render import Offscreen  # noqa: E402
from render.stage import Stage  # noqa: E402
from rig import ParameterFrame, Puppet, build  # noqa: E402

CAMERA, SIZE, RATE = (640, 480), (512, 512), 60.0
WARM = 0.1
"""Share of the run that is warm-up."""
PATIENCE = 180.0
"""s that the first face may take."""


def row() -> array[float]:
    """No numbers yet."""
    return array("d")


@dataclass
class Times:
    """What was measured, each row in ms, in order of time; arrays, since lists of ten minutes' floats would grow themselves."""

    find: array[float] = field(default_factory=row)
    solve: array[float] = field(default_factory=row)
    draw: array[float] = field(default_factory=row)
    interval: array[float] = field(default_factory=row)
    compute: array[float] = field(default_factory=row)
    latency: array[float] = field(default_factory=row)
    memory: list[tuple[float, float]] = field(default_factory=list)
    tracked: float = 0.0
    """The time of the newest picture that was tracked, s, and what finding and solving it took, ms."""
    spent: float = 0.0


class TimedFinder:
    """Another finder, and how long each picture takes."""

    def __init__(self, make: Callable[[], FaceFinder], times: Times) -> None:
        self._finder, self._times = make(), times

    def find(self, picture: Picture) -> FaceFrame:
        start = time.perf_counter()
        face = self._finder.find(picture)
        self._times.find.append(1000 * (time.perf_counter() - start))
        return face

    def close(self) -> None:
        self._finder.close()


class TimedTracker(Tracker):
    """The tracker, and how long each frame takes."""

    def __init__(self, times: Times) -> None:
        super().__init__()
        self._times = times

    def update(self, face: FaceFrame) -> ParameterFrame:
        start = time.perf_counter()
        frame = super().update(face)
        self._times.solve.append(1000 * (time.perf_counter() - start))
        self._times.spent, self._times.tracked = self._times.find[-1] + self._times.solve[-1], face.time
        return frame


def session(clip: Path, puppet: Puppet, seconds: float, make: Callable[[], FaceFinder]) -> tuple[Times, float]:
    """Run; what was measured, and the processor time that a second of it took, in s."""
    times = Times()
    source = LiveTracker(LiveFile(clip), lambda: TimedFinder(make, times), TimedTracker(times))
    source.open()
    try:
        with Offscreen(puppet, SIZE) as offscreen:
            wait_for_a_face(source)
            start, spent = time.perf_counter(), time.process_time()
            show(source, Stage(puppet), offscreen, times, seconds)
            return times, (time.process_time() - spent) / (time.perf_counter() - start)
    finally:
        source.close()


def wait_for_a_face(source: LiveTracker) -> None:
    end = time.monotonic() + PATIENCE
    while not source.latest(time.monotonic()).face:
        if time.monotonic() > end:
            sys.exit(f"no face is seen: {source.problem or 'choose another clip'}")
        time.sleep(0.01)


def show(source: LiveTracker, stage: Stage, offscreen: Offscreen, times: Times, seconds: float) -> None:
    """The loop of `kirie.player`, with pixels in memory for a window."""
    out, shown, last = None, 0.0, time.monotonic()
    begin = last
    while (now := time.monotonic()) - begin < seconds:
        newest, spent = times.tracked, times.spent
        out = offscreen.draw(stage.advance(now, source.at(now)).draw_list, out)
        done = time.monotonic()
        times.draw.append(1000 * (done - now))
        times.interval.append(1000 * (now - last))
        if newest > shown:                                  # the first pixels that know of this picture
            times.compute.append(spent + times.draw[-1])
            times.latency.append(1000 * (done - newest))
            shown = newest
        if not times.memory or now - begin - times.memory[-1][0] > 1.0:
            times.memory.append((now - begin, resident()))
        last = now
        time.sleep(max(now + 1 / RATE - time.monotonic(), 0.0))


def resident() -> float:
    """MB of this process in memory; elsewhere than on Linux the most it ever had."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def webcam_like(clip: Path, folder: Path) -> Path:
    """The clip as a webcam of CAMERA's size would have filmed it: as large as fits, black at the sides."""
    source, out = VideoFile(clip), folder / "webcam.mp4"
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"mp4v"), source.fps, CAMERA)
    for picture in source:
        height, width = picture.rgb.shape[:2]
        scale = min(CAMERA[0] / width, CAMERA[1] / height)
        small = cv2.resize(picture.rgb, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        frame = np.zeros((CAMERA[1], CAMERA[0], 3), np.uint8)
        top, left = (CAMERA[1] - small.shape[0]) // 2, (CAMERA[0] - small.shape[1]) // 2
        frame[top : top + small.shape[0], left : left + small.shape[1]] = small
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    return out


def report(times: Times, busy: float) -> None:
    """One table."""
    print(f"{'ms':<44}{'p10':>9}{'median':>9}{'p99':>9}{'p99/median':>12}{'count':>9}")
    rows = {"finding the face": times.find, "solving and smoothing": times.solve, "pose, springs, pixels": times.draw,
            "compute, camera picture to pixels (12)": times.compute,
            "from one shown frame to the next (p99 < 2x)": times.interval,
            "camera picture handed over to pixels": times.latency}  # fmt: skip
    for name, measured in rows.items():
        kept = np.array(measured[int(WARM * len(measured)) :])
        early, median, late = np.quantile(kept, (0.1, 0.5, 0.99))
        print(f"{name:<44}{early:>9.2f}{median:>9.2f}{late:>9.2f}{late / median:>12.2f}{len(kept):>9}")
    pictures, shown = len(times.find), len(times.draw)
    seconds = times.memory[-1][0]
    print(f"{pictures / seconds:.1f} pictures tracked and {shown / seconds:.1f} frames shown a second; "
          f"{1000 * busy:.0f} ms of processor time a second, {1000 * busy * seconds / pictures:.1f} ms a picture with all")
    began, ended = memory_between(times, WARM, 2 * WARM), memory_between(times, 1 - WARM, 1.0)
    print(f"memory {began:.1f} MB after warming up, {ended:.1f} MB at the end: {ended - began:+.1f} MB (10) "
          f"in {seconds:.0f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def memory_between(times: Times, begin: float, end: float) -> float:
    """Mean MB between two shares of the run."""
    length = times.memory[-1][0]
    return float(np.mean([size for at, size in times.memory if begin * length <= at <= end * length]))


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("clip", type=Path), ask.add_argument("puppet", type=Path, nargs="?")
    ask.add_argument("--minutes", type=float, default=10.0), ask.add_argument("--model", type=Path)
    given = ask.parse_args()
    loaded = kirie.load(given.puppet) if given.puppet else build(heroine(), "heroine")
    assert isinstance(loaded, Puppet), "the second file should be a .puppet"
    with tempfile.TemporaryDirectory() as folder:
        clip = webcam_like(given.clip, Path(folder))
        make = (lambda: FaceLandmarker(given.model)) if given.model else FaceMesh
        times, busy = session(clip, loaded, 60 * given.minutes, make)
    report(times, busy)


if __name__ == "__main__":
    main()
