"""What `kirie stylize` is composed of: `capture` sees who is in a photo, `stylize` draws them, `layering` takes the layers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kirie.errors import StylizeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from capture.person import PersonSeer
    from layering.stack import LayerStack
    from stylize.faces import Mesh
    from stylize.flat.portrait import Portrait
    from stylize.person import Mask
    from stylize.stylizer import Picture

FLAT = "flat"


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """rgb: uint8 (H, W, 3). meshes: of all faces, largest first. mask: float32 (H, W), 1 where people are.
    notes: what reading it changed.
    """

    rgb: Picture
    meshes: Sequence[Mesh]
    mask: Mask
    notes: tuple[str, ...] = ()


def model(name: str) -> Any:
    """A stylizer by its name or file; "flat" draws by the face's mesh."""
    if name == FLAT:
        from stylize.flat.model import FlatModel

        return FlatModel()
    from stylize.stylizer import load_stylizer

    return load_stylizer(name)


@contextmanager
def seer() -> Iterator[PersonSeer]:
    """What finds people and faces."""
    from capture.person import PersonSeer

    with PersonSeer() as found:
        yield found


def look(rgb: Picture, eyes: PersonSeer) -> tuple[list[Mesh], Mask]:
    """(meshes of all faces, largest first; refined mask of the people) of a picture uint8 (H, W, 3)."""
    from stylize.person import find_person

    return eyes.faces(rgb), find_person(rgb, eyes.mask)


def read_photo(path: Path) -> Photo:
    """A photo and who is in it. Raises LayeringError where it cannot be read, StylizeError where nobody is in it."""
    from layering import read_artwork

    artwork = read_artwork(path)
    rgb = on_white(artwork.rgba)
    with seer() as eyes:
        meshes, mask = look(rgb, eyes)
    if not meshes:
        raise StylizeError(f"no face was found in {path}",
                           "give a photo in which a face looks towards the camera; a drawing goes straight to: kirie rig")
    if float(mask.max()) < 0.5:
        raise StylizeError(f"no person was found in {path}", "give a photo in which the person stands out from the ground")
    return Photo(rgb, meshes, mask, artwork.notes)


def on_white(rgba: Picture) -> Picture:
    """A picture uint8 (H, W, 4) without its transparency: uint8 (H, W, 3)."""
    if (rgba[..., 3] == 255).all():
        return np.ascontiguousarray(rgba[..., :3])
    alpha = rgba[..., 3:].astype(np.float32) / 255
    flat: Picture = (rgba[..., :3] * alpha + 255 * (1 - alpha) + 0.5).astype(np.uint8)
    return flat


def doubts(photo: Photo) -> list[str]:
    """What the user may want to know of a photo."""
    from stylize.flat.suspicion import doubts as about

    others = len(photo.meshes) - 1
    more = [f"{others + 1} faces were found"] if others else []
    return [*photo.notes, *about(photo.rgb, photo.meshes[0]), *more]


def draw_layers(photo: Photo) -> LayerStack:
    """The largest person of a photo, flat, as layers that can be rigged at once."""
    from stylize.flat.model import FlatModel

    return stack_of(FlatModel().portraits(photo.rgb, photo.meshes, photo.mask)[-1])


def stack_of(portrait: Portrait) -> LayerStack:
    """The parts of a portrait as layers; "irides-l" is the part irides of the left side."""
    from layering.stack import Layer, LayerStack

    layers = []
    for each in portrait.parts:
        part, _, side = each.name.partition("-")
        layers.append(Layer(each.name, part, each.rgba, each.offset, side))
    return LayerStack(portrait.size, tuple(layers))
