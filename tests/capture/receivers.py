"""Reference receivers, written from the published byte layouts alone: nothing of Kirie's own encoders or decoders is used."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

import numpy as np

HUMAN_BODY_BONES = {"Hips", "Spine", "Chest", "UpperChest", "Neck", "Head", "LeftEye", "RightEye"}
VRM_PRESETS = {"Neutral", "A", "I", "U", "E", "O", "Blink", "Blink_L", "Blink_R", "Joy", "Angry", "Sorrow", "Fun", "LookUp",
               "LookDown", "LookLeft", "LookRight"}  # fmt: skip
SIDED = (
    "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide", "mouthSmile", "mouthFrown",
    "mouthDimple", "mouthStretch", "mouthPress", "mouthLowerDown", "mouthUpperUp", "browDown", "browOuterUp",
    "cheekSquint", "noseSneer",
)  # fmt: skip
WHOLE = (
    "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "browInnerUp", "cheekPuff", "tongueOut",
)  # fmt: skip
ARKIT = {*WHOLE, *(f"{name}{side}" for name in SIDED for side in ("Left", "Right"))}


def osc_messages(packet: bytes) -> list[tuple[str, str, list[int | float | str]]]:
    """Address, type tags and arguments of each message of an OSC 1.0 packet."""
    if packet[:8] == b"#bundle\0":
        found, at = [], 16
        while at < len(packet):
            (size,) = struct.unpack(">i", packet[at : at + 4])
            assert size > 0 and size % 4 == 0 and at + 4 + size <= len(packet)
            found += osc_messages(packet[at + 4 : at + 4 + size])
            at += 4 + size
        return found
    assert len(packet) % 4 == 0
    address, rest = _osc_string(packet)
    tags, rest = _osc_string(rest)
    assert tags[0] == ","
    arguments: list[int | float | str] = []
    for tag in tags[1:]:
        if tag == "s":
            text, rest = _osc_string(rest)
            arguments.append(text)
        else:
            arguments.append(struct.unpack({"i": ">i", "f": ">f"}[tag], rest[:4])[0])
            rest = rest[4:]
    assert not rest
    return [(address, tags[1:], arguments)]


def _osc_string(data: bytes) -> tuple[str, bytes]:
    end = data.index(b"\0")
    padded = end + 4 - end % 4
    assert data[end:padded] == bytes(padded - end)
    return data[:end].decode(), data[padded:]


@dataclass
class Marionette:
    """What the VMC protocol calls a marionette: it keeps bones as they come, and shapes when they are applied."""

    bones: dict[str, np.ndarray] = field(default_factory=dict)
    shapes: dict[str, float] = field(default_factory=dict)
    tracked: bool = False
    time: float = -1.0
    applied: int = 0
    _pending: dict[str, float] = field(default_factory=dict)

    def take(self, packet: bytes) -> None:
        for address, tags, arguments in osc_messages(packet):
            match address:
                case "/VMC/Ext/OK":
                    assert tags == "iiii" and arguments[:3] == [1, 3, 0]
                    self.tracked = arguments[3] == 1
                case "/VMC/Ext/T":
                    assert tags == "f"
                    self.time = float(arguments[0])
                case "/VMC/Ext/Root/Pos":
                    assert tags == "sfffffff" and arguments[0] == "root"
                case "/VMC/Ext/Bone/Pos":
                    assert tags == "sfffffff" and arguments[0] in HUMAN_BODY_BONES
                    self.bones[str(arguments[0])] = np.array(arguments[4:], np.float64)
                case "/VMC/Ext/Blend/Val":
                    assert tags == "sf" and 0 <= float(arguments[1]) <= 1
                    self._pending[str(arguments[0])] = float(arguments[1])
                case "/VMC/Ext/Blend/Apply":
                    self.shapes, self._pending, self.applied = self._pending, {}, self.applied + 1
                case _:
                    raise AssertionError(f"no performer says {address}")

    def turned(self, *bones: str) -> np.ndarray:
        """The axes (3, 3) of the last of a chain of bones, as columns: Unity's right, up and forward of the avatar."""
        axes = np.eye(3)
        for bone in reversed(bones):                        # a child turns within its parent
            q = self.bones[bone]
            assert abs(np.linalg.norm(q) - 1) < 1e-4
            axes = np.stack([_rotated(q, axis) for axis in axes.T], -1)
        return axes


def _rotated(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    """v turned by a unit quaternion x, y, z, w."""
    twice = 2 * np.cross(q[:3], v)
    return np.asarray(v + q[3] * twice + np.cross(q[:3], twice))


def ifacialmocap(packet: bytes, mark: str) -> tuple[dict[str, int], dict[str, list[float]]]:
    """Shapes 0..100 by name and numbers of head and eyes of one of the phone's frames; mark: "-" in version 1, "&" in 2."""
    shapes: dict[str, int] = {}
    poses: dict[str, list[float]] = {}
    text = packet.decode("ascii")
    assert text.endswith("|")
    for part in text[:-1].split("|"):
        if "#" in part:
            name, _, numbers = part.partition("#")
            poses[name] = [float(x) for x in numbers.split(",")]
        else:
            found = re.fullmatch(rf"([A-Za-z_]+){re.escape(mark)}(-?\d+)", part)
            assert found, part
            shapes[found[1]] = int(found[2])
    return shapes, poses
