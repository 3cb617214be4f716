"""Virtual Motion Capture protocol, over OSC: both ways. Source: protocol.vmc.info.

Bones are Unity's, local and left-handed; the head's turn is the neck's and the head's together, the body's that of the spine's
bones. Faces come as VRM expressions, or as ARKit's names ("perfect sync"), which win where a sender gives both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capture import arkit
from capture.wire import osc
from capture.wire.packet import Decoded, number, refuse
from capture.wire.rotation import STILL, Angles, Quaternion, multiply, unity_angles, unity_quaternion
from rig.params import BY_NAME

PORT_IN, PORT_OUT = 39540, 39539
SPINE, HEAD = ("Spine", "Chest", "UpperChest"), ("Neck", "Head")
EYES = ("LeftEye", "RightEye")
BONES = frozenset((*SPINE, *HEAD, *EYES))
EYE_TURN = (20.0, 15.0)
"""Degrees of an avatar's eye bone at ParamEyeBallX and Y 1."""
NECK_SHARE = 0.4
"""How much of the head's turn goes out by the neck."""
UNAPPLIED = 0.1
"""s after which shapes count although the sender never says Apply, and bones although no face comes along."""


class Decoder:
    """The state that a VMC sender builds up, packet by packet."""

    def __init__(self) -> None:
        self._bones: dict[str, Quaternion] = {}
        self._pending: dict[str, float] = {}
        self._shapes: dict[str, float] = {}
        self._seen = True
        self._applied = 0.0

    def feed(self, packet: bytes, now: float) -> Decoded | None:
        """Take in a packet at `now` s; a face where the packet completes one. Raises Malformed."""
        complete = relevant = False
        for address, arguments in osc.decode(packet):
            if address == "/VMC/Ext/Blend/Apply":
                complete = True
                self._shapes.update(self._pending)
            elif address.startswith("/VMC/Ext/Blend/Val"):
                relevant |= self._shape(address, arguments)
            elif address == "/VMC/Ext/Bone/Pos":
                relevant |= self._bone(arguments)
            elif address == "/VMC/Ext/OK" and len(arguments) >= 4:
                self._seen = arguments[3] != 0
        if not complete and not (relevant and now - self._applied > UNAPPLIED):
            return None
        self._applied = now
        self._shapes.update(self._pending)
        self._pending.clear()
        return Decoded(self._values(), self._seen)

    def _shape(self, address: str, arguments: tuple[osc.Argument, ...]) -> bool:
        name = address[len("/VMC/Ext/Blend/Val/") :]  # some senders write the name into the address
        if not name:
            if len(arguments) < 2 or not isinstance(arguments[0], str):
                refuse("a blend shape without name or value")
            name, arguments = arguments[0], arguments[1:]
        shape = arkit.canonical(name)
        if shape is None or not arguments:
            return False
        self._pending[shape] = min(max(number(arguments[0]), 0.0), 1.0)
        return True

    def _bone(self, arguments: tuple[osc.Argument, ...]) -> bool:
        if len(arguments) < 8 or not isinstance(arguments[0], str):
            refuse("a bone without name or pose")
        if arguments[0] not in BONES:
            return False
        x, y, z, w = (number(a) for a in arguments[4:8])
        if x * x + y * y + z * z + w * w < 1e-6:
            refuse("a bone's quaternion has no length")
        self._bones[arguments[0]] = (x, y, z, w)
        return True

    def _values(self) -> dict[str, float]:
        faces = {s: v for s, v in self._shapes.items() if arkit.is_arkit(s)}
        values = arkit.to_live2d(self._shapes, arkit.VRM)
        if any(faces.values()):
            values.update(arkit.to_live2d(faces))
        values.update(self._gaze() if not any(s.startswith("eyeLook") for s in faces) else {})
        values.update(self._turn("ParamAngle", HEAD))
        values.update(self._turn("ParamBodyAngle", SPINE))
        return {name: BY_NAME[name].clamp(value) for name, value in values.items()}

    def _turn(self, prefix: str, bones: tuple[str, ...]) -> dict[str, float]:
        if not any(bone in self._bones for bone in bones):
            return {}
        turn = STILL
        for bone in bones:
            turn = multiply(turn, self._bones.get(bone, STILL))
        return {prefix + axis: angle for axis, angle in zip("XYZ", unity_angles(turn), strict=True)}

    def _gaze(self) -> dict[str, float]:
        eyes = [unity_angles(self._bones[eye]) for eye in EYES if eye in self._bones]
        if not any(abs(a) > 1e-3 for eye in eyes for a in eye):  # many senders always send unmoved eyes
            return {}
        x, y = (sum(eye[axis] for eye in eyes) / len(eyes) / EYE_TURN[axis] for axis in (0, 1))
        return {"ParamEyeBallX": x, "ParamEyeBallY": y}


def encode(values: Mapping[str, float], face: bool, time: float, perfect_sync: bool = False) -> Iterator[bytes]:
    """The datagrams of one frame: parameters at `time` s, as bundles.

    perfect_sync: ARKit's 52 shapes instead of VRM's vowels and lids.
    """
    yield from osc.bundles(_messages(values, face, time, perfect_sync))


def _messages(values: Mapping[str, float], face: bool, time: float, perfect_sync: bool) -> Iterator[bytes]:
    yield osc.encode("/VMC/Ext/OK", 1, 3, 0, int(face))
    yield osc.encode("/VMC/Ext/T", float(time))
    yield osc.encode("/VMC/Ext/Root/Pos", "root", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    head, body = _angles(values, "ParamAngle"), _angles(values, "ParamBodyAngle")
    neck = unity_quaternion((NECK_SHARE * head[0], NECK_SHARE * head[1], NECK_SHARE * head[2]))
    yield _bone("Spine", unity_quaternion(body))
    yield _bone("Neck", neck)
    x, y, z, w = neck
    yield _bone("Head", multiply((-x, -y, -z, w), unity_quaternion(head)))  # what the neck leaves of the head's turn
    gaze = (EYE_TURN[0] * values.get("ParamEyeBallX", 0.0), EYE_TURN[1] * values.get("ParamEyeBallY", 0.0), 0.0)
    for eye in EYES:
        yield _bone(eye, unity_quaternion(gaze))
    if perfect_sync:
        shapes = dict.fromkeys(arkit.SHAPES, 0.0) | arkit.from_live2d(values)
    else:
        shapes = arkit.from_live2d(values, arkit.VRM) | arkit.vowels(values)
    for name, value in shapes.items():
        yield osc.encode("/VMC/Ext/Blend/Val", name, float(value))
    yield osc.encode("/VMC/Ext/Blend/Apply")


def _angles(values: Mapping[str, float], prefix: str) -> Angles:
    return values.get(prefix + "X", 0.0), values.get(prefix + "Y", 0.0), values.get(prefix + "Z", 0.0)


def _bone(name: str, turn: Quaternion) -> bytes:
    return osc.encode("/VMC/Ext/Bone/Pos", name, 0.0, 0.0, 0.0, *turn)
