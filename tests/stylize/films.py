"""Little films drawn on the spot: a textured disc that glides over a textured ground, and what a bad stylizer makes of it."""

from __future__ import annotations

import cv2
import numpy as np

from stylize.flow import RGB

WIDTH, HEIGHT = 192, 160
LEFT = 50.0
STEP = 1.3
"""Px: where the disc begins, and how far it glides a frame."""
RADIUS = 30


def texture(seed: int) -> np.ndarray:
    """uint8 (HEIGHT, WIDTH, 3): soft blotches, which flow can hold on to."""
    rough = np.random.default_rng(seed).uniform(0, 255, (HEIGHT, WIDTH, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 4, borderType=cv2.BORDER_REFLECT)
    return np.clip((soft - soft.mean()) * 6 + 128, 0, 255)


def scene(time: float, seed: int = 1) -> RGB:
    """The input at a time in frames."""
    ground, skin = texture(seed) * 0.4, texture(seed + 1) * 0.5 + 120
    return composed(time, ground, skin)


def drawn(time: float, seed: int = 1) -> RGB:
    """A clean drawing of it: three tones on the disc, one on the ground."""
    ground = np.full((HEIGHT, WIDTH, 3), (60, 90, 130), np.float32)
    bright = cv2.GaussianBlur(texture(seed + 1), (0, 0), 3)[..., :1] > 128
    return composed(time, ground, np.where(bright, (240, 200, 170), (200, 140, 120)).astype(np.float32))


def composed(time: float, ground: np.ndarray, skin: np.ndarray) -> RGB:
    """A disc of `skin`, which moves with it, on a ground that stays; both float32 (HEIGHT, WIDTH, 3)."""
    x = LEFT + STEP * time
    move = np.array([[1, 0, STEP * time], [0, 1, 0]])
    moved = cv2.warpAffine(skin, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    columns, rows = np.arange(WIDTH), np.arange(HEIGHT)[:, None]
    inside = np.clip(RADIUS - np.hypot(columns - x, rows - HEIGHT / 2) + 0.5, 0, 1)[..., None]
    return np.clip(ground * (1 - inside) + moved * inside + 0.5, 0, 255).astype(np.uint8)


def grained(frame: RGB, random: np.random.Generator, strength: float = 8) -> RGB:
    """The frame with random noise."""
    return np.clip(frame + random.normal(0, strength, frame.shape) + 0.5, 0, 255).astype(np.uint8)


def spot(time: float) -> np.ndarray:
    """bool (HEIGHT, WIDTH): a feature on the disc."""
    return np.hypot(np.arange(WIDTH) - LEFT - STEP * time - 8, np.arange(HEIGHT)[:, None] - HEIGHT / 2 + 6) < 11


def mutated(frame: RGB, time: float) -> RGB:
    """The frame with that feature gone wrong."""
    out = frame.copy()
    out[spot(time)] = (40, 60, 90)
    return out
