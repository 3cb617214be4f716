"""The part of `stylize.py` that tells what the temporal supervisor takes out of a film, what it leaves, and what it costs.

The supervisor sees the clip and the damaged film. A mutation is repaired when at most 0.4 of its error is left. A false alarm
is a repair that touches no mutation; in the clean film every repair is one. Sharp is the variance of the Laplacian beside the
clean film's, which grain raises; detail is the share of the clean film's fine detail that is left, whatever the grain.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import cv2
import numpy as np

from benchmarks.stylize_damage import RGB, Bool, Film, Mutation, Place, damage, stylized
from capture import VideoFile
from capture.person import PersonSeer
from stylize.flow import Flow, FlowPair, grey_of
from stylize.steady import Steadied, Supervisor
from stylize.temporal_metrics import (
    grain,
    kept_detail,
    motion_error,
    motions,
    mutation_count,
    sharpness,
    warping_error,
)  # fmt: skip

REPAIRED = 0.4
"""Share of a mutation's error that may be left."""
SIDE = 512
LIDS = ((33, 133, 159, 145), (362, 263, 386, 374))
"""Landmarks of the right and the left eye: both corners, upper and lower lid."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """planted, hit (over 0.3 of the area flagged) and repaired mutations by kind; frames with a false alarm in the damaged and
    in the clean film.
    """

    planted: Counter[str]
    hit: Counter[str]
    repaired: Counter[str]
    false: int
    false_in_clean: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of a frame in ms, of processor time of all cores and by the clock: to find the motion, and to make steady."""

    motion: float
    steadying: float
    motion_wall: float
    steadying_wall: float


