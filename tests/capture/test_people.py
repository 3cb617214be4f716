"""Who sits there is known again by the head alone, with what was learned of them; a broken file is no file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from capture import FaceFrame, Tracker
from capture.calibrate import Calibrator
from capture.model import F64
from capture.people import People, Person, read_people, write_people
from capture.tracker import solve_face
from tests.capture.faces import expression, frame, seen

FPS = 30
BLINK = (0.35, 0.8, 1.0, 0.9, 0.6, 0.3, 0.1)


def sitting(head: F64, start: float, seconds: float, narrow: float = 0.0, pitch: float = 0.0) -> list[FaceFrame]:
    """Somebody with a head (478, 3) of their own, who blinks every two seconds and whose lids hang by `narrow`."""
    out = []
    for i in range(round(seconds * FPS)):
        share = BLINK[i % 60 - 40] if 40 <= i % 60 < 40 + len(BLINK) else narrow
        shape = expression({"l": share, "r": share}) * head
        out.append(frame(start + i / FPS, seen(shape, pitch=pitch)))
    return out


BROAD, LONG = np.array([1.08, 1.0, 1.0]), np.array([0.95, 1.06, 1.04])


def test_what_was_learned_comes_back() -> None:
    first = Calibrator()
    for face in sitting(BROAD, 0.0, 12.0, narrow=0.3, pitch=9.0):
        first.learn(solve_face(face), 1 / FPS)  # type: ignore[arg-type]
    first.settle()
    again = Calibrator()
    again.restore(json.loads(json.dumps(first.save())))
    assert again.neutral("pitch") == pytest.approx(first.neutral("pitch"), abs=0.9)
    assert again.neutral("pitch") > 3
    np.testing.assert_allclose(again.lids.open, first.lids.open, atol=0.03)
    np.testing.assert_allclose(again.lids.closed, first.lids.closed, atol=0.03)
    for face in sitting(LONG, 0.0, 90.0):  # and it goes on learning
        again.learn(solve_face(face), 1 / FPS)  # type: ignore[arg-type]
    assert again.neutral("pitch") < 2


def test_the_known_are_known_again_and_strangers_are_not_taken_for_them() -> None:
    tracker = Tracker()
    tracker.meet(People())
    for face in sitting(BROAD, 0.0, 8.0):
        tracker.update(face)
    assert tracker.people is not None
    broad = tracker.people.now
    for face in sitting(LONG, 20.0, 8.0, narrow=0.3):
        tracker.update(face)
    long = tracker.people.now
    assert long is not broad and broad.learned
    for face in sitting(BROAD * 1.01, 40.0, 8.0, pitch=4.0):
        tracker.update(face)
    assert tracker.people.now is broad
    assert tracker.people.known == [broad, long]
    assert long.learned["lids"] != broad.learned["lids"]


def test_who_was_there_last_is_taken_up_from_the_first_frame_on(tmp_path: Path) -> None:
    path = tmp_path / "state" / "people.json"
    first = Tracker()
    first.meet(People())
    for face in sitting(BROAD, 0.0, 12.0, pitch=10.0):
        first.update(face)
    first.remember()
    assert first.people is not None
    write_people(path, "camera", first.people)
    kept = Tracker()
    kept.meet(read_people(path, "camera"))
    fresh = Tracker()
    one = sitting(BROAD, 100.0, 0.1, pitch=10.0)[0]
    assert abs(kept.update(one).values["ParamAngleY"]) < abs(fresh.update(one).values["ParamAngleY"]) - 2


def test_a_glimpse_or_a_turned_face_decides_nothing() -> None:
    people = People([Person(np.zeros(12), {"a": 1}), Person(np.full(12, 5.0))])
    one = solve_face(sitting(BROAD, 0.0, 0.1)[0])
    assert one is not None
    for _ in range(20):
        assert not people.look(one, 1 / FPS)
    turned = solve_face(frame(0.0, seen(expression() * BROAD, yaw=30)))
    assert turned is not None
    for _ in range(300):
        assert not people.look(turned, 1 / FPS)
    assert not people.sure


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 3, "cameras": {}}', '{"version": 2, "cameras": []}',
    '{"version": 2, "cameras": {"c": {"people": [1, {}, {"build": [1], "neutral": {}, "learned": {}}]}}}',
    '{"version": 2, "cameras": {"c": {"people": [{"build": ["a"], "neutral": [], "learned": 3}]}}}'])
def test_a_broken_file_is_no_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "people.json"
    path.write_text(text)
    assert read_people(path, "c").now.neutral == {}
    write_people(path, "c", People([Person(neutral={"ParamAngleX": 1.0})]))
    assert read_people(path, "c").now.neutral == {"ParamAngleX": 1.0}


@pytest.mark.parametrize("learned", [{"usual": {}}, {"usual": {"yaw": [1, 2]}, "lids": {}}, {"usual": 3}, {"lids": None}])
def test_a_broken_note_counts_as_none(learned: dict[str, object]) -> None:
    tracker = Tracker()
    tracker.meet(People([Person(np.zeros(12), learned)]))
    assert tracker.calibrator.save() == Calibrator().save()


def test_the_neutral_of_the_first_version_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "neutral.json"
    path.write_text('{"version": 1, "neutral": {"cam": {"ParamAngleX": 4.0, "ParamAngleY": 1e9}}}')
    assert read_people(path, "cam").now.neutral == {"ParamAngleX": 4.0}


def test_the_file_stays_small_and_may_be_unwritable(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    for i in range(60):
        write_people(path, f"camera {i}", People([Person(neutral={"ParamAngleX": float(i)})]))
    assert read_people(path, "camera 59").now.neutral == {"ParamAngleX": 59.0}
    assert read_people(path, "camera 9").now.neutral == {}
    write_people(path / "below a file", "c", People([Person(neutral={"ParamAngleX": 1.0})]))
    write_people(path, "nobody", People())
    assert "nobody" not in path.read_text()
