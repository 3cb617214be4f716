"""`kirie live`: a puppet in a window, moved by a face before a camera, in a clip or from the network, by a voice or a take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import READABLE, READABLE_FILE, command
from kirie.commands.play import live as show
from kirie.commands.play import play
from kirie.commands.wiring import Place, performing, source_options

if TYPE_CHECKING:
    from capture.webcam import Choice


@command("live", examples="""
kirie live girl.puppet                    the first camera; she mirrors you
kirie live girl.puppet --microphone       and your voice opens her mouth too; --source microphone: it alone
kirie live girl.puppet --source vmc       the face that another program sends, here by VMC to port 39540
kirie live girl.puppet --source ifacialmocap:192.168.1.20
kirie live girl.psd me.mp4                the face in a clip, over and over
kirie live girl.puppet me.take            plays a recording, then lives by itself; line.wav: says a line
""", epilog="A source may have :HOST:PORT. Of a phone (ifacialmocap, ifacialmocap-tcp, vts) it is the address that the phone "
"shows. Else it is where to listen: this computer alone, unless you say 0.0.0.0. Keys and kirie send as in kirie play; "
"N says: this is my resting face. Without a camera she looks at the mouse until there is one.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.argument("performance", type=READABLE, required=False)
@source_options("0")
def live(puppet: Path, performance: Path | None, camera: Choice | None, source: Place | None, microphone: bool,
         **options: Any) -> None:  # fmt: skip
    """Show a puppet in a window, moved by your face."""
    from capture.webcam import Choice

    first = performance is None and source is None and camera is None      # nobody asked for this very camera
    with performing(performance, Choice() if first else camera, source, microphone, patient=first) as performer:
        show(puppet, performer.source, speaks=performer.speaks, mirrored=performer.live, recorded=performer.recorded, **options)


live.params[5:5] = [option for option in play.params if isinstance(option, click.Option) and option.name != "debug"]
