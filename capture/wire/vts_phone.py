"""The stream that VTube Studio's phone app sends to other programs, in.

Source: DenchiSoft/VTubeStudioBlendshapeUDPReceiverTest for the payload. It does not say which way the angles run: as several
receivers have it, x > 0 turns to the subject's left, y > 0 nods down, z > 0 leans the crown to the subject's right.
"""

from __future__ import annotations

import json
from typing import Any

from capture import arkit
from capture.wire.packet import Decoded, number, refuse
from rig.params import BY_NAME

PORT = 21412
LONGEST = 16384
ASKED_FOR = 5.0
"""s for which one request keeps the phone sending; it allows 0.5 to 10."""
MOST_SHAPES = 128


def request(port: int) -> bytes:
    """What to send to the phone, every second, to be sent faces on `port`."""
    return json.dumps({"messageType": "iOSTrackingDataRequest", "time": ASKED_FOR, "sentBy": "Kirie", "ports": [port]}).encode()


def decode(packet: bytes) -> Decoded:
    """The face of one packet. Raises Malformed."""
    if len(packet) > LONGEST:
        refuse("too long for a face")
    try:
        data = json.loads(packet)
    except (ValueError, RecursionError):
        refuse("not JSON")
    if not isinstance(data, dict) or not isinstance(data.get("FaceFound"), bool):
        refuse("no face is spoken of")
    stamp = data["Timestamp"] % 10**9 / 1000 if isinstance(data.get("Timestamp"), int) else None
    if not data["FaceFound"]:
        return Decoded({}, False, stamp)
    values = arkit.to_live2d(_shapes(data.get("BlendShapes")))
    turn = _turn(data.get("Rotation"))
    values.update({name: BY_NAME[name].clamp(angle) for name, angle in turn.items()})
    return Decoded(values, True, stamp)


def _shapes(rows: Any) -> dict[str, float]:
    if not isinstance(rows, list) or len(rows) > MOST_SHAPES:
        refuse("no list of blend shapes")
    shapes: dict[str, float] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("k"), str):
            refuse("a blend shape without a name")
        shape = arkit.canonical(row["k"])
        if shape is not None:
            shapes[shape] = min(max(number(row.get("v")), 0.0), 1.0)
    return shapes


def _turn(rotation: Any) -> dict[str, float]:
    if not isinstance(rotation, dict):
        refuse("no rotation")
    x, y, z = (number(rotation.get(axis)) for axis in "xyz")
    return {"ParamAngleX": x, "ParamAngleY": -y, "ParamAngleZ": -z}
