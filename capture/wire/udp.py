"""UDP sockets: a receiver with its thread, bounded against floods, and a sender that never waits."""

from __future__ import annotations

import contextlib
import errno
import math
import socket
import threading
import time
from collections.abc import Callable

from kirie.errors import CaptureError

LOOPBACK = "127.0.0.1"
LARGEST = 65535
Address = tuple[str, int]
Take = Callable[[bytes, Address, float], None]


class Bucket:
    """Lets `rate` packets a second through: it fills with that rate and holds a quarter of a second."""

    def __init__(self, rate: float) -> None:
        self._rate, self._allowance, self._filled = rate, rate / 4, 0.0

    def admit(self, now: float) -> bool:
        """Whether one more may pass at `now` s."""
        self._allowance = min(self._allowance + (now - self._filled) * self._rate, self._rate / 4)
        self._filled = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


class Receiver:
    """Hands every datagram to `take(packet, sender, time s)`, on a thread of its own.

    rate: datagrams a second that are handed on; what floods in beyond is dropped and counted, unread. peer: the only sender
    who is heard, or None for all. greet: a datagram and where to send it every `GREETING` s, for senders that must be asked.
    """

    GREETING = 1.0

    def __init__(self, take: Take, host: str, port: int, rate: float = 2000.0, peer: str | None = None) -> None:
        self._take, self._host, self._port = take, host, port
        self._bucket, self._peer = Bucket(rate), peer
        self._greet: tuple[Callable[[int], bytes], Address] | None = None
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._asked = 0.0
        self.flooded, self.flooded_at = 0, -math.inf

    def greet(self, request: Callable[[int], bytes], to: Address) -> None:
        """Send `request(own port)` to an address every second; call before `open`."""
        self._greet = (request, to)

    @property
    def address(self) -> Address:
        """Where it listens; the port is the real one where 0 was asked for."""
        if self._socket is None:
            return self._host, self._port
        host, port = self._socket.getsockname()[:2]
        return host, port

    def open(self) -> None:
        """Bind and start. Raises CaptureError when the address cannot be had."""
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.bind((self._host, self._port))
        except OSError as error:
            opened.close()
            raise cannot_listen("UDP", self._host, self._port, error) from error
        opened.settimeout(0.1)
        self._socket = opened
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="kirie-udp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop and free the port."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        if self._socket is not None:
            self._socket.close()
        self._socket = self._thread = None

    def _run(self, opened: socket.socket) -> None:
        while not self._stop.is_set():
            self._ask(opened)
            try:
                packet, sender = opened.recvfrom(LARGEST)
            except TimeoutError:
                continue
            except OSError:  # Windows reports here that nobody listened to the last request
                self._stop.wait(0.05)
                continue
            now = time.monotonic()
            if self._peer is not None and sender[0] != self._peer:
                continue
            if self._bucket.admit(now):
                self._take(packet, (sender[0], sender[1]), now)
            else:
                self.flooded, self.flooded_at = self.flooded + 1, now

    def _ask(self, opened: socket.socket) -> None:
        now = time.monotonic()
        if self._greet is None or now - self._asked < self.GREETING:
            return
        self._asked = now
        request, to = self._greet
        with contextlib.suppress(OSError):  # the network is away; ask again in a second
            opened.sendto(request(self.address[1]), to)


def cannot_listen(kind: str, host: str, port: int, error: OSError) -> CaptureError:
    """What to say where a UDP or TCP port cannot be had."""
    where = f"{kind} port {port} on {host}"
    if error.errno == errno.EADDRINUSE:
        return CaptureError(f"{where} is taken by another program", "close that program, or choose another port")
    if error.errno == errno.EADDRNOTAVAIL:
        return CaptureError(f"{host} is no address of this computer", "listen on 127.0.0.1, or 0.0.0.0 for the whole network")
    return CaptureError(f"{where} cannot be listened to: {error.strerror or error}", "choose another port")


class Sender:
    """Sends datagrams and forgets them: a network that is slow or away costs nothing but the datagram."""

    def __init__(self, to: Address) -> None:
        """Raises CaptureError when the host has no address."""
        self.to = resolve(*to)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self.lost = 0

    def send(self, packet: bytes) -> None:
        """Send, or count as lost."""
        try:
            self._socket.sendto(packet, self.to)
        except OSError:
            self.lost += 1

    def close(self) -> None:
        self._socket.close()


def resolve(host: str, port: int) -> Address:
    """The numeric IPv4 address of a host. Raises CaptureError when it has none."""
    try:
        found = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise CaptureError(f"there is no computer or phone {host!r}", "give its IP address, such as 192.168.1.20") from error
    return str(found[0][4][0]), port


def own_address(towards: Address) -> str:
    """The address of this computer by which `towards` is reached, so that a phone is heard and the rest of the world is not."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(towards)
        except OSError as error:
            raise CaptureError(f"there is no way to {towards[0]}", "join the network that the phone is in") from error
        return str(probe.getsockname()[0])
