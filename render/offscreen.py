"""Pictures without a window: the painter, an EGL context of its own, and numpy."""

from __future__ import annotations

from types import TracebackType

import numpy as np

from layering.stack import RGBA
from render.context import create
from render.painter import CLEAR, Painter
from render.straight import to_straight
from render.surfaces import Surface
from render.view import View
from rig.puppet import DrawList, Puppet


class Offscreen:
    """Draws one puppet at one size.

        with Offscreen(puppet, (512, 512)) as offscreen:
            rgba = offscreen.draw(rig.pose(puppet, {"ParamAngleX": 20}))

    The context belongs to the thread that made it. Several may live side by side.
    """

    def __init__(self, puppet: Puppet, size: tuple[int, int] | None = None,
                 background: tuple[int, int, int] | None = None, view: View | None = None) -> None:  # fmt: skip
        """size: (w, h) px, the canvas fits inside; None: the canvas itself, 1:1. background: sRGB 0..255, or None to keep
        transparency. view: another framing than the whole canvas; its size counts.

        Raises RenderError where there is no OpenGL, or the puppet's masks cannot be.
        """
        self._view = view or View.fit(puppet.canvas, size)
        self._background = CLEAR
        if background:
            self._background = (background[0] / 255, background[1] / 255, background[2] / 255, 1.0)
        self._context = create()
        try:
            with self._context:
                self._painter = Painter(self._context, puppet)
                self._canvas = Surface(self._context, self._view.size)
        except BaseException:
            self._context.release()
            raise

    @property
    def size(self) -> tuple[int, int]:
        """(w, h) px of the pictures."""
        return self._view.size

    @property
    def device(self) -> str:
        """What draws, as OpenGL names it."""
        with self._context:
            return str(self._context.info["GL_RENDERER"])

    def draw(self, draw_list: DrawList, out: RGBA | None = None) -> RGBA:
        """uint8 (h, w, 4), straight alpha, row 0 at the top; written into `out`, a contiguous array of that shape, if given."""
        width, height = self.size
        if out is None:
            out = np.empty((height, width, 4), np.uint8)
        with self._context:
            drawn = self._painter.draw(draw_list, self._view, self._canvas, self._background)
            self._canvas.target.read_into(out, components=4)
        if self._background is CLEAR:
            to_straight(out[drawn.top : drawn.bottom, drawn.left : drawn.right])
        return out

    def close(self) -> None:
        """Free the context and all that it holds; done by leaving the `with` block."""
        with self._context:
            self._painter.release()
            self._canvas.release()
        self._context.release()

    def __enter__(self) -> Offscreen:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()
