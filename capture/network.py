"""Faces from the network as live sources: VMC, iFacialMocap, OpenSeeFace, VTube Studio's phone app."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from capture.sources import Feed, Stats
from capture.wire import ifacialmocap, openseeface, tcp, udp, vmc, vts_phone
from capture.wire.packet import Decoded, Malformed
from kirie.errors import CaptureError
from rig.params import ParameterFrame

FOLLOWS = 1 / 3
"""How much of the head's angles the body takes, where a source knows no body."""
FOLLOW_TIME = 0.25
"""s by which it comes after the head."""

GONE = 2.0
"""s without a face packet after which the user is told."""

Decode = Callable[[bytes, float], Decoded | None]
"""What a packet that came at a time in s says, if it completes a face. Raises Malformed."""


class Receiver(Protocol):
    """A socket with its thread. flooded: packets that came too fast and were dropped unread; flooded_at: s of the last."""

    flooded: int
    flooded_at: float

    @property
    def address(self) -> udp.Address: ...

    def open(self) -> None: ...

    def close(self) -> None: ...


class Network:
    """Faces from a socket. What `decode` calls Malformed is counted and dropped."""

    def __init__(self, name: str, decode: Decode, receiver: Callable[[udp.Take], Receiver]) -> None:
        self.name = name
        self._decode, self._feed = decode, Feed()
        self._receiver = receiver(self._take)
        self._body = _Body()
        self._stamp: float | None = None
        self._received = self._malformed = self._late = 0
        self._came = 0.0

    @property
    def address(self) -> udp.Address:
        """Where it listens."""
        return self._receiver.address

    @property
    def problem(self) -> str:
        """Says where it listens as long as nothing comes, and when more comes than any face."""
        host, port = self.address
        now, wrong = time.monotonic(), f"; {self._malformed} packets were not {self.name}'s" if self._malformed else ""
        if not self._feed.frames:
            return f"waiting for {self.name} on {host}:{port}{wrong}"
        if now - self._came > GONE:
            return f"nothing comes from {self.name} on {host}:{port} any more{wrong}"
        if now - self._receiver.flooded_at < GONE:
            return f"{host}:{port} is flooded: most of what comes is left out, so {self.name} may be late"
        return ""

    @property
    def stats(self) -> Stats:
        own = self._feed.stats()
        return replace(own, received=self._received, malformed=self._malformed, late=self._late + own.late,
                       flooded=self._receiver.flooded)  # fmt: skip

    def open(self) -> None:
        self._receiver.open()

    def close(self) -> None:
        self._receiver.close()

    def latest(self, now: float) -> ParameterFrame:
        return self._feed.latest(now)

    def at(self, now: float) -> ParameterFrame:
        return self._feed.at(now)

    def set_neutral(self) -> dict[str, float]:
        """From now on the present head and gaze are straight ahead."""
        return self._feed.set_neutral()

    def _take(self, packet: bytes, sender: udp.Address, now: float) -> None:
        self._received += 1
        try:
            decoded = self._decode(packet, now)
        except Malformed:
            self._malformed += 1
            return
        self._came = now
        if decoded is None:
            return
        if self._is_late(decoded.stamp):
            self._late += 1
            return
        self._feed.put(ParameterFrame(now, self._body.add(decoded.values, now), decoded.face), now)

    def _is_late(self, stamp: float | None) -> bool:
        """Whether another packet overtook this one; a clock that goes back far is a sender that started anew."""
        last, self._stamp = self._stamp, stamp
        if stamp is None or last is None or not last - 1.0 < stamp <= last:
            return False
        self._stamp = last
        return True


class _Body:
    """A body that comes after the head, for senders that know none."""

    def __init__(self) -> None:
        self._angles = dict.fromkeys("XYZ", 0.0)
        self._time: float | None = None

    def add(self, values: dict[str, float], now: float) -> dict[str, float]:
        """The values with the body's angles where they lack."""
        dt = 0.0 if self._time is None else min(max(now - self._time, 0.0), 0.5)
        self._time = now
        for axis in "XYZ":
            wanted = FOLLOWS * values.get(f"ParamAngle{axis}", 0.0)
            self._angles[axis] += dt / (dt + FOLLOW_TIME) * (wanted - self._angles[axis])
        return {f"ParamBodyAngle{axis}": angle for axis, angle in self._angles.items()} | values


