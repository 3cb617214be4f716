"""A puppet for OBS's browser source: a page on loopback, and the values of the live stage over a WebSocket.

The page draws the character itself, so only a few hundred bytes a frame cross the wire. Whoever has no token gets nothing, nor
does a page of another origin: a site that is open in a browser cannot look at what is streamed. Both sides may restart: the
page tries again every second, and reloads when the puppet behind it is another.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from kirie.control import HOST
from kirie.errors import KirieError
from kirie.files import atomic
from kirie.guard import state_file

if TYPE_CHECKING:
    from websockets.http11 import Request, Response
    from websockets.sync.server import ServerConnection

    from rig.puppet import Puppet

PORT = 39411
"""Always the same, so that the address in OBS stays right."""
RATE = 60.0
"""Values a second."""
MOST_PAGES = 16
STILL = 1.0
"""Seconds after which a page without news hears that the server is there."""


class Service:
    """Serves one puppet until `close`; `show` sends every page the newest values."""

    def __init__(self, puppet: Puppet, port: int = PORT) -> None:
        """port: 0 takes a free one. Raises KirieError where it is taken, or websockets is not installed."""
        try:
            from websockets.sync.server import serve
        except ImportError as error:
            raise KirieError("kirie serve needs the package websockets", "pip install websockets") from error
        from render.webpage import packed, page

        self._packed, self._page = packed(puppet), page(None).encode()
        self._name = hashlib.blake2b(self._packed, digest_size=8).hexdigest()
        self._token = token()
        self._news = threading.Condition()
        self._number, self._values, self._open = 0, "", True
        self._pages = 0
        try:
            self._server = serve(self._talk, HOST, port, process_request=self._answer, compression=None, max_size=1024,
                                 server_header=None, logger=_quiet())  # fmt: skip
        except OSError as error:
            raise KirieError(f"the port {port} of {HOST} cannot be used: {error.strerror}",
                             "is kirie serve running already? else choose another --port") from error  # fmt: skip
        self.port = int(self._server.socket.getsockname()[1])
        threading.Thread(target=self._server.serve_forever, daemon=True, name="serve").start()

    @property
    def address(self) -> str:
        """What to paste into OBS."""
        return f"http://{HOST}:{self.port}/?token={self._token}"

    @property
    def pages(self) -> int:
        """How many pages are connected."""
        return self._pages

    def show(self, values: Mapping[str, float], hidden: Collection[str] = ()) -> None:
        """Send what is shown now; hidden: names of parts that are off. A page that is slow misses values in between, and never
        holds up the others.
        """
        off = {"hidden": sorted(hidden)} if hidden else {}
        text = json.dumps({"values": {name: round(value, 4) for name, value in values.items()}, **off})
        with self._news:
            if text != self._values:
                self._number, self._values = self._number + 1, text
                self._news.notify_all()

    def close(self) -> None:
        """End all connections and stop listening."""
        with self._news:
            self._open = False
            self._news.notify_all()
        self._server.shutdown()

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """None lets the WebSocket go on; everything else is answered here."""
        if request.headers.get("Host") not in (f"{HOST}:{self.port}", f"localhost:{self.port}"):
            return connection.respond(HTTPStatus.FORBIDDEN, "only from this computer\n")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in (f"http://{HOST}:{self.port}", f"http://localhost:{self.port}"):
            return connection.respond(HTTPStatus.FORBIDDEN, "not from other pages\n")
        address = urlsplit(request.path)
        given = parse_qs(address.query).get("token", [""])[0]
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return connection.respond(HTTPStatus.FORBIDDEN, "the token is missing or wrong: kirie serve prints the address\n")
        match address.path:
            case "/":
                return _file(connection, self._page, "text/html; charset=utf-8")
            case "/puppet":
                return _file(connection, self._packed, "application/octet-stream")
            case "/values" if request.headers.get("Upgrade", "").lower() == "websocket" and self._pages < MOST_PAGES:
                return None
        return connection.respond(HTTPStatus.NOT_FOUND, "there is nothing here\n")

    def _talk(self, connection: ServerConnection) -> None:
        """Send one page what comes, from its own thread."""
        from websockets.exceptions import ConnectionClosed

        with self._news:
            self._pages += 1
        try:
            connection.send(json.dumps({"puppet": self._name}))
            for text in iter(self._next(), None):
                connection.send(text)
        except ConnectionClosed:
            pass
        finally:
            with self._news:
                self._pages -= 1

    def _next(self) -> Callable[[], str | None]:
        """Gives the newest values that its caller has not had, waiting for them; None when the service ends."""
        had = 0

        def wait() -> str | None:
            nonlocal had
            with self._news:
                self._news.wait_for(lambda: self._number != had or not self._open, STILL)
                had = self._number
                return (self._values or "{}") if self._open else None

        return wait


Shown = tuple[Mapping[str, float], Collection[str]]


def run(advance: Callable[[float], Shown], service: Service, goes_on: Callable[[], bool]) -> None:
    """Show what `advance` says of each moment, values and hidden parts, `RATE` times a second, as long as it `goes_on`."""
    while goes_on():
        start = time.monotonic()
        service.show(*advance(start))
        time.sleep(max(start + 1 / RATE - time.monotonic(), 0.0))


def token() -> str:
    """This user's token, made once, so that the address in OBS stays right."""
    file = state_file().parent / "live" / "page.token"
    with contextlib.suppress(OSError):
        kept = file.read_text("ascii", "ignore").strip()
        if len(kept) >= 16:
            return kept
    made = secrets.token_urlsafe(18)
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(NotImplementedError):
        file.parent.chmod(0o700)
    with atomic(file) as beside:
        Path(beside).write_text(made, "ascii")
    return made


def _file(connection: ServerConnection, body: bytes, kind: str) -> Response:
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    head = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store", "Connection": "close",
                    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"})  # fmt: skip
    return Response(200, "OK", head, body)


def _quiet() -> logging.Logger:
    """Pages that come and go are no news."""
    logger = logging.getLogger("kirie.serving")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger
