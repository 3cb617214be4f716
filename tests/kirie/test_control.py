"""Remote control: what it carries out, and all that it refuses, over real sockets on loopback."""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kirie.control import HOST, MOST_CONNECTIONS, MOST_WAITING, Control, control_file, parse, read_state, send
from kirie.errors import KirieError


@pytest.fixture
def control() -> Iterator[Control]:
    made = Control(["smile", "screenshot"])
    yield made
    made.close()


@pytest.fixture
def loop(control: Control) -> Iterator[list[str]]:
    """A loop that serves, and what it was told."""
    told: list[str] = []
    over = threading.Event()

    def do(command: str) -> dict[str, Any]:
        told.append(command)
        if command == "screenshot":
            raise KirieError("the disk is full", "make room")
        return {"expression": command}

    def run() -> None:
        while not over.wait(0.005):
            control.serve(do)

    thread = threading.Thread(target=run)
    thread.start()
    yield told
    over.set()
    thread.join()


def ask(control: Control, body: bytes, path: str = "/command", method: str = "POST", **headers: str) -> tuple[int, Any]:
    given = {"Authorization": f"Bearer {control.token}", "Content-Type": "application/json",
             **{k.replace("_", "-"): v for k, v in headers.items()}}  # fmt: skip
    connection = http.client.HTTPConnection(HOST, control.port, timeout=10)
    connection.request(method, path, body, given)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply.status, json.loads(text) if text.startswith(b"{") else text


def test_a_command_reaches_the_loop_and_its_answer_comes_back(control: Control, loop: list[str]) -> None:
    assert send("smile") == {"expression": "smile"} and loop == ["smile"]
    with pytest.raises(KirieError, match="disk is full") as error:
        send("screenshot")
    assert error.value.hint == "make room"
    with pytest.raises(KirieError, match="no command grin") as error:
        send("grin")
    assert "smile" in error.value.hint and loop == ["smile", "screenshot"]


def test_web_pages_and_strangers_are_refused(control: Control, loop: list[str]) -> None:
    body = b'{"command": "smile"}'
    assert ask(control, body, Origin="https://example.com")[0] == 403
    assert ask(control, body, Origin=f"http://{HOST}:{control.port}")[0] == 403
    assert ask(control, body, Host=f"evil.example:{control.port}")[0] == 403
    assert ask(control, body, Authorization="Bearer wrong")[0] == 401
    assert ask(control, body, Authorization="")[0] == 401
    assert ask(control, body, path="/other")[0] == 404
    assert ask(control, b"", method="GET")[0] == 501
    assert ask(control, b"", method="OPTIONS")[0] == 501
    assert loop == []
    assert ask(control, body)[0] == 200


@pytest.mark.parametrize("body", [b"", b"smile", b"[]", b'{"command": 7}', b'{"order": "smile"}', b"\xff\xfe", b"[" * 4000,
                                  b'{"command": null}'])  # fmt: skip
def test_malformed_requests_are_refused(control: Control, loop: list[str], body: bytes) -> None:
    assert ask(control, body)[0] == 400 and parse(body) is None and loop == []


def test_requests_are_bounded(control: Control, loop: list[str]) -> None:
    assert ask(control, b" " * 5000)[0] == 413
    for length in ("-1", "9" * 400, "1e3", "²"):
        raw = socket.create_connection((HOST, control.port), 10)
        head = f"POST /command HTTP/1.1\r\nHost: {HOST}:{control.port}\r\nAuthorization: Bearer {control.token}\r\n"
        raw.sendall((head + f"Content-Length: {length}\r\n\r\n").encode())
        assert b" 413 " in raw.recv(200)
        raw.close()
    assert loop == []


def test_a_loop_that_does_not_answer_blocks_nobody_for_long(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kirie.control.PATIENCE", 0.05)
    for _ in range(MOST_WAITING):
        assert control.ask("smile")[0] == 503
    assert control.ask("smile")[1]["error"] == "too many commands are waiting"


def test_silent_connections_do_not_take_the_place_of_others(control: Control, loop: list[str]) -> None:
    silent = [socket.create_connection((HOST, control.port), 10) for _ in range(3 * MOST_CONNECTIONS)]
    for each in silent:
        each.close()
    assert any(_answered("smile") for _ in range(50))


def _answered(command: str) -> bool:
    try:
        return bool(send(command))
    except KirieError:
        return False


def test_only_loopback_is_bound(control: Control) -> None:
    assert control._server.server_address[0] == "127.0.0.1"


def test_port_and_token_are_this_user_s_alone_and_go_with_the_window(control: Control) -> None:
    assert read_state() == {"port": control.port, "token": control.token, "pid": os.getpid()}
    if os.name == "posix":
        assert control_file().parent.stat().st_mode & 0o077 == 0
    other = Control(["smile"])
    control.close()
    assert read_state()["port"] == other.port          # the first window does not forget the second
    other.close()
    with pytest.raises(KirieError, match="no live window is running"):
        send("smile")
    control.__init__(["smile"])                         # type: ignore[misc]    # for the fixture to close


def test_a_taken_port_is_named(control: Control) -> None:
    with pytest.raises(KirieError, match=f"port {control.port} .* cannot be used"):
        Control(["smile"], control.port)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"port": "1", "token": "x"}', '{"port": 99999, "token": "x"}'])
def test_a_broken_state_file_is_no_window(text: str) -> None:
    control_file().parent.mkdir(parents=True)
    control_file().write_text(text)
    with pytest.raises(KirieError, match="no live window"):
        send("smile")
