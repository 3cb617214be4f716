"""The live window on a display of its own, used by hands; and what of it is pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from render.framing import LARGEST, SMALLEST, Framing, portrait
from render.keys import COMMANDS, KEYS, help_lines
from render.opening import within
from render.screen import corner, covering
from render.writing import written
from rig import build
from rig.puppet import Puppet
from tests.render.display import Desk, xvfb
from tests.render.scenes import masked_face
from tests.rig.conftest import little_girl

SIZE = (320, 240)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with xvfb() as name:
        yield name


@pytest.fixture
def framed(display: str) -> Iterator[Desk]:
    desk = Desk(display, ["-m", "tests.render.window_host", "border"])
    yield desk
    desk.end()


@pytest.fixture
def overlay(display: str) -> Iterator[Desk]:
    desk = Desk(display, ["-m", "tests.render.window_host"])
    yield desk
    desk.end()


def test_a_window_opens_answers_keys_and_mouse_and_closes(framed: Desk) -> None:
    started = framed.until(lambda said: said["seen"] > 0)
    assert started["transparent"] and started["size"] == list(SIZE) and not started["mirrored"]
    assert any("compositor" in note for note in started["notes"])       # Xvfb has none, and that is said
    window = framed.window("test")
    assert re.search(r"Depth: 32", framed.run("xwininfo", "-id", window))
    framed.run("xdotool", "windowfocus", "--sync", window)
    framed.run("xdotool", "key", "1", "n", "r", "s")
    assert framed.until(lambda said: len(said["told"]) == 4)["told"] == ["smile", "neutral", "record", "screenshot"]
    framed.run("xdotool", "key", "f", "h", "g")
    said = framed.until(lambda said: said["ground"] == 1)
    assert said["mirrored"] and said["helping"]
    framed.run("xdotool", "key", "Tab")
    assert not framed.until(lambda said: said["panel"] == "pose")["helping"]
    framed.run("xdotool", "key", "h")
    framed.until(lambda said: said["helping"] and said["panel"] == "")
    framed.run("xdotool", "key", "g", "f", "plus")
    said = framed.until(lambda said: said["zoom"] > 1)
    assert said["ground"] == 2 and not said["mirrored"]
    framed.run("xdotool", "mousemove", "--window", window, "100", "80", "click", "5")
    said = framed.until(lambda said: said["zoom"] < 1.15)
    assert said["pointer"] is not None
    framed.run("xdotool", "key", "0", "mousedown", "1", "mousemove", "--window", window, "140", "100", "mouseup", "1")
    said = framed.until(lambda said: said["shift"][0] > 0.1)
    assert said["zoom"] == 1 and said["shift"][1] > 0.05
    framed.run("xdotool", "key", "Escape")
    framed.until(lambda said: "closed" in said)
    assert framed.process.wait(10) == 0


def test_a_window_is_resized_hidden_shown_and_closed_by_the_desktop(framed: Desk) -> None:
    before = framed.until(lambda said: said["seen"] > 0)["seen"]
    window = framed.window("test")
    framed.run("xdotool", "windowsize", window, "640", "480")
    assert framed.until(lambda said: said["size"] == [640, 480] and said["seen"] > 3 * before)
    framed.run("xdotool", "windowsize", window, "40", "30")
    framed.until(lambda said: said["size"] == [40, 30] and said["seen"] < before)
    framed.run("xdotool", "windowunmap", "--sync", window)
    framed.until(lambda said: said["hidden"])
    framed.run("xdotool", "windowmap", "--sync", window)
    framed.until(lambda said: not said["hidden"])
    framed.ask_to_close(window)
    framed.until(lambda said: "closed" in said)


def test_without_border_it_stays_on_top_and_the_mouse_goes_through_when_asked(overlay: Desk) -> None:
    started = overlay.until(lambda said: said["seen"] > 0)
    window = overlay.window("test")
    assert started["transparent"] and any("on top" in note for note in started["notes"])     # no window manager here
    assert started["top"] and "_NET_WM_STATE_ABOVE" in overlay.run("xprop", "-id", window, "_NET_WM_STATE")
    assert re.search(r"= 0x2, 0x0, 0x0", overlay.run("xprop", "-id", window, "_MOTIF_WM_HINTS"))
    overlay.run("xdotool", "mousemove", "--window", window, "100", "80")
    overlay.until(lambda said: said["pointer"] is not None)
    overlay.run("xdotool", "mousedown", "1", "mousemove_relative", "30", "20", "mouseup", "1")
    moved = overlay.until(lambda said: said["place"] != started["place"])
    assert moved["shift"] == [0, 0]
    overlay.run("xdotool", "windowfocus", "--sync", window, "key", "c")
    overlay.until(lambda said: said["through"])
    overlay.run("xdotool", "mousemove", "600", "500", "mousemove", "--window", window, "120", "90", "key", "1", "c")
    said = overlay.until(lambda said: not said["through"])
    assert said["told"] == ["click-through", "smile", "click-through"]
    overlay.run("xdotool", "mousemove", "--window", window, "90", "70")
    assert overlay.until(lambda said: said["pointer"] is not None)


def test_staying_on_top_is_a_matter_of_its_own(framed: Desk) -> None:
    framed.until(lambda said: said["seen"] > 0 and not said["top"])
    window = framed.window("test")
    framed.run("xdotool", "windowfocus", "--sync", window, "key", "t")
    framed.until(lambda said: said["top"])
    assert "_NET_WM_STATE_ABOVE" in framed.run("xprop", "-id", window, "_NET_WM_STATE")
    framed.run("xdotool", "key", "t")
    framed.until(lambda said: not said["top"])
    assert "_NET_WM_STATE_ABOVE" not in framed.run("xprop", "-id", window, "_NET_WM_STATE")


def test_a_window_manager_is_asked_to_keep_it_on_top(display: str) -> None:
    manager = Desk(display, ["-m", "tests.render.window_manager"])
    desk = None
    try:
        manager.until(lambda said: said.get("ready", False))
        desk = Desk(display, ["-m", "tests.render.window_host", "border"])
        assert not any("on top" in note for note in desk.until(lambda said: said["seen"] > 0)["notes"])
        desk.run("xdotool", "windowfocus", "--sync", desk.window("test"), "key", "t")
        assert manager.until(lambda said: "asked" in said) == {"asked": "_NET_WM_STATE_ABOVE", "add": 1}
        desk.run("xdotool", "key", "t")
        assert manager.until(lambda said: "asked" in said) == {"asked": "_NET_WM_STATE_ABOVE", "add": 0}
        desk.run("xdotool", "key", "m")
        manager.until(lambda said: said.get("iconic", False))
        desk.until(lambda said: said["hidden"])
        desk.run("kill", "-USR1", str(desk.process.pid))    # as `kirie send restore` from outside
        desk.until(lambda said: not said["hidden"])
        assert manager.until(lambda said: "active" in said) == {"active": True}
    finally:
        manager.end()
        if desk is not None:
            desk.end()


def test_without_a_display_the_reason_is_said() -> None:
    desk = Desk("", ["-m", "tests.render.window_host"])
    with pytest.raises(AssertionError, match="RenderError: no window can open"):
        desk.until(lambda said: True)
    desk.end()


@pytest.fixture(scope="module")
def girl() -> Puppet:
    return build(little_girl(), "girl")


def tall(puppet: Puppet) -> Puppet:
    from dataclasses import replace

    return replace(puppet, canvas=(puppet.canvas[0], 3 * puppet.canvas[1]))


def test_busts_open_as_drawn_and_full_figures_chest_up(girl: Puppet) -> None:
    assert Framing.of(girl).box == (0, 0, *girl.canvas)
    left, top, right, bottom = Framing.of(tall(girl)).box
    assert top <= 30 and girl.surface.pivot[1] < bottom < 1.5 * girl.canvas[1]
    assert (left + right) / 2 == pytest.approx(girl.surface.centre[0]) and right - left == pytest.approx(bottom - top)
    assert portrait(masked_face())[3] <= 120


def test_zoom_keeps_the_spot_and_has_limits() -> None:
    framing = Framing((0.0, 0.0, 160.0, 120.0))
    for mirrored in (framing, framing.flipped()):
        spot = mirrored.canvas_point((250, 40), SIZE)
        nearer = mirrored.zoomed(2.0, (250, 40), SIZE)
        assert nearer.canvas_point((250, 40), SIZE) == pytest.approx(spot, abs=0.6)
    far = framing
    for _ in range(100):
        far, framing = far.zoomed(0.5, (0, 0), SIZE), framing.zoomed(2.0, (0, 0), SIZE)
    assert far.zoom == SMALLEST and framing.zoom == LARGEST
    assert np.isfinite(framing.view((1, 1)).offset).all() and framing.centred().zoom == 1


def test_dragging_moves_with_the_hand_mirrored_or_not() -> None:
    framing = Framing((0.0, 0.0, 160.0, 120.0))
    for each in (framing, framing.flipped()):
        spot = each.canvas_point((100, 100), SIZE)
        assert each.dragged(12, -8, SIZE).canvas_point((112, 92), SIZE) == pytest.approx(spot, abs=0.6)


def test_mirrored_points_are_on_the_other_side() -> None:
    framing = Framing((0.0, 0.0, 160.0, 120.0))
    assert framing.canvas_point((20, 10), SIZE)[0] == pytest.approx(10)
    assert framing.flipped().canvas_point((20, 10), SIZE)[0] == pytest.approx(150)


def test_pictures_cover_the_window_and_text_sits_in_the_corner() -> None:
    assert covering((100, 50), (200, 200)) == (-2, -1, 2, 1)
    assert corner((100, 50), (200, 200)) == (-1, 0.5, 0, 1)


def test_windows_of_their_own_choice_fit_the_screen() -> None:
    assert within((900, 960), (1920, 1080)) == (891, 950) and within((320, 400), (1920, 1080)) == (320, 400)
    width, height = within((960, 960), (1366, 768))
    assert width == height <= 0.9 * 768


def test_every_key_is_in_the_help_and_the_help_fits() -> None:
    assert len({key.key for key in KEYS}) == len(KEYS) and "smile" in COMMANDS
    text = "\n".join(help_lines("girl", ("a note",)))
    for command in COMMANDS:
        assert any(key.command == command and key.text in text and key.text for key in KEYS), command
    assert "a note" in text
    large, small = written(help_lines("girl")), written(help_lines("girl"), most=(300, 260))
    assert small.shape[0] < large.shape[0] and small.shape[0] <= 340 and large[..., :3].max() > 200
