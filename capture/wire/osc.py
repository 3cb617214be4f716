"""Open Sound Control 1.0: messages and bundles.

Own code, because python-osc (1.10.2) reads hostile datagrams badly: 20 bytes whose bundle element has a negative size make its
parser loop for ever, and broken UTF-8 escapes as another exception.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from capture.wire.packet import refuse

Argument = int | float | str | bytes | bool | None

BUNDLE = b"#bundle\0"
AT_ONCE = struct.pack(">Q", 1)
MOST_MESSAGES = 4096
DEEPEST = 4
"""Bundles within bundles; senders use one."""
DATAGRAM = 1400
"""Bytes that pass through common networks in one piece."""
_FIXED = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q", "r": ">I", "c": ">I", "m": ">I"}
_CONSTANT: dict[str, Argument] = {"T": True, "F": False, "N": None, "I": True}


class Message(NamedTuple):
    """An address and its arguments; arrays are flattened."""

    address: str
    arguments: tuple[Argument, ...]


def decode(packet: bytes) -> list[Message]:
    """The messages of a datagram in their order, those of bundles included; time tags are not waited for.

    Raises Malformed, and nothing else.
    """
    messages: list[Message] = []
    _element(packet, 0, messages)
    return messages


def _element(data: bytes, depth: int, messages: list[Message]) -> None:
    if not data.startswith(BUNDLE):
        if len(messages) == MOST_MESSAGES:
            refuse("too many messages")
        messages.append(_message(data))
        return
    if depth == DEEPEST or len(data) < 16:
        refuse("bundles too deep or too short")
    at = 16
    while at < len(data):
        if at + 4 > len(data):
            refuse("a bundle breaks off")
        size: int = struct.unpack_from(">i", data, at)[0]
        if size <= 0 or size % 4 or at + 4 + size > len(data):
            refuse("an element's size is wrong")
        _element(data[at + 4 : at + 4 + size], depth + 1, messages)
        at += 4 + size


def _message(data: bytes) -> Message:
    if not data.startswith(b"/"):
        refuse("neither a message nor a bundle")
    address, at = _string(data, 0)
    if at == len(data):
        return Message(address, ())  # old senders leave the type tags out
    tags, at = _string(data, at)
    if not tags.startswith(","):
        refuse("the type tags do not start with a comma")
    arguments = []
    for tag in tags[1:]:
        if tag not in "[]":
            value, at = _argument(tag, data, at)
            arguments.append(value)
    return Message(address, tuple(arguments))


def _argument(tag: str, data: bytes, at: int) -> tuple[Argument, int]:
    if tag in _FIXED:
        layout = _FIXED[tag]
        end = at + struct.calcsize(layout)
        if end > len(data):
            refuse("an argument breaks off")
        return struct.unpack_from(layout, data, at)[0], end
    if tag in _CONSTANT:
        return _CONSTANT[tag], at
    if tag in "sS":
        return _string(data, at)
    if tag == "b":
        return _blob(data, at)
    return refuse(f"an argument of unknown type {tag!r}")


def _string(data: bytes, at: int) -> tuple[str, int]:
    """A string ends with 1 to 4 zeros, at a multiple of four."""
    end = data.find(b"\0", at)
    after = (end // 4 + 1) * 4
    if end < 0 or after > len(data):
        refuse("a string breaks off")
    try:
        return data[at:end].decode("utf-8"), after
    except UnicodeDecodeError:
        return refuse("a string is not UTF-8")


def _blob(data: bytes, at: int) -> tuple[bytes, int]:
    if at + 4 > len(data):
        refuse("a blob breaks off")
    size: int = struct.unpack_from(">i", data, at)[0]
    after = at + 4 + size + -size % 4
    if size < 0 or after > len(data):
        refuse("a blob breaks off")
    return data[at + 4 : at + 4 + size], after


def encode(address: str, *arguments: int | float | str) -> bytes:
    """One message; whole numbers as i, others as f, text as s."""
    tags, body = ",", b""
    for value in arguments:
        if isinstance(value, str):
            tags, body = tags + "s", body + _padded(value)
        elif isinstance(value, int):
            tags, body = tags + "i", body + struct.pack(">i", value)
        else:
            tags, body = tags + "f", body + struct.pack(">f", value)
    return _padded(address) + _padded(tags) + body


def _padded(text: str) -> bytes:
    data = text.encode("utf-8")
    return data + b"\0" * (4 - len(data) % 4)


def bundles(messages: Iterable[bytes], most: int = DATAGRAM) -> Iterator[bytes]:
    """Encoded messages in their order, packed into as few bundles of at most `most` bytes as that takes."""
    packed = BUNDLE + AT_ONCE
    for message in messages:
        if len(packed) + 4 + len(message) > most and len(packed) > 16:
            yield packed
            packed = BUNDLE + AT_ONCE
        packed += struct.pack(">i", len(message)) + message
    yield packed
