"""Lids, lashes, gaze and drawn closed eyes, looked at in pictures of a small drawn face."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from layering.stack import Blend, Layer, LayerStack
from rig.eyes import KEYS, SHUT
from rig.puppet import Part, Puppet
from tests.rig.eyedraw import (
    CENTRES,
    INK,
    IRIS,
    SKIN,
    WHITE,
    arch,
    coloured,
    ellipse,
    eye,
    face,
    layer,
    picture,
    rig_of,
    shut_eye,
    stack_of,
    stroke,
)


@pytest.fixture(scope="module")
def stack() -> LayerStack:
    return stack_of(face(), *eye("r"), *eye("l"))


@pytest.fixture(scope="module")
def puppet(stack: LayerStack) -> Puppet:
    return rig_of(stack)[0]


@pytest.fixture(scope="module")
def drawn() -> Puppet:
    return rig_of(stack_of(face(), *eye("r"), *eye("l"), shut_eye("r"), shut_eye("l")))[0]


def part_of(puppet: Puppet, name: str) -> Part:
    return next(p for p in puppet.parts if p.name == name)


def half(side: str) -> tuple[slice, slice]:
    return (slice(None), slice(120, None)) if side == "l" else (slice(None), slice(0, 120))


def line_height(rgba: np.ndarray, x: int) -> float:  # type: ignore[type-arg]
    """Mean row of the dark line in a column, below any crease."""
    rows = np.flatnonzero(coloured(rgba, INK)[65:, x]) + 65
    return float(rows.mean())


def brows() -> list[Layer]:
    """Brows: the ink that lines without a lash are made in."""
    return [layer(f"eyebrow-{s}", "eyebrow", stroke(arch((x, y - 38), 24, 5), 4), INK, s) for s, (x, y) in CENTRES.items()]


STACKS = {
    "plain": stack_of(face(), *eye("r"), *eye("l")),
    "drawn shut": stack_of(face(), *eye("r"), *eye("l"), shut_eye("r"), shut_eye("l")),
    "no lash": stack_of(face(), *eye("r", lash=False), *eye("l", lash=False), *brows()),
    "holed face": stack_of(face(hole=True), *eye("r"), *eye("l")),
    "iris before lash": stack_of(face(), *(eye("r")[i] for i in (0, 2, 1)), *eye("l")),
    "one eye": stack_of(face(), *eye("l")),
}


@pytest.mark.parametrize("name", STACKS)
def test_rest_is_the_picture(name: str) -> None:
    stack = STACKS[name]
    difference = np.abs(picture(rig_of(stack)[0]).astype(int) - stack.composite())
    assert difference.max() <= 1


@pytest.mark.parametrize("name", STACKS)
def test_offsets_are_exactly_zero_at_rest(name: str) -> None:
    for rig in rig_of(STACKS[name])[1].values():
        for part in [*rig.parts.values(), *(x[0] for x in rig.extra)]:
            for form in part.keyforms:
                if form.offsets is not None and "Open" in form.axes[0]:
                    assert form.keys[0][-1] == 1.0
                    assert not form.offsets[-1, 0].any()


@pytest.mark.parametrize("name", STACKS)
def test_a_shut_eye_shows_neither_white_nor_iris(name: str) -> None:
    rgba = picture(rig_of(STACKS[name])[0], EyeLOpen=0, EyeROpen=0)
    assert not coloured(rgba, IRIS).any()
    assert not coloured(rgba, WHITE, 25).any()
    assert (rgba[60:100, 60:180, 3] > 250).all()


def test_each_eye_shuts_by_itself(puppet: Puppet) -> None:
    rest, wink = picture(puppet), picture(puppet, EyeLOpen=0)
    assert (rest[half("r")] == wink[half("r")]).all()
    assert (rest[half("l")] != wink[half("l")]).any()


def test_the_opening_shrinks_steadily(puppet: Puppet) -> None:
    seen = [int(coloured(picture(puppet, EyeLOpen=t), IRIS)[half("l")].sum()) for t in (1, 0.8, 0.6, 0.4, 0.2)]
    assert all(a > b for a, b in itertools.pairwise(seen))
    assert seen[2] > 0.25 * seen[0]


def test_lids_meet_four_fifths_down(puppet: Puppet) -> None:
    x, y = CENTRES["l"]
    top, bottom = y - 17, y + 18
    met = (line_height(picture(puppet, EyeLOpen=0), x) + 3 - top) / (bottom - top)
    assert 0.68 < met < 0.92


def test_the_shut_line_is_one_bow_open_upward(puppet: Puppet) -> None:
    rgba = picture(puppet, EyeLOpen=0)
    x = CENTRES["l"][0]
    left, middle, right = (line_height(rgba, x + dx) for dx in (-20, 0, 20))
    assert middle > left + 2 and middle > right + 2
    for column in range(x - 20, x + 21, 4):
        rows = np.flatnonzero(coloured(rgba, INK)[65:, column])
        assert np.ptp(rows) + 1 == len(rows), "the line is in two"


@pytest.mark.parametrize("openness", [0.0, 0.3, 0.6])
def test_the_lash_keeps_thickness_and_length(openness: float) -> None:
    puppet = rig_of(stack_of(face(), *eye("r", crease=False), *eye("l", crease=False)))[0]

    def lash(rgba: np.ndarray) -> tuple[float, float]:  # type: ignore[type-arg]
        ink = coloured(rgba, INK)[half("l")]
        middle = float(ink[:, CENTRES["l"][0] - 120 - 3 : CENTRES["l"][0] - 120 + 4].sum() / 7)
        return middle, float(np.ptp(np.flatnonzero(ink.any(0))))

    (thick, length), (thick_now, length_now) = lash(picture(puppet)), lash(picture(puppet, EyeLOpen=openness))
    assert thick_now == pytest.approx(thick, rel=0.25)
    assert 0.8 * length < length_now < 1.15 * length


def test_the_crease_follows_a_little(puppet: Puppet) -> None:
    form = part_of(puppet, "eyelash-l crease").keyforms[0].offsets
    lash = part_of(puppet, "eyelash-l").keyforms[0].offsets
    assert form is not None and lash is not None
    follow = form[0, 0, :, 1].mean() / lash[0, 0, :, 1].max()
    assert 0.05 < follow < 0.6


def test_a_smile_arches_the_shut_line_and_lifts_the_lower_lid(puppet: Puppet) -> None:
    x = CENTRES["l"][0]
    shut = picture(puppet, EyeLOpen=0, EyeLSmile=1)
    assert line_height(shut, x) < min(line_height(shut, x - 20), line_height(shut, x + 20)) - 2
    lowest = [np.flatnonzero(coloured(picture(puppet, EyeLSmile=s), WHITE, 30)[half("l")].any(1))[-1] for s in (0, 1)]
    assert 2 <= lowest[0] - lowest[1] <= 10


def test_gaze_moves_the_iris_inside_the_white_only(puppet: Puppet) -> None:
    rest = coloured(picture(puppet), IRIS)
    white = np.maximum(*(ellipse(c, (29, 19)) for c in CENTRES.values())) > 0
    where = {}
    for x in (-1, 0, 1):
        for y in (-1, 0, 1):
            seen = coloured(picture(puppet, EyeBallX=x, EyeBallY=y), IRIS)
            assert not (seen & ~white).any()
            assert seen.sum() > 0.6 * rest.sum()
            where[x, y] = np.argwhere(seen[half("l")]).mean(0)
    assert where[1, 0][1] - where[-1, 0][1] > 8
    assert where[0, -1][0] - where[0, 1][0] > 2


def test_gaze_leaves_white_and_lash_alone(puppet: Puppet) -> None:
    for name in ("eyewhite-l", "eyelash-l", "eye opening-l"):
        assert not any("Ball" in axis for form in part_of(puppet, name).keyforms for axis in form.axes)


def test_a_highlight_follows_the_gaze_less() -> None:
    spark = layer("highlight-l", "irides", ellipse((161, 74), (4, 4)), WHITE, "l", blend=Blend.ADD)
    rig = rig_of(stack_of(face(), *eye("r"), *eye("l"), spark))[1]["l"]
    ways = []
    for name in ("irides-l", "highlight-l"):
        form = next(f for f in rig.parts[name].keyforms if f.axes == ("ParamEyeBallX",))
        assert form.offsets is not None
        ways.append(form.offsets[-1, 0, 0])
    assert 0.5 < ways[1] / ways[0] < 0.9


def test_a_drawn_closed_eye_is_swapped_in_never_faded(drawn: Puppet) -> None:
    lash, closed = part_of(drawn, "eyelash-l"), part_of(drawn, "closed-l")
    (given, taken) = (next(f for f in p.keyforms if f.opacity is not None) for p in (lash, closed))
    assert given.keys == taken.keys and np.ptp(given.keys[0]) <= 0.002
    assert given.keys[0][0] <= 0.15
    shut = picture(drawn, EyeLOpen=0)
    assert (np.abs(shut[half("l")].astype(int) - expected_shut()[half("l")]).max(-1) > 2).sum() == 0


def expected_shut() -> np.ndarray:  # type: ignore[type-arg]
    return stack_of(face(), replace(shut_eye("l"), shown=True)).composite()


def test_the_lash_comes_down_onto_the_drawn_line(drawn: Puppet) -> None:
    before, after = picture(drawn, EyeLOpen=SHUT + 0.002), picture(drawn, EyeLOpen=SHUT)
    x = CENTRES["l"][0]
    for dx in (-16, 0, 16):
        assert abs(line_height(before, x + dx) - line_height(after, x + dx)) < 2.5


def test_a_drawn_wink_rests_shut_and_can_open() -> None:
    hidden = [replace(x, shown=False, state="open") for x in eye("l")]
    stack = stack_of(face(), *eye("r"), *hidden, shut_eye("l", shown=True))
    puppet, rigs = rig_of(stack)
    assert rigs["l"].defaults == {"ParamEyeLOpen": 0.0}
    assert np.abs(picture(puppet).astype(int) - stack.composite()).max() <= 1
    opened = picture(puppet, EyeLOpen=1)
    assert np.abs(opened.astype(int) - STACKS["plain"].composite()).max() <= 2
    for part in rigs["l"].parts.values():
        assert not any(f.offsets is not None and f.axes[0] == "ParamEyeLOpen" and f.offsets[0, 0].any() for f in part.keyforms)


def test_only_a_closed_eye_stays_as_it_is() -> None:
    rig = rig_of(stack_of(face(), *eye("r"), shut_eye("l", shown=True)))[1]["l"]
    assert not rig.parts and not rig.extra and not rig.defaults


def test_without_a_lash_a_line_comes_with_the_lid() -> None:
    puppet = rig_of(STACKS["no lash"])[0]
    shut = picture(puppet, EyeLOpen=0)[half("l")]
    line = coloured(shut, INK)
    assert np.ptp(np.flatnonzero(line[60:110].any(0))) > 35
    assert not line[60:72].any()
    assert np.array_equal(picture(puppet), STACKS["no lash"].composite())


def test_the_rim_of_a_white_becomes_its_lid_line() -> None:
    rimmed = [layer("eye-l", "eye", ellipse(CENTRES["l"], (28, 18)), WHITE, "l")]
    inked = rimmed[0].rgba.copy()
    ring = ellipse(CENTRES["l"], (28, 18)).astype(int) - ellipse(CENTRES["l"], (24, 14))
    x, y = rimmed[0].offset
    dark = ring[y : y + inked.shape[0], x : x + inked.shape[1]] > 128
    inked[dark, :3] = (120, 20, 20)
    stack = stack_of(face(), replace(rimmed[0], rgba=inked))
    puppet = rig_of(stack)[0]
    assert np.abs(picture(puppet).astype(int) - stack.composite()).max() <= 1
    shut = picture(puppet, EyeLOpen=0)
    line = coloured(shut, (120, 20, 20), 50)
    assert np.ptp(np.flatnonzero(line.any(0))) > 40
    assert line[:, CENTRES["l"][0]].sum() in range(2, 8)


def test_skin_is_laid_under_an_eye_where_the_face_has_a_hole() -> None:
    puppet = rig_of(STACKS["holed face"])[0]
    assert coloured(picture(puppet, EyeLOpen=0), SKIN, 12)[CENTRES["l"][1] - 8, CENTRES["l"][0]]
    assert not any(p.name.startswith("lid skin") for p in rig_of(STACKS["plain"])[0].parts)


def test_a_drawn_closed_eye_that_fills_the_eye_is_uncovered_by_the_lids() -> None:
    full = layer("off-l", "eye", ellipse(CENTRES["l"], (28, 18)), (60, 120, 60), "l", "closed", shown=False)
    one = layer("on-l", "eye", ellipse(CENTRES["l"], (28, 18)), (230, 60, 60), "l", "open")
    puppet = rig_of(stack_of(face(), one, full))[0]
    seen = [(int(coloured(rgba, (60, 120, 60)).sum()), int(coloured(rgba, (230, 60, 60)).sum()))
            for rgba in (picture(puppet, EyeLOpen=t) for t in (1.0, 0.7, 0.4, 0.0))]  # fmt: skip
    off, on = zip(*seen, strict=True)
    assert off[0] == 0 and all(a < b for a, b in itertools.pairwise(off))
    assert on[3] == 0 and all(a > b for a, b in itertools.pairwise(on))


def test_shade_on_both_whites_shows_through_the_openings_only() -> None:
    alpha = np.maximum(*(ellipse((x, y - 6), (20, 8)) for x, y in CENTRES.values()))
    shade = layer("shade", "facedetail", alpha, (120, 120, 180), blend=Blend.MULTIPLY)
    layers = [*eye("r", lash=False), *eye("l", lash=False), shade]
    puppet = rig_of(stack_of(face(), *layers))[0]
    assert part_of(puppet, "shade").masks == ("eye opening-l", "eye opening-r")
    assert coloured(picture(puppet, EyeLOpen=0), SKIN, 12)[CENTRES["l"][1] - 10, CENTRES["l"][0]]


def test_parts_stay_within_the_vertex_budget(puppet: Puppet) -> None:
    for part in puppet.parts:
        assert len(part.mesh.vertices) <= 140
        assert all(f.keys[0] == KEYS for f in part.keyforms if len(f.axes) == 2)


def test_nothing_folds_between_open_and_shut(puppet: Puppet) -> None:
    for part in puppet.parts:
        for form in part.keyforms:
            if part.name.startswith("eyelash") and form.offsets is not None:
                for offsets in form.offsets.reshape(-1, *form.offsets.shape[-2:]):
                    a, b, c = (part.mesh.vertices + offsets)[part.mesh.triangles].transpose(1, 0, 2)
                    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
                    assert (area < -1.0).mean() < 0.05


def test_an_eye_of_a_few_pixels_does_not_break() -> None:
    dots = [layer(f"eye-{s}", "eye", ellipse(c, (2, 3)), INK, s) for s, c in CENTRES.items()]
    stack = stack_of(face(), *dots)
    puppet = rig_of(stack)[0]
    assert np.abs(picture(puppet).astype(int) - stack.composite()).max() <= 1
    picture(puppet, EyeLOpen=0, EyeROpen=0.5, EyeBallX=1)


def test_a_slanted_lash_alone_above_the_white() -> None:
    lash = layer("eyelash-l", "eyelash", stroke(arch((165, 70), 26, 3), 4), INK, "l")
    stack = stack_of(face(), *eye("l", lash=False), lash)
    assert np.abs(picture(rig_of(stack)[0]).astype(int) - stack.composite()).max() <= 1
