"""From posed puppets to pixels: one engine that knows no window, an offscreen host, films, and the exact numpy reference.

Names are imported when first asked for, so that `import render` needs no OpenGL and no PyAV.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from render.clock import frames as frames
    from render.film import write_film as write_film
    from render.join import join_films as join_films
    from render.offscreen import Offscreen as Offscreen
    from render.painter import Painter as Painter
    from render.reference import draw_reference as draw_reference
    from render.view import View as View

_HOME = {"frames": "render.clock", "write_film": "render.film", "join_films": "render.join", "Offscreen": "render.offscreen",
         "Painter": "render.painter", "draw_reference": "render.reference", "View": "render.view"}  # fmt: skip

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Import a public name's module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'render' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
