"""Hidden pixels: parts go on under what lies before them, in their own colours."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from layering.assemble import layers_from_parts
from layering.stack import RGBA, LayerStack
from tests.layering.cutouts import DARK, HAIR, IRIS, LASH, SHIRT, SKIN, WHITE, box, canvas_of, case, character, ellipse, sheet

Mask = npt.NDArray[np.bool_]


@pytest.fixture(scope="module")
def bust() -> tuple[RGBA, LayerStack, dict[str, RGBA]]:
    picture, parts, true = case()
    return picture, layers_from_parts(picture, parts), true


def like(rgba: RGBA, colour: tuple[int, int, int], where: Mask) -> float:
    """Share of some pixels that are opaque and of a colour."""
    near = (np.abs(rgba[..., :3].astype(int) - colour).max(-1) <= 12) & (rgba[..., 3] > 127)
    return float(near[where].mean())


def hidden(true: dict[str, RGBA], part: str) -> Mask:
    """Where a true layer lies under those after it, edges left out."""
    names = list(true)
    over = np.max([true[x][..., 3] for x in names[names.index(part) + 1 :]], 0) == 255
    both = over & (true[part][..., 3] == 255)
    return np.asarray(cv2.erode(both.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def test_skin_lies_under_eyes_brows_and_mouth(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    face = canvas_of(stack, "face")
    for part in ("eyewhite", "irides", "eyelash", "eyebrow", "mouth"):
        assert like(face, SKIN, true[part][..., 3] > 0) > 0.99


def test_the_skull_goes_on_under_the_fringe(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    face = canvas_of(stack, "face")
    assert like(face, SKIN, hidden(true, "face")) > 0.9
    beyond = (face[..., 3] > 127) & (true["face"][..., 3] == 0)
    assert beyond.sum() < 0.06 * (true["face"][..., 3] > 0).sum()


def test_the_white_goes_on_under_the_iris(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    assert like(canvas_of(stack, "eyewhite"), WHITE, true["irides"][..., 3] == 255) > 0.97


def test_the_iris_is_whole_under_the_lash(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    assert like(canvas_of(stack, "irides"), IRIS, (true["irides"][..., 3] == 255) & (true["eyelash"][..., 3] == 255)) > 0.9


def test_back_hair_is_one_mass_behind_face_and_neck(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    back = canvas_of(stack, "back hair")
    assert like(back, DARK, hidden(true, "back hair")) > 0.93
    assert ((back[..., 3] > 127) & (true["back hair"][..., 3] == 0)).sum() < 0.06 * (true["back hair"][..., 3] > 0).sum()


def test_the_neck_goes_up_to_the_mouth(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, _ = bust
    neck = canvas_of(stack, "neck")
    assert like(neck, SKIN, np.s_[138:150, 110:130]) > 0.99  # type: ignore[arg-type]
    assert not (neck[138:150, :100, 3] > 127).any()


def test_the_neck_goes_down_under_the_collar(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    _, stack, true = bust
    collar = np.flatnonzero(true["topwear"][:, 120, 3] > 127)[0]
    assert like(canvas_of(stack, "neck"), SKIN, np.s_[collar : collar + 5, 110:130]) > 0.99  # type: ignore[arg-type]


def test_hair_goes_on_under_a_hat() -> None:
    layers = [*character(), ("headwear", sheet((200, 40, 60), box(80, 30, 160, 56)))]
    picture, parts, true = case(layers)
    under = (true["front hair"][..., 3] == 255) & (true["headwear"][..., 3] == 255)
    assert like(canvas_of(layers_from_parts(picture, parts), "front hair"), HAIR, under) > 0.8


def test_a_shirt_goes_on_across_a_lock_of_hair() -> None:
    layers = [x for x in character() if x[0] != "front hair"]
    layers.append(("front hair", sheet(HAIR, ellipse(120, 58, 62, 24), box(84, 56, 94, 225))))
    picture, parts, true = case(layers)
    under = (true["topwear"][..., 3] == 255) & (true["front hair"][..., 3] == 255) & (np.arange(240)[:, None] < 222)
    assert like(canvas_of(layers_from_parts(picture, parts), "topwear"), SHIRT, under) > 0.9


def test_the_line_of_the_jaw_goes_on_behind_a_lock() -> None:
    layers = character()
    at = [part for part, _ in layers].index("face")
    layers[at : at + 1] = [("face", sheet(LASH, ellipse(120, 96, 50, 58))), ("face", sheet(SKIN, ellipse(120, 96, 47, 55)))]
    layers[-1] = ("front hair", sheet(HAIR, ellipse(120, 58, 62, 24), box(64, 56, 84, 150)))
    picture, parts, _ = case(layers)
    face = canvas_of(layers_from_parts(picture, parts), "face")
    dark = (face[..., :3].max(-1) < 110) & (face[..., 3] > 127)
    assert dark[104:120, 68:80].any(1).mean() > 0.9            # beside the cheek, all behind the lock


def test_a_line_is_not_continued_as_an_area() -> None:
    """What a dark outline borders on is filled with the part's flat colour, not with the line's."""
    layers = character()
    shirt = sheet(SHIRT, ellipse(120, 240, 77, 59))
    layers[2:3] = [("topwear", sheet(LASH, ellipse(120, 240, 80, 62))), ("topwear", shirt)]
    layers.append(("handwear", sheet(SKIN, box(60, 205, 100, 240))))
    picture, parts, true = case(layers)
    under = (true["handwear"][..., 3] == 255) & (shirt[..., 3] == 255)
    assert like(canvas_of(layers_from_parts(picture, parts), "topwear"), SHIRT, under) > 0.6


def test_completion_leaves_soft_outer_edges_alone(bust: tuple[RGBA, LayerStack, dict[str, RGBA]]) -> None:
    picture, stack, _ = bust
    got = stack.composite()
    assert np.abs(got[..., 3].astype(int) - picture[..., 3]).max() <= 2


def layers_of(*wanted: str) -> list[tuple[str, RGBA]]:
    return [x for x in character() if x[0] in wanted]


BARE = ("neck", "topwear", "ears", "face", "mouth", "eyewhite", "irides", "eyelash", "eyebrow")


def test_hair_lies_behind_the_face_where_all_that_shows_hangs_in_front() -> None:
    hair = sheet(HAIR, ellipse(120, 58, 64, 30), box(50, 56, 84, 175), box(156, 56, 190, 175))
    picture, parts, true = case([*layers_of(*BARE), ("front hair", hair)])
    back = canvas_of(layers_from_parts(picture, parts), "back hair")
    beside_the_jaw = (true["face"][..., 3] == 255) & (np.abs(np.arange(240) - 120) > 25)
    assert like(back, HAIR, beside_the_jaw) > 0.95
    assert not (back[..., 3] > 0)[picture[..., 3] == 0].any()


def test_ears_lie_under_locks_that_hide_both() -> None:
    hair = sheet(HAIR, ellipse(120, 58, 64, 30), box(44, 56, 84, 175), box(156, 56, 196, 175))
    picture, parts, _ = case([x for x in (*layers_of(*BARE), ("front hair", hair)) if x[0] != "ears"])
    stack = layers_from_parts(picture, parts)
    for side, x in (("r", 71), ("l", 169)):
        assert like(canvas_of(stack, "ears", side), SKIN, np.s_[102:110, x - 2 : x + 2]) > 0.99  # type: ignore[arg-type]


def test_no_ear_is_made_up_beside_a_bare_cheek() -> None:
    picture, parts, _ = case([x for x in character() if x[0] != "ears"])
    assert not layers_from_parts(picture, parts).find("ears")


def test_an_ear_under_a_lock_is_the_other_one_mirrored() -> None:
    inner = (210, 140, 120)
    layers = [*layers_of(*BARE), ("front hair", sheet(HAIR, ellipse(120, 58, 64, 30), box(44, 56, 84, 175)))]
    ears = sheet(SKIN, ellipse(70, 104, 10, 14), ellipse(170, 104, 10, 14)), sheet(inner, ellipse(174, 104, 4, 8))
    at = [part for part, _ in layers].index("ears")
    layers[at : at + 1] = [("ears", x) for x in ears]
    picture, parts, _ = case(layers)
    hidden_ear = canvas_of(layers_from_parts(picture, parts), "ears", "r")
    assert like(hidden_ear, inner, np.s_[100:108, 65:68]) > 0.9  # type: ignore[arg-type]


def test_a_chin_before_hair_tells_the_form_of_the_head() -> None:
    """Hair all in one piece, called front hair, lies around and under a round face, and over one side of it."""
    round_face = ("face", sheet(SKIN, ellipse(120, 100, 56, 56)))
    hair = ("front hair", sheet(HAIR, ellipse(120, 100, 90, 90)))
    locks = ("front hair", sheet(HAIR, ellipse(120, 52, 62, 26), box(40, 50, 92, 180)))
    features = layers_of("mouth", "eyewhite", "irides", "eyelash")
    picture, parts, true = case([hair, round_face, *features, locks])
    face = canvas_of(layers_from_parts(picture, parts), "face")
    inside = (np.hypot(np.arange(240) - 120, np.arange(240)[:, None] - 100) < 54) & (true["front hair"][..., 3] == 255)
    outside = np.hypot(np.arange(240) - 120, np.arange(240)[:, None] - 100) > 61
    assert like(face, SKIN, inside) > 0.97
    assert not (face[..., 3] > 127)[outside].any()


def test_a_turned_head_goes_on_to_the_back_under_its_hair() -> None:
    """Eyes and mouth towards the picture's right, most of the hair on the left: there is the back of the head."""
    features = [
        ("mouth", sheet((150, 60, 60), box(146, 132, 158, 134))),
        ("eyewhite", sheet(WHITE, ellipse(122, 104, 16, 9), ellipse(164, 104, 10, 9))),
        ("irides", sheet(IRIS, ellipse(122, 104, 7, 7), ellipse(164, 104, 5, 7))),
        ("eyelash", sheet(LASH, box(106, 94, 138, 99), box(154, 94, 174, 99))),
    ]
    hair = sheet(HAIR, ellipse(114, 62, 78, 40), box(36, 62, 100, 180), box(178, 62, 192, 150))
    layers = [("neck", sheet(SKIN, box(116, 110, 144, 185))), ("topwear", sheet(SHIRT, ellipse(120, 240, 80, 62))),
              ("face", sheet(SKIN, ellipse(138, 100, 42, 52))), *features, ("front hair", hair)]  # fmt: skip
    picture, parts, _ = case(layers)
    face = canvas_of(layers_from_parts(picture, parts), "face")
    assert like(face, SKIN, np.s_[85:100, 70:96]) > 0.95  # type: ignore[arg-type]
    assert not (face[85:100, 186:, 3] > 127).any()


