"""`kirie send`: a command for the live window, from a shortcut, a Stream Deck or a script."""

from __future__ import annotations

import click

from kirie.commands.common import command as kirie_command
from kirie.commands.common import write_json


@kirie_command("send", examples="""
kirie send smile                          the same as key 1 in the window
kirie send record                         start; again: stop, which tells the take and the film
kirie send state                          what is on, and figures of the frames
""", epilog="Others: neutral, laugh, sad, angry, surprised, wink, sleepy, screenshot, flip, border, click-through, ground, "
            "larger, smaller, centre, minimise, help, close.")  # fmt: skip
@click.argument("command")
def send(command: str) -> None:
    """Tell the live window to do something."""
    from kirie.control import send as ask

    answer = ask(command)
    if answer:
        write_json(answer)
