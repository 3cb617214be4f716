"""The painter against the numpy reference and the layer compositor, at rest and posed, in all blend modes and with masks."""

from __future__ import annotations

from dataclasses import replace

import moderngl
import numpy as np
import pytest

from kirie.errors import RenderError
from layering.stack import RGBA, LayerStack
from render.boxes import Box
from render.offscreen import Offscreen
from render.painter import Painter
from render.reference import draw_reference
from render.surfaces import Surface
from render.view import View
from rig.puppet import DrawList, Puppet
from tests.conftest import CompareGolden, assert_alike, premultiply
from tests.render.scenes import blended_stack, ellipse, from_stack, masked_face, part_of, puppet_of, rest, turned


def draw(puppet: Puppet, moment: DrawList, size: tuple[int, int] | None = None, view: View | None = None) -> RGBA:
    """One picture by OpenGL."""
    with Offscreen(puppet, size, view=view) as offscreen:
        return offscreen.draw(moment)


pytestmark = pytest.mark.usefixtures("gl")


def worst(a: RGBA, b: RGBA) -> float:
    """The largest difference that any background would show, of 255."""
    return float(np.abs(premultiply(a) - premultiply(b)).max())


def test_rest_is_the_composite() -> None:
    stack = blended_stack()
    picture, expected = draw(from_stack(stack), rest(from_stack(stack))), stack.composite()
    assert worst(picture, expected) <= 2
    assert np.abs(picture[expected[..., 3] > 250].astype(int) - expected[expected[..., 3] > 250]).max() <= 2


def test_reference_at_rest_is_the_composite_exactly() -> None:
    stack = blended_stack()
    picture, expected = draw_reference(from_stack(stack), rest(from_stack(stack))), stack.composite()
    assert np.abs(picture.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [None, (300, 200), (97, 64), (64, 120)])
@pytest.mark.parametrize("puppet", [from_stack(blended_stack()), masked_face()], ids=["blends", "masks"])
def test_posed_is_the_reference(puppet: Puppet, size: tuple[int, int] | None) -> None:
    moment = turned(puppet)
    assert_alike("posed", draw(puppet, moment, size), draw_reference(puppet, moment, size))


def test_golden_blends(compare_golden: CompareGolden) -> None:
    puppet = from_stack(blended_stack())
    compare_golden("render_blends_turned", draw(puppet, turned(puppet)))


def test_golden_masks(compare_golden: CompareGolden) -> None:
    puppet = masked_face()
    compare_golden("render_masks_turned", draw(puppet, turned(puppet)))


def test_golden_shrunk(compare_golden: CompareGolden) -> None:
    puppet = masked_face()
    compare_golden("render_masks_small", draw(puppet, turned(puppet), (64, 64)))


def test_iris_stays_in_the_white() -> None:
    puppet = masked_face()
    without = replace(puppet, parts=tuple(p for p in puppet.parts if not p.name.startswith(("iris", "glint"))))
    changed = draw(puppet, rest(puppet)).astype(int) != draw(without, rest(without))
    white = puppet.parts[1]
    x, y = white.mesh.vertices.min(0).astype(int) + 3
    height, width = white.texture.shape[:2]
    assert changed[:, :80].any()
    outside = changed[:, :80].copy()
    outside[y : y + height, x : x + width][white.texture[..., 3] > 0] = False
    assert not outside.any()


def test_hidden_parts_mask_but_do_not_show() -> None:
    puppet = masked_face()
    fewer = replace(puppet, parts=tuple(p for p in puppet.parts if p.name != "brow"))
    bare = replace(puppet, parts=tuple(p for p in fewer.parts if "window" not in p.name))
    assert np.array_equal(draw(fewer, rest(fewer)), draw(bare, rest(bare)))


def test_mask_that_is_fully_transparent_hides() -> None:
    puppet = masked_face()
    opacity = rest(puppet).opacity.copy()
    for index, part in enumerate(puppet.parts):
        opacity[index] = 0 if "window" in part.name else opacity[index]
    without = replace(puppet, parts=tuple(p for p in puppet.parts if p.name != "brow"))
    assert np.array_equal(draw(puppet, replace(rest(puppet), opacity=opacity)), draw(without, rest(without)))


