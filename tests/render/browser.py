"""A headless Chromium with software WebGL, driven over a pipe by its own debugging protocol."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from layering.stack import RGBA

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars",
           "--disable-dev-shm-usage", "--remote-debugging-pipe", "--no-first-run", "about:blank")  # fmt: skip
PATIENCE = 60.0


class Browser:
    """One page."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write, self._number, self._rest = read, write, 0, b""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = str(self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call the browser and wait for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if getattr(self, "_session", ""):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self._next(end)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                return dict(answer["result"])
        raise AssertionError(f"the browser did not answer {method}")

    def _next(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready = select.select([self._read], [], [], max(end - time.monotonic(), 0))[0]
            data = os.read(self._read, 1 << 20) if ready else b""
            assert data, "the browser is gone, or silent"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))

    def open(self, address: str, size: tuple[int, int]) -> None:
        """Go to a page, in a window of `size` px on a transparent ground, and wait until it has drawn."""
        self.ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        self.ask("Page.navigate", url=address)
        self.until("document.body && document.body.dataset.ready")

    def value(self, script: str) -> Any:
        """What JavaScript makes of an expression."""
        return self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)["result"].get("value")

    def until(self, script: str) -> Any:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if value := self.value(script):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}; the page says: {self.value('document.body.innerText')}")

    def picture(self) -> RGBA:
        """uint8 (h, w, 4), straight alpha."""
        data = base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
        return np.array(Image.open(io.BytesIO(data)).convert("RGBA"))


@contextlib.contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Start one; skipped, saying so, where there is none. folder: for its profile."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or os.name != "posix":
        pytest.skip("no headless browser here: apt-get install -y chromium")
    (take, commands), (answers, give) = os.pipe(), os.pipe()
    words = [program, *OPTIONS, f"--user-data-dir={folder}"]
    process = subprocess.Popen(["bash", "-c", f'exec "$@" 3<&{take} 4>&{give}', "bash", *words], pass_fds=(take, give),
                               stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(folder)})  # fmt: skip
    os.close(take)
    os.close(give)
    try:
        yield Browser(answers, commands)
    finally:
        with contextlib.suppress(OSError):
            os.write(commands, b'{"id": 0, "method": "Browser.close"}\0')
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        os.close(answers)
        os.close(commands)
