"""The live window: pyglet opens it, the painter draws in it, keys and mouse come back as commands and framing.

    with Window(puppet, on_command=print) as window:
        while window.open:
            window.poll()
            window.show(stage.advance(time.monotonic(), pointer=window.pointer).draw_list)

It has no loop and no clock of its own. A transparent window shows the desktop through; without border it stays on top and is
dragged by the character. What the desktop refuses is in `notes`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from layering.stack import RGBA
from render.desktop import has_alpha, keep_on_top, let_mouse_through, refusals, restore
from render.framing import Framing, Point, Size
from render.keys import KEYS, help_lines
from render.opening import open_window, opening_size
from render.panel import Panel
from render.panel_pages import Readout
from render.screen import Ground, Screen
from render.writing import written
from rig.puppet import DrawList, Puppet

WHEEL = 1.1
STEP = 1.2
REDRAWN = 0.04
"""Seconds after which the panel's figures are drawn anew; what the mouse does shows at once."""
MOST_SCALE = 4.0
_LEFT = 1


class Window:
    """One window on one puppet. Everything happens on the thread that made it.

    framing: what part of the puppet is shown; settable. pointer: canvas px under the mouse, None while it is elsewhere or on
    the panel. open: until the user closes it. hidden: while it is minimised; then nothing needs to be drawn. panel: its
    sliders, which a window that replaces this one takes over. notes: what this desktop refuses, a sentence each.
    """

    def __init__(self, puppet: Puppet, size: Size | None = None, *, border: bool = True, framing: Framing | None = None,
                 grounds: tuple[Ground, ...] = (None,), ground: int = 0, place: Point | None = None, on_top: bool | None = None,
                 panel: Panel | None = None, on_command: Callable[[str], None] = lambda command: None) -> None:  # fmt: skip
        """size: (w, h) px. grounds: what the ground key goes through, beginning with the one of number `ground`. place: px of
        the upper left corner on the desktop. on_top: above other windows; None: where it has no border. on_command: gets
        every command of keys and panel that the window does not do.

        Raises RenderError where there is no display or no OpenGL.
        """
        self.framing = framing or Framing.of(puppet)
        self.border, self.open, self.hidden = border, True, False
        self.on_top = not border if on_top is None else on_top
        self.panel = panel or Panel()
        self.click_through = False
        self.helping = False
        self._puppet, self._tell = puppet, on_command
        self._grounds, self._ground = grounds, ground % len(grounds)
        self._mouse: Point | None = None
        self._redraw = 0.0                      # when the panel is drawn next, s of a readout
        self._window = open_window(puppet.name or "Kirie", size or opening_size(puppet, self.framing), border, not size)
        try:
            self._screen = Screen(puppet)
            self._screen.set_ground(self.ground)
        except BaseException:
            self._window.close()
            raise
        if place is not None:
            self._window.set_location(round(place[0]), round(place[1]))
        if not border:
            let_mouse_through(self._window, False)          # pyglet's overlays begin with it
        if self.on_top == border:
            keep_on_top(self._window, self.on_top)          # pyglet's overlays begin on top, others do not
        self._commands = _commands(self)
        self._keys = _symbols()
        self._window.push_handlers(**_handlers(self))
        self.notes = refusals(self._window, True, self.on_top)

    @property
    def size(self) -> Size:
        """(w, h) px of what is drawn."""
        width, height = self._window.get_framebuffer_size()
        return max(int(width), 1), max(int(height), 1)

    @property
    def place(self) -> Point:
        """Px of the upper left corner on the desktop."""
        x, y = self._window.get_location()
        return float(x), float(y)

    @property
    def pointer(self) -> Point | None:
        """Canvas px under the mouse, None while it is outside."""
        if self._mouse is None or self.panel.covers(self._mouse):
            return None
        return self.framing.canvas_point(self._mouse, self.size)

    @property
    def scale(self) -> float:
        """Px that the display gives to a point, in quarters."""
        ratio = max(self.size[1] / max(self._window.height, 1), self._window.dpi / 96)
        return round(4 * min(max(ratio, 1.0), MOST_SCALE)) / 4

    @property
    def rate(self) -> float:
        """Pictures a second that the display shows, as far as it says."""
        rate = getattr(self._window.screen.get_mode(), "rate", None) or 0
        return float(rate) if 24 <= rate <= 500 else 60.0

    @property
    def transparent(self) -> bool:
        """Whether the window's picture has alpha bits."""
        return has_alpha(self._window)

    @property
    def device(self) -> str:
        """What draws, as OpenGL names it."""
        return self._screen.device

    def poll(self) -> None:
        """Take what keys, mouse and desktop did; may close the window."""
        self._window.switch_to()
        self._window.dispatch_events()

    def show(self, draw_list: DrawList, readout: Readout | None = None) -> None:
        """Draw a frame and put it on the display, which may wait for it. readout: what the panel tells, if it is shown."""
        if not self.open or self.hidden:
            return
        self._window.switch_to()
        self._draw_panel(readout)
        self._screen.draw(draw_list, self.framing.view(self.size), self.framing.mirrored)
        self._window.flip()

    def screenshot(self) -> RGBA:
        """The character as shown last, without ground and panel: uint8 (h, w, 4), straight alpha. Before that RenderError."""
        self._window.switch_to()
        return self._screen.read(self.framing.mirrored)

    def do(self, command: str) -> bool:
        """Carry out one of the window's own commands; False for others, which are the owner's. Raises RenderError where it
        cannot."""
        name, _, rest = command.partition(" ")
        if name == "panel":
            self.panel.show(rest)
            self._redraw = 0.0
            if self.panel.shown and self.helping:
                self.toggle_help()
            return True
        action = self._commands.get(command)
        if action is not None:
            action()
        return action is not None

    def close(self) -> None:
        """Close the window and free what it has; done by leaving the `with` block."""
        if self._window.context is None:
            return
        self.open = False
        self._window.switch_to()
        self._screen.release()
        self._window.close()

    def zoom(self, factor: float, at: Point | None = None) -> None:
        """Larger by a factor about an output px, the middle by default."""
        width, height = self.size
        self.framing = self.framing.zoomed(factor, at or (width / 2, height / 2), self.size)

    def let_through(self, through: bool) -> str:
        """Let the mouse reach what lies behind, or no longer. What refuses it, or ""."""
        refused = let_mouse_through(self._window, through)
        self.click_through = through and not refused
        self._mouse = None
        return refused

    def keep_on_top(self, on_top: bool) -> str:
        """Stay above other windows, or no longer. What refuses it, or ""."""
        self.on_top = on_top
        return keep_on_top(self._window, on_top)

    @property
    def ground(self) -> Ground:
        """What stands behind the character."""
        return self._grounds[self._ground]

    @property
    def ground_number(self) -> int:
        """Which of the grounds it is."""
        return self._ground

    def next_ground(self) -> None:
        """The next of the grounds."""
        self._ground = (self._ground + 1) % len(self._grounds)
        self._window.switch_to()
        self._screen.set_ground(self._grounds[self._ground])

    def toggle_help(self) -> None:
        """Show or hide the keys; they take the panel's place, and it theirs."""
        self.helping = not self.helping
        if self.helping and self.panel.shown:
            self.panel.show()
        self._window.switch_to()
        lines = help_lines(self._puppet.name or "Kirie", self.notes)
        self._screen.set_text(written(lines, most=self.size) if self.helping else None)

    def _place_pointer(self, x: float, y: float) -> Point:
        """Window coordinates, y up, as output px, y down."""
        ratio = self.size[1] / max(self._window.height, 1)
        self._mouse = (x * ratio, self.size[1] - y * ratio)
        return self._mouse

    def _draw_panel(self, readout: Readout | None) -> None:
        if readout is None or not self.panel.shown:
            self._screen.set_panel(self.panel.atlas, ())
        elif readout.now >= self._redraw or readout.now < self._redraw - REDRAWN:
            self._redraw = readout.now + REDRAWN
            batches = self.panel.draw(readout, self.size, self.scale)
            self._screen.set_panel(self.panel.atlas, batches)

    def _act(self, commands: Iterable[str]) -> None:
        """What a key or the panel wants: the window does it, or its owner."""
        for command in commands:
            if not self.do(command):
                self._tell(command)
        self._redraw = 0.0

    def _press(self, x: float, y: float, button: int) -> None:
        at = self._place_pointer(x, y)
        if button == _LEFT and self.panel.covers(at):
            self._act(self.panel.press(at, time.monotonic()))

    def _scroll(self, x: float, y: float, steps: float) -> None:
        at, steps = self._place_pointer(x, y), min(max(steps, -5), 5)
        if self.panel.covers(at):
            self.panel.wheel(steps)
            self._redraw = 0.0
        else:
            self.zoom(WHEEL**steps, at)

    def _drag(self, x: float, y: float, dx: float, dy: float, buttons: int) -> None:
        if self.panel.grabbed:
            self._act(self.panel.drag(self._place_pointer(x, y)))
            return
        if buttons & _LEFT and not self.border:
            left, top = self.place
            self._window.set_location(round(left + dx), round(top - dy))
            return
        ratio = self.size[1] / max(self._window.height, 1)
        self._place_pointer(x, y)
        self.framing = self.framing.dragged(dx * ratio, -dy * ratio, self.size)

    def __enter__(self) -> Window:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close."""
        self.close()


def _commands(window: Window) -> dict[str, Callable[[], None]]:
    """What the window does by itself."""
    def framed(change: Callable[[Framing], Framing]) -> Callable[[], None]:
        return lambda: setattr(window, "framing", change(window.framing))

    return {"flip": framed(Framing.flipped), "centre": framed(Framing.centred), "larger": lambda: window.zoom(STEP),
            "smaller": lambda: window.zoom(1 / STEP), "help": window.toggle_help, "ground": window.next_ground,
            "minimise": window._window.minimize, "restore": lambda: restore(window._window),
            "close": lambda: setattr(window, "open", False)}  # fmt: skip


def _handlers(window: Window) -> dict[str, Callable[..., Any]]:
    """pyglet's events, by its names."""
    def closing() -> bool:
        window.open = False
        return True                                         # the owner closes it, when its frame is done

    def hidden(is_hidden: bool) -> Callable[[], None]:
        return lambda: setattr(window, "hidden", is_hidden)

    def leave(*_: float) -> None:
        window._mouse = None

    def key(symbol: int, *_: Any) -> bool:
        window._act(filter(None, [window._keys.get(symbol)]))
        return True                                         # or pyglet's own Escape closes without asking

    return {"on_close": closing, "on_hide": hidden(True), "on_show": hidden(False), "on_mouse_leave": leave,
            "on_mouse_motion": lambda x, y, *_: window._place_pointer(x, y) and None,
            "on_mouse_scroll": lambda x, y, _, steps: window._scroll(x, y, steps),
            "on_mouse_press": lambda x, y, button, *_: window._press(x, y, button),
            "on_mouse_release": lambda *_: window.panel.lift(),
            "on_mouse_drag": lambda x, y, dx, dy, buttons, *_: window._drag(x, y, dx, dy, buttons),
            "on_key_press": key}  # fmt: skip


def _symbols() -> dict[int, str]:
    """pyglet's key symbols and the commands they stand for."""
    from pyglet.window import key

    return {getattr(key, each.key): each.command for each in KEYS}
