"""A puppet in a live window: the loop, and what each command does. `kirie play` and `kirie live` only choose the source."""

from __future__ import annotations

import math
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kirie.directing import WORDS, direct
from kirie.errors import KirieError
from kirie.guard import remember
from kirie.readout import Watch, switches
from kirie.recording import FILMS, Film, Recording
from kirie.settings import Memory, Settings
from kirie.streams import Announcer, stream_state
from rig.params import ParameterFrame

if TYPE_CHECKING:
    from capture.outputs import Output
    from render.panel_pages import Switch
    from render.stage import Moment, Point, Stage
    from render.virtual_camera import VirtualCamera
    from render.window import Window
    from rig.puppet import Puppet

HIDDEN_REST = 0.05
"""Seconds between looks at a minimised window, which is not drawn."""
MARGIN = 1.025
"""A little faster than the display, so that it is the display that paces where it can."""
ROUNDED = 1e-3
"""Seconds after its last frame in which a take is still on: its times are rounded."""
WHITE = (255, 255, 255)
"""What stands behind her in films that know no transparency, where the window's ground is clear."""
CAMERA = "camera"
"""The kind of input that is mirrored unless the user says otherwise."""


class Source(Protocol):
    """Where a performance comes from."""

    def at(self, now: float) -> ParameterFrame | None:
        """What the face does at `now` (s, the loop's clock), or None while there is none."""


class Replay:
    """A performance that was recorded or tracked, played once from when it is first asked."""

    def __init__(self, frames: Sequence[ParameterFrame]) -> None:
        """frames: in order of time, at least one."""
        self._frames = frames
        self._times = [frame.time for frame in frames]
        self._start: float | None = None

    def at(self, now: float) -> ParameterFrame | None:
        """The performance's values at this moment, between its frames; None when it is over."""
        self._start = now if self._start is None else self._start
        time = self._times[0] + now - self._start
        if time > self._times[-1] + ROUNDED:
            return None
        number = bisect_right(self._times, time + 1e-9) - 1
        before, after = self._frames[number], self._frames[min(number + 1, len(self._frames) - 1)]
        if after is before or before.face != after.face:
            return ParameterFrame(time, before.values, before.face)
        share = (time - before.time) / (after.time - before.time)
        values = {name: value + (after.values.get(name, value) - value) * share for name, value in before.values.items()}
        return ParameterFrame(time, values, before.face)


