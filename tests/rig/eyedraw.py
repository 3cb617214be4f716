"""Small drawn eyes for the tests: a skin, two eyes of white, iris and lash, drawn with OpenCV."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from layering.stack import RGBA, Blend, Layer, LayerStack
from render.reference import draw_reference
from rig.anchors import find_anchors
from rig.brows import brow_part
from rig.eyes import EyeRig, eye_rig
from rig.mesh import grid_mesh, pad_texture
from rig.params import STANDARD
from rig.poser import pose
from rig.puppet import Part, Puppet, Surface

SIZE = (240, 160)
SKIN, WHITE, IRIS, INK, CREASE = (250, 220, 200), (255, 255, 255), (40, 90, 220), (30, 20, 30), (150, 80, 80)
CENTRES = {"r": (75, 80), "l": (165, 80)}
Points = list[tuple[float, float]]


def layer(name: str, part: str, alpha: np.ndarray, colour: tuple[int, int, int], side: str = "", state: str = "",  # type: ignore[type-arg]
          shown: bool = True, blend: Blend = Blend.NORMAL) -> Layer:  # fmt: skip
    """A layer cropped to an alpha of the canvas' size."""
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    rgba = np.zeros((*alpha[box].shape, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = colour, alpha[box]
    return Layer(name, part, rgba, (int(columns[0]), int(rows[0])), side, blend, state, shown)


def ellipse(centre: tuple[int, int], axes: tuple[int, int]) -> np.ndarray:  # type: ignore[type-arg]
    return cv2.ellipse(np.zeros(SIZE[::-1], np.uint8), centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)


def stroke(points: Points, thickness: int) -> np.ndarray:  # type: ignore[type-arg]
    line = [np.round(np.array(points) * 16).astype(np.int32)]
    return cv2.polylines(np.zeros(SIZE[::-1], np.uint8), line, False, 255, thickness, cv2.LINE_AA, 4)


def arch(centre: tuple[int, int], half: float, height: float, drop: float = 0.0) -> Points:
    """A parabola that is `height` higher in its middle than at its ends."""
    x = np.linspace(-1, 1, 41)
    return [(centre[0] + half * t, centre[1] + drop - height * (1 - t * t)) for t in x]


def face(hole: bool = False) -> Layer:
    alpha = ellipse((120, 85), (112, 74))
    if hole:
        for centre in CENTRES.values():
            alpha[ellipse(centre, (24, 15)) > 0] = 0
    return layer("face", "face", alpha, SKIN)


def eye(side: str, lash: bool = True, crease: bool = True) -> list[Layer]:
    centre = CENTRES[side]
    out = [layer(f"eyewhite-{side}", "eyewhite", ellipse(centre, (28, 18)), WHITE, side),
           layer(f"irides-{side}", "irides", ellipse(centre, (11, 16)), IRIS, side)]  # fmt: skip
    if lash:
        ink = stroke(arch(centre, 28, 19, -1), 6)
        if crease:
            ink = np.maximum(ink, stroke(arch(centre, 20, 6, -26), 2))
        out.append(layer(f"eyelash-{side}", "eyelash", ink, INK, side))
    return out


def shut_eye(side: str, shown: bool = False) -> Layer:
    return layer(f"closed-{side}", "eye", stroke(arch(CENTRES[side], 26, -8, 6), 6), INK, side, "closed", shown)


def stack_of(*layers: Layer) -> LayerStack:
    return LayerStack(SIZE, tuple(layers))


def rig_of(stack: LayerStack) -> tuple[Puppet, dict[str, EyeRig]]:
    """A puppet of a stack whose eyes and brows are rigged and the rest stands still."""
    anchors = find_anchors(stack)
    rigs = {side: eye_rig(stack, side, anchors) for side in ("l", "r")}
    parts: list[Part] = []
    for x in stack.layers:
        extra = [(part, where) for rig in rigs.values() for part, where, name in rig.extra if name == x.name]
        parts += [part for part, where in extra if where == "before"]
        own = next((rig.parts[x.name] for rig in rigs.values() if x.name in rig.parts), None)
        if own is not None:
            parts.append(own)
        elif x.part == "eyebrow":
            parts.append(brow_part(x, anchors))
        elif x.shown:
            parts.append(plain(x))
        parts += [part for part, where in extra if where == "after"]
    defaults = {name: value for rig in rigs.values() for name, value in rig.defaults.items()}
    parameters = tuple(replace(p, default=defaults.get(p.name, p.default)) for p in STANDARD)
    return Puppet("eyes", stack.canvas, tuple(parts), Surface((120, 85), (120, 150), (120, 160), 200), (), parameters), rigs


def plain(x: Layer) -> Part:
    texture, (left, top) = pad_texture(x.rgba, x.offset)
    mesh = grid_mesh(left, top, left + texture.shape[1], top + texture.shape[0], 1, 1)
    zero = np.zeros(4, np.float32)
    return Part(x.name, x.part, texture, mesh, zero, zero, zero, blend=x.blend)


def picture(puppet: Puppet, **values: float) -> RGBA:
    return draw_reference(puppet, pose(puppet, {f"Param{name}": value for name, value in values.items()}))


def coloured(rgba: RGBA, colour: tuple[int, int, int], tolerance: int = 60) -> np.ndarray:  # type: ignore[type-arg]
    """Where the picture has about this colour: bool (h, w)."""
    return (np.abs(rgba[..., :3].astype(int) - colour).max(-1) < tolerance) & (rgba[..., 3] > 200)
