"""`kirie live`: a puppet in a window, played by a performance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE, READABLE_FILE, command
from kirie.commands.play import live as show
from kirie.commands.play import play

if TYPE_CHECKING:
    from kirie.player import Replay


@command("live", examples="""
kirie live girl.puppet me.take            plays a recording, then lives by itself
kirie live girl.psd me.mp4                follows the face in a clip
""", epilog="Keys and kirie send as in kirie play. Without a performance: kirie play.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.argument("performance", type=READABLE)
def live(puppet: Path, performance: Path, **options: Any) -> None:
    """Show a puppet in a window, played by a take or the face in a clip."""
    show(puppet, replay(performance), **options)


def replay(performance: Path) -> Replay:
    """A take, or the face in a clip, to be played. Raises CaptureError."""
    from kirie.player import Replay

    if performance.suffix.lower() == ".take":
        from capture import read_take

        return Replay(read_take(performance))
    from kirie.commands.track import track_face

    return Replay(track_face(performance))


live.params[2:2] = [option for option in play.params if isinstance(option, click.Option) and option.name != "debug"]
