"""`kirie render`: a puppet plays a take, a video's face, or one pose, into a film, a picture or a pipe."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kirie.commands.common import READABLE, READABLE_FILE, Colour, Pose, Size, beside, command, note, tell
from kirie.commands.making import open_puppet, picture_count, write_movie, write_png
from kirie.guard import allow, is_series, writing

if TYPE_CHECKING:
    from layering.stack import RGBA
    from rig.params import Parameter, ParameterFrame
    from rig.puppet import Puppet

FILMS = (".mp4", ".webm", ".gif", ".apng", ".png")
OPAQUE = (".mp4", ".gif")
"""Films without half-transparent pixels: the character stands on white there unless told otherwise."""
WHITE = (255, 255, 255)
PIPE = Path("-")
VOICE_RATE = 120.0
"""Looks a second at a voice that is mixed with frames of any rate."""


@command("render", examples="""
kirie render girl.puppet                              girl.mp4: a built-in performance
kirie render girl.puppet --video me.mp4               girl.mp4: your face, your voice
kirie render girl.puppet --take me.take -o girl.webm  with alpha, for a streaming overlay
kirie render girl.puppet --audio line.wav             girl.mp4: she says it, blinks and sways
kirie render girl.psd --pose ParamAngleX=20,ParamMouthOpenY=1
kirie render girl.puppet --size 512x512 -o - | ffmpeg -f rawvideo -pix_fmt rgba -s 512x512 -r 30 -i - girl.mkv
""", epilog="The suffix chooses: .mp4, .webm, .gif, .apng; name_%04d.png and a folder make a series.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("--take", type=READABLE_FILE, help="Play a .take.")
@click.option("--video", type=READABLE, help="Play the face in a video; its sound is kept.")
@click.option("--audio", type=READABLE_FILE, help="A WAV file that is said; with --take or --video, mixed with that mouth.")
@click.option("--pose", type=Pose(), help="One picture: values by parameter, the others at rest.")
@click.option("--size", type=Size(), metavar="WxH", help="Width and height in px.  [default: the drawing's]")
@click.option("--fps", type=click.FloatRange(1, 240), default=30.0, show_default=True, help="Pictures a second.")
@click.option("--background", type=Colour(), help="A colour, or none.  [default: white in .mp4 and .gif, else none]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="What to write; - streams raw RGBA.  [default: beside]")
@click.option("--force", is_flag=True, help="Overwrite files that are not as Kirie wrote them.")
@click.pass_context
def render(ctx: click.Context, puppet: Path, take: Path | None, video: Path | None, audio: Path | None,
           pose: dict[str, float] | None, size: tuple[int, int] | None, fps: float,
           background: tuple[int, int, int] | None, output: Path | None, force: bool) -> None:  # fmt: skip
    """Film a puppet; a PSD is rigged on the way."""
    if sum(x is not None for x in (take, video, pose)) > 1:
        raise click.UsageError("give only one of --take, --video and --pose", ctx)
    if audio and pose:
        raise click.UsageError("--pose is one picture, which says nothing: leave --audio out", ctx)
    target = output or beside(puppet, ".mp4" if pose is None else ".pose.png")
    check_target(target, pose is not None)
    if background is None and target.suffix.lower() in OPAQUE and not given(ctx, "background"):
        background = WHITE
    inputs = [x for x in (puppet, take, video, audio) if x is not None]
    if target != PIPE:
        allow(target, force, inputs)
    loaded = open_puppet(puppet)
    if pose is not None:
        with writing(target, force, inputs):
            write_png(target, still(loaded, fitting(pose, loaded.parameters), size, background))
    else:
        from render import frames as draw

        frames = performed(take, video, audio, fps, loaded.parameters)
        pictures = draw(loaded, frames, size, fps, background)
        if target == PIPE:
            stream(pictures, size or loaded.canvas, fps)
            return
        with writing(target, force, inputs):
            write_movie(target, pictures, fps, picture_count(frames, fps), sound=audio or video)
    click.echo(target)


def given(ctx: click.Context, name: str) -> bool:
    """Whether the user gave an option."""
    return ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def check_target(target: Path, is_still: bool) -> None:
    """Raise a usage error for a kind of file that cannot be, before any work."""
    if target == PIPE:
        if is_still:
            raise click.BadParameter("--pose gives a PNG; write it to a file", param_hint="-o")
        if sys.stdout.isatty():
            raise click.BadParameter("raw pictures would flood the terminal; pipe them into a program", param_hint="-o")
        return
    if not is_still and is_series(target):
        return
    known = (".png",) if is_still else FILMS
    if target.suffix.lower() not in known:
        raise click.BadParameter(f"{target.name} should end in {', '.join(known)}", param_hint="-o")


def fitting(pose: Mapping[str, float], parameters: Sequence[Parameter]) -> dict[str, float]:
    """The pose with values held to the puppet's ranges, and a note for each; unknown names are a usage error."""
    known = {p.name: p for p in parameters}
    values: dict[str, float] = {}
    for name, value in pose.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or sorted(known)
            raise click.BadParameter(f"this puppet has no parameter {name}; it has {', '.join(near)}", param_hint="--pose")
        values[name] = known[name].clamp(value)
        if values[name] != value:
            low, high = known[name].low, known[name].high
            note(f"{name}={value:g} is held to {values[name]:g}: this puppet goes from {low:g} to {high:g}")
    return values


