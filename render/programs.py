"""The painter's shader programs, compiled when first needed."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import moderngl

VERSION = "#version 330\n"


class Programs:
    """Compiles `render/shaders` in variants and keeps them."""

    def __init__(self, context: moderngl.Context) -> None:
        """context: current on this thread; the programs belong to it."""
        self._context = context
        self._made: dict[tuple[str, ...], moderngl.Program] = {}

    def get(self, vertex: str, fragment: str, *defines: str) -> moderngl.Program:
        """The program of `vertex`.vert.glsl and `fragment`.frag.glsl with each of `defines` set."""
        key = (vertex, fragment, *defines)
        if key not in self._made:
            head = VERSION + "".join(f"#define {name}\n" for name in defines)
            self._made[key] = self._context.program(vertex_shader=head + _source(f"{vertex}.vert.glsl"),
                                                    fragment_shader=head + _source(f"{fragment}.frag.glsl"))  # fmt: skip
            self._made[key].extra = {}                      # what its uniforms were set to
        return self._made[key]

    def release(self) -> None:
        """Free them all."""
        for program in self._made.values():
            program.release()
        self._made.clear()


def set_uniforms(program: moderngl.Program, **values: object) -> None:
    """Give a program of `Programs` these values of uniforms; those that it has already cost nothing."""
    kept: dict[str, object] = program.extra
    for name, value in values.items():
        if kept.get(name) != value:
            uniform: Any = program[name]
            uniform.value = kept[name] = value


def _source(name: str) -> str:
    return files("render").joinpath("shaders", name).read_text(encoding="utf-8")
