"""The exploded sheet: a picture that shows a person every layer, what it was taken for, and the whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from layering.stack import RGBA, Blend, Layer, LayerStack, blend_into, unpremultiply

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

TILE_W, TILE_H, CAPTION, GAP, MARGIN = 190, 150, 50, 14, 26
"""Size of a tile's picture, of the caption under it, and of the gaps, in px."""

PAPER, INK, FAINT, AMBER, RED, FRAME = "#f5f2ea", "#26221c", "#8a8273", "#a86400", "#b3261e", "#d9d2c3"
CHECKS = (np.uint8(196), np.uint8(180))
"""Two middle greys: white eyes and black lashes both show on them."""

SIDES = {"l": "left", "r": "right", "": ""}


def exploded_sheet(stack: LayerStack) -> RGBA:
    """A sheet uint8 (h, w, 4): the whole at the left, then each layer in drawing order, back first.

    Each tile shows the layer's pixels enlarged, its name, part, side and state, and a small map of where it lies. What
    rest does not show is framed and says so; a guess is amber, a warning red.
    """
    from PIL import Image, ImageDraw

    count = len(stack.layers)
    columns = max(1, math.ceil(math.sqrt(count * 1.25)))
    rows = max(2, math.ceil(count / columns))
    height = rows * (TILE_H + CAPTION + GAP) - GAP
    whole_w = max(TILE_W, min(height, round((height - CAPTION) * stack.canvas[0] / stack.canvas[1])))
    size = (2 * MARGIN + whole_w + columns * (TILE_W + GAP) + GAP, 2 * MARGIN + height)
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    kinds = {note.layer: note.kind for note in stack.notes if note.layer}
    picture = Image.fromarray(stack.composite())
    _whole(sheet, draw, picture, (MARGIN, MARGIN, whole_w, height - CAPTION), stack)
    mini = _mini(picture)
    for i, layer in enumerate(stack.layers):
        x = MARGIN + whole_w + 2 * GAP + (i % columns) * (TILE_W + GAP)
        y = MARGIN + (i // columns) * (TILE_H + CAPTION + GAP)
        _tile(sheet, draw, (x, y), layer, mini, stack.canvas)
        _caption(draw, (x, y + TILE_H), i + 1, layer, kinds.get(layer.name, "known"))
    return np.asarray(sheet.convert("RGBA")).copy()


def _checkerboard(width: int, height: int) -> Image:
    from PIL import Image

    rows, columns = np.indices((height, width)) // 10
    grey = np.where((rows + columns) % 2, *CHECKS)
    return Image.fromarray(np.dstack([grey] * 3).astype(np.uint8))


def _fit(picture: Image, width: int, height: int, enlarge: float) -> Image:
    """The picture scaled to fit a box, enlarged at most so many times; alpha is honoured in the scaling."""
    from PIL import Image

    scale = min(width / picture.width, height / picture.height, enlarge)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def _paste(sheet: Image, picture: Image, box: tuple[int, int, int, int], enlarge: float) -> tuple[int, int, int, int]:
    """Put a picture in the middle of a checkerboard (x, y, w, h); returns where it lies."""
    x, y, w, h = box
    sheet.paste(_checkerboard(w, h), (x, y))
    fitted = _fit(picture, w, h, enlarge)
    at = x + (w - fitted.width) // 2, y + (h - fitted.height) // 2
    sheet.paste(fitted, at, fitted)
    return (*at, fitted.width, fitted.height)


def _whole(sheet: Image, draw: ImageDraw, picture: Image, box: tuple[int, int, int, int], stack: LayerStack) -> None:
    _paste(sheet, picture, box, 2)
    x, y = box[0], box[1] + box[3] + 6
    draw.text((x, y), "the rest pose", INK, _font(17))
    hidden = sum(not layer.shown for layer in stack.layers)
    size = f"{stack.canvas[0]} x {stack.canvas[1]} px, {len(stack.layers)} layers"
    draw.text((x, y + 22), size + (f", {hidden} of them alternatives" if hidden else ""), FAINT, _font(13))


def _mini(picture: Image) -> Image:
    """A pale silhouette for the little maps."""
    from PIL import Image

    small = _fit(picture, 40, 40, 1)
    shape = Image.new("RGBA", small.size, (255, 255, 255, 110))
    shape.paste((120, 112, 98, 190), mask=small.getchannel("A"))
    return shape


def _tile(sheet: Image, draw: ImageDraw, at: tuple[int, int], layer: Layer, mini: Image, canvas: tuple[int, int]) -> None:
    from PIL import Image

    x, y = at
    _paste(sheet, Image.fromarray(_on_grey(layer)), (x, y, TILE_W, TILE_H), 3)
    left, top = x + TILE_W - mini.width - 3, y + 3
    sheet.paste(mini, (left, top), mini)
    scale = np.array([mini.width / canvas[0], mini.height / canvas[1]] * 2)
    box = np.clip(np.array(layer.bbox) * scale, 0, [mini.width - 1, mini.height - 1] * 2) + [left, top] * 2
    low, high = np.floor(box[:2]), np.maximum(np.ceil(box[2:]), np.floor(box[:2]) + 2)
    draw.rectangle((*low, *high), outline=RED)
    if not layer.shown:
        draw.rectangle((x, y, x + TILE_W - 1, y + TILE_H - 1), outline=AMBER, width=3)


def _on_grey(layer: Layer) -> RGBA:
    """What a layer does: its own pixels, or for a blend mode what it makes of the grey below it."""
    if layer.blend is Blend.NORMAL:
        return layer.rgba
    grey = np.full(layer.rgba.shape, CHECKS[1] / 255, np.float32)
    grey[..., 3] = 1
    blend_into(grey, layer.rgba.astype(np.float32) / 255, layer.blend)
    out = unpremultiply(grey)
    out[..., 3] = layer.rgba[..., 3]
    return out


def _caption(draw: ImageDraw, at: tuple[int, int], number: int, layer: Layer, kind: str) -> None:
    x, y = at
    draw.text((x, y + 3), _shortened(draw, f"{number}  {_drawable(layer.name)}"), INK, _font(15))
    what = " ".join(w for w in (layer.part, SIDES[layer.side], layer.state) if w)
    blend = "" if layer.blend.value == "normal" else f" ({layer.blend.value})"
    draw.text((x, y + 21), what + blend, {"guessed": AMBER, "warning": RED}.get(kind, FAINT), _font(13))
    extra = [w for w in ("" if layer.shown else "not at rest", "" if kind == "known" else kind) if w]
    draw.text((x, y + 35), ", ".join(extra), AMBER if kind != "warning" else RED, _font(12))


def _font(size: int):  # type: ignore[no-untyped-def]
    """Pillow's own font: no file is needed."""
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _drawable(name: str) -> str:
    """The name where Pillow's font has its letters (Latin); otherwise the caption's number and part must do."""
    shown = "".join(c for c in name if c.isprintable() and ord(c) < 0x250).strip()
    return shown if len(shown) >= max(1, len(name) // 2) else ""


def _shortened(draw: ImageDraw, text: str) -> str:
    """The text cut to a tile's width."""
    while len(text) > 4 and draw.textlength(text, _font(15)) > TILE_W:
        text = text[:-2].rstrip(".") + "."
    return text
