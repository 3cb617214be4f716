"""Which pairs of photo and drawing to learn from: the bad ones are found by how badly they are foretold.

Out of fold: a small student learns from all folds of photos but one and draws the photos of that one; a drawing that lies far
from what the others taught is suspicious. With it go how far the face's landmarks shift between photo and drawing, and how
little the person's masks overlap, both by functions that are given. Of each score, what lies beyond median + 2 MAD goes; the
student then learns again from what is left, since bad pairs had taught it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kirie.errors import StylizeError
from kirie.files import atomic
from stylize.net import Compact, clip_rho
from stylize.train_losses import Weights, distance, paired_losses
from stylize.train_pairs import Candidate
from stylize.train_pictures import Picture, read_rgb, to_tensor, varied

F64 = npt.NDArray[np.float64]
RATE = 1e-2
LEAST_SHIFT, LEAST_MISMATCH = 0.05, 0.25
"""What is no fault, however well the others fit: drawings have larger eyes and simpler hair than photos."""
Landmarks = Callable[[Picture], F64 | None]
"""uint8 (H, W, 3) → the face's landmarks (N, 2) in px, or None where no face is found."""
PersonMask = Callable[[Picture], npt.NDArray[np.float32]]
"""uint8 (H, W, 3) → where the person is, (H, W), 0..1."""
Foretell = Callable[[Sequence[Candidate], Sequence[Candidate]], F64]
"""(pairs to learn from, pairs to judge) → the error of each of the latter."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """folds: of photos. rounds: how often the student learns. beyond: MADs above the median that are too far. side: px that the
    student sees; steps, channels: of it.
    """

    folds: int = 5
    rounds: int = 2
    beyond: float = 2.0
    side: int = 96
    steps: int = 150
    channels: int = 8
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate and why it is doubted: error of the student, shift of landmarks as a share of the face's size, and how much
    of person and person do not overlap, 0..1. nan: was not, or could not be, measured. dropped: the name of the score, or "".
    """

    candidate: Candidate
    error: float
    shift: float
    mismatch: float
    dropped: str


def clean(candidates: Sequence[Candidate], cleaning: Cleaning, log: Callable[[str], None], landmarks: Landmarks | None = None,
          person: PersonMask | None = None, foretell: Foretell | None = None) -> list[Scored]:  # fmt: skip
    """Score all candidates and say which to drop. Raises StylizeError where there are too few to judge by."""
    photos = sorted({c.photo for c in candidates})
    if len(photos) < 2 * cleaning.folds:
        raise StylizeError(f"{len(photos)} photos with drawings are too few to judge them by one another",
                           f"give at least {2 * cleaning.folds}, or leave --make-pairs out")  # fmt: skip
    shift = np.array([landmark_shift(c, landmarks) if landmarks else np.nan for c in candidates])
    mismatch = np.array([mask_mismatch(c, person) if person else np.nan for c in candidates])
    elsewhere = {"shift": too_far(shift, cleaning.beyond, LEAST_SHIFT),
                 "mismatch": too_far(mismatch, cleaning.beyond, LEAST_MISMATCH)}  # fmt: skip
    placed = ~(elsewhere["shift"] | elsewhere["mismatch"])
    log(f"{int((~placed).sum())} of {len(placed)} drawings have the face or the person elsewhere")
    kept, error = placed, np.full(len(candidates), np.nan)
    for number in range(cleaning.rounds):
        error = out_of_fold(candidates, kept, photos, cleaning, foretell or (lambda a, b: student_errors(a, b, cleaning)))
        kept = placed & ~too_far(error, cleaning.beyond)
        log(f"round {number + 1}: {int(kept.sum())} of {len(kept)} drawings kept")
    reasons = elsewhere | {"error": too_far(error, cleaning.beyond)}
    dropped = [next((name for name, far in reasons.items() if far[i]), "") for i in range(len(candidates))]
    return [Scored(c, float(error[i]), float(shift[i]), float(mismatch[i]), dropped[i]) for i, c in enumerate(candidates)]


def best_of_each(scored: Sequence[Scored]) -> list[Scored]:
    """Of each photo, the drawing that is kept and has the least error."""
    best: dict[Path, Scored] = {}
    for one in scored:
        photo = one.candidate.photo
        if not one.dropped and (photo not in best or one.error < best[photo].error):
            best[photo] = one
    return [best[photo] for photo in sorted(best)]


def write_report(scored: Sequence[Scored], path: Path) -> None:
    """All scores as JSON, the most doubtful first, so that a person can look whether they agree."""
    rows = [asdict(one) for one in sorted(scored, key=lambda one: -one.error)]
    with atomic(path) as beside:
        beside.write_text(json.dumps(rows, indent=1, default=str).replace("NaN", "null"), encoding="utf-8")


