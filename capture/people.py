"""Who sits before a camera, and what was learned of each of them.

People are told apart by the build of their heads (`capture.model.build`), which needs no name and no picture: what is kept are
12 numbers a head. A mistake costs some seconds of learning anew, no more.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from capture.model import F64, model
from capture.solve import Signals
from kirie.files import atomic

LOOK = 2.0
"""s that a face is looked at, from the front, before it is decided whose it is."""
FRONT = 15.0
"""Degrees of yaw and pitch up to which a face counts as seen from the front."""
NEAR = 2.5
"""How far apart, an axis, two builds of one person are at most. Other people are 4.5 apart on average, 1 in 50 below this."""
AGEING = 300.0
"""s after which a remembered build has become what it is now, to 1/e."""
VERSION = 2
CAMERAS = 50
"""Cameras that the file knows; the oldest go first."""
MOST = 8
"""People that are remembered for one camera; who was not seen for longest goes first."""


@dataclass(eq=False)
class Person:
    """build: float64 (K,), or none yet. learned: as `Calibrator.save` gives it, or empty. neutral: offsets by parameter."""

    build: F64 | None = None
    learned: dict[str, Any] = field(default_factory=dict)
    neutral: dict[str, float] = field(default_factory=dict)

    def save(self) -> dict[str, Any]:
        """As JSON takes it."""
        build = [] if self.build is None else np.round(self.build, 2).tolist()
        return {"build": build, "neutral": dict(self.neutral), "learned": self.learned}


def read_person(kept: Any) -> Person:
    """What `Person.save` gave. Raises ValueError, KeyError or TypeError for anything else."""
    build = np.asarray(kept["build"], np.float64)
    if build.shape not in ((0,), (model().build.shape[1],)) or not np.isfinite(build).all():
        raise ValueError("not a build")
    neutral = {str(name): float(value) for name, value in kept["neutral"].items() if -360 <= float(value) <= 360}
    return Person(build if build.size else None, dict(kept["learned"]), neutral)


class People:
    """Those who are known at one camera, the one who was there last first, and which of them is there now.

    Until a face has been looked at long enough, it is taken for the one who was there last. sure: whether it has.
    """

    def __init__(self, known: list[Person] | None = None) -> None:
        self.known = list(known or [])
        self.now = self.known[0] if self.known else self._meet(Person())
        self.look_again()

    def look_again(self) -> None:
        """The face was lost: somebody else may come back."""
        self._sum, self._looked, self.sure = np.zeros(model().build.shape[1]), 0.0, False

    def look(self, signals: Signals, dt: float) -> bool:
        """Take in a face that was there for `dt` s; whether it has just turned out to be somebody else than `now` was."""
        if not signals.build or abs(signals.yaw) > FRONT or abs(signals.pitch) > FRONT:
            return False
        build = np.array(signals.build)
        if self.sure:
            self._grow_older(build, dt)
            return False
        self._sum += dt * build
        self._looked += dt
        return self._looked > LOOK and self._decide(self._sum / self._looked)

    def _grow_older(self, build: F64, dt: float) -> None:
        if self.now.build is not None:
            self.now.build = self.now.build + min(dt / AGEING, 1.0) * (build - self.now.build)

    def _decide(self, build: F64) -> bool:
        self.sure = True
        before = self.now
        if before.build is None:
            before.build = build
            return False
        far = [_apart(build, person.build) if person.build is not None else np.inf for person in self.known]
        nearest = int(np.argmin(far))
        self._meet(self.known[nearest] if far[nearest] < NEAR else Person(build))
        return self.now is not before

    def _meet(self, person: Person) -> Person:
        self.known = [person, *(p for p in self.known if p is not person)][:MOST]
        self.now = person
        return person


def _apart(a: F64, b: F64) -> float:
    """The root mean square of what two builds differ by, along the axes."""
    return float(np.sqrt(np.mean((a - b) ** 2)))


def read_people(path: Path, camera: str) -> People:
    """Those who are kept for a camera; nobody where the file is missing or broken."""
    known = []
    for kept in _people(_read(path).get(camera)):
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            known.append(read_person(kept))
    return People(known[:MOST])


def write_people(path: Path, camera: str, people: People) -> None:
    """Keep those of a camera beside those of others. A file that cannot be written only means to learn again."""
    known = [person.save() for person in people.known if person.learned or person.neutral]
    if not known:
        return
    kept = _read(path)
    kept.pop(camera, None)
    newest = dict(list(kept.items())[-(CAMERAS - 1) :]) | {camera: {"people": known}}
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic(path) as file:
            file.write_text(json.dumps({"version": VERSION, "cameras": newest}), "utf-8")


def _people(camera: Any) -> list[Any]:
    people = camera.get("people") if isinstance(camera, dict) else None
    return people if isinstance(people, list) else []


def _read(path: Path) -> dict[str, Any]:
    """What is kept, by camera. Version 1 kept a neutral for each, whoever sat there."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    if data.get("version") == 1 and isinstance(data.get("neutral"), dict):
        return {name: {"people": [{"build": [], "learned": {}, "neutral": kept}]} for name, kept in data["neutral"].items()}
    kept = data.get("cameras") if data.get("version") == VERSION else None
    return kept if isinstance(kept, dict) else {}