def performed(take: Path | None, video: Path | None, audio: Path | None = None, fps: float = 30.0,
              parameters: Iterable[Parameter] = ()) -> list[ParameterFrame]:  # fmt: skip
    """What is played: a take, the face in a video, what a WAV file says, or the built-in performance. Whoever does not breathe
    yet does now: no tracker sees it. parameters: the puppet's own.
    """
    seen = watched(take, video)
    if audio is not None:
        seen = said_by(seen, audio) if seen else said(audio, fps, parameters)
    if not seen:
        from capture import demo_performance

        return demo_performance()
    return [breathing(f) for f in seen]


def watched(take: Path | None, video: Path | None) -> list[ParameterFrame]:
    """A take, or the face in a video; nothing where neither is given."""
    if take is not None:
        from capture import read_take

        return read_take(take)
    if video is not None:
        from kirie.commands.track import track_face

        return track_face(video)
    return []


def said(audio: Path, fps: float, parameters: Iterable[Parameter]) -> list[ParameterFrame]:
    """A WAV file's mouth on a character that blinks, sways and looks about by itself, `fps` frames a second."""
    from capture import speak
    from render.idle import alive

    rest = {p.name: p.default for p in parameters}
    return [replace(f, values={**alive(f.time, rest), **f.values}) for f in speak(audio, fps)]


def said_by(seen: Sequence[ParameterFrame], audio: Path) -> list[ParameterFrame]:
    """The frames with a WAV file's voice mixed into their mouth; it begins with the first of them."""
    from capture import Mixer, speak
    from rig.params import ParameterFrame

    voice, mixer = list(speak(audio, VOICE_RATE)), Mixer()
    silence = ParameterFrame(0.0, {}, face=False)

    def heard(frame: ParameterFrame) -> ParameterFrame:
        number = round((frame.time - seen[0].time) * VOICE_RATE)
        return voice[number] if number < len(voice) else silence

    return [mixer.mix(frame, heard(frame)) for frame in seen]


def breathing(frame: ParameterFrame) -> ParameterFrame:
    """The frame with the breath of its time, unless it has one."""
    from render.idle import breath

    return replace(frame, values={"ParamBreath": breath(frame.time), **frame.values})


def still(puppet: Puppet, values: Mapping[str, float], size: tuple[int, int] | None, background: tuple[int, int, int] | None
          ) -> RGBA:  # fmt: skip
    """One posed picture, springs at rest."""
    from render import Offscreen
    from rig import pose

    with Offscreen(puppet, size, background) as offscreen:
        return offscreen.draw(pose(puppet, values))


def stream(pictures: Iterator[RGBA], size: tuple[int, int], fps: float) -> None:
    """Raw RGBA on standard output, row by row, top to bottom."""
    tell(f"raw rgba, {size[0]}x{size[1]}, {fps:g} pictures a second")
    out = sys.stdout.buffer
    for rgba in pictures:
        out.write(rgba.tobytes())
    out.flush()
