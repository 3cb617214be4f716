"""Raw layers → LayerStack: parts by name and place, left and right, drawn states, anchors, and what is to be told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from layering.names import EYE_PARTS, read_name
from layering.place import Item, Scene, find_scene, is_backdrop, is_high_ear, place
from layering.raw import Raw
from layering.sides import side_of, split_sides, trimmed
from layering.stack import SIDED, Blend, Layer, LayerStack, Note
from layering.states import settle_states

PIVOT_SIZE = 0.05
"""A pivot is at most this share of the canvas's longer side; a larger layer of that name is a picture."""

SIDE_WORDS = {"l": "left", "r": "right", "": ""}


def understand(canvas: tuple[int, int], layers: Sequence[Raw], notes: Sequence[Note] = ()) -> LayerStack:
    """Find out what each layer is; the order, pixels and blend modes stay as they are."""
    told = list(notes)
    pictures, anchors = _take_pivots(layers, canvas, told)
    items = [_by_name(raw, canvas, i == 0) for i, raw in enumerate(pictures)]
    _within_eyes(items)
    scene = find_scene(items, canvas)
    _by_place(items, scene)
    scene = find_scene(items, canvas)
    _mend_sides(items, scene, told)
    items = [half for item in items for half in _split(item, scene, told)]
    settle_states(items)
    items = [x for x in items if x.state != "other"]
    names = _unique_names(items)
    told += [Note(name, _describe(item), item.how) for name, item in zip(names, items, strict=True)]
    if not scene.sure:
        told.append(Note("", "no layer is named as the face; its place is guessed: name one 'face'", "warning"))
    return LayerStack(canvas, tuple(map(_layer, items, names)), anchors, tuple(told))


Anchors = dict[str, tuple[float, float]]


def _take_pivots(layers: Sequence[Raw], canvas: tuple[int, int], told: list[Note]) -> tuple[list[Raw], Anchors]:
    """(layers that are pictures, points by the name of the layer that they belong to)."""
    pictures: list[Raw] = []
    anchors: Anchors = {}
    for raw in layers:
        if not read_name(raw.path).pivot or max(raw.rgba.shape[:2]) > PIVOT_SIZE * max(canvas):
            pictures.append(raw)
            continue
        rows, columns = np.nonzero(raw.rgba[..., 3])
        name = _pivot_target(raw.path[-1])
        anchors[name] = (raw.offset[0] + float(columns.mean()) + 0.5, raw.offset[1] + float(rows.mean()) + 0.5)
        told.append(Note(raw.path[-1], f"pivot of {name or 'the figure'}: not drawn"))
    return pictures, anchors


def _pivot_target(name: str) -> str:
    """ "pivot_hairfront" → "hairfront"."""
    for word in ("pivot", "anchor", "支点", "回転軸", "锚点", "旋转轴"):
        at = name.lower().find(word)
        if at >= 0:
            return (name[:at].rstrip(" _-") + " " + name[at + len(word) :].lstrip(" _-")).strip()
    return name


def _by_name(raw: Raw, canvas: tuple[int, int], lowest: bool) -> Item:
    """What the name says; a part of "" is left for `_by_place`."""
    meaning = read_name(raw.path)
    item = Item(raw, meaning, meaning.part, "" if meaning.side == "both" else meaning.side, meaning.state)
    if meaning.source == "group":
        item.how, item.why = ("known" if meaning.meaningless else "guessed"), f"takes its group's ({raw.path[-2]})"
    elif meaning.source == "both":
        item.why = f"by its name and its group's ({raw.path[-2]})"
    if meaning.part == "background":
        item.part, item.why = "objects", "a background by its name: held still"
    elif lowest and not meaning.part and is_backdrop(raw, canvas):
        item.guess("objects", "covers the canvas behind all else, a background: held still")
    return item


def _within_eyes(items: Sequence[Item]) -> None:
    """"Base", "Outline" ... in a group "Eyes" are the iris, where whites and lashes have layers of their own names."""
    named = {x.part for x in items if x.meaning.source == "name"}
    for item in items:
        bare = item.meaning.source != "name" and item.part in ("eye", "eyewhite", "eyelash")
        others = {"eye": {"eyewhite", "eyelash"}, "eyewhite": {"eyewhite"}, "eyelash": {"eyelash"}}.get(item.part, set())
        if bare and others <= named and "irides" not in named:
            item.guess("irides", f"in the group {item.raw.path[-2]}, whose whites and lashes are elsewhere")


