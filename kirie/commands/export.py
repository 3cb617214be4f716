"""`kirie export`: a puppet as a web page of its own, which follows the mouse."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, note
from kirie.commands.making import open_puppet
from kirie.guard import allow, writing


@command("export", examples="""
kirie export girl.puppet                  girl.html: one file, opens in any browser, follows the mouse
kirie export girl.psd -o site/girl.html   rigged on the way
""", epilog="The page needs no server and no internet; its ground is transparent, for an iframe or OBS. Props that are off in "
            "the window are off in the page.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".html", ".htm"), help="The .html to write.  [default: beside the puppet]")
@click.option("--force", is_flag=True, help="Overwrite a file that is not as Kirie wrote it.")
def export(puppet: Path, output: Path | None, force: bool) -> None:
    """Write a puppet as one web page."""
    from kirie.files import atomic
    from kirie.settings import Memory
    from render.webpage import page

    target = output or beside(puppet, ".html")
    allow(target, force, inputs=[puppet])
    hidden = Memory(puppet).settings.hidden
    if hidden:
        note(f"left out, as in the window: {', '.join(hidden)}")
    text = page(open_puppet(puppet), hidden)
    with writing(target, force, inputs=[puppet]) as path, atomic(path) as beside_it:
        beside_it.write_text(text, "utf-8", newline="\n")
    click.echo(target)
