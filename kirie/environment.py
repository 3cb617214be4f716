"""The environment that Kirie runs in: system libraries, `.venv`, and the packages that the lock names.

`run.py` starts this file with a fitting Python and nothing installed, so it imports the standard library only. The
environment is stamped with what it was made from: an unchanged one is used as it is, without network; one whose lock
changed is updated; a half-made or moved one is made anew.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "kirie-setup.json"
INSTALL = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--quiet")
LOCKED = ("--require-hashes", "--only-binary", ":all:")

LIBRARIES: dict[str, dict[str, str]] = {
    "libGL.so.1": {"apt-get": "libgl1", "dnf": "mesa-libGL", "pacman": "libglvnd", "zypper": "Mesa-libGL1"},
    "libEGL.so.1": {"apt-get": "libegl1 libgl1-mesa-dri", "dnf": "mesa-libEGL mesa-dri-drivers", "pacman": "libglvnd mesa",
                    "zypper": "Mesa-libEGL1 Mesa-dri"},
    "libgthread-2.0.so.0": {"apt-get": "libglib2.0-0", "dnf": "glib2", "pacman": "glib2", "zypper": "libgthread-2_0-0"},
    "libexpat.so.1": {"apt-get": "libexpat1", "dnf": "expat", "pacman": "expat", "zypper": "libexpat1"},
}  # fmt: skip
"""Shared libraries that the wheels of OpenCV, Skia and moderngl expect of a Linux system, and the packages that hold them."""

OPTIONAL = {
    "libportaudio.so.2": {"apt-get": "libportaudio2", "dnf": "portaudio", "pacman": "portaudio", "zypper": "libportaudio2"},
}
"""What only some features need: microphones."""

INSTALLERS = {
    "apt-get": "apt-get update && {sudo}apt-get install -y",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --needed",
    "zypper": "zypper install -y",
}


@dataclass(frozen=True, slots=True)
class Extra:
    """A lock besides requirements.txt, and what it is for."""

    lock: str
    what: str


EXTRAS = {
    "dev": Extra("requirements-dev.txt", "the checks and tests"),
    "camera": Extra("requirements-camera.txt", "the virtual camera (pyvirtualcam, under the GPL)"),
    "train": Extra("requirements-train.txt", "what training needs (3 GB to download, 6 GB on the disk)"),
}
NEEDS = {"test": ("dev", "train"), "train": ("train",), "convert": ("train",)}
"""The words of `run.py` that need more than the everyday install."""
OPTIONS = {"--virtual-camera": "camera"}
"""Options that do."""


class SetupError(Exception):
    """The set-up cannot go on: what is wrong, and the line to type."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment in `folder`, made for the checkout in `root`."""

    folder: Path
    root: Path

    @property
    def python(self) -> Path:
        """The environment's own interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Where it is written down what the environment was made from."""
        return self.folder / STAMP


