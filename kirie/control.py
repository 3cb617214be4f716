"""Remote control on loopback: everything that keys do, for desktop shortcuts, Stream Deck and OBS scripts.

    POST http://127.0.0.1:PORT/command      Authorization: Bearer TOKEN      {"command": "smile"}

A command is a word, or a word and what it needs: "set ParamAngleX 20".

Port and token are in a file that only this user can read; `kirie send` finds them there. A web page cannot drive it: it does
not know the token, and requests with an Origin or another Host are refused. Nothing is bound but 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import secrets
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any

from kirie.errors import KirieError
from kirie.files import atomic
from kirie.guard import state_file

HOST = "127.0.0.1"
MOST_BYTES = 4096
MOST_WAITING = 32
MOST_CONNECTIONS = 8
PATIENCE = 2.0
"""Seconds that a client may take for its request, and the loop for its answer."""


@dataclass(slots=True)
class Request:
    """One command on its way through the loop. answer: (status, JSON object), there when `done` is set."""

    command: str
    answer: tuple[int, dict[str, Any]] = (503, {"error": "the window is busy"})
    done: threading.Event = field(default_factory=threading.Event)


class Control:
    """Listens until `close`. The loop calls `serve` once a frame."""

    def __init__(self, known: Iterable[str], port: int = 0) -> None:
        """known: the commands there are. port: 0 takes a free one. Raises KirieError where it is taken."""
        self.known = frozenset(known)
        self.token = secrets.token_urlsafe(24)
        self._waiting: queue.Queue[Request] = queue.Queue(MOST_WAITING)
        try:
            self._server = _Server((HOST, port), _handler(self))
        except OSError as error:
            raise KirieError(f"the port {port} of {HOST} cannot be used: {error.strerror}", "choose another --port") from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()
        _write_state({"port": self.port, "token": self.token, "pid": os.getpid()})

    def serve(self, do: Callable[[str], dict[str, Any]]) -> None:
        """Carry out what came in since the last frame, on the loop's own thread."""
        for _ in range(MOST_WAITING):
            try:
                request = self._waiting.get_nowait()
            except queue.Empty:
                return
            try:
                request.answer = 200, do(request.command)
            except KirieError as error:
                request.answer = 400, {"error": error.message, "hint": error.hint}
            finally:
                request.done.set()

    def ask(self, command: str) -> tuple[int, dict[str, Any]]:
        """Hand a command to the loop and wait for what came of it."""
        request = Request(command)
        try:
            self._waiting.put_nowait(request)
        except queue.Full:
            return 503, {"error": "too many commands are waiting"}
        request.done.wait(PATIENCE)
        return request.answer

    def close(self) -> None:
        """Stop listening and forget port and token."""
        self._server.shutdown()
        self._server.server_close()
        if read_state().get("token") == self.token:
            control_file().unlink(missing_ok=True)


class _Server(ThreadingMixIn, HTTPServer):
    """A bounded number of connections, each on a thread of its own."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS
    allow_reuse_address = os.name == "posix"

    def __init__(self, *given: Any) -> None:
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(*given)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of the user's business."""


def _handler(control: Control) -> type[BaseHTTPRequestHandler]:
    """The request handler of one control."""
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version, sys_version = "kirie", ""

        def do_POST(self) -> None:
            status, answer = self._refusal() or self._carry_out()
            self._answer(status, answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

        def _refusal(self) -> tuple[int, dict[str, Any]] | None:
            hosts = {f"{HOST}:{control.port}", f"localhost:{control.port}"}
            if self.headers.get("Origin") is not None or self.headers.get("Host") not in hosts:
                return 403, {"error": "web pages may not do this"}
            given = self.headers.get("Authorization", "").encode("utf-8", "replace")
            if not secrets.compare_digest(given, f"Bearer {control.token}".encode()):
                return 401, {"error": "the token is wrong"}
            return None if self.path == "/command" else (404, {"error": "there is only /command"})

        def _carry_out(self) -> tuple[int, dict[str, Any]]:
            length = self.headers.get("Content-Length", "")
            if not length.isascii() or not length.isdigit() or int(length[:9]) > MOST_BYTES or len(length) > 9:
                return 413, {"error": f"a request holds at most {MOST_BYTES} bytes"}
            command = parse(self.rfile.read(int(length)))
            if command is None:
                return 400, {"error": 'a request is {"command": "NAME"}'}
            name = command.partition(" ")[0]
            if name not in control.known:
                return 404, {"error": f"there is no command {name[:40]}", "hint": ", ".join(sorted(control.known))}
            return control.ask(command)

        def _answer(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

    return Handler


def parse(body: bytes) -> str | None:
    """The command in a request's body, or None where it is none."""
    try:
        given = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    command = given.get("command") if isinstance(given, dict) else None
    return command if isinstance(command, str) else None


def send(command: str) -> dict[str, Any]:
    """Ask the running window. Raises KirieError where there is none, or it refuses."""
    state = read_state()
    hint = "start one: kirie play girl.puppet"
    if not state:
        raise KirieError("no live window is running", hint)
    connection = http.client.HTTPConnection(HOST, state["port"], timeout=2 * PATIENCE)
    try:
        head = {"Authorization": f"Bearer {state['token']}", "Content-Type": "application/json"}
        connection.request("POST", "/command", json.dumps({"command": command}), head)
        reply = connection.getresponse()
        answer = json.loads(reply.read(1 << 20))
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = isinstance(error, socket.timeout)
        raise KirieError("the live window does not answer" if late else "no live window is running", hint) from error
    finally:
        connection.close()
    if reply.status != 200:
        raise KirieError(str(answer.get("error", reply.status)), str(answer.get("hint", "")))
    return dict(answer)


def control_file() -> Path:
    """Where port and token are, in a folder of this user alone."""
    return state_file().parent / "live" / "control.json"


def read_state() -> dict[str, Any]:
    """{"port": int, "token": str} of the running window; {} where there is none, or the file is broken."""
    try:
        state = json.loads(control_file().read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    fine = isinstance(state, dict) and isinstance(state.get("token"), str) and isinstance(state.get("port"), int)
    return state if fine and 0 < state["port"] < 65536 else {}


def _write_state(state: dict[str, Any]) -> None:
    """Raises OSError where the folder cannot be written."""
    folder = control_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(NotImplementedError):
        folder.chmod(0o700)
    with atomic(control_file()) as beside:
        beside.write_text(json.dumps(state), "utf-8")
