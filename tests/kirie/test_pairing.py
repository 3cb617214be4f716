"""`kirie train stylizer`: what it asks for, and pairs by a teacher, with finders that are foretold."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from kirie import stylizing
from kirie.errors import StylizeError
from tests.kirie.conftest import Answer

Say = Callable[..., Answer]


class Eyes:
    """Finds a face where it is bright, in shares of the picture as MediaPipe's."""

    def faces(self, rgb: np.ndarray) -> list[np.ndarray]:
        rows, columns = np.nonzero(rgb.mean(-1) > 110)
        corners = [[columns.min(), rows.min(), 0], [columns.max(), rows.max(), 0]]
        return [np.array(corners, np.float32) / (rgb.shape[1], rgb.shape[0], 1)]

    def mask(self, rgb: np.ndarray) -> np.ndarray:
        return (rgb.mean(-1) > 110).astype(np.float32)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Ten photos and their drawings by a teacher, of which the fourth is of someone else."""
    @contextmanager
    def seer() -> Iterator[Eyes]:
        yield Eyes()

    monkeypatch.setattr(stylizing, "seer", seer)
    y, x = np.mgrid[:40, :40]
    for name in ("photos/in", "theirs/in"):
        (tmp_path / name).mkdir(parents=True)
    for number in range(10):
        cx = 12 + 1.5 * number
        for name, tones, at in (("photos", (40, 200), cx), ("theirs", (90, 230), cx + (9 if number == 3 else 0))):
            disc = np.where((x - at) ** 2 + (y - 20) ** 2 < 80, tones[1], tones[0]).astype(np.uint8)
            Image.fromarray(np.repeat(disc[..., None], 3, -1)).save(tmp_path / name / f"in/{number}.png")
    return tmp_path / "photos", tmp_path / "theirs"


def test_pairs_by_a_teacher(folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean: Any = pytest.importorskip("stylize.train_clean", reason="needs the extra kirie[train]")
    from kirie.pairing import pairs_by

    monkeypatch.setattr(clean, "student_errors", lambda learnt, judged, cleaning: np.ones(len(judged)))
    photos, drawings = folders
    work, lines = tmp_path / "work", list[str]()
    work.mkdir()
    kept = pairs_by(str(drawings), photos, work, 1, "", 0.5, lines.append)
    left = {f"in/{n}.png" for n in range(10) if n != 3}
    for folder in kept:
        assert {p.relative_to(folder).as_posix() for p in folder.rglob("*.png")} == left
    rows = json.loads((work / "pairs.json").read_text("utf-8"))
    assert {Path(r["candidate"]["photo"]).stem: r["dropped"] for r in rows if r["dropped"]} == {"3": "shift"}
    assert lines[-1].startswith("9 pairs of 10 photos")
    next(kept[1].rglob("*.png")).unlink()                       # by hand
    assert pairs_by(str(drawings), photos, work, 1, "", 0.5, lines.append) == kept
    assert "using the pairs" in lines[-1] and len(list(kept[1].rglob("*.png"))) == 8


def test_pairs_are_not_made_by_several_processes(folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                 ) -> None:  # fmt: skip
    pytest.importorskip("torch", reason="needs the extra kirie[train]")
    from kirie.pairing import pairs_by

    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(StylizeError, match="several processes"):
        pairs_by(str(folders[1]), folders[0], tmp_path, 1, "", 0.5, print)


def test_what_is_asked_for(say: Say, tmp_path: Path) -> None:
    base = ("train", "stylizer", "--photos", str(tmp_path), "--work", "w")
    assert "either --drawings or --make-pairs" in say(*base).err
    assert "either --drawings or --make-pairs" in say(*base, "--drawings", str(tmp_path), "--make-pairs", "x").err
    answer = say(*base, "--drawings", str(tmp_path), "--size", "100")
    assert answer.code == 2 and "no multiple of 8" in answer.err


@pytest.mark.parametrize("words", [
    ("train", "stylizer", "--photos", ".", "--drawings", ".", "--work", "w"), ("convert", "x.pt"),
])  # fmt: skip
def test_without_torch_a_line_says_what_to_do(words: tuple[str, ...], say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name in ("stylize.convert", "stylize.train"):
            raise ImportError("no torch", name="torch")
        return real(name, *args, **more)

    Path("x.pt").write_bytes(b"")
    monkeypatch.setattr(builtins, "__import__", without)
    answer = say(*words)
    assert answer.code == 1 and "needs torch, which is not installed" in answer.err
    assert f"python3 run.py {words[0]}" in answer.err
