"""What is learned of heads: the network sees past roll, place and size; builds tell one head from another."""

from __future__ import annotations

import numpy as np
import pytest

from capture.head import fit_head
from capture.model import F64, build, level, model, net_says
from tests.capture.faces import SIZE, expression, seen


def turned_by(points: F64, degrees: float) -> F64:
    """Points (478, 2), y up, turned clockwise."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.asarray(points @ np.array([[c, -s], [s, c]]))


def test_the_networks_view_knows_no_roll_place_or_size() -> None:
    flat = model().mean[:, :2]
    moved = turned_by(flat, 20) * 37.0 + np.array([300.0, -120.0])
    np.testing.assert_allclose(level(moved, 20), level(flat, 0), atol=1e-9)
    assert net_says(moved, 20)["mouth_open"] == pytest.approx(net_says(flat, 0)["mouth_open"], abs=1e-9)


@pytest.mark.parametrize("turned", [(0, 0, 0), (12, 5, 15), (-12, -5, -15)])
def test_the_network_says_what_moves(turned: tuple[float, float, float]) -> None:
    def said(**what: object) -> dict[str, float]:
        return fit_head(seen(expression(**what), *turned), SIZE).said  # type: ignore[arg-type]

    rest = said()
    assert said(jaw=2.0)["mouth_open"] > rest["mouth_open"] + 0.1
    blink = said(closed={"l": 1.0, "r": 1.0})
    assert max(blink["lid_l"] - rest["lid_l"], blink["lid_r"] - rest["lid_r"]) < -0.2
    assert said(gaze=(0.3, 0))["gaze_x"] > rest["gaze_x"] + 0.2
    assert said(gaze=(0, 0.25))["gaze_y"] > rest["gaze_y"] + 0.1


def test_a_build_is_the_same_in_any_pose_and_another_for_another_head() -> None:
    mine = fit_head(seen(expression()), SIZE).build
    turned = fit_head(seen(expression(jaw=0.5), 8, 5, 10, at=(8.0, 3.0, -60.0)), SIZE).build
    other = expression() * [1.06, 1.0, 1.0]
    theirs = fit_head(seen(other), SIZE).build
    assert np.linalg.norm(mine - turned) < 0.5 * np.linalg.norm(mine - theirs)
    assert mine.shape == build(model().mean).shape
