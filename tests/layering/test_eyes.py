"""Eyes made whole: whites, crumbs, stubs and marks go where they belong."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.eyes import whole_eyes
from layering.plausible import face_of
from layering.views import CLASSES

Map = npt.NDArray[np.uint8]
SKIN, WHITE, BLUE, DARK = (255, 226, 208), (255, 255, 255), (60, 80, 190), (40, 24, 30)
EYES = (75, 165)


def number(part: str) -> int:
    return CLASSES.index(part)


def face() -> tuple[Map, Map]:
    """A pale face of 240 px below a fringe, with two eyes under lashes: picture uint8 (240, 240, 3), map of parts."""
    rgb, parts = np.zeros((240, 240, 3), np.uint8), np.zeros((240, 240), np.uint8)
    shapes = [("face", (120, 120), (110, 115), SKIN), ("mouth", (120, 190), (18, 5), (190, 60, 70)),
              ("front hair", (120, 30), (110, 34), DARK)]  # fmt: skip
    for x in EYES:
        shapes += [("eyewhite", (x, 115), (26, 18), WHITE), ("irides", (x, 115), (12, 17), BLUE)]
    for part, at, radii, tone in shapes:
        for target, value in ((rgb, tone), (parts, number(part))):
            cv2.ellipse(target, at, radii, 0, 0, 360, value, -1)
    for x in EYES:
        cv2.ellipse(rgb, (x, 115), (27, 19), 0, 200, 340, DARK, 4)
        cv2.ellipse(parts, (x, 115), (27, 19), 0, 200, 340, number("eyelash"), 4)
    return rgb, parts


def whole(rgb: Map, parts: Map) -> Map:
    return whole_eyes(parts, oklab(rgb), face_of(parts))


def test_whole_eyes_stay_as_they_are() -> None:
    rgb, parts = face()
    assert (whole(rgb, parts) != parts).mean() < 0.0005


def test_whites_taken_for_pale_skin_belong_to_the_eye() -> None:
    rgb, parts = face()
    torn = parts.copy()
    torn[(parts == number("eyewhite")) & (np.arange(240) > 120)] = number("face")
    cv2.circle(rgb, (120, 150), 4, WHITE, -1)                # a light on the nose
    got = whole(rgb, torn)
    assert (got == parts)[parts == number("eyewhite")].mean() > 0.97
    assert got[150, 120] == number("face"), "a light away from the eyes stays on the face"


def test_the_light_part_of_an_iris_belongs_to_it() -> None:
    """Pale gold, which a palette takes for skin and which opens towards the skin below the eye."""
    rgb, parts = face()
    torn = parts.copy()
    lit = (parts == number("irides")) & (np.arange(240)[:, None] > 122)
    rgb[lit], torn[lit] = (255, 228, 130), number("face")
    assert (whole(rgb, torn) == number("irides"))[lit].mean() > 0.95


def test_crumbs_and_lights_within_the_iris_join_the_eye() -> None:
    rgb, parts = face()
    cv2.circle(rgb, (70, 108), 3, WHITE, -1)
    torn = parts.copy()
    cv2.circle(torn, (70, 108), 3, number("face"), -1)
    cv2.circle(torn, (168, 120), 3, number("front hair"), -1)
    got = whole(rgb, torn)
    assert got[108, 70] in (number("irides"), number("eyewhite"))
    assert got[120, 168] == number("irides")
    inside = np.hypot(np.arange(240)[:, None] - 115, np.arange(240) - 75) < 12
    assert not (inside & (got == number("face"))).any()


def test_a_lock_that_runs_into_the_lash_leaves_no_stub_on_it() -> None:
    rgb, parts = face()
    lashes = parts == number("eyelash")
    for target, tone in ((rgb, DARK), (parts, number("eyelash"))):
        cv2.line(target, (75, 62), (75, 96), tone, 3)
    got = whole(rgb, parts)
    assert (got[62:90, 70:80] != number("eyelash")).all()
    assert got[70, 75] == number("front hair")
    assert (got == number("eyelash"))[lashes].mean() > 0.95


def test_the_outline_of_the_iris_is_no_lash_and_hatching_beside_the_eye_neither() -> None:
    rgb, parts = face()
    for target, tone in ((rgb, DARK), (parts, number("eyelash"))):
        cv2.line(target, (63, 108), (63, 124), tone, 2)
        cv2.line(target, (60, 146), (64, 142), tone, 1)
    got = whole(rgb, parts)
    assert got[116, 63] == number("irides")
    assert got[144, 62] == number("face")


def test_skin_that_shows_through_the_hair_above_the_lash_is_no_eye() -> None:
    rgb, parts = face()
    torn = parts.copy()
    cv2.circle(torn, (70, 86), 4, number("irides"), -1)
    got = whole(rgb, torn)
    assert got[86, 70] == number("face")
    assert (got == parts)[parts == number("irides")].mean() > 0.97


def test_skin_as_white_as_the_eyes_keeps_what_it_has() -> None:
    rgb, parts = face()
    rgb[parts == number("face")] = WHITE
    assert (whole(rgb, parts) != parts).mean() < 0.0005


def test_the_wing_of_a_lash_taken_for_skin_is_lash() -> None:
    """What runs on from the lash beside the eye; a mark that stands apart, and a line that leads away, stay on the face."""
    rgb, parts = face()
    x = EYES[1]
    cv2.line(rgb, (x + 24, 106), (x + 36, 100), DARK, 3)     # the wing
    cv2.line(rgb, (x + 6, 150), (x + 16, 150), DARK, 2)      # a mark on the cheek
    cv2.line(rgb, (EYES[0] - 26, 108), (EYES[0] - 30, 170), DARK, 2)
    got = whole(rgb, parts)
    assert got[101, x + 34] == number("eyelash")
    assert got[150, x + 10] == number("face") and got[160, EYES[0] - 29] == number("face")
