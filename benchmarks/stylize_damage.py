"""Films for the benchmark of steadiness: a clean look of real clips, and what a bad stylizer would make of it.

Clean is a soft palette of the clip's own, the same in all frames. Damage is grain in all pixels, and in every seventh frame or
so a local mutation: half an eye that jumps, or a piece of the middle that is shifted, swollen, recoloured or from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

RGB = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Film = Sequence[RGB]
Place = tuple[float, float, float, float]
"""x, y, and both radii, px."""
Eyes = Callable[[RGB], Sequence[Place]]

GRAIN = 8.0
"""Standard deviation, of 255."""
VISIBLE, SMALLEST = 0.08 * 255, 200
"""By how much a pixel must change to count as mutated, and how many must."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """Planted damage. where: bool (H, W), the pixels that changed visibly. kind: of damage."""

    frame: int
    where: Bool
    kind: str


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


def damage(source: Film, clean: Film, random: np.random.Generator, eyes: Eyes) -> tuple[list[RGB], list[Mutation]]:
    """The film with mutations and grain, and what was planted. eyes: finds them in a frame of the source."""
    planted: list[Mutation] = []
    damaged, due = [], 3
    for index, frame in enumerate(clean):
        if index == due and index < len(clean) - 1:
            seen = eyes(source[index]) if len(planted) % 3 == 0 else ()
            frame, where, kind = mutated(frame, random, seen)
            planted.append(Mutation(index, where, kind))
            due += int(random.integers(5, 9))
        noisy = frame + random.normal(0, GRAIN, frame.shape)
        damaged.append(np.clip(noisy + 0.5, 0, 255).astype(np.uint8))
    return damaged, planted


def mutated(frame: RGB, random: np.random.Generator, eyes: Sequence[Place]) -> tuple[RGB, Bool, str]:
    """A frame changed so that one sees it, which pixels that touched, and how. eyes: one is hit, where there are any."""
    for _ in range(12 * len(eyes)):
        out, where = _seen(frame, half_eye(frame, eyes[int(random.integers(len(eyes)))], random))
        if where.sum() > SMALLEST:
            return out, where, "half an eye"
    while True:
        height, width = frame.shape[:2]
        x, y = random.uniform(0.3, 0.7) * width, random.uniform(0.25, 0.75) * height
        radii = random.uniform(0.03, 0.07, 2) * height
        share = soft_ellipse((height, width), (x, y), radii)[..., None]
        change = CHANGES[int(random.integers(len(CHANGES)))]
        changed = change(frame, (x, y), float(radii.max()), random)
        out, where = _seen(frame, (frame * (1 - share) + changed * share).astype(np.float32))
        if where.sum() > SMALLEST:
            return out, where, change.__name__


def half_eye(frame: RGB, eye: Place, random: np.random.Generator) -> F32:
    """Half of an eye, drawn where it does not belong; the other half stays. float32 (H, W, 3)."""
    x, y, across, down = eye
    share = soft_ellipse(frame.shape[:2], (x, y), np.array([across, down]))
    columns = np.arange(frame.shape[1], dtype=np.float32)
    share = (share * np.clip((columns - x) * random.choice([-1, 1]) + 0.5, 0, 1))[..., None]
    step = random.uniform(-0.35, 0.35) * across, random.choice([-1, 1]) * random.uniform(0.5, 0.9) * down
    matrix = np.array([[1, 0, step[0]], [0, 1, step[1]]])
    jumped = cv2.warpAffine(frame, matrix, frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return (frame * (1 - share) + jumped * share).astype(np.float32)


def _seen(frame: RGB, changed: F32) -> tuple[RGB, Bool]:
    """The changed frame as uint8 (H, W, 3), and bool (H, W) where one sees the change."""
    out = (changed + 0.5).astype(np.uint8)
    return out, np.abs(out.astype(np.int16) - frame).max(-1) > VISIBLE


def soft_ellipse(shape: tuple[int, ...], centre: tuple[float, float], radii: npt.NDArray[np.float64]) -> F32:
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
