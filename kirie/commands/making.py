"""Steps that several commands share, from a file to a stack, a puppet, pictures and a film."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kirie.commands.common import beside
from kirie.commands.progress import counted, progress
from kirie.errors import LayeringError
from kirie.library import LAYERED, PICTURES, load

if TYPE_CHECKING:
    from layering import Artwork, Split
    from layering.stack import RGBA, LayerStack
    from rig import Overrides, ParameterFrame, Puppet

OVERRIDES = ".overrides.toml"
"""The suffix of the TOML file of corrections that lies beside a drawing."""


def look_at(picture: Path, colours: int = 10, keep: Path | None = None) -> tuple[Artwork, Split]:
    """A flat picture, and its layers. keep: a folder for every stage's picture."""
    from layering import read_artwork, split

    artwork = read_artwork(picture)
    return artwork, split(artwork, colours, keep)


def read_stack(path: Path) -> LayerStack:
    """The layers of a drawing, layered or flat; a PSD of one layer is refused, since nothing can move by itself."""
    from layering import read_layers

    if path.suffix.lower() in PICTURES:
        return look_at(path)[1].stack
    stack = read_layers(path)
    if len(stack.layers) < 2:
        raise LayeringError(f"{path} has no layers to move: it is one flat picture",
                            "save it as a PNG, then: kirie split; or draw hair, face, eyes, mouth on layers of their own")
    return stack


def set_by_hand(path: Path, curvature: float | None = None) -> Overrides:
    """What the user set in the overrides' file, where there is one, and on the command line."""
    from rig import Overrides, read_overrides

    given = read_overrides(path) if path.exists() else Overrides()
    return given if curvature is None else replace(given, curvature=curvature)


def open_puppet(path: Path) -> Puppet:
    """A .puppet as it is; a drawing, layered or flat, is rigged, with the corrections that lie beside it."""
    from rig import build
    from rig.puppet import Puppet

    if path.suffix.lower() in (*LAYERED, *PICTURES):
        return build(read_stack(path), path.stem, set_by_hand(beside(path, OVERRIDES)))
    puppet = load(path)
    assert isinstance(puppet, Puppet)
    return puppet


def write_png(path: Path, rgba: RGBA) -> None:
    """A picture, uint8 (h, w, 4) straight alpha, as PNG."""
    from PIL import Image

    from kirie.files import atomic

    with atomic(path) as beside_it:
        Image.fromarray(rgba).save(beside_it, format="PNG", compress_level=4)


def write_movie(path: Path, pictures: Iterator[RGBA], fps: float, total: int, sound: Path | None = None) -> None:
    """Write a film of about `total` pictures, with progress."""
    from render import write_film

    with progress(f"drawing {path.name}") as report:
        write_film(path, counted(pictures, report, total), fps, sound=sound)


def picture_count(frames: Sequence[ParameterFrame], fps: float) -> int:
    """About how many pictures a performance gives."""
    return max(math.ceil((frames[-1].time - frames[0].time) * fps), 1)
