"""From raw layers to a stack: sides, states, places, and what the user is told."""

from __future__ import annotations

import numpy as np
import pytest

from layering import Blend, LayerStack
from layering.raw import Raw
from layering.sides import split_sides
from layering.stack import RGBA
from layering.understand import understand
from tests.layering.files import SHAPES, SIZE, cropped, drawn, ellipses

INK = (90, 60, 50, 255)


def raw(name: str, picture: RGBA, **more: object) -> Raw:
    pixels, offset = cropped(picture)
    return Raw(tuple(name.split("/")), np.ascontiguousarray(pixels), offset, **more)  # type: ignore[arg-type]


def stack_of(*layers: Raw) -> LayerStack:
    return understand(SIZE, layers)


def face(*more: Raw, without: tuple[str, ...] = ()) -> LayerStack:
    plain = [n for n in SHAPES if n not in ("mouth_open", "eye_close", *without)]
    return stack_of(*(raw(n, drawn(n)) for n in plain), *more)


def named(stack: LayerStack) -> dict[str, tuple[str, str, str, bool]]:
    return {x.name: (x.part, x.side, x.state, x.shown) for x in stack.layers}


def test_pairs_are_split_and_the_picture_stays() -> None:
    stack = face()
    assert [x.name for x in stack.find("irides")] == ["irides-r", "irides-l"]
    left = stack.find("irides", "l")[0]
    assert left.bbox[0] > SIZE[0] / 2           # the character's left is the picture's right
    assert not [x for x in stack.find("mouth") if x.side]
    whole = understand(SIZE, [raw(n, drawn(n)) for n in SHAPES if n not in ("mouth_open", "eye_close")]).composite()
    assert np.array_equal(whole, stack.composite())


def test_specks_go_to_the_nearest_side() -> None:
    lash = ellipses(((35, 46, 55, 51), (65, 46, 85, 51)), INK)
    lash[60, 58] = INK                          # a speck a little right of the left lash, left of the middle
    lash[53, 62] = INK                          # one beyond the middle, nearest to the right lash
    picture = face(raw("まつげ", lash), without=("eyelash",))
    right, left = picture.find("eyelash", "r")[0], picture.find("eyelash", "l")[0]
    assert right.bbox[2] == 59 and left.bbox[0] == 62


def test_a_faint_glow_joins_nothing() -> None:
    eyes = ellipses(((36, 50, 54, 64), (66, 50, 84, 64)), INK)
    eyes[56:58, 54:66] = (255, 255, 255, 9)
    halves = split_sides(eyes, 60.0, 60.0)
    assert halves is not None and halves[0] is not None and halves[1] is not None
    assert int((halves[0][..., 3] > 0).sum() + (halves[1][..., 3] > 0).sum()) == int((eyes[..., 3] > 0).sum())


def test_one_piece_across_the_middle_is_not_split_but_told() -> None:
    stack = face(raw("eyelash", ellipses(((35, 46, 85, 51),), INK)), without=("eyelash",))
    assert [x.side for x in stack.find("eyelash")] == [""]
    assert any(n.kind == "warning" and n.layer == "eyelash" for n in stack.notes)


def test_one_visible_eye_has_its_side() -> None:
    stack = face(raw("目開き", ellipses(((64, 50, 84, 64),), INK)), without=("eyewhite", "irides", "eyelash"))
    assert [(x.side, x.name) for x in stack.find("eye")] == [("l", "目開き")]


def test_sides_of_the_picture_are_turned_into_the_characters() -> None:
    stack = face(raw("左目", ellipses(((36, 50, 54, 64),), INK)), raw("右目", ellipses(((66, 50, 84, 64),), INK)),
                 raw("左眉", ellipses(((36, 38, 54, 42),), INK)), raw("右眉", ellipses(((66, 38, 84, 42),), INK)),
                 without=("eyewhite", "irides", "eyelash", "eyebrow"))  # fmt: skip
    assert named(stack)["左目"][1] == "r" and named(stack)["右眉"][1] == "l"
    assert any("the picture's" in n.text for n in stack.notes)


def test_both_states_visible_eyes_open_and_mouth_closed() -> None:
    stack = face(raw("mouth_open", drawn("mouth_open")), raw("eye_close", drawn("eye_close")))
    found = named(stack)
    assert found["mouth_close"] == ("mouth", "", "closed", True) and found["mouth_open"] == ("mouth", "", "open", False)
    assert found["eye_close-r"] == ("eye", "r", "closed", False) and found["irides-l"][3]


