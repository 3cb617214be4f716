"""The solver reads an invented face right: signs, scale, and what must not leak from one signal into another."""

from __future__ import annotations

import numpy as np
import pytest

from capture.head import angles as angles_of
from capture.head import fit_head
from capture.model import model
from capture.solve import Signals, solve
from tests.capture.faces import SIZE, expression, seen, turn


def signals(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0, **what: object) -> Signals:
    return solve(seen(expression(**what), yaw, pitch, roll), SIZE)  # type: ignore[arg-type]


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 0, 0), (-25, 0, 0), (0, 15, 0), (0, -15, 0), (0, 0, 20), (30, 10, -15)])
@pytest.mark.parametrize("at", [(0.0, 0.0, -45.0), (12.0, -6.0, -60.0)])
def test_pose_comes_back(angles: tuple[float, float, float], at: tuple[float, float, float]) -> None:
    head = fit_head(seen(model().mean, *angles, at=at), SIZE)
    expected = angles_of(turn(*angles))
    np.testing.assert_allclose(expected, angles, atol=4)
    np.testing.assert_allclose((head.yaw, head.pitch, head.roll), expected, atol=1.5)
    np.testing.assert_allclose(head.position[:2], at[:2], atol=0.6)
    np.testing.assert_allclose(head.position[2], at[2], atol=2.5)
    np.testing.assert_allclose(head.shape, model().mean, atol=0.25)


def test_the_nose_points_where_the_sign_says() -> None:
    ahead, right, up = (seen(model().mean, *a) for a in ((0, 0, 0), (20, 0, 0), (0, 15, 0)))
    assert right[4, 0] - ahead[4, 0] > 0.01  # the picture's x grows to the right
    assert up[4, 1] - ahead[4, 1] < -0.01  # and its y down
    tilted = seen(model().mean, 0, 0, 15)
    assert tilted[10, 0] > tilted[152, 0]  # clockwise: the forehead to the right of the chin


def test_the_mean_head_is_symmetric_and_rests() -> None:
    mean = model().mean
    assert np.linalg.norm(mean[468] - mean[473]) == pytest.approx(6.3, abs=0.01)
    assert mean[473, 0] > 0  # the left iris is on the picture's right
    np.testing.assert_allclose(mean[[4, 10, 152], 0], 0, atol=0.02)
    rest = signals()
    assert abs(rest.gaze_x) < 0.05
    assert abs(rest.lid_l - rest.lid_r) < 0.05


@pytest.mark.parametrize("yaw", [0, 30, -30])
@pytest.mark.parametrize(("side", "other"), [("l", "r"), ("r", "l")])
def test_a_wink_closes_one_eye(yaw: float, side: str, other: str) -> None:
    rest, wink = signals(yaw), signals(yaw, closed={side: 1.0})
    travel = getattr(rest, f"lid_{side}") - getattr(wink, f"lid_{side}")
    assert travel > 0.5
    assert abs(getattr(rest, f"lid_{other}") - getattr(wink, f"lid_{other}")) < 0.25 * travel


def test_a_turned_head_keeps_its_eyes_open() -> None:
    lids = np.array([(s.lid_l, s.lid_r) for s in (signals(yaw) for yaw in (-30, 0, 30))])
    assert np.ptp(lids, axis=0).max() < 0.12


def test_gaze_signs_and_a_rolled_head_does_not_look_aside() -> None:
    rest = signals()
    assert signals(gaze=(0.2, 0)).gaze_x > rest.gaze_x + 0.1
    assert signals(gaze=(0, 0.15)).gaze_y > rest.gaze_y + 0.07
    for tilt in (-25, 25):
        rolled = signals(roll=tilt)
        assert abs(rolled.gaze_x - rest.gaze_x) < 0.05
        assert abs(rolled.gaze_y - rest.gaze_y) < 0.05


def test_mouth() -> None:
    rest = signals()
    assert signals(jaw=1.2).mouth_open > rest.mouth_open + 0.08
    assert signals(corners=0.5).mouth_form > rest.mouth_form + 0.1
    assert signals(corners=-0.5).mouth_form < rest.mouth_form - 0.1


def test_brows_each_by_itself() -> None:
    left = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
    raised = expression()
    raised[list(left), 1] += 0.5
    rest, up = signals(), solve(seen(raised), SIZE)
    assert up.brow_l - rest.brow_l > 0.1
    assert up.brow_l - rest.brow_l > 2 * abs(up.brow_r - rest.brow_r)
