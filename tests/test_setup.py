"""The set-up: run.py finds a Python, kirie/environment.py makes `.venv` once and from the locks alone."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import run
from kirie import environment as setup
from kirie.environment import Environment, SetupError

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-train.txt", "requirements-camera.txt")


def test_every_python_3_can_read_run_py() -> None:
    ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 6))


def test_set_up_imports_the_standard_library_only() -> None:
    for file in ("run.py", "kirie/environment.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert all(name.partition(".")[0] in sys.stdlib_module_names for name in names), (file, names)


@pytest.mark.parametrize(("here", "word"), [((3, 9, 2), "too old"), ((3, 14, 0), "too new")])
def test_a_wrong_python_hears_which_it_takes(here: tuple[int, ...], word: str, monkeypatch: pytest.MonkeyPatch,
                                             capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr("sys.version_info", here)
    monkeypatch.setattr(run, "find_python", lambda: None)
    assert run.main() == 1
    told = capsys.readouterr().err
    assert "3.11 or 3.12" in told and word in told and "hint:" in told and "3.12" in told


def test_a_python_without_venv_hears_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 11, 2))
    assert "apt-get install -y python3.11-venv" in run.explain()


def test_another_python_is_found_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"bin/{name}" if name == "python3.11" else None)
    monkeypatch.setattr(run, "version", lambda command: (3, 11) if command == ["bin/python3.11"] else (3, 14))
    assert run.find_python() == ["bin/python3.11"]


def test_what_is_no_python_is_passed_over(tmp_path: Path) -> None:
    assert run.version([str(tmp_path / "none")]) == ()
    assert run.version([sys.executable]) == sys.version_info[:2]


def test_a_bare_server_is_told_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    missing = setup.missing_libraries(lambda name: "EGL" not in name and "gthread" not in name)
    assert missing == ["libEGL.so.1", "libgthread-2.0.so.0"]
    line = setup.install_line(missing, lambda tool: tool if tool == "apt-get" else None)
    assert line.endswith("apt-get install -y libegl1 libgl1-mesa-dri libglib2.0-0")
    line = setup.install_line(missing, lambda tool: tool if tool == "dnf" else None)
    assert line.endswith("dnf install -y mesa-libEGL mesa-dri-drivers glib2")
    with pytest.raises(SetupError, match="lacks libGL"):
        setup.check_system(lambda name: False)


def test_a_bare_server_fails_before_anything_is_made(monkeypatch: pytest.MonkeyPatch,
                                                     capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(setup, "missing_libraries", lambda loads: ["libEGL.so.1"])
    monkeypatch.setattr(setup, "prepare", lambda *_, **__: pytest.fail("it went on"))
    assert setup.main(["demo"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("error: this system lacks libEGL") and "libegl1" in told[1]


def test_a_processor_without_mediapipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(SetupError, match="riscv64"):
        setup.check_system(lambda name: True)


class Shop:
    """Stands for venv and pip: notes what is asked of them, and makes the interpreter's place."""

    def __init__(self, root: Path) -> None:
        self.asked: list[str] = []
        self.environment = Environment(root / ".venv", root)
        for name in (*LOCKS, "pyproject.toml"):
            (root / name).write_text(name, "utf-8")
        self.broken = False

    def run(self, line: list[object], **_: object) -> None:
        words = [str(x) for x in line]
        if "venv" in words:
            self.asked.append("venv")
            self.environment.python.parent.mkdir(parents=True, exist_ok=True)
            self.environment.python.touch()
        elif "pip" in words:
            self.asked.append(Path(words[-1]).name.replace(self.environment.root.name, "kirie"))
            if self.broken:
                raise subprocess.CalledProcessError(1, words)
        elif not self.environment.python.exists():
            raise FileNotFoundError(words[0])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = Shop(tmp_path)
    monkeypatch.setattr("subprocess.run", made.run)
    return made


def test_made_once_and_then_used_as_it_is(shop: Shop) -> None:
    setup.prepare(shop.environment)
    assert shop.asked == ["venv", "requirements.txt", "kirie"]
    setup.prepare(shop.environment)
    assert len(shop.asked) == 3


def test_tests_add_their_own_locks_and_no_more(shop: Shop) -> None:
    setup.prepare(shop.environment)
    setup.prepare(shop.environment, setup.NEEDS["test"])
    assert shop.asked[3:] == ["requirements-dev.txt", "requirements-train.txt"]
    setup.prepare(shop.environment)
    setup.prepare(shop.environment, setup.NEEDS["test"])
    assert len(shop.asked) == 5


