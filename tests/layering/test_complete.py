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
