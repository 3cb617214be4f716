"""Recording what a live window shows: the values of every frame go into a take as they come; a film is drawn from the take.

The live loop only hands frames to a writing thread, so it drops none. Filming is a process of its own that begins when the
take is complete: it plays the take as `kirie render --take` does, in the framing of the window, so both are the same frames.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kirie.errors import KirieError
from kirie.guard import writing
from rig.params import ParameterFrame

if TYPE_CHECKING:
    from layering.stack import RGBA

FPS = 60.0
FILMS = {"webm": FPS, "mp4": FPS, "gif": 25.0}
"""Kinds of films, and their pictures a second."""


class Recording:
    """A take that is being recorded. `add` what is shown, then `stop`."""

    def __init__(self, path: Path) -> None:
        """path: the .take to write; it appears when the recording stops."""
        from capture import write_take

        self.path, self.frames = path, 0
        self._start, self._last = 0.0, -1.0
        self._queue: queue.SimpleQueue[ParameterFrame | None] = queue.SimpleQueue()
        self._error: BaseException | None = None
        self._writer = threading.Thread(target=self._write, args=(write_take,), name="take")
        self._writer.start()

    def add(self, now: float, values: Mapping[str, float]) -> None:
        """A frame was shown at `now` (s). What is shown is always a face: easing and idling are in the values already."""
        if not self.frames:
            self._start = now
        time = round(now - self._start, 6)
        if time > self._last:
            self._queue.put(ParameterFrame(time, values))
            self._last, self.frames = time, self.frames + 1

    def stop(self) -> Path:
        """Complete the take. Raises what writing raised."""
        self._queue.put(None)
        self._writer.join()
        if self._error is not None:
            raise self._error
        return self.path

    def _write(self, write_take: Any) -> None:
        try:
            write_take(self.path, self._frames())
        except BaseException as error:          # told by `stop`, on the thread that can tell the user
            self._error = error

    def _frames(self) -> Iterator[ParameterFrame]:
        while (frame := self._queue.get()) is not None:
            yield frame


@dataclass(frozen=True, slots=True)
class Film:
    """A film to draw: files, and the window's framing when recording stopped.

    size (w, h), scale and offset: as in `render.View`. ground: sRGB, or none for alpha. hidden: parts that are not drawn.
    picture: a file that stands behind her, or "".
    """

    puppet: str
    take: str
    output: str
    size: tuple[int, int]
    scale: float
    offset: tuple[float, float]
    mirrored: bool = False
    ground: tuple[int, int, int] | None = None
    fps: float = FPS
    hidden: tuple[str, ...] = ()
    picture: str = ""

    def start(self) -> subprocess.Popen[bytes]:
        """Draw it in a process of its own."""
        return subprocess.Popen([sys.executable, "-m", "kirie.recording", json.dumps(asdict(self))], stdin=subprocess.DEVNULL)

    def draw(self) -> None:
        """Draw it here and now."""
        from capture import read_take
        from render import View, frames, write_film
        from rig import load

        view = View(self.size, self.scale, self.offset)
        pictures = frames(load(self.puppet), read_take(self.take), None, self.fps, self.ground, view, self.hidden)
        turned = (p[:, ::-1].copy() if self.mirrored else p for p in pictures)
        with writing(self.output) as path:
            write_film(path, self._before(turned) if self.picture else turned, self.fps)

    def _before(self, pictures: Iterator[RGBA]) -> Iterator[RGBA]:
        """Pictures with the ground's picture behind them."""
        import numpy as np
        from PIL import Image

        from kirie.commands.play import ground_of
        from render.virtual_camera import covering

        picture = ground_of(self.picture)
        assert isinstance(picture, np.ndarray)
        ground = Image.fromarray(covering(picture, self.size)).convert("RGBA")
        for each in pictures:
            yield np.array(Image.alpha_composite(ground, Image.fromarray(each)))


def film_of(text: str) -> Film:
    """What `Film.start` handed over."""
    given = json.loads(text)
    for name in ("size", "offset", "ground", "hidden"):
        given[name] = given[name] if given[name] is None else tuple(given[name])
    return Film(**given)


def main(text: str) -> int:
    """Draw a film that was handed over, behind everything else that runs here; what went wrong is said in a line."""
    if hasattr(os, "nice"):
        os.nice(10)
    try:
        film_of(text).draw()
    except (KirieError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
