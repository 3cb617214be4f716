"""The only place that makes an OpenGL context: without a window, by EGL on Linux, so that a bare server can draw.

Every context is released where it was made (`with standalone() as context`); one that is left to the garbage collector may
take the process down at exit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import moderngl

from kirie.errors import RenderError

INSTALL = "sudo apt-get install -y libegl1 libgl1 libgl1-mesa-dri"
"""What a Debian or Ubuntu server without OpenGL needs; Mesa's llvmpipe then draws on the processor."""


def create() -> moderngl.Context:
    """A context of its own, OpenGL 3.3 or later, current on this thread; the caller releases it.

    Raises RenderError with the line to type where libEGL, libGL or a driver is missing.
    """
    try:
        return _open()
    except Exception as error:              # moderngl raises bare Exception for every cause, too old a version too
        raise RenderError(f"OpenGL cannot start without a window: {error}", f"on Debian or Ubuntu: {INSTALL}") from error


@contextmanager
def standalone() -> Iterator[moderngl.Context]:
    """`create` and, at the end of the block, release."""
    context = create()
    try:
        yield context
    finally:
        context.release()


def is_software(context: moderngl.Context) -> bool:
    """Whether Mesa's software rasteriser draws: the only one whose pixels the golden pictures are compared with strictly."""
    return "llvmpipe" in context.info["GL_RENDERER"]


def of_window() -> moderngl.Context:
    """The context of the window that is current on this thread, as moderngl sees it; it lives and dies with its window.

    Raises RenderError where it is older than OpenGL 3.3.
    """
    try:
        return moderngl.create_context(require=330)
    except Exception as error:
        raise RenderError(f"OpenGL cannot draw in this window: {error}", "update the graphics driver") from error


def _open() -> moderngl.Context:
    backend: Any = {"backend": "egl"} if sys.platform.startswith("linux") else {}
    return moderngl.create_context(standalone=True, **backend)
