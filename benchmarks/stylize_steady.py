"""What the temporal supervisor takes out of a stylized film, what it leaves, and what it costs.

    python benchmarks/stylize_steady.py CLIPS_FOLDER [PATTERN] [--frames 60] [--look FOLDER]

Each clip is stylized cleanly (a soft palette of its own), then damaged: grain of 8/255 in all pixels, and a mutation the size
of a feature in every seventh frame or so: a piece of the face that is shifted, swollen, recoloured or taken from elsewhere. The
supervisor sees the clip and the damaged film. A mutation is repaired when at most 0.4 of its error is left. A false alarm
is a repair that touches no mutation. Detail is the share of the clean film's fine detail that is left, whatever the grain.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import cv2
import numpy as np
import numpy.typing as npt

from capture import VideoFile
from stylize.flow import F32, RGB, Flow, FlowPair, grey_of
from stylize.steady import Bool, Steadied, Supervisor
from stylize.temporal_metrics import (
    Film,
    grain,
    kept_detail,
    motion_error,
    motions,
    mutation_count,
    sharpness,
    warping_error,
)  # fmt: skip

GRAIN = 8.0
REPAIRED = 0.4
"""Share of a mutation's error that may be left."""
SIDE = 512


@dataclass(frozen=True, slots=True)
class Mutation:
    """Planted damage. where: bool (H, W), the pixels that changed visibly."""

    frame: int
    where: Bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """planted, hit (over 0.3 of the area flagged) and repaired mutations; frames with a false alarm."""

    planted: int
    hit: int
    repaired: int
    false: int


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("clips", type=Path), ask.add_argument("pattern", nargs="?", default="*.mp4")
    ask.add_argument("--frames", type=int, default=60), ask.add_argument("--start", type=int, default=0)
    ask.add_argument("--look", type=Path, help="a folder for pictures of every planted mutation")
    given = ask.parse_args()
    print("clip                film        E_warp e-4  tOF px  grain mut/1000  sharp  detail   PSNR")
    verdicts = []
    for clip in sorted(given.clips.glob(given.pattern)):
        source = read(clip, given.start, given.frames)
        verdicts.append(measure(clip.stem.replace("liveportrait_", ""), source, given.look))
    total = Verdict(*(sum(getattr(v, name) for v in verdicts) for name in Verdict.__slots__))
    print(f"pooled: {total.repaired} of {total.planted} mutations repaired ({total.repaired / max(total.planted, 1):.0%}), "
          f"{total.hit} hit, {total.false} frames with a false alarm")  # fmt: skip


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


def measure(name: str, source: list[RGB], look: Path | None) -> Verdict:
    """Print one clip's figures."""
    clean = stylized(source)
    damaged, planted = damage(clean, np.random.default_rng(len(source) + sum(map(ord, name))))
    quiet, _, _ = run(source, clean)
    steadied, flow_time, filter_time = run(source, damaged)
    after = [s.rgb for s in steadied]
    moves, rough = motions(source), 0.0
    for label, film in (("input", source), ("clean", clean), ("damaged", damaged), ("steadied", after)):
        error = warping_error(film, moves) * 1e4
        rough = error if label == "damaged" else rough
        psnr = np.mean([cv2.PSNR(a, b) for a, b in zip(film, clean, strict=True)])
        print(f"{name:<20}{label:<11}{error:>11.2f}{motion_error(film, source):>8.3f}{grain(film, source, moves):>7.2f}"
              f"{mutation_count(film, moves):>9.0f}{sharpness(film) / sharpness(clean):>7.2f}{kept_detail(film, clean):>8.2f}"
              + (f"{psnr:>7.1f}" if label in ("damaged", "steadied") else ""))  # fmt: skip
    verdict = judge(clean, damaged, steadied, planted)
    alarms = sum(bool(s.repaired.any()) for s in quiet)
    print(f"{name:<20}{rough / error:.0f} times less E_warp; {verdict.repaired}/{verdict.planted} repaired, {verdict.hit} hit, "
          f"{verdict.false} false; in the clean film {alarms} false; "
          f"motion {flow_time * 1e3:.0f} + filter {filter_time * 1e3:.0f} ms of processor time a frame")  # fmt: skip
    if look:
        show(look, name, source, damaged, steadied, planted)
    return verdict


def stylized(source: Film, colours: int = 10) -> list[RGB]:
    """A flat look that stays the same over the clip: smoothed, and drawn towards the nearest colours of one palette."""
    sample = np.concatenate([cv2.resize(f, (64, 64), interpolation=cv2.INTER_AREA).reshape(-1, 3) for f in source[::10]])
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
    _, _, palette = cv2.kmeans(sample.astype(np.float32), colours, None, stop, 3, cv2.KMEANS_PP_CENTERS)
    return [flattened(frame, palette) for frame in source]


def flattened(frame: RGB, palette: F32, softness: float = 400.0) -> RGB:
    """The frame in the colours of a palette (n, 3), which pass softly into each other."""
    smooth = cv2.bilateralFilter(frame, 9, 40, 5).reshape(-1, 3).astype(np.float32)
    distance = (palette**2).sum(-1) - 2 * smooth @ palette.T        # but for the length of each pixel's colour
    share = np.exp((distance.min(-1, keepdims=True) - distance) / softness)
    return (share @ palette / share.sum(-1, keepdims=True) + 0.5).astype(np.uint8).reshape(frame.shape)


