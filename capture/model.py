"""What Kirie has learned of heads: a mean head, linear readouts, a small network, and what tells one person from another.

All of it is in `model.npz`, made by capture/train.py from portraits; nothing here looks at a picture or keeps a state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Real = npt.NDArray[np.floating[Any]]
Layers = tuple[tuple[Real, Real], ...]

MODEL = Path(__file__).with_name("model.npz")


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """mean: float64 (478, 3) cm, head frame. rigid: float64 (478,), the points' weights in the fit, sum 1.

    points: int (P,) landmarks that the readouts look at. readouts: name → float64 (P * 3 + 1,), linear weights and bias.
    net_points: int (N,) landmarks that the network looks at, as `level` lays them. net_names: what it says. net: its layers,
    weights (in, out) and bias (out,), tanh between them. build_points: int (B,); build: float64 (B * 3 + 1, K), the axes along
    which people's heads differ more than pictures of the same head do.
    """

    mean: F64
    rigid: F64
    points: I64
    readouts: dict[str, F64]
    net_points: I64
    net_names: tuple[str, ...]
    net: Layers
    build_points: I64
    build: F64


@cache
def model() -> Model:
    """The model that comes with the package, read once."""
    with np.load(MODEL, allow_pickle=False) as data:
        a = {name: data[name] for name in data.files}
    rigid = a["rigid"].astype(np.float64)
    readouts = dict(zip(a["names"].tolist(), a["weights"].astype(np.float64), strict=True))
    layers = sum(name.startswith("net_bias") for name in a)
    net = tuple((a[f"net_weights{i}"].astype(np.float32), a[f"net_bias{i}"].astype(np.float32)) for i in range(layers))
    return Model(
        a["mean"].astype(np.float64), rigid / rigid.sum(), a["points"].astype(np.int64), readouts,
        a["net_points"].astype(np.int64), tuple(a["net_names"].tolist()), net,
        a["build_points"].astype(np.int64), a["build"].astype(np.float64),
    )  # fmt: skip


def readouts(shape: F64) -> dict[str, float]:
    """What the linear readouts say of a head-frame shape (478, 3) in cm."""
    seen = np.append(shape[model().points].ravel(), 1.0)
    return {name: float(weights @ seen) for name, weights in model().readouts.items()}


def build(shape: F64) -> F64:
    """Where a head-frame shape (478, 3) in cm lies among people: float64 (K,); pictures of one head differ by 1 an axis."""
    seen = np.append(shape[model().build_points].ravel(), 1.0)
    return np.asarray(seen @ model().build)


def level(flat: F64, roll: float) -> F64:
    """The network's view: points (..., N, 2), y up, of a head rolled by `roll` degrees, upright, centred, of spread 1."""
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    upright = flat @ np.array([[c, s], [-s, c]])
    centred = upright - upright.mean(-2, keepdims=True)
    spread = np.sqrt((centred**2).sum(-1).mean(-1))
    return np.asarray(centred / spread[..., None, None])


def net_says(flat: F64, roll: float) -> dict[str, float]:
    """What the network says of landmarks (478, 2) in px, y up, of a head rolled by `roll` degrees."""
    signal = run(model().net, level(flat[model().net_points], roll).astype(np.float32).ravel())
    return dict(zip(model().net_names, signal.tolist(), strict=True))


def run(net: Layers, signal: Real) -> Real:
    """The outputs of a network's layers for inputs (..., in)."""
    for weights, bias in net[:-1]:
        signal = np.tanh(signal @ weights + bias)
    weights, bias = net[-1]
    return np.asarray(signal @ weights + bias)
