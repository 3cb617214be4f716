"""How a live window opens: of which size, and as the display allows."""

from __future__ import annotations

from typing import Any

from kirie.errors import RenderError
from render.framing import Framing, Size
from rig.puppet import Puppet

SIDES = (320, 960)
"""Px between which a window opens."""


def open_window(title: str, size: Size, border: bool) -> Any:
    """A pyglet window, transparent where the display can."""
    import pyglet

    pyglet.options["shadow_window"] = False                 # one window, one context
    pyglet.options["debug_gl"] = False
    try:
        from pyglet.window import NoSuchConfigException
        from pyglet.window import Window as Pyglet
    except Exception as error:                              # ImportError without libGL, and what each platform raises
        raise RenderError(f"no window can open: {error}", "kirie doctor names what is missing") from error
    style = Pyglet.WINDOW_STYLE_TRANSPARENT if border else Pyglet.WINDOW_STYLE_OVERLAY
    given = {"width": size[0], "height": size[1], "caption": title, "resizable": True, "vsync": True}
    try:
        try:
            return Pyglet(**given, style=style)
        except NoSuchConfigException:                       # a display without alpha
            return Pyglet(**given, style=None if border else Pyglet.WINDOW_STYLE_BORDERLESS)
    except Exception as error:
        raise RenderError(f"no window can open: {error or type(error).__name__}",
                          "is there a display? kirie render and kirie serve need none") from error  # fmt: skip


def opening_size(puppet: Puppet, framing: Framing) -> Size:
    """Px in which a window opens: the shape of what it shows, no larger than drawn."""
    left, top, right, bottom = framing.box
    width, height = right - left, bottom - top
    low, high = SIDES
    scale = min(high / max(width, height), 1.0)
    return max(round(width * scale), low), max(round(height * scale), low)
