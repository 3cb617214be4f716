"""How the time of one offscreen frame divides, and how many frames a second that makes.

    python benchmarks/frame.py [PSD]

Draws the PSD at its own size, and our own character at 512x512. The plain draw beside it is the least that any renderer could
do: one textured mesh a part at rest, no masks, no straight alpha, read back. Times are the best of many: other work on the
machine only ever adds; what it adds to both shows least in the ratio, and in the processor time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import moderngl
import numpy as np

import layering
import rig
from layering.stack import LayerStack
from render.context import create
from render.offscreen import Offscreen
from render.painter import Painter
from render.straight import to_straight
from render.surfaces import Surface
from render.view import View
from rig.puppet import Part, Puppet

ROUNDS = 60
FPS = 30
VERTEX = """#version 330
in vec2 place; in vec2 uv; uniform vec2 scale; out vec2 at;
void main() { at = uv; gl_Position = vec4(place * scale - 1.0, 0.0, 1.0); }"""
FRAGMENT = """#version 330
uniform sampler2D artwork; in vec2 at; out vec4 colour;
void main() { vec4 c = texture(artwork, at); colour = vec4(c.rgb * c.a, c.a); }"""


@dataclass
class Best:
    """The least time of each step, in ms, in the order of first use: on the wall, and of all processors together."""

    wall: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    def measure(self, name: str, *work: Callable[[], object]) -> None:
        """Time these calls together."""
        start, spent = time.perf_counter(), time.process_time()
        for call in work:
            call()
        wall, processor = (time.perf_counter() - start) * 1000, (time.process_time() - spent) * 1000
        self.wall[name] = min(self.wall.get(name, wall), wall)
        self.processor[name] = min(self.processor.get(name, processor), processor)


class Plain:
    """The plain draw of a puppet's rest pose."""

    def __init__(self, puppet: Puppet, view: View) -> None:
        self.context = create()
        with self.context:
            self.canvas = Surface(self.context, view.size)
            program = self.context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
            program["scale"].value = tuple(2 * view.scale / side for side in view.size)     # type: ignore[union-attr]
            self.arrays = [self._part(program, part) for part in puppet.parts if part.drawn]
        self.out = np.empty((view.size[1], view.size[0], 4), np.uint8)

    def _part(self, program: moderngl.Program, part: Part) -> tuple[moderngl.Texture, moderngl.VertexArray]:
        height, width = part.texture.shape[:2]
        texture = self.context.texture((width, height), 4, part.texture.tobytes())
        corners = np.concatenate([part.mesh.vertices, part.mesh.uv], 1).astype(np.float32)
        indices = self.context.buffer(part.mesh.triangles.astype(np.int32).tobytes())
        content = [(self.context.buffer(corners.tobytes()), "2f 2f", "place", "uv")]
        return texture, self.context.vertex_array(program, content, indices)

    def draw(self) -> None:
        """One frame."""
        with self.context:
            self.canvas.target.use()
            self.canvas.target.clear()
            self.context.enable_only(moderngl.BLEND)
            self.context.blend_func = moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA
            for texture, array in self.arrays:
                texture.use(0)
                array.render()
            self.canvas.target.read_into(self.out, components=4)


def frame_times(puppet: Puppet, size: tuple[int, int] | None) -> Best:
    """Whole frames: pose, springs and picture, turning about; and the plain draw, in turn with it."""
    best, state = Best(), rig.rest_state(puppet)
    with Offscreen(puppet, size) as offscreen:
        plain, out = Plain(puppet, View.fit(puppet.canvas, size)), None
        for number in range(ROUNDS):
            lid = 0.5 + 0.5 * np.cos(number / 4)
            values = {"ParamAngleX": 30 * np.sin(number / 9), "ParamEyeLOpen": lid, "ParamMouthOpenY": 0.5}

            def frame(values: dict[str, float] = values) -> None:
                nonlocal state, out
                state = rig.step(puppet, state, values, 1 / FPS)
                out = offscreen.draw(rig.pose(puppet, values, state), out)

            best.measure("whole frame", frame)
            best.measure("plain draw", plain.draw)
    return best


def step_times(puppet: Puppet, size: tuple[int, int] | None) -> tuple[Best, Best]:
    """The steps of a frame each by itself, waiting for the GPU in between; and every part by itself."""
    view, values, best, parts = View.fit(puppet.canvas, size), {"ParamAngleX": 20.0, "ParamMouthOpenY": 0.5}, Best(), Best()
    context = create()
    painter, canvas = Painter(context, puppet), Surface(context, view.size)
    out = np.empty((view.size[1], view.size[0], 4), np.uint8)
    state, moment = rig.rest_state(puppet, values), rig.pose(puppet, values)
    painter.draw(moment, view, canvas)
    finish, frame = context.finish, painter.prepare(moment, view)
    for _ in range(ROUNDS):
        best.measure("springs", lambda: rig.step(puppet, state, values, 1 / FPS))
        best.measure("pose", lambda: rig.pose(puppet, values, state))
        best.measure("upload", partial(painter.prepare, moment, view), finish)
        best.measure("masks", partial(painter.draw_masks, frame), finish)
        best.measure("clear", canvas.target.use, canvas.target.clear, finish)
        best.measure("parts", partial(painter.draw_parts, frame, canvas), finish)
        best.measure("read back", lambda: canvas.target.read_into(out, components=4))
        best.measure("straight alpha", partial(to_straight, out))
        for number, part in enumerate(puppet.parts):
            if part.drawn:
                parts.measure(part.name, partial(painter.draw_parts, frame, canvas, number), finish)
    return best, parts


def report(title: str, stack: LayerStack, size: tuple[int, int] | None) -> None:
    """One table."""
    puppet = rig.build(stack, title)
    width, height = size or puppet.canvas
    drawn, vertices = sum(p.drawn for p in puppet.parts), sum(len(p.mesh.vertices) for p in puppet.parts)
    print(f"\n{title}: {width}x{height}, {len(stack.layers)} layers, {drawn} parts drawn, {vertices} vertices")
    steps, parts = step_times(puppet, size)
    print(f"  {'':<24}   wall ms    cpu ms")
    for name in steps.wall:
        _print_row(name, steps)
    for name in sorted(parts.wall, key=lambda name: -parts.wall[name])[:6]:
        _print_row(name, parts, "  ")
    whole = frame_times(puppet, size)
    for name in whole.wall:
        _print_row(name, whole, after=f"{1000 / whole.wall[name]:8.0f} fps")
    wall, processor = ((best["whole frame"] / best["plain draw"]) for best in (whole.wall, whole.processor))
    print(f"  {'whole : plain':<24}{wall:10.2f}{processor:10.2f}")


def _print_row(name: str, best: Best, indent: str = "", after: str = "") -> None:
    print(f"  {indent + name:<24}{best.wall[name]:10.2f}{best.processor[name]:10.2f}{after}")


def main() -> None:
    """Both tables."""
    from layering.artist import heroine

    with Offscreen(rig.build(heroine()), (8, 8)) as offscreen:
        print(offscreen.device)
    if len(sys.argv) > 1:
        report(sys.argv[1].rsplit("/", 1)[-1], layering.read_layers(sys.argv[1]), None)
    report("our own character", heroine(), (512, 512))


if __name__ == "__main__":
    main()
