"""What the desktop grants a window: told beforehand, so that nothing is silently ignored."""

from __future__ import annotations

import os
import sys
from ctypes import POINTER, c_int, c_ulong, cast
from typing import Any

ABOVE = b"_NET_WM_STATE_ABOVE"


def refusals(window: Any, transparent: bool, on_top: bool) -> tuple[str, ...]:
    """What an open pyglet window wants and does not get here, a sentence each.

    transparent: whether alpha was wanted. on_top: whether it wants to stay above other windows.
    """
    found = []
    if transparent and not has_alpha(window):
        found.append("this display has no transparent windows: the ground is opaque")
    if sys.platform.startswith("linux"):
        found += _refused_on_x11(window, transparent and not found, on_top)
    return tuple(found)


def let_mouse_through(window: Any, through: bool) -> None:
    """Let clicks reach what lies behind an open pyglet window, or no longer."""
    if sys.platform.startswith("linux"):
        from pyglet.libs.x11 import xlib, xsync

        # pyglet 2.1 declares the display by value, and every call that ends the passing through raises
        xsync.XShapeCombineMask.argtypes = [POINTER(xlib.Display), xlib.Window, c_int, c_int, c_int, xlib.Pixmap, c_int]
    window.set_mouse_passthrough(through)


def has_alpha(window: Any) -> bool:
    """Whether the window's picture has alpha bits that the desktop can use."""
    config = window.config
    return bool(getattr(config, "alpha_size", 0)) and bool(getattr(config, "transparent", True))


def _refused_on_x11(window: Any, transparent: bool, on_top: bool) -> list[str]:
    found = []
    if transparent and not _has_compositor(window):
        found.append("no compositor is running: what should be transparent is black (start one, for instance picom)")
    if on_top and os.environ.get("XDG_SESSION_TYPE") == "wayland":
        found.append("Wayland does not let programs stay on top: use your desktop's own menu for it")
    elif on_top and ABOVE not in _supported(window):
        found.append("the window manager does not keep windows on top")
    return found


def _has_compositor(window: Any) -> bool:
    from pyglet.libs.x11 import xlib

    display = window.display._display
    atom = xlib.XInternAtom(display, f"_NET_WM_CM_S{window.display.x_screen}".encode(), False)
    xlib.XGetSelectionOwner.argtypes, xlib.XGetSelectionOwner.restype = [POINTER(xlib.Display), c_ulong], c_ulong
    return bool(xlib.XGetSelectionOwner(display, atom))


def _supported(window: Any) -> set[bytes]:
    """Names of what the window manager says it can do."""
    from pyglet.libs.x11 import xlib

    display = window.display._display
    root = xlib.XRootWindow(display, window.display.x_screen)
    atoms = [xlib.XInternAtom(display, name, False) for name in (b"_NET_SUPPORTED", b"ATOM", ABOVE)]
    data, count, _ = window.get_single_property(root, atoms[0], atoms[1])
    if not count:
        return set()
    names = cast(data, POINTER(c_ulong))
    found = {ABOVE} if atoms[2] in {names[i] for i in range(count)} else set()
    xlib.XFree(data)
    return found
