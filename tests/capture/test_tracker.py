"""Calibration, lids, smoothing and the tracker in time: whose eyes they are must not matter, and nothing may stop a blink."""

from __future__ import annotations

import numpy as np
import pytest

from capture import FaceFrame, Tracker
from capture.calibrate import CHANNELS, Neutral
from capture.lids import LidRanges, Lids
from capture.smooth import OneEuro, Tuning
from capture.tracker import LIDS, perform
from capture.usual import Usual
from rig.params import BY_NAME
from tests.capture.faces import expression, frame, seen

FPS = 30
BLINK = (0.35, 0.8, 1.0, 0.9, 0.6, 0.3, 0.1)


def lids_of(heights: list[tuple[float, float]]) -> np.ndarray:  # type: ignore[type-arg]
    """Openings (N, 2) of lids at (left, right) cm, FPS a second, by somebody who is learned meanwhile."""
    ranges, lids, out = LidRanges(120.0), Lids(), []
    for i, pair in enumerate(heights):
        ranges.learn(pair, 1 / FPS)
        out.append(lids.update(*ranges.shares(pair), i / FPS))
    return np.array(out)


@pytest.mark.parametrize(("open_at", "closed_at"), [(0.7, -0.2), (0.45, -0.1), (0.95, -0.4), (0.6, 0.25)])
def test_lids_reach_open_and_closed_for_everyone(open_at: float, closed_at: float) -> None:
    """The last one is a wearer of glasses whose lids the mesh sees only half way down."""
    share = [BLINK[i % 90] if i % 90 < len(BLINK) else 0.0 for i in range(FPS * 20)]
    late = lids_of([(open_at + s * (closed_at - open_at),) * 2 for s in share])[FPS * 9 :]
    assert np.median(late) > 0.9
    assert late.min() < 0.2


def test_ten_minutes_of_narrow_eyes_do_not_stop_blinks() -> None:
    ranges, lids = LidRanges(120.0), Lids()
    for _ in range(600 * 5):
        ranges.learn((0.1, 0.1), 0.2)
    for i in range(10):
        lids.update(*ranges.shares((0.7, 0.7)), i / FPS)
    assert min(lids.update(*ranges.shares((-0.25, -0.25)), (10 + i) / FPS)[0] for i in range(3)) < 0.1


def test_one_sided_squints_do_not_teach_where_closed_is() -> None:
    squints = [(0.7, 0.7 if i % 60 > 8 else 0.25) for i in range(FPS * 20)]
    blink = [(0.7 - 0.95 * b, 0.7 - 0.95 * b) for b in BLINK]
    out = lids_of(squints + blink)
    assert np.median(out[:, 0]) > 0.9
    assert out[-len(BLINK) :].min() < 0.1
    ranges = LidRanges(120.0)
    for pair in squints:
        ranges.learn(pair, 1 / FPS)
    assert max(ranges.closed) < -0.2


def test_a_slow_squint_is_no_blink_but_a_blink_half_seen_is() -> None:
    def move(shares: list[float]) -> list[float]:
        lids = Lids()
        return [lids.update(share, share, i / FPS)[0] for i, share in enumerate(shares)]

    assert move([max(1 - 0.03 * i, 0.5) for i in range(40)])[-1] > 0.5
    assert min(move([1, 1, 1, 1, 1, 0.75, 0.38, 0.45, 0.8, 1])) < 0.35


def test_usual_starts_with_people_and_becomes_the_user() -> None:
    usual = Usual(-1, 1, 0.0, 0.1, 2.0, 120.0)
    assert usual.quantile(0.5) == pytest.approx(0.0, abs=0.03)
    for _ in range(20 * FPS):
        usual.learn(0.6, 1 / FPS)
    assert usual.quantile(0.5) == pytest.approx(0.6, abs=0.05)


