"""Webcams, and video files and folders in a webcam's place: the newest picture, at any time.

Old pictures are never queued: whoever asks gets the newest and misses the others. A camera that is unplugged, freezes, or is
taken away is tried again until it is back, in whatever size it comes; meanwhile `problem` says what to do, and there is no
picture, so that nobody is taken to sit there.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Protocol

import numpy as np

from capture.source import ImageSource, open_source
from capture.types import RGB, Picture
from capture.webcam import Choice, Device, Opener, Webcam, cameras
from kirie.errors import CaptureError

AGAIN = 1.0
"""s between attempts to open a camera that is gone."""
BLIND = 2.0
"""s without a picture after which a camera counts as hung, and is opened anew."""
STILL = 4.0
"""s of the very same picture after which it counts as frozen; a real one has noise."""
PATIENCE = 10.0
"""s that the first picture may take; some cameras warm up slowly."""
GRACE = 0.7
"""s that opening waits for the first picture or for what is wrong; the window should not wait for a camera that warms up."""
MOST_HUNG = 3
"""Threads that may be left behind hanging in a driver."""


class LivePictures(Protocol):
    """Pictures that come in real time, of which only the newest counts."""

    @property
    def name(self) -> str: ...

    @property
    def problem(self) -> str:
        """What is wrong at present, as a line for the user, or ""."""
        ...

    def open(self) -> None:
        """Start. Raises CaptureError when it cannot."""
        ...

    def close(self) -> None: ...

    def newest(self, after: float, timeout: float) -> Picture | None:
        """The newest picture if it was taken later than `after`, waiting for one at most `timeout` s."""
        ...


class _Slot:
    """Where one thread leaves its newest picture and another takes it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._picture: Picture | None = None

    def put(self, picture: Picture) -> None:
        with self._changed:
            self._picture = picture
            self._changed.notify_all()

    def newest(self, after: float, timeout: float) -> Picture | None:
        with self._changed:
            self._changed.wait_for(lambda: self._picture is not None and self._picture.time > after, timeout)
            return self._picture if self._picture is not None and self._picture.time > after else None


class Camera:
    """A camera on a thread of its own that never lets go. Times are `time.monotonic`'s, when the picture was handed over.

    patient: a camera that is not there when it is opened is waited for, as one that is unplugged is.
    """

    def __init__(self, choice: Choice | None = None, opener: Opener = Webcam, patient: bool = False) -> None:
        self.choice, self.patient = choice or Choice(), patient
        self._opener = opener
        self._slot = _Slot()
        self._run: _Run | None = None
        self._watch: threading.Thread | None = None
        self._stop = threading.Event()
        self._problem = ""
        self._hung = 0
        self._renewed = False

    @property
    def name(self) -> str:
        """The camera's own name where the system tells it."""
        return next((c.name for c in cameras() if c.device == self.choice.device), f"camera {self.choice.device}")

    @property
    def problem(self) -> str:
        return self._problem

    def open(self) -> None:
        """Start. Raises CaptureError when the camera says at once that it does not open or gives no picture, unless patient;
        what it says later is the `problem`."""
        self._stop.clear()
        self._problem, self._renewed = "", False
        run = self._start()
        if not self.patient and run.first.wait(GRACE) and not run.pictures:
            self.close()
            raise self._why(run)
        self._watch = threading.Thread(target=self._watch_over, name="kirie-camera-watch", daemon=True)
        self._watch.start()

    def close(self) -> None:
        self._stop.set()
        if self._run is not None:
            self._run.stop.set()
        for thread in (self._watch, self._run):
            if thread is not None:
                thread.join(2.0)
        self._run = self._watch = None

    def newest(self, after: float, timeout: float) -> Picture | None:
        """The newest picture if it was taken later than `after`, waiting for one at most `timeout` s."""
        return self._slot.newest(after, timeout)

    def _start(self, after: _Run | None = None) -> _Run:
        self._run = _Run(self.choice, self._opener, self._slot, after)
        self._run.start()
        return self._run

    def _why(self, run: _Run) -> CaptureError:
        """What a run ended for."""
        if run.error is not None:
            return run.error
        if run.pictures:
            return CaptureError(f"{self.name} is gone", "plug it in again")
        return CaptureError(f"{self.name} gives no picture", "close other programs that use it")

    def _watch_over(self) -> None:
        """Start a new run whenever the present one ended, hangs or is frozen; a driver that hangs cannot be interrupted."""
        while not self._stop.wait(min(AGAIN, BLIND) / 4):
            run, now = self._run, time.monotonic()
            if run is None:
                return
            if not run.is_alive():
                self._problem = str(self._why(run))
                if now - run.ended > AGAIN:
                    self._start()
            elif now - run.seen > (BLIND if run.pictures else PATIENCE):
                self._problem = f"{self.name} hangs: unplug it and plug it in again"
                if self._hung < MOST_HUNG:
                    run.stop.set()
                    self._hung += 1
                    self._start()
            elif now - run.seen < BLIND and run.pictures:
                self._hung = 0
                self._judge_movement(run, now)

    def _judge_movement(self, run: _Run, now: float) -> None:
        """A frozen camera is opened anew once; if that does not help it may be meant so (a virtual camera's still picture)."""
        if now - run.moved <= STILL:
            self._problem, self._renewed = "", False
            return
        self._problem = f"{self.name} shows a frozen picture"
        if not self._renewed:
            self._renewed = True
            run.stop.set()
            run.join(BLIND)
            self._start(run)


