"""The live loop with a fake clock: idling, following, easing, expressions, springs, figures."""

from __future__ import annotations

import numpy as np
import pytest

from kirie.errors import RenderError
from render.clock import EASE
from render.expressions import FADE, STANDARD, Face
from render.idle import BLINK_EVERY, idle, lids_at, look
from render.pace import KEPT, Pace
from render.stage import Moment, Stage
from rig import build, pose
from rig.params import BY_NAME, ParameterFrame
from rig.puppet import Puppet
from tests.rig.conftest import little_girl


@pytest.fixture(scope="module")
def girl() -> Puppet:
    return build(little_girl(), "girl")


def run(stage: Stage, seconds: float, fps: float = 60.0, start: float = 0.0, **given: object) -> list[Moment]:
    """Moments from start to start + seconds."""
    return [stage.advance(start + i / fps, **given) for i in range(round(seconds * fps) + 1)]  # type: ignore[arg-type]


def test_idling_breathes_blinks_and_sways_within_the_ranges(girl: Puppet) -> None:
    shown = run(Stage(girl), 3 * BLINK_EVERY, fps=30)
    tracks = {name: np.array([m.values[name] for m in shown]) for name in shown[0].values}
    for name in ("ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamBodyAngleX"):
        assert 0.5 < np.ptp(tracks[name]) < 10, name
    assert tracks["ParamBreath"].min() < 0.05 and tracks["ParamBreath"].max() > 0.95
    lids = tracks["ParamEyeLOpen"]
    starts = np.flatnonzero((lids[1:] < 0.5) & (lids[:-1] >= 0.5))
    assert 3 <= len(starts) <= 6 and (lids > 0.95).mean() > 0.8
    for name, values in tracks.items():
        assert values.min() >= BY_NAME[name].low and values.max() <= BY_NAME[name].high, name


def test_idle_is_a_function_of_time_and_can_be_switched_off(girl: Puppet) -> None:
    assert idle(12.3) == idle(12.3)
    still = run(Stage(girl, idles=False), 1.0)
    assert np.array_equal(still[-1].draw_list.vertices, pose(girl, {}).vertices)


def test_every_blink_closes_fully() -> None:
    for span in range(40):
        at = np.arange(span * BLINK_EVERY, (span + 1) * BLINK_EVERY, 0.01)
        assert min(lids_at(t) for t in at) < 0.05


def test_the_head_follows_the_pointer_and_comes_back(girl: Puppet) -> None:
    stage = Stage(girl, idles=False)
    x, y = girl.surface.centre
    run(stage, 0.1)
    right_up = run(stage, 1.5, start=0.1, pointer=(x + 400, y - 400))[-1].values
    assert right_up["ParamAngleX"] > 15 and right_up["ParamAngleY"] > 10 and right_up["ParamEyeBallX"] > 0.5
    back = run(stage, 2.0, start=1.6)[-1].values
    assert abs(back["ParamAngleX"]) < 0.1
    assert look(-2, 1)["ParamAngleX"] == -look(2, 1)["ParamAngleX"] < 0


def test_a_pointer_from_far_away_is_bounded(girl: Puppet) -> None:
    stage = Stage(girl, idles=False)
    run(stage, 1.0, pointer=(1e12, -1e12))
    assert run(stage, 2.0, start=1.0)[-1].values["ParamAngleX"] < 0.1


def test_a_voice_moves_the_mouth_of_a_puppet_that_lives_and_looks_at_the_pointer(girl: Puppet) -> None:
    stage, said = Stage(girl, beneath=True), {"ParamMouthOpenY": 0.8, "ParamMouthForm": -0.3}
    x, y = girl.surface.centre
    shown = run(stage, 2 * BLINK_EVERY, fps=30, source=ParameterFrame(0, said), pointer=(x + 400, y))
    assert all({name: m.values[name] for name in said} == said and m.face for m in shown)
    assert min(m.values["ParamEyeLOpen"] for m in shown) < 0.3 and shown[-1].values["ParamAngleX"] > 10
    assert Stage(girl).advance(0.0, ParameterFrame(0, said)).values.keys() == {*said, "ParamBreath"}
    still = Stage(girl, idles=False, beneath=True).advance(7.0, ParameterFrame(0, said)).values
    assert still["ParamAngleX"] == 0 and still["ParamMouthOpenY"] == 0.8


