"""The live window: pyglet opens it, the painter draws in it, keys and mouse come back as commands and framing.

    with Window(puppet, on_command=print) as window:
        while window.open:
            window.poll()
            window.show(stage.advance(time.monotonic(), pointer=window.pointer).draw_list)

It has no loop and no clock of its own. A transparent window shows the desktop through; without border it stays on top and is
dragged by the character. What the desktop refuses is in `notes`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from kirie.errors import RenderError
from layering.stack import RGBA
from render.desktop import has_alpha, let_mouse_through, refusals
from render.framing import Framing, Point, Size
from render.keys import KEYS, help_lines
from render.screen import Ground, Screen
from render.writing import written
from rig.puppet import DrawList, Puppet

SIDES = (320, 960)
"""Px between which a window opens."""
WHEEL = 1.1
STEP = 1.2
_LEFT, _OTHER = 1, 2 | 4


class Window:
    """One window on one puppet. Everything happens on the thread that made it.

    framing: what part of the puppet is shown; settable. pointer: canvas px under the mouse, None while it is elsewhere.
    open: until the user closes it. hidden: while it is minimised; then nothing needs to be drawn. notes: what this desktop
    refuses, a sentence each.
    """

    def __init__(self, puppet: Puppet, size: Size | None = None, *, border: bool = True, framing: Framing | None = None,
                 grounds: tuple[Ground, ...] = (None,), place: Point | None = None,
                 on_command: Callable[[str], None] = lambda command: None) -> None:  # fmt: skip
        """size: (w, h) px. border: without it the window stays on top. grounds: what the ground key goes through.
        place: px of the upper left corner on the desktop. on_command: gets every key's command that the window does not do.

        Raises RenderError where there is no display or no OpenGL.
        """
        self.framing = framing or Framing.of(puppet)
        self.border, self.open, self.hidden = border, True, False
        self.click_through = False
        self.helping = False
        self._puppet, self._tell = puppet, on_command
        self._grounds, self._ground = grounds, 0
        self._mouse: Point | None = None
        self._window = _open(puppet.name or "Kirie", size or _size(puppet, self.framing), border)
        try:
            self._screen = Screen(puppet)
            self._screen.set_ground(grounds[0])
        except BaseException:
            self._window.close()
            raise
        if place is not None:
            self._window.set_location(round(place[0]), round(place[1]))
        if not border:
            let_mouse_through(self._window, False)          # pyglet's overlays begin with it
        self._commands = _commands(self)
        self._keys = _symbols()
        self._window.push_handlers(**_handlers(self))
        self.notes = refusals(self._window, True, not border)

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
        return None if self._mouse is None else self.framing.canvas_point(self._mouse, self.size)

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

    def show(self, draw_list: DrawList) -> None:
        """Draw a frame and put it on the display, which may wait for it."""
        if not self.open or self.hidden:
            return
        self._window.switch_to()
        self._screen.draw(draw_list, self.framing.view(self.size), self.framing.mirrored)
        self._window.flip()

    def screenshot(self) -> RGBA:
        """The character as shown last, without the ground: uint8 (h, w, 4), straight alpha. Raises RenderError before that."""
        self._window.switch_to()
        return self._screen.read(self.framing.mirrored)

    def do(self, command: str) -> bool:
        """Carry out one of the window's own commands; False for others, which are the owner's."""
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

    def let_through(self, through: bool) -> None:
        """Let the mouse reach what lies behind, or no longer."""
        self.click_through = through
        self._mouse = None
        let_mouse_through(self._window, through)

    @property
    def ground(self) -> Ground:
        """What stands behind the character."""
        return self._grounds[self._ground]

    def next_ground(self) -> None:
        """The next of the grounds."""
        self._ground = (self._ground + 1) % len(self._grounds)
        self._window.switch_to()
        self._screen.set_ground(self._grounds[self._ground])

    def toggle_help(self) -> None:
        """Show or hide the keys."""
        self.helping = not self.helping
        self._window.switch_to()
        lines = help_lines(self._puppet.name or "Kirie", self.notes)
        self._screen.set_text(written(lines, most=self.size) if self.helping else None)

    def _place_pointer(self, x: float, y: float) -> Point:
        """Window coordinates, y up, as output px, y down."""
        ratio = self.size[1] / max(self._window.height, 1)
        self._mouse = (x * ratio, self.size[1] - y * ratio)
        return self._mouse

    def _press(self, symbol: int) -> bool:
        command = self._keys.get(symbol)
        if command is not None and not self.do(command):
            self._tell(command)
        return True                                         # or pyglet's own Escape closes without asking

    def _drag(self, x: float, y: float, dx: float, dy: float, buttons: int) -> None:
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
            "click-through": lambda: window.let_through(not window.click_through), "minimise": window._window.minimize,
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

    def scroll(x: float, y: float, _: float, steps: float) -> None:
        window.zoom(WHEEL ** min(max(steps, -5), 5), window._place_pointer(x, y))

    return {"on_close": closing, "on_hide": hidden(True), "on_show": hidden(False), "on_mouse_leave": leave,
            "on_mouse_motion": lambda x, y, *_: window._place_pointer(x, y) and None, "on_mouse_scroll": scroll,
            "on_mouse_drag": lambda x, y, dx, dy, buttons, *_: window._drag(x, y, dx, dy, buttons),
            "on_key_press": lambda symbol, *_: window._press(symbol)}  # fmt: skip


def _open(title: str, size: Size, border: bool) -> Any:
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


def _size(puppet: Puppet, framing: Framing) -> Size:
    """Px in which a window opens: the shape of what it shows, no larger than drawn."""
    left, top, right, bottom = framing.box
    width, height = right - left, bottom - top
    low, high = SIDES
    scale = min(high / max(width, height), 1.0)
    return max(round(width * scale), low), max(round(height * scale), low)


def _symbols() -> dict[int, str]:
    """pyglet's key symbols and the commands they stand for."""
    from pyglet.window import key

    return {getattr(key, each.key): each.command for each in KEYS}
