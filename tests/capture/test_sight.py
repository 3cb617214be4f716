"""The picture and the mesh correct each other's lids: neither misses a blink alone, neither invents one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capture.eyes import Seen
from capture.sight import Sight, trust
from capture.solve import Signals, solve
from tests.capture.faces import SIZE, expression, seen

REST = solve(seen(expression()), SIZE)


def looking(left: float, right: float, spread: float = 0.1) -> Signals:
    return replace(REST, look_l=Seen(left, spread), look_r=Seen(right, spread))


@pytest.fixture
def sight() -> Sight:
    """Of somebody whose open eyes look 0.75 open."""
    made = Sight(120.0)
    for _ in range(300):
        made.learn(looking(0.75, 0.75), 1 / 30)
    return made


def test_a_blink_that_the_mesh_misses_is_seen_in_the_picture(sight: Sight) -> None:
    blink = [sight.agreed((0.9, 0.95), looking(look, look)) for look in (0.7, 0.15, 0.15, 0.75, 0.15, 0.75)]
    assert max(blink[2]) < 0.2
    assert min(map(min, (*blink[:2], *blink[3:]))) > 0.5    # what is seen in one picture alone may be a gleam


def test_a_fall_that_only_the_mesh_imagines_is_no_blink(sight: Sight) -> None:
    assert min(sight.agreed((0.1, 0.0), looking(0.75, 0.75))) > 0.55


def test_what_both_see_stays_as_the_mesh_has_it(sight: Sight) -> None:
    for shares, look in (((1.0, 0.9), 0.75), ((0.7, 0.75), 0.65), ((0.05, 0.0), 0.1)):
        assert sight.agreed(shares, looking(look, look)) == pytest.approx(shares, abs=0.08)


def test_a_wink_shows_in_the_mesh_and_a_gleam_that_passes_an_eye_does_not(sight: Sight) -> None:
    left, right = sight.agreed((0.5, 0.9), looking(0.1, 0.75))
    assert left < 0.15 and right == pytest.approx(0.9)
    left, right = sight.agreed((0.95, 0.9), looking(0.1, 0.75))
    assert left > 0.55 and right == pytest.approx(0.9)


def test_behind_a_black_pane_the_mesh_is_believed(sight: Sight) -> None:
    sight.agreed((0.1, 0.9), looking(0.1, 0.1, 0.4))
    assert sight.agreed((0.1, 0.9), looking(0.7, 0.1, 0.4)) == pytest.approx((0.1, 0.9))
    assert sight.agreed((0.1, 0.9), REST) == (0.1, 0.9)
    assert (trust(0.05), trust(0.5)) == (1.0, 0.0)


def test_eyes_that_always_look_narrow_are_not_shut_and_it_is_remembered(sight: Sight) -> None:
    narrow = Sight(120.0)
    for _ in range(900):
        narrow.learn(looking(0.45, 0.45), 1 / 30)
    assert narrow.agreed((0.9, 0.9), looking(0.45, 0.45)) == pytest.approx((0.9, 0.9))
    again = Sight(120.0)
    again.restore(narrow.save(), 20.0)
    assert again.agreed((0.9, 0.9), looking(0.3, 0.3)) == pytest.approx(narrow.agreed((0.9, 0.9), looking(0.3, 0.3)), abs=0.05)
    assert again.agreed((0.9, 0.9), looking(0.45, 0.45)) == pytest.approx((0.9, 0.9))
