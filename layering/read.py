"""The door: a layered file → a LayerStack."""

from __future__ import annotations

from pathlib import Path

from kirie.errors import LayeringError
from layering.flatten import Flattener
from layering.names import EYE_PARTS, Meaning, read_name
from layering.ora import read_ora
from layering.psd import read_psd
from layering.raw import Path as Names
from layering.reading import reading
from layering.stack import LayerStack
from layering.tree import Node, mark_visible
from layering.understand import understand


def read_layers(path: str | Path) -> LayerStack:
    """Read a PSD, PSB or OpenRaster file and find out what its layers are.

    Layers keep the artist's order and pixels; `LayerStack.composite()` of the result is the picture at rest. The notes say
    what was known by name, guessed by place, or could not be kept. Raises LayeringError for a file that cannot be used.
    """
    path = Path(path)
    canvas, nodes = _open(path)
    flat = Flattener(canvas, _is_alternative, _stays_apart)
    layers = flat.flatten(mark_visible(nodes))
    if not layers:
        raise LayeringError(f"{path.name} has no visible pixels", "show the layers of the character and save it again")
    return understand(canvas, layers, flat.notes)


def _open(path: Path) -> tuple[tuple[int, int], tuple[Node, ...]]:
    """(canvas, nodes) by what the file is, whatever its suffix."""
    with reading(path):
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        return read_ora(path) if is_zip else read_psd(path)


def _is_alternative(path: Names) -> bool:
    """Whether a hidden layer is wanted: a drawn state of an eye or the mouth."""
    meaning = read_name(path)
    return meaning.pivot or _has_state(meaning)


def _has_state(meaning: Meaning) -> bool:
    return meaning.state in ("open", "closed") and (meaning.part in EYE_PARTS or meaning.part == "mouth")


def _stays_apart(base: Names, clipped: Names) -> bool:
    """Whether a clipped layer must stay a layer of its own to move: the iris on the white of the eye."""
    return read_name(clipped).part == "irides" and read_name(base).part == "eyewhite"
