"""`kirie serve`: a puppet as a page on this computer, for OBS's browser source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE, READABLE_FILE, command, tell
from kirie.commands.wiring import Place, performing, send_option, sending, source_options
from kirie.directing import WORDS, direct
from kirie.errors import KirieError
from kirie.serving import PORT
from kirie.streams import Announcer, stream_state

if TYPE_CHECKING:
    from capture.outputs import Output
    from capture.webcam import Choice
    from kirie.player import Replay, Source
    from kirie.serving import Shown
    from kirie.settings import Memory
    from render.stage import Stage

LOOK = 1.0
"""Seconds between looks at what was set elsewhere."""


@command("serve", examples="""
kirie serve girl.puppet                   prints the address; in OBS: Sources, Browser, paste it
kirie serve girl.puppet --camera 0        moved by your face; --source, --microphone and --send as in kirie live
kirie serve girl.puppet me.take           plays a recording, then lives by itself; me.mp4 and line.wav work too
""", epilog="Only this computer can reach the page; kirie send smile works here too. Sensitivity and props are as in the "
            "window, also while that is open. Ctrl-C ends it.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.argument("performance", type=READABLE, required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="Of the page; 0: any free one.")
@source_options("none")
@send_option
def serve(puppet: Path, performance: Path | None, port: int, camera: Choice | None, source: Place | None, microphone: bool,
          sinks: tuple[Place, ...]) -> None:  # fmt: skip
    """Show a puppet in OBS: a page with a transparent ground."""
    from kirie.cache import rigged
    from kirie.settings import Memory
    from render.stage import Stage

    memory = Memory(puppet, tell)
    kept = memory.settings
    with performing(performance, camera, source, microphone) as performer, sending(sinks) as outputs:
        stage = Stage(rigged(puppet)[0], dict(kept.sensitivity), kept.idles is not False, performer.speaks, performer.recorded,
                      hidden=frozenset(kept.hidden))  # fmt: skip
        Session(stage, performer.source, outputs, memory).run(port)


@dataclass
class Session:
    """A stage whose moments go to pages and to other programs. memory: what is set for the puppet, here and in its window."""

    stage: Stage
    source: Source | Replay | None
    outputs: Sequence[Output]
    memory: Memory | None = None
    open: bool = True
    _look: float = -math.inf

    def run(self, port: int) -> None:
        """Serve until it is told to close. Raises KirieError where the port is taken."""
        from kirie.control import Control
        from kirie.serving import Service, run

        service = self.service = Service(self.stage.puppet, port)
        control = self.control = Control(["state", "neutral", "close", *WORDS, *self.stage.face.expressions])
        self._announcer = Announcer(tell)
        tell("paste this address into OBS: Sources, Browser. Ctrl-C ends it.")
        click.echo(service.address)
        try:
            run(self.advance, service, lambda: self.open)
            self._remember(math.inf)
        finally:
            control.close()
            service.close()

    def advance(self, now: float) -> Shown:
        """The values at `now` (s) and the parts that are off, after what was asked from outside."""
        from rig.params import ParameterFrame

        self.control.serve(self.do)
        self._remember(now)
        self._announcer.look(self.source, "the face is followed again")
        values = self.stage.advance(now, self.source.at(now) if self.source else None).values
        for output in self.outputs:
            self._announcer.look(output, f"{output.name} hears her")
            output.send(ParameterFrame(now, values))
        return values, self.stage.hidden

    def _remember(self, now: float) -> None:
        """Once a second: take up what was set in the window, keep what was set here."""
        if self.memory is None or now < self._look:
            return
        self._look, stage = now + LOOK, self.stage
        if found := self.memory.news():
            stage.sensitivity, stage.hidden = dict(found.sensitivity), frozenset(found.hidden)
        kept = self.memory.settings
        idles = kept.idles if stage.idles == (kept.idles is not False) else stage.idles     # None: nobody said otherwise
        mine = replace(kept, sensitivity=dict(stage.sensitivity), idles=idles, hidden=tuple(sorted(stage.hidden)))
        if mine != kept:
            self.memory.keep(mine, now)
            self.memory.settings = mine

    def do(self, name: str) -> dict[str, Any]:
        """Carry out a command. Raises KirieError for one that needs a window."""
        face = self.stage.face
        if name == "state":
            return {"pages": self.service.pages, "expression": face.wanted, "held": self.stage.held.values,
                    "sensitivity": dict(self.stage.sensitivity), "hidden": sorted(self.stage.hidden),
                    "source": stream_state(self.source), "outputs": [stream_state(o) for o in self.outputs]}  # fmt: skip
        if name == "close":
            self.open = False
        elif name == "neutral":
            face.wanted = ""
            if learn := getattr(self.source, "set_neutral", None):
                learn()
        elif (answer := direct(self.stage, name)) is not None:
            return answer
        else:
            raise KirieError(f"{name} needs a window", "kirie play has one")
        return {"expression": face.wanted}
