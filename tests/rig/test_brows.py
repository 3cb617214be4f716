"""Brows move by their own side's parameters, in Live2D's senses."""

from __future__ import annotations

import numpy as np
import pytest

from layering.stack import Layer
from rig.anchors import find_anchors
from rig.brows import brow_part
from rig.puppet import F32, Part
from tests.rig.eyedraw import CENTRES, INK, arch, eye, face, layer, stack_of, stroke


def brow(side: str) -> Layer:
    x, y = CENTRES[side]
    return layer(f"eyebrow-{side}", "eyebrow", stroke(arch((x, y - 38), 24, 5), 4), INK, side)


def rigged(brow_layer: Layer) -> Part:
    return brow_part(brow_layer, find_anchors(stack_of(face(), *eye("r"), *eye("l"), brow_layer)))


def moves(part: Part, name: str) -> tuple[F32, F32]:
    """Offsets at -1 and +1."""
    form = next(f for f in part.keyforms if f.axes == (f"ParamBrow{name}",))
    assert form.offsets is not None and not form.offsets[1].any()
    return form.offsets[0], form.offsets[2]


@pytest.mark.parametrize("side", ["l", "r"])
def test_up_is_up_and_together_is_inward(side: str) -> None:
    part = rigged(brow(side))
    down, up = moves(part, f"{side.upper()}Y")
    assert (up[:, 1] < -3).all() and (down[:, 1] > 2).all() and not up[:, 0].any()
    together, apart = moves(part, f"{side.upper()}X")
    inward = -1 if side == "l" else 1
    assert (inward * together[:, 0] > 1).all() and (inward * apart[:, 0] < -1).all()


@pytest.mark.parametrize("side", ["l", "r"])
def test_angry_lowers_the_inner_end(side: str) -> None:
    part = rigged(brow(side))
    angry, _ = moves(part, f"{side.upper()}Angle")
    x = part.mesh.vertices[:, 0]
    inner = x.argmin() if side == "l" else x.argmax()
    outer = x.argmax() if side == "l" else x.argmin()
    assert angry[inner, 1] > 2 and angry[outer, 1] < -2


def test_form_arches_the_middle() -> None:
    part = rigged(brow("l"))
    flat, arched = moves(part, "LForm")
    x = part.mesh.vertices[:, 0]
    middle = np.abs(x - x.mean()).argmin()
    assert arched[middle, 1] < -3 < 1.5 < flat[middle, 1] and abs(arched[x.argmin(), 1]) < 2


def test_sides_answer_only_to_their_own_parameters() -> None:
    assert all(f.axes[0].startswith("ParamBrowL") for f in rigged(brow("l")).keyforms)


def test_both_brows_on_one_layer_move_each_by_itself() -> None:
    both = np.maximum(*(stroke(arch((x, y - 38), 24, 5), 4) for x, y in CENTRES.values()))
    part = rigged(layer("eyebrow", "eyebrow", both, INK))
    _, up = moves(part, "LY")
    x = part.mesh.vertices[:, 0]
    assert (up[x > 140, 1] < -3).all() and not up[x < 105].any()
