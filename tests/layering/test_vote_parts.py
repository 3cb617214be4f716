"""From votes to parts: whole regions, torn ones split, lines to what they outline, and faces that can be."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from layering.colour import oklab
from layering.outline import outline
from layering.plausible import face_of
from layering.regions import find_regions
from layering.stack import RGBA
from layering.tones import strands
from layering.views import CLASSES, Crop
from layering.vote_parts import _parted, parts_of
from tests.layering.votes import simulated

Map = npt.NDArray[np.uint8]
SIZE = 320


def number(part: str) -> int:
    return CLASSES.index(part)


def ellipse(target: Map | RGBA, at: tuple[int, int], radii: tuple[int, int], value: int | tuple[int, ...]) -> None:
    cv2.ellipse(target, at, radii, 0, 0, 360, value, -1)


def character(black_shirt: bool = False, lined: bool = False) -> tuple[RGBA, Map]:
    """A bust of SIZE px with every feature, and its map of parts. lined: black outlines that run together."""
    rgb, parts = np.zeros((SIZE, SIZE, 3), np.uint8), np.zeros((SIZE, SIZE), np.uint8)
    black = (20, 18, 24)
    hair = black if black_shirt else (120, 70, 150)
    shapes = [("back hair", (160, 130), (88, 100), hair), ("neck", (160, 215), (22, 45), (235, 200, 180)),
              ("topwear", (160, 320), (120, 82), black if black_shirt else (60, 120, 200)),
              ("face", (160, 140), (62, 74), (250, 220, 200)),
              ("mouth", (160, 188), (13, 4), (190, 60, 70)), ("nose", (160, 168), (2, 3), (215, 160, 140))]  # fmt: skip
    for x in (130, 190):
        shapes += [("eyewhite", (x, 145), (15, 10), (255, 255, 255)), ("irides", (x, 145), (7, 9), (50, 120, 90)),
                   ("eyelash", (x, 134), (16, 3), (40, 20, 20)), ("eyebrow", (x, 112), (16, 3), (80, 50, 60))]  # fmt: skip
    shapes.append(("front hair", (160, 82), (74, 26), hair))
    for part, at, radii, tone in shapes:
        wide = part in ("back hair", "neck", "topwear", "face", "front hair")
        if lined and wide:
            ellipse(rgb, at, (radii[0] + 3, radii[1] + 3), black)
            ellipse(parts, at, (radii[0] + 3, radii[1] + 3), number(part))
        ellipse(rgb, at, radii, tone)
        ellipse(parts, at, radii, number(part))
    return np.dstack([rgb, np.where(parts > 0, 255, 0).astype(np.uint8)]), parts


def right(got: Map, truth: Map) -> float:
    return float((got == truth)[truth > 0].mean())


def test_votes_become_the_parts_that_they_say() -> None:
    rgba, truth = character()
    voted = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth))
    assert right(voted.parts.labels, truth) > 0.985
    assert (voted.parts.labels > 0).sum() == (truth > 0).sum(), "every pixel of the figure has a part, and none outside"
    for part in ("mouth", "nose", "irides", "eyelash", "eyebrow"):
        mine, theirs = voted.parts.of(part), truth == number(part)
        assert (mine & theirs).sum() / (mine | theirs).sum() > 0.7, part


def test_votes_that_err_are_outvoted() -> None:
    rgba, truth = character()
    voted = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth, noise=0.6))
    assert right(voted.parts.labels, truth) > 0.96


def test_black_hair_on_a_black_shirt_is_split_with_a_smooth_border() -> None:
    rgba, truth = character(black_shirt=True)
    voted = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth))
    assert right(voted.parts.labels, truth) > 0.97
    shirt = voted.parts.of("topwear").astype(np.uint8)
    count, _ = cv2.connectedComponents(shirt)
    assert count == 2, "in one piece"
    rough = cv2.arcLength(max(cv2.findContours(shirt, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len), True)
    true = cv2.arcLength(max(cv2.findContours((truth == number("topwear")).astype(np.uint8), cv2.RETR_EXTERNAL,
                                              cv2.CHAIN_APPROX_NONE)[0], key=len), True)  # fmt: skip
    assert rough < 1.15 * true


def test_an_outline_round_everything_goes_to_what_is_in_front() -> None:
    rgba, truth = character(lined=True)
    voted = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth))
    line = (rgba[..., :3] == (20, 18, 24)).all(-1)
    assert (voted.parts.labels == truth)[line].mean() > 0.9


def test_a_line_between_two_parts_belongs_to_the_one_in_front() -> None:
    classes = np.full((40, 60), number("neck"), np.uint8)
    classes[:20] = number("face")
    line = np.zeros(classes.shape, bool)
    line[19:22] = True
    outline(classes, line, np.zeros((int(line.sum()), len(CLASSES)), np.float32))
    assert (classes[line] == number("face")).all()


def test_what_outlines_an_eye_is_its_lash() -> None:
    """Even where the votes see the fringe whose outline it runs into; the outline farther up stays the fringe's."""
    classes = np.full((60, 400), number("face"), np.uint8)
    classes[:20] = number("front hair")
    classes[40:] = number("irides")
    line = np.zeros(classes.shape, bool)
    line[18:22] = line[36:40] = line[20:38, 28:32] = True
    score = np.zeros((int(line.sum()), len(CLASSES)), np.float32)
    score[:, number("front hair")] = 1
    outline(classes, line, score)
    assert (classes[36:40] == number("eyelash")).mean() > 0.9
    assert (classes[18:22, 40:] == number("front hair")).all()


