"""The temporal supervisor on films drawn on the spot: grain goes, mutations are repaired, all else stays."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from stylize.flow import RGB, Flow, grey_of, sampling_map, warped
from stylize.steady import Steadied, Supervisor, steady
from stylize.steady_seen import HELD, Seen, steadied
from stylize.temporal_metrics import grain, kept_detail, motion_error, motions, mutation_count, sharpness, warping_error
from tests.stylize.films import HEIGHT, RADIUS, STEP, WIDTH, drawn, grained, mutated, scene, spot

COUNT = 14
MUTATED = (5, 10)


def run(source: list[RGB], film: list[RGB]) -> list[Steadied]:
    return list(steady(zip(source, film, strict=True)))


@pytest.fixture(scope="module")
def source() -> list[RGB]:
    return [scene(t) for t in range(COUNT)]


@pytest.fixture(scope="module")
def clean() -> list[RGB]:
    return [drawn(t) for t in range(COUNT)]


@pytest.fixture(scope="module")
def damaged(clean: list[RGB]) -> list[RGB]:
    random = np.random.default_rng(3)
    return [grained(mutated(f, t) if t in MUTATED else f, random) for t, f in enumerate(clean)]


@pytest.fixture(scope="module")
def repaired(source: list[RGB], damaged: list[RGB]) -> list[Steadied]:
    return run(source, damaged)


def test_flow_follows_the_disc() -> None:
    pair = Flow().pair(grey_of(scene(3)), grey_of(scene(4)))
    height, width = pair.trust_earlier.shape
    on = np.hypot(np.arange(width) - (50 + 4 * STEP) / 2, np.arange(height)[:, None] - HEIGHT / 4) < RADIUS / 2 - 6
    off = np.hypot(np.arange(width) - (50 + 4 * STEP) / 2, np.arange(height)[:, None] - HEIGHT / 4) > RADIUS / 2 + 8
    assert np.abs(pair.to_earlier[on] - (-STEP / 2, 0)).mean() < 0.1
    assert np.abs(pair.to_earlier[off]).mean() < 0.1
    assert pair.trust_earlier[on].mean() > 0.9 and not pair.cut


def test_flow_does_not_trust_the_rim_of_what_moves() -> None:
    pair = Flow().pair(grey_of(scene(0)), grey_of(scene(4)))
    height, width = pair.trust_earlier.shape
    distance = np.hypot(np.arange(width) - (50 + 4 * STEP) / 2, np.arange(height)[:, None] - HEIGHT / 4) - RADIUS / 2
    lost = pair.trust_earlier == 0
    assert lost[np.abs(distance) < 3].mean() > 0.3 > 0.04 > lost[np.abs(distance) > 8].mean()


def test_grain_is_averaged_away(source: list[RGB], clean: list[RGB], damaged: list[RGB], repaired: list[Steadied]) -> None:
    moves, after = motions(source), [s.rgb for s in repaired]
    assert grain(damaged, source, moves) == pytest.approx(8, rel=0.25)
    assert grain(after[6:], source[6:], moves[6:]) < 2
    assert warping_error(after[6:], moves[6:]) * 15 < warping_error(damaged[6:], moves[6:])
    assert cv2.PSNR(after[-1], clean[-1]) > cv2.PSNR(damaged[-1], clean[-1]) + 6


def test_what_is_drawn_stays_sharp(clean: list[RGB], repaired: list[Steadied]) -> None:
    after = [s.rgb for s in repaired]
    assert 0.85 < kept_detail(after[4:], clean[4:]) < 1.15
    assert sharpness(after[4:]) > 0.85 * sharpness(clean[4:])


def test_mutations_are_found_and_repaired(source: list[RGB], clean: list[RGB], damaged: list[RGB],
                                          repaired: list[Steadied]) -> None:  # fmt: skip
    assert [t for t, s in enumerate(repaired) if s.repaired.any()] == list(MUTATED)
    for t in MUTATED:
        where = spot(t)
        flagged = cv2.resize(repaired[t].repaired.astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST) > 0
        assert flagged[where].mean() > 0.95
        wrong, left = (np.abs(f.astype(float) - clean[t])[where].mean() for f in (damaged[t], repaired[t].rgb))
        assert left < 0.15 * wrong
    moves = motions(source)
    assert mutation_count(damaged, moves) > 100 > 1 > mutation_count([s.rgb for s in repaired], moves)


def test_a_mutation_that_a_moving_contour_cuts_is_repaired_whole() -> None:
    source, film = [scene(3 * t) for t in range(8)], [drawn(3 * t) for t in range(8)]
    rim = left_at(12) + RADIUS, HEIGHT / 2
    where = np.hypot(np.arange(WIDTH) - rim[0], np.arange(HEIGHT)[:, None] - rim[1]) < 11
    wrong = film[4].copy()
    wrong[where] = (200, 40, 220)
    after = run(source, [*film[:4], wrong, *film[5:]])
    before, left = (np.abs(f.astype(float) - film[4])[where].mean() for f in (wrong, after[4].rgb))
    assert left < 0.2 * before
    assert not any(s.repaired.any() for t, s in enumerate(after) if t != 4)


def test_a_clean_film_is_left_as_it_is(source: list[RGB], clean: list[RGB]) -> None:
    after = run(source, clean)
    assert not any(s.repaired.any() for s in after)
    assert min(cv2.PSNR(s.rgb, f) for s, f in zip(after, clean, strict=True)) > 38
    assert kept_detail([s.rgb for s in after], clean) == pytest.approx(1, abs=0.07)


def test_what_happens_in_the_input_is_no_mutation(clean: list[RGB]) -> None:
    """A blink: it lasts a frame, but the person did it."""
    source = [mutated(scene(t), t) if t == 6 else scene(t) for t in range(COUNT)]
    film = [mutated(f, t) if t == 6 else f for t, f in enumerate(clean)]
    after = run(source, film)
    assert not any(s.repaired.any() for s in after)
    assert np.abs(after[6].rgb.astype(float) - film[6])[spot(6)].mean() < 5


def test_the_moving_contour_is_not_smeared() -> None:
    """A dark bar that jumps 9 px a frame leaves no trail."""
    def frame(t: int) -> RGB:
        out = scene(0)
        out[:, 20 + 9 * t : 28 + 9 * t] = 10
        return out

    film = [frame(t) for t in range(8)]
    after = run(film, film)
    for t in range(2, 8):
        trail = np.s_[:, 20 + 9 * (t - 2) : 18 + 9 * t]
        assert np.abs(after[t].rgb[trail].astype(float) - film[t][trail]).mean() < 3, t


def test_a_cut_starts_anew() -> None:
    first, second = [drawn(t) for t in range(4)], [np.bitwise_not(drawn(t, 7)) for t in range(4)]
    source = [scene(t) for t in range(4)] + [np.bitwise_not(scene(t, 7)) for t in range(4)]
    after = run(source, first + second)
    for t, wanted in ((3, first[3]), (4, second[0]), (5, second[1])):
        assert cv2.PSNR(after[t].rgb, wanted) > 38


def test_the_first_frame_of_a_scene_is_steadied_by_the_next(clean: list[RGB], damaged: list[RGB],
                                                            repaired: list[Steadied]) -> None:  # fmt: skip
    assert cv2.PSNR(repaired[0].rgb, clean[0]) > cv2.PSNR(damaged[0], clean[0]) + 4


def test_lines_that_tremble_come_to_rest(source: list[RGB], clean: list[RGB]) -> None:
    """What is drawn shakes by half a pixel, though the input glides."""
    random = np.random.default_rng(2)
    shaken = []
    for frame in clean:
        move = np.array([[1, 0, random.normal(0, 0.4)], [0, 1, random.normal(0, 0.4)]])
        shaken.append(cv2.warpAffine(frame, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
    moves = motions(source)
    after = [s.rgb for s in run(source, shaken)]
    assert warping_error(after, moves) < 0.5 * warping_error(shaken, moves)
    assert kept_detail(after, clean) > 0.65


def test_an_input_that_flickers_a_little_is_still_followed(source: list[RGB], damaged: list[RGB]) -> None:
    """A camera's own noise does not shorten the memory."""
    random = np.random.default_rng(4)
    moves = motions(source)
    after = [s.rgb for s in run([grained(f, random, 2) for f in source], damaged)]
    assert warping_error(after[6:], moves[6:]) * 12 < warping_error(damaged[6:], moves[6:])


