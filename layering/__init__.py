"""Layers: out of a flat picture, or from PSD, PSB and OpenRaster; into a PSD, and onto a sheet to look at."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from layering.stack import Blend, Layer, LayerStack, Note

if TYPE_CHECKING:
    from layering.artwork import Artwork, read_artwork
    from layering.read import read_layers
    from layering.sheet import exploded_sheet
    from layering.splitting import Split, split
    from layering.write import write_psd

_LATE = {
    "read_layers": "layering.read", "write_psd": "layering.write", "exploded_sheet": "layering.sheet",
    "Artwork": "layering.artwork", "read_artwork": "layering.artwork",
    "Split": "layering.splitting", "split": "layering.splitting",
}  # fmt: skip
"""Imported when first used: psd-tools and Pillow would cost every command 0.3 s."""

__all__ = ["Artwork", "Blend", "Layer", "LayerStack", "Note", "Split", "exploded_sheet", "read_artwork", "read_layers", "split",
           "write_psd"]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
