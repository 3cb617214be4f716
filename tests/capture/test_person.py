"""Who is in a picture: nobody in an empty one, and the synthetic person's face where it was painted, small and far off too."""

from __future__ import annotations

import numpy as np

from capture.person import PersonSeer, _apart
from tests.stylize.drawn_face import CENTRE, SIZE, mesh, person


def test_nobody_in_an_even_picture() -> None:
    with PersonSeer() as seer:
        grey = np.full((240, 320, 3), 128, np.uint8)
        assert seer.faces(grey) == []
        mask = seer.mask(grey)
        assert mask.shape == (240, 320)
        assert float(mask.max()) < 0.5


def test_a_face_is_found_where_it_is_and_once() -> None:
    someone = person()
    with PersonSeer() as seer:
        found = seer.faces(someone.rgb)
        mask = seer.mask(someone.rgb)
    assert len(found) == 1
    assert found[0].shape == (478, 3)
    middle = found[0][:468, :2].mean(0) * SIZE
    assert np.hypot(*(middle - CENTRE)) < 20
    assert mask.dtype == np.float32
    assert mask[int(CENTRE[1]), int(CENTRE[0])] > 0.5


def test_two_meshes_are_one_face_where_they_lie_on_each_other() -> None:
    one = mesh()
    assert not _apart(one, one + np.float32(0.01))
    assert _apart(one, one + np.array((0.5, 0, 0), np.float32))
