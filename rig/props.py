"""What a character can take off: glasses, hats, earrings, things in its hands. Hiding changes opacity, nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from rig.puppet import DrawList, Puppet

PROPS = ("eyewear", "headwear", "earwear", "objects")
"""Kinds of parts that are props. Ties and scarves are not: few artists draw what they cover."""


def props(puppet: Puppet) -> dict[str, tuple[str, ...]]:
    """The puppet's props in its order: what each is called, a pair by one name, and the names of its parts."""
    found: dict[str, tuple[str, ...]] = {}
    for part in puppet.parts:
        if part.part in PROPS and part.drawn:
            name = re.sub(r"-[lr]\b", "", part.name)
            found[name] = (*found.get(name, ()), part.name)
    return found


def without(draw_list: DrawList, puppet: Puppet, hidden: Collection[str]) -> DrawList:
    """The same moment with the parts of these names gone, and with them what they mask."""
    if not hidden:
        return draw_list
    shown = np.array([part.name not in hidden for part in puppet.parts], np.float32)
    return DrawList(draw_list.vertices, draw_list.opacity * shown)