class _Run(threading.Thread):
    """One opening of the camera, until it ends or is told to stop. after: a frozen one, whose picture is no news here."""

    def __init__(self, choice: Choice, opener: Opener, slot: _Slot, after: _Run | None = None) -> None:
        super().__init__(name="kirie-camera", daemon=True)
        self._choice, self._opener, self._slot = choice, opener, slot
        self.stop, self.first = threading.Event(), threading.Event()
        self.seen = self.moved = self.ended = time.monotonic()
        self.pictures = 0
        self.error: CaptureError | None = None
        self._glimpse: bytes | None = None
        if after is not None:
            self.moved, self._glimpse = after.moved, after._glimpse

    def run(self) -> None:
        try:
            device = self._opener(self._choice)
        except CaptureError as error:
            self.error = error
        else:
            self._read(device)
        self.ended = time.monotonic()
        self.first.set()

    def _read(self, device: Device) -> None:
        missed = 0
        try:
            while not self.stop.is_set() and missed < 5:
                rgb = device.read()
                if rgb is None:
                    missed += 1
                    self.stop.wait(0.05)
                elif not self.stop.is_set():  # a run that hung and was replaced must not speak up again
                    missed = 0
                    self._publish(rgb)
        finally:
            device.release()

    def _publish(self, rgb: RGB) -> None:
        now = time.monotonic()
        glimpse = np.ascontiguousarray(rgb[::16, ::16]).tobytes()
        if glimpse != self._glimpse:
            self._glimpse, self.moved = glimpse, now
        self.seen = now
        self.pictures += 1
        if now - self.moved <= STILL:
            self._slot.put(Picture(now, rgb))
        self.first.set()


class LiveFile:
    """A video file or a folder of pictures, played as if it were a camera, over and over."""

    def __init__(self, path: str | Path, loop: bool = True) -> None:
        self.path, self._loop = Path(path), loop
        self.name, self.problem = self.path.name, ""
        self.ended = False
        self._slot = _Slot()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start. Raises CaptureError when the path is neither."""
        source = open_source(self.path)
        self.ended = False
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(source,), name="kirie-file", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        self._thread = None

    def newest(self, after: float, timeout: float) -> Picture | None:
        """The newest picture if its time came later than `after`, waiting for one at most `timeout` s."""
        return self._slot.newest(after, timeout)

    def _run(self, source: ImageSource) -> None:
        try:
            while not self._stop.is_set():
                self._play(source)
                if not self._loop:
                    break
        except CaptureError as error:  # the file went away between two rounds
            self.problem = str(error)
        self.ended = True

    def _play(self, source: ImageSource) -> None:
        start = last = None
        for picture in source:
            now = time.monotonic()
            start = now - picture.time if start is None else start
            if self._stop.wait(max(start + picture.time - now, 0.0)):
                return
            last = picture.time
            self._slot.put(Picture(time.monotonic(), picture.rgb))
        if last is None:
            raise CaptureError(f"{self.path} holds no picture any more", "check the file")
        self._stop.wait(1 / 30)
