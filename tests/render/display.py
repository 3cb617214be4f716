"""A display without a screen: Xvfb, and xdotool for hands. Tests that need them are skipped, saying so, where they miss."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90.0             # a machine with much else to do
CLOSING = """
import sys
from ctypes import byref
import pyglet
from pyglet.libs.x11 import xlib
display = xlib.XOpenDisplay(None)
event = xlib.XEvent()
event.xclient.type, event.xclient.window, event.xclient.format = xlib.ClientMessage, int(sys.argv[1]), 32
event.xclient.message_type = xlib.XInternAtom(display, b"WM_PROTOCOLS", False)
event.xclient.data.l[0] = xlib.XInternAtom(display, b"WM_DELETE_WINDOW", False)
xlib.XSendEvent(display, int(sys.argv[1]), False, 0, byref(event))
xlib.XSync(display, False)
"""
"""What a window manager does when a user clicks the cross; xdotool would destroy the window instead."""
NEEDED = ("Xvfb", "xdotool", "xwininfo", "xprop")


@contextlib.contextmanager
def xvfb() -> Iterator[str]:
    """Start a display of its own; yields its name, ":12" say."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing or not sys.platform.startswith("linux"):
        pytest.skip(f"no {', '.join(missing) or 'X11'} here: apt-get install -y xvfb xdotool x11-utils")
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "900x700x24", "-nolisten", "tcp"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start here")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


class Desk:
    """A program with a window on a display, and hands to use it."""

    def __init__(self, display: str, words: list[str], **environment: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT), **environment}
        self.process = subprocess.Popen([sys.executable, *words], env=self.environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True).start()

    def _read(self, stream: Any) -> None:
        for line in stream:
            self._lines.put(line)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first JSON line from now on that is as wanted."""
        end, last = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                last = self._lines.get(timeout=0.2)
                said = json.loads(last)
                if wanted(said):
                    return dict(said)
            if self.process.poll() is not None and self._lines.empty():
                break
        self.process.kill()
        errors = self.process.stderr.read() if self.process.stderr else ""
        raise AssertionError(f"it did not happen; last said: {last or 'nothing'}; errors: {errors[-2000:]}")

    def run(self, *words: str) -> str:
        """A desktop tool's answer."""
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def window(self, name: str) -> str:
        """The id of the window with this title, waited for."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            done = subprocess.run(["xdotool", "search", "--name", f"^{name}$"], env=self.environment, capture_output=True,
                                  text=True)  # fmt: skip
            if done.stdout.strip():
                return done.stdout.split()[-1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"there is no window {name}: {self.process.stderr.read() if self.process.stderr else ''}")

    def ask_to_close(self, window: str) -> None:
        """Click the cross."""
        self.run(sys.executable, "-c", CLOSING, window)

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE)
