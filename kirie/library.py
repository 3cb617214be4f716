"""The public functions of `import kirie`: thin, silent, numpy out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kirie.errors import KirieError

if TYPE_CHECKING:
    from layering.artwork import Artwork
    from layering.stack import RGBA, LayerStack
    from rig.params import ParameterFrame
    from rig.puppet import Puppet

LAYERED = (".psd", ".psb", ".ora")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
PUPPET = ".puppet"


def load(path: str | Path) -> Artwork | LayerStack | Puppet:
    """Read a flat picture (.png, .jpg, .webp ...) as an Artwork, a layered drawing (.psd, .psb, .ora) as a LayerStack, or a
    .puppet as a Puppet.

    Raises LayeringError or RigError where the file is broken, KirieError where its kind is unknown.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if not file.is_file():
        raise KirieError(f"there is no file {file}", "check the path")
    if suffix == PUPPET:
        from rig import load as load_puppet

        return load_puppet(file)
    if suffix in LAYERED:
        from layering import read_layers

        return read_layers(file)
    if suffix in PICTURES:
        from layering import read_artwork

        return read_artwork(file)
    raise KirieError(f"{file} is neither a picture, a layered drawing nor a puppet",
                     f"give a .png, .jpg, .webp, {', '.join(LAYERED)} or {PUPPET} file")  # fmt: skip


def split(artwork: Artwork, colours: int = 10) -> LayerStack:
    """Take a flat picture apart into layers, hidden parts painted in; its notes say what was found, missing and unsure.

    colours: of the palette. Raises LayeringError for a picture that does not hold one character.
    """
    from layering import split as take_apart

    return take_apart(artwork, colours).stack


def rig(source: Artwork | LayerStack | Puppet, name: str = "") -> Puppet:
    """Make a puppet with no hand work, of a flat picture or of layers; a Puppet is returned as it is.

    Raises RigError, and LayeringError for a picture that cannot be split.
    """
    from layering.artwork import Artwork
    from layering.stack import LayerStack

    stack = split(source) if isinstance(source, Artwork) else source
    if not isinstance(stack, LayerStack):
        return stack
    from rig import build

    return build(stack, name or (source.name if isinstance(source, Artwork) else ""))


def render(puppet: Puppet, frames: Iterable[ParameterFrame], size: tuple[int, int] | None = None, fps: float = 30
           ) -> Iterator[RGBA]:  # fmt: skip
    """Draw a performance: uint8 (h, w, 4) pictures, sRGB, straight alpha, `fps` a second.

    frames: parameter values in time order, at any rate; they are resampled, springs swing, and where a frame has no face the
    puppet eases to rest. size: (w, h) px, by default the puppet's canvas. Raises RenderError where OpenGL is missing.
    """
    from render import frames as draw

    return draw(puppet, frames, size or puppet.canvas, fps)