def test_a_line_goes_over_from_part_to_part_in_one_cut() -> None:
    """Votes that waver along an outline leave no crumbs of one part on the other."""
    classes = np.full((40, 1000), number("front hair"), np.uint8)
    classes[20:] = number("topwear")
    line = np.zeros(classes.shape, bool)
    line[18:22] = True
    rows, columns = np.nonzero(line)
    score = np.zeros((len(rows), len(CLASSES)), np.float32)
    wavering = 6 * np.sign(500 - columns) + np.where(columns % 40 < 2, 12 * np.sign(columns - 500), 0)
    score[:, number("topwear")] = wavering
    outline(classes, line, score)
    assert (classes[line] == np.where(columns < 500, number("topwear"), number("front hair"))).mean() > 0.98


def test_a_strand_between_two_lines_is_no_line() -> None:
    rgb = np.full((80, 80, 3), 235, np.uint8)
    labels = np.zeros((80, 80), np.int32)
    for first, last, tone, index in ((30, 33, 25, 1), (33, 37, 90, 2), (37, 40, 25, 1)):
        rgb[:, first:last], labels[:, first:last] = tone, index
    regions = find_regions(labels)
    hair, skin = (np.log(np.eye(len(CLASSES), dtype=np.float32)[[number(x)] * len(regions)] * 0.9 + 0.004)
                  for x in ("front hair", "face"))  # fmt: skip
    thin, strand = regions.thin, strands(regions, hair, oklab(rgb))
    by_tone = {tone: int(regions.labels[40, x]) for tone, x in (("paper", 10), ("line", 31), ("strand", 35))}
    assert thin[by_tone["line"]] and thin[by_tone["strand"]]
    assert strand[by_tone["strand"]] and not strand[by_tone["line"]]
    assert not strands(regions, skin, oklab(rgb)).any(), "stripes of a dress may be anything"


def test_a_line_within_a_part_stays_with_it() -> None:
    classes = np.full((40, 60), number("front hair"), np.uint8)
    line = np.zeros(classes.shape, bool)
    line[10:30, 20:22] = True
    outline(classes, line, np.zeros((int(line.sum()), len(CLASSES)), np.float32))
    assert (classes == number("front hair")).all()


