"""Real sockets on loopback: what is sent arrives as a face, the rest is counted; floods, silence, late packets, taken ports."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from capture.network import Network, listen
from capture.wire import ifacialmocap, udp, vts_phone
from kirie.errors import CaptureError
from tests.capture.test_wire_openseeface import UNTURNED
from tests.capture.test_wire_phones import VERSION_2, phone
from tests.capture.wires import FRESH, bundle, open_see_face, osc, wait_for


@pytest.fixture
def out() -> Iterator[socket.socket]:
    """The socket of a sender."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


@pytest.fixture
def vmc() -> Iterator[Network]:
    """A VMC source on a free port."""
    source = listen("vmc", port=0)
    source.open()
    yield source
    source.close()


def smile(value: float) -> bytes:
    return bundle(osc("/VMC/Ext/Blend/Val", "Joy", value), osc("/VMC/Ext/Blend/Apply"))


def test_a_face_arrives(vmc: Network, out: socket.socket) -> None:
    assert "waiting for VMC on 127.0.0.1" in vmc.problem
    assert not vmc.at(time.monotonic()).face
    out.sendto(smile(0.5), vmc.address)
    wait_for(lambda: vmc.stats.frames)
    frame = vmc.latest(FRESH)
    assert frame.face
    assert frame.values["ParamMouthForm"] == pytest.approx(0.5)
    assert frame.values["ParamBodyAngleX"] == 0  # a body comes along
    assert vmc.problem == ""


def test_garbage_is_counted_and_does_no_harm(vmc: Network, out: socket.socket) -> None:
    for packet in (b"", b"\xff" * 100, b"#bundle\0" + bytes(8) + b"\xff\xff\xff\xfc", b"/VMC/Ext/Bone/Pos\0\0\0,f\0\0\0\0\0\0"):
        out.sendto(packet, vmc.address)
    wait_for(lambda: vmc.stats.malformed == 4)
    assert "4 packets were not VMC's" in vmc.problem
    out.sendto(smile(1.0), vmc.address)
    wait_for(lambda: vmc.stats.frames == 1)
    assert vmc.stats.received == 5


def test_silence_is_no_face(vmc: Network, out: socket.socket) -> None:
    out.sendto(smile(1.0), vmc.address)
    wait_for(lambda: vmc.stats.frames)
    now = time.monotonic()
    assert vmc.latest(now + 0.6).face is False
    assert vmc.at(now + 0.6).face is False


def test_late_packets_are_dropped_and_a_new_start_is_not(out: socket.socket) -> None:
    source = listen("openseeface", port=0)
    source.open()
    try:
        for stamp in (50.0, 50.1, 50.05, 50.1, 50.2, 3.0, 3.1):
            out.sendto(open_see_face(UNTURNED, time=stamp), source.address)
            time.sleep(0.005)
        wait_for(lambda: source.stats.frames == 5)
        assert source.stats.late == 2
    finally:
        source.close()


def test_a_flood_is_bounded() -> None:
    taken: list[bytes] = []
    receiver = udp.Receiver(lambda packet, *_: taken.append(packet), "127.0.0.1", 0, rate=100.0)
    start = time.monotonic()
    receiver.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        for _ in range(3000):
            flood.sendto(b"x" * 100, receiver.address)
    wait_for(lambda: receiver.flooded > 0)
    receiver.close()
    assert len(taken) <= 25 + 100 * (time.monotonic() - start) + 1


def test_a_flood_is_told_and_forgotten(out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.network.GONE", 0.4)
    source = listen("openseeface", port=0)
    source.open()
    try:
        out.sendto(open_see_face(UNTURNED, time=1.0), source.address)
        wait_for(lambda: source.stats.frames)

        def flood() -> bool:
            for _ in range(300):
                out.sendto(b"x", source.address)
            return "is flooded" in source.problem or "nothing comes" in source.problem

        wait_for(flood)
        assert source.stats.flooded
        wait_for(lambda: "nothing comes" in source.problem)
        out.sendto(open_see_face(UNTURNED, time=99.0), source.address)
        wait_for(lambda: source.problem == "")
    finally:
        source.close()


def test_garbage_in_a_faces_place_is_named(vmc: Network, out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.network.GONE", 0.1)
    out.sendto(smile(1.0), vmc.address)
    wait_for(lambda: vmc.stats.frames)
    out.sendto(b"\xff" * 40, vmc.address)
    wait_for(lambda: "nothing comes" in vmc.problem and "1 packets were not VMC's" in vmc.problem)


def test_only_the_phone_that_was_asked_is_heard(out: socket.socket) -> None:
    source = listen("ifacialmocap", host="127.0.0.1", port=0, phone=f"127.0.0.1:{out.getsockname()[1]}")
    source.open()
    try:
        request, asker = out.recvfrom(2000)
        assert request == ifacialmocap.REQUEST
        assert asker == source.address
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.2", 0))
            stranger.sendto(VERSION_2.replace(b"jawOpen&35", b"jawOpen&70"), source.address)
        out.sendto(VERSION_2, source.address)
        wait_for(lambda: source.stats.frames)
        assert source.latest(FRESH).values["ParamMouthOpenY"] == pytest.approx(0.5)
        assert source.stats.received == 1
    except OSError:
        pytest.skip("this system has one loopback address only")
    finally:
        source.close()


def test_vtube_studios_phone_is_asked_again_and_again(out: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp.Receiver, "GREETING", 0.02)
    source = listen("vtubestudio", port=0, phone=f"127.0.0.1:{out.getsockname()[1]}")
    source.open()
    try:
        for _ in range(2):
            request, asker = out.recvfrom(2000)
            assert request == vts_phone.request(asker[1])
        out.sendto(phone(), asker)
        wait_for(lambda: source.stats.frames)
        assert source.latest(FRESH).values["ParamAngleX"] == pytest.approx(20.25)
    finally:
        source.close()


def test_what_cannot_be_is_said(vmc: Network) -> None:
    with pytest.raises(CaptureError, match="taken by another program"):
        listen("vmc", port=vmc.address[1]).open()
    with pytest.raises(CaptureError, match="no address of this computer"):
        listen("vmc", host="203.0.113.7").open()
    with pytest.raises(CaptureError, match="no protocol"):
        listen("carrier pigeon")
    with pytest.raises(CaptureError, match="when it is asked"):
        listen("vtubestudio")
    for bad in ("127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:99999"):
        with pytest.raises(CaptureError, match="no address"):
            listen("ifacialmocap", phone=bad)
    with pytest.raises(CaptureError, match="no computer or phone"):
        listen("ifacialmocap", phone="no.such.phone.invalid")


def test_listeners_are_on_loopback_unless_told() -> None:
    for kind in ("vmc", "openseeface", "ifacialmocap"):
        assert listen(kind).address[0] == "127.0.0.1"
    assert listen("vmc", host="0.0.0.0").address[0] == "0.0.0.0"


def test_close_frees_the_port_and_may_be_said_twice() -> None:
    source = listen("vmc", port=0)
    source.open()
    port = source.address[1]
    source.close()
    source.close()
    again = listen("vmc", port=port)
    again.open()
    again.close()