@dataclass
class Player:
    """One puppet, its stage and its window.

    puppet_file: the .puppet on disk, for filming. folder, stem: where screenshots and recordings go and how they begin.
    reopen: opens the window again, with or without border. tell: says a line to the user. memory: keeps what is set.
    input: what kind of source it is, for which mirroring is remembered. background: as given to --background.
    outputs: what hears of every frame. camera: what shows it to other programs.
    """

    puppet: Puppet
    puppet_file: Path
    stage: Stage
    window: Window
    reopen: Callable[[Window, bool], Window]
    source: Source | None = None
    folder: Path = field(default_factory=Path)
    stem: str = "kirie"
    tell: Callable[[str], None] = print
    memory: Memory | None = None
    input: str = "other"
    background: str | None = None
    outputs: Sequence[Output] = ()
    camera: VirtualCamera | None = None
    recording: Recording | None = None
    moment: Moment | None = None
    films: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        from render.pace import Pace

        self.pace = Pace()
        self.watch = Watch(self.puppet)
        self._mirrored = dict(self.memory.settings.mirrored) if self.memory else {}
        self._wanted: list[str] = []
        self._kind = ""                         # of the film that is asked for
        self._announcer = Announcer(self.tell)

    def run(self, before_frame: Callable[[], None] = lambda: None) -> None:
        """Until the window is closed."""
        try:
            while self.window.open:
                start = time.monotonic()
                before_frame()
                self.frame(start)
                time.sleep(max(start + self._pause() - time.monotonic(), 0.0))
        finally:
            self.finish()

    def _pause(self) -> float:
        """Seconds from frame to frame; a minimised window whose moments nobody follows rests."""
        followed = self.recording or self.outputs or self.camera
        return HIDDEN_REST if self.window.hidden and not followed else 1 / (MARGIN * self.window.rate)

    def frame(self, now: float) -> None:
        """One turn of the loop at `now` (s)."""
        self.window.poll()
        while self._wanted:
            self._report(self._wanted.pop(0))
        if not self.window.open:
            return
        source = self.source.at(now) if self.source else None
        self._announce()
        self.moment = self.stage.advance(now, source, self._pointer(source))
        for output in self.outputs:
            output.send(ParameterFrame(now, self.moment.values))
        if self.camera:
            self.camera.show(self.moment.draw_list, self.window.framing, self.window.ground)
        self.watch.add(self.moment, self.source, source)
        if self.recording:
            self.recording.add(now, self.moment.values)
        shown = self.window.panel.shown
        readout = self.watch.readout(self.moment, self.stage, self.source, self.pace, self.switches()) if shown else None
        work = time.monotonic()
        self.window.show(self.moment.draw_list, readout)
        self.pace.frame(now, max(work - now, 0.0))
        if self.memory:
            self.memory.keep(self.settings(), now)

    def _pointer(self, source: ParameterFrame | None) -> Point | None:
        """What she looks at besides: the mouse, unless a face is followed or has only just looked away."""
        followed = source is not None and (source.face or not getattr(self.source, "problem", ""))
        return None if followed and not self.stage.beneath else self.window.pointer

    def want(self, command: str) -> None:
        """A key was pressed: do it with the next frame."""
        self._wanted.append(command)

    def do(self, command: str) -> dict[str, Any]:
        """Carry out a command now; what came of it. Raises KirieError for one that there is not, or cannot be done."""
        if command.split()[:1] == ["record"]:
            return self._record(command.split()[1:])
        own: dict[str, Callable[[], dict[str, Any]]] = {
            "neutral": self._neutral, "screenshot": self._screenshot, "border": self._border,
            "top": self._top, "click-through": self._click_through, "state": self.state}  # fmt: skip
        if command in own:
            return own[command]()
        if (answer := direct(self.stage, command)) is not None:
            return answer
        if self.window.do(command):
            return {}
        raise KirieError(f"there is no command {command}", f"choose one of {', '.join(commands())}")

    def state(self) -> dict[str, Any]:
        """Figures and switches, for scripts."""
        figures, window, stage = self.pace.figures(), self.window, self.stage
        return {"puppet": self.puppet.name, "expression": stage.face.wanted, "recording": self.recording is not None,
                "mirrored": window.framing.mirrored, "idle": stage.idles, "border": window.border, "top": window.on_top,
                "click-through": window.click_through, "panel": window.panel.state, "held": stage.held.values,
                "sensitivity": dict(stage.sensitivity), "hidden": sorted(stage.hidden),
                "fps": round(figures.fps, 1), "p50": round(figures.p50, 2), "p99": round(figures.p99, 2),
                "work": round(figures.work, 2), "frames": self.pace.frames,
                "source": stream_state(self.source), "outputs": [stream_state(o) for o in self.outputs]}  # fmt: skip

    def switches(self) -> dict[str, tuple[Switch, ...]]:
        """What the panel's last page holds."""
        return switches(self.stage, self.window, self.recording is not None)

    def settings(self) -> Settings:
        """What should be as it is now when this puppet is opened the next time."""
        window, framing = self.window, self.window.framing
        if framing.mirrored != self._mirrored.get(self.input, self.input == CAMERA):
            self._mirrored = {**self._mirrored, self.input: framing.mirrored}
        return Settings(window.size, window.border, window.on_top, self.stage.idles, framing.zoom, framing.shift,
                        self._mirrored, self.background, window.ground_number, dict(self.stage.sensitivity),
                        tuple(sorted(self.stage.hidden)), window.panel.state)  # fmt: skip

    def finish(self) -> None:
        """Complete what is being recorded and close the window."""
        try:
            if self.recording:
                self._report("record")
            if self.memory:
                self.memory.keep(self.settings(), math.inf)
        finally:
            self.window.close()
            for output, film in self.films:
                film.wait()
                self._tell_film(output, film)

    def _report(self, command: str) -> None:
        """Do what a key asks; what went wrong is told and stops nothing."""
        try:
            for name, value in self.do(command).items():
                if name in ("take", "film", "picture", "recording", "note"):
                    self.tell(f"{name}: {value}")
        except KirieError as error:
            self.tell(f"error: {error}")

    def _announce(self) -> None:
        """Say it once when a camera or another program goes away or comes back."""
        self._announcer.look(self.source, "the face is followed again")
        self._announcer.look(self.camera, "the virtual camera shows her")
        for output in self.outputs:
            self._announcer.look(output, f"{output.name} hears her")
        for drawn in [each for each in self.films if each[1].poll() is not None]:
            self.films.remove(drawn)
            self._tell_film(*drawn)

    def _tell_film(self, output: str, film: subprocess.Popen[bytes]) -> None:
        take = Path(output).with_suffix(".take")
        self.tell(f"note: the film is not there; again: kirie render {self.puppet_file} --take {take}" if film.returncode else
                  f"drawn: {output}")

    def _neutral(self) -> dict[str, Any]:
        self.stage.face.wanted = ""
        calibrate = getattr(self.source, "set_neutral", None)       # a camera's source learns the resting face
        if calibrate is not None:
            calibrate()
        return {"expression": ""}

    def _record(self, words: Sequence[str]) -> dict[str, Any]:
        """Begin, or complete take and film. words: what kind of film, at its beginning or its end."""
        if len(words) > 1 or not set(words) <= FILMS.keys():
            raise KirieError(f"there is no film of the kind {' '.join(words)}", f"record alone, or with {', '.join(FILMS)}")
        self._kind = words[0] if words else self._kind
        if self.recording is None:
            self.recording = Recording(self._free(".take"))
            return {"recording": str(self.recording.path)}
        recording, self.recording = self.recording, None
        if not recording.frames:
            recording.add(0.0, self.moment.values if self.moment else {})
        take = recording.stop()
        film, self._kind = self._film(take, self._kind), ""
        remember([take])
        self.films.append((film.output, film.start()))
        return {"take": str(take), "film": film.output}

    def _film(self, take: Path, kind: str) -> Film:
        """On the window's ground, with alpha where that is clear and the kind of film, "" for the one that suits, can."""
        ground, picture = self.window.ground, ""
        if ground is not None and not isinstance(ground, tuple):
            ground, picture = None, self.background or ""
        kind = kind or ("webm" if ground is None and not picture else "mp4")
        if ground is None and not picture and kind != "webm":
            ground = WHITE
        framing, size = self.window.framing, self.window.size
        size = (size[0] - size[0] % 2 or 2, size[1] - size[1] % 2 or 2)      # what video codecs can
        view = framing.view(size)
        return Film(str(self.puppet_file), str(take), str(take.with_suffix(f".{kind}")), view.size, view.scale, view.offset,
                    framing.mirrored, ground, FILMS[kind], tuple(sorted(self.stage.hidden)), picture)  # fmt: skip

    def _screenshot(self) -> dict[str, Any]:
        from kirie.commands.making import write_png

        path = self._free(".png")
        write_png(path, self.window.screenshot())
        remember([path])
        return {"picture": str(path)}

    def _border(self) -> dict[str, Any]:
        told = self.window.notes
        self.window = self.reopen(self.window, not self.window.border)
        return {"border": self.window.border, **_note("; ".join(note for note in self.window.notes if note not in told))}

    def _top(self) -> dict[str, Any]:
        return {"top": not self.window.on_top, **_note(self.window.keep_on_top(not self.window.on_top))}

    def _click_through(self) -> dict[str, Any]:
        refused = self.window.let_through(not self.window.click_through)
        return {"click-through": self.window.click_through, **_note(refused)}

    def _free(self, suffix: str) -> Path:
        """A name that nothing has yet, nor the film that would stand beside it."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for number in range(1, 1000):
            path = self.folder / f"{self.stem}-{stamp}{f'-{number}' if number > 1 else ''}{suffix}"
            if not any(path.with_suffix(s).exists() for s in (".take", ".png", *(f".{kind}" for kind in FILMS))):
                return path
        raise KirieError(f"{self.folder} is full of recordings", "move some away")


def commands() -> tuple[str, ...]:
    """Every command that keys and `kirie send` know."""
    from render.keys import COMMANDS

    return (*COMMANDS, *(word for word in WORDS if word not in COMMANDS), "state")


def _note(refused: str) -> dict[str, str]:
    return {"note": refused} if refused else {}
