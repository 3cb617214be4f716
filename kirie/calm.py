"""What a live session asks of this process: that no thread keeps a core busy by waiting for work.

A window, a tracker and a software renderer share what may be two cores. OpenBLAS's threads spin for a while after each small
product and take the second core from those that have work; a Python thread that wants to go on waits up to 5 ms for another by
default, which is a third of a frame.
"""

from __future__ import annotations

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
