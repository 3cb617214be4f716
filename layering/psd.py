"""PSD and PSB → a tree of groups and leaves, by psd-tools. Pixels are decoded one layer at a time, when asked for.

Everything that psd-tools raises on a broken file comes out as one LayeringError.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kirie.errors import LayeringError
from layering.profile import Converter
from layering.stack import RGBA
from layering.tree import F32, MAX_DEPTH, Group, Leaf, Mask, Node, check_size

if TYPE_CHECKING:
    from psd_tools import PSDImage

MODES = ("RGB", "GRAYSCALE", "CMYK", "LAB", "DUOTONE")
"""Colour modes whose layers can be read."""

DRAWN = frozenset({"solidcolorfill", "gradientfill", "patternfill", "shape"})
"""Kinds that are a recipe rather than pixels."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever a broken file makes the parsers raise into one LayeringError, and keep their logging to themselves."""
    log = logging.getLogger("psd_tools")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except LayeringError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise LayeringError(f"cannot read {path}: {error.strerror}") from error
        raise LayeringError(f"{path.name} is broken or cut short", "save it again from the drawing program") from error
    except MemoryError as error:
        raise LayeringError(f"{path.name} needs more memory than there is", "scale the drawing down") from error
    except Exception as error:                  # psd-tools raises nearly anything on garbage: struct.error, KeyError ...
        raise LayeringError(f"{path.name} is broken or cut short", "save it again from the drawing program") from error
    finally:
        log.setLevel(level)


def read_psd(path: Path) -> tuple[tuple[int, int], tuple[Node, ...]]:
    """(canvas (W, H), nodes back to front) of a PSD or PSB file. Call it and decode the leaves within `reading`."""
    check_header(path)
    from psd_tools import PSDImage

    psd = PSDImage.open(path, max_alloc_bytes=1 << 31)
    mode = psd.color_mode.name
    if mode not in MODES:
        raise LayeringError(f"{path.name} is in {mode.lower()} colour mode", "convert it to RGB and save it again")
    if len(psd) == 0:
        raise LayeringError(f"{path.name} has no layers, only one flat picture", "save it with its layers, one for each part")
    return (psd.width, psd.height), _nodes(psd, Converter.of_psd(psd), 0)


def check_header(path: Path) -> None:
    """Look at the first 26 bytes only: is it a PSD or PSB, and is the canvas within the limits?"""
    with path.open("rb") as file:
        head = file.read(26)
    if head[:4] != b"8BPS" or len(head) < 26 or head[4:6] not in (b"\0\1", b"\0\2"):
        raise LayeringError(f"{path.name} is not a PSD file", "give a .psd, .psb or .ora file with layers")
    check_size(int.from_bytes(head[18:22], "big"), int.from_bytes(head[14:18], "big"), path.name)


def _nodes(group: Any, convert: Converter, depth: int) -> tuple[Node, ...]:
    if depth > MAX_DEPTH:
        raise LayeringError(f"groups are nested more than {MAX_DEPTH} deep")
    return tuple(_node(layer, convert, depth) for layer in group)


def _node(layer: Any, convert: Converter, depth: int) -> Node:
    common = {
        "name": layer.name, "visible": layer.visible, "opacity": layer.opacity / 255, "clip": layer.clipping,
        "mode": layer.blend_mode.name.lower(), "masks": _masks(layer)}  # fmt: skip
    if layer.is_group():
        isolated = common["mode"] != "pass_through"
        common["mode"] = common["mode"] if isolated else "normal"
        return Group(**common, isolated=isolated, children=_nodes(layer, convert, depth + 1))
    adjust, remarks = _adjustment(layer), _remarks(layer)
    if adjust is not None or _is_adjustment(layer):
        return Leaf(**common, adjust=adjust or (lambda colour: colour), remarks=remarks)
    drawn = _needs_drawing(layer)
    box = layer._psd.viewbox if drawn else layer.bbox
    if drawn:
        common["masks"] = ()
        common["opacity"] *= 1.0
    else:
        common["opacity"] *= layer.fill_opacity / 255
    return Leaf(**common, offset=(box[0], box[1]), pixels=_decoder(layer, convert, drawn), remarks=remarks)


def _is_adjustment(layer: Any) -> bool:
    from psd_tools.api.adjustments import AdjustmentLayer

    return isinstance(layer, AdjustmentLayer)


def _adjustment(layer: Any) -> Callable[[F32], F32] | None:
    """The recolouring function of an adjustment layer, None for other layers and for kinds that psd-tools cannot do."""
    if not _is_adjustment(layer):
        return None
    from psd_tools.composite.adjustments import ADJUSTMENT_FUNC
    from psd_tools.constants import ColorMode

    function = ADJUSTMENT_FUNC.get(layer.kind)
    if function is None:
        return None
    return lambda colour: np.clip(function(colour, ColorMode.RGB, layer), 0, 1).astype(np.float32)


def _needs_drawing(layer: Any) -> bool:
    """Whether the pixels stored in the file are not what the artist sees."""
    if layer.kind in DRAWN or layer.has_vector_mask():
        return True
    return bool(layer.has_effects())


def _remarks(layer: Any) -> tuple[str, ...]:
    """What is drawn differently from the artist's program."""
    remarks = []
    if _is_adjustment(layer) and _adjustment(layer) is None:
        remarks.append(f"{layer.kind} adjustment cannot be read: merge it in the drawing program")
    effects = [e for e in layer.effects if e.enabled] if layer.has_effects() else []
    undrawn = sorted({e.name.lower() for e in effects if not _effect_drawn(e)})
    if undrawn:
        remarks.append(f"layer effects not drawn: {', '.join(undrawn)}; rasterise them in the drawing program")
    return tuple(remarks)


def _effect_drawn(effect: Any) -> bool:
    return type(effect).__name__ in ("ColorOverlay", "GradientOverlay", "PatternOverlay", "Stroke")


def _masks(layer: Any) -> tuple[Mask, ...]:
    """The user mask of a layer or group, decoded at once: it is one channel."""
    mask = layer.mask if layer.has_mask() else None
    if mask is None or mask.disabled:
        return ()
    alpha = layer.numpy("mask")
    if alpha is None:
        grey = np.zeros((0, 0), np.uint8)
    else:
        grey = (np.clip(alpha[..., 0], 0, 1) * 255 + 0.5).astype(np.uint8)
    return (Mask(grey, (mask.left, mask.top), mask.background_color),)


def _decoder(layer: Any, convert: Converter, drawn: bool) -> Callable[[], RGBA | None]:
    """A function that decodes a layer's pixels; the arguments are bound here, not in a loop."""
    return (lambda: _drawn(layer)) if drawn else (lambda: _stored(layer, convert))


def _stored(layer: Any, convert: Converter) -> RGBA | None:
    """The pixels as the file holds them: uint8 (h, w, 4) sRGB straight alpha, None for a layer of no size."""
    if layer.width < 1 or layer.height < 1:
        return None
    check_size(layer.width, layer.height, f"layer {layer.name}")
    colour = layer.numpy("color")
    if colour is None:
        return None
    alpha = layer.numpy("shape")
    return convert.to_rgba(colour, None if alpha is None else alpha[..., 0])


def _drawn(layer: Any) -> RGBA | None:
    """A fill, shape, masked path or layer with effects, drawn on the whole canvas by psd-tools, without opacity and mode."""
    psd: PSDImage = layer._psd
    picture = layer.composite(viewport=psd.viewbox, layer_filter=lambda x: x is layer or not x.clipping)
    return None if picture is None else np.asarray(picture.convert("RGBA")).copy()