@pytest.mark.parametrize(("part", "at"), [("irides", (160, 290)), ("mouth", (160, 60)), ("eyebrow", (100, 270)),
                                          ("mouth", (185, 120))])  # fmt: skip
def test_features_in_impossible_places_are_none(part: str, at: tuple[int, int]) -> None:
    rgba, truth = character()
    wrong = truth.copy()
    ellipse(rgba, at, (8, 6), (200, 40, 220, 255))
    ellipse(wrong, at, (8, 6), number(part))
    voted = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, wrong))
    assert voted.parts.labels[at[1], at[0]] != number(part)
    for feature in ("mouth", "irides"):
        true = truth == number(feature)
        true[at[1] - 8 : at[1] + 8, at[0] - 8 : at[0] + 8] = False
        assert voted.parts.of(feature)[true].mean() > 0.7, "the real one stays"


def test_the_face_and_its_eyes_are_found() -> None:
    _, truth = character()
    face = face_of(truth)
    assert face is not None
    left, top, right_, bottom = face.box
    assert abs(left - 98) < 4 and abs(right_ - 222) < 4 and abs(bottom - 214) < 4 and top > 60
    assert [round(x, -1) for x, _ in face.eyes] == [130, 190]
    assert face_of(np.full((50, 50), number("topwear"), np.uint8)) is None


def test_confidence_is_of_the_part_that_was_taken() -> None:
    rgba, truth = character()
    parts = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth)).parts
    assert parts.confidence.shape == (len(parts.regions),)
    assert parts.confidence.min() > 0 and parts.confidence.max() <= 1
    for index in range(len(parts.regions)):
        assert len(np.unique(parts.labels[parts.regions.labels == index])) == 1


def test_parts_grow_with_the_picture() -> None:
    """The same picture at twice the size gives the same parts: no threshold in px."""
    rgba, truth = character(lined=True)
    double, twice = np.repeat(np.repeat(rgba, 2, 0), 2, 1), np.repeat(np.repeat(truth, 2, 0), 2, 1)
    voted = parts_of(double, twice > 0, simulated(double, twice > 0, twice))
    assert right(voted.parts.labels, twice) > 0.97


def test_a_lash_in_the_tone_of_the_iris_is_told_from_it() -> None:
    rgba, truth = character()
    rgba[truth == number("irides")] = (*rgba[truth == number("eyelash")][0, :3], 255)
    for x in (130, 190):
        both = np.s_[134:140, x - 6 : x + 7]                 # the iris reaches up to the lash
        rgba[both][truth[both] == number("eyewhite"), :3] = rgba[134, x, :3]
        truth[both][truth[both] == number("eyewhite")] = number("irides")
    got = parts_of(rgba, truth > 0, simulated(rgba, truth > 0, truth)).parts.labels
    for part in ("eyelash", "irides"):
        mine, theirs = got == number(part), truth == number(part)
        assert (mine & theirs).sum() / (mine | theirs).sum() > 0.6, part


def test_the_edge_of_a_look_is_no_edge_of_the_drawing() -> None:
    """Regions that only a square's edge parts are found; those that a drawn edge parts, or that lie elsewhere, are not."""
    rgb = np.full((100, 100, 3), 120, np.uint8)
    rgb[:, 50:] = 220                                       # two tones side by side across the lower edge of the look
    rgb[:60, :50] = 125
    rgb[:60, 50:] = 90
    labels = np.zeros((100, 100), np.int32)
    labels[:, 50:] += 1
    labels[60:] += 2
    regions = find_regions(labels)
    at = {name: int(regions.labels[y, x]) for name, y, x in (("above", 30, 20), ("below", 80, 20))}
    pairs = _parted(regions, oklab(rgb), Crop(10, 10, 50))
    assert pairs.tolist() == [sorted([at["above"], at["below"]])]
