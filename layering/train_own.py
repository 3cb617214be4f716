"""Training from a person's own layered drawings: each becomes a flat picture, damaged by chance, beside the artist's."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from kirie.errors import LayeringError
from layering.stack import RGBA, LayerStack
from layering.train_data import Labels, classes_of, draw_by_chance

SUFFIXES = (".psd", ".psb", ".ora")
SHARE = 0.5
"""Of the samples that come from the folder; the rest the artist draws, so that nothing is unlearnt."""
SIDE = 640
"""Longer side, px, that drawings are brought to; the views have less."""


@dataclass(frozen=True)
class OwnDrawings:
    """Draws samples from the layered files of a folder and from the artist. Raises LayeringError for an empty folder."""

    folder: Path
    files: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        files = tuple(sorted(p for p in self.folder.rglob("*") if p.suffix.lower() in SUFFIXES))
        if not files:
            raise LayeringError(f"{self.folder} holds no layered drawings", f"put {', '.join(SUFFIXES)} files into it")
        object.__setattr__(self, "files", files)

    def __call__(self, rng: np.random.Generator) -> tuple[RGBA, Labels]:
        if rng.random() >= SHARE:
            return draw_by_chance(rng)
        from layering.artist import flatten

        picture = flatten(_stack(self.files[int(rng.integers(len(self.files)))]), rng)
        return picture.rgba, classes_of(picture.labels)


@lru_cache(maxsize=64)
def _stack(path: Path) -> LayerStack:
    """A layered file brought to SIDE px."""
    from dataclasses import replace

    import cv2

    from layering.artist.flat import premultiplied, straightened
    from layering.read import read_layers

    stack = read_layers(path)
    scale = min(1.0, SIDE / max(stack.canvas))
    if scale == 1:
        return stack
    layers = []
    for layer in stack.layers:
        size = max(1, round(layer.size[0] * scale)), max(1, round(layer.size[1] * scale))
        small = straightened(cv2.resize(premultiplied(layer.rgba), size, interpolation=cv2.INTER_AREA))
        layers.append(replace(layer, rgba=small, offset=(round(layer.offset[0] * scale), round(layer.offset[1] * scale))))
    return LayerStack((round(stack.canvas[0] * scale), round(stack.canvas[1] * scale)), tuple(layers))
