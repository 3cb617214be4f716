"""Drawn states: of open and closed eyes, and of open and closed mouths, the rest pose shows one each."""

from __future__ import annotations

from collections.abc import Sequence

from layering.names import EYE_PARTS
from layering.place import Item


def settle_states(items: Sequence[Item]) -> None:
    """Set `state` and `shown` of all eye and mouth layers.

    What the file shows stays; where it shows both, the eyes are open and the mouth is closed at rest.
    """
    _settle_mouth([x for x in items if x.part == "mouth"])
    eyes = [x for x in items if x.part in EYE_PARTS]
    sides = {side: _eye_state([x for x in eyes if x.side in (side, "")]) for side in ("l", "r")}
    for item in eyes:
        chosen = {sides[item.side]} if item.side else set(sides.values())
        item.shown = ("closed" if item.state == "closed" else "open") in chosen
    for side in ("l", "r", ""):
        for closed in (True, False):
            _keep_visible([x for x in eyes if x.side == side and (x.state == "closed") == closed and x.shown])


def _eye_state(eye: Sequence[Item]) -> str:
    closed = [x for x in eye if x.state == "closed"]
    opened = [x for x in eye if x.state != "closed"]
    only_closed = any(x.raw.visible for x in closed) and not any(x.raw.visible for x in opened)
    return "closed" if only_closed or not opened else "open"


def _settle_mouth(mouths: Sequence[Item]) -> None:
    states = {x.state for x in mouths}
    if "other" in states and not any(x.state in ("open", "closed") and x.raw.visible for x in mouths):
        for item in mouths:
            item.state = "" if item.state == "other" else item.state
    if states & {"open", "closed"}:
        plain = "closed" if "closed" not in states else "open"
        for item in mouths:                     # a plain "mouth" beside a drawn state is the other one
            item.state = item.state or plain
    visible = {x.state for x in mouths if x.raw.visible}
    order = [s for s in ("closed", "open", "") if s in visible] or [s for s in ("closed", "open", "") if s in states]
    for item in mouths:
        item.shown = bool(order) and item.state == order[0]
    _keep_visible([x for x in mouths if x.shown])


def _keep_visible(chosen: Sequence[Item]) -> None:
    """Of the layers of a chosen state show those that the file shows; if it shows none, the top-most one with its group."""
    if not any(x.raw.visible for x in chosen) and chosen:
        group = chosen[-1].raw.path[:-1]
        for item in chosen:
            item.shown = item is chosen[-1] or (bool(group) and item.raw.path[:-1] == group)
        return
    for item in chosen:
        item.shown = item.raw.visible