def test_smoothing_stills_noise_and_lets_blinks_pass() -> None:
    rng = np.random.default_rng(1)
    still, head = rng.normal(0, 0.3, 300), OneEuro(Tuning(1.0, 0.2))
    smooth = np.array([head(x, 1 / FPS) for x in still])
    assert np.abs(np.diff(smooth[30:], 2)).mean() < 0.4 * np.abs(np.diff(still[30:], 2)).mean()
    lids = OneEuro(LIDS)
    out = [lids(x, 1 / FPS) for x in [1.0] * 10 + [0.6, 0.1, 0.0, 0.0, 0.3, 0.7, 1.0, 1.0]]
    assert out[11] < 0.25
    assert min(out) < 0.05
    assert out[-1] > 0.9


def faces_with_blinks(seconds: float = 8.0, gaze: tuple[float, float] = (0.15, 0.0)) -> list[FaceFrame]:
    """Somebody who looks aside and blinks every three seconds; the mesh drops the irises behind the falling lids."""
    out = []
    for i in range(round(seconds * FPS)):
        share = BLINK[i % 90 - 60] if 60 <= i % 90 < 60 + len(BLINK) else 0.0
        shape = expression({"l": share, "r": share}, gaze=(gaze[0], gaze[1] - 0.5 * max(share - 0.4, 0.0)))
        out.append(frame(i / FPS, seen(shape)))
    return out


def test_a_blink_is_not_a_look_down_and_reaches_closed() -> None:
    tracker = Tracker()
    values = [tracker.update(f).values for f in faces_with_blinks()]
    lids = np.array([v["ParamEyeLOpen"] for v in values])
    gaze = np.array([v["ParamEyeBallY"] for v in values])
    assert (lids[150 : 150 + len(BLINK)].min(), np.median(lids)) == (pytest.approx(0, abs=0.1), pytest.approx(1, abs=0.1))
    assert gaze.min() > np.median(gaze) - 0.3  # unheld it would fall by 0.8


def test_values_stay_in_range_and_the_body_follows_the_head() -> None:
    tracker = Tracker()
    turned = [tracker.update(frame(i / FPS, seen(expression(), yaw=25.0 if i > 30 else 0.0))).values for i in range(90)]
    for values in turned:
        assert all(BY_NAME[n].low <= v <= BY_NAME[n].high and np.isfinite(v) for n, v in values.items())
    assert turned[33]["ParamAngleX"] > 0.7 * turned[-1]["ParamAngleX"] > 10
    assert turned[33]["ParamBodyAngleX"] < 0.5 * turned[-1]["ParamBodyAngleX"]
    assert 3 < turned[-1]["ParamBodyAngleX"] < 10


def test_a_lost_face_is_marked_and_comes_back_where_it_is() -> None:
    tracker = Tracker()
    there = [tracker.update(frame(i / FPS, seen(expression(), yaw=-20))) for i in range(30)]
    gone = [tracker.update(frame(1 + i / FPS, None)) for i in range(30)]
    back = tracker.update(frame(2.0, seen(expression(), yaw=20)))
    assert there[-1].face
    assert not any(f.face or f.values for f in gone)
    assert back.values["ParamAngleX"] > 15  # at once, without sliding through the middle


def test_a_file_is_learned_first() -> None:
    frames = list(perform(faces_with_blinks()))
    assert [f.time for f in frames] == pytest.approx([i / FPS for i in range(240)])
    lids = [f.values["ParamEyeROpen"] for f in frames]
    assert lids[0] == pytest.approx(lids[50], abs=0.05)  # the ranges stand still from the first frame on
    assert frames == list(perform(faces_with_blinks()))
    assert list(perform([])) == []


def test_what_the_mesh_only_imagines_is_no_blink() -> None:
    """Behind a glass's rim the lids tremble, and now and then one is lost for a single picture."""
    rng = np.random.default_rng(4)
    lids = 0.7 + rng.normal(0, 0.06, (FPS * 30, 2))
    lids[FPS * 5 :: 47, 0] -= 0.6
    out = lids_of([(float(a), float(b)) for a, b in lids])[FPS:]
    assert (out < 0.5).sum() == 0
    ranges = LidRanges(120.0)
    for left, right in lids:
        ranges.learn((left, right), 1 / FPS)
    assert max(ranges.closed) < 0.1  # the trembling taught no blink


