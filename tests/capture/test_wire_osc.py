"""OSC as its specification prints it; whatever else comes is Malformed and quick."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.wire import osc
from capture.wire.packet import Malformed
from tests.capture.wires import bundle, garbled
from tests.capture.wires import osc as message

SPECIFICATION = bytes.fromhex(
    "2f6f7363696c6c61746f722f342f6672657175656e6379002c66000043dc0000")
"""The first example of the OSC 1.0 specification: /oscillator/4/frequency 440.0"""
SECOND = bytes.fromhex("2f666f6f000000002c69697366660000000003e8ffffffff68656c6c6f0000003f9df3b640b5b22d")
"""The second: /foo 1000 -1 "hello" 1.234 5.678"""


def test_the_specifications_examples() -> None:
    assert osc.decode(SPECIFICATION) == [("/oscillator/4/frequency", (440.0,))]
    (address, arguments), = osc.decode(SECOND)
    assert address == "/foo"
    assert arguments[:3] == (1000, -1, "hello")
    assert arguments[3:] == pytest.approx((1.234, 5.678))
    assert osc.encode("/oscillator/4/frequency", 440.0) == SPECIFICATION
    assert osc.encode("/foo", 1000, -1, "hello", 1.234, 5.678) == SECOND


def test_bundles_within_bundles_keep_their_order() -> None:
    packet = bundle(message("/a", 1.0), bundle(message("/b", "x"), message("/c")), message("/d", 2.0))
    assert [m.address for m in osc.decode(packet)] == ["/a", "/b", "/c", "/d"]


def test_every_type() -> None:
    blob = struct.pack(">i", 5) + b"12345\0\0\0"
    body = struct.pack(">qdQIII", -2, 0.5, 7, 8, 9, 10) + b"sym\0" + blob
    (_, arguments), = osc.decode(b"/x\0\0" + b",hdtrcmSb[TF]NI\0" + body)
    assert arguments == (-2, 0.5, 7, 8, 9, 10, "sym", b"12345", True, False, None, True)


def test_japanese() -> None:
    assert osc.decode(osc.encode("/見", "顔"))[0] == ("/見", ("顔",))


@given(st.lists(st.one_of(st.integers(-(2**31), 2**31 - 1), st.floats(width=32, allow_nan=False), st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)), max_size=10))  # fmt: skip
def test_round_trip(arguments: list[int | float | str]) -> None:
    assert osc.decode(osc.encode("/round/trip", *arguments)) == [("/round/trip", tuple(arguments))]


def test_bundles_stay_below_the_size_and_lose_nothing() -> None:
    messages = [osc.encode("/VMC/Ext/Blend/Val", f"shape{i}", i / 100) for i in range(100)]
    packets = list(osc.bundles(messages))
    assert len(packets) > 1
    assert all(len(p) <= osc.DATAGRAM for p in packets)
    assert [m.arguments[0] for p in packets for m in osc.decode(p)] == [f"shape{i}" for i in range(100)]


DEEP = message("/x")
for _ in range(5):
    DEEP = bundle(DEEP)


@pytest.mark.parametrize("packet", [
    b"", b"x", b"#bundle", b"#bundle\0" + bytes(7), bundle(b"") + struct.pack(">i", -4), bundle() + struct.pack(">i", 0),
    bundle() + struct.pack(">i", 8) + b"/a\0\0", b"/a", b"/a\0\0,f\0\0\0\0", b"/a\0\0f\0\0\0", b"/a\0\0,s\0\0abcd", DEEP,
    b"/a\0\0,b\0\0" + struct.pack(">i", -1), b"/a\0\0,b\0\0" + struct.pack(">i", 2**31 - 1), b"/a\0\0,x\0\0",
    b"/\xff\xfe\0,\0\0\0", bundle(*[b"/a\0\0"] * 5000),
])  # fmt: skip
def test_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        osc.decode(packet)


def test_fuzz() -> None:
    good = [SPECIFICATION, SECOND, bundle(message("/a", 1.0), bundle(message("/b", "x", 2.0)))]
    for packet in garbled(good, 4000, 1):
        with contextlib.suppress(Malformed):
            osc.decode(packet)
