"""Checking a puppet in its whole range: what a viewer would notice, found before the viewer does.

`check` sweeps poses and looks for holes, seams at the neck, folded triangles, irises outside the white and shut eyes that
still show white or iris. It draws through a function that it is given, so it knows no OpenGL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from layering.stack import RGBA
from rig.folds import Folds
from rig.gaps import Holes, Seams
from rig.params import Parameter
from rig.puppet import DrawList, Puppet
from rig.sight import Sight
from rig.stage import Box, Draw, Mask, Points, Stage, Values
from rig.sweep import BOTH_LIDS, Pose, Sweep

KINDS: Mapping[str, str] = {
    "hole": "a hole opens between",
    "seam": "head and body part at the neck, between",
    "fold": "triangles fold in",
    "iris": "the iris shows outside the white:",
    "lid": "the shut eye still shows",
}
"""What can be found, in words that a part's name completes."""
MARK = (255, 0, 160)


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One fault, at the pose where it is worst.

    kind: one of KINDS. pose: values of the parameters that are not at their defaults. part: name of the part, or of the parts
    around a gap. amount: canvas px² at fault. where: (left, top, right, bottom) canvas px around it. picture: uint8 (h, w, 4)
    of the whole canvas as `draw` gave it, with the faulty pixels painted and framed in magenta.
    """

    kind: str
    pose: Values
    part: str
    amount: float
    where: tuple[float, float, float, float]
    picture: RGBA

    @property
    def message(self) -> str:
        """One line: what, where, and the pose in the form that `kirie render --pose` takes."""
        left, top, right, bottom = (round(x) for x in self.where)
        pose = ",".join(f"{name}={value:g}" for name, value in self.pose.items()) or "rest"
        return f"{KINDS[self.kind]} {self.part}: {self.amount:.0f} px² at {left},{top}..{right},{bottom} ({pose})"


@dataclass(frozen=True, slots=True, eq=False)
class _Fault:
    pose: Pose
    posed: DrawList
    mask: Mask
    amount: float


def check(puppet: Puppet, draw: Draw, progress: Callable[[float], None] | None = None) -> list[Finding]:
    """Sweep a puppet's range and return what goes wrong, the worst pose of each fault, largest first.

    draw: gives the picture uint8 (h, w, 4), straight alpha, of a DrawList: the whole canvas, centred, as large as fits in a
    size of its own (the face should be at least 100 px wide in it). progress: called with the share done, 0..1.
    """
    return _Check(Stage(puppet, draw), progress or (lambda share: None)).run()


class _Check:
    """One run: keeps the worst fault of each kind and place."""

    def __init__(self, stage: Stage, progress: Callable[[float], None]) -> None:
        self._stage, self._sweep, self._progress = stage, Sweep(stage.puppet), progress
        self._folds, self._sight = Folds(stage), Sight(stage)
        self._holes, self._seams = Holes(stage), Seams(stage)
        self._worst: dict[tuple[str, str], _Fault] = {}

    def run(self) -> list[Finding]:
        turns, few = self._sweep.turns(), self._sweep.few_turns()
        steps = [(self._look_for_folds, [*turns, *self._sweep.forms()], 1),
                 (self._look_for_gaps, [*turns, *self._sweep.talking_turns()], 8),
                 (self._look_at_eyes, few, 100)]  # fmt: skip
        total, done = sum(len(poses) * cost for _, poses, cost in steps), 0     # of one pose, roughly
        for look, poses, cost in steps:
            for pose in poses:
                look(pose)
                done += cost
                self._progress(done / total)
        findings = [self._finding(kind, part, fault) for (kind, part), fault in self._worst.items()]
        return sorted(findings, key=lambda f: -f.amount)

    def _look_for_folds(self, pose: Pose) -> None:
        posed = self._stage.pose(pose)
        for part, (area, turned) in self._folds.folded(posed).items():
            painted = _painted(self._stage, self._stage.triangles(posed.vertices, part)[turned])
            if self._stage.puppet.parts[part].masks:            # what a mask hides may fold
                painted &= self._stage.shows(posed, [part])
                area = min(area, float(painted.sum()) / self._stage.scale**2)
            if area > self._folds.least:
                self._keep("fold", [part], pose, posed, painted, area)

    def _look_for_gaps(self, pose: Pose) -> None:
        posed = self._stage.pose(pose)
        for gap, parts in self._holes.opened(posed):
            self._keep("hole", parts, pose, posed, gap)
        for gap, parts in self._seams.opened(posed):
            self._keep("seam", parts, pose, posed, gap)

    def _look_at_eyes(self, turn: Pose) -> None:
        """The gaze and the shut lids for one turn of the head."""
        eyes = self._sight.eyes
        if not eyes:
            return
        openings = self._sight.openings(self._stage.pose(turn | self._open_lids()))
        for pose in self._sweep.gazes(turn):
            posed = self._stage.pose(pose)
            for eye, stray in zip(eyes, self._sight.stray(posed, openings), strict=True):
                self._keep("iris", eye.irides, pose, posed, stray)
        for pose in self._sweep.shut(turn):
            posed = self._stage.pose(pose)
            for eye, shows in zip(eyes, self._sight.glimpse(posed, openings), strict=True):
                if self._is_shut(eye.side, pose):
                    self._keep("lid", eye.ball, pose, posed, shows)

    def _lids(self) -> dict[str, Parameter]:
        return {p.name: p for p in self._stage.puppet.parameters if p.name in BOTH_LIDS}

    def _open_lids(self) -> Pose:
        return {name: p.high for name, p in self._lids().items()}

    def _is_shut(self, side: str, pose: Pose) -> bool:
        lids = [p for name, p in self._lids().items() if not side or name == f"ParamEye{side.upper()}Open"]
        return bool(lids) and all(pose.get(p.name, p.default) <= 0 for p in lids)

    def _keep(self, kind: str, parts: Iterable[int], pose: Pose, posed: DrawList, mask: Mask, area: float = 0.0) -> None:
        """Remember a fault if it is there and worse than what is known of its kind and place; area: px² if it is known."""
        amount = area or float(mask.sum()) / self._stage.scale**2
        key = kind, ", ".join(self._stage.puppet.parts[i].name for i in sorted(parts))
        if mask.any() and (key not in self._worst or amount > self._worst[key].amount):
            self._worst[key] = _Fault(pose, posed, mask, amount)

    def _finding(self, kind: str, part: str, fault: _Fault) -> Finding:
        y, x = np.nonzero(fault.mask)
        box = x.min(), y.min(), x.max() + 1, y.max() + 1
        (left, top), (right, bottom) = self._stage.to_canvas(np.array(box, float).reshape(2, 2)).tolist()
        picture = _marked(self._stage.shot(fault.posed), fault.mask, (int(box[0]), int(box[1]), int(box[2]), int(box[3])))
        return Finding(kind, fault.pose, part, fault.amount, (left, top, right, bottom), picture)


def _painted(stage: Stage, corners: Points) -> Mask:
    """Where triangles (T, 3, 2) of canvas px lie in the picture, slivers included."""
    import cv2

    out = np.zeros(stage.size[::-1], np.uint8)
    for triangle in np.round(stage.to_picture(corners.reshape(-1, 2))).astype(np.int32).reshape(-1, 3, 2):
        cv2.fillConvexPoly(out, triangle, 1)
    return out > 0


def _marked(picture: RGBA, mask: Mask, box: Box) -> RGBA:
    """The picture with the mask painted and a frame around it."""
    import cv2

    out = np.array(picture)
    out[mask] = (*MARK, 255)
    room = max(4, picture.shape[0] // 60)
    thick = max(1, picture.shape[0] // 360)
    cv2.rectangle(out, (box[0] - room, box[1] - room), (box[2] + room, box[3] + room), (*MARK, 255), thick)
    return out
