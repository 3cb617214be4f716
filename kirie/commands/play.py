"""`kirie play`: a puppet in a window, living by itself, looking at the mouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE_FILE, Colour, Size, command, note, tell

if TYPE_CHECKING:
    from kirie.player import Source
    from layering.stack import RGBA
    from render.window import Window


@command("play", examples="""
kirie play girl.puppet                    she breathes, blinks, and looks at the mouse
kirie play girl.psd --no-border           rigged first; without border she stands on your desktop, on top
kirie play girl.puppet --background park.png
""", epilog="Keys: 1 to 7 expressions, R record, S screenshot, H help with all others; kirie send does the same.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("--size", type=Size(), metavar="WxH", help="The window's width and height in px.  [default: the drawing's]")
@click.option("--no-border", is_flag=True, help="No title bar, on top of other windows; drag the character itself.")
@click.option("--background", default="none", show_default=True, help="A colour, a picture, or none for a clear window.")
@click.option("--no-idle", is_flag=True, help="Stand still without a face or the mouse.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the remote control.  [default: any free one]")
@click.option("-o", "--output", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(),
              help="The folder for recordings and screenshots.  [default: here]")  # fmt: skip
def play(puppet: Path, **options: Any) -> None:
    """Show a puppet in a window; it looks at the mouse."""
    live(puppet, None, **options)


def live(path: Path, source: Source | None, *, size: tuple[int, int] | None, no_border: bool, background: str, no_idle: bool,
         port: int, output: Path, mirrored: bool = False) -> None:  # fmt: skip
    """Open the window on a puppet or a drawing and run until it is closed."""
    ground = ground_of(background)
    from kirie.cache import rigged
    from kirie.control import Control
    from kirie.player import Player, commands
    from render.chroma import chroma
    from render.framing import Framing
    from render.stage import Stage
    from render.window import Window

    puppet, file = rigged(path)
    framing = Framing.of(puppet).flipped() if mirrored else Framing.of(puppet)
    grounds = (None, chroma(puppet)) if ground is None else (ground, None, chroma(puppet))

    def reopen(old: Window, border: bool) -> Window:
        size, place = old.size, old.place
        old.close()
        return Window(puppet, size, border=border, framing=old.framing, grounds=grounds, place=place, on_command=player.want)

    window = Window(puppet, size, border=not no_border, framing=framing, grounds=grounds,
                    on_command=lambda name: player.want(name))  # fmt: skip
    player = Player(puppet, file, Stage(puppet, idles=not no_idle), window, reopen, source, output, path.stem, click.echo)
    for each in window.notes:
        note(each)
    control = Control(commands(), port)
    tell(f"H shows the keys; the same from elsewhere: kirie send smile (port {control.port})")
    try:
        player.run(lambda: control.serve(player.do))
    finally:
        control.close()


def ground_of(text: str) -> tuple[int, int, int] | RGBA | None:
    """A colour, a picture file, or none."""
    import numpy as np

    path = Path(text)
    if not path.is_file():
        return Colour().convert(text, None, None)
    from PIL import Image

    try:
        with Image.open(path) as picture:
            picture.thumbnail((4096, 4096))
            return np.array(picture.convert("RGBA"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise click.BadParameter(f"{path} is no picture: {error}", param_hint="--background") from error
