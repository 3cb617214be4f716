"""What a face can be: one mouth below the eyes, eyes in a pair, brows over them, a neck under the chin.

Pieces that cannot be what the votes say fall back on their next best part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.masks import Mask, box_of, grown, pieces
from layering.pieces import FEATURES, Classes, Pieces, find_pieces, votes_of
from layering.regions import Regions
from layering.views import CLASSES, F32

EYE = tuple(CLASSES.index(x) for x in ("eyewhite", "irides", "eyelash"))
FACE, EARS, NOSE, MOUTH, BROW, NECK = (CLASSES.index(x) for x in ("face", "ears", "nose", "mouth", "eyebrow", "neck"))
FEATURE = tuple(CLASSES.index(x) for x in FEATURES)
HAIR = tuple(CLASSES.index(x) for x in ("front hair", "back hair"))
BEYOND = 0.12
"""Of the face's box: how far outside of it a feature may lie."""
ALIKE = 0.08
"""OKLab distance within which two tones may be one colour under two lights."""


@dataclass(frozen=True, slots=True)
class Face:
    """Where the face is, px. box: left, top, right, bottom of skin and features. eyes: 0 to 2 centres, left to right."""

    box: tuple[int, int, int, int]
    eyes: tuple[tuple[float, float], ...]

    @property
    def width(self) -> float:
        return float(self.box[2] - self.box[0])

    @property
    def height(self) -> float:
        return float(self.box[3] - self.box[1])

    @property
    def eye_line(self) -> float | None:
        """y of the eyes' centres."""
        return sum(y for _, y in self.eyes) / len(self.eyes) if self.eyes else None


@dataclass(slots=True)
class _Desk:
    """Pieces while they are judged. part: uint8 (N,) as it stands. votes: float32 (N, C). centre: float64 (N, 2)."""

    pieces: Pieces
    part: Classes
    votes: F32
    centre: npt.NDArray[np.float64]

    def fall(self, which: Mask, *barred: int) -> None:
        """Pieces take their best part but for the barred ones and what they were."""
        for i in np.flatnonzero(which):
            votes = self.votes[i].copy()
            votes[[0, int(self.part[i]), *barred]] = -np.inf
            self.part[i] = votes.argmax()


