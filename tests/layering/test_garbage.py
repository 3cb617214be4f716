"""Whatever bytes come in, only a LayeringError comes out."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kirie.errors import LayeringError
from layering import LayerStack, read_layers
from tests.layering.files import add, drawn, new_psd, ora_layer, saved, write_ora

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def survives(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    try:
        stack = read_layers(path)
    except LayeringError as error:
        assert error.message and "\n" not in str(error)
    else:
        assert isinstance(stack, LayerStack) and stack.layers


@lru_cache(maxsize=1)
def good_psd() -> bytes:
    with TemporaryDirectory() as folder:
        psd = new_psd(size=(120, 160))
        group = psd.create_group(name="head")
        for name in ("face", "eyewhite", "irides", "mouth_close"):
            add(group, name, drawn(name), clipping=name == "irides")
        return saved(psd, Path(folder) / "x.psd").read_bytes()


@lru_cache(maxsize=1)
def good_ora() -> bytes:
    with TemporaryDirectory() as folder:
        stack = "<stack>" + ora_layer("face", "f.png", 3, 4) + "</stack>" + ora_layer("hair", "h.png")
        return write_ora(Path(folder) / "x.ora", stack, {"f.png": drawn("face"), "h.png": drawn("front hair")}).read_bytes()


def changed(data: bytes, edits: list[tuple[float, int]], keep: float) -> bytes:
    out = bytearray(data[: max(1, int(len(data) * keep))])
    for at, value in edits:
        out[min(int(at * len(out)), len(out) - 1)] = value
    return bytes(out)


edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)
keeps = st.one_of(st.just(1.0), st.floats(0, 1))


@quick
@given(st.binary(max_size=400), st.sampled_from([b"", b"8BPS\0\1" + bytes(6), b"8BPS\0\2", b"PK\3\4"]))
def test_noise(tmp_path: Path, noise: bytes, start: bytes) -> None:
    survives(start + noise, tmp_path / "x.psd")


@quick
@given(edits, keeps)
def test_damaged_psd(tmp_path: Path, changes: list[tuple[float, int]], keep: float) -> None:
    survives(changed(good_psd(), changes, keep), tmp_path / "x.psd")


@quick
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_psd_records(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    data = bytearray(good_psd())
    for at, value in changes:
        data[at] = value
    survives(bytes(data), tmp_path / "x.psd")


@quick
@given(edits, keeps)
def test_damaged_ora(tmp_path: Path, changes: list[tuple[float, int]], keep: float) -> None:
    survives(changed(good_ora(), changes, keep), tmp_path / "x.ora")


@quick
@given(edits, keeps, st.sampled_from(["stack.xml", "f.png"]))
def test_damaged_members_of_an_ora(tmp_path: Path, changes: list[tuple[float, int]], keep: float, victim: str) -> None:
    source, target = tmp_path / "good.ora", tmp_path / "bad.ora"
    source.write_bytes(good_ora())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, changed(data, changes, keep) if name == victim else data)
    survives(target.read_bytes(), tmp_path / "x.ora")
