"""From parameter frames at any times to pictures at a steady rate. Time is an argument: nothing here looks at a clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from kirie.errors import RenderError
from layering.stack import RGBA
from render.offscreen import Offscreen
from render.view import View
from rig import pose, rest_state, step
from rig.params import Parameter, ParameterFrame
from rig.props import without
from rig.puppet import Puppet

EASE = 0.4
"""Seconds in which a puppet whose face is lost comes to rest, and in which it takes up the face again."""


def frames(puppet: Puppet, frames: Iterable[ParameterFrame], size: tuple[int, int] | None, fps: float,
           background: tuple[int, int, int] | None = None, view: View | None = None,
           hidden: Collection[str] = ()) -> Iterator[RGBA]:  # fmt: skip
    """Play parameter frames through a puppet: uint8 (h, w, 4) straight-alpha pictures, `fps` a second.

    frames: in order of time; the first picture shows the first of them, its hair hanging still. size, background and view as
    in `Offscreen`. hidden: names of parts that are not drawn. Raises RenderError where there is no OpenGL, or `fps` is not
    above 0.
    """
    if not 0 < fps <= 1000:
        raise RenderError(f"a film of {fps} frames a second cannot be made", "give a rate from 1 to 1000")
    with Offscreen(puppet, size, background, view) as offscreen:
        state = None
        for moment in ease(resample(frames, fps), puppet.parameters):
            state = step(puppet, state, moment.values, 1 / fps) if state else rest_state(puppet, moment.values)
            yield offscreen.draw(without(pose(puppet, moment.values, state), puppet, hidden))


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
        if not after.time > before.time:
            continue
        while (time := start + number / fps) < after.time - 1e-9:
            yield _between(before, after, time)
            number += 1
        before = after
    if (time := start + number / fps) <= before.time + 1e-9:
        yield ParameterFrame(time, before.values, before.face)


def ease(frames: Iterable[ParameterFrame], parameters: Iterable[Parameter]) -> Iterator[ParameterFrame]:
    """Let the puppet come to rest while no face is seen, and take up the face again, without a jump: from wherever it is, in
    `EASE` seconds.

    parameters: the puppet's; their defaults are its rest.
    """
    rest = {parameter.name: parameter.default for parameter in parameters}
    face, since, origin, shown = None, 0.0, rest, rest
    for frame in frames:
        if face is not None and frame.face != face:
            origin, since = shown, frame.time
        elif face is None:
            since = frame.time - EASE
        face = frame.face
        shown = _mixed(origin, frame.values if face else rest, rest, _smooth((frame.time - since) / EASE))
        yield ParameterFrame(frame.time, shown, face)


def _between(a: ParameterFrame, b: ParameterFrame, time: float) -> ParameterFrame:
    """`a` and `b` mixed at a time between them; where only one of them has a face, `a`."""
    if a.face != b.face:
        return ParameterFrame(time, a.values, a.face)
    share = (time - a.time) / (b.time - a.time)
    values = {name: value + (b.values.get(name, value) - value) * share for name, value in a.values.items()}
    return ParameterFrame(time, values, a.face)


def _mixed(a: Mapping[str, float], b: Mapping[str, float], rest: Mapping[str, float], share: float) -> dict[str, float]:
    """From `a` at share 0 to `b` at 1; a name that one of them lacks stands at rest there."""
    out = {}
    for name in a.keys() | b.keys():
        default = rest.get(name, 0.0)
        start = a.get(name, default)
        out[name] = start + (b.get(name, default) - start) * share
    return out


def _smooth(share: float) -> float:
    """0..1 → 0..1, even at both ends."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)
