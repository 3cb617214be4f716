"""Films: every frame looked at and drawn by many processes, made steady in order, written in parts that survive a stop.

    input ─ look (crew) ─ motion, mask and meshes steadied ─ draw (crew) ─ supervisor ─ parts ─ film

Few frames are in memory at any time, whatever the film's length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from stylize.crew import Crew, hired
from stylize.flow import RGB, U8, Flow, FlowPair, grey_of
from stylize.segments import LENGTH, Progress, Segments
from stylize.steady import Past, Supervisor
from stylize.steady_seen import Seen, steadied


class FrameStylizer(Protocol):
    """What stylizes one frame, knowing nothing of the others."""

    def look(self, rgb: RGB) -> Seen:
        """Who is in a frame uint8 (H, W, 3)."""

    def draw(self, rgb: RGB, seen: Seen) -> RGB:
        """The frame stylized, of the same size. seen: as `look` told, steadied."""


class FilmWriter(Protocol):
    """Writes films; stylize knows no codecs."""

    def write(self, path: Path, frames: Iterable[RGB]) -> None:
        """A film of uint8 (H, W, 3) frames, whole or not at all."""

    def join(self, path: Path, parts: Sequence[Path]) -> None:
        """Films one after the other as one, with the input's sound; whole or not at all."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """A frame on its way. pair: the motion from the frame before, None for the first of all."""

    rgb: RGB
    seen: Seen
    pair: FlowPair | None


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    """A finished frame, and what the next one builds on."""

    rgb: RGB
    past: Past
    seen: Seen


@dataclass(frozen=True, slots=True)
class Stylized:
    """What became of a film: its frames, and how many of them show nobody's face."""

    frames: int
    faceless: int


def stylize_video(frames: Iterable[RGB], target: Path, make: Callable[[], FrameStylizer], writer: FilmWriter,
                  key: Mapping[str, object], workers: int = 0, report: Callable[[int, int], None] = lambda _done, _before: None,
                  ) -> Stylized:  # fmt: skip
    """Stylize a film steadily, or go on where an earlier call with the same key was stopped.

    frames: of the input, uint8 (H, W, 3) of one size at a constant rate, from the beginning. make: makes a process's stylizer;
    a function that pickle can name. key: what decides how the frames look (input, options), as JSON's types.
    workers: processes, 0 for none. report: called with how many frames are done, and how many of them were done before.
    When it is stopped, what is complete stays in a folder beside the target. Raises what reading, drawing and writing raise.
    """
    segments = Segments(target, key)
    start = segments.resume()
    parts, done, faceless = (start.parts, start.frames, start.faceless) if start else (0, 0, 0)
    before = done
    with segments.kept(), hired(make, workers) as crew:
        stream = _finished(frames, crew, start)
        while (first := next(stream, None)) is not None:
            part = _Part(first, stream, done, lambda n: report(n, before))
            writer.write(segments.part(parts), part)
            parts, done, faceless = parts + 1, part.done, faceless + part.faceless
            segments.save(Progress(parts, done, faceless, part.last.past, part.last.seen))
        writer.join(target, [segments.part(n) for n in range(parts)])
    segments.remove()
    return Stylized(done, faceless)


class _Part(Iterator[RGB]):
    """The frames of one part, which remembers how many there were and the last."""

    def __init__(self, first: _Done, stream: Iterator[_Done], done: int, report: Callable[[int], None]) -> None:
        """done: frames in the parts before."""
        self.last, self.done, self.faceless, self._report = first, done, 0, report
        self._frames = chain([first], islice(stream, LENGTH - 1))

    def __next__(self) -> RGB:
        self.last = next(self._frames)
        self.done += 1
        self.faceless += not self.last.seen.meshes
        self._report(self.done)
        return self.last.rgb


def _finished(frames: Iterable[RGB], crew: Crew, start: Progress | None) -> Iterator[_Done]:
    """The frames that are not done yet, finished, in order."""
    rest = iter(frames)
    earlier = None
    if start is not None:
        for frame in islice(rest, start.frames - 1, start.frames):
            earlier = grey_of(frame)
    supervisor = Supervisor(past=start.past if start else None)
    waiting: _Shot | None = None
    shots = _shots(crew.each("look", rest, lambda rgb: (rgb,)), earlier, start.seen if start else None)
    for shot, styled in crew.each("draw", shots, lambda shot: (shot.rgb, shot.seen)):
        done = supervisor.push(styled, shot.pair)
        if done is not None and waiting is not None and supervisor.past is not None:
            yield _Done(done.rgb, supervisor.past, waiting.seen)
        waiting = shot
    done = supervisor.flush()
    if done is not None and waiting is not None and supervisor.past is not None:
        yield _Done(done.rgb, supervisor.past, waiting.seen)


def _shots(looked: Iterable[tuple[RGB, Seen]], earlier: U8 | None, past: Seen | None) -> Iterator[_Shot]:
    """Frames with the motion to them, and what is seen in them steadied along it. earlier: the frame before the first."""
    flow = Flow()
    for rgb, seen in looked:
        grey = grey_of(rgb)
        pair = None if earlier is None else flow.pair(earlier, grey)
        past, earlier = steadied(seen, past, pair), grey
        yield _Shot(rgb, past, pair)


def paced(pictures: Iterable[tuple[float, RGB]], fps: float) -> Iterator[RGB]:
    """Frames at a constant rate of (seconds, frame) in order: what comes late is shown longer, what comes too soon is left out.

    Phones film at a rate that varies; a film of a constant one stays in step with its sound.
    """
    shown: RGB | None = None
    count, begin = 0, 0.0
    for time, rgb in pictures:
        if shown is None:
            begin = time
        else:
            until = round((time - begin) * fps)
            yield from [shown] * max(until - count, 0)
            count = max(until, count)
        shown = rgb
    if shown is not None:
        yield shown