def listen(kind: str, host: str | None = None, port: int | None = None, phone: str | None = None) -> Network:
    """A network source, not yet open: "vmc", "openseeface", "ifacialmocap", "ifacialmocap-tcp" or "vtubestudio".

    host: the own address to listen on; loopback unless told, or, where a phone is given, the one by which it is reached.
    phone: address, or address:port, of a phone that must be asked and alone is heard. Raises CaptureError for what cannot be.
    """
    protocol = PROTOCOLS.get(kind)
    if protocol is None:
        raise CaptureError(f"there is no protocol {kind!r}", f"one of {', '.join(PROTOCOLS)}")
    if protocol.needs_phone and phone is None:
        raise CaptureError(f"{protocol.name} sends only when it is asked", "give the address that the phone shows")
    asked = _phone(phone, protocol.phone_port or protocol.port) if phone is not None else None
    bound = host or (udp.own_address(asked) if asked else udp.LOOPBACK)
    wanted = protocol.port if port is None else port
    return Network(protocol.name, protocol.decoder(), lambda take: _receiver(protocol, take, (bound, wanted), asked))


def _receiver(protocol: _Protocol, take: udp.Take, bound: udp.Address, asked: udp.Address | None) -> Receiver:
    peer = asked[0] if asked else None
    if protocol.stream_end and asked and protocol.request:
        return tcp.StreamReceiver(take, *bound, protocol.stream_end, ifacialmocap.LONGEST, (protocol.request(bound[1]), asked),
                                  protocol.rate, peer)  # fmt: skip
    made = udp.Receiver(take, *bound, protocol.rate, peer)
    if asked and protocol.request:
        made.greet(protocol.request, asked)
    return made


def _phone(text: str, port: int) -> udp.Address:
    host, _, given = text.strip().partition(":")
    if given and not (given.isdecimal() and 0 < int(given) < 65536):
        raise CaptureError(f"{text!r} is no address", "such as 192.168.1.20, or 192.168.1.20:49983")
    return udp.resolve(host, int(given) if given else port)


@dataclass(frozen=True, slots=True)
class _Protocol:
    """rate: packets a second at most; VMC senders may send each bone and shape by itself. request: what to send to a phone, by
    its own port's number. phone_port: the phone's, where it is another than `port`. stream_end: what ends each packet, where
    the phone connects by TCP.
    """

    name: str
    port: int
    decoder: Callable[[], Decode]
    rate: float = 500.0
    request: Callable[[int], bytes] | None = None
    needs_phone: bool = False
    phone_port: int = 0
    stream_end: bytes = b""


def _stateless(decode: Callable[[bytes], Decoded]) -> Callable[[], Decode]:
    return lambda: lambda packet, _: decode(packet)


PROTOCOLS = {
    "vmc": _Protocol("VMC", vmc.PORT_IN, lambda: vmc.Decoder().feed, rate=12000.0),
    "openseeface": _Protocol("OpenSeeFace", openseeface.PORT, lambda: openseeface.Decoder().feed),
    "ifacialmocap": _Protocol("iFacialMocap", ifacialmocap.PORT, _stateless(ifacialmocap.decode),
                              request=lambda _: ifacialmocap.REQUEST),
    "ifacialmocap-tcp": _Protocol("iFacialMocap", ifacialmocap.STREAM_PORT, _stateless(ifacialmocap.decode),
                                  request=lambda _: ifacialmocap.STREAM_REQUEST, needs_phone=True,
                                  phone_port=ifacialmocap.PORT, stream_end=ifacialmocap.STREAM_END),
    "vtubestudio": _Protocol("VTube Studio", vts_phone.PORT, _stateless(vts_phone.decode), request=vts_phone.request,
                             needs_phone=True),
}  # fmt: skip
