"""VMC from a reference sender and back through our own, with a head whose turn is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.wire import vmc
from capture.wire.osc import decode as read_osc
from capture.wire.packet import Decoded, Malformed
from capture.wire.rotation import Quaternion, matrix, unity_angles, unity_quaternion
from tests.capture.wires import bundle, garbled, osc, turned

HALF = math.sqrt(0.5)


def about(axis: str, degrees: float) -> Quaternion:
    """Unity's Quaternion.AngleAxis."""
    s, c = math.sin(math.radians(degrees) / 2), math.cos(math.radians(degrees) / 2)
    return (s * (axis == "x"), s * (axis == "y"), s * (axis == "z"), c)


def bone(name: str, q: Quaternion) -> bytes:
    return osc("/VMC/Ext/Bone/Pos", name, 0.0, 0.1, 0.0, *q)


def shape(name: str, value: float) -> bytes:
    return osc("/VMC/Ext/Blend/Val", name, value)


APPLY = osc("/VMC/Ext/Blend/Apply")


def decoded(*messages: bytes) -> Decoded:
    found = vmc.Decoder().feed(bundle(*messages), 1.0)
    assert found is not None
    return found


@pytest.mark.parametrize(("axis", "degrees", "parameter", "value"), [
    ("y", 20, "ParamAngleX", -20),  # Unity turns an avatar to its own right, which is the picture's left
    ("x", 15, "ParamAngleY", -15),  # and nods it down
    ("z", 10, "ParamAngleZ", 10),   # and leans it to its own left, which is the picture's right
])  # fmt: skip
def test_unitys_signs(axis: str, degrees: float, parameter: str, value: float) -> None:
    values = decoded(bone("Head", about(axis, degrees)), APPLY).values
    assert values[parameter] == pytest.approx(value, abs=1e-4)
    assert sum(abs(v) for name, v in values.items() if name.startswith("ParamAngle")) == pytest.approx(abs(value), abs=1e-3)


@given(st.floats(-60, 60), st.floats(-60, 60), st.floats(-60, 60))
def test_rotations_there_and_back(yaw: float, pitch: float, roll: float) -> None:
    q = unity_quaternion((yaw, pitch, roll))
    assert unity_angles(q) == pytest.approx((yaw, pitch, roll), abs=1e-6)
    mirror = np.diag([-1.0, 1.0, 1.0])  # Unity's x runs to the avatar's right, the picture's left
    np.testing.assert_allclose(mirror @ np.array(matrix(q)) @ mirror, turned(yaw, pitch, roll), atol=1e-9)


def test_neck_and_head_add_up_and_the_spine_is_the_body() -> None:
    values = decoded(bone("Neck", about("y", -8)), bone("Head", about("y", -12)), bone("Spine", about("z", 4)), APPLY).values
    assert values["ParamAngleX"] == pytest.approx(20, abs=1e-4)
    assert values["ParamBodyAngleZ"] == pytest.approx(4, abs=1e-4)


def test_presets_of_vrm_0_and_1_and_perfect_sync() -> None:
    assert decoded(shape("A", 0.7), shape("Blink_L", 1.0), APPLY).values["ParamMouthOpenY"] == pytest.approx(0.7)
    assert decoded(shape("aa", 0.7), shape("blinkLeft", 1.0), APPLY).values["ParamEyeLOpen"] == 0
    both = decoded(shape("A", 0.7), shape("jawOpen", 0.35), shape("eyeBlinkLeft", 1.0), shape("Blink_L", 0.0), APPLY).values
    assert both["ParamMouthOpenY"] == pytest.approx(0.5)  # ARKit's names win
    assert both["ParamEyeLOpen"] == 0
    assert "ParamEyeROpen" not in both
    unused = decoded(shape("A", 0.7), shape("jawOpen", 0.0), APPLY).values
    assert unused["ParamMouthOpenY"] == pytest.approx(0.7)  # a VRM without perfect sync sends its names all the same, at 0


def test_shapes_wait_for_apply() -> None:
    decoder = vmc.Decoder()
    assert decoder.feed(bundle(shape("A", 0.2), APPLY), 1.0) is not None
    assert decoder.feed(shape("A", 0.9), 1.01) is None
    assert decoder.feed(bone("Head", about("y", -5)), 1.02) is None
    frame = decoder.feed(APPLY, 1.03)
    assert frame is not None
    assert frame.values["ParamMouthOpenY"] == pytest.approx(0.9)
    assert frame.values["ParamAngleX"] == pytest.approx(5, abs=1e-4)


