"""A puppet as a JSON document and two blocks of numbers: the layout of a `.puppet` file, version 1.

Arrays are not in the JSON. They stand one after another, in the order in which the document mentions them, in a block of
little-endian float32 (vertices, uv, depth, head, body, then offsets and opacity of each keyform, then the sways' weights) and a
block of little-endian int32 (triangles). The document gives counts only, so there are no offsets that could point elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Blend
from rig import valid
from rig.fields import Fault, Fields, as_number
from rig.params import Parameter
from rig.puppet import Keyforms, Mesh, Part, Puppet, Spring, Surface, Sway

VERSION = 1
FORMAT = "kirie puppet"
FLOAT, INT = np.dtype("<f4"), np.dtype("<i4")


def encode(puppet: Puppet) -> tuple[dict[str, Any], bytes, bytes]:
    """(document, float block, int block) of a valid puppet; textures are the store's business."""
    floats: list[npt.NDArray[np.float32]] = []
    document = {
        "format": FORMAT, "version": VERSION, "name": puppet.name, "canvas": [int(x) for x in puppet.canvas],
        "surface": _plain(asdict(puppet.surface)), "parameters": [_plain(asdict(p)) for p in puppet.parameters],
        "springs": [_plain(asdict(s)) for s in puppet.springs], "anchors": _plain(puppet.anchors),
        "parts": [_part_out(p, floats) for p in puppet.parts],
    }  # fmt: skip
    triangles = [p.mesh.triangles for p in puppet.parts]
    return document, _block(floats, FLOAT), _block(triangles, INT)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as float (NumPy's own too), points as lists of them, texts as they are."""
    return {name: x if isinstance(x, str) else [float(y) for y in x] if isinstance(x, tuple) else float(x)
            for name, x in values.items()}  # fmt: skip


def _block(arrays: list[Any], dtype: np.dtype[Any]) -> bytes:
    return b"".join(np.ascontiguousarray(a, dtype).tobytes() for a in arrays)


def _part_out(part: Part, floats: list[npt.NDArray[np.float32]]) -> dict[str, Any]:
    floats += [part.mesh.vertices, part.mesh.uv, part.depth, part.head, part.body]
    forms = []
    for form in part.keyforms:
        forms.append({"axes": list(form.axes), "keys": [[float(k) for k in keys] for keys in form.keys],
                      "offsets": form.offsets is not None, "opacity": form.opacity is not None})  # fmt: skip
        floats += [x for x in (form.offsets, form.opacity) if x is not None]
    floats += [s.weight for s in part.sways]
    return {"name": part.name, "part": part.part, "side": part.side, "blend": part.blend.value, "masks": list(part.masks),
            "drawn": bool(part.drawn), "opacity": float(part.opacity),
            "texture": [part.texture.shape[1], part.texture.shape[0]],
            "vertices": len(part.mesh.vertices), "triangles": len(part.mesh.triangles), "keyforms": forms,
            "sways": [int(s.spring) for s in part.sways]}  # fmt: skip


def check_version(document: Fields) -> None:
    """Raise Fault unless this is a puppet of a version that we know."""
    if document.raw("format") != FORMAT:
        raise Fault("", "is not a puppet of Kirie")
    version = document.whole("version", 1, 10**9)
    if version > VERSION:
        raise Fault("", f"was written by a newer Kirie (file version {version}, known up to {VERSION})")


def texture_sizes(document: Fields) -> list[tuple[int, int]]:
    """(w, h) px of each part's texture, bounded one by one and together."""
    sizes = []
    for part in document.objects("parts", valid.MOST_PARTS):
        width, height = part.point("texture")
        if not (1 <= width <= valid.MOST_SIDE and 1 <= height <= valid.MOST_SIDE) or width % 1 or height % 1:
            raise Fault(part.at("texture"), f"must be 1 to {valid.MOST_SIDE} px a side")
        sizes.append((int(width), int(height)))
    if sum(w * h for w, h in sizes) > valid.MOST_PIXELS:
        raise Fault("parts", f"have textures of more than {valid.MOST_PIXELS // 10**6} megapixels")
    return sizes


def decode(document: Fields, textures: list[RGBA], floats: bytes, ints: bytes) -> Puppet:
    """The puppet, valid; raises Fault (where, what)."""
    blocks = _Block(floats, FLOAT, "the float block"), _Block(ints, INT, "the integer block")
    width, height = document.values("canvas", 2, 2)
    surface = document.inner("surface")
    parts = [_part_in(part, texture, *blocks)
             for part, texture in zip(document.objects("parts", valid.MOST_PARTS), textures, strict=True)]  # fmt: skip
    for block in blocks:
        block.finish()
    anchors = document.inner("anchors")
    puppet = Puppet(
        name=document.text("name"), canvas=(_side(width), _side(height)), parts=tuple(parts), surface=_surface_in(surface),
        springs=tuple(_spring_in(s) for s in document.objects("springs", valid.MOST_SPRINGS)),
        parameters=tuple(Parameter(p.text("name"), p.number("low"), p.number("default"), p.number("high"))
                         for p in document.objects("parameters", valid.MOST_PARAMETERS)),
        anchors={name: anchors.point(name) for name in anchors.names()})  # fmt: skip
    valid.validate(puppet)
    return puppet


class _Block:
    """One block of numbers, read from its start to its end."""

    def __init__(self, data: bytes, dtype: np.dtype[Any], name: str) -> None:
        if len(data) % dtype.itemsize:
            raise Fault(name, "is cut")
        self._values, self._at, self._name = np.frombuffer(data, dtype), 0, name

    def take(self, *shape: int) -> npt.NDArray[Any]:
        """The next prod(shape) numbers as a native read-only array."""
        count = prod(shape)
        if count > len(self._values) - self._at:
            raise Fault(self._name, "is shorter than the parts say")
        self._at += count
        taken = self._values[self._at - count : self._at].reshape(shape)
        return taken.astype(taken.dtype.newbyteorder("="), copy=False)

    def finish(self) -> None:
        if self._at != len(self._values):
            raise Fault(self._name, "is longer than the parts say")


def _side(value: Any) -> int:
    side = as_number(value, "canvas")
    if side % 1 or not 1 <= side <= valid.MOST_SIDE:
        raise Fault("canvas", f"must be 1 to {valid.MOST_SIDE} px a side")
    return int(side)


def _surface_in(found: Fields) -> Surface:
    numbers: Mapping[str, float] = {n: found.number(n) for n in ("width", "yaw", "pitch", "roll", "distance", "curvature")}
    return Surface(centre=found.point("centre"), pivot=found.point("pivot"), hips=found.point("hips"), **numbers)


def _spring_in(found: Fields) -> Spring:
    numbers = {n: found.number(n) for n in ("length", "frequency", "damping", "gain", "head")}
    return Spring(root=found.point("root"), parameter=found.text("parameter"), **numbers)


def _part_in(found: Fields, texture: RGBA, floats: _Block, ints: _Block) -> Part:
    count = found.whole("vertices", 0, valid.MOST_VERTICES)
    mesh = Mesh(floats.take(count, 2), floats.take(count, 2), ints.take(found.whole("triangles", 0, valid.MOST_TRIANGLES), 3))
    depth, head, body = (floats.take(count) for _ in range(3))
    blend = found.text("blend")
    if blend not in {b.value for b in Blend}:
        raise Fault(found.at("blend"), f"{blend!r} is not known")
    forms = tuple(_form_in(f, count, floats) for f in found.objects("keyforms", valid.MOST_FORMS))
    sways = tuple(Sway(_index(s, found.at("sways")), floats.take(count)) for s in found.values("sways", 0, valid.MOST_SWAYS))
    return Part(name=found.text("name"), part=found.text("part"), texture=texture, mesh=mesh, depth=depth, head=head, body=body,
                side=found.text("side"), blend=Blend(blend), masks=found.texts("masks", valid.MOST_PARTS),
                drawn=found.flag("drawn"), opacity=found.number("opacity"), keyforms=forms, sways=sways)  # fmt: skip


def _index(value: Any, where: str) -> int:
    if type(value) is not int:
        raise Fault(where, "must hold whole numbers")
    return value


def _form_in(found: Fields, count: int, floats: _Block) -> Keyforms:
    axes = found.texts("axes", valid.MOST_AXES)
    keys = tuple(_keys_in(k, found.at("keys")) for k in found.values("keys", 1, valid.MOST_AXES))
    shape = tuple(len(k) for k in keys)
    offsets = floats.take(*shape, count, 2) if found.flag("offsets") else None
    opacity = floats.take(*shape) if found.flag("opacity") else None
    return Keyforms(axes, keys, offsets, opacity)


def _keys_in(value: Any, where: str) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) > valid.MOST_KEYS:
        raise Fault(where, f"must be lists of at most {valid.MOST_KEYS} numbers")
    return tuple(as_number(k, where) for k in value)
