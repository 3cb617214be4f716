"""OpenRaster (.ora) → a tree of groups and leaves. A zip with stack.xml and PNG layers: openraster.org/baseline/."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kirie.errors import LayeringError
from layering.reading import reading
from layering.stack import RGBA
from layering.tree import MAX_DEPTH, Group, Leaf, Node, check_size

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

OPS: dict[str, str] = {
    "svg:plus": "linear_dodge", "svg:lighten": "lighten", "svg:darken": "darken", "svg:multiply": "multiply",
    "svg:screen": "screen", "svg:overlay": "overlay", "svg:hard-light": "hard_light", "svg:soft-light": "soft_light",
    "svg:color-dodge": "color_dodge", "svg:color-burn": "color_burn", "svg:difference": "difference", "svg:hue": "hue",
    "svg:saturation": "saturation", "svg:color": "color", "svg:luminosity": "luminosity", "krita:exclusion": "exclusion",
    "krita:subtract": "subtract", "krita:divide": "divide", "krita:linear_burn": "linear_burn"}  # fmt: skip
"""OpenRaster's composite-op (and what Krita adds) → psd-tools' lower-case names of blend modes."""

MAX_XML, MAX_PNG = 4_000_000, 400_000_000
"""Bytes of stack.xml and of one unpacked layer file."""


def read_ora(path: Path) -> tuple[tuple[int, int], tuple[Node, ...]]:
    """(canvas (W, H), nodes back to front) of an OpenRaster file. Call it and decode the leaves within `reading`."""
    try:
        with zipfile.ZipFile(path) as archive:
            root = _parse(_member(archive, "stack.xml", MAX_XML))
    except zipfile.BadZipFile as error:
        raise LayeringError(f"{path.name} is not an OpenRaster file, or it is cut short", "save it again") from error
    canvas = _whole(root.get("w")), _whole(root.get("h"))
    check_size(*canvas, path.name)
    stack = root.find("stack")
    nodes = () if stack is None else _children(path, stack, 0)
    if not nodes:
        raise LayeringError(f"{path.name} has no layers", "save it with its layers, one for each part")
    return canvas, nodes


def _parse(xml: bytes) -> Element:
    """The document element; entities are refused, as they can swell without end."""
    from xml.etree import ElementTree

    if b"<!ENTITY" in xml or b"<!DOCTYPE" in xml:
        raise LayeringError("stack.xml declares entities, which no drawing program writes")
    return ElementTree.fromstring(xml)


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise LayeringError(f"the OpenRaster file lacks {name}", "save it again from the drawing program") from error
    if info.file_size > limit:
        raise LayeringError(f"{name} in the OpenRaster file is {info.file_size} bytes, over the limit of {limit}")
    return archive.read(info)


def _whole(text: str | None) -> int:
    """A length or position: a whole number, or one that a program wrote with decimals."""
    value = round(float(text or 0))
    if abs(value) > 1_000_000:
        raise LayeringError(f"{text} is no position in a picture")
    return value


def _children(path: Path, stack: Element, depth: int) -> tuple[Node, ...]:
    """OpenRaster lists the top-most layer first."""
    if depth > MAX_DEPTH:
        raise LayeringError(f"groups are nested more than {MAX_DEPTH} deep")
    elements = [e for e in reversed(stack) if e.tag in ("layer", "stack")]
    return tuple(_node(path, e, depth) for e in elements)


def _node(path: Path, element: Element, depth: int) -> Node:
    """One layer or stack; a stack's x and y are ignored, as Krita and MyPaint do (layers carry canvas positions)."""
    name, op = element.get("name", ""), element.get("composite-op", "svg:src-over")
    visible = element.get("visibility", "visible") != "hidden"
    opacity = min(max(float(element.get("opacity", 1)), 0.0), 1.0)
    clip, mode = op == "svg:src-atop", OPS.get(op, "normal")
    if element.tag == "stack":
        isolated = element.get("isolation", "auto") == "isolate" or opacity < 1 or mode != "normal"
        children = _children(path, element, depth + 1)
        return Group(name, visible, opacity, mode, clip, isolated=isolated, children=children)
    remarks = () if op in OPS or op in ("svg:src-over", "svg:src-atop") else (f"composite-op {op} read as normal",)
    offset = _whole(element.get("x")), _whole(element.get("y"))
    pixels = _decoder(path, element.get("src", ""))
    return Leaf(name, visible, opacity, mode, clip, pixels=pixels, offset=offset, remarks=remarks)


def _decoder(path: Path, source: str) -> Callable[[], RGBA | None]:
    """A function that decodes one layer; what a broken PNG raises comes out as a LayeringError."""

    def decode() -> RGBA | None:
        with reading(path):
            return _pixels(path, source)

    return decode


def _pixels(path: Path, source: str) -> RGBA | None:
    """uint8 (h, w, 4) sRGB straight alpha of one PNG in the file."""
    from PIL import Image

    with zipfile.ZipFile(path) as archive:
        data = _member(archive, source, MAX_PNG)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        check_size(*picture.size, f"layer {source}")
        wide = picture.mode in ("I;16", "I;16B", "I")
        if wide:
            grey = (np.asarray(picture).astype(np.float32) / 257 + 0.5).clip(0, 255).astype(np.uint8)
            return np.dstack([grey, grey, grey, np.full_like(grey, 255)])
        return np.asarray(picture.convert("RGBA")).copy()