def test_a_sender_that_never_applies_is_heard() -> None:
    decoder = vmc.Decoder()
    frame = decoder.feed(bone("Head", about("y", -5)), 1.0)
    assert frame is not None
    assert frame.values["ParamAngleX"] == pytest.approx(5, abs=1e-4)


def test_names_in_the_address_extra_arguments_and_unknown_addresses() -> None:
    frame = decoded(
        osc("/VMC/Ext/Blend/Val/jawOpen", 0.35), osc("/VMC/Ext/Root/Pos", "root", *[0.0] * 13), osc("/VMC/Ext/Cam", "c", 1.0),
        osc("/VMC/Ext/Bone/Pos", "Head", 0, 0, 0, *about("x", -10), 1.0, 2.0), osc("/VMC/Ext/Bone/Pos", "LeftToes", *[0.0] * 7),
        osc("/VMC/Ext/Blend/Val", "Surprised", 1.0), osc("/VMC/Ext/Hmd/Pos", "s", *[0.0] * 7), APPLY)  # fmt: skip
    assert frame.values["ParamMouthOpenY"] == pytest.approx(0.5)
    assert frame.values["ParamAngleY"] == pytest.approx(10, abs=1e-4)


def test_lost_tracking_is_no_face() -> None:
    assert decoded(osc("/VMC/Ext/OK", 1, 3, 0, 0, tags="iiii"), shape("A", 1.0), APPLY).face is False
    assert decoded(osc("/VMC/Ext/OK", 1, tags="i"), shape("A", 1.0), APPLY).face is True


def test_eye_bones_look() -> None:
    values = decoded(bone("LeftEye", about("y", -10)), bone("RightEye", about("y", -10)), APPLY).values
    assert values["ParamEyeBallX"] == pytest.approx(0.5, abs=1e-3)
    assert "ParamEyeBallX" not in decoded(bone("LeftEye", about("y", 0)), shape("A", 1.0), APPLY).values


@pytest.mark.parametrize("packet", [
    osc("/VMC/Ext/Bone/Pos", "Head", 0.0), osc("/VMC/Ext/Bone/Pos", *[0.0] * 8), osc("/VMC/Ext/Blend/Val", 1.0),
    osc("/VMC/Ext/Blend/Val", "A"), osc("/VMC/Ext/Blend/Val", "A", "open"), osc("/VMC/Ext/Blend/Val", "A", math.nan),
    osc("/VMC/Ext/Bone/Pos", "Head", *[0.0] * 7), osc("/VMC/Ext/Bone/Pos", "Head", 0, 0, 0, math.inf, 0, 0, 1),
])  # fmt: skip
def test_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        vmc.Decoder().feed(packet, 0.0)


VALUES = {"ParamAngleX": 21.0, "ParamAngleY": -9.0, "ParamAngleZ": 6.0, "ParamBodyAngleX": 5.0, "ParamEyeLOpen": 0.0,
          "ParamEyeROpen": 1.0, "ParamMouthOpenY": 0.6, "ParamEyeBallX": 0.5, "ParamEyeBallY": -0.25}  # fmt: skip


@pytest.mark.parametrize("perfect_sync", [False, True])
def test_round_trip(perfect_sync: bool) -> None:
    decoder = vmc.Decoder()
    frames = [decoder.feed(p, 1.0) for p in vmc.encode(VALUES, True, 1.0, perfect_sync)]
    last = frames[-1]
    assert last is not None
    assert {name: last.values[name] for name in VALUES} == pytest.approx(VALUES, abs=1e-4)
    if perfect_sync:
        names = {m.arguments[0] for p in vmc.encode(VALUES, True, 1.0, True) for m in read_osc(p)
                 if m.address == "/VMC/Ext/Blend/Val"}  # fmt: skip
        assert len(names) == 52


def test_fuzz() -> None:
    good = [*vmc.encode(VALUES, True, 1.0), *vmc.encode(VALUES, True, 1.0, True), bone("Head", (0, HALF, 0, HALF)), APPLY]
    decoder = vmc.Decoder()
    for i, packet in enumerate(garbled(good, 3000, 2)):
        try:
            frame = decoder.feed(packet, i / 10)
        except Malformed:
            continue
        assert frame is None or all(math.isfinite(v) for v in frame.values.values())
