"""A TCP listener with its thread, for phones that are asked by UDP and then connect by themselves."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import threading
import time

from capture.wire.udp import LARGEST, Address, Bucket, Take, cannot_listen

SILENT = 3.0
"""s without a byte after which a connection is given up, so that the phone may connect anew."""
GREETING = 1.0


class StreamReceiver:
    """Hands every packet of the one connection there is to `take(packet, sender, time s)`, on a thread of its own.

    end: what stands after each packet. longest: bytes of a packet; a connection that sends more without an end is handed on,
    to be counted, and closed. rate and peer: as `udp.Receiver` has them. asks: a datagram and where to send it, every
    GREETING s while nobody is connected.
    """

    def __init__(self, take: Take, host: str, port: int, end: bytes, longest: int, asks: tuple[bytes, Address],
                 rate: float = 500.0, peer: str | None = None) -> None:  # fmt: skip
        self._take, self._host, self._port, self._peer = take, host, port, peer
        self._end, self._longest, self._asks = end, longest, asks
        self._bucket = Bucket(rate)
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self.flooded, self.flooded_at = 0, -math.inf

    @property
    def address(self) -> Address:
        """Where it listens; the port is the real one where 0 was asked for."""
        if self._listener is None:
            return self._host, self._port
        host, port = self._listener.getsockname()[:2]
        return host, port

    def open(self) -> None:
        """Bind and start. Raises CaptureError when the address cannot be had."""
        opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":                          # on Windows it would let others take the port away
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind((self._host, self._port))
            opened.listen(1)
        except OSError as error:
            opened.close()
            raise cannot_listen("TCP", self._host, self._port, error) from error
        opened.settimeout(0.1)
        self._listener = opened
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="kirie-tcp", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop and free the port."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2.0)
        if self._listener is not None:
            self._listener.close()
        self._listener = self._thread = None

    def _run(self, listener: socket.socket) -> None:
        asked = 0.0
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
            while not self._stop.is_set():
                if time.monotonic() - asked >= GREETING:
                    asked = time.monotonic()
                    with contextlib.suppress(OSError):      # the network is away; ask again in a second
                        asker.sendto(*self._asks)
                try:
                    self._serve(*listener.accept())
                except TimeoutError:
                    continue
                except OSError:                             # the phone went away in the middle
                    self._stop.wait(0.05)

    def _serve(self, connection: socket.socket, sender: Address) -> None:
        with connection:
            if self._peer is None or sender[0] == self._peer:
                self._read(connection, (sender[0], sender[1]))

    def _read(self, connection: socket.socket, sender: Address) -> None:
        """Until the phone goes, falls silent, or sends what has no end."""
        connection.settimeout(0.1)
        waiting, heard = b"", time.monotonic()
        while not self._stop.is_set() and len(waiting) <= self._longest:
            try:
                data = connection.recv(LARGEST)
            except TimeoutError:
                if time.monotonic() - heard > SILENT:
                    return
                continue
            if not data:
                return
            heard = time.monotonic()
            *packets, waiting = (waiting + data).split(self._end)
            for packet in packets:
                self._hand_on(packet, sender, heard)
        if len(waiting) > self._longest:
            self._hand_on(waiting, sender, heard)

    def _hand_on(self, packet: bytes, sender: Address, now: float) -> None:
        if self._bucket.admit(now):
            self._take(packet, sender, now)
        else:
            self.flooded, self.flooded_at = self.flooded + 1, now
