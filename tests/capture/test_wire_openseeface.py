"""OpenSeeFace packets by the byte, and its head pose from an OpenCV fit done as its tracker does it."""

from __future__ import annotations

import math
import struct

import cv2
import numpy as np
import pytest

from capture.wire import openseeface
from capture.wire.packet import Decoded, Malformed
from tests.capture.wires import garbled, open_see_face, turned

UNTURNED = (math.sqrt(0.5), -math.sqrt(0.5), 0.0, 0.0)


def decode(packet: bytes) -> Decoded:
    face = openseeface.Decoder().feed(packet, 0.0)
    assert face is not None
    return face


def fitted_quaternion(yaw: float, pitch: float, roll: float) -> list[float]:
    """Photograph a made-up head turned by ParamAngleX, Y, Z, and fit it as OpenSeeFace does: points as (row, column)."""
    rng = np.random.default_rng(5)
    head = rng.uniform(-0.5, 0.5, (40, 3))  # face frame: x right, y up, z to the viewer
    seen = head @ turned(yaw, pitch, roll).T
    away = 4.0 - seen[:, 2]
    columns, rows = 640 * seen[:, 0] / away + 320, 240 - 640 * seen[:, 1] / away
    camera = np.array([[640.0, 0, 240], [0, 640, 320], [0, 0, 1]])
    model = head * [-1, 1, 1]  # its model's x runs to the subject's right
    ok, vector, _ = cv2.solvePnP(model, np.column_stack([rows, columns]), camera, None, flags=cv2.SOLVEPNP_EPNP)
    assert ok
    m, _ = cv2.Rodrigues(vector)
    w = math.sqrt(max(1 + m[0, 0] + m[1, 1] + m[2, 2], 0)) / 2
    if w > 0.05:
        return [(m[1, 2] - m[2, 1]) / (4 * w), (m[2, 0] - m[0, 2]) / (4 * w), (m[0, 1] - m[1, 0]) / (4 * w), w]
    axis = np.linalg.eigh(m + m.T)[1][:, -1]  # half a turn, where the formula fails: the axis, w near 0
    twist = np.array([m[1, 2] - m[2, 1], m[2, 0] - m[0, 2], m[0, 1] - m[1, 0]])
    w = float(twist @ axis) / 4
    return [*(axis * math.sqrt(1 - w * w)), w]


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [
    (0, 0, 0), (25, 0, 0), (-25, 0, 0), (0, 15, 0), (0, -15, 0), (0, 0, 20), (0, 0, -20), (20, -10, 12), (-15, 8, -25),
])  # fmt: skip
def test_head_pose(yaw: float, pitch: float, roll: float) -> None:
    values = decode(open_see_face(fitted_quaternion(yaw, pitch, roll))).values
    found = (values["ParamAngleX"], values["ParamAngleY"], values["ParamAngleZ"])
    assert found == pytest.approx((yaw, pitch, roll), abs=0.5)


def test_lids_gaze_mouth_and_brows() -> None:
    features = [0.0] * 14
    features[3], features[6] = 0.5, -0.5  # brows up and down, left and right
    features[8] = features[10] = -0.6     # both corners of the mouth up
    features[12], features[13] = 0.5, 0.4
    values = decode(open_see_face(UNTURNED, features, eyes=(0.1, 0.9), look=(10.0, 6.0))).values
    assert values["ParamEyeROpen"] == pytest.approx(0.1)
    assert values["ParamEyeLOpen"] == pytest.approx(0.9)
    assert values["ParamEyeBallX"] == pytest.approx(0.5, abs=1e-3)
    assert values["ParamEyeBallY"] == pytest.approx(0.5, abs=1e-3)
    assert values["ParamBrowLY"] > 0.3 > -0.3 > values["ParamBrowRY"]
    assert values["ParamMouthOpenY"] == pytest.approx(0.6)
    assert values["ParamMouthForm"] > 0.5


def test_no_fit_is_no_face() -> None:
    face = decode(open_see_face(UNTURNED, fitted=False))
    assert not face.face
    assert face.values == {}


def test_of_two_faces_the_first_one_met_is_followed() -> None:
    decoder = openseeface.Decoder()
    mine, other = (open_see_face(UNTURNED, number=n, eyes=(n / 4, n / 4)) for n in (2, 1))
    for packet, open_eyes in ((mine, 0.5), (other + mine, 0.5), (mine + other, 0.5), (other, 0.25), (mine + other, 0.25)):
        face = decoder.feed(packet, 0.0)
        assert face is not None
        assert face.values["ParamEyeLOpen"] == pytest.approx(open_eyes)


def patched(at: int, data: bytes) -> bytes:
    packet = open_see_face(UNTURNED)
    return packet[:at] + data + packet[at + len(data) :]


@pytest.mark.parametrize("packet", [
    b"", b"x" * 1784, open_see_face(UNTURNED) + b"x", open_see_face(UNTURNED) * 37, open_see_face((0, 0, 0, 0)),
    patched(33, struct.pack("<f", math.nan)), patched(20, struct.pack("<f", math.inf)), patched(0, struct.pack("<d", math.inf)),
    patched(1785 - 8, struct.pack("<f", 1e30)),
])  # fmt: skip
def test_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        openseeface.Decoder().feed(packet, 0.0)


def test_fuzz() -> None:
    good = [open_see_face(UNTURNED), open_see_face(UNTURNED) + open_see_face(UNTURNED, number=1)]
    decoder = openseeface.Decoder()
    for packet in garbled(good, 2000, 4):
        try:
            face = decoder.feed(packet, 0.0)
        except Malformed:
            continue
        assert face is not None
        assert all(math.isfinite(v) for v in face.values.values())