@pytest.mark.parametrize(("words", "extras"), [
    (["demo"], ()), ([], ()), (["rig", "test"], ()), (["train", "parts"], ("train",)), (["convert", "x"], ("train",)),
    (["test", "-x"], ("dev", "train")),
    (["live", "girl.puppet", "--virtual-camera"], ("camera",)),
])  # fmt: skip
def test_words_choose_what_is_installed(words: list[str], extras: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """torch, gigabytes of it, comes for training and for its tests, never for the demo."""
    asked: list[object] = []
    monkeypatch.setattr(setup, "check_system", lambda: None)
    monkeypatch.setattr(setup, "prepare", lambda _, extras: asked.append(extras))
    monkeypatch.setattr("os.execv", lambda *_: 0)
    monkeypatch.setattr("os.chdir", lambda _: None)
    setup.main(words)
    assert asked == [extras]


def test_a_changed_extra_updates_alone(shop: Shop) -> None:
    setup.prepare(shop.environment, setup.NEEDS["test"])
    (shop.environment.root / "requirements-train.txt").write_text("other", "utf-8")
    setup.prepare(shop.environment, setup.NEEDS["test"])
    assert shop.asked[5:] == ["requirements-train.txt"]


def test_a_changed_lock_updates(shop: Shop) -> None:
    setup.prepare(shop.environment)
    (shop.environment.root / "requirements.txt").write_text("other", "utf-8")
    setup.prepare(shop.environment)
    assert shop.asked[3:] == ["requirements.txt", "kirie"]


def test_half_made_is_made_anew(shop: Shop) -> None:
    shop.broken = True
    with pytest.raises(SetupError, match="could not be installed"):
        setup.prepare(shop.environment)
    shop.broken = False
    setup.prepare(shop.environment)
    assert shop.asked == ["venv", "requirements.txt", "venv", "requirements.txt", "kirie"]


@pytest.mark.parametrize("harm", ["moved", "stamp", "python"])
def test_a_moved_or_broken_one_is_made_anew(shop: Shop, harm: str) -> None:
    setup.prepare(shop.environment)
    if harm == "moved":
        stamp = json.loads(shop.environment.stamp.read_text("utf-8"))
        shop.environment.stamp.write_text(json.dumps({**stamp, "root": "elsewhere"}), "utf-8")
    elif harm == "stamp":
        shop.environment.stamp.write_text("{", "utf-8")
    else:
        shop.environment.python.unlink()
    setup.prepare(shop.environment)
    assert shop.asked[3:] == ["venv", "requirements.txt", "kirie"]


def test_words_choose_what_starts() -> None:
    environment = Environment(Path("v"), Path("r"))
    assert setup.command_line(environment, ["test", "-x"])[1:] == ["-m", "pytest", "-x"]
    assert setup.command_line(environment, ["rig", "a.psd"])[1:] == ["-m", "kirie", "rig", "a.psd"]


def entries(lock: str) -> dict[str, str]:
    """name → its whole entry in a lock."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {re.split(r"[=;\s]", line, maxsplit=1)[0]: line for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_pin_with_hashes_and_name_no_address(lock: str) -> None:
    for name, entry in entries(lock).items():
        assert re.match(r"[a-z0-9-]+==[\w.]+", entry), entry
        assert "--hash=sha256:" in entry, name
        assert "://" not in entry and not entry.startswith("-")


def test_locks_cover_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups, everyday = project["dependency-groups"], project["project"]["dependencies"]
    asked = {"requirements.txt": everyday + groups["build"], "requirements-dev.txt": groups["dev"],
             "requirements-camera.txt": project["project"]["optional-dependencies"]["camera"],
             "requirements-train.txt": everyday + project["project"]["optional-dependencies"]["train"]}  # fmt: skip
    for lock, names in asked.items():
        assert {re.split(r"[^\w-]", x, maxsplit=1)[0] for x in names} <= set(entries(lock))


def test_locks_agree() -> None:
    """The lock of training holds the everyday one, and where locks name the same package they mean the same version."""
    everyday, dev, train, _ = (entries(lock) for lock in LOCKS)
    assert everyday.items() <= train.items()
    for name in dev.keys() & train.keys():
        assert dev[name].split()[0] == train[name].split()[0]


def test_the_everyday_install_has_no_torch() -> None:
    assert not {"torch", "torchvision", "onnx", "triton"} & set(entries("requirements.txt"))


def test_what_is_under_the_gpl_comes_only_when_it_is_asked_for() -> None:
    assert set(entries("requirements-camera.txt")) == {"pyvirtualcam"}
    assert not any("pyvirtualcam" in entries(lock) for lock in LOCKS[:3])


def test_numpy_stays_below_2() -> None:
    assert re.match(r"numpy==1\.26", entries("requirements.txt")["numpy"])
