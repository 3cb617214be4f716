"""Reference senders, built by hand from the published byte layouts, and waiting without fixed sleeps."""

from __future__ import annotations

import math
import random
import struct
import time
from collections.abc import Callable, Sequence

import numpy as np

FRESH = 0.0
"""A moment at which nothing is stale, for tests that a slow machine may stop anywhere."""


def osc(address: str, *arguments: float | str, tags: str | None = None) -> bytes:
    """An OSC message; all numbers as 32-bit floats unless tags say otherwise."""
    tags = tags or "".join("s" if isinstance(a, str) else "f" for a in arguments)
    body = b""
    for tag, value in zip(tags, arguments, strict=True):
        body += padded(str(value)) if tag == "s" else struct.pack(f">{tag}", value)
    return padded(address) + padded("," + tags) + body


def padded(text: str) -> bytes:
    data = text.encode() + b"\0"
    return data + b"\0" * (-len(data) % 4)


def bundle(*elements: bytes) -> bytes:
    return b"#bundle\0" + bytes(7) + b"\1" + b"".join(struct.pack(">i", len(e)) + e for e in elements)


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """The rotation (3, 3) by ParamAngleX, Y, Z degrees, in a frame x to the picture's right, y up, z to the viewer."""
    a, b, c = (math.radians(v) for v in (yaw, pitch, roll))
    around_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    nod = np.array([[1, 0, 0], [0, math.cos(b), math.sin(b)], [0, -math.sin(b), math.cos(b)]])
    lean = np.array([[math.cos(c), math.sin(c), 0], [-math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return around_y @ nod @ lean


def open_see_face(quaternion: Sequence[float], features: Sequence[float] = (0.0,) * 14, number: int = 0, time: float = 5.0,
                  eyes: tuple[float, float] = (1.0, 1.0), fitted: bool = True, look: tuple[float, float] = (0.0, 0.0)
                  ) -> bytes:  # fmt: skip
    """One face of 1785 bytes. eyes: right, left. look: degrees to the picture's right, and up."""
    packet = struct.pack("<di2f2fBf", time, number, 640.0, 480.0, *eyes, fitted, 0.1)
    packet += struct.pack("<4f3f3f", *quaternion, 0.0, 0.0, 90.0, 1.0, 2.0, 3.0)
    packet += struct.pack("<68f", *[0.9] * 68) + struct.pack("<136f", *range(136))
    x, y = (math.tan(math.radians(a)) for a in look)
    points = [[0.0, 0.0, 0.0] for _ in range(70)]
    for pupil, centre in ((66, 68), (67, 69)):
        points[centre] = [0.1, 0.2, 0.3]
        points[pupil] = [0.1 - 0.05 * x, 0.2 - 0.05 * y, 0.3 - 0.05]  # x to the subject's right; y and z are sent negative
    packet += struct.pack("<210f", *[v for p in points for v in p]) + struct.pack("<14f", *features)
    assert len(packet) == 1785
    return packet


def wait_for(done: Callable[[], object], seconds: float = 8.0) -> None:
    """Until `done()` is true; a slow machine gets all the time it may need."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


def garbled(packets: Sequence[bytes], count: int, seed: int) -> list[bytes]:
    """Packets with bytes changed, cut, doubled or made up."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        data = bytearray(rng.choice(packets))
        kind = rng.randrange(5)
        if kind == 0:
            data = bytearray(rng.randbytes(rng.randrange(64)))
        elif kind == 1:
            del data[rng.randrange(len(data) + 1) :]
        elif kind == 2:
            at = rng.randrange(len(data) + 1)
            data[at:at] = rng.randbytes(rng.randrange(1, 9))
        else:
            for _ in range(rng.randrange(1, 12)):
                data[rng.randrange(len(data))] = rng.choice((0, 1, 0x2D, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        out.append(bytes(data))
    return out
