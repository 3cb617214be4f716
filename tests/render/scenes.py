"""Small puppets for the renderer's tests, drawn here: a face with masked eyes, a blush, a shadow, light, and soft edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layering.stack import RGBA, Blend, Layer, LayerStack
from rig.puppet import DrawList, Mesh, Part, Puppet, Surface

SIZE = (160, 120)


def ellipse(centre: tuple[float, float], radii: tuple[float, float], colour: tuple[int, int, int], alpha: float = 1.0,
            soft: float = 1.0) -> Layer:  # fmt: skip
    """A layer cropped to an ellipse whose edge is `soft` px wide; its name is its place."""
    (cx, cy), (rx, ry) = centre, radii
    left, top = int(cx - rx - soft) - 1, int(cy - ry - soft) - 1
    right, bottom = int(cx + rx + soft) + 2, int(cy + ry + soft) + 2
    x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    inside = (1 - np.hypot((x - cx) / rx, (y - cy) / ry)) * min(rx, ry) / soft + 0.5
    rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
    shade = 1 + 0.2 * np.sin(x / 5)[..., None]
    rgba[..., :3] = np.clip(np.array(colour) * shade, 0, 255)
    rgba[..., 3] = np.clip(inside, 0, 1) * alpha * 255 + 0.5
    return Layer(f"{cx:g},{cy:g}", "objects", rgba, (left, top))


def grid(layer: Layer, cells: int = 6, margin: int = 3) -> Mesh:
    """A regular mesh that reaches `margin` px beyond the layer."""
    left, top, right, bottom = layer.bbox
    share = np.linspace(0, 1, cells + 1)
    x, y = np.meshgrid(left - margin + share * (right - left + 2 * margin), top - margin + share * (bottom - top + 2 * margin))
    vertices = np.stack([x.ravel(), y.ravel()], -1).astype(np.float32)
    uv = ((vertices - np.array([left, top])) / np.array([right - left, bottom - top])).astype(np.float32)
    first = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    a, b, c, d = first, first + 1, first + cells + 1, first + cells + 2
    triangles = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)]).astype(np.int32)
    return Mesh(vertices, uv, triangles)


def part_of(layer: Layer, name: str = "", masks: tuple[str, ...] = (), drawn: bool = True, opacity: float = 1.0) -> Part:
    """The layer as a part of the head."""
    mesh = grid(layer)
    count = len(mesh.vertices)
    ones = np.ones(count, np.float32)
    return Part(name or layer.name, layer.part, layer.rgba, mesh, 0 * ones, ones, ones, blend=layer.blend, masks=masks,
                drawn=drawn, opacity=opacity)  # fmt: skip


def puppet_of(*parts: Part, size: tuple[int, int] = SIZE) -> Puppet:
    """A puppet without springs and parameters."""
    middle = (size[0] / 2, size[1] / 2)
    return Puppet("test", size, parts, Surface(middle, middle, middle, 100.0), (), ())


def from_stack(stack: LayerStack) -> Puppet:
    """One part a shown layer."""
    parts = [part_of(layer, f"{i} {layer.name}") for i, layer in enumerate(stack.layers) if layer.shown]
    return puppet_of(*parts, size=stack.canvas)


def rest(puppet: Puppet) -> DrawList:
    """Every vertex where it was drawn."""
    vertices = [part.mesh.vertices for part in puppet.parts]
    return DrawList(np.concatenate(vertices) if vertices else np.zeros((0, 2), np.float32),
                    np.array([part.opacity for part in puppet.parts], np.float32))  # fmt: skip


def turned(puppet: Puppet, degrees: float = 17.0, shrink: float = 0.9) -> DrawList:
    """Rotated about the middle, shrunk and waved: every texel falls between pixels."""
    at = rest(puppet)
    middle = np.array(puppet.canvas, np.float32) / 2
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * shrink
    moved = (at.vertices - middle) @ matrix + middle
    moved[:, 0] += 3 * np.sin(moved[:, 1] / 11)
    return replace(at, vertices=moved.astype(np.float32))


def blended_stack() -> LayerStack:
    """Layers of all four blend modes over opaque, half-transparent and empty ground."""
    face = ellipse((70, 60), (42, 40), (240, 200, 180))
    veil = ellipse((105, 62), (40, 30), (120, 160, 230), alpha=0.5, soft=12)
    shadow = replace(ellipse((62, 84), (50, 20), (150, 140, 190), alpha=0.8, soft=6), blend=Blend.MULTIPLY)
    glow = replace(ellipse((95, 40), (34, 22), (220, 190, 90), alpha=0.7, soft=10), blend=Blend.ADD)
    mist = replace(ellipse((60, 40), (30, 26), (90, 130, 170), alpha=0.9, soft=8), blend=Blend.SCREEN)
    names = ("face", "veil", "shadow", "glow", "mist")
    layers = zip((face, veil, shadow, glow, mist), names, strict=True)
    return LayerStack(SIZE, tuple(replace(layer, name=name) for layer, name in layers))


def masked_face() -> Puppet:
    """A face; two eyes of white, iris and glint, each clipped by what lies under it; a hidden part that bites the brow."""
    skin = part_of(ellipse((80, 60), (52, 50), (245, 215, 195)), "face")
    parts = [skin]
    for side, x in (("r", 58), ("l", 102)):
        white = part_of(ellipse((x, 56), (17, 9), (250, 250, 250)), f"white-{side}")
        iris = part_of(ellipse((x + 6, 54), (10, 11), (70, 110, 160)), f"iris-{side}", (white.name,))
        glint = part_of(ellipse((x + 12, 50), (7, 6), (255, 255, 255), alpha=0.8), f"glint-{side}", (iris.name,))
        parts += [white, iris, glint]
    window = part_of(ellipse((70, 34), (26, 6), (0, 0, 0), soft=4), "window", drawn=False)
    other = part_of(ellipse((96, 36), (16, 8), (0, 0, 0), alpha=0.6), "other window", drawn=False)
    brow = part_of(ellipse((80, 34), (40, 5), (90, 50, 40)), "brow", ("window", "other window"))
    mouth = part_of(ellipse((80, 90), (14, 6), (190, 80, 90)), "mouth", opacity=0.75)
    return puppet_of(*parts, window, other, brow, mouth)


def checker(size: tuple[int, int] = (32, 24)) -> RGBA:
    """A picture whose transparent pixels hide bright green, which must never show."""
    rgba = np.zeros((size[1], size[0], 4), np.uint8)
    rgba[...] = (0, 255, 0, 0)
    rgba[6:18, 8:24] = (200, 30, 60, 255)
    return rgba
