"""What must hold for every puppet, whether just built or read from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from math import isfinite

import numpy as np
import numpy.typing as npt

from layering.stack import PARTS
from rig.fields import Fault
from rig.params import Parameter
from rig.puppet import Keyforms, Mesh, Part, Puppet, Spring, Surface

MOST_SIDE = 16_384
MOST_PIXELS = 256_000_000
MOST_PARTS, MOST_SPRINGS, MOST_PARAMETERS, MOST_ANCHORS = 2_000, 2_000, 500, 100
MOST_VERTICES, MOST_TRIANGLES = 1_000_000, 2_000_000
MOST_KEYS, MOST_AXES, MOST_FORMS, MOST_SWAYS = 64, 3, 64, 256
FAR = 1e6
"""Px; no point of a puppet lies farther from the canvas's corner."""


def validate(puppet: Puppet) -> None:
    """Raise Fault (where, what) at the first thing that posing or drawing could trip over."""
    if not all(1 <= side <= MOST_SIDE for side in puppet.canvas):
        raise Fault("canvas", f"must be 1 to {MOST_SIDE} px a side")
    _count("parts", len(puppet.parts), MOST_PARTS)
    if sum(p.texture.shape[0] * p.texture.shape[1] for p in puppet.parts) > MOST_PIXELS:
        raise Fault("parts", f"have textures of more than {MOST_PIXELS // 10**6} megapixels")
    _surface(puppet.surface)
    _parameters(puppet.parameters)
    known = {p.name for p in puppet.parameters}
    for i, spring in enumerate(puppet.springs):
        _spring(spring, f"springs[{i}]", known)
    _distinct("parts", (p.name for p in puppet.parts))
    for i, part in enumerate(puppet.parts):
        _part(part, f"parts[{i}]", known, len(puppet.springs))
    _masks(puppet.parts)
    for name, point in puppet.anchors.items():
        _point(f"anchors.{name}", point)


def _count(where: str, count: int, most: int) -> None:
    if count > most:
        raise Fault(where, f"are more than {most}")