def test_what_the_file_shows_stays_at_rest() -> None:
    stack = face(raw("mouth_open", drawn("mouth_open")), raw("mouth_close", drawn("mouth_close"), visible=False),
                 without=("mouth_close",))  # fmt: skip
    assert [x.name for x in stack.find("mouth") if x.shown] == ["mouth_open"]


def test_a_drawn_wink_is_one_eye() -> None:
    def eye(name: str, left: int, visible: bool) -> Raw:
        return raw(name, ellipses(((left, 50, left + 18, 64),), INK), visible=visible)

    stack = face(eye("eye_open-l", 66, False), eye("eye_close-l", 66, True),
                 eye("eye_open-r", 36, True), eye("eye_close-r", 36, False),
                 without=("eyewhite", "irides", "eyelash"))  # fmt: skip
    assert {x.name for x in stack.find("eye") if x.shown} == {"eye_close-l", "eye_open-r"}


def test_a_plain_mouth_beside_a_drawn_state_is_the_other_state() -> None:
    stack = face(raw("mouth", drawn("mouth_open")))
    assert named(stack)["mouth"] == ("mouth", "", "open", False)


def test_vowel_mouths_that_rest_does_not_need_are_left_out() -> None:
    stack = face(raw("口/あ", drawn("mouth_open"), visible=False), raw("口/い", drawn("mouth_open")))
    assert {x.name: x.state for x in stack.find("mouth")} == {"mouth_close": "closed", "あ": "open"}


def test_ears_on_the_head_and_bows_by_their_place() -> None:
    stack = face(raw("LeftEar", ellipses(((64, 2, 76, 34),), INK)), raw("リボン", ellipses(((40, 8, 60, 20),), INK)),
                 raw("ribbon", ellipses(((50, 112, 70, 122),), INK)))  # fmt: skip
    assert [named(stack)[n][0] for n in ("LeftEar", "リボン", "ribbon")] == ["headwear", "headwear", "neckwear"]
    assert named(stack)["ears-l"][0] == "ears"
    assert all(n.kind == "guessed" for n in stack.notes if n.layer in ("LeftEar", "リボン", "ribbon"))


@pytest.mark.parametrize(("box", "part", "lowest"), [
    ((55, 84, 65, 88), "mouth", False), ((40, 70, 50, 74), "facedetail", False), ((35, 120, 85, 150), "topwear", False),
    ((50, 2, 75, 20), "headwear", False), ((20, 150, 100, 158), "objects", True), ((0, 0, 6, 6), "objects", False),
    ((35, 30, 85, 100), "back hair", True)])  # fmt: skip
def test_unknown_names_are_placed(box: tuple[int, int, int, int], part: str, lowest: bool) -> None:
    layers = [raw(n, drawn(n)) for n in SHAPES if n not in ("mouth_open", "eye_close", "mouth_close")]
    layers.insert(0 if lowest else len(layers), raw("elephant", ellipses((box,), INK)))
    stack = stack_of(*layers)
    assert named(stack)["elephant"][0] == part
    assert [n.kind for n in stack.notes if n.layer == "elephant"] == ["guessed"]


def test_a_background_is_an_object_and_the_picture_stays() -> None:
    paper = np.full((SIZE[1], SIZE[0], 4), 255, np.uint8)
    stack = understand(SIZE, [raw("Layer 1", paper), *(raw(n, drawn(n)) for n in ("face", "nose"))])
    assert named(stack)["Layer 1"][0] == "objects"
    assert any("background" in n.text for n in stack.notes if n.layer == "Layer 1")
    assert (stack.composite()[..., 3] == 255).all()


def test_meaningless_names_take_their_groups_and_stay_apart() -> None:
    stack = face(raw("FrontHair/A", drawn("front hair")), raw("BackHair/A", drawn("back hair")))
    assert named(stack)["FrontHair/A"][0] == "front hair" and named(stack)["BackHair/A"][0] == "back hair"
    assert len(named(stack)) == len(stack.layers)


def test_irises_by_their_group_where_the_whites_have_names_of_their_own() -> None:
    base, shade = raw("Eyes/Base", drawn("irides")), raw("Eyes/Shadow", drawn("eyewhite"), blend=Blend.MULTIPLY)
    stack = face(base, shade, without=("irides",))
    assert named(stack)["Base-r"][0] == "irides" and named(stack)["Shadow"][0] == "facedetail"


def test_no_face_is_said() -> None:
    stack = stack_of(raw("eyewhite", drawn("eyewhite")), raw("hair", drawn("front hair")))
    assert any(n.kind == "warning" and "face" in n.text for n in stack.notes)


def test_every_layer_has_a_note() -> None:
    stack = face(raw("elephant", ellipses(((50, 112, 70, 122),), INK)))
    assert {x.name for x in stack.layers} <= {n.layer for n in stack.notes}
