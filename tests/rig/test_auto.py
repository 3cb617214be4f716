"""The auto-rig: the rest pose is the picture, defaults are what is drawn, and the head turns as it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kirie.errors import RigError
from layering.stack import LayerStack
from rig.auto import build
from rig.overrides import Overrides
from rig.poser import pose
from rig.puppet import DrawList, Puppet
from tests.rig.conftest import little_girl, shape


@pytest.fixture(scope="module")
def puppet(girl: LayerStack) -> Puppet:
    return build(girl, "girl")


def moved(puppet: Puppet, drawn: DrawList, name: str) -> np.ndarray:
    """Vertices float32 (V, 2) of one part in a draw list."""
    start = 0
    for part in puppet.parts:
        stop = start + len(part.mesh.vertices)
        if part.name == name:
            return drawn.vertices[start:stop]
        start = stop
    raise KeyError(name)


def shift(puppet: Puppet, values: dict[str, float], name: str) -> np.ndarray:
    return (moved(puppet, pose(puppet, values), name) - moved(puppet, pose(puppet, {}), name)).mean(0)


def test_rest_leaves_every_vertex_where_it_was_drawn(puppet: Puppet) -> None:
    rest = np.concatenate([p.mesh.vertices for p in puppet.parts])
    assert np.array_equal(pose(puppet, {}).vertices, rest)


def test_every_shown_layer_is_a_part_in_its_order(girl: LayerStack, puppet: Puppet) -> None:
    names = [p.name for p in puppet.parts]
    assert [n for n in names if n in {x.name for x in girl.layers}] == [x.name for x in girl.layers]
    assert len(names) == len(set(names))


def test_the_head_turns_and_the_body_stays(puppet: Puppet) -> None:
    turn = {"ParamAngleX": 30.0}
    width = puppet.surface.width
    assert 0.16 < shift(puppet, turn, "nose")[0] / width < 0.26
    assert -0.07 < shift(puppet, turn, "back hair")[0] / width < 0
    low = moved(puppet, pose(puppet, turn), "topwear")
    assert np.abs(low - moved(puppet, pose(puppet, {}), "topwear")).max() < 0.15 * width
    assert shift(puppet, {"ParamAngleY": 30.0}, "nose")[1] < -0.08 * width, "up is towards smaller y"
    assert shift(puppet, {"ParamAngleZ": 30.0}, "nose")[0] > 0.1 * width, "clockwise as seen"


def test_angles_and_what_moves_are_parameters(puppet: Puppet) -> None:
    names = {p.name for p in puppet.parameters}
    assert {"ParamAngleX", "ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY", "ParamMouthForm", "ParamBrowLY",
            "ParamEyeBallX", "ParamBreath", "ParamHairBack"} <= names  # fmt: skip


def test_a_head_drawn_turned_has_its_own_default_and_range() -> None:
    puppet = build(little_girl(nose=112))
    x = next(p for p in puppet.parameters if p.name == "ParamAngleX")
    assert x.default < 0 and x.low == -30 and x.high == x.default + 30
    assert np.array_equal(pose(puppet, {"ParamAngleX": x.default}).vertices, pose(puppet, {}).vertices)


def test_overrides_reach_the_rig(girl: LayerStack, puppet: Puppet) -> None:
    changed = build(girl, overrides=Overrides(anchors={"chin": (128.0, 190.0)}, depth={"nose": 9.0}, sway={"front hair": 0.0},
                                              strength={"ParamAngleX": 0.5}, curvature=1.3))  # fmt: skip
    assert changed.anchors["chin"] == (128.0, 190.0) and changed.surface.curvature == 1.3
    assert changed.surface.yaw == pytest.approx(puppet.surface.yaw / 2)
    nose = [next(p for p in x.parts if p.name == "nose").depth.mean() for x in (changed, puppet)]
    assert nose[0] == pytest.approx(nose[1] + 9, abs=1.5)
    hair = next(p for p in changed.parts if p.name == "front hair")
    assert not hair.sways and len(changed.springs) < len(puppet.springs)


def test_a_background_stands_still(girl: LayerStack) -> None:
    paper = shape("paper", "objects", (255, 255, 255), (128, 160, 300, 300))
    puppet = build(replace(girl, layers=(paper, *girl.layers)))
    drawn = pose(puppet, {"ParamAngleX": 30.0, "ParamBodyAngleZ": 10.0, "ParamBreath": 1.0})
    assert np.array_equal(moved(puppet, drawn, "paper"), next(p for p in puppet.parts if p.name == "paper").mesh.vertices)


def test_nothing_to_rig_is_said() -> None:
    with pytest.raises(RigError, match="no layers"):
        build(LayerStack((10, 10), ()))
