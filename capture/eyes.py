"""What the picture itself shows of the lids, beside what FaceMesh makes of it.

The mesh loses lids behind a glass's rim, under a gleam, in the dark and in few pixels: its points then stay where eyes mostly
are. So both eyes are cut out of the picture, upright and of even size, by where the head as a whole is, and a small network
(`eyes.npz`, made by capture/train_eyes.py) says how open each is and how sure it is of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from capture.model import F64, model
from capture.quiet import import_cv2
from capture.types import F32, RGB

U8 = npt.NDArray[np.uint8]

NET = Path(__file__).with_name("eyes.npz")
HEIGHT, WIDTH = 24, 32
"""Px of a cut-out eye."""
ACROSS = 4.2
"""cm that a cut-out eye is wide."""
CORNERS = ((263, 362), (33, 133))
"""Outer and inner corner of the left and the right eye."""
NEAR = 5.0
"""cm from the eyes within which landmarks tell where they are."""
EVEN = 2.0
"""Grey levels added to a cut-out's contrast before it is made even, so that nothing is not made something."""
SPREADS = (-4.0, 1.0)
"""The logarithm of a spread is held between these, in training too."""


class Seen(NamedTuple):
    """One eye in the picture. open: about 0 shut .. 1 open. spread: how far off that is likely to be, > 0."""

    open: float
    spread: float


def cut(rgb: RGB, landmarks: F32) -> U8:
    """Both eyes, uint8 (2, HEIGHT, WIDTH) grey, left first, of a picture uint8 (H, W, 3) and landmarks as `FaceFrame` has them.

    The right eye is mirrored: in both the outer corner is to the right.
    """
    cv2 = import_cv2()
    points = landmarks[:, :2].astype(np.float64) * [rgb.shape[1], rgb.shape[0]]
    out = []
    for grid in grids(points, (2 * WIDTH, 2 * HEIGHT), ACROSS):
        fine = cv2.warpAffine(rgb, grid, (2 * WIDTH, 2 * HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                              borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
        grey = cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY)
        out.append(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
    return np.array(out, np.uint8)


def grids(points: F64, size: tuple[int, int], across: float) -> list[F64]:
    """Where the pixels of cut-outs of (W, H) px, `across` cm wide, lie in a picture with landmarks (478, 2) px: affine (2, 3),
    of the left eye and of the right one, which is mirrored."""
    camera = _places().fit @ points
    return [_grid(camera, place, way, size, across) for place, way in zip(_places().middles, (1, -1), strict=True)]


def look(eyes: U8) -> tuple[Seen, Seen]:
    """What the network sees in cut-out eyes (2, HEIGHT, WIDTH): of the left one and of the right one."""
    said, spread = run(_net(), even(eyes)).T.tolist()
    return Seen(said[0], spread[0]), Seen(said[1], spread[1])


def even(eyes: npt.NDArray[Any]) -> F32:
    """Cut-outs (..., HEIGHT, WIDTH) as the network takes them: float32 of mean 0 and spread 1, whatever the light."""
    grey = np.asarray(eyes, np.float32).reshape(-1, HEIGHT * WIDTH)
    grey = grey - grey.mean(1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", grey, grey) / grey.shape[1])
    return np.asarray((grey / (spread[:, None] + EVEN)).reshape(eyes.shape), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """middles: float64 (2, 4), the eyes in the mean head, cm and 1. fit: (4, 478), from landmarks in px to an affine camera."""

    middles: F64
    fit: F64


@cache
def _places() -> Places:
    mean = model().mean
    middles = np.array([(mean[outer] + mean[inner]) / 2 for outer, inner in CORNERS])
    near = model().rigid * np.exp(-((mean - middles.mean(0)) ** 2).sum(1) / (2 * NEAR**2))
    root, points = np.sqrt(near / near.sum()), np.c_[mean, np.ones(len(mean))]
    return Places(np.c_[middles, np.ones(2)], np.linalg.pinv(points * root[:, None]) * root)


def _grid(camera: F64, place: F64, way: int, size: tuple[int, int], across: float) -> F64:
    turn = np.stack([way * camera[0], -camera[1]], 1) * (across / size[0])
    return np.c_[turn, place @ camera - turn @ (np.array(size) - 1) / 2]


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """folds: weights float32 (k * k * in, out) and bias (out,) of convolutions with stride 2 over windows of k x k.
    dense: of the layers after them, (in, out) and (out,).
    """

    folds: tuple[tuple[F32, F32], ...]
    dense: tuple[tuple[F32, F32], ...]


@cache
def _net() -> Net:
    with np.load(NET, allow_pickle=False) as data:
        kept = {name: data[name].astype(np.float32) for name in data.files}

    def layers(kind: str) -> tuple[tuple[F32, F32], ...]:
        count = sum(name.startswith(kind) for name in kept) // 2
        return tuple((kept[f"{kind}{i}_weights"], kept[f"{kind}{i}_bias"]) for i in range(count))

    return Net(layers("fold"), layers("dense"))


def run(net: Net, eyes: F32) -> F32:
    """(N, 2), openness and its spread, of evened cut-outs (N, HEIGHT, WIDTH)."""
    signal = eyes[..., None]
    for weights, bias in net.folds:
        signal = np.maximum(_windows(signal, len(weights)) @ weights + bias, 0)
    signal = signal.reshape(len(eyes), -1)
    for weights, bias in net.dense[:-1]:
        signal = np.maximum(signal @ weights + bias, 0)
    weights, bias = net.dense[-1]
    said = signal @ weights + bias
    return np.stack([said[:, 0], np.exp(np.clip(said[:, 1], *SPREADS))], 1)


def _windows(signal: F32, size: int) -> F32:
    """Every second window of a signal (N, H, W, C), padded: (N, H / 2, W / 2, k * k * C) for `size` = k * k * C."""
    count, height, width, channels = signal.shape
    side = round((size / channels) ** 0.5)
    edge = side // 2
    padded = np.zeros((count, height + 2 * edge, width + 2 * edge, channels), np.float32)
    padded[:, edge:-edge, edge:-edge] = signal
    one, down, right, deep = padded.strides
    shape = (count, height // 2, width // 2, side, side, channels)
    return as_strided(padded, shape, (one, 2 * down, 2 * right, down, right, deep)).reshape(*shape[:3], size)
