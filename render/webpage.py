"""A puppet for a web page: packed for JavaScript, and the page that draws it with WebGL (render/page, written by us).

Packed: gzip of uint32 header length, JSON header, then arrays, each aligned to 4 bytes; the header names an array by
[kind, offset in bytes from where the arrays begin, length]: f float32, i uint32, b bytes; all little-endian.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from PIL import Image

from render.framing import Framing
from render.masks import plan_masks
from rig.motion import Mover, breath_share
from rig.puppet import F32, Part, Puppet
from rig.springs import at_roots

SCRIPTS = ("pose.js", "life.js", "paint.js", "main.js")
Place = tuple[str, int, int]


def page(puppet: Puppet | None, hidden: Collection[str] = ()) -> str:
    """The page as one HTML text. With a puppet it holds it, needs no server and follows the mouse; without one it fetches
    `puppet` from its server and does what comes over the WebSocket `values`. hidden: names of parts that are not drawn.

    Raises RenderError for masks that cannot be.
    """
    text = script("page.html")
    inside = "" if puppet is None else _block(base64.b64encode(packed(puppet, hidden)).decode("ascii"))
    text = text.replace("{{source}}", "socket" if puppet is None else "mouse").replace("{{puppet}}", inside)
    return text.replace("{{script}}", "\n".join(script(name) for name in SCRIPTS))


def script(name: str) -> str:
    """The text of a file of the page."""
    return files("render").joinpath("page", name).read_text(encoding="utf-8")


def packed(puppet: Puppet, hidden: Collection[str] = ()) -> bytes:
    """All that the page needs of a puppet; the same puppet gives the same bytes. hidden: as in `page`."""
    arrays = _Arrays()
    plan = plan_masks(puppet)
    slots = [plan.slot(number) for number in range(len(plan.masks))]
    mover = Mover(puppet.surface, puppet.canvas)
    first, start, parts, texcoords, indices = 0, 0, [], [], []
    for part, mask in zip(puppet.parts, plan.of_part, strict=True):
        texture, uv = _texture(part)
        count = part.mesh.triangles.size
        parts.append({**_part(part, puppet, arrays), "mask": mask, "first": first, "count": count,
                      "texture": arrays.raw(texture)})  # fmt: skip
        texcoords.append(uv)
        indices.append(part.mesh.triangles.astype(np.uint32).ravel() + np.uint32(start))
        first, start = first + count, start + len(part.mesh.vertices)
    header = {
        "name": puppet.name, "canvas": puppet.canvas, "frame": Framing.of(puppet).box, "torso": mover.torso,
        "hidden": sorted(hidden),
        "surface": {name: getattr(puppet.surface, name) for name in puppet.surface.__slots__},
        "parameters": [{"name": p.name, "low": p.low, "default": p.default, "high": p.high} for p in puppet.parameters],
        "springs": _springs(puppet), "parts": parts, "pages": plan.pages,
        "masks": [{"parts": m.parts, "page": page, "channel": channel}
                  for m, (page, channel) in zip(plan.masks, slots, strict=True)],
        "texcoords": arrays.floats(_joined(texcoords)), "indices": arrays.integers(_joined(indices)),
    }  # fmt: skip
    return gzip.compress(arrays.packed(header), 6, mtime=0)


def _part(part: Part, puppet: Puppet, arrays: _Arrays) -> dict[str, Any]:
    forms = [{"axes": f.axes, "keys": f.keys, "offsets": None if f.offsets is None else arrays.floats(f.offsets),
              "opacity": None if f.opacity is None else arrays.floats(f.opacity)} for f in part.keyforms]  # fmt: skip
    depth = (part.depth * np.float32(puppet.surface.curvature)).astype(np.float32)
    return {"name": part.name, "blend": part.blend.value, "drawn": part.drawn, "opacity": part.opacity, "forms": forms,
            "vertices": arrays.floats(part.mesh.vertices), "depth": arrays.floats(depth), "head": arrays.floats(part.head),
            "body": arrays.floats(part.body), "breath": arrays.floats(breath_share(part.body)),
            "sways": [{"spring": s.spring, "weight": arrays.floats(s.weight)} for s in part.sways]}  # fmt: skip


def _springs(puppet: Puppet) -> list[dict[str, Any]]:
    depth, body = at_roots(puppet)
    breath = breath_share(body)
    return [{"root": s.root, "length": s.length, "frequency": s.frequency, "damping": s.damping, "gain": s.gain, "head": s.head,
             "parameter": s.parameter, "lag": 2 * s.damping / (2 * np.pi * s.frequency), "body": float(body[i]),
             "depth": float(depth[i]) * puppet.surface.curvature, "breath": float(breath[i])}
            for i, s in enumerate(puppet.springs)]  # fmt: skip


def _texture(part: Part) -> tuple[bytes, F32]:
    """A PNG with a transparent border of one texel, so that clamping fades, and the uv float32 (V, 2) in it."""
    height, width = part.texture.shape[:2]
    file = io.BytesIO()
    Image.fromarray(np.pad(part.texture, ((1, 1), (1, 1), (0, 0)))).save(file, "PNG", compress_level=6)
    size = np.array([width, height], np.float32)
    return file.getvalue(), ((part.mesh.uv * size + 1) / (size + 2)).astype(np.float32)


def _joined(arrays: Sequence[Any]) -> Any:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _block(text: str) -> str:
    return f'<script type="application/octet-stream" id="puppet">{text}</script>'


class _Arrays:
    """Collects arrays and lays them out behind the header."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._end = 0

    def floats(self, values: Any) -> Place:
        return self._add("f", np.ascontiguousarray(values, "<f4").tobytes(), 4)

    def integers(self, values: Any) -> Place:
        return self._add("i", np.ascontiguousarray(values, "<u4").tobytes(), 4)

    def raw(self, data: bytes) -> Place:
        return self._add("b", data, 1)

    def packed(self, header: dict[str, Any]) -> bytes:
        text = json.dumps(header, ensure_ascii=True, allow_nan=False).encode()
        return b"".join([len(text).to_bytes(4, "little"), text, bytes(-(4 + len(text)) % 4), *self._chunks])

    def _add(self, kind: str, data: bytes, size: int) -> Place:
        place = (kind, self._end, len(data) // size)
        self._chunks.append(data + bytes(-len(data) % 4))
        self._end += len(self._chunks[-1])
        return place