def compare_steadiness(clips: Sequence[Path], start: int, count: int, look: Path | None, threads: int) -> None:
    """Print the table of some clips. look: a folder for pictures of each mutation, or None."""
    cv2.setNumThreads(threads)
    print("clip                film     E_warp e-4  tOF px  grain mut/1000  sharp  detail   PSNR")
    verdicts = []
    with PersonSeer() as seer:
        for clip in clips:
            verdicts.append(measure(clip.stem.replace("liveportrait_", ""), read(clip, start, count), look, seer))
    planted, hit, repaired = (sum((getattr(v, name) for v in verdicts), Counter[str]())
                              for name in ("planted", "hit", "repaired"))  # fmt: skip
    kinds = ", ".join(f"{kind} {repaired[kind]} of {number}" for kind, number in sorted(planted.items()))
    print(f"pooled: {repaired.total()} of {planted.total()} mutations repaired "
          f"({repaired.total() / max(planted.total(), 1):.0%}), {hit.total()} hit; {kinds}; frames with a false alarm: "
          f"{sum(v.false for v in verdicts)} in the damaged films, {sum(v.false_in_clean for v in verdicts)} in the clean; "
          f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip


def read(clip: Path, start: int, count: int) -> list[RGB]:
    """Frames of a clip from `start`, no larger than SIDE."""
    frames: list[RGB] = []
    for index, picture in enumerate(VideoFile(clip)):
        if index >= start + count:
            break
        if index >= start:
            scale = min(SIDE / max(picture.rgb.shape[:2]), 1)
            frames.append(cv2.resize(picture.rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    return frames


def eyes_in(frame: RGB, seer: PersonSeer) -> list[Place]:
    """Where the eyes of the faces in a frame are, lids and lashes included."""
    found = []
    for mesh in seer.faces(frame):
        points = mesh[:, :2] * (frame.shape[1], frame.shape[0])
        for outer, inner, top, bottom in LIDS:
            wide = float(np.hypot(*(points[outer] - points[inner]))) / 2
            x, y = points[[outer, inner, top, bottom]].mean(0)
            open_ = float(np.hypot(*(points[top] - points[bottom]))) / 2
            found.append((float(x), float(y), 1.3 * wide, max(2 * open_, 0.7 * wide)))
    return found


def measure(name: str, source: list[RGB], look: Path | None, seer: PersonSeer) -> Verdict:
    """Print one clip's figures."""
    clean = stylized(source)
    random = np.random.default_rng(len(source) + sum(map(ord, name)))
    damaged, planted = damage(source, clean, random, lambda frame: eyes_in(frame, seer))
    quiet, _ = run(source, clean)
    steadied, cost = run(source, damaged)
    after = [s.rgb for s in steadied]
    moves, errors = motions(source), {}
    for label, film in (("input", source), ("clean", clean), ("damaged", damaged), ("steadied", after)):
        errors[label] = warping_error(film, moves) * 1e4
        psnr = np.mean([cv2.PSNR(a, b) for a, b in zip(film, clean, strict=True)])
        print(f"{name:<20}{label:<9}{errors[label]:>10.2f}{motion_error(film, source):>8.3f}{grain(film, source, moves):>7.2f}"
              f"{mutation_count(film, moves):>9.0f}{sharpness(film) / sharpness(clean):>7.2f}{kept_detail(film, clean):>8.2f}"
              + (f"{psnr:>7.1f}" if label in ("damaged", "steadied") else ""))  # fmt: skip
    verdict = judge(clean, damaged, steadied, planted, quiet)
    print(f"{name:<20}{errors['damaged'] / errors['steadied']:.1f} times less E_warp; {verdict.repaired.total()} of "
          f"{verdict.planted.total()} repaired, {verdict.hit.total()} hit; false alarms {verdict.false}, in the clean film "
          f"{verdict.false_in_clean}; processor ms a frame: motion {cost.motion:.0f} + supervisor {cost.steadying:.0f}, "
          f"by the clock {cost.motion_wall:.0f} + {cost.steadying_wall:.0f}")  # fmt: skip
    if look:
        show(look, name, source, damaged, steadied, planted)
    return verdict


def run(source: Film, film: Film) -> tuple[list[Steadied], Cost]:
    """The steadied film, and what a frame costs."""
    flow, supervisor, times = Flow(), Supervisor(), []
    earlier, out = None, []
    for frame, styled in zip(source, film, strict=True):
        start = process_time(), perf_counter()
        grey = grey_of(frame)
        pair: FlowPair | None = None if earlier is None else flow.pair(earlier, grey)
        earlier, middle = grey, (process_time(), perf_counter())
        out.append(supervisor.push(styled, pair))
        end = process_time(), perf_counter()
        times.append((middle[0] - start[0], end[0] - middle[0], middle[1] - start[1], end[1] - middle[1]))
    out.append(supervisor.flush())
    return [s for s in out if s is not None], Cost(*(1e3 * np.median(np.array(times[2:]), axis=0)))


def judge(clean: Film, damaged: Film, steadied: Sequence[Steadied], planted: Sequence[Mutation], quiet: Sequence[Steadied],
          ) -> Verdict:  # fmt: skip
    """Which mutations were hit and repaired, and in how many frames something else was taken for one. quiet: the clean film
    after the supervisor.
    """
    hit, repaired = Counter[str](), Counter[str]()
    false = sum(bool(s.repaired.any()) for s in steadied)
    for mutation in planted:
        shape, now = mutation.where.shape, steadied[mutation.frame]
        flagged = cv2.resize(now.repaired.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
        hit[mutation.kind] += int(flagged[mutation.where].mean() > 0.3)
        left, before = (error(film, clean[mutation.frame], mutation.where) for film in (now.rgb, damaged[mutation.frame]))
        repaired[mutation.kind] += int(left <= REPAIRED * before)
        _, labels = cv2.connectedComponents(flagged)
        false -= int(flagged.any() and set(np.unique(labels)) - {0} <= set(np.unique(labels[mutation.where])))
    return Verdict(Counter(m.kind for m in planted), hit, repaired, false, sum(bool(s.repaired.any()) for s in quiet))


def error(frame: RGB, clean: RGB, where: Bool) -> float:
    """Mean difference in an area, grain smoothed away."""
    soft = [cv2.GaussianBlur(f.astype(np.float32), (0, 0), 2) for f in (frame, clean)]
    return float(np.abs(soft[0] - soft[1])[where].mean())


def show(folder: Path, name: str, source: Film, damaged: Film, steadied: Sequence[Steadied],
         planted: Sequence[Mutation]) -> None:  # fmt: skip
    """Input, damaged and steadied frame side by side, for each mutation."""
    folder.mkdir(parents=True, exist_ok=True)
    for mutation in planted:
        at = mutation.frame
        row = np.hstack([source[at], damaged[at], steadied[at].rgb])
        cv2.imwrite(str(folder / f"{name}_{at:03d}.png"), cv2.cvtColor(row, cv2.COLOR_RGB2BGR))
