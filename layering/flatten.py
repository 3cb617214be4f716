"""A tree of groups and leaves → a flat list of layers that look the same: groups, masks, opacity and clipping are worked in.

Kept apart as far as possible, because layers that are merged cannot move by themselves:
- a pass-through group, and an isolated one of plain layers, simply falls apart: blending "over" is associative;
- a group's opacity or mask is worked into each layer so that the stack still looks the same (`raw.fade_group`);
- a layer clipped to a base recolours the base; clipped to a group it recolours every layer of the group (exact, as
  the mix is linear in the base's colour); an iris clipped to the white stays a layer of its own, cut to the white;
- a rare blend mode, or one that sees another backdrop inside an isolated group, is baked for the rest pose.
Only a group with a blend mode of its own, and a clipped group, are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kirie.errors import LayeringError
from layering.blending import GLOW, KEPT, bake
from layering.clipping import Cut
from layering.raw import Path, Raw, as_layer, backdrop, fade_group, faded, glowing, recoloured, trim, weight_of, with_colour
from layering.stack import Blend, Note, blend_into, blend_layers, crop_to_canvas, unpremultiply
from layering.tree import F32, MAX_HELD, MAX_LAYERS, Group, Leaf, Node, is_flipped, plain_name


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

    def flatten(self, nodes: Sequence[Node]) -> list[Raw]:
        """All of a file's nodes → its layers, back to front."""
        self.walk(nodes)
        for i, raw in enumerate(self.layers):
            self.layers[i] = glowing(raw, self.layers[:i])
        return self.layers

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
                self.adjust_below(node, path, 0 if scope is None else scope)
        elif isinstance(node, Leaf):
            self.emit_leaf(node, path, visible, scope)

    def emit_leaf(self, leaf: Leaf, path: Path, visible: bool, scope: int | None) -> None:
        """Decode a leaf, work its opacity and masks in, and bake a mode that cannot be kept."""
        if not visible and (is_flipped(leaf.name) or not self.alternative(path)):
            self.note(path, "hidden in the file: left out")
            return
        rgba = leaf.pixels()
        raw = None if rgba is None else trim(Raw(path, faded(rgba, leaf.offset, leaf), leaf.offset, visible=visible))
        if raw is None or crop_to_canvas(as_layer(raw), self.canvas) is None:
            self.note(path, "empty: left out" if raw is None else "off the canvas: left out")
            return
        self.check_room(raw)
        for remark in leaf.remarks:
            self.note(path, remark, "warning")
        self.layers.append(self.with_mode(raw, leaf.mode, scope))

    def check_room(self, raw: Raw) -> None:
        """Refuse more layers or pixels than a puppet can be made of."""
        held = sum(x.rgba.size for x in self.layers) // 4
        if len(self.layers) >= MAX_LAYERS:
            raise LayeringError(f"the file holds more than {MAX_LAYERS} layers", "merge those that move together")
        if held + raw.rgba.size // 4 > MAX_HELD:
            raise LayeringError(f"the layers hold more than {MAX_HELD // 1_000_000} megapixels", "scale the drawing down")

    def emit_group(self, group: Group, path: Path, visible: bool, scope: int | None) -> None:
        """Emit the children, then work in what the group does to them as a whole."""
        start = len(self.layers)
        isolated = group.isolated or group.mode != "normal"
        self.walk(group.children, path, visible, start if isolated else scope)
        if group.mode != "normal":
            self.merge(start, path, group, scope)
        elif group.opacity < 1 or group.masks:
            fade_group(self.layers, start, group)

    def with_mode(self, raw: Raw, mode: str, scope: int | None) -> Raw:
        """`raw` with its blend mode kept, or baked where it would look different."""
        glow, mode = mode.endswith(GLOW), mode.removesuffix(GLOW)
        if KEPT.get(mode) is Blend.NORMAL:
            return raw
        source = raw.rgba.astype(np.float32) / 255
        inside = backdrop(raw, self.layers[scope or 0 :])
        baked = bake(mode, inside, source[..., :3])
        if mode in KEPT and (scope is None or self.looks_same(raw, KEPT[mode], baked)):
            return replace(raw, blend=KEPT[mode], glow=glow)
        what = f"blend mode {mode.replace('_', ' ')}"
        why = "" if mode not in KEPT else " inside an isolated group"
        self.note(raw.path, f"{what}{why} baked into its colours as seen at rest", "warning")
        return replace(raw, rgba=with_colour(raw.rgba, baked))

    def looks_same(self, raw: Raw, blend: Blend, baked: F32) -> bool:
        """Whether a mode kept for everything below looks like the mode inside the group alone, to a level."""
        source = raw.rgba.astype(np.float32) / 255
        kept = backdrop(raw, self.layers)
        alone = kept.copy()
        blend_into(kept, source, blend)
        blend_into(alone, np.concatenate([baked, source[..., 3:]], -1), Blend.NORMAL)
        return bool(np.abs(kept - alone).max(initial=0) <= 1 / 255)

    def merge(self, start: int, path: Path, group: Node, scope: int | None) -> None:
        """Replace the layers from `start` on by one picture with the group's own mode, opacity and masks."""
        parts, self.layers[start:] = self.layers[start:], []
        visible = [x for x in parts if x.visible]
        if not visible:
            return
        picture = unpremultiply(blend_layers(self.canvas, (as_layer(x) for x in visible)))
        raw = trim(Raw(path, faded(picture, (0, 0), group), (0, 0)))
        if raw is not None:
            if len(visible) > 1:
                self.note(path, f"group of {len(visible)} layers merged: its blend mode acts on all of them", "warning")
            self.layers.append(self.with_mode(raw, group.mode, scope))

    def clip_onto(self, start: int, clips: Sequence[Node], path: Path, visible: bool) -> None:
        """Work the clipped nodes into the base, which is all the layers from `start` on."""
        end = len(self.layers)
        for node in clips:
            if not node.visible or not visible:
                continue
            if isinstance(node, Leaf) and node.adjust is not None:
                self.adjust_below(node, (*path, plain_name(node.name)), start)
            elif end == start + 1 and (len(self.layers) > end or self.has_apart(node, path, self.layers[start].path)):
                self.clip_apart(start, node, path)
            elif (top := self.picture_of(node, path)) is not None:
                self.layers[start:end] = [recoloured(x, top, node.mode) for x in self.layers[start:end]]
                self.note((*path, plain_name(node.name)), f"clipped: baked into {self.layers[start].path[-1]}")

    def has_apart(self, node: Node, path: Path, base: Path) -> bool:
        """Whether a clipped node is, or holds, a layer that must stay one of its own."""
        path = (*path, plain_name(node.name))
        if isinstance(node, Group):
            return node.mode == "normal" and any(self.has_apart(x, path, base) for x in node.children if x.visible)
        return self.apart(base, path)

    def clip_apart(self, start: int, node: Node, path: Path) -> None:
        """Keep a clipped node's layers as layers of their own, cut to the base, so that an iris can move."""
        base, top = self.layers[start], self.picture_of(node, path)
        if top is None:
            return
        cut = Cut.to(base, self.layers[:start])
        inner = Flattener(self.canvas, lambda _: False, lambda _base, _clipped: False, [cut.opaque_base()])
        inner.emit(replace(node, clip=False), path, True, None)
        self.layers[start] = cut.baked(top, node.mode)
        for raw in filter(None, map(cut.of, inner.layers[1:])):
            self.layers.append(cut.tinted(glowing(raw, self.layers), self.layers))
        self.notes += inner.notes
        self.note((*path, plain_name(node.name)), f"clipped to {base.path[-1]}: kept apart, cut to it")

    def picture_of(self, node: Node, path: Path) -> Raw | None:
        """A clipped node by itself as one layer, or None where empty."""
        inner = Flattener(self.canvas, lambda _: False, lambda _base, _clipped: False)
        inner.emit(replace(node, mode="normal", clip=False), path, True, 0)
        if len(inner.layers) > 1:
            inner.merge(0, (*path, plain_name(node.name)), Node(node.name), None)
        return inner.layers[0] if inner.layers else None

    def adjust_below(self, leaf: Leaf, path: Path, start: int) -> None:
        """Recolour the layers from `start` on by an adjustment layer; exact where they are opaque."""
        assert leaf.adjust is not None
        for i in range(start, len(self.layers)):
            raw = self.layers[i]
            colour = raw.rgba[..., :3].astype(np.float32) / 255
            weight = weight_of(leaf, raw.box)[..., None]
            self.layers[i] = replace(raw, rgba=with_colour(raw.rgba, colour + weight * (leaf.adjust(colour) - colour)))
        for text in leaf.remarks or ("adjustment baked into the layers below it",):
            self.note(path, text, "warning")

    def note(self, path: Path, text: str, kind: str = "known") -> None:
        """Tell the user about a layer."""
        self.notes.append(Note("/".join(path), text, kind))


def _run_of_clips(nodes: Sequence[Node], base: int) -> list[Node]:
    """The clipped nodes directly above `base`."""
    end = base + 1
    while end < len(nodes) and nodes[end].clip:
        end += 1
    return list(nodes[base + 1 : end])
