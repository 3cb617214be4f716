"""Parameters to face shapes and back: the same face comes out, names in every spelling are understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture import arkit
from rig.params import BY_NAME

EXACT = ("ParamEyeBallX", "ParamEyeBallY", "ParamMouthOpenY", "ParamMouthForm", "ParamEyeLSmile", "ParamEyeRSmile")


def test_the_vocabulary_is_arkits() -> None:
    assert len(arkit.SHAPES) == len(set(arkit.SHAPES)) == 52
    assert {link.shape for link in arkit.ARKIT} <= set(arkit.SHAPES)
    assert {link.parameter for link in (*arkit.ARKIT, *arkit.VRM)} <= set(BY_NAME)


@given(st.fixed_dictionaries({name: st.floats(BY_NAME[name].low, BY_NAME[name].high) for name in EXACT}))
def test_round_trip(values: dict[str, float]) -> None:
    back = arkit.to_live2d(arkit.from_live2d(values))
    for name in EXACT:
        assert back[name] == pytest.approx(values[name], abs=1e-9), name


@given(st.floats(-1, 1))
def test_brows_come_back_where_both_move_alike(height: float) -> None:
    back = arkit.to_live2d(arkit.from_live2d({"ParamBrowLY": height, "ParamBrowRY": height}))
    assert back["ParamBrowLY"] == pytest.approx(height)
    assert back["ParamBrowRY"] == pytest.approx(height)


def test_lids_close_for_phones_that_never_see_one() -> None:
    assert arkit.from_live2d({"ParamEyeLOpen": 0.0})["eyeBlinkLeft"] == 1.0
    assert arkit.from_live2d({"ParamEyeLOpen": 0.0})["eyeBlinkRight"] == 0.0
    shut = arkit.to_live2d({"eyeBlinkLeft": 0.86, "eyeBlinkRight": 0.0})
    assert shut == {"ParamEyeLOpen": 0.0, "ParamEyeROpen": 1.0}


@pytest.mark.parametrize(("shape", "parameter", "sign"), [
    ("eyeLookOutLeft", "ParamEyeBallX", 1), ("eyeLookInLeft", "ParamEyeBallX", -1), ("eyeLookOutRight", "ParamEyeBallX", -1),
    ("eyeLookUpRight", "ParamEyeBallY", 1), ("browDownLeft", "ParamBrowLAngle", -1), ("browInnerUp", "ParamBrowRAngle", 1),
    ("mouthSmileLeft", "ParamMouthForm", 1), ("mouthPucker", "ParamMouthForm", -1), ("mouthFrownRight", "ParamMouthForm", -1),
])  # fmt: skip
def test_signs(shape: str, parameter: str, sign: int) -> None:
    assert arkit.to_live2d({shape: 0.5})[parameter] * sign > 0.05


def test_closed_lips_over_an_open_jaw_are_a_closed_mouth() -> None:
    assert arkit.to_live2d({"jawOpen": 0.4, "mouthClose": 0.4})["ParamMouthOpenY"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("spelling", "name"), [
    ("eyeBlinkLeft", "eyeBlinkLeft"), ("EyeBlinkLeft", "eyeBlinkLeft"), ("eyeBlink_L", "eyeBlinkLeft"), ("JAWOPEN", "jawOpen"),
    ("mouthLeft", "mouthLeft"), ("jawRight", "jawRight"), ("Blink_L", "Blink_L"), ("blinkRight", "Blink_R"), ("aa", "A"),
    ("happy", "Joy"), ("a", "A"), ("nonsense", None), ("", None), ("mouth_L", None),
])  # fmt: skip
def test_spellings(spelling: str, name: str | None) -> None:
    assert arkit.canonical(spelling) == name


def test_vowels_mix_by_form() -> None:
    assert arkit.vowels({"ParamMouthOpenY": 0.8}) == {"A": 0.8, "I": 0.0, "U": 0.0, "E": 0.0, "O": 0.0}
    assert arkit.vowels({"ParamMouthOpenY": 1.0, "ParamMouthForm": -0.75})["O"] == pytest.approx(0.75)
    for vowel, form in (("A", 0), ("I", 1), ("U", -1), ("E", 1), ("O", -1)):
        values = arkit.to_live2d({vowel: 1.0}, arkit.VRM)
        assert values["ParamMouthOpenY"] > 0.2
        assert values.get("ParamMouthForm", 0) * form >= 0
        assert (values.get("ParamMouthForm", 0) != 0) == (form != 0)
