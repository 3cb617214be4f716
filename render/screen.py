"""Puts the painter's picture on a window: the ground, the character, perhaps mirrored, text over it, and the panel."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl
import numpy as np

from kirie.errors import RenderError
from layering.stack import RGBA
from render.context import of_window
from render.painter import Painter
from render.panel_atlas import Atlas
from render.panel_ink import Ink
from render.panel_sketch import Batch
from render.programs import Programs, set_uniforms
from render.straight import to_straight
from render.surfaces import Surface
from render.textures import premultiplied
from render.view import View
from rig.puppet import DrawList, Puppet

Size = tuple[int, int]
Ground = tuple[int, int, int] | RGBA | None
"""None: transparent. A colour, sRGB 0..255. A picture, uint8 (h, w, 4), which covers the window."""

_FULL = (-1.0, -1.0, 1.0, 1.0)


class Screen:
    """Owns what one window needs on the GPU; the window is current on this thread."""

    def __init__(self, puppet: Puppet) -> None:
        self._context = of_window()
        self._programs = Programs(self._context)
        self._show = self._context.vertex_array(self._programs.get("show", "show"), [])
        self._painter = Painter(self._context, puppet)
        self._ink = Ink(self._context, self._programs)
        self._panel: tuple[Atlas, Sequence[Batch]] | None = None
        self._canvas: Surface | None = None
        self._ground: Ground = None
        self._texture: moderngl.Texture | None = None
        self._text: moderngl.Texture | None = None

    @property
    def device(self) -> str:
        """What draws, as OpenGL names it."""
        return str(self._context.info["GL_RENDERER"])

    def set_ground(self, ground: Ground) -> None:
        """What stands behind the character from now on."""
        self._ground = ground
        self._texture = self._upload(ground, self._texture) if isinstance(ground, np.ndarray) else None

    def set_text(self, picture: RGBA | None) -> None:
        """A picture, uint8 (h, w, 4), in the upper left corner over everything, or none."""
        self._text = None if picture is None else self._upload(picture, self._text)

    def set_panel(self, atlas: Atlas, batches: Sequence[Batch]) -> None:
        """What the panel shows from now on; no batches hide it."""
        self._panel = (atlas, batches) if batches else None

    def draw(self, draw_list: DrawList, view: View, mirrored: bool) -> None:
        """Draw a frame on the window, whose framebuffer has the view's size."""
        size = view.size
        canvas = self._sized(size)
        self._painter.draw(draw_list, view, canvas)
        screen = self._context.detect_framebuffer(0)
        screen.use()
        self._context.viewport = screen.scissor = (0, 0, *size)
        red, green, blue, alpha = (*(x / 255 for x in self._ground), 1.0) if isinstance(self._ground, tuple) else (0.0,) * 4
        screen.clear(red, green, blue, alpha)
        self._context.enable_only(moderngl.BLEND)
        self._context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
        if self._texture is not None:
            self._put(self._texture, covering(self._texture.size, size))
        left, bottom, right, top = _FULL
        self._put(canvas.texture, (right, bottom, left, top) if mirrored else _FULL)
        if self._text is not None:
            self._put(self._text, corner(self._text.size, size))
        if self._panel is not None:
            self._ink.draw(*self._panel, size)

    def read(self, mirrored: bool) -> RGBA:
        """The character as drawn last, without ground, text and panel: uint8 (h, w, 4), straight alpha, row 0 at the top.

        Raises RenderError where nothing was drawn yet.
        """
        if self._canvas is None:
            raise RenderError("the window has shown nothing yet", "wait for its first picture")
        width, height = self._canvas.size
        out = np.frombuffer(self._canvas.target.read(components=4), np.uint8).reshape(height, width, 4).copy()
        to_straight(out)
        return np.ascontiguousarray(out[:, ::-1]) if mirrored else out

    def release(self) -> None:
        """Free everything; before the window closes."""
        for owned in (self._painter, self._canvas, self._texture, self._text, self._show, self._ink, self._programs):
            if owned is not None:
                owned.release()

    def _put(self, texture: moderngl.Texture, rectangle: tuple[float, float, float, float]) -> None:
        texture.use(0)
        set_uniforms(self._programs.get("show", "show"), picture=0, rectangle=rectangle)
        self._show.render(moderngl.TRIANGLE_STRIP, 4)

    def _sized(self, size: Size) -> Surface:
        if self._canvas is None or self._canvas.size != size:
            if self._canvas is not None:
                self._canvas.release()
            self._canvas = Surface(self._context, size)
        return self._canvas

    def _upload(self, picture: RGBA, old: moderngl.Texture | None) -> moderngl.Texture:
        if old is not None:
            old.release()
        data = (premultiplied(picture) * 255 + 0.5).astype(np.uint8)
        texture = self._context.texture((picture.shape[1], picture.shape[0]), 4, data.tobytes())
        texture.filter = moderngl.LINEAR, moderngl.LINEAR
        return texture


def covering(picture: Size, window: Size) -> tuple[float, float, float, float]:
    """The rectangle in clip space in which a picture covers the whole window, centred, its shape kept."""
    scale = max(window[0] / picture[0], window[1] / picture[1])
    x, y = picture[0] * scale / window[0], picture[1] * scale / window[1]
    return -x, -y, x, y


def corner(picture: Size, window: Size) -> tuple[float, float, float, float]:
    """The rectangle in clip space of a picture 1:1 in the upper left corner."""
    return -1.0, 1 - 2 * picture[1] / window[1], 2 * picture[0] / window[0] - 1, 1.0