def _by_place(items: Sequence[Item], scene: Scene) -> None:
    """Decide by place what the name leaves open."""
    for i, item in enumerate(items):
        if not item.part:
            part = place(item, i, items, scene)
            still = part == "objects"
            item.guess(part, f"unknown name, {'behind or beside the figure: held still' if still else 'by where it lies'}")
        elif item.part == "bow":
            at_head = item.raw.box[1] < scene.face[3] - 0.1 * (scene.face[3] - scene.face[1])
            item.guess("headwear" if at_head else "neckwear", "a bow, by where it lies")
        elif item.part == "ears" and is_high_ear(item, scene) and not item.meaning.exact:
            item.guess("headwear", "an ear that stands on the head")
        elif item.part == "face" and item.meaning.source == "group" and _is_detail(item, scene):
            item.guess("facedetail", f"small, in the group {item.raw.path[-2]}")
        elif item.part == "eyebrow" and item.raw.blend is not Blend.NORMAL:
            item.guess("facedetail", "shading near the brows")


def _is_detail(item: Item, scene: Scene) -> bool:
    left, top, right, bottom = item.raw.box
    return (right - left) * (bottom - top) < 0.3 * scene.width * (scene.face[3] - scene.face[1])


def _mend_sides(items: Sequence[Item], scene: Scene, told: list[Note]) -> None:
    """Where the names mean the picture's left and right, turn them into the character's."""
    named = [x for x in items if x.side and not x.meaning.exact]
    votes = Counter(side_of((x.raw.box[0] + x.raw.box[2]) / 2, scene.axis, scene.width) == x.side for x in named
                    if side_of((x.raw.box[0] + x.raw.box[2]) / 2, scene.axis, scene.width))  # fmt: skip
    if votes[False] > votes[True]:
        for item in named:
            item.side = {"l": "r", "r": "l"}[item.side]
        told.append(Note("", "left and right in the names are the picture's: turned into the character's own", "guessed"))


def _split(item: Item, scene: Scene, told: list[Note]) -> list[Item]:
    """An item as it is, or its left and right halves; the half that is the picture's left comes first."""
    if item.part not in SIDED or item.side:
        return [item]
    axis, width = scene.axis, float(scene.width)
    if item.part == "handwear":
        axis, width = (scene.body[0] + scene.body[2]) / 2, float(scene.body[2] - scene.body[0])
    halves = split_sides(item.raw.rgba, axis - item.raw.offset[0], width)
    if halves is None:
        if item.part in EYE_PARTS:
            told.append(Note(item.raw.path[-1], "one piece across the middle: left and right cannot be told apart", "warning"))
        return [item]
    out = []
    for side, rgba in (("r", halves[1]), ("l", halves[0])):
        if rgba is not None:
            cut, offset = trimmed(rgba, item.raw.offset)
            why = item.why if any(h is None for h in halves) else f"{item.why}; side by its pieces"
            out.append(replace(item, raw=replace(item.raw, rgba=cut, offset=offset), side=side, why=why))
    return out


def _unique_names(items: Sequence[Item]) -> list[str]:
    """The artist's names; halves get -r and -l, repeated names their group's before them, then a number."""
    halves = Counter((x.raw.path, x.meaning.side) for x in items)
    ends = ["-" + x.side if halves[x.raw.path, x.meaning.side] > 1 and x.side and not x.meaning.side else "" for x in items]
    own = [x.raw.path[-1] + end for x, end in zip(items, ends, strict=True)]
    often = Counter(own)
    names = ["/".join((*x.raw.path[-2:-1], n)) if often[n] > 1 else n for x, n in zip(items, own, strict=True)]
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return out


def _describe(item: Item) -> str:
    """ "irides, right, shown at rest: by its name"."""
    words = [item.part, SIDE_WORDS[item.side], item.state, "" if item.shown else "not shown at rest"]
    return f"{', '.join(w for w in words if w)}: {item.why}"


def _layer(item: Item, name: str) -> Layer:
    raw = item.raw
    return Layer(name, item.part, raw.rgba, raw.offset, item.side, raw.blend, item.state, item.shown)
