"""Sources and outputs by their names on the command line: what a name means, and what goes in and out by real sockets."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

from capture import Microphone, Mixed, Playback, Spoken
from capture.outputs import PhoneOutput, PluginOutput, VmcOutput
from capture.webcam import Choice
from capture.wire import vmc
from kirie.commands import wiring
from kirie.commands.wiring import SINKS, SOURCES, Place, Webcam, Wire, network, opened, output, performing, sending
from kirie.errors import CaptureError
from kirie.player import Player, Replay
from kirie.streams import Announcer, dropped, stream_state
from render.stage import Stage
from rig import load
from rig.params import ParameterFrame
from tests.capture.wires import bundle, osc, wait_for
from tests.kirie.conftest import Answer, start
from tests.kirie.test_play_command import PaperWindow

Say = Callable[..., Answer]


@pytest.fixture
def wire() -> Iterator[socket.socket]:
    """A socket that sends and receives."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(20)
        yield made


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_name_has_host_and_port_or_not() -> None:
    read = Wire(SOURCES)
    for text, place in {
        "vmc": Place("vmc"), "vmc:39539": Place("vmc", None, 39539), "vmc:0.0.0.0": Place("vmc", "0.0.0.0"),
        "vmc:0.0.0.0:1234": Place("vmc", "0.0.0.0", 1234), "vts:192.168.1.20": Place("vts", "192.168.1.20"),
        "ifacialmocap:phone.local:49000": Place("ifacialmocap", "phone.local", 49000),
        "microphone": Place("microphone"), "microphone:USB: stereo": Place("microphone", "USB: stereo"),
    }.items():  # fmt: skip
        assert read.convert(text, None, None) == place, text
    for text in ("vcm", "", "vmc:1:2:99999", "vmc:host:port", "vmc:127.0.0.1:70000"):
        with pytest.raises(click.BadParameter):
            read.convert(text, None, None)


def test_a_camera_has_a_number_and_perhaps_a_size_and_a_rate() -> None:
    read = Webcam()
    for text, choice in {"0": Choice(), "2:1280x720": Choice(2, (1280, 720)), "1:640x360@60": Choice(1, (640, 360), 60.0),
                         "/dev/video2": Choice("/dev/video2")}.items():  # fmt: skip
        assert read.convert(text, None, None) == choice, text
    for text in ("first", "100", "1:", "1:5x5", "0@60", "girl.puppet"):
        with pytest.raises(click.BadParameter, match="no camera"):
            read.convert(text, None, None)


def test_sources_listen_on_loopback_unless_told_and_phones_are_asked() -> None:
    def address(*place: Any) -> Any:
        return network(Place(*place)).address                               # type: ignore[attr-defined]

    assert address("vmc") == ("127.0.0.1", 39540) and address("openseeface") == ("127.0.0.1", 11573)
    assert address("vmc", "0.0.0.0", 5) == ("0.0.0.0", 5)
    assert address("ifacialmocap") == ("127.0.0.1", 49983) and address("ifacialmocap", "0.0.0.0")[0] == "0.0.0.0"
    assert address("ifacialmocap", "127.0.0.1", 5) == ("127.0.0.1", 49983)  # the phone's port, not ours
    assert address("ifacialmocap-tcp", "127.0.0.1") == ("127.0.0.1", 49986)
    assert address("vts", "127.0.0.1") == ("127.0.0.1", 21412)
    for kind in ("vts", "ifacialmocap-tcp"):
        with pytest.raises(CaptureError, match="when it is asked") as error:
            network(Place(kind))
        assert f"--source {kind}:192" in error.value.hint


def test_outputs_by_their_names(own_memory: Path) -> None:
    kinds = {"vmc": VmcOutput, "vmc-arkit": VmcOutput, "ifacialmocap": PhoneOutput, "vts": PluginOutput}
    assert set(kinds) == set(SINKS)
    for kind, made in kinds.items():
        assert isinstance(output(Place(kind)), made)
    asked = output(Place("ifacialmocap", "0.0.0.0"))
    assert isinstance(asked, PhoneOutput) and asked.address == ("0.0.0.0", 49983)


def test_what_does_not_go_together_is_said(tmp_path: Path) -> None:
    take, clip, line = (tmp_path / name for name in ("a.take", "me.mp4", "line.wav"))
    camera, mic = Choice(), Place("microphone")
    wrong = ((None, camera, mic, False), (take, None, None, True), (take, camera, None, False), (clip, camera, None, False),
             (line, None, None, True), (None, None, mic, True))  # fmt: skip
    for given in wrong:
        with pytest.raises(click.UsageError), performing(*given):
            pass


