"""`kirie track`: a video becomes a take, the performance without the person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kirie.commands.common import READABLE, Output, beside, command, note, write_json
from kirie.commands.progress import progress
from kirie.errors import CaptureError
from kirie.guard import allow, writing

if TYPE_CHECKING:
    from rig.params import ParameterFrame


@command("track", examples="""
kirie track me.mp4                        me.take: one line of text a frame
kirie render girl.puppet --take me.take   girl.mp4, played by it
""")  # fmt: skip
@click.argument("video", type=READABLE)
@click.option("-o", "--output", type=Output(".take"), help="The .take to write.  [default: beside the video]")
@click.option("--json", "as_json", is_flag=True, help="Tell what was seen as JSON.")
@click.option("--force", is_flag=True, help="Overwrite a file that is not as Kirie wrote it.")
def track(video: Path, output: Path | None, as_json: bool, force: bool) -> None:
    """Turn the face in a video into a take."""
    from capture import write_take

    path = output or beside(video, ".take")
    allow(path, force, inputs=[video])
    frames = track_face(video)
    with writing(path, force):
        write_take(path, frames)
    seen = sum(f.face for f in frames)
    if as_json:
        write_json({"files": [str(path)], "frames": len(frames), "with_face": seen, "seconds": round(duration(frames), 3)})
    else:
        click.echo(f"{len(frames)} frames, {duration(frames):.1f} s, a face in {seen}")
        click.echo(path)


def track_face(video: Path) -> list[ParameterFrame]:
    """The performance in a video. Raises CaptureError where there is no face in it at all."""
    from capture import open_source
    from capture import track as follow
    from kirie.models import FACE_LANDMARKER, found

    source = open_source(video)
    with progress(f"reading {video.name}") as report:
        frames = list(follow(source, report, found(FACE_LANDMARKER)))
    for each in source.notes:
        note(each)
    if not any(f.face for f in frames):
        raise CaptureError(f"no face was found in {video}",
                           "the face should fill a fifth of the picture's height and look at the camera")  # fmt: skip
    return frames


def duration(frames: Sequence[ParameterFrame]) -> float:
    """Seconds from the first frame to the last."""
    return frames[-1].time - frames[0].time if frames else 0.0