def test_a_supervisor_goes_on_where_another_stopped(source: list[RGB], damaged: list[RGB], repaired: list[Steadied]) -> None:
    flow, first = Flow(), Supervisor()
    pairs = [None, *(flow.pair(grey_of(a), grey_of(b)) for a, b in pairwise(source))]
    for t in range(7):
        first.push(damaged[t], pairs[t])        # frame 5 has left
    second = Supervisor(past=first.past)
    assert second.push(damaged[6], pairs[6]) is None
    done = second.push(damaged[7], pairs[7])
    assert done is not None and np.array_equal(done.rgb, repaired[6].rgb)


def test_one_frame_and_none() -> None:
    assert [s.rgb.tolist() for s in run([scene(0)], [drawn(0)])] == [drawn(0).tolist()]
    assert run([], []) == []


@pytest.mark.parametrize("size", [(16, 16), (31, 200), (65, 130)])
def test_small_and_odd_sizes(size: tuple[int, int]) -> None:
    source = [cv2.resize(scene(t), size) for t in range(4)]
    after = run(source, [cv2.resize(drawn(t), size) for t in range(4)])
    assert {s.rgb.shape for s in after} == {(size[1], size[0], 3)}


def test_metrics_know_their_zero(source: list[RGB]) -> None:
    still = [source[0]] * 4
    moves = motions(still)
    assert warping_error(still, moves) < 1e-9
    assert motion_error(still, still) == 0
    assert grain(still, still, moves) < 1e-3
    assert kept_detail(still, still) == pytest.approx(1)
    assert kept_detail([cv2.GaussianBlur(f, (0, 0), 1.5) for f in still], still) < 0.6
    assert warped(source[0], sampling_map(np.zeros((HEIGHT, WIDTH, 2), np.float32))).tolist() == source[0].tolist()


