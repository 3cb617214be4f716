"""The software rasteriser by itself, without OpenGL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layering.stack import Blend, blend_layers, unpremultiply
from render import reference
from render.masks import plan_masks
from render.reference import draw_reference
from render.textures import prepare
from rig.puppet import Mesh
from tests.render.scenes import blended_stack, checker, ellipse, from_stack, masked_face, part_of, puppet_of, rest, turned


def test_small_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    puppet = masked_face()
    whole = draw_reference(puppet, turned(puppet))
    monkeypatch.setattr(reference, "_PIXELS_AT_ONCE", 50)
    assert np.array_equal(draw_reference(puppet, turned(puppet)), whole)


def test_shared_edges_leave_no_gap_and_no_seam() -> None:
    puppet = puppet_of(part_of(ellipse((80, 60), (300, 300), (10, 200, 30), soft=0.1)))
    moment = turned(puppet, degrees=45, shrink=1.0)
    assert (draw_reference(puppet, moment)[..., 3] == 255).all()


def test_whole_px_moves_move_the_picture() -> None:
    puppet = masked_face()
    moved = replace(rest(puppet), vertices=rest(puppet).vertices + np.array([7, -5], np.float32))
    still, shifted = draw_reference(puppet, rest(puppet)), draw_reference(puppet, moved)
    assert np.array_equal(shifted[20:100, 30:140], still[25:105, 23:133])


def test_flat_triangles_and_those_outside_draw_nothing() -> None:
    part = part_of(ellipse((80, 60), (10, 10), (1, 2, 3)))
    line = replace(part, mesh=Mesh(part.mesh.vertices * np.array([0, 1], np.float32), part.mesh.uv, part.mesh.triangles))
    away = replace(part, name="away", mesh=replace(part.mesh, vertices=part.mesh.vertices + np.float32(5000)))
    puppet = puppet_of(line, away)
    assert not draw_reference(puppet, rest(puppet)).any()


@pytest.mark.parametrize("blend", list(Blend))
def test_blend_modes_are_the_compositors(blend: Blend) -> None:
    stack = blended_stack()
    stack = replace(stack, layers=(*stack.layers[:2], replace(stack.layers[2], blend=blend)))
    expected = unpremultiply(blend_layers(stack.canvas, stack.layers))
    assert np.array_equal(draw_reference(from_stack(stack), rest(from_stack(stack))), expected)


def test_mask_is_the_union_and_takes_part_in_opacity() -> None:
    disc = ellipse((80, 60), (20, 20), (0, 0, 0))
    windows = [part_of(disc, name, drawn=False, opacity=0.5) for name in "ab"]
    puppet = puppet_of(*windows, part_of(ellipse((80, 60), (40, 40), (200, 0, 0)), "red", ("a", "b")))
    assert draw_reference(puppet, rest(puppet))[60, 80].tolist()[3] == 191       # 1 - 0.5 x 0.5


def test_nested_masks_come_in_order() -> None:
    plan = plan_masks(masked_face())
    assert [mask.level for mask in plan.masks] == sorted(mask.level for mask in plan.masks)
    assert max(mask.level for mask in plan.masks) == 1
    assert len(plan.pages) == 2 and all(len(page) <= 4 for page in plan.pages)
    assert plan.slot(plan.of_part[3]) == (1, 0)


@pytest.mark.parametrize("density", [0.5, 0.4, 0.2])
def test_shrinking_keeps_the_amount_of_colour(density: float) -> None:
    layer = replace(ellipse((80, 60), (30, 20), (0, 0, 0)), rgba=checker(), offset=(37, 21))
    made = prepare(part_of(layer), density)
    total = 16 * 12 * density**2
    assert made.pixels[..., 3].sum() == pytest.approx(total, rel=0.03)
    visible = made.pixels[made.pixels[..., 3] > 0.01]
    assert np.allclose(visible[:, 1] / visible[:, 3], 30 / 255, atol=0.01)       # no hidden green comes in
    assert not made.pixels[[0, -1]].any() and not made.pixels[:, [0, -1]].any()


def test_shrunk_texels_stay_in_place() -> None:
    puppet = puppet_of(part_of(ellipse((80, 60), (30, 20), (50, 100, 150), soft=6)))
    small = draw_reference(puppet, rest(puppet), (40, 30))[..., 3].astype(float)
    large = draw_reference(puppet, rest(puppet))[..., 3].astype(float)
    expected = large.reshape(30, 4, 40, 4).mean((1, 3))
    assert np.abs(small - expected).max() < 12
    assert abs((small * np.arange(40)).sum() / small.sum() - 19.5) < 0.05
