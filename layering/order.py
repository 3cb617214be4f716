"""Drawing order: the usual one by part, corrected by what lies within what in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from layering.masks import Mask, box_of, distance_to, window
from layering.regions import borders
from layering.slots import Owner, Slot
from layering.stack import RGBA

USUAL: tuple[str, ...] = (
    "wings", "tail", "back hair", "legwear", "footwear", "bottomwear", "neck", "handwear", "topwear", "neckwear", "ears",
    "earwear", "face", "facedetail", "nose", "mouth", "eyewhite", "irides", "eyelash", "eyebrow", "eyewear", "front hair",
    "headwear", "objects")  # fmt: skip
"""Back to front."""

BEFORE_HAIR = ("eyewear", "earwear", "eyebrow", "neckwear", "handwear")
"""What lies before the hair where the hair is all around it."""
WITHIN = 0.6
"""Share of its border that a part must have with another to lie within it."""
EITHER = ("objects", "tail", "wings", "headwear")
"""What may lie before or behind hair and body."""
BEHIND = ("back hair", "front hair", "topwear", "neck", "bottomwear", "legwear", "face")
CLOTHES = ("topwear", "bottomwear", "legwear", "neckwear", "neck")


def in_order(slots: Sequence[Slot], owner: Owner, rgba: RGBA) -> tuple[list[Slot], Owner]:
    """The slots back to front, and the owner map renumbered: the higher number is in front."""
    shares = _shares(slots, owner)
    rank = {i: _rank(i, slots, shares) for i in range(len(slots))}
    for i in rank:
        if slots[i].part in EITHER:
            _by_line(i, slots, shares, owner, rgba, rank)
    order = sorted(rank, key=lambda i: (rank[i], i))
    table = np.full(len(slots) + 1, -1, np.int16)
    table[order] = np.arange(len(order), dtype=np.int16)
    usual = {i: float(USUAL.index(slots[i].part)) for i in rank}
    return [replace(slots[i], front=rank[i] > usual[i]) for i in order], table[owner]


def with_unseen(slots: Sequence[Slot], owner: Owner) -> tuple[list[Slot], Owner]:
    """With slots for what hair hides wholly around a face, back hair and ears: completion tells whether it is there."""
    at = next((i for i, slot in enumerate(slots) if slot.part == "face"), None)
    if at is None or not any(slot.part == "front hair" for slot in slots):
        return list(slots), owner
    there = {slot.side for slot in slots if slot.part == "ears"}
    ears = [Slot("ears", side, name=f"ears-{side}") for side in "rl" if "" not in there and side not in there]
    back = [] if any(slot.part == "back hair" for slot in slots) else [Slot("back hair", name="back hair")]
    body = next(i for i, slot in enumerate(slots) if i == at or slot.part in CLOTHES)
    moved = owner + np.where(owner >= at, len(ears), 0) + np.where(owner >= body, len(back), 0)
    return [*slots[:body], *back, *slots[body:at], *ears, *slots[at:]], moved.astype(np.int16)


def _rank(i: int, slots: Sequence[Slot], shares: list[dict[str, float]]) -> float:
    part, share = slots[i].part, shares[i]
    usual = float(USUAL.index(part))
    hair = share.get("front hair", 0.0) + share.get("back hair", 0.0)
    if part in BEFORE_HAIR and hair > WITHIN:
        return USUAL.index("front hair") + 0.3
    if part == "handwear":
        if share.get("face", 0.0) + share.get("mouth", 0.0) > 0.15:     # a hand at the cheek
            return USUAL.index("front hair") + 0.6
        if sum(share.get(x, 0.0) for x in CLOTHES) > 0.55:
            return USUAL.index("neckwear") + 0.5
    if part == "objects" and share.get("", 0.0) + share.get("back hair", 0.0) > 0.75:
        return USUAL.index("back hair") - 0.5
    if part == "back hair" and sum(share.get(x, 0.0) for x in CLOTHES) > WITHIN:
        return USUAL.index("neckwear") + 0.3                             # a braid that lies on the breast
    return usual


def _by_line(i: int, slots: Sequence[Slot], shares: list[dict[str, float]], owner: Owner, rgba: RGBA,
             rank: dict[int, float]) -> None:  # fmt: skip
    """Put a thing behind the hair or the body where the line between the two is drawn on their side."""
    for part in ("front hair", "back hair", "topwear"):
        others = [j for j in rank if slots[j].part == part]
        if shares[i].get(part, 0.0) < 0.08 or not others:
            continue
        mine, theirs = owner == i, np.isin(owner, others)
        ours, line = _lined(mine, theirs, rgba), _lined(theirs, mine, rgba)
        if line - ours > 0.35:
            rank[i] = min(rank[i], min(rank[j] for j in rank if slots[j].part in BEHIND) - 0.5)
            return


def _lined(mask: Mask, against: Mask, rgba: RGBA) -> float:
    """Share of a part's border with another along which the part has a dark line of its own."""
    thick = max(2.0, 0.003 * max(mask.shape))
    box = box_of(mask, int(10 * thick))
    if box is None:
        return 0.0
    view = window(box)
    away = distance_to(against[view])
    light = rgba[view][..., :3].astype(np.int16).sum(-1)
    rim, deep = mask[view] & (away > 0.7 * thick) & (away < 1.7 * thick), mask[view] & (away > 5 * thick) & (away < 9 * thick)
    if rim.sum() < 12 or not deep.any():
        return 0.0
    return float((light[rim] < 0.6 * np.median(light[deep])).mean())


def _shares(slots: Sequence[Slot], owner: Owner) -> list[dict[str, float]]:
    """Of each slot: the share of its border with each part, "" for the outside."""
    out: list[dict[str, float]] = [{} for _ in slots]
    for a, b, length in borders(owner.astype(np.int32) + 1):
        for mine, other in ((a, b), (b, a)):
            if mine:
                part = slots[other - 1].part if other else ""
                out[mine - 1][part] = out[mine - 1].get(part, 0.0) + float(length)
    return [{part: v / sum(share.values()) for part, v in share.items()} for share in out]
