"""The artist draws labelled characters as layers with every hidden pixel; the drawing library loads on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layering.artist.character import random_character
    from layering.artist.flat import LABELS, FlatPicture, flatten, label_map
    from layering.artist.heroine_stack import heroine

_LATE = {
    "heroine": "heroine_stack", "random_character": "character",
    "flatten": "flat", "FlatPicture": "flat", "LABELS": "flat", "label_map": "flat",
}  # fmt: skip

__all__ = ["LABELS", "FlatPicture", "flatten", "heroine", "label_map", "random_character"]


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
