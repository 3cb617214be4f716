"""What a desk does to a live session: the user is told what is wrong, she idles meanwhile, and follows again afterwards."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capture import camera as module
from capture.audio import Microphone
from capture.camera import Camera
from capture.live import LiveTracker
from capture.network import listen
from capture.voices import Mixed
from kirie.player import Player
from render.stage import Stage
from rig import load
from tests.capture import test_audio
from tests.capture.test_camera import Faulty
from tests.capture.test_live import Brightness, Finder
from tests.capture.test_wire_openseeface import UNTURNED
from tests.capture.wires import open_see_face
from tests.kirie.test_play_command import PaperWindow

AGAIN = "note: the face is followed again"


class Session:
    """A player that is turned by hand."""

    def __init__(self, puppet: Path, source: Any) -> None:
        girl, self.told = load(puppet), list[str]()
        window: Any = PaperWindow(girl)
        self.player = Player(girl, puppet, Stage(girl), window, lambda old, border: old, source, tell=self.told.append)

    def until(self, done: Callable[[], object], seconds: float = 20.0) -> None:
        """Frame by frame."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, self.told
            self.player.frame(time.monotonic())
            time.sleep(0.005)

    @property
    def followed(self) -> bool:
        return self.player.moment is not None and self.player.moment.face

    @property
    def look(self) -> tuple[float, float]:
        """Where she looks at the mouse, from straight ahead."""
        return self.player.stage._look

    def said(self, words: str) -> bool:
        return any(words in line for line in self.told)

    def idles(self) -> None:
        """She is not followed, and moves all the same."""
        self.until(lambda: not self.followed)
        shown = self.player.window.shown                    # type: ignore[attr-defined]
        count = len(shown)
        self.until(lambda: len(shown) > count + 40)
        assert np.abs(shown[-1].vertices - shown[count].vertices).max() > 0.01


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    for name, value in (("AGAIN", 0.05), ("BLIND", 0.6), ("STILL", 0.3), ("PATIENCE", 3.0), ("GRACE", 3.0)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("capture.live.HEADSTART", 0.0)
    return Faulty()


@pytest.fixture
def finder() -> Finder:
    return Finder()


@pytest.fixture
def session(faulty: Faulty, finder: Finder, puppet: Path) -> Iterator[Session]:
    source = LiveTracker(Camera(opener=faulty), lambda: finder, Brightness())  # type: ignore[arg-type]
    source.open()
    yield Session(puppet, source)
    source.close()


def test_a_frozen_camera_is_named_and_idling_takes_over(session: Session, faulty: Faulty) -> None:
    session.until(lambda: session.followed)
    faulty.frozen = True
    session.until(lambda: session.said("shows a frozen picture"))
    session.idles()
    faulty.frozen = False
    session.until(lambda: session.followed and session.told[-1:] == [AGAIN])
    assert len(session.told) == 2                           # each said once


def test_a_camera_that_hangs_is_named_and_idling_takes_over(session: Session, faulty: Faulty) -> None:
    session.until(lambda: session.followed)
    faulty.hang.clear()
    session.idles()
    session.until(lambda: session.said("hangs: unplug it"))
    faulty.hang.set()
    session.until(lambda: session.followed and session.told[-1:] == [AGAIN])


def test_a_camera_that_vanishes_and_returns_smaller_is_followed_again(session: Session, faulty: Faulty, finder: Finder) -> None:
    session.until(lambda: session.followed)
    faulty.there = False
    session.until(lambda: session.said("held by another program"))
    session.idles()
    faulty.size, faulty.there = (24, 32), True
    session.until(lambda: session.followed and session.told[-1:] == [AGAIN])
    session.until(lambda: finder.sizes[-1] == (32, 24))


def test_a_camera_that_comes_later_is_waited_for(faulty: Faulty, finder: Finder, puppet: Path) -> None:
    faulty.there = False
    source = LiveTracker(Camera(opener=faulty, patient=True), lambda: finder, Brightness())  # type: ignore[arg-type]
    source.open()
    try:
        session = Session(puppet, source)
        session.until(lambda: session.said("held by another program"))
        session.idles()
        assert abs(session.look[0]) > 0.1                   # and she looks at the mouse
        faulty.there = True
        session.until(lambda: session.followed and abs(session.look[0]) < 0.02)
    finally:
        source.close()


def test_a_microphone_that_vanishes_leaves_the_camera_alone(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.audio.SILENT", 0.3)
    monkeypatch.setattr("capture.audio.AGAIN", 0.1)
    stage = test_audio.Vanishing()
    voice = Microphone(opener=stage, renew=stage.renew)
    voice.open()
    try:
        camera = session.player.source
        session.player.source = Mixed(camera, voice)        # type: ignore[arg-type]
        stage.there = False
        session.until(lambda: session.followed and session.said("microphone gives no sound: plug it in again"))
        stage.there = True

        def speaks() -> bool:
            assert stage.hear is not None
            stage.hear(np.zeros(1600, np.float32))
            return session.told[-1:] == [AGAIN]

        session.until(speaks)
        assert session.followed
    finally:
        voice.close()


def test_a_network_that_falls_silent_is_named_and_heard_again(puppet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.network.GONE", 0.7)
    source = listen("openseeface", port=0)
    source.open()
    session = Session(puppet, source)
    stamp = 100.0
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            def face(back: float = 0.0) -> bool:
                """Send one; False, for what is asked next."""
                nonlocal stamp
                stamp += 0.02
                sender.sendto(open_see_face(UNTURNED, time=stamp - back), source.address)
                return False

            session.until(lambda: face() or session.followed)
            session.until(lambda: session.said("nothing comes from OpenSeeFace"))
            session.idles()
            session.until(lambda: face() or (session.followed and session.told[-1:] == [AGAIN]))
            session.until(lambda: face(0.5) or session.player.state()["source"].get("late", 0) > 5)
            session.until(lambda: not session.followed)     # what is late is no face
            session.until(lambda: face() or session.followed)
    finally:
        source.close()
