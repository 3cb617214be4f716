"""The face in front of the camera as a live source: pictures on one thread, tracking on another, values at any moment.

Added to what tracking itself takes is the playing out of `capture.playout`: at most 20 ms.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from capture.camera import LivePictures
from capture.face import FaceFinder
from capture.people import Person, read_people, write_people
from capture.sources import Feed, Stats
from capture.tracker import Tracker
from capture.types import Picture
from kirie.errors import CaptureError
from rig.params import ParameterFrame

MOST_FAILURES = 30
"""Pictures in a row that tracking may fail on before it gives up."""
HEADSTART = 1.5
"""s at most by which the first picture of whoever asks goes before the import of MediaPipe, which takes a core for a second."""
GLIMPSE = 8
"""Every so many pixels are compared to tell whether a picture is the very same as the last one."""
NOTE = 60.0
"""s between two notes of what was learned: so much is lost at most when the program is killed."""


def face_mesh() -> FaceFinder:
    """The finder that comes with the package; MediaPipe is imported when it is first needed."""
    from capture.face import FaceMesh

    return FaceMesh()


class LiveTracker:
    """A source of parameters from live pictures.

    finder: makes what finds the face, on the tracking thread. state: a JSON file in which is kept what was learned
    of the people at each camera, and their neutrals.
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
        self._person: Person | None = None
        self._noted = 0.0
        self._asked = 0
        self._shown = threading.Event()
        self._glimpse: bytes | None = None

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
            self._tracker.meet(read_people(self._state, self.name))
            self._greet()
        self._noted = time.monotonic()
        self._stop.clear()
        self._problem = ""
        self._thread = threading.Thread(target=self._run, name="kirie-tracking", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._shown.set()
        self._pictures.close()
        if self._thread is not None:
            self._thread.join(15.0)                         # it may still be importing MediaPipe, with stderr shut
            self._note()
        self._thread = None

    def latest(self, now: float) -> ParameterFrame:
        self._ask()
        return self._feed.latest(now)

    def at(self, now: float) -> ParameterFrame:
        self._ask()
        return self._feed.at(now)

    def _ask(self) -> None:
        """Who asks a second time has shown what came the first time."""
        self._asked += 1
        if self._asked == 2:
            self._shown.set()

    def set_neutral(self) -> dict[str, float]:
        """From now on the present head and gaze are straight ahead; remembered for this person at this camera."""
        offsets = self._feed.set_neutral()
        if self._person is not None and offsets:
            self._person.neutral = offsets
            self._noted = -NOTE  # the tracking thread writes it down at once
        return offsets

    def _run(self) -> None:
        self._shown.wait(HEADSTART)
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
            if time.monotonic() - self._noted > NOTE:
                self._note()
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
        """Put a picture's values into the feed.

        A camera that froze gives the very same picture again and again, without noise. That is no news: nothing is learned of
        it, and when the last values are stale nobody is there, so that a face that froze in a blink does not sleep on.
        """
        glimpse = np.ascontiguousarray(picture.rgb[::GLIMPSE, ::GLIMPSE]).tobytes()
        if glimpse == self._glimpse:
            return
        start = time.monotonic()
        frame = self._tracker.update(finder.find(picture))
        self._greet()
        now = time.monotonic()
        self._tracking += 0.1 * (now - start - self._tracking)
        self._feed.put(frame, now)
        self._glimpse = glimpse

    def _greet(self) -> None:
        """Take up the neutral of the person who is there, when that has changed."""
        people = self._tracker.people
        if people is not None and people.now is not self._person:
            self._person = people.now
            self._feed.restore(people.now.neutral)

    def _note(self) -> None:
        """Write down what was learned."""
        self._noted = time.monotonic()
        if self._state is not None and self._tracker.people is not None:
            self._tracker.remember()
            write_people(self._state, self.name, self._tracker.people)