def loads(name: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_libraries(loads: Callable[[str], bool] = loads) -> list[str]:
    """The shared libraries that this system lacks; on other systems than Linux the wheels bring all they need."""
    return [name for name in LIBRARIES if not loads(name)] if sys.platform == "linux" else []


def install_line(libraries: Sequence[str], which: Callable[[str], str | None] = shutil.which) -> str:
    """The line that installs shared libraries with the system's own installer (apt-get where none is known)."""
    tool = next((name for name in INSTALLERS if which(name)), "apt-get")
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    known = LIBRARIES | OPTIONAL
    packages = list(dict.fromkeys(word for name in libraries for word in known[name][tool].split()))
    return f"{sudo}{INSTALLERS[tool].format(sudo=sudo)} {' '.join(packages)}"


def check_system(loads: Callable[[str], bool] = loads) -> None:
    """Raise SetupError where a system cannot run Kirie at all, before anything is downloaded."""
    machine = platform.machine().lower()
    if sys.platform != "darwin" and machine not in ("x86_64", "amd64"):
        raise SetupError(f"MediaPipe, which reads the face, is not made for {machine or 'this'} processors",
                         "use a 64-bit Intel or AMD machine, or a Mac")  # fmt: skip
    missing = missing_libraries(loads)
    if missing:
        raise SetupError(f"this system lacks {', '.join(missing)}", install_line(missing))


def fingerprint(root: Path, extras: Sequence[str]) -> dict[str, str]:
    """What an environment is made from: the locks, the project file and the place."""
    def digest(*names: str) -> str:
        return hashlib.sha256(b"\0".join((root / name).read_bytes() for name in names)).hexdigest()

    made = {"root": str(root), "run": digest("requirements.txt", "pyproject.toml")}
    return made | {extra: digest(EXTRAS[extra].lock) for extra in extras}


def read_stamp(environment: Environment) -> dict[str, str]:
    """The stamp of a whole environment, whichever Python made it; {} for none, or one that is half made, moved or broken."""
    try:
        stamp = json.loads(environment.stamp.read_text("utf-8"))
        subprocess.run([environment.python, "-c", "import pip"], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return stamp if isinstance(stamp, dict) and stamp.get("root") == str(environment.root) else {}


def prepare(environment: Environment, extras: Sequence[str] = ()) -> None:
    """Make or update an environment so that it holds what the locks name; nothing is done where it does."""
    want = fingerprint(environment.root, extras)
    have = read_stamp(environment)
    if all(have.get(key) == value for key, value in want.items()):
        return
    if not have:
        create(environment)
    environment.stamp.unlink(missing_ok=True)               # half made from here on
    if have.get("run") != want["run"]:
        have = {}
        say("installing what requirements.txt locks (once, about 250 MB)")
        install(environment, *LOCKED, "-r", str(environment.root / "requirements.txt"))
        install(environment, "--no-build-isolation", "--editable", str(environment.root))
    for extra in extras:
        if have.get(extra) != want[extra]:
            say(f"installing what {EXTRAS[extra].lock} locks: {EXTRAS[extra].what}")
            install(environment, "--no-compile", *LOCKED, "-r", str(environment.root / EXTRAS[extra].lock))
    environment.stamp.write_text(json.dumps({**have, **want}, indent=1), "utf-8")


def needed(words: Sequence[str]) -> tuple[str, ...]:
    """The extras that a command line needs."""
    return (*NEEDS.get(words[0] if words else "", ()), *(extra for option, extra in OPTIONS.items() if option in words))


def create(environment: Environment) -> None:
    """Make the environment anew, with this Python; what was there goes."""
    say(f"making {environment.folder.name} with Python {platform.python_version()}")
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment.folder)], check=True)
    except subprocess.CalledProcessError as error:
        raise SetupError(f"Python cannot make the environment {environment.folder}",
                         "remove that folder, see that the disk has 2 GB free, and try again") from error  # fmt: skip


def install(environment: Environment, *arguments: str) -> None:
    """Run the environment's pip; its own words show."""
    try:
        subprocess.run([environment.python, *INSTALL, *arguments], check=True, cwd=environment.root)
    except subprocess.CalledProcessError as error:
        raise SetupError("a package could not be installed; pip's reason stands above",
                         "the first set-up needs the network and 2 GB of disk (training 10); try the same line again"
                         ) from error  # fmt: skip


def say(text: str) -> None:
    """One line of progress; the set-up leaves standard output to the command that follows."""
    print(f"kirie: {text}", file=sys.stderr, flush=True)


def command_line(environment: Environment, words: Sequence[str]) -> list[str]:
    """What `run.py WORDS` starts in the environment: pytest for `test`, else Kirie."""
    python = str(environment.python)
    if words[:1] == ["test"]:
        return [python, "-m", "pytest", *words[1:]]
    return [python, "-m", "kirie", *words]


def main(words: Sequence[str]) -> int:
    """Prepare the environment, then run the tests or a command of Kirie; returns its exit code."""
    environment = Environment(ROOT / ".venv", ROOT)
    testing = words[:1] == ["test"]
    try:
        check_system()
        prepare(environment, needed(words))
    except SetupError as error:
        print(f"error: {error}\nhint:  {error.hint}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: the set-up cannot write: {error}\nhint:  the folder must be writable, with 2 GB free", file=sys.stderr)
        return 1
    line = command_line(environment, words)
    if os.name == "nt":                                     # exec on Windows gives the prompt back too early
        return subprocess.call(line, cwd=ROOT if testing else None)
    if testing:
        os.chdir(ROOT)
    return os.execv(line[0], line)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
