"""The webcams of this computer: which there are, opening one, and why one cannot be opened."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from capture.quiet import import_cv2, quiet
from capture.types import RGB
from kirie.errors import CaptureError

VIDEO_NODES = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class Choice:
    """A camera by number (or device path, or URL), the picture's wanted size (W, H) in px, and rate; it gives what it can."""

    device: int | str = 0
    size: tuple[int, int] = (640, 480)
    fps: float = 30.0


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that is there: its number for `Choice`, and its name."""

    device: int
    name: str


class Device(Protocol):
    """An open camera."""

    def read(self) -> RGB | None:
        """The next picture, uint8 (H, W, 3), waiting for it; None when the camera gives none."""
        ...

    def release(self) -> None: ...


Opener = Callable[[Choice], Device]
"""Opens a camera. Raises CaptureError when it cannot."""


def cameras(nodes: Path = VIDEO_NODES) -> list[CameraInfo]:
    """The cameras that are there. Elsewhere than on Linux they are found by opening them, and have no names."""
    if _on_linux() or nodes != VIDEO_NODES:
        found = [_node(path) for path in nodes.glob("video*")] if nodes.is_dir() else []
        return sorted((c for c in found if c is not None), key=lambda c: c.device)
    return [CameraInfo(i, f"camera {i}") for i in range(4) if _answers(i)]


def _node(path: Path) -> CameraInfo | None:
    """One of Linux's video nodes; a webcam's second node carries metadata and no picture."""
    try:
        if int((path / "index").read_text()) != 0:
            return None
        return CameraInfo(int(path.name.removeprefix("video")), (path / "name").read_text().strip())
    except (OSError, ValueError):
        return None


def _answers(device: int) -> bool:
    cv2 = import_cv2()
    with quiet():
        capture = cv2.VideoCapture(device)
    opened = bool(capture.isOpened())
    capture.release()
    return opened


class Webcam:
    """A camera by OpenCV."""

    def __init__(self, choice: Choice) -> None:
        """Raises CaptureError when it cannot be opened."""
        cv2 = self._cv2 = import_cv2()
        with quiet():
            self._capture: Any = cv2.VideoCapture(choice.device, cv2.CAP_V4L2 if _is_v4l2(choice) else cv2.CAP_ANY)
        if not self._capture.isOpened():
            self._capture.release()
            raise _cannot_open(choice)
        if choice.size[0] > 640:  # uncompressed, USB carries larger pictures at a few a second only
            self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, choice.size[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, choice.size[1])
        self._capture.set(cv2.CAP_PROP_FPS, choice.fps)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> RGB | None:
        ok, bgr = self._capture.read()
        return self._cv2.cvtColor(bgr, self._cv2.COLOR_BGR2RGB) if ok and bgr is not None and bgr.size else None

    def release(self) -> None:
        self._capture.release()


def _is_v4l2(choice: Choice) -> bool:
    return _on_linux() and isinstance(choice.device, int)


def _on_linux() -> bool:
    return platform.system() == "Linux"


def _cannot_open(choice: Choice) -> CaptureError:
    """What is wrong with a camera that does not open, as far as the system tells."""
    if not _is_v4l2(choice):
        return CaptureError(f"camera {choice.device} cannot be opened", "close programs that use it, and allow the camera")
    node = Path(f"/dev/video{choice.device}")
    if not node.exists():
        there = ", ".join(f"{c.device} ({c.name})" for c in cameras()) or "none"
        return CaptureError(f"there is no camera {choice.device}; there is: {there}",
                            "plug it in, or choose another; kirie play needs none")  # fmt: skip
    try:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            node.open("rb").close()
    except PermissionError:
        return CaptureError(f"camera {choice.device} may not be read", "sudo usermod -aG video $USER, then log in again")
    except OSError as error:
        return CaptureError(f"camera {choice.device} cannot be opened: {error.strerror}", "close other programs that use it")
    return CaptureError(f"camera {choice.device} is held by another program", "close it there; Kirie goes on by itself")
