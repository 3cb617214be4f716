"""`kirie serve`: a puppet as a page on this computer, for OBS's browser source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE, READABLE_FILE, command, tell
from kirie.serving import PORT

if TYPE_CHECKING:
    from collections.abc import Mapping


@command("serve", examples="""
kirie serve girl.puppet                   prints the address; in OBS: Sources, Browser, paste it
kirie serve girl.puppet me.take           plays a recording, then lives by itself
""", epilog="Only this computer can reach the page; kirie send smile works here too. Ctrl-C ends it.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.argument("performance", type=READABLE, required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Of the page; 0: any free one.")
def serve(puppet: Path, performance: Path | None, port: int) -> None:
    """Show a puppet in OBS: a page with a transparent ground."""
    from kirie.cache import rigged
    from kirie.commands.live import replay
    from kirie.control import Control
    from kirie.errors import KirieError
    from kirie.serving import Service, run
    from render.stage import Stage

    source = replay(performance) if performance else None
    stage = Stage(rigged(puppet)[0])
    service = Service(stage.puppet, port)
    state = {"open": True}

    def do(name: str) -> dict[str, Any]:
        if name == "state":
            return {"pages": service.pages, "expression": stage.face.wanted}
        if name == "close":
            state["open"] = False
        elif name == "neutral":
            stage.face.wanted = ""
        elif name in stage.face.expressions:
            stage.face.show(name)
        else:
            raise KirieError(f"{name} needs a window", "kirie play has one")
        return {"expression": stage.face.wanted}

    def advance(now: float) -> Mapping[str, float]:
        control.serve(do)
        return stage.advance(now, source.at(now) if source else None).values

    control = Control(["state", "neutral", "close", *stage.face.expressions])
    tell("paste this address into OBS: Sources, Browser. Ctrl-C ends it.")
    click.echo(service.address)
    try:
        run(advance, service, lambda: state["open"])
    finally:
        control.close()
        service.close()
