"""Imports of OpenCV and MediaPipe that keep standard error clean and say what a bare system lacks.

Both write to file descriptor 2 from C++ (glog, TensorFlow Lite, FFmpeg), where Python's logging cannot reach them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from kirie.errors import CaptureError

_PACKAGES = {
    "libGLESv2": "libgles2", "libGL": "libgl1", "libEGL": "libegl1", "libgthread": "libglib2.0-0", "libglib": "libglib2.0-0",
}  # fmt: skip
"""Debian's package by the beginning of a library's name."""


@contextmanager
def quiet() -> Iterator[None]:
    """Send file descriptor 2 to the void for the length of the block; Python's own errors are exceptions and still pass."""
    try:
        saved = os.dup(2)
    except OSError:  # a process without standard error (pythonw, a service)
        yield
        return
    void = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(void, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(void)


def import_cv2() -> ModuleType:
    """OpenCV with its own and FFmpeg's chatter off."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    try:
        import cv2
    except ImportError as error:
        raise missing_library("OpenCV", error) from error
    return cv2  # type: ignore[no-any-return, unused-ignore]


def import_mediapipe() -> ModuleType:
    """MediaPipe with its logs off."""
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with quiet():
            import mediapipe
    except ImportError as error:
        raise missing_library("MediaPipe", error) from error
    return mediapipe  # type: ignore[no-any-return, unused-ignore]


def missing_library(user: str, error: ImportError) -> CaptureError:
    """Turn "libGL.so.1: cannot open shared object file" into the line to type."""
    found = re.search(r"(lib[\w+-]+)[\w.+-]*\.so[\w.]*", str(error))
    if found is None:
        return CaptureError(f"{user} cannot be imported: {error}", "set Kirie up again, or run: kirie doctor")
    package = next((p for lib, p in _PACKAGES.items() if found[1].startswith(lib)), None)
    hint = f"on Debian or Ubuntu: sudo apt-get install -y {package}" if package else "run: kirie doctor"
    return CaptureError(f"{user} needs {found[0]}, which this system lacks", hint)
