"""iFacialMocap's text over UDP or TCP: in from the phone, and out as a phone would. Source: ifacialmocap.com/for-developer.

The head's angles are ARKit's own, in degrees: x > 0 nods down, y > 0 turns to the subject's left, z > 0 leans the crown to the
subject's right. Facemotion3D sends the same with ARKit's full names.
"""

from __future__ import annotations

from collections.abc import Mapping

from capture import arkit
from capture.wire.packet import Decoded, number, numbers, refuse
from rig.params import BY_NAME

PORT = 49983
STREAM_PORT = 49986
"""Where the phone connects to by TCP; implementations agree on it, the page names two."""
REQUEST = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719|sendDataVersion=v2"
STREAM_REQUEST = b"iFacialMocap_UDPTCP_sahuasouryya9218sauhuiayeta91555dy3719|sendDataVersion=v2"
STREAM_END = b"___iFacialMocap"
"""What stands after each frame of a TCP stream."""
LONGEST = 8192
MOST_FIELDS = 160


def is_request(packet: bytes) -> bool:
    """Whether a packet asks a phone to start."""
    return packet.startswith(REQUEST.partition(b"|")[0])


def wanted_version(request: bytes) -> int:
    """The version of the data that a request asks for: 1 or 2."""
    return 2 if b"sendDataVersion=v2" in request else 1


def decode(packet: bytes) -> Decoded:
    """The face of one packet of version 1 (name-12) or 2 (name&12). Raises Malformed."""
    if len(packet) > LONGEST:
        refuse("too long for a face")
    try:
        text = packet.decode("utf-8")
    except UnicodeDecodeError:
        refuse("not UTF-8")
    shapes: dict[str, float] = {}
    head: list[float] | None = None
    face = True
    for field in text.split("|", MOST_FIELDS)[:MOST_FIELDS]:
        name, mark, value = _parted(field.strip())
        if mark == "#":
            head = numbers(value, 3) if name == "=head" else head
        elif name.endswith("trackingStatus"):
            face = _whole(value) != 0
        elif (shape := arkit.canonical(name)) is not None:
            shapes[shape] = min(max(_whole(value) / 100, 0.0), 1.0)
    if head is None and not shapes:
        refuse("neither a head nor a shape")
    return Decoded(_values(shapes, head), face)


def _parted(field: str) -> tuple[str, str, str]:
    """Name, mark and value; names hold no mark, values of version 2 may be negative."""
    for mark in "#&-":
        name, found, value = field.partition(mark)
        if found:
            return name, mark, value
    return field, "", ""


def _whole(text: str) -> float:
    try:
        return number(float(text))
    except ValueError:
        return refuse(f"{text!r:.40} is not a number")


def _values(shapes: Mapping[str, float], head: list[float] | None) -> dict[str, float]:
    values = arkit.to_live2d(shapes)
    if head is not None:
        turn = {"ParamAngleX": head[1], "ParamAngleY": -head[0], "ParamAngleZ": -head[2]}
        values.update({name: BY_NAME[name].clamp(angle) for name, angle in turn.items()})
    return values


def encode(values: Mapping[str, float], face: bool = True, version: int = 2) -> bytes:
    """One packet as the phone sends it."""
    mark = "&" if version == 2 else "-"
    shapes = dict.fromkeys(arkit.SHAPES, 0.0) | arkit.from_live2d(values)
    fields = [f"trackingStatus{mark}{int(face)}"]
    fields += [f"{_spelling(name)}{mark}{round(100 * value)}" for name, value in shapes.items()]
    x, y, z = (values.get(f"ParamAngle{axis}", 0.0) for axis in "XYZ")
    eye = f"{-15 * values.get('ParamEyeBallY', 0.0):.4f},{20 * values.get('ParamEyeBallX', 0.0):.4f},0.0000"
    fields += [f"=head#{-y:.4f},{x:.4f},{-z:.4f},0.0000,0.0000,0.0000", f"rightEye#{eye}", f"leftEye#{eye}"]
    return ("|".join(fields) + "|").encode()


def _spelling(shape: str) -> str:
    """iFacialMocap's name of one of ARKit's shapes: sides are _L and _R, directions stay."""
    for side in ("Left", "Right"):
        if shape.endswith(side) and shape.removesuffix(side) not in ("jaw", "mouth"):
            return f"{shape.removesuffix(side)}_{side[0]}"
    return shape
