"""The face in front of the camera as a live source: pictures on one thread, tracking on another, values at any moment.

Added to what tracking itself takes is the playing out of `capture.playout`: at most 20 ms.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from capture.camera import LivePictures
from capture.face import FaceFinder
from capture.sources import Feed, Stats
from capture.tracker import Tracker
from capture.types import Picture
from kirie.errors import CaptureError
from kirie.files import atomic
from rig.params import ParameterFrame

MOST_FAILURES = 30
"""Pictures in a row that tracking may fail on before it gives up."""
VERSION = 1
REMEMBERED = 50
"""Cameras that the state file knows; the oldest go first."""


def face_mesh() -> FaceFinder:
    """The finder that comes with the package; MediaPipe is imported when it is first needed."""
    from capture.face import FaceMesh

    return FaceMesh()


class LiveTracker:
    """A source of parameters from live pictures.

    finder: makes what finds the face, on the tracking thread. state: a JSON file in which each camera's neutral is kept.
    """

    def __init__(self, pictures: LivePictures, finder: Callable[[], FaceFinder] = face_mesh, tracker: Tracker | None = None,
                 state: str | Path | None = None) -> None:  # fmt: skip
        self._pictures, self._finder = pictures, finder
        self._tracker = tracker or Tracker()
        self._state = Path(state) if state is not None else None
        self._feed = Feed()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._problem = ""
        self._tracking = 0.0

    @property
    def name(self) -> str:
        return self._pictures.name

    @property
    def problem(self) -> str:
        return self._problem or self._pictures.problem

    @property
    def raw(self) -> Mapping[str, float]:
        """The newest values by parameter, before smoothing; for monitors."""
        return self._tracker.raw

    @property
    def stats(self) -> Stats:
        """`latency` runs from the picture's being handed over to its values."""
        return replace(self._feed.stats(), tracking=self._tracking)

    def open(self) -> None:
        """Open the camera and start. Raises CaptureError when it cannot be opened."""
        self._pictures.open()
        if self._state is not None:
            self._feed.restore(read_neutral(self._state, self.name))
        self._stop.clear()
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name="kirie-tracking", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._pictures.close()
        if self._thread is not None:
            self._thread.join(15.0)                         # it may still be importing MediaPipe, with stderr shut
        self._thread = None

    def latest(self, now: float) -> ParameterFrame:
        return self._feed.latest(now)

    def at(self, now: float) -> ParameterFrame:
        return self._feed.at(now)

    def set_neutral(self) -> dict[str, float]:
        """From now on the present head and gaze are straight ahead; remembered for this camera."""
        offsets = self._feed.set_neutral()
        if self._state is not None and offsets:
            write_neutral(self._state, self.name, offsets)
        return offsets

    def _run(self) -> None:
        try:
            finder = self._finder()
        except CaptureError as error:
            self._problem = str(error)
            return
        try:
            self._follow(finder)
        finally:
            finder.close()

    def _follow(self, finder: FaceFinder) -> None:
        seen, failures = 0.0, 0
        while not self._stop.is_set() and failures < MOST_FAILURES:
            picture = self._pictures.newest(seen, 0.1)
            if picture is None:
                continue
            seen = picture.time
            try:
                self._track(finder, picture)
                failures = 0
            except Exception as error:  # one bad picture must not end a stream
                failures += 1
                self._problem = f"tracking fails: {error!s:.200}" if failures == MOST_FAILURES else ""

    def _track(self, finder: FaceFinder, picture: Picture) -> None:
        start = time.monotonic()
        frame = self._tracker.update(finder.find(picture))
        now = time.monotonic()
        self._tracking += 0.1 * (now - start - self._tracking)
        self._feed.put(frame, now)


def read_neutral(path: Path, camera: str) -> dict[str, float]:
    """The offsets that were kept for a camera; none where the file is missing or broken."""
    kept = _read(path).get(camera)
    if not isinstance(kept, dict):
        return {}
    return {name: float(v) for name, v in kept.items() if isinstance(v, int | float) and -360 <= v <= 360}


def write_neutral(path: Path, camera: str, offsets: dict[str, float]) -> None:
    """Keep the offsets of a camera beside those of others. A file that cannot be written only means to press the key again."""
    kept = _read(path)
    kept.pop(camera, None)
    newest = dict(list(kept.items())[-(REMEMBERED - 1) :]) | {camera: offsets}
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as file:
            file.write_text(json.dumps({"version": VERSION, "neutral": newest}, indent=1), "utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    kept = data.get("neutral") if isinstance(data, dict) and data.get("version") == VERSION else None
    return kept if isinstance(kept, dict) else {}