def test_a_wink_is_not_held_back_for_long_and_drags_nothing_along() -> None:
    lids = Lids()
    for i in range(10):
        lids.update(1.0, 1.0, i / FPS)
    left, right = np.array([lids.update(0.05, 1.0, (10 + i) / FPS) for i in range(3)]).T
    assert left[1] < 0.1
    assert right.min() > 0.95


def test_a_file_is_stilled_from_both_ends() -> None:
    """Less trembling than live, no later, and a gap without a face is not bridged."""
    rng = np.random.default_rng(2)
    frames = [frame(i / FPS, seen(expression(jaw=0.9 * (1 + np.sin(i / 15)) / 2 + rng.normal(0, 0.04)))) for i in range(120)]
    frames[60:85] = [frame(i / FPS, None) for i in range(60, 85)]
    live = Tracker()
    runs = [live.update(f) for f in frames], list(perform(frames))
    one_way, both = np.array([[f.values.get("ParamMouthOpenY", np.nan) for f in run] for run in runs])
    assert np.isnan(both[60:85]).all() and not np.isnan(both[[59, 85]]).any()
    assert np.nanmean(np.abs(np.diff(both[20:60], 2))) < 0.8 * np.nanmean(np.abs(np.diff(one_way[20:60], 2)))


def test_a_blink_of_a_turned_face_closes_though_its_far_lid_hardly_falls() -> None:
    """At 12 pictures a second, as in the evening: one picture of a blink, and half of it for one lid."""

    def blink(yaw: float) -> float:
        lids = Lids()
        for i in range(6):
            lids.update(0.95, 0.95, i / 12, yaw)
        return lids.update(0.4, 0.6, 6 / 12, yaw)[0]

    assert blink(-30.0) < 0.35
    assert blink(-30.0) < blink(0.0) - 0.1


def test_a_neutral_is_there_at_once_and_does_not_slide_under_a_moving_head() -> None:
    """Somebody below the camera who nods: what is taken for straight ahead stays put while it is being learned."""
    tracker, gone = Tracker(), []
    for i in range(FPS * 12):
        pitch = 9 + 5 * np.sin(i / 20)
        shown = tracker.update(frame(i / FPS, seen(expression(), pitch=pitch))).values["ParamAngleY"]
        gone.append(pitch - shown)
    early, later = np.array(gone[FPS : 2 * FPS]), np.array(gone[-3 * FPS :])
    assert early.mean() > 3
    assert abs(later.mean() - early.mean()) < 1.5


def test_a_neutral_far_off_is_found_in_the_end() -> None:
    """Who starts looking down at the keyboard is not left looking up."""
    neutral = Neutral(CHANNELS["pitch"], 120.0)
    for _ in range(FPS):
        neutral.learn(-20.0, 1 / FPS)
    assert neutral.value < -5
    for _ in range(FPS * 60):
        neutral.learn(4.0, 1 / FPS)
    assert neutral.value > 0


def test_a_frozen_face_breaks_no_ranges() -> None:
    """Half a minute of the very same frame, in mid-blink, and blinks go on as before."""
    tracker = Tracker()
    frames = faces_with_blinks(9.0)
    for f in frames:
        tracker.update(f)
    held = frames[63]
    for i in range(30 * FPS):
        tracker.update(FaceFrame(9.0 + i / FPS, held.size, held.landmarks, 1.0))
    after = [tracker.update(FaceFrame(39.0 + f.time, f.size, f.landmarks, 1.0)).values["ParamEyeLOpen"] for f in frames]
    assert np.median(after) > 0.85 and min(after[FPS:]) < 0.15
