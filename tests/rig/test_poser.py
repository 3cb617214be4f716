"""The runtime: what must not move does not move at all, and what moves goes where the picture's signs say."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rig import pose
from rig.motion import breath_share, hold
from rig.params import BY_NAME, Parameter
from rig.poser import poser_of
from rig.puppet import F32, Keyforms, Part, Puppet
from rig.springs import rest_state
from tests.rig.puppets import SURFACE, little_puppet, make_part, patch


@pytest.fixture(scope="module")
def puppet() -> Puppet:
    return little_puppet()


def rest_of(puppet: Puppet) -> F32:
    return np.concatenate([p.mesh.vertices for p in puppet.parts])


def shift(puppet: Puppet, name: str, **values: float) -> F32:
    """Mean displacement (2,) of a part."""
    start = sum(len(p.mesh.vertices) for p in puppet.parts[: [p.name for p in puppet.parts].index(name)])
    part = next(p for p in puppet.parts if p.name == name)
    return (pose(puppet, values).vertices[start : start + len(part.mesh.vertices)] - part.mesh.vertices).mean(0)


def test_the_rest_pose_is_bit_identical(puppet: Puppet) -> None:
    defaults = {p.name: p.default for p in puppet.parameters}
    for values, state in (({}, None), (defaults, None), (defaults, rest_state(puppet)), ({"ParamAngleX": 0.0}, None)):
        drawn = pose(puppet, values, state)
        assert drawn.vertices.dtype == np.float32 and drawn.opacity.dtype == np.float32
        assert (drawn.vertices == rest_of(puppet)).all()
        assert (drawn.opacity == 1).all()


def test_a_character_drawn_turned_rests_at_its_own_default(puppet: Puppet) -> None:
    own = tuple(replace(p, low=-30.0, default=12.0, high=20.0) if p.name == "ParamAngleX" else p for p in puppet.parameters)
    turned = replace(puppet, parameters=own)
    assert (pose(turned, {}).vertices == rest_of(puppet)).all()
    assert (pose(turned, {"ParamAngleX": 12.0}).vertices == rest_of(puppet)).all()
    assert shift(turned, "face", ParamAngleX=20.0)[0] > 0 > shift(turned, "face", ParamAngleX=0.0)[0]


def test_signs_are_those_of_the_picture(puppet: Puppet) -> None:
    assert shift(puppet, "face", ParamAngleX=20)[0] > 10
    assert shift(puppet, "face", ParamAngleY=20)[1] < -8, "up is a smaller y"
    assert shift(puppet, "face", ParamAngleZ=20)[0] > 10, "clockwise about the neck: the top goes right"
    assert shift(puppet, "face", ParamBodyAngleX=10)[0] > 5
    assert shift(puppet, "face", ParamBodyAngleY=10)[1] < -5
    assert shift(puppet, "face", ParamBodyAngleZ=10)[0] > 5
    assert shift(puppet, "coat", ParamBreath=1)[1] < shift(puppet, "face", ParamBreath=1)[1] < 0, "the chest leads"


def test_the_turn_of_one_vertex_by_hand() -> None:
    mesh = patch(260, 150, 1, 1, 1, 1)
    puppet = replace(little_puppet(), parts=(make_part("dot", mesh, depth=50),), springs=())
    moved = pose(puppet, {"ParamAngleX": 18.0, "ParamAngleY": -9.0}).vertices[0]
    yaw, pitch, far = np.radians(18 / 30 * SURFACE.yaw), np.radians(-9 / 30 * SURFACE.pitch), SURFACE.distance
    x, y, z = 60.0, -50.0, 50.0
    y1, z1 = y * np.cos(pitch) - z * np.sin(pitch), z * np.cos(pitch) + y * np.sin(pitch)
    x2, z2 = x * np.cos(yaw) + z1 * np.sin(yaw), z1 * np.cos(yaw) - x * np.sin(yaw)
    rest, now = far / (far - z), far / (far - z2)
    assert moved == pytest.approx((260 + now * x2 - rest * x, 150 + now * y1 - rest * y), abs=1e-3)


def test_curvature_multiplies_the_depth(puppet: Puppet) -> None:
    deep = replace(puppet, surface=replace(puppet.surface, curvature=1.5))
    assert shift(deep, "face", ParamAngleX=20)[0] == pytest.approx(1.5 * shift(puppet, "face", ParamAngleX=20)[0], rel=0.05)


def test_grids_blend_all_four_corners(puppet: Puppet) -> None:
    mouth = puppet.parts[3]
    form = mouth.keyforms[0]
    assert form.offsets is not None
    start = sum(len(p.mesh.vertices) for p in puppet.parts[:3])
    drawn = pose(puppet, {"ParamMouthForm": 0.5, "ParamMouthOpenY": 0.25})
    corner = form.offsets
    expected = 0.375 * corner[1, 0] + 0.125 * corner[1, 1] + 0.375 * corner[2, 0] + 0.125 * corner[2, 1]
    moved = drawn.vertices[start : start + len(mouth.mesh.vertices)] - mouth.mesh.vertices
    assert np.allclose(moved, expected, atol=1e-4)
    assert drawn.opacity[3] == pytest.approx(1 - 0.125 * 0.5 - 0.125)


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-1, 1))
@settings(deadline=None, max_examples=60)
def test_multilinear_grids_against_numpy(form: float, opening: float, third: float) -> None:
    """Three axes need no code of their own."""
    keys = ((-1.0, 0.0, 1.0), (0.0, 0.5, 1.0), (-1.0, 0.0, 1.0))
    names = ("ParamMouthForm", "ParamMouthOpenY", "ParamEyeBallX")
    mesh = patch(0, 0, 10, 10, 1, 1)
    offsets = np.random.default_rng(3).normal(0, 5, (3, 3, 3, 4, 2)).astype(np.float32)
    offsets[1, 0, 1] = 0
    puppet = replace(little_puppet(tuple(BY_NAME[n] for n in names)), springs=(),
                     parts=(make_part("p", mesh, keyforms=(Keyforms(names, keys, offsets),)),))  # fmt: skip
    held = poser_of(puppet).held(dict(zip(names, (form, opening, third), strict=True)))
    at = [held.get(n, BY_NAME[n].default) for n in names]
    weights = [np.array([np.interp(x, k, row) for row in np.eye(3)]) for x, k in zip(at, keys, strict=True)]
    expected = np.einsum("i,j,k,ijkvc->vc", *weights, offsets.astype(np.float64))
    moved = pose(puppet, dict(zip(names, (form, opening, third), strict=True))).vertices - mesh.vertices
    assert np.allclose(moved, expected, atol=1e-4)


def test_a_head_parameter_bends_the_neck_between_head_and_body(puppet: Puppet) -> None:
    for name in ("ParamAngleX", "ParamAngleZ"):
        assert (shift(puppet, "coat", **{name: 30.0}) == 0).all()
    neck = next(p for p in puppet.parts if p.name == "neck")
    stiff = replace(puppet, parts=tuple(replace(p, head=p.head * 2) if p is neck else p for p in puppet.parts))
    assert shift(puppet, "neck", ParamAngleX=20)[0] == pytest.approx(0.5 * shift(stiff, "neck", ParamAngleX=20)[0], rel=1e-4)


def test_steady_sway(puppet: Puppet) -> None:
    hair, start = puppet.parts[4], sum(len(p.mesh.vertices) for p in puppet.parts[:4])
    moved = pose(puppet, {"ParamHairFront": 1.0}).vertices[start:] - hair.mesh.vertices
    weight = hair.sways[0].weight + hair.sways[1].weight
    assert np.allclose(moved, np.stack([weight * 150 * 0.25, weight * 0], -1), atol=1e-3)


def test_unknown_missing_and_broken_values_stand_at_the_default(puppet: Puppet) -> None:
    values = {"ParamNobodyKnows": 1.0, "ParamAngleX": float("nan"), "ParamAngleY": float("inf"), "ParamBreath": -float("inf")}
    assert (pose(puppet, values).vertices == rest_of(puppet)).all()


RANGES = st.tuples(st.floats(-30, 30), st.floats(-30, 30), st.floats(-30, 30)).map(sorted).filter(lambda r: r[2] - r[0] > 0.01)


@given(RANGES, st.floats(-100, 100))
@settings(deadline=None, max_examples=60)
def test_values_ease_into_the_limits(limits: list[float], value: float) -> None:
    low, default, high = limits
    parameter = Parameter("P", low, default, high)
    held = hold(parameter, value)
    assert low <= held <= high
    assert hold(parameter, default) == default and hold(parameter, low) == low and hold(parameter, high) == high
    step = 1e-3 * (high - low)
    assert -1e-9 <= hold(parameter, value + step) - held <= 1.34 * step + 1e-9, "monotone, nowhere much faster than the input"
    if low + 0.1 * (high - low) < value < high - 0.1 * (high - low):
        assert held == value


def test_the_head_slows_down_at_its_limit() -> None:
    angle = BY_NAME["ParamAngleX"]
    assert hold(angle, 30) - hold(angle, 29.9) < 0.01
    assert hold(angle, 45) == 30 and hold(angle, -45) == -30 and hold(angle, 20) == 20


def test_breath_is_highest_in_the_chest() -> None:
    share = breath_share(np.linspace(0, 1, 1001, dtype=np.float32))
    assert share[0] == 0 and share[-1] == 0.5 and share.max() == pytest.approx(1, abs=1e-4)
    assert 0.5 < share.argmax() / 1000 < 0.7


def test_compiled_forms_go_with_their_puppet() -> None:
    puppet = little_puppet()
    pose(puppet, {})
    rest_state(puppet)
    assert poser_of(puppet) is poser_of(puppet)
    gone = weakref.ref(puppet)
    del puppet
    gc.collect()
    assert gone() is None


def test_puppet_pose_is_the_same(puppet: Puppet) -> None:
    assert (puppet.pose({"ParamAngleX": 9.0}).vertices == pose(puppet, {"ParamAngleX": 9.0}).vertices).all()


def test_an_empty_puppet_poses() -> None:
    parts: tuple[Part, ...] = ()
    assert pose(replace(little_puppet(), parts=parts, springs=()), {"ParamAngleX": 10.0}).vertices.shape == (0, 2)
