"""How a live window opens: of which size, and as the display allows."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from kirie.errors import RenderError
from render.desktop import refusals
from render.framing import Framing, Size
from rig.puppet import Puppet

SIDES = (320, 960)
"""Px between which a window opens."""
ROOM = 0.88                 # of a screen, for a window of its own choice


def open_window(title: str, size: Size, border: bool, fits: bool, visible: bool = True) -> Any:
    """A pyglet window, transparent where the display can. fits: smaller where the screen is too small for it. visible: now, or
    when it is told to be.

    Raises RenderError where there is no display or no OpenGL.
    """
    import pyglet

    pyglet.options["shadow_window"] = False                 # one window, one context
    pyglet.options["debug_gl"] = False
    try:
        from pyglet.window import NoSuchConfigException
        from pyglet.window import Window as Pyglet
    except Exception as error:                              # ImportError without libGL, and what each platform raises
        raise RenderError(f"no window can open: {error}", "kirie doctor names what is missing") from error
    style = Pyglet.WINDOW_STYLE_TRANSPARENT if border else Pyglet.WINDOW_STYLE_OVERLAY
    try:
        width, height = within(size, _screen()) if fits else size
        given = {"width": width, "height": height, "caption": title, "resizable": True, "vsync": True,
                 "visible": visible}  # fmt: skip
        try:
            return Pyglet(**given, style=style)
        except NoSuchConfigException:                       # a display without alpha
            return Pyglet(**given, style=None if border else Pyglet.WINDOW_STYLE_BORDERLESS)
    except Exception as error:
        raise RenderError(f"no window can open: {error or type(error).__name__}", no_display()) from error


def no_display() -> str:
    """What to do where no window opens."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        if os.environ.get("WAYLAND_DISPLAY"):
            return "sudo apt-get install -y xwayland, then log in again: windows go by X11"
        return "log in to a desktop, or ssh -X; kirie serve and kirie render need no window"
    return "kirie doctor names what is missing; kirie serve and kirie render need no window"


def trial() -> tuple[str, ...]:
    """Open a window that nobody sees: what this desktop refuses it, a sentence each. Raises RenderError where none opens.

    In a process of its own: drivers differ in how windows and other contexts get on.
    """
    window = open_window("Kirie", (64, 64), False, False, visible=False)
    try:
        return refusals(window, True, True)
    finally:
        window.close()


def opening_size(puppet: Puppet, framing: Framing) -> Size:
    """Px in which a window opens: the shape of what it shows, no larger than drawn."""
    left, top, right, bottom = framing.box
    width, height = right - left, bottom - top
    low, high = SIDES
    scale = min(high / max(width, height), 1.0)
    return max(round(width * scale), low), max(round(height * scale), low)


def within(size: Size, screen: Size) -> Size:
    """A size of the same shape that a screen has room for, beside its bars."""
    share = min(ROOM * screen[0] / size[0], ROOM * screen[1] / size[1], 1.0)
    return max(round(size[0] * share), 1), max(round(size[1] * share), 1)


def _screen() -> Size:
    from pyglet.display import get_display

    screen = get_display().get_default_screen()
    return int(screen.width), int(screen.height)


if __name__ == "__main__":
    try:
        print(json.dumps({"refused": trial()}))
    except RenderError as problem:
        print(json.dumps({"error": problem.message, "hint": problem.hint}))
