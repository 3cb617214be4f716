"""Stronger or weaker parameters: scale what one parameter does to a puppet, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rig.puppet import F32, Keyforms, Puppet, Surface

ANGLES = {"ParamAngleX": "yaw", "ParamAngleY": "pitch", "ParamAngleZ": "roll"}


def strengthen(puppet: Puppet, strength: Mapping[str, float]) -> Puppet:
    """The puppet with parameters acting `strength` times as much (1 leaves them); unknown names are ignored.

    Head angles scale the surface's turn. In keyform grids the way from a parameter's default is scaled, along its own axis.
    Opacities stay: what appears at a key appears there.
    """
    wanted = {name: s for name, s in strength.items() if s != 1}
    if not wanted:
        return puppet
    defaults = {p.name: p.default for p in puppet.parameters}
    parts = tuple(replace(part, keyforms=tuple(_scaled(k, wanted, defaults) for k in part.keyforms)) for part in puppet.parts)
    return replace(puppet, parts=parts, surface=_turned(puppet.surface, wanted))


def _turned(surface: Surface, strength: Mapping[str, float]) -> Surface:
    turns = {field: getattr(surface, field) * strength.get(name, 1.0) for name, field in ANGLES.items()}
    return replace(surface, **turns)


def _scaled(form: Keyforms, strength: Mapping[str, float], defaults: Mapping[str, float]) -> Keyforms:
    if form.offsets is None or not any(axis in strength for axis in form.axes):
        return form
    offsets = form.offsets
    for i, (axis, keys) in enumerate(zip(form.axes, form.keys, strict=True)):
        if axis in strength:
            rest = _at(offsets, i, keys, defaults.get(axis, 0.0))
            offsets = (rest + (offsets - rest) * np.float32(strength[axis])).astype(np.float32)
    return replace(form, offsets=offsets)


def _at(offsets: F32, axis: int, keys: tuple[float, ...], value: float) -> F32:
    """The forms where one axis stands at a value; that axis is kept with length 1."""
    weights = np.array([np.interp(value, keys, row) for row in np.eye(len(keys))], np.float32)
    shape = [1] * offsets.ndim
    shape[axis] = len(keys)
    return np.asarray((offsets * weights.reshape(shape)).sum(axis, keepdims=True), np.float32)
