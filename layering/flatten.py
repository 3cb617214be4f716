"""A tree of groups and leaves → a flat list of layers that look the same: groups, masks, opacity and clipping are worked in.

Kept apart as far as possible, because layers that are merged cannot move by themselves:
- a pass-through group, and an isolated one of plain layers, simply falls apart: blending "over" is associative;
- a group's opacity or mask is worked into each layer so that the stack still looks the same (`_fade`);
- a layer clipped to a base recolours the base; clipped to a group it recolours every layer of the group (exact, as
  the mix is linear in the base's colour); an iris clipped to the white stays a layer of its own, cut to the white;
- a rare blend mode, or one that sees another backdrop inside an isolated group, is baked for the rest pose.
Only a group with a blend mode of its own, and a clipped group, are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from layering.blending import KEPT, bake, mix
from layering.stack import RGBA, Blend, Layer, Note, blend_into, blend_layers, crop_to_canvas, unpremultiply
from layering.tree import F32, MAX_LAYERS, Group, Leaf, Mask, Node, is_flipped, plain_name

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """A layer as drawn, not yet understood. path: names of its groups from outside in, then its own."""

    path: Path
    rgba: RGBA
    offset: tuple[int, int]
    blend: Blend = Blend.NORMAL
    visible: bool = True

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) canvas px."""
        (x, y), (h, w) = self.offset, self.rgba.shape[:2]
        return x, y, x + w, y + h


