"""`kirie doctor`: each failure with its line to type."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kirie.commands import doctor
from kirie.errors import RenderError
from tests.kirie.conftest import Answer
from tests.render.display import xvfb

Say = Callable[..., Answer]


def test_all_is_well_where_the_tests_run(say: Say) -> None:
    answer = say("doctor")
    assert answer.code == 0, answer.out
    lines = answer.out.splitlines()
    needed, wished = [c for c in doctor.CHECKS if not c.optional], [c for c in doctor.CHECKS if c.optional]
    assert all(line.startswith(f"ok    {c.name}") for line, c in zip(lines, needed, strict=False))
    marks = {line[6:20].strip(): line[:4] for line in lines[len(needed) : -2] if not line.startswith(" ")}
    assert list(marks) == [c.name for c in wished] and set(marks.values()) <= {"ok  ", "none"}
    assert lines.count("everything that Kirie needs works") == 1
    assert lines[-1] == "try: kirie demo"


def no_gl(_: Path) -> str:
    raise RenderError("OpenGL cannot start", "sudo apt-get install -y libegl1")


def broken(_: Path) -> str:
    raise ImportError("undefined symbol")


def test_failures_name_the_line_to_type(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = doctor.Check("Python", doctor.python_version)
    monkeypatch.setattr(doctor, "CHECKS", (fine, doctor.Check("OpenGL", no_gl), doctor.Check("films", broken)))
    answer = say("doctor")
    assert answer.code == 1
    assert "FAIL  OpenGL          OpenGL cannot start\n      type:           sudo apt-get install -y libegl1" in answer.out
    assert "ImportError: undefined symbol" in answer.out and "run.py doctor" in answer.out
    assert "2 of 3 need a hand" in answer.out
    told = json.loads(say("doctor", "--json").out)
    fix = "sudo apt-get install -y libegl1"
    assert told["OpenGL"] == {"ok": False, "optional": False, "text": "OpenGL cannot start", "fix": fix}


def test_what_is_only_wished_for_is_named_and_fails_nothing(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = doctor.Check("Python", doctor.python_version)
    monkeypatch.setattr(doctor, "CHECKS", (fine, doctor.Check("virtual camera", doctor.virtual_camera, optional=True)))
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    monkeypatch.setattr("render.virtual_camera.own_device", lambda: None)
    answer = say("doctor")
    assert answer.code == 0 and "none  virtual camera  not set up" in answer.out
    line = next(x for x in answer.out.splitlines() if x.startswith("      type:"))
    assert "pip install pyvirtualcam" in line
    if sys.platform == "linux":
        assert "modprobe v4l2loopback devices=2" in line and '"OBS Virtual Camera","Kirie"' in line


def test_portaudio_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("kirie.environment.loads", lambda name: name != "libportaudio.so.2")
    result = doctor.examine(doctor.Check("microphone", doctor.microphone, optional=True))
    assert not result.ok and "PortAudio is missing" in result.text and "portaudio" in result.fix
    monkeypatch.setattr("kirie.environment.loads", lambda name: True)
    for names, ok in (([], False), (["USB"], True)):
        monkeypatch.setattr("capture.audio.microphones", lambda names=names: names)
        assert doctor.examine(doctor.Check("microphone", doctor.microphone)).ok == ok


def test_a_window_that_does_not_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform.startswith("linux"):
        refused = doctor.examine(doctor.Check("window", doctor.window, optional=True))
        assert not refused.ok and refused.text.startswith("no window can open") and "log in to a desktop" in refused.fix
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert "xwayland" in doctor.examine(doctor.Check("window", doctor.window, optional=True)).fix


def test_a_window_that_opens_tells_what_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with xvfb() as display:
        monkeypatch.setenv("DISPLAY", display)
        found = doctor.examine(doctor.Check("window", doctor.window, optional=True))
    assert found.ok and found.text.startswith("opens; ") and "no compositor" in found.text and "on top" in found.text


def test_webcams_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from capture import CameraInfo

    monkeypatch.setattr("capture.webcam.cameras", list)
    assert "me.mp4" in doctor.examine(doctor.Check("webcam", doctor.camera)).fix
    monkeypatch.setattr("capture.webcam.cameras", lambda: [CameraInfo(2, "C920")])
    monkeypatch.setattr("os.access", lambda *_: True)
    assert doctor.examine(doctor.Check("webcam", doctor.camera)).text == "2 (C920)"
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.access", lambda *_: False)
    refused = doctor.examine(doctor.Check("webcam", doctor.camera))
    assert not refused.ok and "usermod -aG video" in refused.fix


def test_missing_libraries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kirie.environment.missing_libraries", lambda: ["libEGL.so.1"])
    result = doctor.examine(doctor.Check("libraries", doctor.libraries))
    assert not result.ok and "libEGL.so.1" in result.text and "libegl1" in result.fix


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE", 1 << 62)
    assert not doctor.examine(doctor.Check("disk", doctor.disk)).ok
