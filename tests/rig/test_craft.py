"""The ruler: what a turn of the head measures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layering.stack import LayerStack
from rig import Overrides, build
from rig.craft import turn_of_head


def test_a_turned_head_measures_as_good_rigs_do(girl: LayerStack) -> None:
    found = {m.name: m for m in turn_of_head(build(girl))}
    assert len(found) == 5
    assert 0.1 < found["eyes move"].value < found["nose moves"].value < 0.3
    assert found["far eye narrows to"].value < 0.95 < found["near eye stays at"].value
    assert found["back hair moves the other way"].value > 0
    assert str(found["nose moves"]).endswith("(0.18..0.24)")


def test_a_flat_card_measures_as_one(girl: LayerStack) -> None:
    """Without curvature nothing comes forward, and both eyes narrow alike but for perspective."""
    found = {m.name: m.value for m in turn_of_head(build(girl, overrides=Overrides(curvature=0.0)))}
    assert found["nose moves"] == pytest.approx(0, abs=0.02)
    assert found["far eye narrows to"] == pytest.approx(found["near eye stays at"], abs=0.06)


def test_what_is_missing_is_left_out(girl: LayerStack) -> None:
    puppet = build(girl)
    assert turn_of_head(replace(puppet, parameters=())) == []
    noseless = replace(puppet, parts=tuple(p for p in puppet.parts if p.part != "nose"))
    assert "nose moves" not in {m.name for m in turn_of_head(noseless)}
