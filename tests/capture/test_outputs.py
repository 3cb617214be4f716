"""Driving others: what a receiver gets over real sockets, and a VTube Studio that asks, refuses, forgets and comes back."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capture.network import listen
from capture.outputs import PhoneOutput, PluginOutput, VmcOutput
from capture.wire import ifacialmocap
from rig.params import ParameterFrame
from tests.capture.wires import FRESH, wait_for

sync = pytest.importorskip("websockets.sync.server")

FACE = {"ParamAngleX": 12.0, "ParamAngleY": -6.0, "ParamAngleZ": 3.0, "ParamEyeLOpen": 1.0, "ParamEyeROpen": 0.0,
        "ParamEyeBallX": 0.5, "ParamEyeBallY": 0.25, "ParamMouthOpenY": 0.7, "ParamMouthForm": 0.0, "ParamBrowLY": 0.5,
        "ParamBrowRY": -0.5}  # fmt: skip


def frame(values: dict[str, float] | None = None, face: bool = True) -> ParameterFrame:
    return ParameterFrame(time.monotonic(), FACE if values is None else values, face)


@pytest.mark.parametrize("kind", ["vmc", "ifacialmocap"])
def test_what_kirie_sends_kirie_understands(kind: str) -> None:
    source = listen(kind, port=0)
    source.open()
    output = VmcOutput(port=source.address[1]) if kind == "vmc" else PhoneOutput(to=source.address)
    output.open()
    try:
        output.send(frame())
        wait_for(lambda: source.stats.frames)
        seen = source.latest(FRESH)
        assert seen.face
        for name in ("ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamEyeLOpen", "ParamEyeROpen", "ParamMouthOpenY"):
            assert seen.values[name] == pytest.approx(FACE[name], abs=0.02), name
        output.send(frame(face=False))
        wait_for(lambda: not source.latest(time.monotonic()).face)
    finally:
        output.close()
        output.close()
        source.close()


def test_as_a_phone_kirie_waits_to_be_asked() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
        program.bind(("127.0.0.1", 0))
        program.settimeout(5)
        output = PhoneOutput(to=None, port=0, answer_port=program.getsockname()[1])
        output.open()
        try:
            output.send(frame())  # to nobody
            assert "waiting for a program" in output.problem
            assert output.address is not None
            program.sendto(b"who is there", output.address)
            program.sendto(ifacialmocap.REQUEST.partition(b"|")[0], output.address)
            wait_for(lambda: output.problem == "")
            output.send(frame())
            packet, _ = program.recvfrom(9000)
            assert b"eyeBlink_R-100|" in packet  # it asked for version 1
        finally:
            output.close()


class Studio:
    """A VTube Studio as its API's page describes it."""

    def __init__(self) -> None:
        self.tokens = {"good"}
        self.allows = True
        self.injected: list[dict[str, Any]] = []
        self.asked = 0
        self.error: str | None = None
        self.server = sync.serve(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self.server.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.sessions: list[Any] = []

    def _serve(self, ws: Any) -> None:
        self.sessions.append(ws)
        known = False
        for text in ws:
            message = json.loads(text)
            assert message["apiName"] == "VTubeStudioPublicAPI"
            assert message["apiVersion"] == "1.0"
            data = message["data"]
            kind = message["messageType"].replace("Request", "Response")
            answer: dict[str, Any] = {}
            if message["messageType"] == "AuthenticationTokenRequest":
                self.asked += 1
                assert 3 <= len(data["pluginName"]) <= 32
                kind, answer = (kind, {"authenticationToken": "good"}) if self.allows else (
                    "APIError", {"errorID": 50, "message": "User has denied."})  # fmt: skip
            elif message["messageType"] == "AuthenticationRequest":
                known = data["authenticationToken"] in self.tokens
                answer = {"authenticated": known}
            else:
                assert known
                assert message["messageType"] == "InjectParameterDataRequest"
                self.injected.append(data)
                if self.error:
                    kind, answer = "APIError", {"errorID": 453, "message": self.error}
            ws.send(json.dumps({"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "messageType": kind, "data": answer}))

    def close(self) -> None:
        self.server.shutdown()


@pytest.fixture
def studio() -> Iterator[Studio]:
    made = Studio()
    yield made
    made.close()


@pytest.fixture
def plugin(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PluginOutput]:
    monkeypatch.setattr(PluginOutput, "AGAIN", 0.05)
    made = PluginOutput(tmp_path / "token", studio.url)
    yield made
    made.close()


def test_vtube_studio_is_asked_once_and_driven(studio: Studio, plugin: PluginOutput, tmp_path: Path) -> None:
    plugin.open()
    plugin.send(frame())
    wait_for(lambda: studio.injected)
    data = studio.injected[-1]
    assert data["mode"] == "set"
    assert data["faceFound"] is True
    inputs = {row["id"]: row["value"] for row in data["parameterValues"]}
    assert inputs == pytest.approx({
        "FaceAngleX": 12, "FaceAngleY": -6, "FaceAngleZ": 3, "EyeOpenLeft": 1, "EyeOpenRight": 0, "EyeLeftX": -0.5,
        "EyeRightX": -0.5, "EyeLeftY": 0.25, "EyeRightY": 0.25, "MouthOpen": 0.7, "MouthSmile": 0.5, "BrowLeftY": 0.75,
        "BrowRightY": 0.25, "Brows": 0.5})  # fmt: skip
    assert (tmp_path / "token").read_text() == "good"
    wait_for(lambda: plugin.problem == "")
    plugin.close()
    plugin.open()  # the next session
    plugin.send(frame())
    count = len(studio.injected)
    wait_for(lambda: len(studio.injected) > count)
    assert studio.asked == 1


def test_a_still_face_is_sent_again_before_a_second_is_over(studio: Studio, plugin: PluginOutput) -> None:
    assert plugin.AT_LEAST < 1
    plugin.open()
    plugin.send(frame())
    wait_for(lambda: len(studio.injected) >= 2)


def test_a_refusal_ends_the_asking(studio: Studio, plugin: PluginOutput) -> None:
    studio.allows = False
    plugin.open()
    wait_for(lambda: "did not let Kirie in" in plugin.problem)
    time.sleep(0.2)
    assert studio.asked == 1


def test_a_token_that_was_revoked_is_asked_for_anew(studio: Studio, plugin: PluginOutput, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("stale")
    plugin.open()
    plugin.send(frame())
    wait_for(lambda: studio.injected)
    assert (tmp_path / "token").read_text() == "good"
    assert studio.asked == 1


def test_errors_are_told(studio: Studio, plugin: PluginOutput) -> None:
    studio.error = "Another plugin owns FaceAngleX."
    plugin.open()
    plugin.send(frame())
    wait_for(lambda: "Another plugin owns" in plugin.problem)


def test_it_waits_for_vtube_studio_and_comes_back(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PluginOutput, "AGAIN", 0.05)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens here
        absent = PluginOutput(tmp_path / "token", f"ws://127.0.0.1:{taken.getsockname()[1]}")
        absent.open()
        wait_for(lambda: "does not answer" in absent.problem)
        absent.close()
    plugin = PluginOutput(tmp_path / "token", studio.url)
    plugin.open()
    plugin.send(frame())
    wait_for(lambda: studio.injected)
    studio.sessions[-1].close()
    count = len(studio.injected)
    wait_for(lambda: len(studio.injected) > count)
    plugin.close()
