"""The demo's performance is in range, alive, and closes on itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from capture import demo_performance
from rig.params import BY_NAME


def column(name: str, fps: float = 30.0) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([f.values[name] for f in demo_performance(8.0, fps)])


def test_frames_and_ranges() -> None:
    frames = demo_performance(8.0, 25.0)
    assert len(frames) == 200
    assert [f.time for f in frames] == pytest.approx([i / 25 for i in range(200)])
    for f in frames:
        assert all(BY_NAME[n].low <= v <= BY_NAME[n].high for n, v in f.values.items())


@pytest.mark.parametrize("seconds", [4.0, 8.0, 16.0])
def test_it_loops(seconds: float) -> None:
    frames = demo_performance(seconds, 30.0)
    for name, first in frames[0].values.items():
        step = abs(first - frames[-1].values[name])
        usual = max(abs(a.values[name] - b.values[name]) for a, b in pairwise(frames))
        assert step <= usual + 1e-9


def test_it_is_alive() -> None:
    assert np.ptp(column("ParamAngleX")) > 30
    assert np.ptp(column("ParamMouthForm")) > 0.8
    assert column("ParamMouthOpenY").max() > 0.7
    shut = column("ParamEyeLOpen") < 0.1
    assert 4 <= np.count_nonzero(shut[1:] & ~shut[:-1]) <= 8
    closing = column("ParamEyeLOpen", 300.0)
    first = np.flatnonzero(closing < 0.02)[0]
    assert 0.06 < (first - np.flatnonzero(closing[:first] > 0.98)[-1]) / 300 < 0.13
