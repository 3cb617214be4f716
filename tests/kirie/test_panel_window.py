"""The panel in a real window, used by a mouse: sliders hold, double-clicks let go; the next window is as this one was left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from render.panel import Panel
from render.panel_monitor import Monitor
from render.panel_pages import Readout, Spot
from rig import load
from tests.kirie.test_play_command import _state
from tests.render.display import PATIENCE, Desk, xvfb

SIZE = (520, 640)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with xvfb() as name:
        yield name


def spots(puppet: Path, page: str) -> dict[str, Spot]:
    """Where everything is on a page, by the commands it gives."""
    parameters, panel = load(puppet).parameters, Panel(page)
    panel.draw(Readout(0.0, "girl", ("", ""), "", parameters, {}, frozenset(), {}, Monitor([]) if page == "pose" else
                       Monitor([p.name for p in parameters]), {}), SIZE, 1.0)  # fmt: skip
    return {found.slide or found.click: found for found in panel._spots}


def at(spot: Spot, share: float = 0.5) -> tuple[str, str]:
    """Px of a point on a slider's track, or on a button."""
    left, right = spot.track if spot.slide else (spot.box[0], spot.box[2])
    return str(round(left + share * (right - left))), str(round((spot.box[1] + min(spot.box[3], spot.box[1] + 24)) / 2))


def _held(say: Any) -> dict[str, float]:
    """What is held, waited for until something is."""
    end = time.monotonic() + PATIENCE
    while not (held := _state(say)["held"]) and time.monotonic() < end:
        time.sleep(0.1)
    return dict(held)


def test_sliders_and_switches_work_by_mouse_and_are_remembered(display: str, puppet: Path, tmp_path: Path, say: Any) -> None:
    words = ["-m", "kirie", "play", str(puppet), "-o", str(tmp_path)]
    desk = Desk(display, [*words, "--size", "520x640", "--background", "#ffffff", "--no-idle"])
    try:
        window = desk.window("girl")

        def mouse(where: tuple[str, str], *then: str) -> None:
            desk.run("xdotool", "mousemove", "--sync", "--window", window, *where, *then)

        _state(say, panel="")
        desk.run("xdotool", "windowfocus", "--sync", window, "key", "Tab")
        _state(say, panel="pose", frames=10)
        slider = spots(puppet, "pose")["set ParamAngleX"]
        mouse(at(slider, 0.75), "mousedown", "1")
        assert _held(say)["ParamAngleX"] == pytest.approx(15, abs=0.5)
        mouse(at(slider, 1.9), "mouseup", "1")
        assert _state(say, held={"ParamAngleX": 30.0})["mirrored"] is False
        for _ in range(20):                                 # on a busy machine a double-click takes too long now and then
            mouse(at(slider, 0.5), "click", "--repeat", "2", "--delay", "50", "1")
            time.sleep(0.5)
            if not _state(say)["held"]:
                break
        _state(say, held={})
        mouse(at(spots(puppet, "pose")["panel input"]), "click", "1")
        _state(say, panel="input")
        mouse(at(spots(puppet, "input")["sensitivity ParamAngleY"], 0.5), "click", "1")
        _state(say, sensitivity={"ParamAngleY": 1.5})
        assert say("send", "set", "ParamMouthOpenY", "1").code == 0
        desk.run("xdotool", "windowfocus", "--sync", window, "key", "BackSpace", "f")
        _state(say, held={}, mirrored=True)
        assert say("send", "close").code == 0
        assert desk.process.wait(60) == 0
    finally:
        desk.end()
    again = Desk(display, words)
    try:
        state = _state(say, frames=1)
        assert state["panel"] == "input" and state["sensitivity"] == {"ParamAngleY": 1.5} and state["mirrored"]
        geometry = again.run("xwininfo", "-id", again.window("girl"))
        assert not state["idle"] and f"geometry {SIZE[0]}x{SIZE[1]}" in geometry
        say("send", "close")
        assert again.process.wait(60) == 0
    finally:
        again.end()
