"""`kirie live`: a puppet in a window, moved by the face in front of the camera, in a clip, or by a take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE, READABLE_FILE, command
from kirie.commands.play import live as show
from kirie.commands.play import play

if TYPE_CHECKING:
    from capture.sources import Source
    from kirie.player import Replay


@command("live", examples="""
kirie live girl.puppet                    the first camera; she mirrors you
kirie live girl.puppet --camera 1         another camera
kirie live girl.psd me.mp4                the face in a clip, over and over
kirie live girl.puppet me.take            plays a recording, then lives by itself
""", epilog="Keys and kirie send as in kirie play; N says: this is my resting face. Without a camera: kirie play.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.argument("performance", type=READABLE, required=False)
@click.option("--camera", type=click.IntRange(0, 99), default=0, show_default=True, help="Number of the camera.")
def live(puppet: Path, performance: Path | None, camera: int, **options: Any) -> None:
    """Show a puppet in a window, moved by your face."""
    if performance is not None and performance.suffix.lower() == ".take":
        show(puppet, replay(performance), **options)
        return
    with opened(face_source(performance, camera)) as source:
        show(puppet, source, mirrored=performance is None, **options)


def face_source(clip: Path | None, camera: int) -> Source:
    """The face in a clip, or before a camera, whose resting face is remembered."""
    from capture.camera import Camera, LiveFile
    from capture.live import LiveTracker
    from capture.webcam import Choice
    from kirie.guard import state_file

    pictures = LiveFile(clip) if clip is not None else Camera(Choice(camera))
    return LiveTracker(pictures, state=state_file().parent / "neutral.json")


@contextmanager
def opened(source: Source) -> Iterator[Source]:
    """Open it, and close it whatever happens. Raises CaptureError where it cannot be opened."""
    source.open()
    try:
        yield source
    finally:
        source.close()


def replay(performance: Path) -> Replay:
    """A take, or the face in a clip, to be played. Raises CaptureError."""
    from kirie.player import Replay

    if performance.suffix.lower() == ".take":
        from capture import read_take

        return Replay(read_take(performance))
    from kirie.commands.track import track_face

    return Replay(track_face(performance))


live.params[3:3] = [option for option in play.params if isinstance(option, click.Option) and option.name != "debug"]
