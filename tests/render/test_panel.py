"""The panel: what the mouse does becomes commands, what came in becomes curves, and all of it the right pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import moderngl
import numpy as np
import pytest

from kirie.errors import RenderError
from layering.stack import RGBA
from render.panel import TWICE, WIDTH, Panel
from render.panel_atlas import atlas_of
from render.panel_ink import Ink
from render.panel_monitor import RATE, SECONDS, Monitor
from render.panel_pages import HELD, LIVE, PAGES, Readout, Spot, Switch
from render.panel_sketch import Batch, Sketch
from render.programs import Programs
from render.surfaces import Surface
from rig.params import STANDARD

SIZE = (640, 480)
NAMES = [p.name for p in STANDARD]
SWITCHES = {"view": (Switch("mirror", "flip", True), Switch("on top", "top", False), Switch("larger", "larger"))}


def readout(values: Mapping[str, float] | None = None, held: frozenset[str] = frozenset(), warning: str = "") -> Readout:
    return Readout(10.0, "girl", ("60 fps", "no input"), warning, STANDARD, values or {}, held, {"ParamAngleY": 2.0},
                   Monitor(NAMES), SWITCHES)  # fmt: skip


def drawn(page: str, size: tuple[int, int] = SIZE, scale: float = 1.0) -> Panel:
    panel = Panel(page)
    panel.draw(readout(), size, scale)
    return panel


def spot(panel: Panel, command: str) -> Spot:
    """Where something that gives a command is."""
    return next(s for s in panel._spots if s.click == command or s.slide == command)


def middle(spot: Spot) -> tuple[float, float]:
    return (spot.track[0] + spot.track[1]) / 2, (spot.box[1] + spot.box[3]) / 2


def test_a_slider_is_dragged_beyond_its_ends_and_let_go_with_a_double_click() -> None:
    panel = drawn("pose")
    slider = spot(panel, "set ParamAngleX")
    left, right = slider.track
    y = (slider.box[1] + slider.box[3]) / 2
    assert panel.press((left + 0.75 * (right - left), y), 1.0) == ["set ParamAngleX 15"]
    assert panel.covers((600, 470))                         # whatever the hand does now is the slider's
    assert panel.drag((left - 90, 470)) == ["set ParamAngleX -30"] and panel.drag((900, -9)) == ["set ParamAngleX 30"]
    panel.lift()
    assert not panel.grabbed and not panel.covers((600, 470))
    assert panel.press((left, y), 1.0 + TWICE / 2) == ["release ParamAngleX"]
    panel.lift()
    assert panel.press((left, y), 1.1 + TWICE / 2) == ["set ParamAngleX -30"]      # a third click is a first one again
    panel.lift()
    assert panel.press((left, y), 1.2 + 2 * TWICE) == ["set ParamAngleX -30"]      # and a late one too


def test_sensitivity_snaps_to_one_and_goes_back_to_it() -> None:
    panel = drawn("input")
    slider = spot(panel, "sensitivity ParamAngleX")
    left, right = slider.track
    y = slider.box[1] + 5
    assert panel.press((left + (right - left) * 1.02 / 3, y), 0.0) == ["sensitivity ParamAngleX 1"]
    assert panel.drag((left + (right - left) / 2, y)) == ["sensitivity ParamAngleX 1.5"]
    panel.lift()
    assert panel.press((right, y), 0.2) == ["sensitivity ParamAngleX 1"]


def test_switches_and_tabs_give_their_commands() -> None:
    panel = drawn("more")
    for command in ("flip", "top", "larger", *(f"panel {name}" for name in PAGES)):
        found = spot(panel, command)
        assert panel.press(((found.box[0] + found.box[2]) / 2, (found.box[1] + found.box[3]) / 2), 0.0) == [command]
        panel.lift()


def test_pages_are_scrolled_by_wheel_and_hand_within_their_ends() -> None:
    panel = drawn("pose", (640, 300))
    visible = {s.slide for s in panel._spots if s.slide}
    assert "set ParamAngleX" in visible and "set ParamHairBack" not in visible
    for _ in range(50):
        panel.wheel(-1)
    panel.draw(readout(), (640, 300), 1.0)
    assert "set ParamHairBack" in {s.slide for s in panel._spots} - visible
    assert panel.press((5, 200), 0.0) == []                 # beside everything
    panel.drag((5, 2000))
    panel.lift()
    panel.draw(readout(), (640, 300), 1.0)
    assert {s.slide for s in panel._spots if s.slide} == visible


def test_nothing_can_be_grabbed_under_the_head_or_outside() -> None:
    panel = drawn("pose", (640, 300))
    panel.wheel(-0.5)
    panel.draw(readout(), (640, 300), 1.0)
    tabs = spot(panel, "panel pose").box
    assert all(s.box[1] >= tabs[3] - 1 for s in panel._spots if s.slide)
    assert panel.covers((WIDTH - 1, 299)) and not panel.covers((WIDTH + 1, 10))
    panel.show()
    assert not panel.shown and panel.state == "" and not panel.covers((10, 10))


def test_pages_by_name_and_what_was_shown_last() -> None:
    panel = Panel("nonsense")
    assert not panel.shown
    panel.show("input")
    panel.show()
    panel.show()
    assert panel.state == "input"
    with pytest.raises(RenderError, match="no page other") as error:
        panel.show("other")
    assert "pose" in error.value.hint


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (90, 700), (3000, 40)])
@pytest.mark.parametrize("page", list(PAGES))
def test_any_size_of_window_can_be_drawn(size: tuple[int, int], page: str) -> None:
    panel = Panel(page)
    for scale in (1.0, 2.0):
        for batch in panel.draw(readout(warning="the camera is gone" * 20), size, scale):
            assert np.isfinite(batch.vertices).all()
    panel.press((0.5, 0.5), 0.0)
    panel.drag((0.6, 900.0))


def test_curves_keep_the_last_seconds_and_have_gaps() -> None:
    monitor = Monitor(["ParamAngleX"])
    for i in range(2000):
        now = i / 60
        face = not 32.0 < now < 32.5
        monitor.add(now, {"ParamAngleX": i, "ParamOther": 5.0} if face else {}, {"ParamAngleX": i / 2} if face else {})
    raw, smoothed = monitor.curves("ParamAngleX", now)
    assert -SECONDS < raw[0, 0] < -SECONDS + 0.1 and raw[-1, 0] > -2 / RATE and np.all(np.diff(raw[:, 0]) > 0)
    assert len(raw) == pytest.approx(RATE * SECONDS, abs=3)
    assert 0.4 < np.isnan(raw[:, 1]).sum() / RATE < 0.6
    fine = np.isfinite(raw[:, 1])
    assert np.array_equal(smoothed[fine, 1], raw[fine, 1] / 2)
    assert np.allclose(raw[fine, 1], (raw[fine, 0] + now) * 60, atol=0.01)


def test_text_knows_its_width() -> None:
    sketch = Sketch(atlas_of(1.0))
    assert sketch.width("ParamAngleX") == pytest.approx(2 * sketch.width("AngleX"), rel=0.6) and sketch.width("") == 0
    sketch.text(0, 0, "", LIVE)
    assert sketch.batches() == []


def pixels(context: moderngl.Context, panel: Panel, batches: list[Batch], size: tuple[int, int] = SIZE) -> RGBA:
    """What stands on a black, clear window: premultiplied, row 0 at the top."""
    programs = Programs(context)
    ink, surface = Ink(context, programs), Surface(context, size)
    surface.target.use()
    surface.target.clear()
    context.enable_only(moderngl.BLEND)
    context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
    ink.draw(panel.atlas, batches, size)
    out = np.frombuffer(surface.target.read(components=4), np.uint8).reshape(size[1], size[0], 4)[::-1]
    for owned in (surface, ink, programs):
        owned.release()
    return out


def near(colour: tuple[float, ...], pixel: np.ndarray) -> bool:
    return bool(np.abs(np.array(colour[:3]) * 255 - pixel[:3]).max() < 12)


def test_a_knob_stands_at_its_value_in_the_colour_of_who_moves_it(context: moderngl.Context) -> None:
    panel = Panel("pose")
    batches = panel.draw(readout({"ParamAngleX": 15.0, "ParamAngleY": -15.0}, frozenset({"ParamAngleY"})), SIZE, 1.0)
    picture = pixels(context, panel, batches)
    for name, share, colour in (("ParamAngleX", 0.75, LIVE), ("ParamAngleY", 0.25, HELD)):
        slider = spot(panel, f"set {name}")
        x, y = slider.track[0] + share * (slider.track[1] - slider.track[0]), middle(slider)[1]
        assert near(colour, picture[int(y) - 4, int(x)]) and not near(colour, picture[int(y) - 4, int(x) + 12])
    assert picture[:, int(WIDTH) + 1 :].max() == 0          # nothing outside the panel
    assert picture[5, 5, 3] > 200


def test_scrolled_rows_stay_out_of_the_head(context: moderngl.Context) -> None:
    panel, size = Panel("more"), (640, 120)
    many = {"view": tuple(Switch(f"switch {i}", f"do {i}", True) for i in range(30))}
    first = pixels(context, panel, panel.draw(replace(readout(), switches=many), size, 1.0), size)
    panel.wheel(-1.37)
    second = pixels(context, panel, panel.draw(replace(readout(), switches=many), size, 1.0), size)
    head = round(spot(panel, "panel pose").box[3])
    assert np.array_equal(first[:head], second[:head]) and not np.array_equal(first[head:], second[head:])


def test_curves_show_where_the_values_were(context: moderngl.Context) -> None:
    given = readout()
    for i in range(300):
        given.monitor.add(i / 30, {}, {"ParamAngleX": 30.0 if i / 30 > 8 else -30.0})
    panel = Panel("input")
    picture = pixels(context, panel, panel.draw(given, SIZE, 1.0))
    box = spot(panel, "sensitivity ParamAngleX").box
    chart = picture[int(box[3]) : int(box[3]) + 44, int(box[0]) : int(box[2])]
    lit = np.abs(chart[..., :3].astype(int) - np.array(LIVE[:3]) * 255).max(-1) < 40
    heights = [np.flatnonzero(lit[:, x]).mean() for x in (40, 250)]
    assert heights[0] > 35 and heights[1] < 8               # low in the past, high now


def test_letters_are_where_they_are_written(context: moderngl.Context) -> None:
    panel = Panel("pose")
    panel.draw(readout(), SIZE, 1.0)
    sketch = Sketch(panel.atlas)
    sketch.text(100, 50, "HHHH", (1, 1, 1, 1), align=0.5)
    rows, columns = np.nonzero(pixels(context, panel, sketch.batches())[..., 3] > 128)
    assert abs((columns.min() + columns.max()) / 2 - 100) < 3 and rows.min() >= 50 and rows.max() <= 66
