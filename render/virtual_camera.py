"""The puppet as a webcam, for calls and streams: by pyvirtualcam, an optional extra under the GPL that is imported only here.

A thread of its own, with an OpenGL context of its own, draws what was shown last at the camera's own size and rate: a slow
window does not hold it up, nor does it the window. Cameras know no transparency, so a clear ground becomes a chroma colour.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kirie.errors import RenderError
from layering.stack import RGBA
from render.chroma import chroma
from render.context import create
from render.framing import Framing, Size
from render.painter import CLEAR, Painter
from render.screen import Ground
from render.surfaces import Surface
from rig.puppet import DrawList, Puppet

SIZE: Size = (1280, 720)
FPS = 30.0
LABEL = "Kirie"
NODES = Path("/sys/class/video4linux")
LOOPBACK = ('sudo modprobe v4l2loopback devices=2 video_nr=10,11 exclusive_caps=1,1 card_label="OBS Virtual Camera","Kirie"')
"""Makes a device for OBS's own virtual camera and a second one for Kirie, so that neither takes the other's."""
PATIENCE = 20.0
"""s that opening may take: the first OpenGL context of a slow machine takes a few."""


class Device(Protocol):
    """An open virtual camera."""

    def send(self, rgb: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
        """Show uint8 (h, w, 3), row 0 at the top. Raises RuntimeError where it is gone."""
        ...

    def close(self) -> None: ...


Opener = Callable[[Size, float], Device]
"""Opens a device for pictures of (w, h) px at a rate. Raises RenderError."""


def open_device(size: Size, fps: float) -> Device:
    """The system's virtual camera; on Linux the device that is called Kirie, where there is one."""
    try:
        import pyvirtualcam
    except ImportError as error:
        raise RenderError("the virtual camera needs the package pyvirtualcam, which is not installed (its licence is the GPL)",
                          f"{sys.executable} -m pip install pyvirtualcam") from error  # fmt: skip
    try:
        return pyvirtualcam.Camera(*size, fps, device=own_device())
    except Exception as error:                              # RuntimeError, and what each system's backend raises
        raise RenderError(f"there is no virtual camera: {error!s:.200}", how_to_get_one()) from error


def ready() -> str:
    """What a virtual camera would use here. Raises RenderError with the line to type where one cannot be had."""
    try:
        import pyvirtualcam
    except ImportError as error:
        line = f"{sys.executable} -m pip install pyvirtualcam"
        on_linux = sys.platform.startswith("linux") and own_device() is None
        raise RenderError("not set up; it needs pyvirtualcam (under the GPL) and a device beside OBS's",
                          f"{line} && {how_to_get_one()}" if on_linux else line) from error  # fmt: skip
    device = own_device()
    if device is None and sys.platform.startswith("linux"):
        raise RenderError(f"no v4l2loopback device is called {LABEL}; it stands beside OBS's", how_to_get_one())
    return f"pyvirtualcam {pyvirtualcam.__version__}, {device or 'by OBS'}"


def own_device(nodes: Path = NODES) -> str | None:
    """The loopback device that is called Kirie; None leaves the choice to the system."""
    for node in sorted(nodes.glob("video*")):
        with suppress(OSError):
            if (node / "name").read_text().strip() == LABEL:
                return f"/dev/{node.name}"
    return None


def how_to_get_one() -> str:
    """The line to type, or what to install, for this system to have a virtual camera."""
    if not sys.platform.startswith("linux"):
        return "install OBS Studio, which brings a virtual camera, and start its virtual camera once"
    if not Path("/sys/module/v4l2loopback").exists():
        return f"sudo apt-get install -y v4l2loopback-dkms && {LOOPBACK}"
    return f"sudo modprobe -r v4l2loopback && {LOOPBACK}"


