"""Puts a panel's triangles on the window."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl

from render.panel_atlas import Atlas
from render.panel_sketch import Batch
from render.programs import Programs, set_uniforms

FLOATS = 8                  # of a vertex


class Ink:
    """Owns the atlas and the vertices of one window's panel."""

    def __init__(self, context: moderngl.Context, programs: Programs) -> None:
        """context: current on this thread."""
        self._context = context
        self._program = programs.get("panel", "panel")
        self._buffer = context.buffer(reserve=1 << 16, dynamic=True)
        self._array = context.vertex_array(self._program, [(self._buffer, "2f 2f 4f", "position", "texcoord", "tint")])
        self._atlas: Atlas | None = None
        self._texture: moderngl.Texture | None = None

    def draw(self, atlas: Atlas, batches: Sequence[Batch], size: tuple[int, int]) -> None:
        """Draw on the framebuffer in use, `size` (w, h) px, over what is there; blending is premultiplied already."""
        self._use(atlas)
        set_uniforms(self._program, atlas=0, size=size)
        target = self._context.fbo
        for batch in batches:
            data = batch.vertices.tobytes()
            self._buffer.orphan(max(len(data), self._buffer.size))
            self._buffer.write(data)
            target.scissor = _scissor(batch, size)
            self._array.render(moderngl.TRIANGLES, len(batch.vertices))
        target.scissor = (0, 0, *size)

    def release(self) -> None:
        """Free everything on the GPU."""
        self._array.release()
        self._buffer.release()
        if self._texture is not None:
            self._texture.release()

    def _use(self, atlas: Atlas) -> None:
        if self._texture is None or self._atlas is not atlas:
            if self._texture is not None:
                self._texture.release()
            height, width = atlas.pixels.shape
            self._texture = self._context.texture((width, height), 1, atlas.pixels.tobytes(), alignment=1)
            self._texture.filter = moderngl.LINEAR, moderngl.LINEAR
            self._atlas = atlas
        self._texture.use(0)


def _scissor(batch: Batch, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """x, y, w, h with y up, as OpenGL wants it."""
    if batch.clip is None:
        return (0, 0, *size)
    left, top, right, bottom = (round(x) for x in batch.clip)
    left, top = max(left, 0), max(top, 0)
    right, bottom = min(right, size[0]), min(bottom, size[1])
    return left, size[1] - bottom, max(right - left, 0), max(bottom - top, 0)
