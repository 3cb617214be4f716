"""VTube Studio's plugin API: what Kirie says over its WebSocket to drive the model that is loaded there.

Source: DenchiSoft/VTubeStudio, README. All messages are JSON in one envelope.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from capture.wire.packet import Malformed, refuse

PORT = 8001
URL = f"ws://127.0.0.1:{PORT}"
PLUGIN = {"pluginName": "Kirie", "pluginDeveloper": "Kirie"}
DENIED = 50
"""APIError when the user refuses the plugin."""
LONGEST = 1 << 20
LONGEST_TOKEN = 64


class Input(NamedTuple):
    """An input of VTube Studio as `offset + scale x parameter`; several lines of one name add up."""

    name: str
    parameter: str
    scale: float
    offset: float = 0.0


INPUTS: tuple[Input, ...] = (
    Input("FaceAngleX", "ParamAngleX", 1), Input("FaceAngleY", "ParamAngleY", 1), Input("FaceAngleZ", "ParamAngleZ", 1),
    Input("EyeOpenLeft", "ParamEyeLOpen", 1), Input("EyeOpenRight", "ParamEyeROpen", 1),
    Input("EyeLeftX", "ParamEyeBallX", -1), Input("EyeRightX", "ParamEyeBallX", -1),
    Input("EyeLeftY", "ParamEyeBallY", 1), Input("EyeRightY", "ParamEyeBallY", 1),
    Input("MouthOpen", "ParamMouthOpenY", 1), Input("MouthSmile", "ParamMouthForm", 0.5, 0.5),
    Input("BrowLeftY", "ParamBrowLY", 0.5, 0.5), Input("BrowRightY", "ParamBrowRY", 0.5, 0.5),
    Input("Brows", "ParamBrowLY", 0.25, 0.5), Input("Brows", "ParamBrowRY", 0.25),
)  # fmt: skip
"""What is injected; models map these as the automatic set-up of VTube Studio does, which turns the eyes' X around."""


def envelope(kind: str, data: Mapping[str, Any], request: str = "kirie") -> str:
    """A message of one kind."""
    return json.dumps({"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "requestID": request, "messageType": kind,
                       "data": data})  # fmt: skip


def ask_for_token() -> str:
    """The message that makes VTube Studio ask its user whether Kirie may."""
    return envelope("AuthenticationTokenRequest", PLUGIN)


def authenticate(token: str) -> str:
    """The message that begins a session."""
    return envelope("AuthenticationRequest", {**PLUGIN, "authenticationToken": token})


def inject(values: Mapping[str, float], face: bool) -> str:
    """The message that sets inputs from Live2D's parameters; only inputs whose parameters are there."""
    inputs: dict[str, float] = {}
    for name, parameter, scale, offset in INPUTS:
        if parameter in values:
            inputs[name] = inputs.get(name, 0.0) + offset + scale * values[parameter]
    rows = [{"id": name, "value": round(value, 4)} for name, value in inputs.items()]
    return envelope("InjectParameterDataRequest", {"faceFound": face, "mode": "set", "parameterValues": rows})


def parse(text: str | bytes) -> tuple[str, dict[str, Any]]:
    """Kind and data of an answer. Raises Malformed."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(message, dict) or not isinstance(message.get("messageType"), str):
        refuse("no message")
    data = message.get("data")
    return message["messageType"], data if isinstance(data, dict) else {}


def token_of(data: Mapping[str, Any]) -> str:
    """The token in an AuthenticationTokenResponse. Raises Malformed."""
    token = data.get("authenticationToken")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        refuse("no token")
    return token
