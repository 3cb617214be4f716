"""Drawing surfaces: a texture and the framebuffer that draws on it, all of the output's size. Row 0 is the picture's top."""

from __future__ import annotations

import moderngl


class Surface:
    """RGBA, premultiplied. dtype: "f1" 8 bit, "f2" half float."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int], dtype: str) -> None:
        """size: (w, h) px."""
        self.size = size
        self.texture = context.texture(size, 4, dtype=dtype)
        self.target = context.framebuffer([self.texture])

    def release(self) -> None:
        """Free it."""
        self.target.release()
        self.texture.release()


class Surfaces:
    """canvas: what the parts are drawn on. pages: four masks each.

    The canvas is of half floats, which keep the colour of faint pixels; 8 bits of premultiplied colour lose it.
    """

    def __init__(self, context: moderngl.Context, size: tuple[int, int], pages: int) -> None:
        """size: (w, h) px; pages: how many mask surfaces."""
        self.size = size
        self._context = context
        self.canvas = Surface(context, size, "f2")
        self.pages = [Surface(context, size, "f1") for _ in range(pages)]
        self._backdrop: Surface | None = None

    @property
    def backdrop(self) -> Surface:
        """A second canvas for the modes that must read what they blend with; made when first needed."""
        if self._backdrop is None:
            self._backdrop = Surface(self._context, self.size, "f2")
        return self._backdrop

    def release(self) -> None:
        """Free them all."""
        for surface in (self.canvas, *self.pages, self._backdrop):
            if surface is not None:
                surface.release()
