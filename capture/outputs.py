"""Driving other programs with what Kirie sees: VMC and iFacialMocap by UDP, VTube Studio by its plugin API.

An output is opened, given each frame, and closed. Giving never waits and never raises; what is wrong is in `problem`.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any, Protocol

from capture.wire import ifacialmocap, udp, vmc, vts_plugin
from capture.wire.packet import Malformed
from kirie.errors import CaptureError
from kirie.files import atomic
from rig.params import ParameterFrame

MOST_ANSWERS = 50
"""Answers that are read between two frames."""


class Output(Protocol):
    """What frames can be sent to."""

    @property
    def name(self) -> str: ...

    @property
    def problem(self) -> str:
        """What is wrong at present, as a line for the user, or ""."""
        ...

    def open(self) -> None:
        """Start. Raises CaptureError when it cannot."""
        ...

    def send(self, frame: ParameterFrame) -> None: ...

    def close(self) -> None:
        """Stop; may be called twice."""
        ...


class VmcOutput:
    """Sends VMC to VSeeFace, Warudo, VNyan and their like."""

    name = "VMC"

    def __init__(self, host: str = udp.LOOPBACK, port: int = vmc.PORT_OUT, perfect_sync: bool = False) -> None:
        self._to, self._perfect_sync = (host, port), perfect_sync
        self._sender: udp.Sender | None = None
        self.problem = ""

    def open(self) -> None:
        self._sender = udp.Sender(self._to)

    def send(self, frame: ParameterFrame) -> None:
        if self._sender is not None:
            for packet in vmc.encode(frame.values, frame.face, frame.time, self._perfect_sync):
                self._sender.send(packet)

    def close(self) -> None:
        if self._sender is not None:
            self._sender.close()
        self._sender = None


class PhoneOutput:
    """Plays iFacialMocap's phone: sends to a program that is named, or to whoever asks on the phone's port.

    to: host and port of the program; None to wait for its request on `host`, and answer to the phone's port there.
    """

    name = "iFacialMocap"

    def __init__(self, to: udp.Address | None = (udp.LOOPBACK, ifacialmocap.PORT), host: str = udp.LOOPBACK,
                 port: int = ifacialmocap.PORT, answer_port: int = ifacialmocap.PORT) -> None:  # fmt: skip
        self._to, self._answer_port = to, answer_port
        self._sender: udp.Sender | None = None
        self._version = 2
        self._receiver = udp.Receiver(self._asked, host, port, rate=20.0) if to is None else None

    @property
    def problem(self) -> str:
        if self._sender is not None or self._receiver is None:
            return ""
        host, port = self._receiver.address
        return f"waiting for a program that asks for iFacialMocap on {host}:{port}"

    @property
    def address(self) -> udp.Address | None:
        """Where it waits to be asked, if it does."""
        return self._receiver.address if self._receiver else None

    def open(self) -> None:
        if self._to is not None:
            self._sender = udp.Sender(self._to)
        if self._receiver is not None:
            self._receiver.open()

    def send(self, frame: ParameterFrame) -> None:
        sender = self._sender
        if sender is not None:
            sender.send(ifacialmocap.encode(frame.values, frame.face, self._version))

    def close(self) -> None:
        if self._receiver is not None:
            self._receiver.close()
        if self._sender is not None:
            self._sender.close()
        self._sender = None

    def _asked(self, packet: bytes, sender: udp.Address, now: float) -> None:
        if not ifacialmocap.is_request(packet):
            return
        self._version = ifacialmocap.wanted_version(packet)
        to = (sender[0], self._answer_port)
        if self._sender is None or self._sender.to != to:
            old, self._sender = self._sender, udp.Sender(to)
            if old is not None:
                old.close()


class PluginOutput:
    """Injects into VTube Studio; asks its user once for permission and keeps the token in a file."""

    name = "VTube Studio"
    AGAIN = 2.0
    """s between attempts to connect."""
    AT_LEAST = 0.5
    """s after which the last frame is sent again; VTube Studio forgets after one."""
    PATIENCE = 120.0
    """s in which the user may answer VTube Studio's question."""

    def __init__(self, token_file: str | Path, url: str = vts_plugin.URL) -> None:
        self._token_file, self._url = Path(token_file), url
        self._frame: ParameterFrame | None = None
        self._news, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self.problem = ""
        self.sent = 0

    def open(self) -> None:
        """Start; where VTube Studio is not there yet, it is tried again every other second."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="kirie-vts", daemon=True)
        self._thread.start()

    def send(self, frame: ParameterFrame) -> None:
        """The newest frame wins."""
        self._frame = frame
        self._news.set()

    def close(self) -> None:
        self._stop.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(3.0)
        self._thread = None

    def _run(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        while not self._stop.is_set():
            try:
                with connect(self._url, open_timeout=3, close_timeout=0.5, max_size=vts_plugin.LONGEST) as socket:
                    self._session(socket)
            except (OSError, WebSocketException, Malformed):  # OSError holds refusals and time-outs
                self.problem = f"VTube Studio does not answer on {self._url}: start it and switch its plugin API on"
            except CaptureError as error:
                self.problem = str(error)
                return  # the user said no; asking again is for the user
            self._stop.wait(self.AGAIN)

    def _session(self, socket: Any) -> None:
        self._log_in(socket)
        self.problem = ""
        while not self._stop.is_set():
            self._news.wait(self.AT_LEAST)
            self._news.clear()
            if self._frame is not None and not self._stop.is_set():
                socket.send(vts_plugin.inject(self._frame.values, self._frame.face))
                self.sent += 1
            self._read_answers(socket)

    def _log_in(self, socket: Any) -> None:
        token = self._kept_token()
        if token is None or not self._accepted(socket, token):
            token = self._ask(socket)
            if not self._accepted(socket, token):
                raise CaptureError("VTube Studio refuses its own token", "remove Kirie from its plugins and try again")

    def _kept_token(self) -> str | None:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            token = self._token_file.read_text("utf-8").strip()
            return token if 0 < len(token) <= vts_plugin.LONGEST_TOKEN else None
        return None

    def _ask(self, socket: Any) -> str:
        self.problem = "VTube Studio asks whether Kirie may: answer in its window"
        kind, data = self._exchange(socket, vts_plugin.ask_for_token(), self.PATIENCE)
        if kind == "APIError":
            raise CaptureError(f"VTube Studio did not let Kirie in: {data.get('message', '')!s:.80}", "try again and allow it")
        token = vts_plugin.token_of(data)
        with contextlib.suppress(OSError), atomic(self._token_file) as file:  # unkept, it only asks again next time
            file.write_text(token, "utf-8")
        return token

    def _accepted(self, socket: Any, token: str) -> bool:
        kind, data = self._exchange(socket, vts_plugin.authenticate(token), 5.0)
        return kind == "AuthenticationResponse" and data.get("authenticated") is True

    def _exchange(self, socket: Any, message: str, patience: float) -> tuple[str, dict[str, Any]]:
        socket.send(message)
        waited = 0.0
        while not self._stop.is_set() and waited < patience:
            with contextlib.suppress(TimeoutError):
                return vts_plugin.parse(socket.recv(timeout=0.2))
            waited += 0.2
        raise TimeoutError

    def _read_answers(self, socket: Any) -> None:
        """Take what has come, so that nothing piles up; an error becomes the problem, an answer clears it."""
        with contextlib.suppress(TimeoutError):
            for _ in range(MOST_ANSWERS):
                kind, data = vts_plugin.parse(socket.recv(timeout=0))
                self.problem = f"VTube Studio: {data.get('message', '')!s:.120}" if kind == "APIError" else ""
