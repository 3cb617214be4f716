"""Puppet files: exact there and back, and nothing but RigError out of a broken or forged one."""

from __future__ import annotations

import contextlib
import io
import json
import time
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kirie.errors import RigError
from layering.stack import Blend
from rig import load, pose, save
from rig.params import Parameter
from rig.puppet import Keyforms, Puppet, Sway
from rig.store import DOCUMENT, FLOATS, INTS
from tests.rig.puppets import little_puppet, make_part, patch

Entries = dict[str, bytes]
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> Entries:
    """What a good file holds."""
    path = tmp_path_factory.mktemp("store") / "little.puppet"
    save(little_puppet(), path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refused(path: Path, entries: Entries, *words: str) -> str:
    """Write a zip of entries and check that `load` refuses it, with these words."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return refused_file(path, *words)


def refused_file(path: Path, *words: str) -> str:
    with pytest.raises(RigError) as caught:
        load(path)
    text = str(caught.value)
    assert path.name in text and caught.value.hint
    for word in words:
        assert word in text
    return text


def edited(entries: Entries, edit: Callable[[Any], object]) -> Entries:
    """The entries with their document changed in place by `edit`."""
    document = json.loads(entries[DOCUMENT])
    edit(document)
    return entries | {DOCUMENT: json.dumps(document).encode()}


def same(one: Puppet, two: Puppet) -> None:
    """Equal in every field, arrays bit by bit."""
    for name in ("name", "canvas", "surface", "springs", "parameters"):
        assert getattr(one, name) == getattr(two, name)
    assert dict(one.anchors) == dict(two.anchors) and len(one.parts) == len(two.parts)
    for a, b in zip(one.parts, two.parts, strict=True):
        for name in ("name", "part", "side", "blend", "masks", "drawn", "opacity"):
            assert getattr(a, name) == getattr(b, name)
        arrays: list[tuple[Any, Any]]
        arrays = [(a.texture, b.texture), (a.depth, b.depth), (a.head, b.head), (a.body, b.body), (a.mesh.uv, b.mesh.uv),
                  (a.mesh.vertices, b.mesh.vertices), (a.mesh.triangles, b.mesh.triangles)]  # fmt: skip
        assert [(k.axes, k.keys) for k in a.keyforms] == [(k.axes, k.keys) for k in b.keyforms]
        for k, m in zip(a.keyforms, b.keyforms, strict=True):
            assert (k.offsets is None, k.opacity is None) == (m.offsets is None, m.opacity is None)
            arrays += [(x, y) for x, y in ((k.offsets, m.offsets), (k.opacity, m.opacity)) if x is not None]
        assert [s.spring for s in a.sways] == [s.spring for s in b.sways]
        arrays += [(s.weight, t.weight) for s, t in zip(a.sways, b.sways, strict=True)]
        for x, y in arrays:
            assert x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()


def rich_puppet() -> Puppet:
    """Odd names, all blends, noise with colour under clear pixels, -0.0 and tiny numbers, empty meshes, all kinds of forms."""
    rng, little = np.random.default_rng(5), little_puppet()
    mesh = patch(0, 0, 10, 10, 2, 2)
    mesh.vertices[0] = (-0.0, 1e-40)           # a negative zero and a denormal come back as they are
    opacity = Keyforms(("ParamBreath",), ((0.0, 0.3, 1.0),), None, np.array([0, 0.1, 1], np.float32))
    noise = rng.integers(0, 256, (37, 3, 4), np.uint8)
    odd = make_part("../前髪\\ \"x\"\n", mesh, keyforms=(opacity,), blend=Blend.ADD, side="l", opacity=0.5)
    blends = [replace(make_part(b.value, mesh, part="objects"), blend=b, drawn=False) for b in Blend]
    empty = make_part("empty", replace(mesh, vertices=mesh.vertices[:0], uv=mesh.uv[:0], triangles=mesh.triangles[:0]))
    return replace(little, name="Ünïcode 人形", parts=(*little.parts, replace(odd, texture=noise), *blends, empty))


def test_round_trip(tmp_path: Path) -> None:
    puppet = rich_puppet()
    save(puppet, tmp_path / "p.puppet")
    again = load(tmp_path / "p.puppet")
    same(puppet, again)
    values = {"ParamAngleX": 20.0, "ParamMouthForm": 0.5, "ParamHairFront": 1.0}
    assert (pose(puppet, values).vertices == pose(again, values).vertices).all()
    save(again, tmp_path / "q.puppet")
    assert (tmp_path / "p.puppet").read_bytes() == (tmp_path / "q.puppet").read_bytes(), "same puppet, same file"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.puppet", "q.puppet"]


def test_names_never_become_paths(tmp_path: Path) -> None:
    save(rich_puppet(), tmp_path / "p.puppet")
    with zipfile.ZipFile(tmp_path / "p.puppet") as archive:
        assert set(archive.namelist()) - {DOCUMENT, FLOATS, INTS} == {f"textures/{i:04}.png" for i in range(11)}


def test_saving_fails_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.puppet"
    save(little_puppet(), path)
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space"):
        save(rich_puppet(), path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def broken_puppets() -> dict[str, Puppet]:
    little = little_puppet()
    hair, mouth = little.parts[4], little.parts[3]
    nan = hair.depth.copy()
    nan[3] = np.nan
    far = hair.mesh.triangles.copy()
    far[0, 0] = len(hair.mesh.vertices)
    loop = (replace(hair, masks=("mouth",)), replace(mouth, masks=("hair",)))
    form = mouth.keyforms[0]

    def with_part(**fields: object) -> Puppet:
        return replace(little, parts=(*little.parts[:4], replace(hair, **fields)))  # type: ignore[arg-type]

    return {
        "parts[4].depth": with_part(depth=nan),
        "triangles": with_part(mesh=replace(hair.mesh, triangles=far)),
        "parts hold the name": with_part(name="mouth"),
        "none of the parts": with_part(masks=("nobody",)),
        "circle: hair -> hair": with_part(masks=("hair",)),
        "go in a circle": replace(little, parts=loop),
        "is not known": with_part(part="tentacle"),
        "must be l, r": with_part(side="left"),
        "float32": with_part(head=hair.head.astype(np.float64)),
        "head must hold numbers between 0 and 1": with_part(head=hair.head * 2),
        "sways[0].spring": with_part(sways=(Sway(7, hair.head),)),
        "'ParamNone' is none of": with_part(keyforms=(replace(form, axes=("ParamNone", "ParamBreath")),)),
        "hold the name 'ParamBreath' twice": with_part(keyforms=(replace(form, axes=("ParamBreath", "ParamBreath")),)),
        "ascending": with_part(keyforms=(replace(form, keys=((0.0, 1.0, 1.0), (0.0, 1.0))),)),
        "offsets": with_part(keyforms=(replace(form, offsets=form.offsets),)),
        "springs[0].frequency": replace(little, springs=(replace(little.springs[0], frequency=0.0), little.springs[1])),
        "springs[0].parameter": replace(little, springs=(replace(little.springs[0], parameter="P"), little.springs[1])),
        "low <= default <= high": replace(little, parameters=(*little.parameters[1:], Parameter("ParamAngleX", 1, 0, 2))),
        "canvas": replace(little, canvas=(0, 5)),
        "surface.distance": replace(little, surface=replace(little.surface, distance=0.0)),
        "anchors.chin": replace(little, anchors={"chin": (float("inf"), 0.0)}),
    }  # fmt: skip


@pytest.mark.parametrize("words", broken_puppets())
def test_broken_rigs_are_not_saved(tmp_path: Path, words: str) -> None:
    with pytest.raises(RigError, match="cannot be saved") as caught:
        save(broken_puppets()[words], tmp_path / "p.puppet")
    assert words in str(caught.value) and not list(tmp_path.iterdir())


def part(document: Any, index: int = 3) -> Any:
    return document["parts"][index]


FORGED: dict[str, Callable[[Any], object]] = {
    "is not a puppet of Kirie": lambda d: d.update(format="other"),
    "format is missing": lambda d: d.pop("format"),
    "newer Kirie (file version 2": lambda d: d.update(version=2),
    "version must be a whole number": lambda d: d.update(version="1"),
    "canvas must be": lambda d: d.update(canvas=[30000, 30000]),
    "canvas must be a finite number": lambda d: d.update(canvas=[True, 5]),
    "parts must be a list": lambda d: d.update(parts={}),
    "parts[0] must be an object": lambda d: d["parts"].insert(0, 3),
    "parts[3].vertices must be a whole number": lambda d: part(d).update(vertices=10**12),
    "shorter than the parts say": lambda d: part(d).update(vertices=900_000),
    "longer than the parts say": lambda d: part(d).update(vertices=1),
    "integer block is shorter": lambda d: part(d).update(triangles=1_000_000),
    "parts[3].texture must be": lambda d: part(d).update(texture=[16384, 16385]),
    "megapixels": lambda d: [p.update(texture=[16000, 16000]) for p in d["parts"]],
    "must be RGBA of 9 x 8 px": lambda d: part(d).update(texture=[9, 8]),
    "parts[3].blend 'dissolve' is not known": lambda d: part(d).update(blend="dissolve"),
    "parts[3].drawn must be true or false": lambda d: part(d).update(drawn=1),
    "parts[3].name must be a text": lambda d: part(d).update(name="x" * 5000),
    "parts[3].name is not valid text": lambda d: part(d).update(name="\ud800"),
    "parts[3].opacity must lie": lambda d: part(d).update(opacity=2),
    "parts[3].masks[0] must be a text": lambda d: part(d).update(masks=[1]),
    "parts[4].sways must hold": lambda d: part(d, 4).update(sways=[0.5, 1]),
    "parts[4].sways[0].spring": lambda d: part(d, 4).update(sways=[-1, 1]),
    "keyforms[0].keys must be lists": lambda d: part(d)["keyforms"][0].update(keys=[[0] * 100, [0, 1]]),
    "keyforms[0].axes": lambda d: part(d)["keyforms"][0].update(axes=["ParamMouthForm"] * 2),
    "keyforms[0].keys": lambda d: part(d)["keyforms"][0].update(keys=[[1, 0, -1], [0, 1]]),
    "surface.yaw must be a finite number": lambda d: d["surface"].update(yaw=10**400),
    "springs[1].length": lambda d: d["springs"][1].update(length=-1),
    "anchors.x must be a list of 2": lambda d: d["anchors"].update(x=[1]),
    "parameters[0].low is missing": lambda d: d["parameters"][0].pop("low"),
}


@pytest.mark.parametrize("words", FORGED)
def test_forged_documents(tmp_path: Path, entries: Entries, words: str) -> None:
    refused(tmp_path / "p.puppet", edited(entries, FORGED[words]), words)


def test_a_newer_version_says_so(tmp_path: Path, entries: Entries) -> None:
    newer = edited(entries, lambda d: d.update(version=9)) | {"extra/hair.glb": b"?"}
    assert "update Kirie" in refused(tmp_path / "p.puppet", newer)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"format": NaN}', b'{"a": 1, "a": 2}',
                                  b"1" * 5000], ids=range(8))  # fmt: skip
def test_documents_that_are_no_document(tmp_path: Path, entries: Entries, text: bytes) -> None:
    refused(tmp_path / "p.puppet", entries | {DOCUMENT: text})


@pytest.mark.parametrize("name", [DOCUMENT, FLOATS, INTS, "textures/0002.png"])
def test_missing_entries(tmp_path: Path, entries: Entries, name: str) -> None:
    refused(tmp_path / "p.puppet", {n: d for n, d in entries.items() if n != name}, name, "missing")


@pytest.mark.parametrize("name", ["../evil.py", "/etc/passwd", "textures/9999.png", "textures/../puppet.json", " "])
def test_strange_entries(tmp_path: Path, entries: Entries, name: str) -> None:
    refused(tmp_path / "p.puppet", entries | {name: b"x"}, "does not belong")
    assert [p.name for p in tmp_path.iterdir()] == ["p.puppet"]


def test_numbers_that_are_none(tmp_path: Path, entries: Entries) -> None:
    for value, where in ((b"\x00\x00\xc0\x7f", "parts[0]"), (b"\x00\x00\x80\x7f", "parts[0]")):
        refused(tmp_path / "p.puppet", entries | {FLOATS: value + entries[FLOATS][4:]}, where)
    refused(tmp_path / "p.puppet", entries | {FLOATS: entries[FLOATS][:-1]}, "cut")
    refused(tmp_path / "p.puppet", entries | {INTS: b"\xff\xff\xff\xff" + entries[INTS][4:]}, "triangles")


def test_entries_twice(tmp_path: Path, entries: Entries) -> None:
    path = tmp_path / "p.puppet"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for name, data in [*entries.items(), (DOCUMENT, b"{}")]:
            archive.writestr(name, data)
    refused_file(path, "twice")


def test_bombs_are_not_unpacked(tmp_path: Path, entries: Entries) -> None:
    path = tmp_path / "p.puppet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, b"\0" * 60_000_000 if name in (DOCUMENT, "textures/0001.png") else data)
    refused_file(path, DOCUMENT, "larger")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, b"\0" * 60_000_000 if name == "textures/0001.png" else data)
    refused_file(path, "textures/0001.png", "larger")


def test_a_picture_bomb_is_not_unpacked(tmp_path: Path, entries: Entries) -> None:
    """A PNG of a few bytes whose own header claims 16 gigapixels."""
    out = io.BytesIO()
    Image.new("RGBA", (1, 1)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = (131_072).to_bytes(4, "big") * 2
    refused(tmp_path / "p.puppet", entries | {"textures/0000.png": bytes(data)}, "textures/0000.png")


def test_pictures_of_other_kinds(tmp_path: Path, entries: Entries) -> None:
    for mode, kind in (("RGB", "PNG"), ("L", "PNG"), ("RGB", "BMP")):
        out = io.BytesIO()
        Image.new(mode, (8, 8)).save(out, kind)
        refused(tmp_path / "p.puppet", entries | {"textures/0000.png": out.getvalue()}, "textures/0000.png")
    png = entries["textures/0000.png"]
    refused(tmp_path / "p.puppet", entries | {"textures/0000.png": png[:-25]}, "textures/0000.png")


def test_no_file_no_zip_no_rights(tmp_path: Path) -> None:
    refused_file(tmp_path / "none.puppet", "no such file")
    refused_file(tmp_path)
    (tmp_path / "text.puppet").write_text("hello")
    refused_file(tmp_path / "text.puppet", "not a puppet")
    (tmp_path / "empty.puppet").write_bytes(b"")
    refused_file(tmp_path / "empty.puppet", "not a puppet")


@QUIET
@given(st.data())
def test_damaged_files(tmp_path: Path, entries: Entries, data: st.DataObject) -> None:
    """Bytes changed, cut or put in anywhere: the very same puppet, or RigError, and nothing else."""
    path = tmp_path / "p.puppet"
    save(little_puppet(), path)
    good = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(good) - 1))
        kind = data.draw(st.sampled_from(["set", "cut", "put", "end"]))
        if kind == "set":
            good[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del good[at : at + data.draw(st.integers(1, 200))]
        elif kind == "put":
            good[at:at] = data.draw(st.binary(max_size=20))
        else:
            near = max(len(good) - 1 - data.draw(st.integers(0, 1200)), 0)      # the zip's directory lies at the end
            good[near] = data.draw(st.integers(0, 255))
        if not good:
            good = bytearray(b"x")
    path.write_bytes(bytes(good))
    with contextlib.suppress(RigError):
        same(load(path), little_puppet())


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
                    lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=6), x, max_size=4))  # fmt: skip


def places(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every value inside a JSON document."""
    inner = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [path, *(p for key, value in inner for p in places(value, (*path, key)))]


@settings(QUIET, max_examples=150)
@given(st.data(), JSON)
def test_documents_with_nonsense_anywhere(tmp_path: Path, entries: Entries, data: st.DataObject, nonsense: Any) -> None:
    document = json.loads(entries[DOCUMENT])
    *path, last = data.draw(st.sampled_from(places(document)[1:]))
    inner = document
    for key in path:
        inner = inner[key]
    inner[last] = nonsense
    target = tmp_path / "p.puppet"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in (entries | {DOCUMENT: json.dumps(document).encode()}).items():
            archive.writestr(name, content)
    with contextlib.suppress(RigError):
        pose(load(target), {"ParamAngleX": 10.0, "ParamMouthForm": 1.0, "ParamBreath": 1.0})


def test_quick(tmp_path: Path) -> None:
    """20 textures of 640 x 640 px; the bar for 1280 x 1280 (four times as many pixels) is 0.5 s and 0.3 s."""
    y, x = np.mgrid[:640, :640]
    texture = np.zeros((640, 640, 4), np.uint8)
    texture[(x - 320) ** 2 + (y - 320) ** 2 < 90_000] = (200, 160, 140, 255)
    little = little_puppet()
    parts = tuple(replace(make_part(f"p{i}", patch(0, 0, 640, 640, 16, 16)), texture=texture) for i in range(20))
    start = time.perf_counter()
    save(replace(little, parts=parts), tmp_path / "p.puppet")
    middle = time.perf_counter()
    load(tmp_path / "p.puppet")
    end = time.perf_counter()
    assert middle - start < 1.5 and end - middle < 1.0, "far above what it takes: this catches only the grossly slow"
