"""PSD and PSB → a tree of groups and leaves, by psd-tools. Pixels are decoded one layer at a time, when asked for.

Everything that psd-tools raises on a broken file comes out as one LayeringError.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kirie.errors import LayeringError
from layering.blending import GLOW
from layering.profile import Converter
from layering.reading import reading
from layering.stack import RGBA
from layering.tree import F32, MAX_DEPTH, Group, Leaf, Mask, Node, check_size

if TYPE_CHECKING:
    pass

MODES = ("RGB", "GRAYSCALE", "CMYK", "LAB", "DUOTONE")
"""Colour modes whose layers can be read."""

DRAWN = frozenset({"solidcolorfill", "gradientfill", "patternfill", "shape"})
"""Kinds that are a recipe rather than pixels."""

DRAWN_EFFECTS = frozenset({"ColorOverlay", "GradientOverlay", "PatternOverlay", "Stroke"})
"""Layer effects that psd-tools draws."""


def read_psd(path: Path) -> tuple[tuple[int, int], tuple[Node, ...]]:
    """(canvas (W, H), nodes back to front) of a PSD or PSB file. Call it and decode the leaves within `reading`."""
    check_header(path)
    from psd_tools import PSDImage
    from psd_tools.constants import CompatibilityMode

    psd = PSDImage.open(path, max_alloc_bytes=1 << 31)
    psd.compatibility_mode = CompatibilityMode.CLIP_STUDIO_PAINT    # a group may be clipped too
    mode = psd.color_mode.name
    if mode not in MODES:
        raise LayeringError(f"{path.name} is in {mode.lower()} colour mode", "convert it to RGB and save it again")
    if len(psd) == 0:
        raise LayeringError(f"{path.name} has no layers, only one flat picture", "save it with its layers, one for each part")
    return (psd.width, psd.height), _Tree(path, Converter.of_psd(psd)).nodes(psd)


def check_header(path: Path) -> None:
    """Look at the frame only: is it a PSD or PSB, is the canvas within the limits, are the layers all there?

    psd-tools reads a file that was cut short in silence, with empty layers.
    """
    with path.open("rb") as file:
        head = file.read(26)
        if head[:4] != b"8BPS" or len(head) < 26 or head[4:6] not in (b"\0\1", b"\0\2"):
            raise LayeringError(f"{path.name} is not a PSD file", "give a .psd, .psb or .ora file with layers")
        check_size(int.from_bytes(head[18:22], "big"), int.from_bytes(head[14:18], "big"), path.name)
        for width in (4, 4, 8 if head[5] == 2 else 4):      # colour mode, image resources, layers: length, then content
            file.seek(int.from_bytes(file.read(width), "big"), os.SEEK_CUR)
        if file.tell() > path.stat().st_size:
            raise LayeringError(f"{path.name} is cut short", "save or copy it again")


@dataclass(frozen=True, slots=True)
class _Tree:
    """Makes nodes of psd-tools' layers. path: the file, for messages; convert: its colours to sRGB."""

    path: Path
    convert: Converter

    def nodes(self, group: Any, depth: int = 0) -> tuple[Node, ...]:
        """The children of a document or group, back to front."""
        if depth > MAX_DEPTH:
            raise LayeringError(f"groups are nested more than {MAX_DEPTH} deep")
        return tuple(self.group(x, depth) if x.is_group() else self.leaf(x) for x in group)

    def group(self, layer: Any, depth: int) -> Group:
        """A group; artboards are groups too."""
        mode = layer.blend_mode.name.lower()
        through = mode == "pass_through"
        return Group(
            layer.name, layer.visible, layer.opacity / 255, "normal" if through else mode, layer.clipping, _masks(layer),
            children=self.nodes(layer, depth + 1), isolated=not through)  # fmt: skip

    def leaf(self, layer: Any) -> Leaf:
        """A layer of any other kind."""
        adjust, drawn = _adjustment(layer), _needs_drawing(layer)
        opacity = layer.opacity / 255 * (1.0 if drawn else layer.fill_opacity / 255)
        x, y = (0, 0) if drawn else (layer.left, layer.top)
        masks = () if drawn else _masks(layer)
        return Leaf(
            layer.name, layer.visible, 1.0 if drawn else opacity, _mode(layer), layer.clipping, masks,
            pixels=self.decoder(layer, drawn), offset=(x, y), adjust=adjust, remarks=_remarks(layer))  # fmt: skip

    def decoder(self, layer: Any, drawn: bool) -> Callable[[], RGBA | None]:
        """A function that decodes a layer's pixels; what broken data raise comes out as a LayeringError."""

        def decode() -> RGBA | None:
            with reading(self.path):
                return _drawn(layer) if drawn else _stored(layer, self.convert)

        return decode


