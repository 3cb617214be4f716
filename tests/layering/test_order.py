"""Drawing order: the usual one, and what the picture says against it."""

from __future__ import annotations

from layering.assemble import layers_from_parts
from layering.order import USUAL
from layering.stack import RGBA
from layering.views import CLASSES
from tests.layering.cutouts import HAIR, LASH, SKIN, box, case, character, ellipse, sheet

RED = (200, 40, 60)


def order_of(layers: list[tuple[str, RGBA]]) -> list[str]:
    picture, parts, _ = case(layers)
    return [x.part for x in layers_from_parts(picture, parts).layers]


def test_every_class_has_its_place() -> None:
    assert set(USUAL) == set(CLASSES[1:])


def test_the_usual_order() -> None:
    found = order_of(character())
    wanted = ["back hair", "neck", "topwear", "ears", "face", "mouth", "eyewhite", "irides", "eyelash", "eyebrow", "front hair"]
    assert sorted(set(found), key=found.index) == wanted


def test_goggles_amid_the_hair_lie_before_it() -> None:
    found = order_of([*character(), ("eyewear", sheet(RED, ellipse(120, 52, 14, 8)))])
    assert found.index("eyewear") > found.index("front hair")


def test_glasses_on_the_nose_lie_under_the_hair() -> None:
    found = order_of([*character()[:-1], ("eyewear", sheet(RED, box(80, 110, 160, 113))), character()[-1]])
    assert found.index("eyelash") < found.index("eyewear") < found.index("front hair")


def test_a_hand_on_the_breast_lies_before_the_clothes() -> None:
    found = order_of([*character(), ("handwear", sheet(SKIN, ellipse(100, 212, 14, 9)))])
    assert found.index("handwear") > found.index("topwear")


def test_an_arm_at_the_side_lies_behind_the_clothes() -> None:
    layers = character()
    layers.insert(2, ("handwear", sheet(SKIN, box(30, 196, 52, 240))))
    found = order_of(layers)
    assert found.index("handwear") < found.index("topwear")


def test_a_bow_behind_the_hairs_own_line_lies_behind() -> None:
    layers = character()
    hair = sheet(HAIR, ellipse(120, 58, 62, 24), box(52, 56, 66, 170), box(174, 56, 188, 170))
    rim = sheet(LASH, ellipse(120, 58, 65, 27), box(49, 56, 69, 173), box(171, 56, 191, 173))
    bow = ("objects", sheet(RED, ellipse(170, 40, 40, 24)))
    found = order_of([bow, *layers[:-1], ("front hair", rim), ("front hair", hair)])
    assert found[0] == "objects"
