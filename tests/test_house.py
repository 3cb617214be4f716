"""The house's rules: which room may import what, what stays out of the repository, and what the public edge shows."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import kirie

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("layering", "rig", "render", "capture", "stylize", "kirie")
LEAVES = ("kirie.errors", "kirie.files")

OURS: dict[str, tuple[str, ...]] = {
    "layering": ("layering",),
    "rig": ("rig", "layering.stack"),
    "render": ("render", "rig", "layering.stack"),
    "capture": ("capture", "rig.params"),
    "stylize": ("stylize",),
    "kirie": ROOMS,
}
"""What of ours each room may import, besides the leaves."""

EVERYWHERE = frozenset({"numpy", "cv2", "scipy", "PIL"})
OTHERS: dict[str, frozenset[str]] = {
    "layering": EVERYWHERE | {"psd_tools", "skia", "onnxruntime"},
    "rig": EVERYWHERE,
    "render": EVERYWHERE | {"moderngl", "pyglet", "av", "pyvirtualcam"},
    "capture": EVERYWHERE | {"mediapipe", "sounddevice", "websockets"},
    "stylize": EVERYWHERE | {"skia", "onnxruntime"},
    "kirie": frozenset({"numpy", "click", "PIL", "websockets"}),
}
"""What of others each room may import."""
PACKAGES = {"cv2": "opencv-contrib-python", "PIL": "pillow", "psd_tools": "psd-tools", "skia": "skia-python",
            "ai_edge_litert": "ai-edge-litert"}
"""Libraries whose package is named otherwise."""
TORCH = frozenset({"torch", "torchvision", "onnx", "ai_edge_litert"})
"""For training and converting alone: train*.py, convert*.py, and what nothing but those imports."""


def sources(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all that a module imports, wherever in it: `from rig import pose` gives rig.pose."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def under(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == x or name.startswith(x + ".") for x in allowed)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def for_training(room: str) -> set[Path]:
    """The files of a room that may import torch: train*.py, convert*.py, and what is imported by those alone."""
    users: dict[str, set[Path]] = {}
    for path in sources(room):
        for name in imports(ast.parse(path.read_text("utf-8"))):
            users.setdefault(name, set()).add(path)
    training = {path for path in sources(room) if path.name.startswith(("train", "convert"))}
    before = -1
    while len(training) > before:                            # what is imported by those may import more
        before = len(training)
        for path in sources(room):
            name = module_name(path)
            by = set().union(*(paths for used, paths in users.items() if under(used, (name,))))
            if by and by <= training:
                training.add(path)
    return training


def faults(source: str, room: str, trains: bool = False) -> list[str]:
    """The imports of a module of a room that break the rules."""
    found = []
    for name in imports(ast.parse(source)):
        top = name.partition(".")[0]
        if top in ROOMS:
            fine = under(name, OURS[room] + LEAVES)
        else:
            fine = top in sys.stdlib_module_names or top in OTHERS[room] or (trains and top in TORCH)
        found += [] if fine else [name]
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_import_rules(room: str) -> None:
    training = for_training(room)
    broken = {str(path.relative_to(ROOT)): names for path in sources(room)
              if (names := faults(path.read_text("utf-8"), room, path in training))}  # fmt: skip
    assert broken == {}


@pytest.mark.parametrize(("room", "source"), [
    ("layering", "import rig"), ("rig", "from layering import read_layers"), ("rig", "from render import frames"),
    ("capture", "from rig import pose"), ("capture", "import moderngl"), ("render", "import mediapipe"),
    ("rig", "def f():\n    import torch"), ("kirie", "import av"), ("layering", "from kirie.cli import main"),
])  # fmt: skip
def test_the_import_rules_can_fail(room: str, source: str) -> None:
    assert faults(source, room)


@pytest.mark.parametrize("folder", ["examples", "benchmarks"])
def test_examples_and_benchmarks_need_no_private_names(folder: str) -> None:
    private = {str(path.name): bad for path in sources(folder)
               if (bad := [n for n in imports(ast.parse(path.read_text("utf-8"))) if "._" in n])}  # fmt: skip
    assert private == {}


def test_public_edge() -> None:
    assert sorted(kirie.__all__) == [
        "CaptureError", "KirieError", "LayeringError", "ParameterFrame", "RenderError", "RigError", "StylizeError",
        "__version__", "load", "render", "rig", "split"]  # fmt: skip
    for name in kirie.__all__:
        assert getattr(kirie, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = kirie.nonsense


@pytest.mark.parametrize("room", ["layering", "rig", "render", "capture"])
def test_rooms_show_what_exists(room: str) -> None:
    module = __import__(room)
    assert module.__all__, room
    for name in module.__all__:
        assert getattr(module, name) is not None


HEAVY = ("cv2", "scipy", "mediapipe", "moderngl", "pyglet", "av", "psd_tools", "skia", "torch", "onnxruntime", "matplotlib")


@pytest.mark.parametrize("line", ["import kirie", "import layering, rig, render, capture", "import kirie.cli"])
def test_imports_are_light(line: str) -> None:
    """What `kirie --help` waits for: none of the heavy libraries."""
    code = f"import sys; {line}; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == "[]"


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    names = subprocess.run([git, "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


MACHINE = re.compile(r"(?<![\w.~-])/(?:" + "|".join(("work", "tmp", "root", "home", "Users", "opt")) + r")/\w")
HOSTS = re.compile("|".join((r"py" + r"pi\.org", "python" + "hosted", "-index" + "-url", "find" + "-links", "file:" + "//")))


def test_no_machine_paths_and_no_registry_hosts() -> None:
    found = [f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
             for path in tracked() if b"\0" not in (data := path.read_bytes())[:4096]
             for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1)
             if MACHINE.search(line) or HOSTS.search(line)]  # fmt: skip
    assert found == []


def test_nothing_large_is_tracked() -> None:
    """Films stay out, pictures for the README are small; the networks that Kirie ships are 25 MB at most."""
    sizes = {path.relative_to(ROOT): path.stat().st_size for path in tracked()}
    large = {str(p): size for p, size in sizes.items() if size > (25_000_000 if p.match("*/models/*.onnx") else 3_000_000)}
    assert large == {}


def test_what_the_rooms_import_is_declared() -> None:
    """Each library of others is a dependency by itself, not by the grace of another one; and none is declared for nothing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + [x for extra in project["optional-dependencies"].values() for x in extra]
    declared = {re.split(r"[^\w-]", x, maxsplit=1)[0] for x in asked}
    trees = [ast.parse(path.read_text("utf-8")) for room in ROOMS for path in sources(room)]
    tops = {name.partition(".")[0] for tree in trees for name in imports(tree)} - set(ROOMS) - sys.stdlib_module_names
    used = {PACKAGES.get(top, top) for top in tops}
    assert used == declared
