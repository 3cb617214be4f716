"""The command line in-process and in a process of its own, with a memory of its own, and a small character to work on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from kirie.cli import main
from layering import write_psd
from layering.classify import Looked
from layering.palette import Mask
from layering.stack import RGBA
from tests.layering.test_vote_parts import character
from tests.layering.votes import simulated
from tests.rig.conftest import little_girl

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of standard output: the path that was written."""
        return self.out.strip().splitlines()[-1]


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Kirie remembers of files goes into the test's own folder."""
    state = tmp_path / "state" / "written.json"
    monkeypatch.setenv("KIRIE_STATE", str(state))
    return state


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Run a command in this process, standing in an empty folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def run(*words: str | Path) -> Answer:
        capfd.readouterr()
        code = main([str(w) for w in words])
        return Answer(code, *capfd.readouterr())

    return run


def start(*words: str | Path, **options: object) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own."""
    line = [sys.executable, "-m", "kirie", *map(str, words)]
    given: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, **given)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def girl_psd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layered PSD of a small character; copy it before you write beside it."""
    path = tmp_path_factory.mktemp("girl") / "girl.psd"
    write_psd(little_girl(), path)
    return path


@pytest.fixture
def drawing(girl_psd: Path, tmp_path: Path) -> Path:
    """girl.psd in a folder of the test's own."""
    path = tmp_path / "art" / "girl.psd"
    path.parent.mkdir()
    path.write_bytes(girl_psd.read_bytes())
    return path


@pytest.fixture(scope="session")
def girl_puppet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same character, rigged."""
    from rig import build, save

    path = tmp_path_factory.mktemp("puppet") / "girl.puppet"
    save(build(little_girl(), "girl"), path)
    return path


@pytest.fixture
def puppet(girl_puppet: Path, tmp_path: Path) -> Path:
    """girl.puppet in a folder of the test's own."""
    path = tmp_path / "puppets" / "girl.puppet"
    path.parent.mkdir()
    path.write_bytes(girl_puppet.read_bytes())
    return path


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """girl.png, a flat picture in a folder of the test's own, and a classifier that knows her."""
    rgba, truth = character()

    def look(given: RGBA, figure: Mask, colours: int) -> Looked:
        return simulated(given, figure, truth, colours=colours)

    monkeypatch.setattr("layering.splitting.classify", look)
    path = tmp_path / "flat" / "girl.png"
    path.parent.mkdir()
    Image.fromarray(rgba).save(path, dpi=(300, 300))
    return path
