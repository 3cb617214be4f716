"""Which network a checkpoint is of, told by the names and shapes of its tensors alone.

Known: U-GAT-IT as znxlwm's PyTorch port and our own training save it (full, light, compact), photo2cartoon, AnimeGANv2.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kirie.errors import StylizeError

Shapes = Mapping[str, tuple[int, ...]]
DIRECTIONS = ("A2B", "B2A")
KNOWN = "U-GAT-IT (full, light or Kirie's compact), photo2cartoon and AnimeGANv2 are known"
WRAPPING = "module."
"""What PyTorch's DataParallel puts before every name."""


@dataclass(frozen=True, slots=True)
class Network:
    """kind: full, light, compact, photo2cartoon or animegan. channels: of the first layer. size: px that a full one was
    trained at. blocks: residual blocks before and after the attention.
    """

    kind: str
    channels: int = 32
    size: int = 256
    blocks: int = 4


def generator_of(content: Any, direction: str, where: str) -> dict[str, Any]:
    """The tensors of a checkpoint's generator by name. content: what was loaded. direction: A2B (photo to drawing) or B2A.

    Raises StylizeError, which names `where`, if there is none.
    """
    if not isinstance(content, dict):
        raise StylizeError(f"{where} holds no named tensors", KNOWN)
    here = [d for d in DIRECTIONS if f"gen{d}" in content]
    if here and direction not in here:
        raise StylizeError(f"{where} has no generator {direction}", f"--direction {here[0]}")
    state = content[f"gen{direction}"] if here else content
    if not isinstance(state, dict) or not all(isinstance(k, str) and hasattr(v, "shape") for k, v in state.items()):
        raise StylizeError(f"{where} holds no named tensors", KNOWN)
    return {name.removeprefix(WRAPPING): value for name, value in state.items()}


def recognise(shapes: Shapes, where: str) -> Network:
    """The network that tensors of these names and shapes are of. Raises StylizeError, which names `where`, if none."""
    try:
        if "block_a.0.1.weight" in shapes:
            return Network("animegan")
        if "HourGlass1.HG.2.weight" in shapes:
            return Network("photo2cartoon", shapes["ConvBlock1.1.weight"][0])
        if "to_half.2.weight" in shapes:
            return Network("compact", shapes["gap_fc.weight"][1] // 4, blocks=_blocks(shapes))
        if "UpBlock1_1.norm1.rho" in shapes:
            return _u_gat_it(shapes)
    except (KeyError, IndexError) as error:
        raise StylizeError(f"{where} is broken: {error} is missing or has a wrong shape", KNOWN) from error
    first = min(shapes, default="no tensor at all")
    raise StylizeError(f"{where} is of no network that Kirie knows: it begins with {first}", KNOWN)


def compare(wanted: Shapes, given: Shapes, where: str) -> None:
    """Raise StylizeError, which names the first wrong key, unless names and shapes are the same. Order is `wanted`'s."""
    for name, shape in wanted.items():
        if name not in given:
            raise StylizeError(f"{where} lacks {name}", "the checkpoint is incomplete, or of a changed network")
        if tuple(given[name]) != tuple(shape):
            raise StylizeError(f"{where}: {name} has the shape {tuple(given[name])} instead of {tuple(shape)}",
                               "the checkpoint is of a changed network")  # fmt: skip
    for name in given:
        if name not in wanted:
            raise StylizeError(f"{where} has {name}, which the network does not know", "the checkpoint is of a changed network")


def _u_gat_it(shapes: Shapes) -> Network:
    channels = shapes["DownBlock.1.weight"][0]
    width, seen = shapes["FC.0.weight"][:2]
    blocks = _blocks(shapes)
    if width == seen:
        return Network("light", channels, blocks=blocks)
    return Network("full", channels, 4 * math.isqrt(seen // (4 * channels)), blocks)


def _blocks(shapes: Shapes) -> int:
    """How many decoder blocks are there, counted without gaps."""
    count = 0
    while f"UpBlock1_{count + 1}.norm1.rho" in shapes:
        count += 1
    return count
