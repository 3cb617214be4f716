"""Where faces, voices and values come from and go to: the options that `live`, `play` and `serve` share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kirie.commands.common import note
from kirie.errors import CaptureError
from kirie.streams import dropped

if TYPE_CHECKING:
    from capture.outputs import Output
    from capture.sources import Source
    from capture.webcam import Choice
    from kirie.player import Replay
    from render.virtual_camera import VirtualCamera
    from rig.puppet import Puppet

SOURCES = ("microphone", "vmc", "openseeface", "ifacialmocap", "ifacialmocap-tcp", "vts")
SINKS = ("vmc", "vmc-arkit", "ifacialmocap", "vts")
EVERYWHERE = "0.0.0.0"                                      # the whole network: only ever by the user's own word


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a stream: its kind, and host and port as far as they were given."""

    kind: str
    host: str | None = None
    port: int | None = None


class Wire(click.ParamType[Place]):
    """KIND[:HOST][:PORT]."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds, self.name = kinds, "KIND[:HOST][:PORT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        if isinstance(value, Place):
            return value
        kind, _, rest = str(value).partition(":")
        if kind not in self.kinds:
            self.fail(f"'{kind}' is none of {', '.join(self.kinds)}", param, ctx)
        if kind == "microphone":
            return Place(kind, rest or None)                # names of devices may hold anything
        host, colon, port = rest.rpartition(":")
        if not colon and not port.isdecimal():
            host, port = rest, ""
        if port and not (port.isdecimal() and int(port) < 65536):
            self.fail(f"'{port}' is no port: write for instance {kind}:{host or '127.0.0.1'}:49983", param, ctx)
        return Place(kind, host or None, int(port) if port else None)


class Webcam(click.ParamType[Any]):
    """NUMBER[:WxH[@FPS]], or the path or address of a camera."""

    name = "NUMBER[:WxH[@FPS]]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Choice:
        from capture.webcam import Choice

        if isinstance(value, Choice):
            return value
        if "/" in str(value):
            return Choice(str(value))
        parts = re.fullmatch(r"(\d{1,2})(?::(\d{2,4})x(\d{2,4})(?:@(\d{1,3}))?)?", str(value))
        if parts is None:
            self.fail(f"'{value}' is no camera: write for instance 0, 1:1280x720, 1:1280x720@60 or /dev/video2", param, ctx)
        number, width, height, fps = (int(part) if part else None for part in parts.groups())
        given = Choice(number or 0)
        return replace(given, size=(width, height) if width and height else given.size, fps=float(fps or given.fps))


Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def source_options(camera: str) -> Decorator:
    """`--camera`, `--source` and `--microphone`. camera: what the help says of the default."""
    options = [
        click.option("--camera", type=Webcam(), is_flag=False, flag_value="0",
                     help=f"Which camera, and which size and rate to ask it for.  [default: {camera}]"),
        click.option("--source", type=Wire(SOURCES), help=f"Instead of a camera: {', '.join(SOURCES)}."),
        click.option("--microphone", is_flag=True, help="Your voice opens the mouth too."),
    ]

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return wrap


def send_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--send`, as often as wanted."""
    return click.option("--send", "sinks", type=Wire(SINKS), multiple=True,
                        help=f"Drive other programs: {', '.join(SINKS)}.")(function)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Performer:
    """Who moves the puppet. speaks: it has a mouth only, so the puppet does the rest. live: it faces the puppet, which may
    mirror it. recorded: it is a take.
    """

    source: Source | Replay | None
    speaks: bool = False
    live: bool = False
    recorded: bool = False


@contextmanager
def performing(performance: Path | None, camera: Choice | None, source: Place | None, microphone: bool, patient: bool = False
               ) -> Iterator[Performer]:  # fmt: skip
    """Open what the options name, and close it whatever happens. patient: a camera that is not there is waited for.

    Raises CaptureError where it cannot be opened.
    """
    place = camera or source
    kind = performance.suffix.lower() if performance is not None else ""
    if source is not None and camera is not None:
        raise click.UsageError("give only one of --camera and --source")
    if kind == ".take" and (microphone or place):
        raise click.UsageError("a take plays as it was recorded: leave --camera, --source and --microphone out")
    if kind not in ("", ".wav") and place:
        raise click.UsageError(f"the face is the one in {performance}: leave --camera and --source out")
    if microphone and (kind == ".wav" or (source is not None and source.kind == "microphone")):
        raise click.UsageError("one voice is enough: leave --microphone out")
    if kind == ".take" and performance is not None:
        yield Performer(replay(performance), recorded=True)
        return
    face, voice = face_of(performance, place, patient), voice_of(performance, source, microphone)
    with opened(face, voice) as both:
        yield Performer(both, face is None, face is not None and kind in ("", ".wav"))


