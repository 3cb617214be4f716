"""`kirie doctor`: tries what Kirie needs on this machine, and names the line to type where something fails."""

from __future__ import annotations

import getpass
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from kirie.commands.common import command, write_json
from kirie.errors import KirieError

SUFFIXES = (".mp4", ".webm", ".gif", ".apng")
FREE = 1 << 30
AGAIN = "mend what fails above; if nothing does, remove .venv, then: python3 run.py doctor"


@dataclass(frozen=True, slots=True)
class Check:
    """Something that Kirie needs. `run` is given an empty folder, and returns what it found or raises what is wrong.

    optional: only some commands need it; they say so themselves.
    """

    name: str
    run: Callable[[Path], str]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a check ended: `fix` is the line to type where it failed."""

    name: str
    ok: bool
    text: str
    fix: str = ""
    optional: bool = False

    @property
    def mark(self) -> str:
        """The first word of its line."""
        return "ok  " if self.ok else "none" if self.optional else "FAIL"


@command("doctor", examples="""
kirie doctor                              one line for each thing that Kirie needs
""", epilog="Ends with exit code 1 where something fails.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Tell the results as JSON.")
def doctor(as_json: bool) -> int:
    """See whether everything that Kirie needs works here."""
    results = [examine(check) for check in CHECKS]
    if as_json:
        write_json({r.name: {"ok": r.ok, "optional": r.optional, "text": r.text, "fix": r.fix} for r in results})
    else:
        tell_results(results)
    return 0 if all(r.ok or r.optional for r in results) else 1


def tell_results(results: list[Result]) -> None:
    """One line a check, then what to do next."""
    for result in results:
        click.echo(f"{result.mark}  {result.name:14}  {result.text}")
        if not result.ok:
            click.echo(f"      type:           {result.fix}")
    broken = sum(not r.ok and not r.optional for r in results)
    click.echo(f"{broken} of {len(results)} need a hand; then" if broken else "everything that Kirie needs works")
    click.echo("try: kirie demo")


def examine(check: Check) -> Result:
    """Run one check; whatever it raises is a result."""
    with tempfile.TemporaryDirectory(prefix="kirie-") as folder:
        try:
            return Result(check.name, True, check.run(Path(folder)), optional=check.optional)
        except KirieError as error:
            return Result(check.name, False, error.message, error.hint, check.optional)
        except Exception as error:  # a broken native library may raise anything
            return Result(check.name, False, f"{type(error).__name__}: {error}", AGAIN, check.optional)


def python_version(_: Path) -> str:
    """Python 3.11 or 3.12."""
    if sys.version_info[:2] not in ((3, 11), (3, 12)):
        raise KirieError(f"Python {platform.python_version()} is neither 3.11 nor 3.12", "python3.12 run.py doctor")
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def libraries(_: Path) -> str:
    """What the wheels expect of a Linux system."""
    from kirie.environment import LIBRARIES, install_line, missing_libraries

    missing = missing_libraries()
    if missing:
        raise KirieError(f"missing: {', '.join(missing)}", install_line(missing))
    return ", ".join(LIBRARIES) if sys.platform == "linux" else "nothing is needed on this system"


def opengl(_: Path) -> str:
    """A context without a window."""
    from render.context import is_software, standalone

    with standalone() as context:
        how = "draws on the processor" if is_software(context) else "draws on the graphics card"
        return f"{context.info['GL_RENDERER']}: {how}"


def window(_: Path) -> str:
    """A window, and what the desktop refuses it."""
    import json
    import subprocess

    tried = subprocess.run([sys.executable, "-m", "render.opening"], capture_output=True, text=True, timeout=120, check=False)
    lines = tried.stdout.strip().splitlines()
    if not lines:
        raise KirieError("a window ends the program that opens it", "install or update the driver of your graphics card")
    said = json.loads(lines[-1])
    if "error" in said:
        raise KirieError(said["error"], said["hint"])
    return "; ".join(["opens", *said["refused"]]) if said["refused"] else "opens, transparent and on top where it should be"


def films(folder: Path) -> str:
    """Every kind of film can be written."""
    for suffix in SUFFIXES:
        write_tiny_film(folder / f"tiny{suffix}")
    return f"{', '.join(x[1:] for x in SUFFIXES)}, png"


def face(folder: Path) -> str:
    """A film can be read and MediaPipe starts; there is no face in this one."""
    from capture import track

    film = write_tiny_film(folder / "tiny.mp4")
    return f"MediaPipe reads faces (tried on {len(list(track(film)))} frames)"


def write_tiny_film(path: Path) -> Path:
    """A few grey frames."""
    import numpy as np

    from render import write_film

    write_film(path, iter([np.full((64, 64, 4), 200, np.uint8)] * 3), 30)
    return path


def disk(folder: Path) -> str:
    """Room for films where the user stands and in the temporary folder."""
    for place in (Path.cwd(), folder.parent):
        free = shutil.disk_usage(place).free
        if free < FREE:
            raise KirieError(f"{free / 1e9:.1f} GB free in {place}", "make room: a film with alpha takes up to 1 GB")
    return f"{shutil.disk_usage(Path.cwd()).free / 1e9:.0f} GB free"


def camera(_: Path) -> str:
    """A webcam that this user may read."""
    from capture import cameras

    there = cameras()
    if not there:
        raise KirieError("no webcam is there", "plug one in; without: kirie live girl.puppet me.mp4, or kirie play girl.puppet")
    if sys.platform == "linux" and not any(os.access(f"/dev/video{c.device}", os.R_OK | os.W_OK) for c in there):
        raise KirieError(f"{there[0].name} may not be read by {getpass.getuser()}",
                         "sudo usermod -aG video $USER, then log in again")  # fmt: skip
    return ", ".join(f"{c.device} ({c.name})" for c in there)


def microphone(_: Path) -> str:
    """PortAudio, and something that hears."""
    from capture import microphones
    from kirie.environment import OPTIONAL, install_line, loads

    if sys.platform == "linux" and not all(loads(name) for name in OPTIONAL):
        raise KirieError("PortAudio is missing, by which a microphone is heard and a line sounds", install_line(list(OPTIONAL)))
    names = microphones()
    if not names:
        raise KirieError("PortAudio works, but no microphone is there", "plug one in, and allow it in the system's settings")
    return f"PortAudio hears {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"


def virtual_camera(_: Path) -> str:
    """pyvirtualcam and a device."""
    from render.virtual_camera import ready

    return ready()


def blendshapes(_: Path) -> str:
    """The model that tracks better."""
    from kirie.models import FACE_LANDMARKER, found

    path = found(FACE_LANDMARKER)
    if path is None:
        raise KirieError("the built-in FaceMesh tracks faces; 52 blendshapes do it better", "kirie fetch face-landmarker")
    return f"52 blendshapes from {path}"


CHECKS = (
    Check("Python", python_version),
    Check("libraries", libraries),
    Check("OpenGL", opengl),
    Check("films", films),
    Check("face", face),
    Check("disk", disk),
    Check("window", window, optional=True),
    Check("webcam", camera, optional=True),
    Check("microphone", microphone, optional=True),
    Check("virtual camera", virtual_camera, optional=True),
    Check("blendshapes", blendshapes, optional=True),
)
