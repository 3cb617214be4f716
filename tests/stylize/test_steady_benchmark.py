"""The benchmark of steadiness plants what it says, and runs as its first line tells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.stylize_damage import half_eye, mutated
from render import write_film
from tests.stylize.films import HEIGHT, WIDTH, drawn, scene

ROOT = Path(__file__).resolve().parent.parent.parent
EYE = (58.0, 74.0, 24.0, 16.0)


def test_half_an_eye_jumps_and_the_other_half_stays() -> None:
    frame, random = drawn(0), np.random.default_rng(1)
    changed = np.abs(half_eye(frame, EYE, random) - frame).max(-1) > 8
    columns, rows = np.arange(WIDTH), np.arange(HEIGHT)[:, None]
    assert not changed[np.hypot((columns - EYE[0]) / EYE[2], (rows - EYE[1]) / EYE[3]) > 1.15].any()
    sides = changed[:, : int(EYE[0]) - 1].sum(), changed[:, int(EYE[0]) + 2 :].sum()
    assert min(sides) == 0 < max(sides)


def test_a_mutation_is_seen_and_told() -> None:
    frame = drawn(0)
    out, where, kind = mutated(frame, np.random.default_rng(3), ())
    assert where.sum() > 200 and kind in ("shifted", "swollen", "recoloured", "elsewhere")
    assert (np.abs(out.astype(int) - frame).max(-1)[where] > 20).all()


def test_the_script_runs(tmp_path: Path) -> None:
    pytest.importorskip("mediapipe")
    frames = [np.dstack([scene(t), np.full(scene(t).shape[:2], 255, np.uint8)]) for t in range(7)]
    write_film(tmp_path / "clip.mp4", frames, 25)
    done = subprocess.run([sys.executable, ROOT / "benchmarks/stylize.py", tmp_path / "clip.mp4", "--only", "steady"],
                          cwd=tmp_path, capture_output=True, text=True, check=True, timeout=300)  # fmt: skip
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[1:5]] == ["input", "clean", "damaged", "steadied"]
    assert lines[-1].startswith("pooled: ") and "1 mutations" in lines[-1]
