"""Eyes that shut, made from portraits whose eyes are open, and what spoils a picture of an eye: what train_eyes.py learns from.

Portraits do not blink. So the skin between brow and lash line is drawn down over the eye, both eyes or one, part of the way or
all of it. (Lower lids that are drawn up as in a squint were tried too: smiles then looked like blinks.) Eyes behind drawn rims,
under gleams, in the dark, in few pixels and in poor light are to be read as the clean ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from capture.eyes import ACROSS, HEIGHT, WIDTH, grids
from capture.model import F64, I64
from capture.train_faces import landmarker, pictures
from capture.types import F32, RGB

LIDS = (
    ((263, 466, 388, 387, 386, 385, 384, 398, 362), (263, 249, 390, 373, 374, 380, 381, 382, 362)),
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
)
"""The upper and the lower lid from corner to corner, of the left and the right eye."""
ROOM = 1.5
"""How many times wider than a cut-out eye the copies are that are spoilt."""
SIZE = (128, 96)
"""Px, (width, height), of these copies."""
PER_CM = SIZE[0] / (ROOM * ACROSS)
COPIES = 3
"""How often each portrait is taken: once as it is, else with its lids lower."""
ONE_EYED = 0.25
SKIN, LASH = 0.5, 0.04
"""How far above the eye skin is drawn down from, and the thickness of the lash line, in widths of the eye."""



@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """crops: uint8 (N, 96, 128), grey, mirrored so that the outer corner is to the right.
    opened: float32 (N,), 0 shut .. 1 open. sitters: int (N,), whose each is.
    """

    crops: RGB
    opened: F32
    sitters: I64


def look(folder: Path, model: Path) -> Eyes:
    """The eyes of all portraits under a folder in which the FaceLandmarker finds a face."""
    say, rng = landmarker(model), np.random.default_rng(5)
    crops, opened, sitters = [], [], []
    for sitter, rgb in enumerate(pictures(folder)):
        heard = say(rgb)
        if heard is None:
            continue
        wide = [1 - heard.shapes[f"eyeBlink{side}"] for side in ("Left", "Right")]
        for copy in range(COPIES):
            shares = _shares(rng) if copy else (0.0, 0.0)
            crops += crop(shut(rgb, heard.points, shares), heard.points)
            opened += [(1 - min(share, 1.0)) * own for share, own in zip(shares, wide, strict=True)]
            sitters += [sitter, sitter]
    return Eyes(np.array(crops), np.array(opened, np.float32), np.array(sitters))


def _shares(rng: np.random.Generator) -> tuple[float, float]:
    """How far the lids go down: together, or one alone."""
    one = rng.uniform(0.1, 1.08)
    pair = [one, float(np.clip(one + rng.normal(0, 0.06), 0, 1.08))]
    if rng.random() < ONE_EYED:
        pair[rng.integers(2)] = 0.0
    return pair[0], pair[1]


def shut(rgb: RGB, points: F64, shares: tuple[float, float]) -> RGB:
    """A face with its (left, right) lids drawn down by shares of the way, 1 shut; landmarks points (478, 2) in px."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for (upper, lower), share in zip(LIDS, shares, strict=True):
        if share > 0:
            _draw_down(y, points[list(upper)], points[list(lower)], share)
    return np.asarray(cv2.remap(rgb, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _draw_down(y: F32, upper: F64, lower: F64, share: float) -> None:
    """Change the rows (H, W) that a picture's pixels are taken from, so that one lid stands lower; lids (9, 2) in px."""
    wide = float(np.ptp(upper[:, 0]))
    columns = np.arange(max(int(upper[:, 0].min()) - 1, 0), min(int(upper[:, 0].max()) + 2, y.shape[1]))
    top, bottom = (np.interp(columns, *lid[np.argsort(lid[:, 0])].T) for lid in (upper, lower))
    above, edge = top - SKIN * wide, top + LASH * wide
    moved = edge + share * np.maximum(bottom - top, 0)
    rows = np.arange(len(y))[:, None]
    stretched = above + (rows - above) * (edge - above) / (moved - above)
    y[:, columns] = np.where((rows > above) & (rows < moved), stretched, rows)


def crop(rgb: RGB, points: F64) -> list[RGB]:
    """Copies, uint8 (96, 128), of the left and the right eye with room around; landmarks points (478, 2) in px."""
    out = []
    for grid in grids(points, SIZE, ACROSS * ROOM):
        eye = cv2.warpAffine(rgb, grid, SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
        out.append(np.asarray(cv2.cvtColor(eye, cv2.COLOR_RGB2GRAY), np.uint8))
    return out


def spoil(eye: RGB, rng: np.random.Generator) -> F64:
    """A cut-out eye (HEIGHT, WIDTH), 0..255, of a copy (96, 128): behind glasses, in the dark, in few pixels, cut out askew."""
    grey = eye.astype(np.float64)
    for chance, spoiler in ((0.35, _spectacles), (0.05, _gleam), (0.5, _darkened), (0.3, _lit), (0.7, _poor)):
        if rng.random() < chance:
            grey = spoiler(grey, rng)
    cutting = _askew(rng)
    fine = cv2.warpAffine(grey, cutting, (2 * WIDTH, 2 * HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                          borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    small = fine.reshape(HEIGHT, 2, WIDTH, 2).mean((1, 3))
    return np.clip(small + rng.normal(0, rng.uniform(0, 4) * (rng.random() < 0.5), small.shape), 0, 255)


def _askew(rng: np.random.Generator) -> F64:
    """Where the pixels of a cut-out twice as fine lie in a copy: affine (2, 3), a little off in place, size and turn."""
    angle, size = np.radians(rng.normal(0, 4)), np.exp(rng.normal(0, 0.05))
    step = ACROSS * PER_CM / (2 * WIDTH) * size
    turn = step * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(SIZE) - 1) / 2 + rng.normal(0, 0.12, 2) * PER_CM
    return np.c_[turn, middle - turn @ [(2 * WIDTH - 1) / 2, (2 * HEIGHT - 1) / 2]]


def _spectacles(grey: F64, rng: np.random.Generator) -> F64:
    """A rim of any shape and tone around the eye, with a tint or a gleam in it."""
    middle = np.array(SIZE) / 2 + rng.normal(0, [0.25, 0.3]) * PER_CM + [0, 0.15 * PER_CM]
    rim = _fixed(_round(middle, rng.uniform(1.6, 2.9) * PER_CM, rng.uniform(1.0, 2.2) * PER_CM, rng.uniform(2, 5)))
    if rng.random() < 0.5:
        pane = cv2.fillPoly(grey.copy(), [rim], float(rng.uniform(40, 220)), cv2.LINE_AA, 3)
        grey = _mixed(grey, pane, rng.uniform(0, 0.35))
    if rng.random() < 0.6:
        grey = _gleam(grey, rng, cv2.fillPoly(np.zeros_like(grey), [rim], 1.0, cv2.LINE_AA, 3))
    tone = float(rng.uniform(5, 70) if rng.random() < 0.75 else rng.uniform(70, 230))
    thick = max(1, round(rng.uniform(0.06, 0.45) * PER_CM))
    return _mixed(grey, cv2.polylines(grey.copy(), [rim], True, tone, thick, cv2.LINE_AA, 3), rng.uniform(0.6, 1.0))


def _gleam(grey: F64, rng: np.random.Generator, inside: F64 | float = 1.0) -> F64:
    """Bright spots or slanted bars, as windows and screens leave them on glass."""
    height = grey.shape[0]
    light = np.zeros_like(grey)
    for _ in range(rng.integers(1, 3)):
        x, y = np.array(SIZE) / 2 + rng.normal(0, [0.9, 0.6]) * PER_CM
        if rng.random() < 0.4:
            spot = _round(np.array([x, y]), rng.uniform(0.1, 0.9) * PER_CM, rng.uniform(0.1, 0.6) * PER_CM, rng.uniform(2, 6))
        else:
            half, lean = rng.uniform(0.1, 0.5) * PER_CM, rng.uniform(-1, 1) * PER_CM
            spot = np.array([[x - half + lean, 0], [x + half + lean, 0], [x + half - lean, height], [x - half - lean, height]])
        cv2.fillPoly(light, [_fixed(spot)], 1.0, cv2.LINE_AA, 3)
    light = cv2.GaussianBlur(light * inside, (0, 0), rng.uniform(0.3, 4)) * rng.uniform(0.2, 0.8)
    return np.asarray(grey * (1 - light) + rng.uniform(170, 255) * light)


def _darkened(grey: F64, rng: np.random.Generator) -> F64:
    """Another gamma, less light, and half of the time less contrast."""
    dark = 255 * (np.clip(grey, 0, 255) / 255) ** rng.uniform(0.6, 1.9) * rng.uniform(0.2, 1.0)
    return np.asarray(_mixed(dark, np.full_like(dark, dark.mean()), rng.uniform(0, 0.65) * (rng.random() < 0.5)))


def _lit(grey: F64, rng: np.random.Generator) -> F64:
    """Light from one side."""
    x, y = np.linspace(-1, 1, grey.shape[1]) * rng.normal(0, 0.35), np.linspace(-1, 1, grey.shape[0]) * rng.normal(0, 0.25)
    return np.asarray(grey * np.clip(1 + x + y[:, None], 0.2, 2))


def _poor(grey: F64, rng: np.random.Generator) -> F64:
    """Few pixels, noise, JPEG."""
    width = int(np.exp(rng.uniform(np.log(14), np.log(90))))
    small = cv2.resize(grey, (width, max(3, round(width * 0.75))), interpolation=cv2.INTER_AREA)
    small = np.clip(small + rng.normal(0, rng.uniform(0, 5), small.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 80))])[1]
        small = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.resize(small.astype(np.float64), SIZE, interpolation=cv2.INTER_LINEAR))


def _round(middle: F64, half_width: float, half_height: float, power: float) -> F64:
    """(40, 2) points of a superellipse: 2 round, more squarer."""
    at = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    c, s = np.cos(at), np.sin(at)
    return np.c_[middle[0] + half_width * np.sign(c) * np.abs(c) ** (2 / power),
                 middle[1] + half_height * np.sign(s) * np.abs(s) ** (2 / power)]  # fmt: skip


def _fixed(points: F64) -> I64:
    """Points for OpenCV in eighths of a pixel."""
    return np.round(points * 8).astype(np.int32)


def _mixed(one: F64, other: F64, share: float) -> F64:
    return np.asarray(one + share * (other - one))
