"""The drawn mouth opens as wide as the person's."""

from __future__ import annotations

import numpy as np

from capture.perform import _mouth


def test_a_shout_opens_the_mouth_almost_fully_and_talk_a_third() -> None:
    assert 0.75 < _mouth(0.75) < 1 and 0.15 < _mouth(0.33) < 0.4


def test_a_shut_mouth_stays_shut_and_the_way_between_has_no_step() -> None:
    assert _mouth(-0.1) == 0 and _mouth(0.01) < 0.01
    way = np.array([_mouth(x) for x in np.linspace(0, 1, 500)])
    assert (np.diff(way) >= 0).all() and way[-1] <= 1 and np.diff(way).max() < 0.02
