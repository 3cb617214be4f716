"""LayerStack → PSD that other programs and riggers open: flat, 8-bit RGBA, cropped layers, See-through's names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kirie.errors import LayeringError
from kirie.files import atomic
from layering.blending import NAMES
from layering.stack import RGBA, Layer, LayerStack
from layering.tree import check_size

STATES = {"open": "_open", "closed": "_close", "": ""}


def write_psd(stack: LayerStack, path: str | Path) -> None:
    """Write the stack as a layered PSD; `read_layers` gives the same parts, sides, states and pixels back.

    Layers that rest does not show are hidden in the file. An existing file is replaced only once the new one is whole.
    Raises LayeringError for an empty or too large stack, or when the file cannot be written.
    """
    from PIL import Image
    from psd_tools import PSDImage
    from psd_tools.constants import BlendMode

    path = Path(path)
    check_size(*stack.canvas, path.name)
    if not stack.layers:
        raise LayeringError(f"there are no layers to write to {path.name}")
    psd = PSDImage.frompil(Image.fromarray(_on_white(stack)))
    for layer, name in zip(stack.layers, psd_names(stack.layers), strict=True):
        mode = BlendMode[NAMES[layer.blend].upper()]
        left, top = layer.offset
        written = psd.create_pixel_layer(Image.fromarray(layer.rgba), name, top, left, blend_mode=mode)
        written.name, written.visible = name, layer.shown
    info = psd._record.layer_and_mask_information.layer_info
    info.layer_count = -abs(info.layer_count)   # says that the preview's fourth channel is its transparency
    try:
        with atomic(path) as beside, beside.open("wb") as file:
            psd._record.write(file)             # PSDImage.save would compose a preview of its own, slowly
    except OSError as error:
        raise LayeringError(f"cannot write {path}: {error.strerror or error}") from error


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
