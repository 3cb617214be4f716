"""What posing costs: a puppet of 20 parts, 6,000 vertices, 40 keyform grids and 20 springs, every parameter moving.

    python benchmarks/pose.py

The bar is 1 ms or less for one frame of springs and pose together.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from rig import pose, rest_state, step
from rig.params import BY_NAME, STANDARD
from rig.puppet import Keyforms, Mesh, Part, Puppet, Surface, Sway
from rig.springs import hair_spring

PARTS, VERTICES, GRIDS, SPRINGS, FRAMES = 20, 6000, 40, 20, 600
AXES = (("ParamMouthForm", "ParamMouthOpenY"), ("ParamEyeLOpen", "ParamEyeLSmile"), ("ParamEyeROpen", "ParamEyeRSmile"),
        ("ParamEyeBallX", "ParamEyeBallY"), ("ParamAngleX",), ("ParamBrowLY", "ParamBrowLAngle"),
        ("ParamBrowRY", "ParamBrowRAngle"), ("ParamCheek",))  # fmt: skip


def heavy_puppet() -> Puppet:
    """Random forms of the stated size; only the cost is real."""
    rng = np.random.default_rng(1)
    count = VERTICES // PARTS
    parts = tuple(_part(i, count, rng) for i in range(PARTS))
    springs = tuple(hair_spring((float(x), 200.0), 300.0, unit=250.0, phase=i, parameter="ParamHairFront")
                    for i, x in enumerate(rng.uniform(300, 900, SPRINGS)))  # fmt: skip
    surface = Surface((640, 400), (640, 640), (640, 1200), 300)
    return Puppet("heavy", (1280, 1280), parts, surface, springs, STANDARD)


def _part(i: int, count: int, rng: np.random.Generator) -> Part:
    f32 = np.float32
    vertices, uv = rng.uniform(300, 900, (count, 2)).astype(f32), rng.uniform(0, 1, (count, 2)).astype(f32)
    mesh = Mesh(vertices, uv, np.zeros((0, 3), np.int32))
    forms = tuple(_grid(AXES[(i * GRIDS // PARTS + j) % len(AXES)], count, rng) for j in range(GRIDS // PARTS))
    sways = tuple(Sway((i * 4 + j) % SPRINGS, rng.uniform(0, 1, count).astype(f32)) for j in range(4 if i < 5 else 0))
    one = np.ones(count, f32)
    return Part(f"part {i}", "face", np.zeros((1, 1, 4), np.uint8), mesh, 90 * one, one, one, keyforms=forms, sways=sways)


def _grid(axes: tuple[str, ...], count: int, rng: np.random.Generator) -> Keyforms:
    keys = tuple((p.low, (p.low + p.high) / 2, p.high) for p in (BY_NAME[a] for a in axes))
    return Keyforms(axes, keys, rng.normal(0, 5, (*(3 for _ in axes), count, 2)).astype(np.float32))


def main() -> None:
    """Print one table: best and median of each step over a film in which everything moves."""
    puppet, times = heavy_puppet(), np.zeros((FRAMES, 2))
    state = rest_state(puppet)
    for i in range(FRAMES):
        values = {p.name: p.low + (p.high - p.low) * (0.5 + 0.49 * np.sin(i / 9 + k)) for k, p in enumerate(STANDARD)}
        start = perf_counter()
        state = step(puppet, state, values, 1 / 60)
        between = perf_counter()
        pose(puppet, values, state)
        times[i] = between - start, perf_counter() - between
    print(f"{VERTICES} vertices, {PARTS} parts, {GRIDS} grids, {SPRINGS} springs; ms a frame")
    print(f"{'':10}{'best':>8}{'median':>8}")
    for name, column in (("springs", times[:, 0]), ("pose", times[:, 1]), ("together", times.sum(1))):
        print(f"{name:10}{column.min() * 1e3:8.3f}{np.median(column) * 1e3:8.3f}")


if __name__ == "__main__":
    main()
