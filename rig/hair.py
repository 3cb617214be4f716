"""Strands of hair: where they end, and how a layer hangs from one spring a strand.

A strand is a tip of the layer's lower edge. Membership of a vertex goes smoothly from strand to strand along x, and its
weight grows with the square of the way from the strand's root (the first quarter is rigid) to its tip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import Layer
from rig.anchors import Anchors
from rig.puppet import F32, Spring, Sway

MOST_STRANDS = 6
ROOT_SHARE = 0.25
PARAMETER = {"front hair": "ParamHairFront", "back hair": "ParamHairBack", "hair": "ParamHairBack"}


@dataclass(frozen=True, slots=True)
class Strand:
    """x: canvas px of the tip. top, bottom: y of root and tip. width: px over which it hangs alone."""

    x: float
    top: float
    bottom: float
    width: float


def find_strands(layer: Layer, anchors: Anchors) -> list[Strand]:
    """The strands of a hair layer, left to right, by the peaks of its smoothed lower edge; at least one."""
    import cv2

    solid = layer.rgba[..., 3] > 127
    if not solid.any():
        return []
    height = solid.shape[0]
    has = solid.any(0)
    lower = np.where(has, height - 1 - solid[::-1].argmax(0), 0).astype(float)
    upper = np.where(has, solid.argmax(0), height)
    smooth = cv2.GaussianBlur(lower[None], (0, 0), anchors.width * 0.03, borderType=cv2.BORDER_REPLICATE)[0]
    tips = find_peaks(smooth, prominence=0.06 * anchors.width, apart=0.12 * anchors.width) or [int(lower.argmax())]
    gaps = np.diff(tips)
    out = []
    for i, tip in enumerate(tips):
        near = [g for g in (gaps[i - 1] if i else None, gaps[i] if i < len(gaps) else None) if g is not None]
        width = float(min(near)) if near else float(solid.shape[1])
        root = float(upper[max(0, tip - 8) : tip + 9].min())
        out.append(Strand(layer.offset[0] + tip + 0.5, layer.offset[1] + root, layer.offset[1] + float(lower[tip]) + 1, width))
    return out


def find_peaks(line: npt.NDArray[np.float64], prominence: float, apart: float) -> list[int]:
    """Indices, ascending, of at most MOST_STRANDS peaks that stand `prominence` over the higher of the saddles beside them.

    `scipy.signal.find_peaks` does this too, but importing it takes longer than the whole rig.
    """
    at = np.arange(len(line))
    found: list[tuple[float, int]] = []
    for i in at[(np.diff(line, prepend=0) > 0) & (np.diff(line, append=0) <= 0)]:
        higher = at[line > line[i]]
        left, right = higher[higher < i].max(initial=-1), higher[higher > i].min(initial=len(line))
        saddles = [line[left + 1 : i + 1].min() if left >= 0 else 0.0, line[i:right].min() if right < len(line) else 0.0]
        if line[i] - max(saddles) >= prominence:
            found.append((float(line[i] - max(saddles)), int(i)))
    kept: list[int] = []
    for _, i in sorted(found, reverse=True):
        if all(abs(i - j) >= apart for j in kept):
            kept.append(i)
    return sorted(kept[:MOST_STRANDS])


def hang(layer: Layer, vertices: F32, strands: list[Strand], first: int) -> tuple[Sway, ...]:
    """One sway a strand for the vertices float32 (V, 2) of a hair layer; springs are numbered from `first`."""
    x, y = vertices[:, 0].astype(np.float64), vertices[:, 1].astype(np.float64)
    near = np.stack([np.exp(-0.5 * ((x - s.x) / max(0.55 * s.width, 1.0)) ** 2) + 1e-9 for s in strands])
    near /= near.sum(0)
    out = []
    for i, strand in enumerate(strands):
        way = (y - strand.top) / max(strand.bottom - strand.top, 1.0)
        weight = np.clip((way - ROOT_SHARE) / (1 - ROOT_SHARE), 0, 1.15) ** 2
        out.append(Sway(first + i, (near[i] * weight).astype(np.float32)))
    return tuple(out)


def springs_of(layer: Layer, strands: list[Strand], anchors: Anchors, strength: float = 1.0) -> tuple[Spring, ...]:
    """A spring a strand: longer strands swing slower, and neighbours a little apart, so that they do not move as one."""
    from rig.springs import hair_spring

    parameter = PARAMETER.get(layer.part, "")
    if layer.part == "front hair" and layer.size[1] > 1.1 * anchors.width:
        parameter = "ParamHairSide"
    out = []
    for i, s in enumerate(strands):
        length = max(s.bottom - s.top, 1.0)
        out.append(hair_spring((s.x, s.top), length, unit=anchors.width, phase=i, parameter=parameter, strength=strength))
    return tuple(out)
