"""`kirie play`: a puppet in a window, living by itself, looking at the mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE_FILE, Colour, Size, command, note, tell
from kirie.commands.wiring import Place, filming, send_option, sending

if TYPE_CHECKING:
    from kirie.player import Player, Source
    from kirie.settings import Settings
    from layering.stack import RGBA
    from render.window import Window
    from rig.puppet import Puppet


@command("play", examples="""
kirie play girl.puppet                    she breathes, blinks, and looks at the mouse
kirie play girl.psd --no-border           rigged first; without border she stands on your desktop, on top
kirie play girl.puppet --background park.png
""", epilog="Keys: 1 to 7 expressions, R record, S screenshot, Tab the panel with sliders and curves, H help with all others; "
            "kirie send does the same. Each puppet keeps what you set: view, background, sensitivity, props.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("--size", type=Size(), metavar="WxH", help="The window's width and height in px.  [default: as last time]")
@click.option("--border/--no-border", default=None, help="A title bar; without it she is on top of other windows, and you drag "
              "the character itself.  [default: as last time]")  # fmt: skip
@click.option("--background", help="A colour, a picture, or none for a clear window.  [default: as last time]")
@click.option("--idle/--no-idle", default=None, help="Without a face or the mouse, move by herself or stand still.  "
              "[default: as last time]")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the remote control.  [default: any free one]")
@send_option
@click.option("--virtual-camera", is_flag=True, help="Show her as a webcam too, on a chroma colour unless there is a ground.")
@click.option("-o", "--output", type=click.Path(file_okay=False, exists=True, path_type=Path), default=Path(),
              help="The folder for recordings and screenshots.  [default: here]")  # fmt: skip
def play(puppet: Path, **options: Any) -> None:
    """Show a puppet in a window; it looks at the mouse."""
    live(puppet, None, **options)


def live(path: Path, source: Source | None, *, size: tuple[int, int] | None, border: bool | None, background: str | None,
         idle: bool | None, port: int, output: Path, sinks: tuple[Place, ...] = (), virtual_camera: bool = False,
         speaks: bool = False, mirrored: bool = False, recorded: bool = False) -> None:  # fmt: skip
    """Open the window on a puppet or a drawing and run until it is closed. What is None stands as the user left it.

    speaks: the source has a mouth only. recorded: it is a take.
    """
    if background is not None:
        ground_of(background)                               # wrong usage is told before anything is rigged
    from kirie.control import Control
    from kirie.player import commands

    wanted = {"size": size, "border": border, "background": background, "idles": idle}
    player = open_player(path, source, {name: value for name, value in wanted.items() if value is not None}, output, mirrored)
    player.stage.beneath, player.stage.recorded = speaks, recorded
    for each in player.window.notes:
        note(each)
    try:
        control = Control(commands(), port)
        tell(f"H shows the keys, Tab the panel; the same from elsewhere: kirie send smile (port {control.port})")
        try:
            with sending(sinks) as player.outputs, filming(player.puppet if virtual_camera else None) as player.camera:
                player.run(lambda: control.serve(player.do))
        finally:
            control.close()
    finally:
        player.window.close()


def open_player(path: Path, source: Source | None, wanted: dict[str, Any], output: Path, mirrored: bool) -> Player:
    """The window, as the user left it at this puppet. wanted: fields of `Settings` that are asked for now."""
    from kirie.cache import rigged
    from kirie.player import CAMERA, Player
    from kirie.settings import Memory
    from render.stage import Stage
    from render.window import Window

    puppet, file = rigged(path)
    memory = Memory(path, tell)
    kept = asked(memory.settings, wanted)
    kind = CAMERA if mirrored else "other"
    stage = Stage(puppet, dict(kept.sensitivity), kept.idles is not False, hidden=frozenset(kept.hidden))
    given = window_of(puppet, kept, kind)

    def reopen(old: Window, border: bool) -> Window:
        now = {"size": old.size, "place": old.place, "framing": old.framing, "ground": old.ground_number, "panel": old.panel}
        old.close()
        return Window(puppet, **{**given, **now, "border": border, "on_top": not border}, on_command=player.want)

    player: Player
    window = Window(puppet, **given, on_command=lambda name: player.want(name))
    player = Player(puppet, file, stage, window, reopen, source, output, path.stem, click.echo, memory, kind, kept.background)
    return player


def asked(kept: Settings, wanted: dict[str, Any]) -> Settings:
    """The settings of last time with those of the command line, and what follows from these."""
    follows: dict[str, Any] = {}
    if "background" in wanted:
        place = Path(wanted["background"])
        follows = {"ground": 0, "background": str(place.resolve()) if place.is_file() else wanted["background"]}
    if wanted.get("border", kept.border) != kept.border:
        follows["on_top"] = None                            # without border on top, with it not, unless the user says so
    return replace(kept, **{**wanted, **follows})


def window_of(puppet: Puppet, kept: Settings, kind: str) -> dict[str, Any]:
    """What a window is opened with."""
    from kirie.player import CAMERA
    from render.chroma import chroma
    from render.framing import Framing
    from render.panel import Panel

    try:
        ground = ground_of(kept.background or "none")
    except click.BadParameter as error:                     # a picture that was there the last time
        note(f"the background of last time is not used: {error.message}")
        ground = None
    grounds = (None, chroma(puppet)) if ground is None else (ground, None, chroma(puppet))
    framing = replace(Framing.of(puppet), zoom=kept.zoom, shift=kept.shift, mirrored=kept.mirrored.get(kind, kind == CAMERA))
    return {"size": kept.size, "border": kept.border is not False, "on_top": kept.on_top, "framing": framing,
            "grounds": grounds, "ground": kept.ground, "panel": Panel(kept.panel)}  # fmt: skip


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
