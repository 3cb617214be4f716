"""What the desktop grants a window: told beforehand, so that nothing is silently ignored."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from ctypes import POINTER, byref, c_int, c_ulong, cast
from typing import Any

ABOVE = b"_NET_WM_STATE_ABOVE"
COCOA_NORMAL, COCOA_FLOATING = 0, 3
"""NSWindow's levels."""
SW_RESTORE = 9
PROGRAM, PAGER = 1, 2
"""Who asks a window manager: an ordinary program, or what the user works with to choose windows (as `kirie send` is)."""


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


def let_mouse_through(window: Any, through: bool) -> str:
    """Let clicks reach what lies behind an open pyglet window, or no longer. What refuses it, or ""."""
    try:
        if sys.platform.startswith("linux"):
            from pyglet.libs.x11 import xlib, xsync

            # pyglet 2.1 declares the display by value, and every call that ends the passing through raises
            xsync.XShapeCombineMask.argtypes = [POINTER(xlib.Display), xlib.Window, c_int, c_int, c_int, xlib.Pixmap, c_int]
        window.set_mouse_passthrough(through)
    except Exception as error:                              # a display without the SHAPE extension, or a platform without a way
        return f"this desktop does not let the mouse through windows: {error or type(error).__name__}"
    return ""


def keep_on_top(window: Any, on_top: bool) -> str:
    """Keep an open pyglet window above others, or no longer. What refuses it, or ""."""
    if sys.platform == "win32":
        from pyglet.libs.win32 import _user32, constants

        place = constants.HWND_TOPMOST if on_top else constants.HWND_NOTOPMOST
        _user32.SetWindowPos(window._hwnd, place, 0, 0, 0, 0, constants.SWP_NOMOVE | constants.SWP_NOSIZE)
    elif sys.platform == "darwin":
        window._nswindow.setLevel_(COCOA_FLOATING if on_top else COCOA_NORMAL)
    elif ABOVE in _supported(window):
        _ask_manager(window, on_top)
    else:
        window._set_wm_state(*([ABOVE.decode()] if on_top else []))     # for a window manager that comes later
    return "".join(_not_on_top(window)) if on_top and sys.platform.startswith("linux") else ""


def restore(window: Any) -> None:
    """Bring an open pyglet window back where it is minimised, and to the front."""
    if sys.platform == "win32":
        from pyglet.libs.win32 import _user32

        _user32.ShowWindow(window._hwnd, SW_RESTORE)
        window.activate()
    elif sys.platform == "darwin":
        window._nswindow.deminiaturize_(None)
        window.activate()
    else:
        _map_again(window)


def has_alpha(window: Any) -> bool:
    """Whether the window's picture has alpha bits that the desktop can use."""
    config = window.config
    return bool(getattr(config, "alpha_size", 0)) and bool(getattr(config, "transparent", True))


def _refused_on_x11(window: Any, transparent: bool, on_top: bool) -> list[str]:
    found = []
    if transparent and not _has_compositor(window):
        found.append("no compositor is running: what should be transparent is black (start one, for instance picom)")
    return found + (_not_on_top(window) if on_top else [])


def _not_on_top(window: Any) -> list[str]:
    if os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return ["Wayland does not let programs stay on top: use your desktop's own menu for it"]
    return [] if ABOVE in _supported(window) else ["the window manager does not keep windows on top"]


def _map_again(window: Any) -> None:
    """A window that asks to be shown is no longer minimised; managers that never hid it are asked for the front."""
    from pyglet.libs.x11 import xlib

    xlib.XMapRaised(window.display._display, window._window)
    _tell_manager(window, b"_NET_ACTIVE_WINDOW", (PAGER, 0, 0))


def _ask_manager(window: Any, on_top: bool) -> None:
    """The state of a window that is shown is the manager's to change."""
    from pyglet.libs.x11 import xlib

    above = xlib.XInternAtom(window.display._display, ABOVE, False)
    _tell_manager(window, b"_NET_WM_STATE", (int(on_top), above, 0, PROGRAM))


def _tell_manager(window: Any, message: bytes, data: Sequence[int]) -> None:
    """By the protocol of freedesktop.org's window managers."""
    from pyglet.libs.x11 import xlib

    display = window.display._display
    event = xlib.XEvent()
    event.xclient.type, event.xclient.window, event.xclient.format = xlib.ClientMessage, window._window, 32
    event.xclient.message_type = xlib.XInternAtom(display, message, False)
    for number, value in enumerate(data):
        event.xclient.data.l[number] = value
    root = xlib.XRootWindow(display, window.display.x_screen)
    xlib.XSendEvent(display, root, False, xlib.SubstructureRedirectMask | xlib.SubstructureNotifyMask, byref(event))
    xlib.XFlush(display)


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
