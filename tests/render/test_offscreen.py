"""The offscreen host: sizes, backgrounds, contexts side by side, and what it says without OpenGL."""

from __future__ import annotations

import subprocess
import sys

import moderngl
import numpy as np
import pytest

from kirie.errors import RenderError
from render.offscreen import Offscreen
from render.pictures import flattened
from render.straight import to_straight
from render.view import View
from tests.render.scenes import blended_stack, ellipse, from_stack, masked_face, part_of, puppet_of, rest

needs_gl = pytest.mark.usefixtures("gl")


@needs_gl
def test_canvas_fits_inside_and_is_centred() -> None:
    puppet = puppet_of(part_of(ellipse((50, 50), (49, 49), (9, 9, 9))), size=(100, 100))
    with Offscreen(puppet, (120, 50)) as offscreen:
        alpha = offscreen.draw(rest(puppet))[..., 3]
    columns = np.flatnonzero(alpha.any(0))
    assert alpha.shape == (50, 120)
    assert 34 <= columns[0] <= 37 and 83 <= columns[-1] <= 86


@needs_gl
def test_background_is_what_flattening_gives() -> None:
    puppet = from_stack(blended_stack())
    normal = puppet_of(*puppet.parts[:2])
    with Offscreen(normal) as clear, Offscreen(normal, background=(20, 90, 200)) as filled:
        picture, expected = filled.draw(rest(normal)), flattened(clear.draw(rest(normal)), (20, 90, 200))
    assert (picture[..., 3] == 255).all()
    assert np.abs(picture.astype(int) - expected).max() <= 2


@needs_gl
def test_pictures_do_not_share_memory_unless_asked() -> None:
    puppet = masked_face()
    with Offscreen(puppet) as offscreen:
        first, second = offscreen.draw(rest(puppet)), offscreen.draw(rest(puppet))
        assert not np.shares_memory(first, second)
        assert offscreen.draw(rest(puppet), second) is second
        assert np.array_equal(first, second)
        assert offscreen.device


@needs_gl
def test_several_side_by_side_and_one_after_another() -> None:
    puppet = masked_face()
    with Offscreen(puppet) as one:
        expected = one.draw(rest(puppet))
        with Offscreen(puppet, (40, 30)) as two:
            two.draw(rest(puppet))
            assert np.array_equal(one.draw(rest(puppet)), expected)
        assert np.array_equal(one.draw(rest(puppet)), expected)
    with Offscreen(puppet) as three:
        assert np.array_equal(three.draw(rest(puppet)), expected)


@needs_gl
def test_leaving_it_to_the_interpreter_does_not_crash() -> None:
    code = ("from render.offscreen import Offscreen; from tests.render.scenes import masked_face, rest; p = masked_face();"
            "o = Offscreen(p); o.draw(rest(p)); k = Offscreen(p); print('fine')")  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "fine"), done.stderr


def test_without_opengl_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("libEGL.so: cannot open shared object file")

    monkeypatch.setattr(moderngl, "create_context", missing)
    with pytest.raises(RenderError, match=r"libEGL\.so") as caught:
        Offscreen(masked_face())
    assert "apt-get install" in caught.value.hint


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (99999, 10)])
def test_sizes_that_cannot_be(size: tuple[int, int]) -> None:
    with pytest.raises(RenderError, match="cannot be drawn"):
        View.fit((10, 10), size)


def test_view_without_a_size_is_the_canvas() -> None:
    assert View.fit((640, 480)) == View((640, 480), 1.0, (0.0, 0.0))
    assert View.fit((101, 51), (201, 60)).offset[0].is_integer()


def test_straight_alpha_by_table_is_the_division() -> None:
    alpha, colour = (a.ravel() for a in np.mgrid[:256, :256])
    inside = colour <= alpha
    pixels = np.stack([colour[inside], colour[inside] // 2, 0 * colour[inside], alpha[inside]], -1).astype(np.uint8)[None]
    out = pixels.copy()
    to_straight(out)
    share = np.maximum(pixels[..., 3:].astype(float), 1) / 255
    assert np.abs(out[..., :3] - np.where(pixels[..., 3:] > 0, pixels[..., :3] / share, 0)).max() <= 0.5001
    assert np.array_equal(out[..., 3], pixels[..., 3])