@dataclass(slots=True)
class Flattener:
    """Walks the tree back to front and collects `layers` and `notes`.

    alternative: says of a path whether the layer is wanted although it is hidden.
    apart: (base path, clipped path) → whether the clipped layer stays a layer of its own.
    """

    canvas: tuple[int, int]
    alternative: Callable[[Path], bool]
    apart: Callable[[Path, Path], bool]
    layers: list[Raw] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def walk(self, nodes: Sequence[Node], path: Path = (), visible: bool = True, scope: int | None = None) -> None:
        """Emit siblings; `scope` is where the enclosing isolated group begins in `layers`, None at the top."""
        index = 0
        while index < len(nodes):
            node = nodes[index]
            clips = [] if node.clip and index == 0 else _run_of_clips(nodes, index)
            index += 1 + len(clips)
            start = len(self.layers)
            self.emit(node, path, visible, scope)
            if clips and start < len(self.layers):
                self.clip_onto(start, clips, path, visible and node.visible)

    def emit(self, node: Node, path: Path, visible: bool, scope: int | None) -> None:
        """Emit one node with all that is in it."""
        path = (*path, plain_name(node.name))
        visible = visible and node.visible
        if isinstance(node, Group):
            self.emit_group(node, path, visible, scope)
        elif isinstance(node, Leaf) and node.adjust is not None:
            if visible:
                self.adjust_below(node, 0 if scope is None else scope)
        elif isinstance(node, Leaf):
            self.emit_leaf(node, path, visible, scope)

    def emit_leaf(self, leaf: Leaf, path: Path, visible: bool, scope: int | None) -> None:
        """Decode a leaf, work its opacity and masks in, and bake a mode that cannot be kept."""
        if not visible and (is_flipped(leaf.name) or not self.alternative(path)):
            self.note(path, "hidden in the file: left out")
            return
        rgba = leaf.pixels()
        raw = None if rgba is None else _trim(Raw(path, _faded(rgba, leaf.offset, leaf), leaf.offset, visible=visible), self.canvas)
        if raw is None:
            self.note(path, "empty: left out")
            return
        if len(self.layers) >= MAX_LAYERS:
            raise _too_many()
        for remark in leaf.remarks:
            self.note(path, remark, "warning")
        self.layers.append(self.with_mode(raw, leaf.mode, scope))

    def emit_group(self, group: Group, path: Path, visible: bool, scope: int | None) -> None:
        """Emit the children, then work in what the group does to them as a whole."""
        start = len(self.layers)
        isolated = group.isolated or group.mode != "normal"
        self.walk(group.children, path, visible, start if isolated else scope)
        if group.mode != "normal":
            self.merge(start, path, group, scope)
        elif group.opacity < 1 or group.masks:
            _fade(self.layers, start, group)

    def with_mode(self, raw: Raw, mode: str, scope: int | None) -> Raw:
        """`raw` with its blend mode kept, or baked where it would look different."""
        if KEPT.get(mode) is Blend.NORMAL:
            return raw
        source = raw.rgba.astype(np.float32) / 255
        inside = self.backdrop(raw, scope or 0)
        baked = bake(mode, inside, source[..., :3])
        if mode in KEPT and (scope is None or self.looks_same(raw, KEPT[mode], baked, inside)):
            return replace(raw, blend=KEPT[mode])
        what = f"blend mode {mode.replace('_', ' ')}"
        why = "" if mode not in KEPT else " inside an isolated group"
        self.note(raw.path, f"{what}{why} baked into its colours as seen at rest", "warning")
        return replace(raw, rgba=_with_colour(raw.rgba, baked))

    def looks_same(self, raw: Raw, blend: Blend, baked: F32, inside: F32) -> bool:
        """Whether a mode kept for everything below looks like the mode inside the group alone, to half a level."""
        source = raw.rgba.astype(np.float32) / 255
        kept, alone = self.backdrop(raw, 0), self.backdrop(raw, 0)
        del inside
        blend_into(kept, source, blend)
        blend_into(alone, np.concatenate([baked, source[..., 3:]], -1), Blend.NORMAL)
        return bool(np.abs(kept - alone).max(initial=0) <= 0.5 / 255)

    def backdrop(self, raw: Raw, start: int) -> F32:
        """Premultiplied float32 (h, w, 4) of the visible layers from `start` on, under the box of `raw`."""
        left, top, right, bottom = raw.box
        below = (_layer(x, (-left, -top)) for x in self.layers[start:] if x.visible)
        return blend_layers((right - left, bottom - top), below)

    def merge(self, start: int, path: Path, group: Node, scope: int | None) -> None:
        """Replace the layers from `start` on by one picture with the group's own mode, opacity and masks."""
        parts, self.layers[start:] = self.layers[start:], []
        visible = [x for x in parts if x.visible]
        if not visible:
            return
        picture = unpremultiply(blend_layers(self.canvas, (_layer(x) for x in visible)))
        raw = _trim(Raw(path, _faded(picture, (0, 0), group), (0, 0)), self.canvas)
        if raw is not None:
            if len(visible) > 1:
                self.note(path, f"group of {len(visible)} layers merged: its blend mode acts on all of them", "warning")
            self.layers.append(self.with_mode(raw, group.mode, scope))

    def clip_onto(self, start: int, clips: Sequence[Node], path: Path, visible: bool) -> None:
        """Work the clipped nodes into the base, which is all the layers from `start` on."""
        for node in clips:
            if not node.visible or not visible:
                continue
            name = (*path, plain_name(node.name))
            if isinstance(node, Leaf) and node.adjust is not None:
                self.adjust_below(node, start)
                continue
            top = self.picture_of(node, path)
            if top is None:
                continue
            base = self.layers[start]
            if len(self.layers) == start + 1 and KEPT.get(node.mode) is Blend.NORMAL and self.apart(base.path, name):
                self.layers[start:] = _cut_apart(base, replace(top, path=name))
                self.note(name, f"clipped to {base.path[-1]}: kept as a layer of its own, cut to it")
            else:
                self.layers[start:] = [_recoloured(x, top, node.mode) for x in self.layers[start:]]
                self.note(name, f"clipped: baked into {base.path[-1]}")

    def picture_of(self, node: Node, path: Path) -> Raw | None:
        """A clipped node by itself as one layer, or None where empty."""
        inner = Flattener(self.canvas, lambda _: False, self.apart)
        inner.emit(replace(node, mode="normal", clip=False), path, True, 0)
        if len(inner.layers) > 1:
            inner.merge(0, (*path, plain_name(node.name)), Node(node.name), None)
        return inner.layers[0] if inner.layers else None

    def adjust_below(self, leaf: Leaf, start: int) -> None:
        """Recolour the layers from `start` on by an adjustment layer; exact where they are opaque."""
        assert leaf.adjust is not None
        for i in range(start, len(self.layers)):
            raw = self.layers[i]
            colour = raw.rgba[..., :3].astype(np.float32) / 255
            weight = _weight(leaf, raw.box)[..., None]
            self.layers[i] = replace(raw, rgba=_with_colour(raw.rgba, colour + weight * (leaf.adjust(colour) - colour)))
        self.note((leaf.name,), "adjustment baked into the layers below it", "warning")

    def note(self, path: Path, text: str, kind: str = "known") -> None:
        """Tell the user about a layer."""
        self.notes.append(Note("/".join(path), text, kind))


def _too_many() -> Exception:
    from kirie.errors import LayeringError

    return LayeringError(f"the file holds more than {MAX_LAYERS} layers", "merge those that move together")


def _run_of_clips(nodes: Sequence[Node], base: int) -> list[Node]:
    """The clipped nodes directly above `base`."""
    end = base + 1
    while end < len(nodes) and nodes[end].clip:
        end += 1
    return list(nodes[base + 1 : end])


def _layer(raw: Raw, shift: tuple[int, int] = (0, 0)) -> Layer:
    return Layer("", "objects", raw.rgba, (raw.offset[0] + shift[0], raw.offset[1] + shift[1]), blend=raw.blend)


