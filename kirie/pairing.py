"""Composition of `kirie train stylizer --make-pairs`: a teacher draws, `capture` finds faces and people, bad pairs go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kirie import stylizing
from kirie.errors import StylizeError

if TYPE_CHECKING:
    from stylize.train_pairs import Teacher


def pairs_by(teacher: str, photos: Path, work: Path, tries: int, prompt: str, denoising: float,
             log: Callable[[str], None]) -> tuple[Path, Path]:  # fmt: skip
    """Let the teacher draw, and keep the good pairs as the folders (photos, drawings) in `work`/pairs.

    A folder of pairs that is there already is used as it is, so that a training goes on, and a person may have corrected it.
    `work`/pairs.json tells why each drawing was kept or not. Raises StylizeError where the teacher cannot be asked.
    """
    from stylize.train_clean import Cleaning, best_of_each, clean, write_report
    from stylize.train_pairs import make_candidates

    kept = work / "pairs" / "photos", work / "pairs" / "drawings"
    if all(folder.is_dir() for folder in kept):
        log(f"using the pairs in {work / 'pairs'}; remove it to make them anew")
        return kept
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise StylizeError("pairs cannot be made by several processes at once",
                           "start without torchrun first, and stop when it trains")  # fmt: skip
    candidates = make_candidates(photos, teacher_of(teacher, photos, prompt, denoising), work / "candidates", tries, log)
    with stylizing.seer() as eyes:
        def landmarks(rgb: Any) -> Any:
            faces = eyes.faces(rgb)
            return faces[0][:, :2] * (rgb.shape[1], rgb.shape[0]) if faces else None

        scored = clean(candidates, Cleaning(), log, landmarks, lambda rgb: np.asarray(eyes.mask(rgb)))
    write_report(scored, work / "pairs.json")
    best = best_of_each(scored)
    if not best:
        raise StylizeError("none of the drawings fits its photo", f"look at {work / 'candidates'} and at {work / 'pairs.json'}")
    fresh = work / ".pairs"
    shutil.rmtree(fresh, ignore_errors=True)
    for one in best:
        name = one.candidate.photo.relative_to(photos)
        for source, folder in ((one.candidate.photo, "photos"), (one.candidate.drawing, "drawings")):
            target = fresh / folder / name.with_suffix(source.suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    fresh.rename(work / "pairs")
    log(f"{len(best)} pairs of {len({c.photo for c in candidates})} photos; why: {work / 'pairs.json'}")
    return kept


def teacher_of(text: str, photos: Path, prompt: str, denoising: float) -> Teacher:
    """What a user means: an address, a folder that exists, or a command."""
    from stylize.train_pairs import from_api, from_command, from_folder

    if text.startswith(("http://", "https://")):
        return from_api(text, prompt, denoising)
    if Path(text).is_dir():
        return from_folder(Path(text), photos)
    return from_command(text)