def face_of(classes: Classes) -> Face | None:
    """The face in a map of parts uint8 (H, W): its largest piece of skin with the features in and near it; None without one."""
    wanted = np.isin(classes, (FACE, *FEATURE))
    skin = classes == FACE
    if wanted.sum() < 30:
        return None
    step = max(1, max(classes.shape) // 512)
    near = grown(wanted[::step, ::step], 0.02 * max(classes.shape) / step)
    labels, _, _ = pieces(near)
    score = np.bincount(labels[skin[::step, ::step]], minlength=labels.max() + 1).astype(float)
    score += 4 * np.bincount(labels[np.isin(classes, FEATURE)[::step, ::step]], minlength=len(score))
    score[0] = 0
    wide = np.repeat(np.repeat(labels == score.argmax(), step, 0), step, 1)[: classes.shape[0], : classes.shape[1]]
    box = box_of(wanted & wide)
    return None if box is None else Face(box, _eyes(classes, box))


def _eyes(classes: Classes, box: tuple[int, int, int, int]) -> tuple[tuple[float, float], ...]:
    """The pair of eye blobs that looks most like one, or the one there is."""
    width, height = box[2] - box[0], box[3] - box[1]
    blobs = _eye_blobs(classes, box)
    pairs = [(a, b) for i, a in enumerate(blobs) for b in blobs[i + 1 :]]

    def fit(pair: tuple[tuple[float, float, float], ...]) -> float:
        (xa, ya, sa), (xb, yb, sb) = pair
        apart, level = abs(xa - xb) / width, abs(ya - yb) / max(abs(xa - xb), 1.0)
        return min(sa, sb) ** 0.5 / height - 2 * max(0.0, level - 0.25) - 2 * max(0.0, 0.2 - apart)

    best = max(pairs, key=fit, default=None)
    if best is not None and fit(best) > 0:
        (xa, ya, _), (xb, yb, _) = sorted(best)
        return (xa, ya), (xb, yb)
    if not blobs:
        return ()
    x, y, _ = max(blobs, key=lambda b: b[2])
    return ((x, y),)


def _eye_blobs(classes: Classes, box: tuple[int, int, int, int]) -> list[tuple[float, float, float]]:
    """(x, y, area) of each blob of white, iris and lash; pieces that nearly touch are one."""
    left, top, right, bottom = box
    mask = np.isin(classes[top:bottom, left:right], EYE)
    labels, _, _ = pieces(grown(mask, max(1.0, 0.02 * (right - left))))
    labels = np.where(mask, labels, 0)
    area = np.bincount(labels.ravel())
    out = []
    for i in range(1, len(area)):
        rows, columns = np.nonzero(labels == i)
        if len(rows):
            out.append((left + float(columns.mean()), top + float(rows.mean()), float(len(rows))))
    return out


def mended(classes: Classes, regions: Regions, log_p: F32, face: Face | None, lab: F32) -> Classes:
    """The map with implausible features on their next best part. face: as `face_of` finds it. lab: float32 (H, W, 3) OKLab."""
    found = find_pieces(classes)
    if not len(found):
        return classes
    desk = _Desk(found, found.part.copy(), votes_of(found, regions, log_p), _centres(found))
    feature = np.isin(desk.part, FEATURE)
    if face is None:
        desk.fall(feature, *FEATURE)
        return found.painted(desk.part)
    desk.fall(feature & ~_inside(desk.centre, face), *FEATURE)
    _mend_eyes(desk, face)
    _mend_marks(desk)
    _mend_mouth(desk, face)
    _mend_neck(desk, face)
    _mend_tones(desk, classes, lab)
    return found.painted(desk.part)


def _centres(found: Pieces) -> npt.NDArray[np.float64]:
    """float64 (N, 2): x, y of each piece's centre."""
    rows, columns = np.nonzero(found.labels >= 0)
    mine = found.labels[rows, columns]
    return np.stack([np.bincount(mine, p, len(found)) / found.area for p in (columns, rows)], -1)


def _inside(centre: npt.NDArray[np.float64], face: Face) -> Mask:
    left, top, right, bottom = face.box
    x, y = centre[:, 0], centre[:, 1]
    off = BEYOND * face.width
    return (x > left - off) & (x < right + off) & (y > top - off) & (y < bottom + off)


def _mend_eyes(desk: _Desk, face: Face) -> None:
    """Eye parts away from both eyes, brows below them, noses above them fall."""
    if face.eye_line is None:
        return
    near = np.full(len(desk.part), np.inf)
    for x, y in face.eyes:
        near = np.minimum(near, np.hypot(desk.centre[:, 0] - x, 1.4 * (desk.centre[:, 1] - y)))
    reach = 0.3 * face.width
    if len(face.eyes) == 2:
        reach = 0.55 * abs(face.eyes[1][0] - face.eyes[0][0])
    desk.fall(np.isin(desk.part, EYE) & (near > reach), *EYE)
    below = desk.centre[:, 1] > face.eye_line + 0.04 * face.height
    desk.fall((desk.part == BROW) & below, BROW)
    above = desk.centre[:, 1] < face.eye_line - 0.06 * face.height
    desk.fall((desk.part == NOSE) & above, NOSE, MOUTH)


def _mend_mouth(desk: _Desk, face: Face) -> None:
    """Of several mouths the likeliest stays: below the eyes, near the middle, with the most votes; the others fall."""
    mouths = np.flatnonzero(desk.part == MOUTH)
    if not len(mouths):
        return
    middle = sum(x for x, _ in face.eyes) / 2 if len(face.eyes) == 2 else (face.box[0] + face.box[2]) / 2
    line = face.eye_line if face.eye_line is not None else face.box[1] + 0.4 * face.height
    x, y = desk.centre[mouths, 0], desk.centre[mouths, 1]
    weight = np.sqrt(desk.pieces.area[mouths]) * np.exp(desk.votes[mouths, MOUTH])
    weight = weight * np.exp(-(((x - middle) / (0.3 * face.width)) ** 2)) * (y > line + 0.08 * face.height)
    main = int(weight.argmax())
    alike = np.hypot(x - x[main], y - y[main]) < 0.2 * face.width
    lost = np.zeros(len(desk.part), bool)
    lost[mouths[~alike | (y < line + 0.05 * face.height)]] = True
    desk.fall(lost, MOUTH)


def _mend_marks(desk: _Desk) -> None:
    """A nose never touches the mouth: what was torn between both is one mark, the mouth where there is no larger one."""
    labels, area, part = desk.pieces.labels, desk.pieces.area, desk.part
    if not ((part == NOSE).any() and (part == MOUTH).any()):
        return
    rows, columns = np.nonzero(np.append(np.isin(part, (NOSE, MOUTH)), False)[labels])
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    marks, stats, _ = pieces(np.append(np.isin(part, (NOSE, MOUTH)), False)[labels[box]])
    for mark in range(1, len(stats)):
        mine = np.unique(labels[box][marks == mark])
        if len(set(part[mine])) == 2:
            others = np.setdiff1d(np.flatnonzero(part == MOUTH), mine)
            part[mine] = NOSE if len(others) and area[others].max() > area[mine].sum() else MOUTH


def _mend_tones(desk: _Desk, classes: Classes, lab: F32) -> None:
    """A neck or an ear in the hair's colour, far from the skin's, is hair."""
    skin, hair = classes == FACE, np.isin(classes, HAIR)
    if not (skin.any() and hair.any()):
        return
    skin_tone = np.median(lab[skin], 0)
    hair_tone = np.median(lab[hair], 0)
    for i in np.flatnonzero(np.isin(desk.part, (NECK, EARS))):
        tone = np.median(lab[desk.pieces.labels == i], 0)
        to_hair, to_skin = np.linalg.norm(tone - hair_tone), np.linalg.norm(tone - skin_tone)
        if to_hair < ALIKE and 2 * to_hair < to_skin:
            desk.part[i] = HAIR[1]


def _mend_neck(desk: _Desk, face: Face) -> None:
    """A neck above the middle of the face is none."""
    middle = face.box[1] + 0.5 * face.height
    desk.fall((desk.part == NECK) & (desk.centre[:, 1] < middle), NECK)
