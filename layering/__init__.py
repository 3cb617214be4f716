"""Layered files in and out: PSD, PSB and OpenRaster → LayerStack → PSD, and a sheet to look at."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from layering.stack import Blend, Layer, LayerStack, Note

if TYPE_CHECKING:
    from layering.read import read_layers
    from layering.sheet import exploded_sheet
    from layering.write import write_psd

_LATE = {"read_layers": "layering.read", "write_psd": "layering.write", "exploded_sheet": "layering.sheet"}
"""Imported when first used: psd-tools and Pillow would cost every command 0.3 s."""

__all__ = ["Blend", "Layer", "LayerStack", "Note", "exploded_sheet", "read_layers", "write_psd"]


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