class VirtualCamera:
    """Shows one puppet as a camera from `open` to `close`. problem: what went wrong since."""

    name = "virtual camera"

    def __init__(self, puppet: Puppet, size: Size = SIZE, fps: float = FPS, opener: Opener = open_device) -> None:
        self.problem = ""
        self.pictures = 0
        self._puppet, self._size, self._fps, self._opener = puppet, size, fps, opener
        self._newest: tuple[DrawList, Framing, Ground] | None = None
        self._stop, self._ready = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start. Raises RenderError where there is no device, no pyvirtualcam or no OpenGL."""
        self._thread = threading.Thread(target=self._run, name="kirie-virtual-camera", daemon=True)
        self._thread.start()
        self._ready.wait(PATIENCE)
        if self._error is not None:
            raise self._error

    def show(self, draw_list: DrawList, framing: Framing, ground: Ground) -> None:
        """What to show from now on. Never waits."""
        self._newest = (draw_list, framing, ground)

    def close(self) -> None:
        """Stop; may be called twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)
        self._thread = None

    def _run(self) -> None:
        device = drawn = None
        try:
            device = self._opener(self._size, self._fps)
            drawn = _Drawn(self._puppet, self._size)
            self._ready.set()
            self._send(device, drawn)
        except Exception as error:
            self._error = error                             # raised by `open`, if it is still waiting
            self.problem = f"the virtual camera is gone: {error!s:.200}"
        finally:
            if drawn is not None:
                drawn.release()
            if device is not None:
                device.close()
            self._ready.set()

    def _send(self, device: Device, drawn: _Drawn) -> None:
        shown, due = None, time.monotonic()
        while not self._stop.is_set():
            newest = self._newest
            if newest is not None:
                if newest is not shown:
                    drawn.draw(*newest)
                    shown = newest
                device.send(drawn.picture)
                self.pictures += 1
            due = max(due + 1 / self._fps, time.monotonic())
            self._stop.wait(due - time.monotonic())


class _Drawn:
    """Draws for the camera, on the thread that made it. picture: uint8 (h, w, 3), what was drawn last."""

    def __init__(self, puppet: Puppet, size: Size) -> None:
        self.picture = np.zeros((size[1], size[0], 3), np.uint8)
        self._size, self._key = size, chroma(puppet)
        self._cover: tuple[RGBA, np.ndarray[Any, np.dtype[np.uint8]]] | None = None
        self._context = create()
        with self._context:
            self._painter = Painter(self._context, puppet)
            self._canvas = Surface(self._context, size)

    def draw(self, draw_list: DrawList, framing: Framing, ground: Ground) -> None:
        """Draw a moment over the ground; a clear one is the chroma colour."""
        colour = self._key if ground is None else ground
        flat = (*(x / 255 for x in colour), 1.0) if isinstance(colour, tuple) else CLEAR
        components = 3 if isinstance(colour, tuple) else 4
        out = np.empty((self._size[1], self._size[0], components), np.uint8)
        with self._context:
            self._painter.draw(draw_list, framing.view(self._size), self._canvas, flat)         # type: ignore[arg-type]
            self._canvas.target.read_into(out, components=components)
        out = out[:, ::-1] if framing.mirrored else out
        self.picture = np.ascontiguousarray(out if isinstance(colour, tuple) else over(out, self._covering(colour)))

    def release(self) -> None:
        """Free the context and all that it holds."""
        with self._context:
            self._painter.release()
            self._canvas.release()
        self._context.release()

    def _covering(self, picture: RGBA) -> np.ndarray[Any, np.dtype[np.uint8]]:
        if self._cover is None or self._cover[0] is not picture:
            self._cover = (picture, covering(picture, self._size))
        return self._cover[1]


def covering(picture: RGBA, size: Size) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """uint8 (h, w, 3) of (w, h) px that a picture covers, centred, its shape kept; black shows through what is clear."""
    from PIL import Image, ImageOps

    front = Image.fromarray(picture)
    flat = Image.alpha_composite(Image.new("RGBA", front.size, (0, 0, 0, 255)), front)
    return np.array(ImageOps.fit(flat.convert("RGB"), size))


def over(premultiplied: RGBA, ground: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """uint8 (h, w, 3): premultiplied uint8 (h, w, 4) over an opaque ground (h, w, 3)."""
    clear = 255 - premultiplied[..., 3:].astype(np.uint16)
    return (premultiplied[..., :3] + (ground * clear + 127) // 255).astype(np.uint8)
