"""As much of a window manager as the tests need: it shows and minimises windows, and says what it is asked, line by line."""

from __future__ import annotations

import json
from ctypes import POINTER, byref, c_char_p, c_ubyte, c_ulong, c_void_p, cast
from typing import Any

from pyglet.libs.x11 import xlib

ABOVE = b"_NET_WM_STATE_ABOVE"
SCREEN = 0


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    display = xlib.XOpenDisplay(None)
    root = xlib.XRootWindow(display, SCREEN)

    def atom(name: bytes) -> int:
        return int(xlib.XInternAtom(display, name, False))

    supported = (c_ulong * 1)(atom(ABOVE))
    xlib.XChangeProperty(display, root, atom(b"_NET_SUPPORTED"), atom(b"ATOM"), 32, 0, cast(supported, POINTER(c_ubyte)), 1)
    xlib.XSelectInput(display, root, xlib.SubstructureRedirectMask | xlib.SubstructureNotifyMask)
    xlib.XSync(display, False)
    xlib.XGetAtomName.restype, xlib.XGetAtomName.argtypes = c_char_p, [c_void_p, c_ulong]
    say(ready=True)
    event = xlib.XEvent()
    while True:
        xlib.XNextEvent(display, byref(event))
        answer(display, atom, event)


def answer(display: Any, atom: Any, event: Any) -> None:
    """What a window asks for."""
    if event.type == xlib.MapRequest:
        xlib.XMapWindow(display, event.xmaprequest.window)
    elif event.type == xlib.ConfigureRequest:
        asked = event.xconfigurerequest
        xlib.XMoveResizeWindow(display, asked.window, asked.x, asked.y, asked.width, asked.height)
    elif event.type == xlib.ClientMessage:
        asked, data = event.xclient, event.xclient.data.l
        if asked.message_type == atom(b"WM_CHANGE_STATE"):
            xlib.XUnmapWindow(display, asked.window)
            say(iconic=True)
        elif asked.message_type == atom(b"_NET_ACTIVE_WINDOW"):
            say(active=True)
        elif asked.message_type == atom(b"_NET_WM_STATE"):
            say(asked=xlib.XGetAtomName(display, data[1]).decode(), add=int(data[0]))


if __name__ == "__main__":
    main()
