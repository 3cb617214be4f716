"""A clip in, parameters out; the tracker that does it runs frame by frame and serves the live view alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from capture.calibrate import MEMORY, Calibrator
from capture.face import FaceFinder, FaceLandmarker, FaceMesh
from capture.people import People, Person
from capture.perform import Performance
from capture.shapes import with_blendshapes
from capture.smooth import OneEuro, Tuning
from capture.solve import Signals, solve
from capture.source import ImageSource, open_source
from capture.types import FaceFrame
from rig.params import BY_NAME, ParameterFrame

Progress = Callable[[int, int | None], None]

HEAD = Tuning(cutoff=1.0, speed=0.13)
BODY = Tuning(cutoff=0.5, speed=0.2)
LIDS = Tuning(cutoff=3.0, speed=12.0, speed_cutoff=12.0)
JAW = Tuning(cutoff=3.0, speed=2.0, speed_cutoff=12.0)
JAW_BACK = Tuning(cutoff=3.0, speed=4.0, speed_cutoff=12.0)
"""The jaw of a file is smoothed from its end too: that stills it once more, and what one way delays the other brings back."""
MOUTH = Tuning(cutoff=3.0, speed=12.0, speed_cutoff=12.0)
FACE = Tuning(cutoff=2.0, speed=8.0)
JAW_NAME = "ParamMouthOpenY"
TUNINGS = {
    **dict.fromkeys(("ParamAngleX", "ParamAngleY", "ParamAngleZ"), HEAD),
    **dict.fromkeys(("ParamBodyAngleX", "ParamBodyAngleY", "ParamBodyAngleZ"), BODY),
    **dict.fromkeys(("ParamEyeLOpen", "ParamEyeROpen"), LIDS),
    JAW_NAME: JAW,
    "ParamEyeBallX": Tuning(cutoff=1.0, speed=1.5),
}
"""How each parameter is smoothed; those that are not named as FACE. Degrees and Live2D's units."""
LOST = 0.5
"""s without a face after which nothing of the last moments counts."""


class Tracker:
    """FaceFrames in time order in, ParameterFrames out, one by one: solver, calibration and smoothing with their state.

    learning: whether it keeps adapting to the user; a file is learned first and then played with standing ranges.
    raw: the last values before smoothing and clamping, for monitors. people: whom it knows, where it is to tell them apart.
    """

    def __init__(self, memory: float = MEMORY) -> None:
        self._memory = memory
        self.calibrator = Calibrator(memory)
        self.people: People | None = None
        self.learning = True
        self.restart()

    def restart(self) -> None:
        """Keep what was learned of the user, forget the last moments."""
        self.raw: dict[str, float] = {}
        self._performance = Performance()
        self._filters: dict[str, OneEuro] = {}
        self._seen = -math.inf

    def update(self, face: FaceFrame) -> ParameterFrame:
        """The parameters of one frame; times must grow."""
        return self.play(face.time, solve_face(face))

    def learn(self, time: float, signals: Signals | None) -> None:
        """Only learn from what was solved at `time` s."""
        if signals is not None:
            self.calibrator.learn(signals, self._step(time))

    def play(self, time: float, signals: Signals | None) -> ParameterFrame:
        """The parameters of what was solved at `time` s; None where there was no face."""
        if signals is None:
            return ParameterFrame(time, {}, False)
        if time - self._seen > LOST:
            self._lose()
        dt = self._step(time)
        if self.learning:
            self._learn(signals, dt)
        self.raw = self._performance.update(self.calibrator.apply(signals), time, dt)
        return ParameterFrame(time, {name: self._finish(name, value, dt) for name, value in self.raw.items()})

    def meet(self, people: People) -> None:
        """From now on tell these people apart, and begin with what is known of the one who was there last."""
        self.people = people
        self._know(people.now)

    def remember(self) -> None:
        """Note what was learned with the person it was learned of, once it is sure who that is."""
        if self.people is not None and self.people.sure:
            self.people.now.learned = self.calibrator.save()

    def _know(self, person: Person) -> None:
        """Start from what is known of a person; a note that is broken counts as none."""
        self.calibrator = Calibrator(self._memory)
        if person.learned:
            try:
                self.calibrator.restore(person.learned)
            except (ValueError, KeyError, TypeError):
                self.calibrator = Calibrator(self._memory)

    def _lose(self) -> None:
        self.remember()
        self.restart()
        if self.people is not None:
            self.people.look_again()

    def _learn(self, signals: Signals, dt: float) -> None:
        if self.people is not None and self.people.look(signals, dt):
            self._know(self.people.now)
        self.calibrator.learn(signals, dt)

    def _step(self, time: float) -> float:
        """Seconds since the last face, within reason."""
        dt, self._seen = time - self._seen, time
        return min(max(dt, 0.001), 0.1)

    def _finish(self, name: str, value: float, dt: float) -> float:
        """Clamp first: what lies beyond the range must not hold the filter back on its way in."""
        if name not in self._filters:
            self._filters[name] = OneEuro(TUNINGS.get(name, FACE))
        return self._filters[name](BY_NAME[name].clamp(value), dt)


def track(
    path: str | Path | ImageSource, progress: Progress | None = None, model: str | Path | None = None
) -> Iterator[ParameterFrame]:
    """The parameters of every picture of a video file or a folder of pictures, in order.

    progress: called with (pictures done, about how many there are or None). model: a `face_landmarker.task` to use instead of
    the built-in FaceMesh. Raises CaptureError, at the first frame that is asked for, when the path cannot be read.
    What broke off is in the source's `notes`: open it with `open_source` and give the source to read them.
    """
    source = open_source(path) if isinstance(path, str | Path) else path
    finder = FaceLandmarker(model) if model else FaceMesh()
    try:
        yield from perform(_find(source, finder, progress))
    finally:
        finder.close()


def solve_face(face: FaceFrame) -> Signals | None:
    """The signals of a frame, by its blendshapes where it has them; None without a face."""
    if face.landmarks is None:
        return None
    signals = solve(face.landmarks, face.size, None if face.blendshapes else face.eyes)
    return with_blendshapes(signals, face.blendshapes) if face.blendshapes else signals


def perform(faces: Iterable[FaceFrame]) -> Iterator[ParameterFrame]:
    """The parameters of a whole clip's frames: the user is learned from all of them first, so the ranges stand still."""
    solved = [(face.time, solve_face(face)) for face in faces]
    tracker = Tracker(memory=max(MEMORY, solved[-1][0] if solved else 0.0))
    for time, signals in solved:
        tracker.learn(time, signals)
    tracker.restart()
    tracker.calibrator.settle()
    tracker.learning = False
    yield from _smoothed_back([tracker.play(time, signals) for time, signals in solved])


def _smoothed_back(frames: list[ParameterFrame]) -> list[ParameterFrame]:
    """The frames with their jaw smoothed from the end; what lies beyond a lost face does not count."""
    back, later, out = OneEuro(JAW_BACK), math.inf, []
    for frame in reversed(frames):
        if not frame.face:
            out.append(frame)
            continue
        if later - frame.time > LOST:
            back.reset()
        dt, later = min(max(later - frame.time, 0.001), 0.1), frame.time
        out.append(replace(frame, values=dict(frame.values) | {JAW_NAME: back(frame.values[JAW_NAME], dt)}))
    return out[::-1]


def _find(source: ImageSource, finder: FaceFinder, progress: Progress | None) -> Iterator[FaceFrame]:
    for done, picture in enumerate(source, 1):
        yield finder.find(picture)
        if progress is not None:
            progress(done, source.count)
