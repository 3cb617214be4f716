"""iFacialMocap over TCP with real sockets: the phone is asked by UDP, connects, sends in any pieces, and comes back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from capture.network import Network, listen
from capture.wire import ifacialmocap, tcp
from kirie.errors import CaptureError
from tests.capture.test_wire_phones import VERSION_2
from tests.capture.wires import FRESH, wait_for

END = b"___iFacialMocap"


@pytest.fixture
def phone() -> Iterator[socket.socket]:
    """The phone's UDP socket, which is asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


@pytest.fixture
def source(phone: socket.socket) -> Iterator[Network]:
    made = listen("ifacialmocap-tcp", port=0, phone=f"127.0.0.1:{phone.getsockname()[1]}")
    made.open()
    yield made
    made.close()
    made.close()


def connected(source: Network) -> closing[socket.socket]:
    return closing(socket.create_connection(source.address, 5))


def test_frames_arrive_in_whatever_pieces(source: Network, phone: socket.socket) -> None:
    request, _ = phone.recvfrom(2000)
    assert request.startswith(b"iFacialMocap_UDPTCP_sahuasouryya9218sauhuiayeta91555dy3719")
    assert "waiting for iFacialMocap on 127.0.0.1" in source.problem
    frames = VERSION_2 + END + VERSION_2.replace(b"jawOpen&35", b"jawOpen&70") + END
    with connected(source) as stream:
        for at in range(0, len(frames), 100):
            stream.sendall(frames[at : at + 100])
        wait_for(lambda: source.stats.frames == 2)
        assert source.latest(FRESH).values["ParamMouthOpenY"] == pytest.approx(1.0)
        assert source.stats.malformed == 0 and source.problem == ""


def test_the_phone_comes_back_and_garbage_is_counted(source: Network) -> None:
    with connected(source) as stream:
        stream.sendall(b"\xff\xfe nonsense" + END + VERSION_2 + END)
        wait_for(lambda: source.stats.frames == 1)
        assert source.stats.malformed == 1
    with connected(source) as stream:
        stream.sendall(VERSION_2 + END)
        wait_for(lambda: source.stats.frames == 2)


def test_what_never_ends_is_dropped_and_the_next_is_heard(source: Network) -> None:
    with connected(source) as stream:
        stream.sendall(b"x" * (2 * ifacialmocap.LONGEST))
        wait_for(lambda: source.stats.malformed == 1)
    with connected(source) as stream:
        stream.sendall(VERSION_2 + END)
        wait_for(lambda: source.stats.frames == 1)


def test_a_silent_connection_makes_room(source: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "SILENT", 0.2)
    with connected(source), connected(source) as second:
        second.sendall(VERSION_2 + END)
        wait_for(lambda: source.stats.frames == 1)


def test_a_taken_port_and_a_phone_that_is_not_named() -> None:
    with pytest.raises(CaptureError, match="when it is asked"):
        listen("ifacialmocap-tcp")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CaptureError, match=r"TCP port .* is taken"):
            listen("ifacialmocap-tcp", port=taken.getsockname()[1], phone="127.0.0.1").open()
    assert listen("ifacialmocap-tcp", phone="127.0.0.1").address == ("127.0.0.1", 49986)
