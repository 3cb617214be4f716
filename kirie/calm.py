"""What a live session asks of this process: no thread that keeps a core busy by waiting for work, and a voice of its own.

A window, a tracker and a software renderer share what may be two cores. OpenBLAS's threads spin for a while after each small
product and take the second core from those that have work; a Python thread that wants to go on waits up to 5 ms for another by
default, which is a third of a frame. And MediaPipe's chatter is silenced by shutting file descriptor 2 for a second or more,
while the user is to be told what the desktop refuses: so Python speaks by another descriptor.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

COMMANDS = frozenset({"play", "live", "serve"})
SWITCH = 0.001
"""s after which a thread hands over to another that waits."""
VARIABLE = "OPENBLAS_NUM_THREADS"


def calm(words: Sequence[str]) -> None:
    """Prepare for a command line of a live session; others are left alone. Call it before numpy is imported."""
    if words and words[0] in COMMANDS:
        os.environ.setdefault(VARIABLE, "1")
        sys.setswitchinterval(SWITCH)
        _speak_apart()


def _speak_apart() -> None:
    """Have Python's standard error go where descriptor 2 goes now, whatever becomes of that; not where a test listens."""
    stderr = sys.__stderr__
    if stderr is None or sys.stderr is not stderr:
        return
    with contextlib.suppress(OSError, ValueError):          # a service without one
        own = os.dup(stderr.fileno())
        sys.stderr = os.fdopen(own, "w", 1, stderr.encoding, "backslashreplace")
