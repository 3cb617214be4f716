"""Props: which parts they are, and that hiding them hides nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rig.props import props, without
from tests.render.scenes import ellipse, part_of, puppet_of, rest


def test_props_are_found_by_kind_and_pairs_are_one() -> None:
    kinds = [("eyewear", "eyewear"), ("earwear-l", "earwear"), ("earwear-r", "earwear"), ("neckwear", "neckwear"),
             ("objects-2", "objects"), ("face", "face")]  # fmt: skip
    parts = [replace(part_of(ellipse((40, 40), (9, 9), (9, 9, 9)), name), part=kind) for name, kind in kinds]
    window = replace(part_of(ellipse((40, 40), (9, 9), (9, 9, 9)), "window", drawn=False), part="eyewear")
    found = props(puppet_of(*parts, window))
    assert found == {"eyewear": ("eyewear",), "earwear": ("earwear-l", "earwear-r"), "objects-2": ("objects-2",)}


def test_hidden_parts_are_gone_and_others_as_they_were() -> None:
    parts = [part_of(ellipse((40, 40), (9, 9), (9, 9, 9)), name, opacity=0.75) for name in ("hat", "face")]
    puppet = puppet_of(*parts)
    moment = rest(puppet)
    hidden = without(moment, puppet, {"hat", "nothing of ours"})
    assert hidden.opacity.tolist() == [0.0, 0.75] and hidden.vertices is moment.vertices
    assert without(moment, puppet, frozenset()) is moment and np.array_equal(moment.opacity, [0.75, 0.75])
