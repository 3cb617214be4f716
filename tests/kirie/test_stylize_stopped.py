"""Ctrl-C and worse, sent to the real processes of `kirie stylize` on a film: what stays, what does not, and that it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from render import write_film
from stylize.segments import parts_folder
from tests.render.test_film import write_tone
from tests.stylize.films import scene

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = 30
LINE = """
import sys
from kirie import stylizing_film
from kirie.cli import main
from stylize import crew, video
from tests.stylize.frame_stylizers import Slow
stylizing_film.Drawer, crew.cores, video.LENGTH = Slow, lambda: int(sys.argv[1]), 6
sys.exit(main(sys.argv[2:]))
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX's")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A film with sound."""
    frames = [np.dstack([scene(t), np.full(scene(t).shape[:2], 255, np.uint8)]) for t in range(COUNT)]
    write_film(tmp_path / "me.mp4", frames, 24, write_tone(tmp_path / "tone.m4a", 2, "aac"))
    return tmp_path / "me.mp4"


def started(workers: int, *words: str) -> subprocess.Popen[str]:
    """The command line in a group of its own, as a shell starts it: it hears Ctrl-C, though these tests may not."""
    return subprocess.Popen([sys.executable, "-c", LINE, str(workers), "stylize", *words], cwd=ROOT, text=True,
                            start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # fmt: skip


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def is_empty(group: int) -> bool:
    """Whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def beside(clip: Path) -> set[str]:
    """What lies beside a clip, but for what tests put there."""
    return {path.name for path in clip.parent.iterdir()} - {clip.name, "tone.m4a", "state"}


def test_ctrl_c_leaves_complete_parts_and_no_process_and_goes_on(clip: Path) -> None:
    target, whole = clip.with_name("me.anime.mp4"), clip.with_name("whole.mp4")
    folder = parts_folder(target)
    work = started(2, str(clip))
    assert until((folder / "state.npz").exists)
    os.killpg(work.pid, signal.SIGINT)          # as a terminal does: to all of them
    _, said = work.communicate(timeout=120)
    assert work.returncode == 130
    assert "goes on from there" in said and "Traceback" not in said
    assert until(lambda: is_empty(work.pid), 20)
    assert not target.exists()
    left = {p.name for p in folder.iterdir()}
    parts = sorted(left - {"state.npz"})
    assert parts == [f"{n:05d}.mp4" for n in range(len(parts))] and 1 <= len(parts) < COUNT // 6
    again = started(2, str(clip))
    assert again.communicate(timeout=120)[0].strip() == str(target)
    unbroken = started(0, str(clip), "-o", str(whole))
    unbroken.communicate(timeout=120)
    assert target.read_bytes() == whole.read_bytes()
    assert beside(clip) == {target.name, whole.name}


def test_ctrl_c_while_processes_start_leaves_nothing(clip: Path) -> None:
    work = started(2, str(clip))
    assert until(parts_folder(clip.with_name("me.anime.mp4")).is_dir)
    os.killpg(work.pid, signal.SIGINT)
    _, said = work.communicate(timeout=120)
    assert work.returncode == 130 and "Traceback" not in said
    assert until(lambda: is_empty(work.pid), 20)
    assert beside(clip) == set()


def test_workers_end_with_a_parent_that_was_killed(clip: Path) -> None:
    work = started(2, str(clip))
    assert until((parts_folder(clip.with_name("me.anime.mp4")) / "state.npz").exists)
    work.kill()
    work.communicate(timeout=120)
    assert until(lambda: is_empty(work.pid), 20)