def test_more_masks_than_one_page_holds() -> None:
    parts = []
    for i in range(6):
        hole = part_of(ellipse((20 + 24 * i, 60), (9, 30), (0, 0, 0)), f"hole {i}", drawn=False)
        parts += [hole, part_of(ellipse((20 + 24 * i, 30 + 12 * i), (14, 20), (40 * i, 90, 200)), f"{i}", (hole.name,))]
    puppet = puppet_of(*parts)
    assert worst(draw(puppet, rest(puppet)), draw_reference(puppet, rest(puppet))) <= 2


def test_old_masks_do_not_linger() -> None:
    puppet = masked_face()
    still = rest(puppet)
    away = replace(still, vertices=still.vertices + np.float32(30))
    with Offscreen(puppet) as offscreen:
        first = offscreen.draw(still)
        offscreen.draw(away)
        assert np.array_equal(offscreen.draw(still), first)


def test_transparent_texels_hide_their_colour() -> None:
    layer = replace(ellipse((80, 60), (30, 20), (200, 30, 60)), name="red")
    layer.rgba[layer.rgba[..., 3] == 0, :3] = (0, 255, 0)
    puppet = puppet_of(part_of(layer))
    picture = draw(puppet, turned(puppet, shrink=1.0))
    assert picture[picture[..., 3] > 20][:, 1].max() < 90


def test_parts_that_touch_the_texture_edge_fade_there() -> None:
    layer = ellipse((80, 60), (10, 10), (10, 20, 30))
    full = replace(layer, rgba=np.full((20, 30, 4), 255, np.uint8), offset=(60, 50))
    puppet = puppet_of(part_of(full))
    picture = draw(puppet, rest(puppet))
    assert picture[..., 3].sum() == 255 * 600


def test_view_zooms_about_a_point() -> None:
    puppet = masked_face()
    view = View.around((80, 80), (102, 56), 3.0)
    picture = draw(puppet, rest(puppet), view=view)
    assert_alike("zoomed", picture, draw_reference(puppet, rest(puppet), view=view))
    assert picture[40, 40, 3] == 255


def test_one_painter_follows_a_changing_view(context: moderngl.Context) -> None:
    puppet = masked_face()
    painter = Painter(context, puppet)
    for size, scale in (((80, 60), 0.5), ((160, 120), 1.0), ((40, 30), 0.25)):
        canvas = Surface(context, size)
        painter.draw(rest(puppet), View(size, scale), canvas)
        picture = np.frombuffer(canvas.target.read(components=4), np.uint8).reshape(size[1], size[0], 4)
        expected = premultiply(draw_reference(puppet, rest(puppet), size))
        assert np.abs(picture - expected).max() <= 3
        canvas.release()
    painter.release()


def test_drawn_box_holds_all_pixels(context: moderngl.Context) -> None:
    puppet = puppet_of(part_of(ellipse((50, 40), (20, 10), (9, 9, 9))))
    painter, canvas = Painter(context, puppet), Surface(context, puppet.canvas)
    box = painter.draw(rest(puppet), View(puppet.canvas), canvas)
    assert box == Box(24, 24, 78, 56) or (box.left <= 29 and box.right >= 71 and box.bottom - box.top < 40)
    painter.release()
    canvas.release()


def test_a_puppet_of_nothing_is_transparent() -> None:
    empty = LayerStack((20, 10), ())
    assert not draw(from_stack(empty), rest(from_stack(empty))).any()


def test_pose_of_another_puppet_is_refused() -> None:
    puppet = masked_face()
    with Offscreen(puppet) as offscreen, pytest.raises(RenderError, match="vertices"):
        offscreen.draw(DrawList(np.zeros((3, 2), np.float32), np.ones(1, np.float32)))


def test_masks_that_cannot_be() -> None:
    disc = ellipse((50, 40), (20, 10), (9, 9, 9))
    with pytest.raises(RenderError, match="does not have"):
        Offscreen(puppet_of(part_of(disc, "a", ("b",))))
    with pytest.raises(RenderError, match="circle"):
        Offscreen(puppet_of(part_of(disc, "a", ("b",)), part_of(disc, "b", ("a",))))
