"""The painter's own drawing surfaces, all of the output's size: row 0 is the picture's top."""

from __future__ import annotations

import moderngl


class Surfaces:
    """canvas: half-float premultiplied RGBA that the parts are drawn on. pages: 8 bit, four masks each.

    Half floats keep the colour of faint pixels, which 8 bits of premultiplied colour lose.
    """

    def __init__(self, context: moderngl.Context, size: tuple[int, int], pages: int) -> None:
        """size: (w, h) px; pages: how many mask surfaces."""
        self.size = size
        self._context = context
        self.canvas = _target(context, size, "f2")
        self.pages = [_target(context, size, "f1") for _ in range(pages)]
        self._backdrop: moderngl.Framebuffer | None = None

    @property
    def backdrop(self) -> moderngl.Framebuffer:
        """A second canvas for the modes that must read what they blend with; made when first needed."""
        if self._backdrop is None:
            self._backdrop = _target(self._context, self.size, "f2")
        return self._backdrop

    def release(self) -> None:
        """Free them all."""
        for target in (self.canvas, *self.pages, *([self._backdrop] if self._backdrop else [])):
            target.color_attachments[0].release()
            target.release()


def _target(context: moderngl.Context, size: tuple[int, int], dtype: str) -> moderngl.Framebuffer:
    return context.framebuffer([context.texture(size, 4, dtype=dtype)])