def _distinct(where: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Fault(where, f"hold the name {name!r} twice")
        seen.add(name)


def _within(where: str, value: float, low: float, high: float) -> None:
    if not (isfinite(value) and low <= value <= high):
        raise Fault(where, f"must lie between {low:g} and {high:g}")


def _point(where: str, point: tuple[float, float]) -> None:
    for value in point:
        _within(where, value, -FAR, FAR)


def _surface(surface: Surface) -> None:
    for name in ("centre", "pivot", "hips"):
        _point(f"surface.{name}", getattr(surface, name))
    for name, low, high in (("width", 0.01, FAR), ("yaw", -90, 90), ("pitch", -90, 90), ("roll", -90, 90), ("distance", 1, 1e9),
                            ("curvature", 0, 10)):  # fmt: skip
        _within(f"surface.{name}", getattr(surface, name), low, high)


def _parameters(parameters: tuple[Parameter, ...]) -> None:
    _count("parameters", len(parameters), MOST_PARAMETERS)
    _distinct("parameters", (p.name for p in parameters))
    for i, p in enumerate(parameters):
        for value in (p.low, p.default, p.high):
            _within(f"parameters[{i}]", value, -1e6, 1e6)
        if not p.low <= p.default <= p.high:
            raise Fault(f"parameters[{i}]", "must have low <= default <= high")


def _spring(spring: Spring, where: str, known: set[str]) -> None:
    _point(f"{where}.root", spring.root)
    for name, low, high in (("length", 0, FAR), ("frequency", 0.01, 100), ("damping", 0, 100), ("gain", 0, 100),
                            ("head", 0, 1)):  # fmt: skip
        _within(f"{where}.{name}", getattr(spring, name), low, high)
    if spring.parameter and spring.parameter not in known:
        raise Fault(f"{where}.parameter", f"{spring.parameter!r} is none of the puppet's parameters")


def _part(part: Part, where: str, known: set[str], springs: int) -> None:
    if part.part not in PARTS:
        raise Fault(f"{where}.part", f"{part.part!r} is not known")
    if part.side not in ("", "l", "r"):
        raise Fault(f"{where}.side", "must be l, r or empty")
    _within(f"{where}.opacity", part.opacity, 0, 1)
    height, width, *_ = _shaped(f"{where}.texture", part.texture, np.uint8, (None, None, 4))
    if not (1 <= height <= MOST_SIDE and 1 <= width <= MOST_SIDE):
        raise Fault(f"{where}.texture", f"must be 1 to {MOST_SIDE} px a side")
    count = _mesh(part.mesh, f"{where}.mesh")
    for name, low, high in (("depth", -FAR, FAR), ("head", 0, 1), ("body", 0, 1)):
        _array(f"{where}.{name}", getattr(part, name), (count,), low, high)
    for i, form in enumerate(part.keyforms):
        _keyforms(form, f"{where}.keyforms[{i}]", count, known)
    for i, sway in enumerate(part.sways):
        if not 0 <= sway.spring < springs:
            raise Fault(f"{where}.sways[{i}].spring", f"must be one of the {springs} springs")
        _array(f"{where}.sways[{i}].weight", sway.weight, (count,), -10, 10)


def _mesh(mesh: Mesh, where: str) -> int:
    """Checks a mesh and gives its number of vertices."""
    count, _ = _shaped(f"{where}.vertices", mesh.vertices, np.float32, (None, 2))
    _array(f"{where}.vertices", mesh.vertices, (count, 2), -FAR, FAR)
    _array(f"{where}.uv", mesh.uv, (count, 2), -1, 2)
    _shaped(f"{where}.triangles", mesh.triangles, np.int32, (None, 3))
    if mesh.triangles.size and not 0 <= mesh.triangles.min() <= mesh.triangles.max() < count:
        raise Fault(f"{where}.triangles", f"must hold numbers of the {count} vertices")
    return count


def _keyforms(form: Keyforms, where: str, count: int, known: set[str]) -> None:
    if not 1 <= len(form.axes) <= MOST_AXES or len(form.keys) != len(form.axes):
        raise Fault(where, f"must have 1 to {MOST_AXES} axes and keys for each")
    _distinct(f"{where}.axes", form.axes)
    for axis, keys in zip(form.axes, form.keys, strict=True):
        if axis not in known:
            raise Fault(f"{where}.axes", f"{axis!r} is none of the puppet's parameters")
        if not 1 <= len(keys) <= MOST_KEYS or any(not isfinite(k) for k in keys) or any(np.diff(keys) <= 0):
            raise Fault(f"{where}.keys", f"must be 1 to {MOST_KEYS} ascending numbers")
    shape = tuple(len(k) for k in form.keys)
    if form.offsets is not None:
        _array(f"{where}.offsets", form.offsets, (*shape, count, 2), -FAR, FAR)
    if form.opacity is not None:
        _array(f"{where}.opacity", form.opacity, shape, 0, 1)


def _masks(parts: tuple[Part, ...]) -> None:
    graph: Mapping[str, tuple[str, ...]] = {p.name: p.masks for p in parts}
    for i, part in enumerate(parts):
        for name in part.masks:
            if name not in graph:
                raise Fault(f"parts[{i}].masks", f"{name!r} is none of the parts")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise Fault("masks", f"go in a circle: {' -> '.join(error.args[1])}") from error


def _shaped(where: str, array: npt.NDArray[np.generic], dtype: type, shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """Checks dtype and shape (None: any length) and gives the shape."""
    fits = len(shape) == array.ndim and all(s in (None, n) for s, n in zip(shape, array.shape, strict=True))
    if array.dtype != dtype or not fits:
        raise Fault(where, f"must be {np.dtype(dtype)} of shape {tuple('any' if s is None else s for s in shape)}")
    return array.shape


def _array(where: str, array: npt.NDArray[np.float32], shape: tuple[int, ...], low: float, high: float) -> None:
    """Checks a float32 array's shape and range; NaN fails every comparison."""
    _shaped(where, array, np.float32, shape)
    if array.size and not (array.min() >= low and array.max() <= high):
        raise Fault(where, f"must hold numbers between {low:g} and {high:g}")