def out_of_fold(candidates: Sequence[Candidate], kept: npt.NDArray[np.bool_], photos: Sequence[Path], cleaning: Cleaning,
                foretell: Foretell) -> F64:  # fmt: skip
    """The error of each candidate by a student that saw no drawing of its photo, and none that is not kept."""
    rng = np.random.default_rng(cleaning.seed)
    fold_of = dict(zip(photos, rng.permutation(len(photos)) % cleaning.folds, strict=True))
    fold = np.array([fold_of[c.photo] for c in candidates])
    error = np.zeros(len(candidates))
    for number in range(cleaning.folds):
        judged = np.flatnonzero(fold == number)
        learnt = [candidates[i] for i in np.flatnonzero((fold != number) & kept)]
        if not learnt:
            raise StylizeError("no pair is left to learn from", "the drawings do not fit their photos: look at some")
        error[judged] = foretell(learnt, [candidates[i] for i in judged])
    return error


def student_errors(learnt: Sequence[Candidate], judged: Sequence[Candidate], cleaning: Cleaning) -> F64:
    """Train a small generator on pairs and tell the mean difference, of values in 0..1, of its drawings from others."""
    torch.manual_seed(cleaning.seed)
    net = Compact(cleaning.channels, 1)
    optimiser = torch.optim.Adam(net.parameters(), RATE)
    rng = np.random.default_rng(cleaning.seed)
    shown = [_small(c, cleaning.side) for c in learnt]
    for step in range(cleaning.steps):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / cleaning.steps)
        batch = [varied(list(shown[i]), cleaning.side, rng) for i in rng.integers(len(shown), size=4)]
        photos, drawings = (torch.stack([to_tensor(pair[k]) for pair in batch]) for k in (0, 1))
        loss = paired_losses(net(photos)[0], drawings, Weights())
        optimiser.zero_grad(set_to_none=True)
        (loss["pixel"] + loss["edges"]).backward()
        optimiser.step()
        clip_rho(net)
    return np.array([_error(net.eval(), *_small(c, cleaning.side)) for c in judged])


def landmark_shift(pair: Candidate, landmarks: Landmarks) -> float:
    """Mean distance of photo's and drawing's landmarks, as a share of the face's height.

    nan where no face is found in either: finders are made for photos, and not to find is no sign against a drawing.
    """
    before = landmarks(read_rgb(pair.photo))
    after = None if before is None else landmarks(read_rgb(pair.drawing))
    if before is None or after is None:
        return float("nan")
    return float(np.linalg.norm(before - after, axis=1).mean() / max(float(np.ptp(before[:, 1])), 1.0))


def mask_mismatch(pair: Candidate, person: PersonMask) -> float:
    """1 - intersection over union of the person in photo and drawing; nan where nobody is found in either."""
    photo = read_rgb(pair.photo)
    before, after = person(photo) > 0.5, person(_like(read_rgb(pair.drawing), photo)) > 0.5
    if min(before.mean(), after.mean()) < 0.01:
        return float("nan")
    return float(1 - (before & after).sum() / max(int((before | after).sum()), 1))


def too_far(values: F64, beyond: float, least: float = 0.0) -> npt.NDArray[np.bool_]:
    """Beyond median + `beyond` * MAD (scaled to a standard deviation), of the values that are known, and beyond `least`."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return np.zeros(len(values), bool)
    middle = np.median(known)
    spread = 1.4826 * np.median(np.abs(known - middle))
    with np.errstate(invalid="ignore"):
        limit = middle + beyond * max(float(spread), 0.02 * abs(float(middle)), 1e-9)
        return np.isfinite(values) & (values > max(float(limit), least))


@torch.no_grad()
def _error(net: Compact, photo: Picture, drawing: Picture) -> float:
    side = (min(photo.shape[:2]) // net.multiple) * net.multiple
    given, wanted = (_middle(to_tensor(x), side)[None] for x in (photo, drawing))
    return float(distance(net(given)[0], wanted)) / 2


def _middle(x: Tensor, side: int) -> Tensor:
    top, left = (x.shape[1] - side) // 2, (x.shape[2] - side) // 2
    return x[:, top : top + side, left : left + side]


def _small(pair: Candidate, side: int) -> tuple[Picture, Picture]:
    """Both, their shorter side `side` px."""
    import cv2

    photo = read_rgb(pair.photo)
    scale = side / min(photo.shape[:2])
    size = max(side, round(photo.shape[1] * scale)), max(side, round(photo.shape[0] * scale))
    drawing = _like(read_rgb(pair.drawing), photo)
    return tuple(cv2.resize(x, size, interpolation=cv2.INTER_AREA) for x in (photo, drawing))


def _like(drawing: Picture, photo: Picture) -> Picture:
    import cv2

    same: Picture = drawing if drawing.shape == photo.shape else cv2.resize(drawing, photo.shape[1::-1])
    return same
