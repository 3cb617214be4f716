"""What a layered file holds, before anything is understood: a tree of groups and leaves, the same for PSD and OpenRaster.

`mark_visible` applies PSDTool's marks; `layering.flatten` turns the tree into a flat list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kirie.errors import LayeringError
from layering.stack import RGBA

F32 = npt.NDArray[np.float32]

MAX_SIDE, MAX_PIXELS, MAX_HELD, MAX_LAYERS, MAX_DEPTH = 16_384, 100_000_000, 400_000_000, 1_000, 64
"""Limits: px a side and px of the canvas or of a layer (refused before decoding), px of all layers together,
layers, nested groups."""


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A layer mask: alpha uint8 (h, w) with its top left corner at `offset` (x, y) canvas px; `outside` 0..255 elsewhere."""

    alpha: npt.NDArray[np.uint8]
    offset: tuple[int, int]
    outside: int = 0

    def over(self, box: tuple[int, int, int, int]) -> F32:
        """float32 (h, w) in 0..1 of the mask on a box (left, top, right, bottom) in canvas px."""
        left, top, right, bottom = box
        out = np.full((bottom - top, right - left), self.outside / 255, np.float32)
        (x, y), (h, w) = self.offset, self.alpha.shape
        x0, y0, x1, y1 = max(x, left), max(y, top), min(x + w, right), min(y + h, bottom)
        if x0 < x1 and y0 < y1:
            out[y0 - top : y1 - top, x0 - left : x1 - left] = self.alpha[y0 - y : y1 - y, x0 - x : x1 - x] / np.float32(255)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """What leaves and groups share. mode: a blend mode's name as in MODES; opacity 0..1; clip: clipped to the one below."""

    name: str
    visible: bool = True
    opacity: float = 1.0
    mode: str = "normal"
    clip: bool = False
    masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Node):
    """A layer with pixels, decoded when asked for, or an adjustment that recolours what lies below it.

    pixels: () -> uint8 (h, w, 4) straight alpha or None where empty. offset: (x, y) canvas px of its top left corner.
    adjust: float32 (h, w, 3) 0..1 -> the same, recoloured; then there are no pixels.
    remarks: what could not be read as the artist's program shows it, for the notes.
    """

    pixels: Callable[[], RGBA | None] = lambda: None
    offset: tuple[int, int] = (0, 0)
    adjust: Callable[[F32], F32] | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Group(Node):
    """Children back to front. isolated: blended among themselves first; a pass-through group is not."""

    children: tuple[Node, ...] = ()
    isolated: bool = True


def check_size(width: int, height: int, what: str) -> None:
    """Refuse a canvas or layer that is empty or larger than MAX_SIDE or MAX_PIXELS."""
    if width < 1 or height < 1:
        raise LayeringError(f"{what} is empty ({width} x {height} px)")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise LayeringError(
            f"{what} is {width} x {height} px; the limit is {MAX_SIDE} px a side and {MAX_PIXELS // 1_000_000} megapixels",
            "scale the drawing down and save it again",
        )


def plain_name(name: str) -> str:
    """A layer's name without PSDTool's leading * and ! marks."""
    return name.strip().lstrip("*!").strip()


def is_flipped(name: str) -> bool:
    """Whether PSDTool shows the layer only when the figure is flipped (suffix :flipx, :flipy or :flipxy)."""
    return any(suffix in (":flipx", ":flipy", ":flipxy") for suffix in _suffixes(name))


def _suffixes(name: str) -> list[str]:
    return [":" + s.strip().lower() for s in name.split(":")[1:]]


def mark_visible(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Apply PSDTool's marks to siblings and below: `!` is always shown, of several `*` the top-most visible one only."""
    chosen = [i for i, n in enumerate(nodes) if n.name.strip().startswith("*") and not is_flipped(n.name)]
    winner = next((i for i in reversed(chosen) if nodes[i].visible), chosen[-1] if chosen else -1)
    return tuple(_marked(n, i == winner if i in chosen else n.visible) for i, n in enumerate(nodes))


def _marked(node: Node, visible: bool) -> Node:
    marks = node.name.strip()[: len(node.name.strip()) - len(node.name.strip().lstrip("*!"))]
    visible = (visible or "!" in marks) and not is_flipped(node.name)
    if isinstance(node, Group):
        return replace(node, visible=visible, children=mark_visible(node.children))
    return replace(node, visible=visible)