def _is_adjustment(layer: Any) -> bool:
    from psd_tools.api.adjustments import AdjustmentLayer

    return isinstance(layer, AdjustmentLayer)


def _adjustment(layer: Any) -> Callable[[F32], F32] | None:
    """The recolouring function of an adjustment layer, None for other layers; a kind that cannot be read changes nothing."""
    if not _is_adjustment(layer):
        return None
    function = _adjuster(layer)
    if function is None:
        return lambda colour: colour
    from psd_tools.constants import ColorMode

    return lambda colour: np.clip(function(colour, ColorMode.RGB, layer), 0, 1).astype(np.float32)


def _adjuster(layer: Any) -> Callable[..., F32] | None:
    """psd-tools' function for an adjustment layer."""
    from psd_tools.composite.adjustments import ADJUSTMENT_FUNC

    found: Callable[..., F32] | None = ADJUSTMENT_FUNC.get(layer.kind)
    return found


def _needs_drawing(layer: Any) -> bool:
    """Whether the pixels stored in the file are not what the artist sees."""
    recipe = layer.kind in DRAWN or layer.has_vector_mask()
    return recipe or any(type(e).__name__ in DRAWN_EFFECTS for e in _effects(layer))


def _effects(layer: Any) -> list[Any]:
    return [e for e in layer.effects if e.enabled] if layer.has_effects() else []


def _remarks(layer: Any) -> tuple[str, ...]:
    """What is drawn differently from the artist's program."""
    remarks = []
    if _is_adjustment(layer) and _adjuster(layer) is None:
        remarks.append(f"{layer.kind} adjustment cannot be read: merge it in the drawing program")
    undrawn = sorted({e.name for e in _effects(layer) if type(e).__name__ not in DRAWN_EFFECTS})
    if undrawn:
        remarks.append(f"layer effects not drawn: {', '.join(undrawn)}; rasterise them in the drawing program")
    return tuple(remarks)


def _mode(layer: Any) -> str:
    """The blend mode's name. Clip Studio and SAI write their "add (glow)" as linear dodge whose transparency does not shape
    the layer; Photoshop's fill opacity acts in the same way."""
    from psd_tools.constants import Tag

    mode: str = layer.blend_mode.name.lower()
    shapes = layer.tagged_blocks.get_data(Tag.TRANSPARENCY_SHAPES_LAYER, 1)
    return mode + GLOW if mode == "linear_dodge" and (shapes == 0 or layer.fill_opacity < 255) else mode


def _masks(layer: Any) -> tuple[Mask, ...]:
    """The user mask of a layer or group, decoded at once: it is one channel."""
    mask = layer.mask if layer.has_mask() else None
    if mask is None or mask.disabled:
        return ()
    alpha = layer.numpy("mask")
    grey = np.zeros((0, 0), np.uint8) if alpha is None else (np.clip(alpha[..., 0], 0, 1) * 255 + 0.5).astype(np.uint8)
    return (Mask(grey, (mask.left, mask.top), mask.background_color),)


def _stored(layer: Any, convert: Converter) -> RGBA | None:
    """The pixels as the file holds them: uint8 (h, w, 4) sRGB straight alpha, None for a layer of no size."""
    if layer.width < 1 or layer.height < 1:
        return None
    check_size(layer.width, layer.height, f"layer {layer.name}")
    if layer._psd.depth == 8 and convert.plain:
        picture = layer.topil(apply_icc=False)
        return None if picture is None else np.asarray(picture.convert("RGBA"))
    colour = layer.numpy("color")
    if colour is None:
        return None
    alpha = layer.numpy("shape")
    return convert.to_rgba(colour, None if alpha is None else alpha[..., 0])


def _drawn(layer: Any) -> RGBA | None:
    """A fill, shape, masked path or layer with effects, drawn on the whole canvas by psd-tools, opacity and masks included."""
    picture = layer.composite(viewport=layer._psd.viewbox, force=True, layer_filter=lambda x: x is layer)
    return None if picture is None else np.asarray(picture.convert("RGBA"))
