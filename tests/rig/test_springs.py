"""Springs: tuned so that hair lags, swings once or twice and comes to rest, whatever the frame rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig import pose, rest_state, step
from rig.puppet import Puppet, Spring
from rig.springs import FREQUENCIES, SpringState, hair_spring
from tests.rig.puppets import CANVAS, little_puppet

Floats = npt.NDArray[np.float64]
LENGTHS = (40.0, 160.0, 700.0)


def hanging(*springs: Spring) -> Puppet:
    """The little puppet with other springs; its hair still hangs from the first two."""
    return replace(little_puppet(), springs=springs)


def film(puppet: Puppet, seconds: float, fps: float, angle: npt.NDArray[np.float64] | float) -> list[SpringState]:
    """States of a film whose ParamAngleX is a number or one value a frame."""
    state, out = rest_state(puppet), []
    for i in range(round(seconds * fps)):
        value = angle if isinstance(angle, float) else float(angle[i])
        state = step(puppet, state, {"ParamAngleX": value}, 1 / fps)
        out.append(state)
    return out


def crossing(times: Floats, track: Floats, level: float) -> float:
    """When a rising track first passes a level."""
    i = int(np.argmax(track >= level))
    return float(np.interp(level, track[i - 1 : i + 1], times[i - 1 : i + 1]))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("phase", range(4))
def test_hair_after_a_step_of_30_degrees(length: float, phase: int) -> None:
    spring = hair_spring((150, 130), length, unit=160, phase=phase)
    assert FREQUENCIES[0] <= spring.frequency <= FREQUENCIES[1]
    puppet = hanging(spring, spring)
    states = film(puppet, 2.0, 200, 30.0)
    times = np.arange(1, len(states) + 1) / 200
    goal = states[-1].root[0, 0] - rest_state(puppet).root[0, 0]
    tip = np.array([s.tip[0, 0] for s in states]) - rest_state(puppet).root[0, 0]
    off = (tip - goal) / goal
    assert np.abs(off[times >= 1.2]).max() < 0.03, "settled 1.2 s after the step"
    assert 0.08 <= crossing(times, tip, goal / 2) <= 0.15, "lags its root by 80..150 ms"
    turns = np.flatnonzero(np.diff(np.sign(np.diff(off)))) + 1
    assert 1 <= sum(abs(off[i]) > 0.03 for i in turns) <= 2, "one or two swings that one can see"
    assert 0.15 < off.max() < 0.30


@pytest.mark.parametrize("length", LENGTHS)
def test_hair_trails_a_turning_head(length: float) -> None:
    """Lag of the tip behind a head that sways at 0.5 Hz, by the phase of the fundamental."""
    puppet = hanging(*[hair_spring((150, 130), length, unit=160)] * 2)
    times = np.arange(1, 1201) / 200
    states = film(puppet, 6, 200, 15 * np.sin(2 * np.pi * 0.5 * times))
    wave = np.exp(-2j * np.pi * 0.5 * times[400:])
    root, tip = (np.array([getattr(s, k)[0, 0] for s in states[400:]]) for k in ("root", "tip"))
    lag = np.angle(((root - root.mean()) @ wave) / ((tip - tip.mean()) @ wave)) / (2 * np.pi * 0.5)
    assert 0.08 <= lag <= 0.15


def test_strands_drift_apart() -> None:
    puppet = hanging(*(hair_spring((150, 130), 150, unit=160, phase=i) for i in range(3)))
    state = film(puppet, 0.5, 60, 30.0)[-1]
    assert min(abs(np.diff(np.sort(state.tips[:, 0])))) > 0.2


@pytest.mark.parametrize("fps", [15, 24, 30, 60, 144])
def test_the_frame_rate_does_not_matter(fps: int) -> None:
    """A head that turns evenly for a second, seen after 1.5 s at any rate."""
    puppet = little_puppet()

    def ramp(rate: float) -> SpringState:
        times: Floats = np.linspace(1 / rate, 1.5, round(1.5 * rate))
        return film(puppet, 1.5, rate, 24 * np.clip(times, 0, 1))[-1]

    assert np.abs(ramp(fps).tips - ramp(600).tips).max() < 0.15


def test_a_still_head_keeps_still_hair() -> None:
    puppet = little_puppet()
    assert (film(puppet, 0.3, 30, 0.0)[-1].tips == 0).all()
    values = {"ParamAngleX": 20.0, "ParamAngleZ": 10.0}
    state = rest_state(puppet, values)
    assert (step(puppet, state, values, 1 / 30).tips == 0).all(), "a film that begins turned begins without a jolt"


def test_roots_ride_on_the_hair_they_carry() -> None:
    """The root moves as the nearest vertex of its own part does, depth and all."""
    puppet = little_puppet()
    hair, start = puppet.parts[4], sum(len(p.mesh.vertices) for p in puppet.parts[:4])
    at = hair.mesh.vertices[3]
    puppet = replace(puppet, springs=tuple(replace(s, root=(float(at[0]), float(at[1]))) for s in puppet.springs))
    values = {"ParamAngleX": 25.0, "ParamAngleY": -10.0, "ParamAngleZ": 15.0, "ParamBodyAngleZ": 5.0, "ParamBreath": 1.0}
    assert rest_state(puppet, values).root[0] == pytest.approx(pose(puppet, values).vertices[start + 3], abs=1e-3)


def test_tips_move_the_hair() -> None:
    puppet = little_puppet()
    hair, start = puppet.parts[4], sum(len(p.mesh.vertices) for p in puppet.parts[:4])
    state = film(puppet, 0.05, 60, 30.0)[-1]
    moved = pose(puppet, {}, state).vertices[start:] - hair.mesh.vertices
    weights = np.stack([s.weight for s in hair.sways], 1)
    assert np.allclose(moved, weights @ state.tips, atol=1e-3)
    assert moved[:, 0].min() < -10, "the head jumped right, the hair stays behind on the left"


def test_lag_is_given_in_the_frame_of_the_rolled_head() -> None:
    puppet = little_puppet()
    rolled = {"ParamAngleZ": 30.0}
    state = step(puppet, rest_state(puppet, rolled), rolled | {"ParamBodyAngleX": 10.0}, 1 / 60)
    behind = (state.tip - state.root)[0]
    assert behind[0] < -5 and abs(behind[1]) < 1e-3
    start = sum(len(p.mesh.vertices) for p in puppet.parts[:4])
    values = rolled | {"ParamBodyAngleX": 10.0}
    tip = int(np.argmax(puppet.parts[4].sways[0].weight))
    moved = (pose(puppet, values, state).vertices - pose(puppet, values).vertices)[start + tip]
    assert abs(moved[1]) < 0.3 * abs(moved[0]), "sideways stays sideways on the canvas"


def test_tips_never_leave_the_strand() -> None:
    puppet = hanging(*(replace(s, gain=50.0) for s in little_puppet().springs))
    for state in film(puppet, 0.5, 60, np.tile(np.array([30.0, -30.0]), 15)):
        assert np.linalg.norm(state.tips, axis=1).max() <= 0.22 * 150 + 1e-6


@given(st.floats(0.05, 30), st.floats(0, 10), st.lists(st.floats(-30, 30), min_size=1, max_size=8), st.floats(1e-6, 10))
@settings(deadline=None, max_examples=60)
def test_any_spring_stays_finite(frequency: float, damping: float, angles: list[float], dt: float) -> None:
    puppet = hanging(*(replace(s, frequency=frequency, damping=damping) for s in little_puppet().springs))
    state = rest_state(puppet)
    for angle in angles:
        state = step(puppet, state, {"ParamAngleX": angle}, dt)
        assert np.isfinite(state.tips).all() and np.abs(state.tip).max() < 10 * max(CANVAS)


@pytest.mark.parametrize("damping", [0.999999, 1.0, 1.000001])
def test_critical_damping(damping: float) -> None:
    puppet = hanging(*(replace(s, frequency=1.5, damping=damping) for s in little_puppet().springs))
    w, t = 2 * np.pi * 1.5, 0.2
    start = rest_state(puppet)
    state = step(puppet, replace(start, tip=start.tip + np.array([8.0, 0.0])), {}, t)
    assert (state.tip - state.root)[0, 0] == pytest.approx(8 * (1 + w * t) * np.exp(-w * t), rel=1e-4)


@pytest.mark.parametrize("dt", [0.0, -1.0, float("nan"), float("inf")])
def test_no_time_changes_nothing(dt: float) -> None:
    puppet = little_puppet()
    state = rest_state(puppet)
    assert step(puppet, state, {"ParamAngleX": 30.0}, dt) is state


def test_broken_states_are_healed() -> None:
    puppet = little_puppet()
    start = rest_state(puppet)
    broken: tuple[dict[str, Floats], ...]
    broken = ({"tip": start.tip * np.nan}, {"speed": start.speed + np.inf}, {"root": start.root[:1]})
    for bad in (replace(start, **values) for values in broken):
        assert (step(puppet, bad, {"ParamAngleX": 9.0}, 1 / 60).tips == 0).all()


def test_a_puppet_without_springs() -> None:
    bald = replace(little_puppet(), springs=(), parts=little_puppet().parts[:4])
    assert step(bald, rest_state(bald), {"ParamAngleX": 9.0}, 1 / 60).tips.shape == (0, 2)
    pose(bald, {"ParamAngleX": 9.0}, rest_state(bald))
