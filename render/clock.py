"""From parameter frames at any times to pictures at a steady rate. Time is an argument: nothing here looks at a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from layering.stack import RGBA
from render.offscreen import Offscreen
from render.view import View
from rig import pose, rest_state, step
from rig.params import Parameter, ParameterFrame
from rig.puppet import Puppet

EASE = 0.4
"""Seconds in which a puppet whose face is lost comes to rest, and in which it takes up the face again."""
_SETTLE = 3.0               # seconds that the springs are given before the first picture
_STEP = 1 / 60              # longest step that the springs are given


def frames(puppet: Puppet, frames: Iterable[ParameterFrame], size: tuple[int, int] | None, fps: float,
           background: tuple[int, int, int] | None = None, view: View | None = None) -> Iterator[RGBA]:  # fmt: skip
    """Play parameter frames through a puppet: uint8 (h, w, 4) straight-alpha pictures, `fps` a second.

    frames: in order of time; the first picture is that of the first frame, its springs at rest in that pose. size, background
    and view as in `Offscreen`.
    Raises RenderError where there is no OpenGL.
    """
    moments = ease(resample(frames, fps), puppet.parameters)
    with Offscreen(puppet, size, background, view) as offscreen:
        state = rest_state(puppet)
        for number, moment in enumerate(moments):
            steps = max(1, round((1 / fps if number else _SETTLE) / _STEP))
            for _ in range(steps):
                state = step(puppet, state, moment.values, (1 / fps if number else _SETTLE) / steps)
            yield offscreen.draw(pose(puppet, moment.values, state))


def resample(frames: Iterable[ParameterFrame], fps: float) -> Iterator[ParameterFrame]:
    """The same performance at `fps` a second: values are interpolated between the two frames around each moment.

    Starts at the first frame's time. Frames that do not come after the one before are left out.
    """
    incoming = iter(frames)
    before = next(incoming, None)
    if before is None:
        return
    start, number = before.time, 0
    for after in incoming:
        if after.time <= before.time:
            continue
        while (time := start + number / fps) < after.time:
            yield _between(before, after, time)
            number += 1
        before = after
    if start + number / fps <= before.time + 0.5 / fps:
        yield ParameterFrame(start + number / fps, before.values, before.face)


def _between(a: ParameterFrame, b: ParameterFrame, time: float) -> ParameterFrame:
    """`a` and `b` mixed at a time between them; a value, or a face, that only one of them has is not mixed."""
    if a.face != b.face:
        return ParameterFrame(time, a.values, a.face)
    share = (time - a.time) / (b.time - a.time)
    mixed = {name: value + (b.values.get(name, value) - value) * share for name, value in a.values.items()}
    return ParameterFrame(time, mixed, a.face)


def ease(frames: Iterable[ParameterFrame], parameters: Iterable[Parameter]) -> Iterator[ParameterFrame]:
    """Let the puppet come to rest while no face is seen, and back, in `EASE` seconds each, from where it was.

    parameters: the puppet's, whose defaults are its rest.
    """
    rest = {parameter.name: parameter.default for parameter in parameters}
    shown, held, time = 0.0, rest, None
    for frame in frames:
        passed = EASE if time is None else frame.time - time
        shown = min(max(shown + (passed if frame.face else -passed) / EASE, 0.0), 1.0)
        held, time = (frame.values if frame.face else held), frame.time
        share = shown * shown * (3 - 2 * shown)
        values = {name: rest.get(name, 0.0) + (value - rest.get(name, 0.0)) * share for name, value in held.items()}
        yield ParameterFrame(frame.time, values, frame.face)
