"""How the command line ends: exit codes, two lines instead of a traceback, Ctrl-C, closed pipes, full disks."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from kirie import cli
from kirie.commands.common import debug_option
from kirie.errors import KirieError
from rig.params import ParameterFrame
from tests.kirie.conftest import Answer, start

Say = Callable[..., Answer]
unix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of Unix")


def raising(error: BaseException) -> click.Command:
    def fail() -> None:
        raise error

    return click.Command("fail", callback=fail, params=[debug_option()])


@pytest.mark.parametrize(("error", "code", "told"), [
    (KirieError("girl.psd is broken", "save it again"), 1, "error: girl.psd is broken\nhint:  save it again\n"),
    (KirieError("two\nlines"), 1, "error: two lines\n"),
    (ValueError("boom\nbang"), 1,
     "error: unexpected: ValueError: boom bang\nhint:  add --debug to see where, and please report it\n"),
    (OSError(errno.ENOSPC, "No space left on device", "girl.mp4"), 1,
     "error: the disk is full: girl.mp4\nhint:  make room and try again; nothing is half written\n"),
    (PermissionError(errno.EACCES, "Permission denied", "girl.psd"), 1,
     "error: Permission denied: girl.psd\nhint:  add --debug to see where\n"),
    (MemoryError(), 1, "error: there is not enough memory\nhint:  close other programs, or make the picture smaller\n"),
    (KeyboardInterrupt(), 130, "\nstopped: nothing is half written\n"),
    (click.UsageError("no such thing"), 2, "error: no such thing\nhint:  kirie fail --help\n"),
    (SystemExit(143), 143, ""),
])  # fmt: skip
def test_how_errors_end(say: Say, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str) -> None:
    monkeypatch.setitem(cli.cli.commands, "fail", raising(error))
    answer = say("fail")
    assert (answer.code, answer.out) == (code, "")
    assert answer.err.lstrip() == told.lstrip()


@pytest.mark.parametrize("words", [["fail", "--debug"], ["--debug", "fail"]])
def test_debug_shows_where(say: Say, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.setitem(cli.cli.commands, "fail", raising(ValueError("boom")))
    answer = say(*words)
    assert answer.code == 1
    assert "Traceback" in answer.err and answer.err.splitlines()[-2].startswith("error: unexpected: ValueError")


@pytest.mark.parametrize(("words", "told"), [
    (["rgi"], "No such command 'rgi'"), (["rig"], "Missing argument 'DRAWING'"), (["rig", "nofile.psd"], "does not exist"),
    (["render", "x.puppet", "--size", "big"], "--size"), (["rig", "--curvature", "9", "x"], "--curvature"),
])  # fmt: skip
def test_wrong_usage_is_2(say: Say, words: list[str], told: str) -> None:
    answer = say(*words)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert [line[:6] for line in answer.err.splitlines()] == ["error:", "hint: "]


def nodding(folder: Path, seconds: int) -> Path:
    """A take of so many seconds."""
    from capture import write_take

    path = folder / "nodding.take"
    write_take(path, [ParameterFrame(t, {"ParamAngleY": 10.0 * (t % 2)}) for t in range(seconds + 1)])
    return path


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it did not begin"
        time.sleep(0.02)


@unix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_leaves_nothing_half_written(puppet: Path, number: int, code: int) -> None:
    take = nodding(puppet.parent, 1800)
    before = set(puppet.parent.iterdir())
    kept = signal.signal(number, signal.SIG_DFL)            # tests in the background would hand on that they ignore Ctrl-C
    process = start("render", puppet, "--take", take, "--size", "64x64")
    signal.signal(number, kept)
    wait_for(lambda: any(x.stat().st_size > 0 for x in set(puppet.parent.iterdir()) - before), process)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in told
    assert set(puppet.parent.iterdir()) == before


@unix
def test_a_closed_pipe_is_quiet(puppet: Path) -> None:
    process = start("render", puppet, "--take", nodding(puppet.parent, 1800), "--size", "64x64", "-o", "-")
    assert process.stdout is not None and process.stderr is not None
    assert len(process.stdout.read(64 * 64 * 4)) == 64 * 64 * 4
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait(60) == 1
    assert b"error" not in told and b"Error" not in told


@unix
@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".pose.png"])
def test_a_full_disk_loses_nothing(puppet: Path, suffix: str) -> None:
    """A limit on file sizes stands for the full disk."""
    import resource

    target = puppet.with_name("girl" + suffix)
    words = ["--pose", "ParamAngleX=10"] if suffix == ".pose.png" else ["--take", nodding(puppet.parent, 1)]
    before = set(puppet.parent.iterdir())
    process = start("render", puppet, *words, "--size", "256x256", "-o", target,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)))  # fmt: skip
    assert_full(process, target)
    assert set(puppet.parent.iterdir()) == before


def assert_full(process: subprocess.Popen[bytes], target: Path) -> None:
    out, told = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, b"")
    assert told.startswith(b"error: ") and b"hint: " in told and len(told.splitlines()) == 2, told
    assert str(target).encode() in told and b"unexpected" not in told


@unix
@pytest.mark.parametrize("limit", [3000, 30_000])
def test_a_full_disk_while_rigging(drawing: Path, limit: int) -> None:
    """The sheet does not fit, or the puppet; a sheet that is whole may stay."""
    import resource

    process = start("rig", drawing, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert_full(process, drawing.with_name("girl."))
    assert {x.name for x in drawing.parent.iterdir()} <= {"girl.psd", "girl.layers.png"}
