"""Time: resampling, easing to rest and back, springs stepped evenly, inputs untouched."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from kirie.errors import RenderError
from render.clock import EASE, ease, frames, resample
from rig.params import BY_NAME, ParameterFrame
from rig.puppet import Puppet, Spring, Sway
from tests.render.scenes import masked_face

X = "ParamAngleX"


def take(*values: float, fps: float = 25.0, start: float = 0.0) -> list[ParameterFrame]:
    """One value of the head's turn a frame, read-only."""
    return [ParameterFrame(start + i / fps, MappingProxyType({X: v})) for i, v in enumerate(values)]


def swinging() -> Puppet:
    """A face that turns, whose brow hangs from a spring."""
    puppet = masked_face()
    spring = Spring((80.0, 20.0), 60.0, 1.5, 0.4, 1.0)
    deep = [replace(part, depth=part.depth + np.float32(40)) for part in puppet.parts]
    brow = next(i for i, part in enumerate(deep) if part.name == "brow")
    deep[brow] = replace(deep[brow], sways=(Sway(0, np.ones(len(deep[brow].depth), np.float32)),))
    return replace(puppet, parts=tuple(deep), springs=(spring,), parameters=(BY_NAME[X], BY_NAME["ParamAngleZ"]))


@pytest.mark.parametrize(("fps", "count"), [(25, 11), (50, 21), (10, 5), (30, 13)])
def test_resampling_keeps_the_pace(fps: float, count: int) -> None:
    moments = list(resample(take(*range(11), start=2.0), fps))
    assert len(moments) == count
    assert [m.values[X] for m in moments] == pytest.approx([25 * (m.time - 2) for m in moments])
    assert moments[0].time == 2.0 and np.allclose(np.diff([m.time for m in moments]), 1 / fps)


def test_resampling_odd_takes() -> None:
    assert list(resample([], 30)) == []
    assert len(list(resample(take(5.0), 30))) == 1
    twice = [*take(1.0, 2.0), ParameterFrame(0.04, {X: 99.0}), ParameterFrame(0.02, {X: 99.0}), ParameterFrame(0.08, {X: 3.0})]
    assert [m.values[X] for m in resample(twice, 25)] == pytest.approx([1, 2, 3])


def test_resampling_is_lazy() -> None:
    def endless() -> object:
        time = 0.0
        while True:
            yield ParameterFrame(time, {X: time})
            time += 0.01

    moments = resample(endless(), 30)  # type: ignore[arg-type]
    assert [round(next(moments).time, 3) for _ in range(3)] == [0.0, 0.033, 0.067]


def test_values_do_not_mix_across_a_lost_face() -> None:
    lost = [ParameterFrame(0.0, {X: 10.0}), ParameterFrame(1.0, {}, face=False), ParameterFrame(2.0, {X: 20.0})]
    moments = list(resample(lost, 2))
    assert [m.values.get(X) for m in moments] == [10, 10, None, None, 20]
    assert [m.face for m in moments] == [True, True, False, False, True]


def test_eases_to_rest_and_back_without_a_jump() -> None:
    fps = 50
    moments = [ParameterFrame(i / fps, {X: 20.0} if i < 20 or i >= 70 else {}, not 20 <= i < 70) for i in range(120)]
    shown = [m.values.get(X, 0.0) for m in ease(moments, [BY_NAME[X]])]
    assert shown[:20] == [20.0] * 20
    gone = 20 + round(EASE * fps)
    assert shown[gone] == pytest.approx(0, abs=1e-9) and 5 < shown[20 + 10] < 15
    assert shown[70 + round(EASE * fps)] == pytest.approx(20)
    assert np.abs(np.diff(shown)).max() < 20 * 2 / (EASE * fps)


def test_rest_is_the_puppets_own_default() -> None:
    grin = replace(BY_NAME["ParamMouthOpenY"], default=0.4)
    moments = [ParameterFrame(0.0, {grin.name: 1.0}), ParameterFrame(1.0, {}, False), ParameterFrame(2.0, {}, False)]
    assert [m.values[grin.name] for m in ease(moments, [grin])] == pytest.approx([1.0, 1.0, 0.4])


def test_a_short_loss_turns_round_where_it_is() -> None:
    fps = 50
    moments = [ParameterFrame(i / fps, {X: 20.0}, not 10 <= i < 15) for i in range(60)]
    shown = [m.values[X] for m in ease(moments, [BY_NAME[X]])]
    assert 10 < min(shown) < 20 and shown[-1] == pytest.approx(20)
    assert np.abs(np.diff(shown)).max() < 20 * 2 / (EASE * fps)


@pytest.mark.usefixtures("gl")
def test_frames_are_pictures_and_inputs_stay() -> None:
    puppet, given = swinging(), take(*([0.0] * 5), *([30.0] * 20))
    pictures = list(frames(puppet, given, (80, 60), 25))
    assert len(pictures) == 25 and pictures[0].shape == (60, 80, 4)
    assert [f.values[X] for f in given] == [0.0] * 5 + [30.0] * 20
    assert np.array_equal(pictures[0], pictures[4]) and not np.array_equal(pictures[4], pictures[5])
    assert not np.array_equal(pictures[6], pictures[7]), "the hair swings after the head has stopped"


@pytest.mark.usefixtures("gl")
def test_first_picture_is_settled_and_runs_are_alike() -> None:
    puppet = swinging()
    pictures = list(frames(puppet, take(*([25.0] * 4)), (80, 60), 25))
    assert all(np.abs(p.astype(int) - pictures[0]).max() <= 1 for p in pictures)
    again = list(frames(puppet, take(*([25.0] * 4)), (80, 60), 25))
    assert all(np.array_equal(a, b) for a, b in zip(pictures, again, strict=True))


@pytest.mark.parametrize("fps", [0, -1, float("nan"), 1e6])
def test_impossible_rates(fps: float) -> None:
    with pytest.raises(RenderError, match="frames a second"):
        next(frames(masked_face(), take(0.0), (8, 8), fps))
