"""The artist draws labelled characters as layers with every hidden pixel; the drawing library loads on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from layering.stack import LayerStack

__all__ = ["heroine"]


def heroine() -> LayerStack:
    """Kirie's own demo character: a flat-shaded bust, 1024x1024, frontal, eyes open, mouth closed."""
    from layering.artist.heroine_stack import heroine as draw

    return draw()
