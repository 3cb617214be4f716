"""Drawing surfaces: a texture and the framebuffer that draws on it, all of the output's size. Row 0 is the picture's top."""

from __future__ import annotations

import moderngl


class Surface:
    """RGBA of 8 bit, premultiplied."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int]) -> None:
        """size: (w, h) px."""
        self.size = size
        self._context = context
        self.texture = context.texture(size, 4)
        self.target = context.framebuffer([self.texture])

    def release(self) -> None:
        """Free it."""
        self._context.detect_framebuffer(0).use()    # else moderngl binds it again, freed, when it makes the next
        self.target.release()
        self.texture.release()


class Surfaces:
    """What the painter needs beside its canvas. pages: four masks each."""

    def __init__(self, context: moderngl.Context, size: tuple[int, int], pages: int) -> None:
        """size: (w, h) px; pages: how many mask surfaces."""
        self.size = size
        self._context = context
        self.pages = [Surface(context, size) for _ in range(pages)]
        self._backdrop: Surface | None = None

    @property
    def backdrop(self) -> Surface:
        """A copy of the canvas for the modes that must read what they blend with; made when first needed."""
        if self._backdrop is None:
            self._backdrop = Surface(self._context, self.size)
        return self._backdrop

    def release(self) -> None:
        """Free them all."""
        for surface in (*self.pages, self._backdrop):
            if surface is not None:
                surface.release()