def test_masks_and_meshes_stop_trembling() -> None:
    random, flow, past = np.random.default_rng(5), Flow(), None
    greys = [grey_of(scene(t)) for t in range(10)]
    rough, smooth, points, steady_points = [], [], [], []
    mesh = random.uniform((0.2, 0.02, 0), (0.4, 0.22, 0.2), (478, 3)).astype(np.float32)     # above the disc
    for t in range(10):
        x = left_at(t) + random.normal(0, 0.8)
        distance = np.hypot(np.arange(WIDTH) - x, np.arange(HEIGHT)[:, None] - HEIGHT / 2)
        mask = np.clip(RADIUS - distance + 0.5, 0, 1).astype(np.float32)
        trembling = mesh + random.normal(0, 0.0006, mesh.shape).astype(np.float32)
        past = steadied(Seen((trembling,), mask), past, flow.pair(greys[t - 1], greys[t]) if t else None)
        rough.append(mask.sum(0) @ np.arange(WIDTH) / mask.sum() - left_at(t))
        assert past.mask is not None
        smooth.append(past.mask.sum(0) @ np.arange(WIDTH) / past.mask.sum() - left_at(t))
        points.append(trembling)
        steady_points.append(past.meshes[0])
    assert np.std(np.diff(smooth[3:])) < 0.75 * np.std(np.diff(rough[3:]))
    assert abs(np.mean(smooth)) < 0.7
    assert np.diff(steady_points, axis=0)[3:].std() < 0.4 * np.diff(points, axis=0)[3:].std()


def test_a_jump_of_mask_or_landmark_is_believed() -> None:
    pair = Flow().pair(grey_of(scene(0)), grey_of(scene(0)))
    mask, mesh = np.zeros((HEIGHT, WIDTH), np.float32), np.full((478, 3), 0.5, np.float32)
    mesh[:200, 0] = 0.3
    moved = mesh.copy()
    moved[:100, 1] += 0.05                      # a lid that closes
    seen = steadied(Seen((moved,), mask + 1), Seen((mesh,), mask), pair)
    assert seen.mask is not None and seen.mask.min() > 0.99
    assert np.allclose(seen.meshes[0], moved, atol=1e-3)


def test_a_slow_blink_still_shuts() -> None:
    pair = Flow().pair(grey_of(scene(0)), grey_of(scene(0)))
    mesh = np.random.default_rng(1).uniform(0.3, 0.7, (478, 3)).astype(np.float32)
    width = float(np.ptp(mesh[:, 0]))
    opening = np.array([1, 0.76, 0.53, 0.3, 0.08, 0, 0, 0.3, 0.6, 1]) * 0.066 * width       # an eye's, in shares of the picture
    past, shown = None, []
    for each in opening:
        seen = mesh.copy()
        seen[:9, 1] = 0.5 + each                # a lid over one that stays
        past = steadied(Seen((seen,), None), past, pair)
        shown.append(float(past.meshes[0][:9, 1].mean() - 0.5) / opening[0])
    assert min(shown) < 0.12 and shown[-1] > 0.9
    assert max(abs(np.array(shown) - opening / opening[0])) < 0.25


def test_a_face_that_is_missed_for_some_frames_is_carried_on() -> None:
    flow = Flow()
    greys = [grey_of(scene(t)) for t in range(14)]
    on_disc = np.array([left_at(0) / WIDTH, 0.5, 0], np.float32)
    mesh = (on_disc + np.random.default_rng(1).uniform(-0.05, 0.05, (478, 3))).astype(np.float32)
    past = Seen((mesh,), None)
    shown = []
    for t in range(1, 14):
        past = steadied(Seen((), None), past, flow.pair(greys[t - 1], greys[t]))
        shown.append(len(past.meshes))
        if t == 4:
            assert np.mean(past.meshes[0][:, 0] - mesh[:, 0]) * WIDTH == pytest.approx(4 * STEP, abs=0.6)
    assert shown == [1] * HELD + [0] * (13 - HELD)      # and no longer: people do leave
    cut = flow.pair(greys[0], np.bitwise_not(greys[0]))
    assert steadied(Seen((), None), Seen((mesh,), None), cut).meshes == ()


def left_at(time: float) -> float:
    from tests.stylize.films import LEFT

    return LEFT + STEP * time
