"""Frames played out at any moment: smooth, hardly late, never older than half a second; neutral; takes in real time."""

from __future__ import annotations

import numpy as np
import pytest

from capture.playout import MOST_DELAY, Playout
from capture.sources import Feed, Playback
from kirie.errors import CaptureError
from rig.params import ParameterFrame


def ramp(time: float, face: bool = True) -> ParameterFrame:
    """A head that turns and a mouth that opens steadily."""
    return ParameterFrame(time, {"ParamAngleX": 30 * time, "ParamMouthOpenY": time}, face)


def played(fps: float, shown_fps: float, lag: float = 0.0, jitter: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Moments and the angles shown at them, where frames of a steady turn come `lag` to `lag + jitter` s late."""
    rng = np.random.default_rng(1)
    playout, frames = Playout(), [i / fps for i in range(int(fps * 2))]
    ready = np.array(frames) + lag + jitter * rng.random(len(frames))
    moments, shown, at = np.arange(1.0, 1.9, 1 / shown_fps), [], 0
    for now in moments:
        while at < len(ready) and ready[at] <= now:
            playout.add(ramp(frames[at]), ready[at])
            at += 1
        shown.append(playout.at(now).values["ParamAngleX"])
    return moments, np.array(shown) / 30


@pytest.mark.parametrize(("fps", "shown_fps"), [(30, 60), (30, 144), (24, 60), (60, 144), (30, 30)])
def test_a_steady_turn_is_shown_steadily(fps: float, shown_fps: float) -> None:
    moments, shown = played(fps, shown_fps, lag=0.01)
    steps = np.diff(shown) * shown_fps
    assert steps.min() > 0.6  # 1 is even; repeating each frame until the next comes gives 0
    assert steps.max() < 1.5
    behind = moments - shown - 0.01
    assert behind.mean() <= MOST_DELAY + 1e-3
    assert behind.max() <= 2 * MOST_DELAY


def test_jitter_of_the_tracker_does_not_show() -> None:
    _, shown = played(30, 60, lag=0.01, jitter=0.006)
    assert (np.diff(shown) * 60).std() < 0.25


def test_only_angles_run_ahead() -> None:
    playout = Playout()
    for i in range(10):
        playout.add(ramp(i / 30), i / 30)
    last = 9 / 30
    late = playout.at(last + 0.1).values
    assert late["ParamMouthOpenY"] == pytest.approx(last)
    assert last * 30 < late["ParamAngleX"] <= (last + MOST_DELAY) * 30 + 1e-9


def test_a_blink_is_shown_in_full() -> None:
    lids = [1, 1, 0.6, 0, 0, 0.5, 1, 1]
    playout, lowest = Playout(), 1.0
    for i, lid in enumerate(lids):
        playout.add(ParameterFrame(i / 30, {"ParamEyeLOpen": lid}), i / 30)
        for step in range(2):
            lowest = min(lowest, playout.at(i / 30 + step / 60).values["ParamEyeLOpen"])
    assert lowest == 0


def test_faces_come_and_go_without_mixing() -> None:
    playout = Playout()
    playout.add(ramp(0.0), 0.0)
    playout.add(ParameterFrame(0.1, {}, False), 0.1)
    assert playout.at(0.2).face is False
    playout.add(ramp(0.3), 0.3)
    assert playout.at(0.4).values["ParamMouthOpenY"] == pytest.approx(0.3)
    assert playout.at(0.9).face is False  # stale
    playout.add(ramp(2.0), 2.0)
    assert playout.at(2.0).values["ParamMouthOpenY"] == pytest.approx(2.0)


def test_no_frame_is_no_face() -> None:
    assert Playout().at(5.0) == ParameterFrame(5.0, {}, False)


def test_a_frame_that_was_overtaken_is_dropped() -> None:
    feed = Feed()
    for time in (1.0, 1.1, 1.05, 1.1):
        feed.put(ramp(time), 1.2)
    stats = feed.stats()
    assert (stats.frames, stats.late) == (3, 1)


def test_the_later_of_two_of_a_moment_counts() -> None:
    """A stream may hold two frames in one read, which then came at the same time."""
    feed = Feed()
    for angle in (10.0, 20.0):
        feed.put(ParameterFrame(1.0, {"ParamAngleX": angle}), 1.0)
    assert feed.latest(1.0).values["ParamAngleX"] == 20.0


def test_rate_and_latency() -> None:
    feed = Feed()
    for i in range(40):
        feed.put(ramp(i / 25), i / 25 + 0.012)
    stats = feed.stats()
    assert stats.fps == pytest.approx(25, abs=0.5)
    assert stats.latency == pytest.approx(0.012, abs=1e-3)
    assert 0 < stats.delay <= MOST_DELAY


def test_this_is_my_neutral() -> None:
    feed = Feed()
    assert feed.set_neutral() == {}
    feed.put(ParameterFrame(1.0, {"ParamAngleY": -12.0, "ParamEyeBallX": 0.2, "ParamMouthOpenY": 0.5}), 1.0)
    offsets = feed.set_neutral()
    assert offsets == {"ParamAngleY": -12.0, "ParamEyeBallX": 0.2}
    feed.put(ParameterFrame(1.1, {"ParamAngleY": -2.0, "ParamEyeBallX": 1.0, "ParamMouthOpenY": 0.5}), 1.1)
    assert feed.latest(1.1).values == pytest.approx({"ParamAngleY": 10.0, "ParamEyeBallX": 0.8, "ParamMouthOpenY": 0.5})
    assert feed.set_neutral()["ParamAngleY"] == -2.0  # always what is seen, not what is left of it
    other = Feed()
    other.restore({"ParamAngleY": -99.0, "ParamMouthOpenY": 1.0})
    other.put(ParameterFrame(1.0, {"ParamAngleY": 0.0, "ParamMouthOpenY": 0.5}), 1.0)
    assert other.latest(1.0).values == {"ParamAngleY": 30.0, "ParamMouthOpenY": 0.5}


def test_a_take_plays_its_very_frames() -> None:
    frames = [ParameterFrame(5 + i / 10, {"ParamAngleX": float(i)}, i != 3) for i in range(5)]
    take = Playback(frames)
    take.open()
    shown = [take.at(100 + i / 10 + 0.01 * (i > 0)) for i in range(7)]
    assert [f.values["ParamAngleX"] for f in shown] == [0, 1, 2, 3, 4, 0, 1]
    assert [f.face for f in shown] == [True, True, True, False, True, True, True]
    once = Playback(frames, loop=False)
    assert [once.at(t).values["ParamAngleX"] for t in (1.0, 1.25, 9.0)] == [0, 2, 4]
    with pytest.raises(CaptureError, match="no frame"):
        Playback([])
    assert Playback(frames[:1]).at(3.0).values == {"ParamAngleX": 0.0}