def damage(clean: Film, random: np.random.Generator) -> tuple[list[RGB], list[Mutation]]:
    """The film with mutations and grain, and what was planted."""
    planted, damaged, due = [], [], 3
    for index, frame in enumerate(clean):
        if index == due and index < len(clean) - 1:
            frame, where = mutated(frame, random)
            planted.append(Mutation(index, where))
            due += int(random.integers(5, 9))
        noisy = frame + random.normal(0, GRAIN, frame.shape)
        damaged.append(np.clip(noisy + 0.5, 0, 255).astype(np.uint8))
    return damaged, planted


def mutated(frame: RGB, random: np.random.Generator) -> tuple[RGB, Bool]:
    """A frame with an elliptic piece of its middle changed so that one sees it, and which pixels that touched."""
    height, width = frame.shape[:2]
    while True:
        x, y = random.uniform(0.3, 0.7) * width, random.uniform(0.25, 0.75) * height
        radii = random.uniform(0.03, 0.07, 2) * height
        share = soft_ellipse((height, width), (x, y), radii)[..., None]
        changed = CHANGES[int(random.integers(len(CHANGES)))](frame, (x, y), float(radii.max()), random)
        out = (frame * (1 - share) + changed * share + 0.5).astype(np.uint8)
        where = np.abs(out.astype(np.int16) - frame).max(-1) > 0.08 * 255
        if where.sum() > 200:
            return out, where


def soft_ellipse(shape: tuple[int, int], centre: tuple[float, float], radii: npt.NDArray[np.float64]) -> F32:
    """float32 (H, W): 1 inside, 0 outside, with a soft edge."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    distance = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    return np.clip((1 - distance) * float(radii.min()) / 3 + 0.5, 0, 1).astype(np.float32)


def shifted(frame: RGB, _centre: tuple[float, float], radius: float, random: np.random.Generator) -> RGB:
    """A feature that jumps."""
    angle = random.uniform(0, 2 * np.pi)
    step = np.array([np.cos(angle), np.sin(angle)]) * radius * random.uniform(0.3, 0.8)
    matrix = np.array([[1, 0, step[0]], [0, 1, step[1]]])
    return cv2.warpAffine(frame, matrix, frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def swollen(frame: RGB, centre: tuple[float, float], _radius: float, random: np.random.Generator) -> RGB:
    """A feature that grows or shrinks, and turns."""
    matrix = cv2.getRotationMatrix2D(centre, random.uniform(-40, 40), random.choice([0.6, 1.6]))
    return cv2.warpAffine(frame, matrix, frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def recoloured(frame: RGB, _centre: tuple[float, float], _radius: float, random: np.random.Generator) -> RGB:
    """A tone that flips."""
    jump = random.uniform(25, 60, 3) * random.choice([-1, 1])
    return np.clip(frame + jump, 0, 255).astype(np.uint8)


def elsewhere(frame: RGB, _centre: tuple[float, float], _radius: float, random: np.random.Generator) -> RGB:
    """A piece of another place."""
    return np.roll(frame, tuple(random.integers(40, 160, 2)), (0, 1))


CHANGES = (shifted, swollen, recoloured, elsewhere)


def run(source: Film, film: Film) -> tuple[list[Steadied], float, float]:
    """The steadied film, and the median seconds of processor time (all cores) that motion and supervisor take a frame."""
    flow, supervisor, times = Flow(), Supervisor(), []
    earlier, out = None, []
    for frame, styled in zip(source, film, strict=True):
        start = process_time()
        grey = grey_of(frame)
        pair: FlowPair | None = None if earlier is None else flow.pair(earlier, grey)
        earlier, middle = grey, process_time()
        out.append(supervisor.push(styled, pair))
        times.append((middle - start, process_time() - middle))
    out.append(supervisor.flush())
    flow_time, filter_time = np.median(np.array(times[2:]), axis=0)
    return [s for s in out if s is not None], float(flow_time), float(filter_time)


def judge(clean: Film, damaged: Film, steadied: Sequence[Steadied], planted: Sequence[Mutation]) -> Verdict:
    """Which mutations were hit and repaired, and in how many frames something else was taken for one."""
    hit = repaired = 0
    false = sum(bool(s.repaired.any()) for s in steadied)
    for mutation in planted:
        shape = mutation.where.shape
        flagged = cv2.resize(steadied[mutation.frame].repaired.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
        hit += int(flagged[mutation.where].mean() > 0.3)
        left, planted_error = (error(film[mutation.frame], clean[mutation.frame], mutation.where)
                               for film in ([s.rgb for s in steadied], damaged))  # fmt: skip
        repaired += int(left <= REPAIRED * planted_error)
        _, labels = cv2.connectedComponents(flagged)
        false -= int(flagged.any() and set(np.unique(labels)) - {0} <= set(np.unique(labels[mutation.where])))
    return Verdict(len(planted), hit, repaired, false)


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


if __name__ == "__main__":
    main()
