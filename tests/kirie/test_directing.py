"""Commands with something to say: parameters held and let go, sensitivity, props, idling; and the wrong ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kirie.directing import WORDS, direct
from kirie.errors import KirieError
from kirie.player import commands
from render.stage import Stage
from rig import build
from rig.params import ParameterFrame
from rig.puppet import Puppet
from tests.rig.conftest import little_girl


@pytest.fixture(scope="module")
def girl() -> Puppet:
    """A girl whose last layer is a hat, and the one before a pair of glasses."""
    made = build(little_girl(), "girl")
    *parts, glasses, hat = made.parts
    props = replace(glasses, name="eyewear", part="eyewear"), replace(hat, name="headwear", part="headwear")
    return replace(made, parts=(*parts, *props))


@pytest.fixture
def stage(girl: Puppet) -> Stage:
    return Stage(girl, idles=False)


def test_a_parameter_is_set_and_released(stage: Stage) -> None:
    assert direct(stage, "set ParamAngleX 200") == {"held": {"ParamAngleX": 30.0}}
    assert stage.advance(0.0).values["ParamAngleX"] == 30.0
    direct(stage, "set ParamAngleY -3")
    assert direct(stage, "release ParamAngleX") == {"held": {"ParamAngleY": -3.0}}
    assert direct(stage, "release") == {"held": {}}


def test_sensitivity_acts_at_once(stage: Stage) -> None:
    source = ParameterFrame(0.0, {"ParamAngleX": 10.0})
    assert stage.advance(0.0, source).values["ParamAngleX"] == 10
    assert direct(stage, "sensitivity ParamAngleX 1.5") == {"sensitivity": {"ParamAngleX": 1.5}}
    assert stage.advance(0.01, source).values["ParamAngleX"] == 15
    assert direct(stage, "sensitivity ParamAngleX 1") == {"sensitivity": {}}
    direct(stage, "sensitivity ParamAngleX -8")
    assert stage.advance(0.02, source).values["ParamAngleX"] == 0


def test_props_go_all_or_one_by_one_and_come_back(stage: Stage) -> None:
    assert direct(stage, "props") == {"props": {"eyewear": False, "headwear": False}}
    assert stage.advance(0.0).draw_list.opacity[-2:].tolist() == [0, 0]
    assert direct(stage, "props headwear") == {"props": {"eyewear": False, "headwear": True}}
    assert direct(stage, "props") == {"props": {"eyewear": True, "headwear": True}} and stage.hidden == frozenset()
    with pytest.raises(KirieError, match="no prop scarf") as error:
        direct(stage, "props scarf")
    assert "eyewear, headwear" in error.value.hint


def test_idling_and_expressions(stage: Stage) -> None:
    assert direct(stage, "idle") == {"idle": True} and direct(stage, "idle") == {"idle": False}
    assert direct(stage, "smile") == {"expression": "smile"} and direct(stage, "smile") == {"expression": ""}


@pytest.mark.parametrize("command", [
    "set", "set ParamAngleX", "set ParamAngleX much", "set ParamAngleX nan", "set ParamAngleX inf", "set ParamAngleX 1 2",
    "set Nose 1", "release a b", "sensitivity Nose 1", "sensitivity", "idle on", "props a b"])  # fmt: skip
def test_wrong_ones_say_what_is_wanted_and_change_nothing(stage: Stage, command: str) -> None:
    with pytest.raises(KirieError) as error:
        direct(stage, command)
    assert error.value.hint and stage.held.values == {} and stage.sensitivity == {} and stage.hidden == frozenset()


@pytest.mark.parametrize("command", ["", " ", "dance", "flip", "smile now"])
def test_what_is_not_for_a_stage_is_left_to_others(stage: Stage, command: str) -> None:
    assert direct(stage, command) is None


def test_a_puppet_without_props_says_so() -> None:
    plain = build(little_girl(), "girl")
    bare = replace(plain, parts=tuple(p for p in plain.parts if p.part not in ("headwear", "eyewear", "earwear", "objects")))
    with pytest.raises(KirieError, match="no props"):
        direct(Stage(bare), "props")


def test_all_of_them_can_be_sent() -> None:
    assert set(WORDS) <= set(commands()) and len(commands()) == len(set(commands()))
