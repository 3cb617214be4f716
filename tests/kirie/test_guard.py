"""A file that Kirie did not write, or that was changed since, is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kirie import guard
from kirie.guard import OverwriteError, allow, is_ours, writing


def write(path: Path, text: str, force: bool = False) -> None:
    with writing(path, force):
        path.write_text(text, "utf-8")


def test_our_own_file_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "x.puppet", "one")
    write(tmp_path / "x.puppet", "two")
    assert (tmp_path / "x.puppet").read_text("utf-8") == "two"


def test_someone_elses_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_text("a drawing", "utf-8")
    with pytest.raises(OverwriteError, match="not as Kirie wrote it") as caught:
        write(path, "ours")
    assert "--force" in caught.value.hint
    assert path.read_text("utf-8") == "a drawing"
    write(path, "ours", force=True)
    assert path.read_text("utf-8") == "ours"


def test_our_file_that_was_changed_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.take"
    write(path, "one")
    path.write_text("owe", "utf-8")                         # of the same length
    with pytest.raises(OverwriteError):
        write(path, "two")


def test_a_failed_write_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "x.take"
    with pytest.raises(ZeroDivisionError), writing(path):
        path.write_text("half", "utf-8")
        _ = 1 / 0
    assert not is_ours(path)


@pytest.mark.parametrize("memory", [None, "", "[]", "{", '{"files": 3}', '{"files": {"x": null}}', "[" * 100_000])
def test_a_broken_memory_errs_on_the_safe_side(own_memory: Path, tmp_path: Path, memory: str | None) -> None:
    path = tmp_path / "x.puppet"
    write(path, "one")
    if memory is None:
        own_memory.unlink()
    else:
        own_memory.write_text(memory, "utf-8")
    with pytest.raises(OverwriteError):
        write(path, "two")
    write(path, "two", force=True)
    write(path, "three")                                    # and mends itself


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("KIRIE_STATE", str(tmp_path / "file" / "written.json"))
    write(tmp_path / "x.puppet", "one")
    assert not is_ours(tmp_path / "x.puppet")


def test_the_memory_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "REMEMBERED", 2)
    for name in ("a.x", "b.x", "c.x"):
        write(tmp_path / name, name)
    assert [is_ours(tmp_path / name) for name in ("a.x", "b.x", "c.x")] == [False, True, True]


def test_the_same_file_by_another_path(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "x.take", "one")
    assert is_ours(tmp_path / "folder" / ".." / "folder" / "x.take")


def test_an_input_is_never_the_output(tmp_path: Path) -> None:
    film = tmp_path / "girl.mp4"
    write(film, "ours")
    with pytest.raises(OverwriteError, match="read and cannot be written"):
        allow(film, force=True, inputs=[tmp_path / "." / "girl.mp4"])


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OverwriteError, match="does not exist"):
        allow(tmp_path / "nowhere" / "x.take")
    (tmp_path / "x.take").mkdir()
    with pytest.raises(OverwriteError, match="is a folder"):
        allow(tmp_path / "x.take", force=True)


@pytest.mark.parametrize(("system", "variables", "place"), [
    ("linux", {}, ".local/state/kirie/written.json"), ("linux", {"XDG_STATE_HOME": "{home}/s"}, "s/kirie/written.json"),
    ("darwin", {}, "Library/Application Support/kirie/written.json"), ("win32", {}, "AppData/Local/kirie/written.json"),
])  # fmt: skip
def test_where_the_memory_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, variables: dict[str, str],
                                  place: str) -> None:  # fmt: skip
    monkeypatch.delenv("KIRIE_STATE")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=tmp_path))
    assert guard.state_file() == tmp_path / place


@pytest.mark.parametrize("target", ["nod_%04d.png", "nod"])
def test_a_series_is_guarded_as_a_whole(tmp_path: Path, target: str) -> None:
    files = [tmp_path / "nod" / f"000{i}.png" if target == "nod" else tmp_path / f"nod_000{i}.png" for i in range(2)]
    files[0].parent.mkdir(exist_ok=True)
    (files[0].parent / "mine.png").write_text("untouched", "utf-8")
    for _ in range(2):
        with writing(tmp_path / target):
            for file in files:
                file.write_text("ours", "utf-8")
    files[1].write_text("mine", "utf-8")
    with pytest.raises(OverwriteError, match=files[1].name):
        allow(tmp_path / target)
    allow(tmp_path / target, force=True)
