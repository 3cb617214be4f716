"""The network that ships draws a person whom it never saw: larger eyes, outlines, the same colours."""

from __future__ import annotations

import numpy as np
import pytest

from stylize.faces import align, cut_face
from stylize.stylizer import MODELS, load_stylizer, shipped
from stylize.workflow import stylize
from tests.stylize.drawn_face import SIZE, Person, person


@pytest.fixture(scope="module")
def someone() -> Person:
    return person()


@pytest.fixture(scope="module")
def face(someone: Person) -> tuple[np.ndarray, np.ndarray]:
    """(photo, drawing) of the aligned face, uint8 (256, 256, 3)."""
    photo = cut_face(someone.rgb, align(someone.mesh, SIZE))
    return photo, load_stylizer("compact")(photo)


def test_it_ships_and_is_small() -> None:
    assert "compact" in shipped()
    assert (MODELS / "compact.onnx").stat().st_size < 12e6
    assert (MODELS / "compact.md").is_file()


CHEEK = np.s_[130:160, 85:110]


def test_colours_stay(face: tuple[np.ndarray, np.ndarray]) -> None:
    photo, drawing = (x[CHEEK].astype(np.float32).mean((0, 1)) for x in face)
    assert np.abs(photo - drawing).max() < 30


def test_eyes_become_larger(face: tuple[np.ndarray, np.ndarray]) -> None:
    """There is more beneath the brows that is no skin."""
    photo, drawing = (np.abs(x[108:150, 60:196] - x[CHEEK].mean((0, 1))).sum(-1) > 90 for x in face)
    assert drawing.sum() > 1.2 * photo.sum()


def test_the_chin_gets_an_outline(face: tuple[np.ndarray, np.ndarray]) -> None:
    """Skin lies on skin there in the photo."""
    photo, drawing = ((x[CHEEK].mean() - x[205:245, 100:156].mean(-1)).max(0).mean() for x in face)
    assert photo < 5
    assert drawing > 15


def test_the_ground_goes_and_the_size_stays(someone: Person) -> None:
    out = stylize(someone.rgb, load_stylizer("compact"), None, 1.0, "transparent", [someone.mesh], someone.mask)
    assert out.shape == (SIZE[1], SIZE[0], 4)
    assert np.array_equal(out[..., 3] > 0, someone.mask > 0)
