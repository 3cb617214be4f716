"""What phones send: iFacialMocap's text and VTube Studio's JSON, as their makers print it; and Kirie in a phone's place."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture import arkit
from capture.wire import ifacialmocap, vts_phone
from capture.wire.packet import Malformed
from tests.capture.wires import garbled

HEAD = b"=head#-12.5,20.25,-7.5,0.01,-0.02,-0.3|rightEye#1.5,2.5,0|leftEye#1.5,2.5,0|"
SHAPES = (b"mouthSmile_R-40|eyeLookOut_L-35|mouthSmile_L-40|eyeBlink_L-100|eyeBlink_R-0|eyeLookIn_R-35|jawOpen-35|mouthLeft-3|"
          b"trackingStatus-1|hapihapi-0|")  # fmt: skip
VERSION_1 = SHAPES + HEAD
VERSION_2 = SHAPES.replace(b"-", b"&").replace(b"hapi&0", b"hapi&-2") + HEAD
FACE = {"ParamAngleX": 20.25, "ParamAngleY": 12.5, "ParamAngleZ": 7.5, "ParamEyeLOpen": 0.0, "ParamEyeROpen": 1.0,
        "ParamEyeBallX": 0.5, "ParamMouthOpenY": 0.5, "ParamMouthForm": 0.5}  # fmt: skip


@pytest.mark.parametrize("packet", [VERSION_1, VERSION_2, VERSION_1 + b" \r\n", VERSION_1.replace(b"_L", b"Left")])
def test_ifacialmocap(packet: bytes) -> None:
    face = ifacialmocap.decode(packet)
    assert face.face
    assert {name: face.values[name] for name in FACE} == pytest.approx(FACE, abs=1e-6)


def test_ifacialmocap_without_a_face() -> None:
    assert ifacialmocap.decode(VERSION_1.replace(b"Status-1", b"Status-0")).face is False
    assert ifacialmocap.decode(b"jawOpen-35|").face is True  # older ones do not say


@pytest.mark.parametrize("packet", [
    b"", b"|||", b"hello", b"jawOpen-x|", b"jawOpen-|", b"jawOpen-nan|", b"jawOpen&1e999|", b"=head#1,2|", b"=head#1,2,|",
    b"=head#1,inf,3|", b"\xff\xfe", b"jawOpen-1|" * 2000,
])  # fmt: skip
def test_ifacialmocap_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        ifacialmocap.decode(packet)


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(-30, 30), st.sampled_from([1, 2]))
def test_ifacialmocap_round_trip(x: float, y: float, z: float, version: int) -> None:
    values = FACE | {"ParamAngleX": x, "ParamAngleY": y, "ParamAngleZ": z}
    back = ifacialmocap.decode(ifacialmocap.encode(values, True, version)).values
    assert {name: back[name] for name in FACE} == pytest.approx(values, abs=0.02)


def test_kirie_speaks_as_the_phone_does() -> None:
    packet = ifacialmocap.encode(FACE, False, 1).decode()
    fields = dict(f.split("-", 1) for f in packet.split("|") if "#" not in f and f)
    assert fields["eyeBlink_L"] == "100"
    assert {"mouthLeft", "jawRight", "browInnerUp", "mouthSmile_R"} <= set(fields)
    assert len(fields) == 53
    assert fields["trackingStatus"] == "0"
    assert "|=head#-12.5000,20.2500,-7.5000," in packet
    assert packet.index("=head#") < packet.index("rightEye#") < packet.index("leftEye#")
    assert ifacialmocap.is_request(b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719")
    assert not ifacialmocap.is_request(b"iFacialMocap")
    assert ifacialmocap.wanted_version(ifacialmocap.REQUEST) == 2


def phone(**changes: Any) -> bytes:
    """What VTube Studio's phone app sends."""
    shapes = {"EyeBlinkLeft": 1.0, "EyeBlinkRight": 0.0, "EyeLookOutLeft": 0.35, "EyeLookInRight": 0.35, "JawOpen": 0.35,
              "MouthSmileLeft": 0.4, "MouthSmileRight": 0.4, "BrowInnerUp": 0.0}  # fmt: skip
    data = {"Timestamp": 1700000000123, "Hotkey": -1, "FaceFound": True, "Rotation": {"x": 20.25, "y": -12.5, "z": -7.5},
            "Position": {"x": 0.1, "y": 0.2, "z": 0.3}, "EyeLeft": dict.fromkeys("xyz", 0), "EyeRight": dict.fromkeys("xyz", 0),
            "BlendShapes": [{"k": k, "v": v} for k, v in shapes.items()]}  # fmt: skip
    return json.dumps(data | changes).encode()


def test_vtube_studio() -> None:
    face = vts_phone.decode(phone())
    assert face.face
    assert {name: face.values[name] for name in FACE} == pytest.approx(FACE, abs=1e-6)
    assert face.stamp == pytest.approx(0.123)
    assert vts_phone.decode(phone(FaceFound=False)).face is False


def test_the_request() -> None:
    request = json.loads(vts_phone.request(4321))
    assert request["messageType"] == "iOSTrackingDataRequest"
    assert request["ports"] == [4321]
    assert 0.5 <= request["time"] <= 10
    assert 1 <= len(request["sentBy"]) <= 32


@pytest.mark.parametrize("packet", [
    b"", b"[]", b"{}", b"nonsense", b"[" * 16000, b'{"FaceFound": 1}', phone(Rotation=None), phone(Rotation={"x": 1}),
    phone(Rotation={"x": math.nan, "y": 0, "z": 0}), phone(Rotation={"x": "1", "y": 0, "z": 0}), phone(BlendShapes={"k": 1}),
    phone(BlendShapes=[{"k": "JawOpen", "v": None}]), phone(BlendShapes=[{"k": 5, "v": 1}]), phone(BlendShapes=[1]),
    phone(BlendShapes=[{"k": "x", "v": 0}] * 129), phone(padding="x" * 20000), b"\xff" * 9,
])  # fmt: skip
def test_vtube_studio_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        vts_phone.decode(packet)


def test_a_huge_timestamp_is_just_a_number() -> None:
    assert vts_phone.decode(phone(Timestamp=10**300 + 5)).stamp == pytest.approx(0.005)


@pytest.mark.parametrize("decode", [ifacialmocap.decode, vts_phone.decode])
def test_fuzz(decode: Any) -> None:
    good = [VERSION_1, VERSION_2] if decode is ifacialmocap.decode else [phone(), phone(FaceFound=False)]
    for packet in garbled(good, 3000, 3):
        try:
            face = decode(packet)
        except Malformed:
            continue
        assert all(math.isfinite(v) for v in face.values.values())
        assert all(name in {link.parameter for link in arkit.ARKIT} or "Angle" in name for name in face.values)
