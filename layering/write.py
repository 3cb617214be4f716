"""LayerStack → PSD that other programs and riggers open: flat, 8-bit RGBA, cropped layers, See-through's names."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kirie.errors import LayeringError
from kirie.files import atomic
from layering.blending import NAMES
from layering.stack import RGBA, Layer, LayerStack
from layering.tree import check_size

if TYPE_CHECKING:
    from psd_tools import PSDImage

STATES = {"open": "_open", "closed": "_close", "": ""}


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eyes", ("eyebrow", "eyewhite", "irides", "eyelash", "eye")), ("hair", ("front hair", "back hair", "hair")),
    ("head", ("face", "facedetail", "nose", "mouth", "ears", "eyewear", "earwear", "headwear")),
    ("body", ("neck", "neckwear", "topwear", "bottomwear", "handwear", "legwear", "footwear", "body", "tail", "wings")),
    ("things", ("objects",)))  # fmt: skip
"""Folders for artists who want them, and the parts that they hold."""


def write_psd(stack: LayerStack, path: str | Path, groups: bool = False, dpi: tuple[float, float] | None = None) -> None:
    """Write the stack as a layered PSD; `read_layers` gives the same parts, sides, states and pixels back.

    groups: put neighbouring layers of the eyes, hair, head and body into folders. dpi: of the picture, where known. Layers
    that rest does not show are hidden in the file. An existing file is replaced only once the new one is whole. Raises
    LayeringError for an empty or too large stack, or when the file cannot be written.
    """
    from PIL import Image
    from psd_tools import PSDImage
    from psd_tools.constants import BlendMode

    path = Path(path)
    check_size(*stack.canvas, path.name)
    if not stack.layers:
        raise LayeringError(f"there are no layers to write to {path.name}")
    psd = PSDImage.frompil(Image.fromarray(_on_white(stack)))
    made = []
    for layer, name in zip(stack.layers, psd_names(stack.layers), strict=True):
        mode = BlendMode[NAMES[layer.blend].upper()]
        left, top = layer.offset
        written = psd.create_pixel_layer(Image.fromarray(layer.rgba), name, top, left, blend_mode=mode)
        written.name, written.visible = name, layer.shown
        made.append(written)
    for group, members in _folders(stack.layers) if groups else ():
        run = [made[i] for i in members]
        if group and len(run) > 1:
            psd.create_group(run, name=group)
        else:                                               # moved to the top as well, so that the order stays
            for single in run:
                psd.remove(single)
                psd.append(single)
    if dpi is not None:
        _set_resolution(psd, dpi)
    info = psd._record.layer_and_mask_information.layer_info
    info.layer_count = -abs(info.layer_count)   # says that the preview's fourth channel is its transparency
    try:
        with atomic(path) as beside, beside.open("wb") as file:
            psd._record.write(file)             # PSDImage.save would compose a preview of its own, slowly
    except OSError as error:
        raise LayeringError(f"cannot write {path}: {error.strerror or error}") from error


def _folders(layers: Sequence[Layer]) -> list[tuple[str, list[int]]]:
    """(folder, indices of its layers) for each run of neighbours that belong together."""
    home = {part: group for group, parts in GROUPS for part in parts}
    return [(group, list(run)) for group, run in groupby(range(len(layers)), key=lambda i: home[layers[i].part])]


def _set_resolution(psd: PSDImage, dpi: tuple[float, float]) -> None:
    """Pixels per inch as an image resource: two 16.16 numbers, each with its unit and the unit that sizes are shown in."""
    from psd_tools.constants import Resource
    from psd_tools.psd.image_resources import ImageResource

    x, y = (round(min(max(v, 1.0), 30_000.0) * 65536) for v in dpi)
    data = struct.pack(">I2HI2H", x, 1, 1, y, 1, 1)
    psd.image_resources[Resource.RESOLUTION_INFO] = ImageResource(key=Resource.RESOLUTION_INFO, data=data)


def psd_names(layers: Sequence[Layer]) -> list[str]:
    """Unique names that read back to the same part, side and state: "irides-l", "mouth_close", "front hair-2" ..."""
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        state = STATES[layer.state] if layer.part in ("eye", "eyewhite", "irides", "eyelash", "mouth") else ""
        name = layer.part + state + (f"-{layer.side}" if layer.side else "")
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


def _on_white(stack: LayerStack) -> RGBA:
    """The preview uint8 (H, W, 4) as Photoshop stores it: colour over white, alpha beside it."""
    picture = stack.composite()
    alpha = picture[..., 3:].astype(np.float32) / 255
    colour = picture[..., :3] * alpha + 255 * (1 - alpha)
    return np.dstack([(colour + 0.5).astype(np.uint8), picture[..., 3]])
