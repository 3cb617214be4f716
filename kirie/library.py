"""The public functions of `import kirie`: thin, silent, numpy out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kirie.errors import KirieError

if TYPE_CHECKING:
    from layering.stack import RGBA, LayerStack
    from rig.params import ParameterFrame
    from rig.puppet import Puppet

LAYERED = (".psd", ".psb", ".ora")
PUPPET = ".puppet"


def load(path: str | Path) -> LayerStack | Puppet:
    """Read a layered drawing (.psd, .psb, .ora) as a LayerStack, or a .puppet as a Puppet.

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
    raise KirieError(f"{file} is neither a layered drawing nor a puppet", f"give a {', '.join(LAYERED)} or {PUPPET} file")


def rig(source: LayerStack | Puppet, name: str = "") -> Puppet:
    """Make a puppet of a LayerStack with no hand work; a Puppet is returned as it is. Raises RigError."""
    from layering.stack import LayerStack

    if not isinstance(source, LayerStack):
        return source
    from rig import build

    return build(source, name)


def render(puppet: Puppet, frames: Iterable[ParameterFrame], size: tuple[int, int] | None = None, fps: float = 30
           ) -> Iterator[RGBA]:  # fmt: skip
    """Draw a performance: uint8 (h, w, 4) pictures, sRGB, straight alpha, `fps` a second.

    frames: parameter values in time order, at any rate; they are resampled, springs swing, and where a frame has no face the
    puppet eases to rest. size: (w, h) px, by default the puppet's canvas. Raises RenderError where OpenGL is missing.
    """
    from render import frames as draw

    return draw(puppet, frames, size or puppet.canvas, fps)
