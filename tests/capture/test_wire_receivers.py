"""What Kirie sends, read by reference receivers that know the published layouts only; what they read, sent back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.wire import ifacialmocap, vmc
from tests.capture.receivers import ARKIT, SIDED, VRM_PRESETS, Marionette
from tests.capture.receivers import ifacialmocap as read_phone
from tests.capture.wires import bundle, osc, turned

MIRROR = np.diag([-1.0, 1.0, 1.0])
"""Unity's x runs to the avatar's right, which is the picture's left."""
ANGLE = st.floats(-30, 30)


def received(values: dict[str, float], face: bool = True, perfect_sync: bool = False) -> Marionette:
    marionette = Marionette()
    for packet in vmc.encode(values, face, 12.5, perfect_sync):
        marionette.take(packet)
    assert marionette.applied == 1 and marionette.time == 12.5 and marionette.tracked == face
    return marionette


@settings(deadline=None)
@given(ANGLE, ANGLE, ANGLE, st.floats(-10, 10), st.floats(-10, 10))
def test_a_vmc_marionette_turns_its_head_and_body_as_asked(yaw: float, pitch: float, roll: float, x: float, z: float) -> None:
    values = {"ParamAngleX": yaw, "ParamAngleY": pitch, "ParamAngleZ": roll, "ParamBodyAngleX": x, "ParamBodyAngleZ": z}
    marionette = received(values)
    np.testing.assert_allclose(MIRROR @ marionette.turned("Neck", "Head") @ MIRROR, turned(yaw, pitch, roll), atol=1e-5)
    np.testing.assert_allclose(MIRROR @ marionette.turned("Spine") @ MIRROR, turned(x, 0, z), atol=1e-5)


def test_a_vmc_marionette_looks_where_asked() -> None:
    marionette = received({"ParamEyeBallX": 1.0, "ParamEyeBallY": 0.5})
    for eye in ("LeftEye", "RightEye"):
        forward = marionette.turned(eye)[:, 2]
        assert forward[0] < -0.2 and forward[1] > 0.1       # to the picture's right is the avatar's left, and up


def test_a_vmc_marionette_gets_presets_or_arkits_shapes() -> None:
    values = {"ParamEyeLOpen": 0.25, "ParamEyeROpen": 1.0, "ParamMouthOpenY": 0.8, "ParamMouthForm": 0.0}
    plain = received(values).shapes
    assert set(plain) <= VRM_PRESETS and {"A", "I", "U", "E", "O", "Blink_L", "Blink_R"} <= set(plain)
    assert plain["Blink_L"] == pytest.approx(0.75) and plain["Blink_R"] == 0 and plain["A"] == pytest.approx(0.8)
    synced = received(values, perfect_sync=True).shapes
    assert set(synced) == ARKIT and len(ARKIT) == 52
    assert synced["eyeBlinkLeft"] == pytest.approx(0.75) and synced["jawOpen"] == pytest.approx(0.56)
    assert not received(values, face=False).tracked


@pytest.mark.parametrize("perfect_sync", [False, True])
def test_what_a_marionette_got_comes_back_as_it_was(perfect_sync: bool) -> None:
    values = {"ParamAngleX": 17.0, "ParamAngleY": -8.0, "ParamAngleZ": 5.0, "ParamBodyAngleX": 4.0, "ParamEyeLOpen": 0.5,
              "ParamEyeROpen": 1.0, "ParamMouthOpenY": 0.6, "ParamEyeBallX": 0.5, "ParamEyeBallY": 0.25}  # fmt: skip
    marionette = received(values, perfect_sync=perfect_sync)
    bones = [osc("/VMC/Ext/Bone/Pos", name, 0.0, 0.0, 0.0, *q) for name, q in marionette.bones.items()]
    shapes = [osc("/VMC/Ext/Blend/Val", name, value) for name, value in marionette.shapes.items()]
    decoded = vmc.Decoder().feed(bundle(*bones, *shapes, osc("/VMC/Ext/Blend/Apply")), 1.0)
    assert decoded is not None
    back = {name: decoded.values[name] for name in values}
    if perfect_sync:                                        # senders' blinks count as full before 1
        assert back.pop("ParamEyeLOpen") == pytest.approx(1 - 0.5 / 0.85, abs=1e-4)
        values.pop("ParamEyeLOpen")
    assert back == pytest.approx(values, abs=1e-3)


@pytest.mark.parametrize(("version", "mark"), [(1, "-"), (2, "&")])
def test_a_program_for_ifacialmocap_understands_kirie(version: int, mark: str) -> None:
    values = {"ParamAngleX": 20.0, "ParamAngleY": -10.0, "ParamAngleZ": 6.0, "ParamEyeLOpen": 0.0, "ParamMouthOpenY": 0.5,
              "ParamEyeBallX": 0.5, "ParamEyeBallY": 1.0}  # fmt: skip
    shapes, poses = read_phone(ifacialmocap.encode(values, True, version), mark)
    spelled = {name for name in ARKIT if not any(name.startswith(stem) for stem in SIDED)}
    spelled |= {f"{stem}_{side}" for stem in SIDED for side in "LR"}
    assert set(shapes) == spelled | {"trackingStatus"} and shapes["trackingStatus"] == 1
    assert all(0 <= value <= 100 for value in shapes.values())
    assert shapes["eyeBlink_L"] == 100 and shapes["eyeBlink_R"] == 0 and shapes["jawOpen"] == 35
    assert shapes["eyeLookUp_L"] > 50 and shapes["eyeLookOut_L"] > 20 and shapes["eyeLookIn_L"] == 0
    assert list(poses) == ["=head", "rightEye", "leftEye"] and [len(p) for p in poses.values()] == [6, 3, 3]
    assert poses["=head"][:3] == pytest.approx([10.0, 20.0, -6.0])     # nods down, turns to her own left, leans to her right
    assert poses["leftEye"][0] < 0 < poses["leftEye"][1]
