"""Puppets of a few triangles for the runtime's tests: no auto-rig, no pictures worth looking at."""

from __future__ import annotations

import numpy as np

from layering.stack import RGBA
from rig.params import BY_NAME, Parameter
from rig.puppet import F32, Keyforms, Mesh, Part, Puppet, Spring, Surface, Sway

Colour = tuple[int, int, int, int]
CANVAS = (400, 600)
SURFACE = Surface(centre=(200, 200), pivot=(200, 330), hips=(200, 560), width=160, distance=1120)


def patch(x: float, y: float, w: float, h: float, columns: int = 4, rows: int = 4) -> Mesh:
    """A grid over a box of canvas px."""
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1, dtype=np.float32), np.linspace(0, 1, rows + 1, dtype=np.float32))
    uv = np.stack([u.ravel(), v.ravel()], -1)
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    a, b, c, d = first, first + 1, first + columns + 1, first + columns + 2
    triangles = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)]).astype(np.int32)
    return Mesh((uv * (w, h) + (x, y)).astype(np.float32), uv, triangles)


def flat(colour: Colour, w: int = 8, h: int = 8) -> RGBA:
    return np.full((h, w, 4), colour, np.uint8)


def make_part(name: str, mesh: Mesh, depth: float | F32 = 0.0, head: float | F32 = 1.0, body: float = 1.0,
              colour: Colour = (200, 180, 160, 255), part: str = "face", **more: object) -> Part:  # fmt: skip
    n = np.ones(len(mesh.vertices), np.float32)
    return Part(name, part, flat(colour), mesh, (n * depth).astype(np.float32), (n * head).astype(np.float32),
                (n * body).astype(np.float32),
                **more)  # type: ignore[arg-type]  # fmt: skip


def grid(mesh: Mesh, axes: tuple[str, ...], keys: tuple[tuple[float, ...], ...], opacity: F32 | None = None) -> Keyforms:
    """Keyforms that differ everywhere and are zero where every key is its parameter's default."""
    shape = tuple(len(k) for k in keys)
    offsets = np.random.default_rng(1).normal(0, 5, (*shape, len(mesh.vertices), 2)).astype(np.float32)
    rest = tuple(k.index(BY_NAME[a].default) for a, k in zip(axes, keys, strict=True))
    offsets[rest] = 0
    return Keyforms(axes, keys, offsets, opacity)


def little_puppet(parameters: tuple[Parameter, ...] | None = None) -> Puppet:
    """Face, mouth, hair on two springs, neck and coat."""
    face, mouth, hair = patch(120, 110, 160, 190, 8, 8), patch(170, 250, 60, 20), patch(110, 80, 180, 200, 6, 6)
    ends = np.clip((hair.vertices[:, 1] - 130) / 150, 0, 1).astype(np.float32) ** 2
    left = (hair.vertices[:, 0] < 200).astype(np.float32)
    opacity = np.array([[1, 1], [1, 0.5], [1, 0]], np.float32)
    names = ["ParamAngleX", "ParamAngleY", "ParamAngleZ", "ParamMouthForm", "ParamMouthOpenY", "ParamBodyAngleX",
             "ParamBodyAngleY", "ParamBodyAngleZ", "ParamBreath", "ParamHairFront"]  # fmt: skip
    parts = (
        make_part("coat", patch(80, 360, 240, 240), head=0, body=0.5, colour=(60, 70, 120, 255), part="topwear"),
        make_part("neck", patch(175, 270, 50, 110), depth=8, head=0.5, colour=(230, 190, 170, 255), part="neck"),
        make_part("face", face, depth=60),
        make_part("mouth", mouth, depth=66, colour=(150, 60, 60, 255), part="mouth", masks=("face",),
                  keyforms=(grid(mouth, ("ParamMouthForm", "ParamMouthOpenY"), ((-1.0, 0.0, 1.0), (0.0, 1.0)), opacity),)),
        make_part("hair", hair, depth=70, colour=(90, 60, 50, 255), part="front hair",
                  sways=(Sway(0, ends * left), Sway(1, ends * (1 - left)))),
    )  # fmt: skip
    springs = (Spring((150, 130), 150, 1.5, 0.42, 1.0, parameter="ParamHairFront"),
               Spring((250, 130), 150, 1.6, 0.45, 1.0, parameter="ParamHairFront"))  # fmt: skip
    return Puppet("little", CANVAS, parts, SURFACE, springs, parameters or tuple(BY_NAME[n] for n in names),
                  {"chin": (200.0, 300.0), "neck": (200.0, 330.0)})  # fmt: skip