def face_of(performance: Path | None, place: Place | Choice | None, patient: bool = False) -> Source | None:
    """A clip's face, a camera's or a network's, not yet open; None where only a voice is asked for, or nothing."""
    from capture.camera import Camera, LiveFile
    from capture.live import LiveTracker
    from capture.webcam import Choice
    from kirie.guard import state_file
    from kirie.models import face_finder

    if performance is not None and performance.suffix.lower() != ".wav":
        pictures: LiveFile | Camera = LiveFile(performance)
    elif isinstance(place, Choice):
        pictures = Camera(place, patient=patient)
    else:
        return None if place is None or place.kind == "microphone" else network(place)
    return LiveTracker(pictures, face_finder(), state=state_file().parent / "neutral.json")


def network(place: Place) -> Source:
    """Faces from other programs and phones, not yet open. Hosts of phones are asked; others are where to listen."""
    from capture import listen

    if place.kind in ("vts", "ifacialmocap-tcp") and place.host in (None, EVERYWHERE):
        raise CaptureError(f"{place.kind} sends only when it is asked",
                           f"with the address that the phone shows: --source {place.kind}:192.168.1.20")  # fmt: skip
    if place.kind == "vts":
        return listen("vtubestudio", phone=_address(place))
    if place.kind.startswith("ifacialmocap") and place.host not in (None, EVERYWHERE):
        return listen(place.kind, phone=_address(place))
    return listen(place.kind, place.host, place.port)


def _address(place: Place) -> str | None:
    return None if place.host is None else place.host if place.port is None else f"{place.host}:{place.port}"


def voice_of(performance: Path | None, place: Place | None, microphone: bool) -> Source | None:
    """A WAV file that is said, or a microphone, not yet open."""
    from capture import Microphone, Spoken

    if performance is not None and performance.suffix.lower() == ".wav":
        return Spoken(performance)
    if place is not None and place.kind == "microphone":
        return Microphone(int(place.host) if place.host and place.host.isdecimal() else place.host)
    return Microphone() if microphone else None


@contextmanager
def opened(face: Source | None, voice: Source | None = None) -> Iterator[Source | None]:
    """A face and a voice as one source, open, and closed whatever happens. Raises CaptureError where it cannot be opened."""
    from capture import Mixed

    source = Mixed(face, voice) if face is not None and voice is not None else face or voice
    if source is None:
        yield None
        return
    source.open()
    try:
        yield source
    finally:
        source.close()
        if lost := dropped(source):
            note(lost)


@contextmanager
def sending(places: Sequence[Place]) -> Iterator[list[Output]]:
    """Outputs, open, and closed whatever happens. Raises CaptureError where one cannot be opened."""
    outputs: list[Output] = []
    try:
        for place in places:
            outputs.append(output(place))
            outputs[-1].open()
        yield outputs
    finally:
        for each in outputs:
            each.close()


def output(place: Place) -> Output:
    """What drives another program, not yet open. As iFacialMocap's phone Kirie waits to be asked where the host is all."""
    from capture.outputs import PhoneOutput, PluginOutput, VmcOutput
    from capture.wire import ifacialmocap, udp, vmc, vts_plugin
    from kirie.guard import state_file

    host, port = place.host or udp.LOOPBACK, place.port
    if place.kind == "vts":
        return PluginOutput(state_file().parent / "vts.token", f"ws://{host}:{port or vts_plugin.PORT}")
    if place.kind != "ifacialmocap":
        return VmcOutput(host, port or vmc.PORT_OUT, perfect_sync=place.kind == "vmc-arkit")
    if host == EVERYWHERE:
        return PhoneOutput(None, host, port or ifacialmocap.PORT)
    return PhoneOutput((host, port or ifacialmocap.PORT))


@contextmanager
def filming(puppet: Puppet | None) -> Iterator[VirtualCamera | None]:
    """A virtual camera on a puppet, open, and closed whatever happens. Raises RenderError where it cannot be had."""
    if puppet is None:
        yield None
        return
    from render.virtual_camera import VirtualCamera

    camera = VirtualCamera(puppet)
    try:
        camera.open()
        yield camera
    finally:
        camera.close()


def replay(performance: Path) -> Replay:
    """A take, to be played. Raises CaptureError."""
    from capture import read_take
    from kirie.player import Replay

    return Replay(read_take(performance))