def test_a_face_is_followed_exactly_and_its_loss_is_eased_without_a_jump(girl: Puppet) -> None:
    stage = Stage(girl)
    face = {"ParamAngleX": 25.0, "ParamMouthOpenY": 0.8}
    seen = run(stage, 1.0, source=ParameterFrame(0, face))
    assert {name: seen[-1].values[name] for name in face} == face and seen[-1].face
    lost = run(stage, EASE + 0.1, start=1.0, source=ParameterFrame(0, {}, face=False))
    angles = np.array([25.0] + [m.values["ParamAngleX"] for m in lost])
    assert np.abs(np.diff(angles)).max() < 3 and abs(angles[-1]) < 5 and not lost[-1].face
    again = run(stage, EASE + 0.1, start=1.0 + EASE + 0.1, source=ParameterFrame(0, face))
    angles = np.array([angles[-1]] + [m.values["ParamAngleX"] for m in again])
    assert np.abs(np.diff(angles)).max() < 3 and angles[-1] == 25.0


def test_a_flickering_face_never_jumps(girl: Puppet) -> None:
    stage, angles = Stage(girl, idles=False), []
    for i in range(120):
        source = ParameterFrame(0, {"ParamAngleX": 28.0}, face=(i // 4) % 2 == 0)
        angles.append(stage.advance(i / 60, source).values.get("ParamAngleX", 0.0))
    assert np.abs(np.diff(angles)).max() < 3.5


def test_sensitivity_scales_movement_about_the_rest(girl: Puppet) -> None:
    stage = Stage(girl, {"ParamAngleX": 0.5, "ParamEyeLOpen": 2.0})
    values = stage.advance(0.0, ParameterFrame(0, {"ParamAngleX": 20.0, "ParamEyeLOpen": 0.6, "ParamAngleY": 5.0})).values
    rest = {p.name: p.default for p in girl.parameters}
    assert values["ParamAngleX"] == pytest.approx(10) and values["ParamAngleY"] == pytest.approx(5)
    assert values["ParamEyeLOpen"] == pytest.approx(rest["ParamEyeLOpen"] - 2 * (rest["ParamEyeLOpen"] - 0.6))


def test_numbers_that_are_none_do_no_harm(girl: Puppet) -> None:
    moment = Stage(girl).advance(0.0, ParameterFrame(0, {"ParamAngleX": float("nan"), "ParamNothing": float("inf")}))
    assert np.isfinite(moment.draw_list.vertices).all() and np.isfinite(list(moment.values.values())).all()


def test_expressions_fade_in_over_the_face_and_out_again(girl: Puppet) -> None:
    stage = Stage(girl, idles=False)
    source = ParameterFrame(0, {"ParamMouthForm": -0.5, "ParamAngleX": 7.0})
    run(stage, 0.1, source=source)
    stage.face.show("smile")
    fading = [m.values["ParamMouthForm"] for m in run(stage, FADE + 0.05, start=0.1, source=source)]
    assert fading[0] == -0.5 and fading[-1] == 1.0 and np.all(np.diff(fading) >= 0) and np.diff(fading).max() < 0.2
    assert stage.advance(0.5, source).values["ParamAngleX"] == 7.0
    stage.face.show("sad")                                 # from one to the other
    assert run(stage, 1.0, start=0.5, source=source)[-1].values["ParamMouthForm"] == pytest.approx(-0.8)
    stage.face.show("sad")                                 # the same again: off
    assert run(stage, 1.0, start=1.5, source=source)[-1].values["ParamMouthForm"] == -0.5


def test_expressions_name_what_puppets_know_and_refuse_others() -> None:
    assert len(STANDARD) == 7
    for expression in STANDARD:
        for name, value in expression.values.items():
            assert BY_NAME[name].low <= value <= BY_NAME[name].high, (expression.name, name)
    with pytest.raises(RenderError, match="no expression grimace") as error:
        Face().show("grimace")
    assert "smile" in error.value.hint


@pytest.mark.parametrize("fps", [30, 60, 144])
def test_hair_swings_alike_at_every_rate_of_the_display(girl: Puppet, fps: int) -> None:
    def swing(rate: float) -> np.ndarray:
        stage = Stage(girl, idles=False)
        moments = [stage.advance(i / rate, ParameterFrame(0, {"ParamAngleX": 20.0 * min(i / rate / 0.2, 1.0)}))
                   for i in range(round(0.5 * rate) + 1)]  # fmt: skip
        return moments[-1].draw_list.vertices

    assert np.abs(swing(fps) - swing(120)).max() < 0.5


def test_a_window_that_slept_wakes_up_at_once(girl: Puppet) -> None:
    stage = Stage(girl)
    stage.advance(0.0)
    assert np.isfinite(stage.advance(86_400.0).draw_list.vertices).all()
    before = stage.advance(86_400.0)
    assert np.array_equal(stage.advance(86_399.0).draw_list.opacity, before.draw_list.opacity)


def test_figures_of_the_frames() -> None:
    pace = Pace()
    assert pace.figures().fps == 0
    now = 0.0
    for i in range(KEPT * 2):
        now += 0.040 if i % 50 == 0 else 0.010
        pace.frame(now, 0.004)
    figures = pace.figures()
    assert pace.frames == KEPT * 2 and 85 < figures.fps < 100
    assert figures.p50 == pytest.approx(10) and figures.p99 == pytest.approx(40) and figures.work == pytest.approx(4)


def test_a_held_parameter_stands_still_and_comes_back_softly(girl: Puppet) -> None:
    stage = Stage(girl, idles=False)
    source = ParameterFrame(0, {"ParamAngleX": 10.0, "ParamMouthForm": 0.5})
    run(stage, 0.2, source=source)
    assert stage.held.hold("ParamAngleX", -99.0) == -30.0 and stage.held.values == {"ParamAngleX": -30.0}
    stage.face.show("smile")
    shown = run(stage, 0.5, start=0.2, source=source)
    assert {m.values["ParamAngleX"] for m in shown[1:]} == {-30.0} and shown[-1].values["ParamMouthForm"] == 1.0
    turned = pose(girl, shown[-1].values)
    assert np.abs(turned.vertices - pose(girl, {"ParamAngleX": 10.0}).vertices).max() > 5
    stage.held.release()
    back = [m.values["ParamAngleX"] for m in run(stage, 0.5, start=0.7, source=source)]
    assert back[-1] == 10.0 and np.all(np.diff(back) >= 0) and np.diff(back).max() < 8 and stage.held.values == {}


def test_a_parameter_is_taken_up_again_while_it_goes_back(girl: Puppet) -> None:
    stage = Stage(girl, idles=False)
    stage.advance(0.0)
    stage.held.hold("ParamAngleX", 20.0)
    stage.held.hold("ParamAngleY", 5.0)
    stage.held.release("ParamAngleX")
    stage.advance(0.1)
    stage.held.hold("ParamAngleX", -7.0)
    moment = stage.advance(0.2)
    assert moment.values["ParamAngleX"] == -7.0 and stage.held.names == {"ParamAngleX", "ParamAngleY"}
    with pytest.raises(RenderError, match="no parameter ParamOther"):
        stage.held.hold("ParamOther", 1.0)


def test_hidden_parts_are_not_drawn_and_nothing_else_changes(girl: Puppet) -> None:
    name = girl.parts[-1].name
    plain = Stage(girl).advance(1.0)
    bare = Stage(girl, hidden=frozenset({name})).advance(1.0)
    assert np.array_equal(plain.draw_list.vertices, bare.draw_list.vertices)
    changed = plain.draw_list.opacity != bare.draw_list.opacity
    assert changed.tolist() == [part.name == name for part in girl.parts] and bare.draw_list.opacity[-1] == 0
