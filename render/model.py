"""A puppet on the GPU: one buffer of moving vertices for all parts, one of indices, a texture a part."""

from __future__ import annotations

import moderngl
import numpy as np

from kirie.errors import RenderError
from render.textures import prepare
from rig.puppet import F32, I32, Puppet

ARTWORK_UNIT = 0
_ZOOM_STEP = 1.26           # textures are prepared anew when the zoom is a third of an octave away


class Model:
    """Owns the buffers, textures and vertex arrays of one puppet in one context."""

    def __init__(self, context: moderngl.Context, puppet: Puppet) -> None:
        """context: current on this thread."""
        self._context = context
        self._puppet = puppet
        self.counts = tuple(len(part.mesh.vertices) for part in puppet.parts)
        self.triangles = tuple(len(part.mesh.triangles) for part in puppet.parts)
        self._first = np.concatenate([[0], np.cumsum(self.triangles)]).tolist()
        reserve = max(sum(self.counts), 1) * 8
        self._positions = context.buffer(reserve=reserve, dynamic=True)
        self._texcoords = context.buffer(reserve=reserve)
        self._indices = context.buffer(_indices(puppet, self.counts).tobytes() or bytes(12))
        self._arrays: dict[moderngl.Program, moderngl.VertexArray] = {}
        self._textures: list[moderngl.Texture] = []
        self._density = 0.0

    def move(self, vertices: F32) -> None:
        """Put all vertices, float32 (sum of V, 2) canvas px, where the pose wants them.

        Raises RenderError for another count than the puppet's.
        """
        total = sum(self.counts)
        if vertices.shape != (total, 2):
            raise RenderError(f"the pose has {len(vertices)} vertices and the puppet {total}", "pose this very puppet")
        if len(vertices):
            self._positions.write(np.ascontiguousarray(vertices, np.float32))

    def use_density(self, density: float) -> None:
        """Prepare the textures at `density` texels per painted px, unless those at hand are near enough."""
        if self._density / _ZOOM_STEP < density < self._density * _ZOOM_STEP:
            return
        self._release_textures()
        self._density = density
        made = [prepare(part, density) for part in self._puppet.parts]
        self._textures = [self._upload(texture.pixels) for texture in made]
        if any(self.counts):
            self._texcoords.write(np.concatenate([texture.uv for texture in made]).astype(np.float32).tobytes())

    def draw(self, part: int, program: moderngl.Program) -> None:
        """Draw the triangles of one part with a program of `part.vert.glsl` into the framebuffer in use."""
        self._textures[part].use(ARTWORK_UNIT)
        self._array(program).render(moderngl.TRIANGLES, 3 * self.triangles[part], first=3 * self._first[part])

    def release(self) -> None:
        """Free everything on the GPU."""
        self._release_textures()
        for array in self._arrays.values():
            array.release()
        for buffer in (self._positions, self._texcoords, self._indices):
            buffer.release()

    def _upload(self, pixels: F32) -> moderngl.Texture:
        texture = self._context.texture((pixels.shape[1], pixels.shape[0]), 4, (pixels * 255 + 0.5).astype(np.uint8).tobytes())
        texture.filter = moderngl.LINEAR, moderngl.LINEAR
        texture.repeat_x = texture.repeat_y = False
        return texture

    def _array(self, program: moderngl.Program) -> moderngl.VertexArray:
        if program not in self._arrays:
            content = [(self._positions, "2f", "position"), (self._texcoords, "2f", "texcoord")]
            self._arrays[program] = self._context.vertex_array(program, content, self._indices)
        return self._arrays[program]

    def _release_textures(self) -> None:
        for texture in self._textures:
            texture.release()
        self._textures.clear()


def _indices(puppet: Puppet, counts: tuple[int, ...]) -> I32:
    """int32 (sum of T, 3) into the shared vertex buffer."""
    starts = np.cumsum([0, *counts[:-1]], dtype=np.int32)[: len(counts)]
    moved = [part.mesh.triangles.astype(np.int32) + start for part, start in zip(puppet.parts, starts, strict=True)]
    return np.concatenate(moved) if moved else np.zeros((0, 3), np.int32)
