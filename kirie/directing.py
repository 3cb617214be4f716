"""What can be asked of a character, with or without a window: expressions, held parameters, sensitivity, idling, props."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kirie.errors import KirieError

if TYPE_CHECKING:
    from render.stage import Stage

Answer = dict[str, Any]
Words = Sequence[str]
MOST_SENSITIVE = 10.0
WORDS = ("set", "release", "sensitivity", "idle", "props")
"""The commands here, besides the names of expressions."""


def direct(stage: Stage, command: str) -> Answer | None:
    """Carry out a command on a stage: what came of it, or None where it is none of these. Raises KirieError for a wrong one."""
    name, *words = command.split() or [""]
    if name in stage.face.expressions and not words:
        stage.face.show(name)
        return {"expression": stage.face.wanted}
    action = _ACTIONS.get(name)
    return action(stage, words) if action else None


def _set(stage: Stage, words: Words) -> Answer:
    name, value = _name_and_number(words, "set ParamAngleX 20")
    return {"held": {name: stage.held.hold(name, value)}}


def _release(stage: Stage, words: Words) -> Answer:
    if len(words) > 1:
        raise KirieError("release lets one parameter go, or all", "for instance: release ParamAngleX")
    stage.held.release(*words)
    return {"held": stage.held.values}


def _sensitivity(stage: Stage, words: Words) -> Answer:
    name, value = _name_and_number(words, "sensitivity ParamAngleX 1.5")
    if name not in {p.name for p in stage.puppet.parameters}:
        raise KirieError(f"the puppet has no parameter {name}", f"it has {', '.join(p.name for p in stage.puppet.parameters)}")
    stage.sensitivity[name] = min(max(value, 0.0), MOST_SENSITIVE)
    if stage.sensitivity[name] == 1:
        del stage.sensitivity[name]
    return {"sensitivity": dict(stage.sensitivity)}


def _idle(stage: Stage, words: Words) -> Answer:
    _none(words, "idle")
    stage.idles = not stage.idles
    return {"idle": stage.idles}


def _props(stage: Stage, words: Words) -> Answer:
    """All off, or on where one is off; those that are named, the other way round."""
    from rig.props import props

    known = props(stage.puppet)
    if not known:
        raise KirieError("this puppet has no props", "give glasses, hats and things in hands layers of their own")
    words = [" ".join(words)] if " ".join(words) in known else words       # layers may have names of several words
    unknown = [word for word in words if word not in known]
    if unknown:
        raise KirieError(f"there is no prop {unknown[0]}", f"there are {', '.join(known)}")
    for names in [known[word] for word in words] or [tuple(n for each in known.values() for n in each)]:
        off = stage.hidden & set(names)
        stage.hidden = stage.hidden - off if off else stage.hidden | set(names)
    return {"props": {name: not stage.hidden & set(parts) for name, parts in known.items()}}


def _name_and_number(words: Words, example: str) -> tuple[str, float]:
    try:
        name, number = words
        value = float(number)
    except ValueError:
        name, value = "", math.nan
    if not math.isfinite(value):
        raise KirieError("a parameter and a number are wanted", f"for instance: kirie send {example}")
    return name, value


def _none(words: Words, name: str) -> None:
    if words:
        raise KirieError(f"{name} stands alone", f"kirie send {name}")


_ACTIONS: dict[str, Callable[[Stage, Words], Answer]] = {
    "set": _set, "release": _release, "sensitivity": _sensitivity, "idle": _idle, "props": _props}  # fmt: skip