def test_blush_does_not_go_on_under_the_eyes() -> None:
    blush = (240, 150, 140)
    layers = character()
    at = [part for part, _ in layers].index("mouth")
    layers.insert(at, ("face", sheet(blush, ellipse(98, 116, 11, 7), ellipse(142, 116, 11, 7))))
    picture, parts, true = case(layers)
    face = canvas_of(layers_from_parts(picture, parts), "face")
    assert like(face, SKIN, (true["irides"][..., 3] == 255) & (np.arange(240)[:, None] < 108)) > 0.97


def test_a_brow_goes_on_under_the_fringe_as_it_ran_and_ends_where_it_shows_that_it_does() -> None:
    layers = [x for x in character() if x[0] not in ("eyebrow", "front hair")]
    slanting = sheet(HAIR, ellipse(120, 52, 62, 20), *[box(50, 50 + 3 * i, 120 - 2 * i, 56 + 3 * i) for i in range(16)])
    layers += [("eyebrow", sheet(LASH, box(80, 84, 110, 88), box(130, 84, 154, 88))), ("front hair", slanting)]
    picture, parts, true = case(layers)
    brow = canvas_of(layers_from_parts(picture, parts), "eyebrow", "r")
    under = (true["eyebrow"][..., 3] == 255) & (true["front hair"][..., 3] == 255) & (np.arange(240) > 91)
    assert under.sum() > 10
    assert like(brow, LASH, under) > 0.9
    assert not (brow[:80, ..., 3] > 127).any()
    assert not (brow[..., 112:, 3] > 127).any()


def test_the_line_of_a_shoulder_goes_on_under_a_lock() -> None:
    slope = np.arange(240)[:, None] - 190 > 0.5 * np.abs(np.arange(240) - 120) - 10
    shirt = np.where(slope[..., None], sheet(SHIRT, box(30, 150, 210, 240)), 0).astype(np.uint8)
    layers = [x for x in character() if x[0] not in ("topwear", "front hair", "back hair")]
    layers.insert(1, ("topwear", shirt))
    layers.append(("front hair", sheet(HAIR, ellipse(120, 58, 62, 24), box(32, 56, 78, 226), box(162, 56, 208, 226))))
    picture, parts, true = case(layers)
    made = canvas_of(layers_from_parts(picture, parts), "topwear")
    lock = true["front hair"][..., 3] == 255
    assert like(made, SHIRT, lock & (shirt[..., 3] == 255)) > 0.9
    above = cv2.dilate((shirt[..., 3] > 0).astype(np.uint8), np.ones((25, 1), np.uint8)) == 0
    assert not (made[..., 3] > 127)[lock & above].any()