class Ear:
    """A microphone that is opened and closed."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


def test_who_performs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.io import wavfile

    from capture import write_take

    devices: list[Any] = []

    def opens(device: Any, *_: Any) -> Ear:
        devices.append(device)
        return Ear()

    monkeypatch.setattr(Microphone.__init__, "__defaults__", (None, opens, lambda: None))
    write_take(tmp_path / "a.take", [ParameterFrame(0.0, {})])
    with performing(tmp_path / "a.take", None, None, False) as performer:
        assert isinstance(performer.source, Replay) and not performer.speaks and not performer.live
    with performing(None, None, Place("microphone", "3"), False) as performer:
        assert isinstance(performer.source, Microphone) and performer.speaks and not performer.live and devices == [3]
    port = free_port()
    with performing(None, None, Place("vmc", None, port), True) as performer:
        assert isinstance(performer.source, Mixed) and performer.live and not performer.speaks and devices == [3, None]
    wavfile.write(tmp_path / "line.wav", 16000, np.zeros(8000, np.int16))
    with performing(tmp_path / "line.wav", None, None, False) as performer:
        assert isinstance(performer.source, Spoken) and performer.speaks
    with performing(None, None, None, False) as performer:
        assert performer.source is None


def head(yaw: float) -> bytes:
    """A VMC frame whose head turns by degrees."""
    turn = math.radians(yaw) / 2
    return bundle(osc("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, 0.0, math.sin(turn), 0.0, math.cos(turn)),
                  osc("/VMC/Ext/Blend/Apply"))  # fmt: skip


def test_a_puppet_follows_one_program_and_drives_another(puppet: Path, wire: socket.socket, tmp_path: Path,
                                                         capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    girl, told = load(puppet), list[str]()
    window: Any = PaperWindow(girl)
    port = free_port()
    with opened(network(Place("vmc", None, port))) as source, sending([Place("vmc", None, wire.getsockname()[1])]) as outputs:
        assert source is not None
        player = Player(girl, puppet, Stage(girl), window, lambda old, border: old, source, tmp_path, tell=told.append)
        player.outputs = outputs
        player.frame(time.monotonic())
        assert "waiting for VMC" in told[0] and player.state()["source"]["problem"] == source.problem
        wire.sendto(b"garbage", ("127.0.0.1", port))

        def turned() -> bool:
            wire.sendto(head(-20.0), ("127.0.0.1", port))
            player.frame(time.monotonic())
            return player.moment is not None and abs(player.moment.values["ParamAngleX"]) > 19.9

        wait_for(turned, 20)
        assert player.moment is not None
        state = player.state()
        assert state["source"]["frames"] > 1 and state["source"]["malformed"] == 1 and state["outputs"] == [{"name": "VMC"}]
        assert told[1:] == ["note: the face is followed again"]
        said = player.moment.values["ParamAngleX"]
        heard = vmc.Decoder()
        wait_for(lambda: (face := heard.feed(wire.recv(9000), time.monotonic())) is not None
                 and abs(face.values.get("ParamAngleX", 0.0) - said) < 0.5)  # fmt: skip
        assert dropped(source) == f"VMC: of {source.stats.received} packets 1 malformed, left out"
    assert "packets 1 malformed, left out" in capsys.readouterr().err


def test_a_voice_alone_leaves_the_pointer_to_the_head(puppet: Path, tmp_path: Path) -> None:
    girl = load(puppet)
    window: Any = PaperWindow(girl)
    window.pointer = (girl.surface.centre[0] + 500, girl.surface.centre[1])
    voice = Playback([ParameterFrame(0.0, {"ParamMouthOpenY": 0.7})], "microphone")
    player = Player(girl, puppet, Stage(girl, beneath=True), window, lambda old, border: old, voice, tmp_path)
    for i in range(60):
        player.frame(i / 30)
    assert player.moment is not None
    assert player.moment.values["ParamMouthOpenY"] == 0.7 and player.moment.values["ParamAngleX"] > 8


def test_the_camera_shows_what_the_window_shows(puppet: Path, tmp_path: Path) -> None:
    girl = load(puppet)
    window: Any = PaperWindow(girl)
    window.ground = (1, 2, 3)
    player = Player(girl, puppet, Stage(girl), window, lambda old, border: old, None, tmp_path)

    class Camera:
        name, problem, shown = "virtual camera", "", list[Any]()

        def show(self, *given: Any) -> None:
            self.shown.append(given)

    camera: Any = Camera()
    player.camera = camera
    player.frame(0.0)
    assert player.moment is not None and camera.shown == [(player.moment.draw_list, window.framing, (1, 2, 3))]


def test_a_virtual_camera_that_is_missing_is_named(puppet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from kirie.errors import RenderError

    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(RenderError, match="pyvirtualcam"), wiring.filming(load(puppet)):
        pass


def test_problems_are_told_once() -> None:
    class Thing:
        name, problem = "VTube Studio", ""

    told, thing = list[str](), Thing()
    announcer = Announcer(told.append)
    for problem in ("", "it asks", "it asks", "", ""):
        thing.problem = problem
        announcer.look(thing, "it hears her")
    assert told == ["note: it asks", "note: it hears her"]
    assert stream_state(None) == {} and dropped(None) == ""


def test_a_page_is_driven_by_another_program(puppet: Path, wire: socket.socket, say: Say) -> None:
    """`kirie serve --source vmc --send vmc` in a process of its own: packets in, values on the page's socket, packets out."""
    client = pytest.importorskip("websockets.sync.client")
    port = free_port()
    process = start("serve", puppet, "--port", "0", "--source", f"vmc:{port}", "--send", f"vmc:{wire.getsockname()[1]}")
    try:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        with client.connect(address.replace("http://", "ws://").replace("/?", "/values?"), open_timeout=20) as page:
            page.recv(20)

            def turned() -> bool:
                wire.sendto(b"garbage", ("127.0.0.1", port))
                wire.sendto(head(-25.0), ("127.0.0.1", port))
                return abs(json.loads(page.recv(20)).get("values", {}).get("ParamAngleX", 0.0)) > 24

            wait_for(turned, 40)
        state = json.loads(say("send", "state").out)
        assert state["source"]["malformed"] >= 1 and state["source"]["name"] == "VMC" and state["outputs"] == [{"name": "VMC"}]
        assert vmc.Decoder().feed(wire.recv(9000), 1.0) is not None
        process.send_signal(signal.SIGTERM if os.name == "posix" else signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert b"malformed" in errors and b"Traceback" not in errors
    finally:
        process.kill()
        process.wait(20)
