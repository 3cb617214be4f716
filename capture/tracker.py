"""A clip in, parameters out; the tracker that does it runs frame by frame and serves the live view alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from capture.calibrate import Calibrator
from capture.face import FaceFinder, FaceLandmarker, FaceMesh
from capture.smooth import OneEuro, Tuning
from capture.solve import solve
from capture.source import ImageSource, open_source
from capture.types import FaceFrame
from rig.params import BY_NAME, ParameterFrame

Progress = Callable[[int, int | None], None]

HEAD = Tuning(1.0, 0.2)
TUNINGS = {"ParamAngleX": HEAD, "ParamAngleY": HEAD, "ParamAngleZ": HEAD}
FACE = Tuning(3.0, 6.0)
LOST = 0.5


class Tracker:
    """FaceFrames in time order in, ParameterFrames out: solver, calibration and smoothing with their state."""

    def __init__(self) -> None:
        self.calibrator = Calibrator()
        self._filters: dict[str, OneEuro] = {}
        self._seen: float | None = None

    def update(self, face: FaceFrame) -> ParameterFrame:
        """The parameters of one frame; times must grow."""
        if face.landmarks is None:
            return ParameterFrame(face.time, {}, False)
        dt = face.time - self._seen if self._seen is not None else LOST
        self._seen = face.time
        if dt >= LOST:
            self._filters.clear()
        raw = self.calibrator.update(solve(face.landmarks, face.size))
        return ParameterFrame(face.time, {name: self._smooth(name, value, max(dt, 1e-3)) for name, value in raw.items()})

    def _smooth(self, name: str, value: float, dt: float) -> float:
        if name not in self._filters:
            self._filters[name] = OneEuro(TUNINGS.get(name, FACE))
        return BY_NAME[name].clamp(self._filters[name](value, dt))

    def restart(self) -> None:
        """Keep what was learned of the user, forget where the clip was."""
        self._filters.clear()
        self._seen = None


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
        faces = list(_find(source, finder, progress))
    finally:
        finder.close()
    tracker = Tracker()
    for face in faces:
        tracker.update(face)
    tracker.restart()
    yield from map(tracker.update, faces)


def _find(source: ImageSource, finder: FaceFinder, progress: Progress | None) -> Iterator[FaceFrame]:
    for done, picture in enumerate(source, 1):
        yield finder.find(picture)
        if progress is not None:
            progress(done, source.count)
