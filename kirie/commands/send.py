"""`kirie send`: a command for the live window, from a shortcut, a Stream Deck or a script."""

from __future__ import annotations

import click

from kirie.commands.common import command as kirie_command
from kirie.commands.common import write_json


@kirie_command("send", examples="""
kirie send smile                          the same as key 1 in the window
kirie send record                         start; again: stop, which tells the take and the film
kirie send record gif                     the same, with a GIF; or mp4, or webm, which has alpha
kirie send set ParamAngleX 20             what a slider does; release ParamAngleX lets it go, release all
kirie send sensitivity ParamAngleY 1.5    how strongly your nod counts
kirie send props eyewear                  glasses off or on; props alone: all props
kirie send state                          what is on, and figures of the frames
""", epilog="Others: neutral, laugh, sad, angry, surprised, wink, sleepy, screenshot, panel, idle, flip, border, top, "
            "click-through, ground, larger, smaller, centre, minimise, restore, help, close. "
            "panel takes a page: pose, input, more.")  # fmt: skip
@click.argument("command", nargs=-1, required=True)
def send(command: tuple[str, ...]) -> None:
    """Tell the live window to do something."""
    from kirie.control import send as ask

    answer = ask(" ".join(command))
    if answer:
        write_json(answer)