def _weight(node: Node, box: tuple[int, int, int, int]) -> F32:
    """float32 (h, w): opacity times masks of a node on a box."""
    weight = np.full((box[3] - box[1], box[2] - box[0]), node.opacity, np.float32)
    for mask in node.masks:
        weight *= mask.over(box)
    return weight


def _faded(rgba: RGBA, offset: tuple[int, int], node: Node) -> RGBA:
    """`rgba` with the node's opacity and masks in its alpha."""
    if node.opacity >= 1 and not node.masks:
        return rgba
    box = (*offset, offset[0] + rgba.shape[1], offset[1] + rgba.shape[0])
    return _with_alpha(rgba, rgba[..., 3] / np.float32(255) * _weight(node, box))


def _with_alpha(rgba: RGBA, alpha: F32) -> RGBA:
    out = rgba.copy()
    out[..., 3] = (np.clip(alpha, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def _with_colour(rgba: RGBA, colour: F32) -> RGBA:
    out = rgba.copy()
    out[..., :3] = (np.clip(colour, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def _trim(raw: Raw, canvas: tuple[int, int]) -> Raw | None:
    """`raw` cropped to the pixels that show, None where none does. What lies beyond the canvas stays: it may move in."""
    alpha = raw.rgba[..., 3]
    rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows) or crop_to_canvas(_layer(raw), canvas) is None:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    cut = np.ascontiguousarray(raw.rgba[top:bottom, left:right])
    trimmed = replace(raw, rgba=cut, offset=(raw.offset[0] + int(left), raw.offset[1] + int(top)))
    return trimmed if crop_to_canvas(_layer(trimmed), canvas) is not None else None


def _fade(layers: list[Raw], start: int, group: Group) -> None:
    """Work a group's opacity and masks f into its layers from `start` on so that the stack looks as the faded group does.

    With weights w = alpha x (what the layers above let through), the faded group shows f w of each layer. From the top down,
    alpha' = f w / (what the faded layers above let through) gives just that. Where f = 1 nothing changes.
    """
    shown = [i for i in range(start, len(layers)) if layers[i].visible]
    if not shown:
        return
    boxes = np.array([layers[i].box for i in shown])
    frame = (int(boxes[:, 0].min()), int(boxes[:, 1].min()), int(boxes[:, 2].max()), int(boxes[:, 3].max()))
    factor = _weight(group, frame)
    through, faded = np.ones_like(factor), np.ones_like(factor)
    for i in reversed(shown):
        left, top, right, bottom = layers[i].box
        cut = np.s_[top - frame[1] : bottom - frame[1], left - frame[0] : right - frame[0]]
        alpha = layers[i].rgba[..., 3] / np.float32(255)
        weight = alpha * through[cut]
        changed = np.divide(factor[cut] * weight, faded[cut], out=np.zeros_like(alpha), where=faded[cut] > 1e-6)
        changed = np.where(factor[cut] >= 1, alpha, changed)
        layers[i] = replace(layers[i], rgba=_with_alpha(layers[i].rgba, changed))
        through[cut] *= 1 - alpha
        faded[cut] *= 1 - changed


def _on_box(raw: Raw, box: tuple[int, int, int, int]) -> F32:
    """Straight float32 (h, w, 4) of `raw` on a box, transparent elsewhere."""
    out = np.zeros((box[3] - box[1], box[2] - box[0], 4), np.float32)
    cut = crop_to_canvas(_layer(raw, (-box[0], -box[1])), (box[2] - box[0], box[3] - box[1]))
    if cut is not None:
        out[cut[0], cut[1]] = cut[2].astype(np.float32) / 255
    return out


def _recoloured(base: Raw, top: Raw, mode: str) -> Raw:
    """`base` with a layer clipped to it baked into its colour; its alpha stays."""
    source = _on_box(top, base.box)
    colour = base.rgba[..., :3].astype(np.float32) / 255
    mixed = source[..., :3] if KEPT.get(mode) is Blend.NORMAL else mix(mode, colour, source[..., :3])
    return replace(base, rgba=_with_colour(base.rgba, colour + source[..., 3:] * (mixed - colour)))


def _cut_apart(base: Raw, top: Raw) -> list[Raw]:
    """Base and clipped layer as two layers that look like the clip: the top one shows where the base is opaque, and the
    base's soft edge takes the top one's colour."""
    opaque = base.rgba[..., 3] == 255
    source = _on_box(top, base.box)
    edge = _recoloured(base, top, "normal").rgba
    below = np.where(opaque[..., None], base.rgba, edge)
    above = (source * 255 + 0.5).astype(np.uint8)
    above[..., 3] *= opaque
    cut = _trim(replace(top, rgba=above, offset=base.offset), (1 << 30, 1 << 30))
    lower = replace(base, rgba=below)
    return [lower] if cut is None else [lower, cut]


__all__ = ["Flattener", "Mask", "Path", "Raw"]
