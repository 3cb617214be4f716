"""Person and ground stylized each by its own, faces one by one, and the mask's edge."""

from __future__ import annotations

import numpy as np
import pytest

from kirie.errors import StylizeError
from stylize.faces import CORNERS, EYE_LINE, EYE_SPAN, SIDE, align, cut_face, put_back, stylize_faces
from stylize.flat.model import FlatModel
from stylize.person import refine_mask
from stylize.workflow import stylize, without_person
from tests.stylize.drawn_face import SIZE, Person, person


class Painted:
    """A stylizer that paints everything in one colour, and remembers how large what it got was."""

    name, multiple = "painted", 4

    def __init__(self, colour: tuple[int, int, int]) -> None:
        self.colour = colour
        self.seen: list[tuple[int, ...]] = []

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        self.seen.append(rgb.shape[:2])
        return np.full_like(rgb, self.colour)


class Same:
    name, multiple = "same", 1

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        return rgb


RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture(scope="module")
def someone() -> Person:
    return person()


def test_person_and_ground_have_a_stylizer_each(someone: Person) -> None:
    out = stylize(someone.rgb, Painted(RED), Painted(BLUE), background_mode="stylize", mask=someone.mask)
    assert out.shape == (*someone.rgb.shape[:2], 4)
    assert (out[..., 3] == 255).all()
    assert (out[someone.mask == 1][:, :3] == RED).all()
    assert (out[someone.mask == 0][:, :3] == BLUE).all()


def test_the_ground_is_kept_flat_or_clear(someone: Person) -> None:
    kept = stylize(someone.rgb, Painted(RED), mask=someone.mask)
    assert np.array_equal(kept[:30, :30, :3], someone.rgb[:30, :30])
    flat = stylize(someone.rgb, Painted(RED), background_mode="flat", mask=someone.mask)
    assert len(np.unique(flat[someone.mask == 0][:, :3], axis=0)) <= 6
    clear = stylize(someone.rgb, Painted(RED), background_mode="transparent", mask=someone.mask)
    assert np.array_equal(clear[..., 3] > 0, someone.mask > 0)


def test_strength_goes_from_photo_to_drawing(someone: Person) -> None:
    none = stylize(someone.rgb, Painted(RED), strength=0, mask=someone.mask)
    assert np.abs(none[someone.mask == 1][:, :3].astype(int) - someone.rgb[someone.mask == 1]).max() <= 1
    half = stylize(someone.rgb, Painted(RED), strength=0.5, mask=someone.mask)[200, 150, :3].astype(int)
    assert np.abs(half - (someone.rgb[200, 150].astype(int) + RED) / 2).max() <= 2


def test_the_persons_rim_is_not_left_beside_a_drawn_edge(someone: Person) -> None:
    """The ground is continued behind the person: the shirt's green is nowhere in it."""
    ground = without_person(someone.rgb, someone.mask)
    assert np.abs(ground[330, 150].astype(int) - (120, 140, 165)).max() < 25
    far = someone.mask[:40] == 0
    assert np.array_equal(ground[:40][far][:100], someone.rgb[:40][far][:100])


def test_soft_edges_take_the_persons_own_colours(someone: Person) -> None:
    soft = someone.mask.copy()
    edge = np.zeros_like(soft, bool)
    edge[300, 40:60] = True
    soft[edge] = 0.5
    out = stylize(someone.rgb, None, background_mode="transparent", mask=soft)
    person_colour = someone.rgb[300, 100].astype(int)
    assert np.abs(out[300, 50, :3].astype(int) - person_colour).max() < 30


def test_networks_never_see_a_whole_large_picture() -> None:
    model = Painted(RED)
    stylize(np.zeros((1500, 2000, 3), np.uint8), model)
    assert model.seen == [(576, 768)]


def test_hair_and_clothes_are_seen_as_large_as_the_face(someone: Person) -> None:
    """Lines would else be of two widths, where the aligned face ends."""
    painted = Painted(RED)
    for enlarged in (2, 4):
        stylize(np.kron(someone.rgb, np.ones((enlarged, enlarged, 1), np.uint8)), painted, meshes=[someone.mesh])
    (small, face), (large, _) = painted.seen[:2], painted.seen[2:]
    assert face == (SIDE, SIDE)
    assert small == large
    assert small[1] / SIZE[0] == pytest.approx(np.hypot(*align(someone.mesh, SIZE)[:, 0]), rel=0.01)


def test_what_cannot_be_is_said(someone: Person) -> None:
    with pytest.raises(StylizeError, match="no background mode 'gone'"):
        stylize(someone.rgb, None, background_mode="gone")
    with pytest.raises(StylizeError, match="no face"):
        stylize(someone.rgb, FlatModel(), mask=someone.mask)
    with pytest.raises(StylizeError, match="the mask is"):
        stylize(someone.rgb, None, mask=np.zeros((5, 5), np.float32))


def test_the_flat_model_fits_the_photos_size(someone: Person) -> None:
    out = stylize(someone.rgb, FlatModel(), background_mode="transparent", meshes=[someone.mesh], mask=someone.mask)
    assert out.shape == (*someone.rgb.shape[:2], 4)
    seen = out[..., 3] > 127
    assert (seen & (someone.mask > 0)).sum() / (seen | (someone.mask > 0)).sum() > 0.93


def test_a_face_is_aligned_by_the_corners_of_its_eyes(someone: Person) -> None:
    to_crop = align(someone.mesh, SIZE)
    corners = someone.mesh[list(CORNERS), :2] * SIZE
    right, left = corners @ to_crop[:, :2].T + to_crop[:, 2]
    assert right[1] == pytest.approx(EYE_LINE * SIDE, abs=1e-3)
    assert left[1] == pytest.approx(EYE_LINE * SIDE, abs=1e-3)
    assert (left[0] - right[0]) == pytest.approx(EYE_SPAN * SIDE, rel=0.2)
    assert cut_face(someone.rgb, to_crop).shape == (SIDE, SIDE, 3)


def test_a_tilted_face_comes_upright(someone: Person) -> None:
    angle = np.radians(25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    tilted = someone.mesh.copy()
    points = (tilted[:, :2] * SIZE - (150, 165)) @ turn.T + (150, 165)
    tilted[:, :2] = points / SIZE
    to_crop = align(tilted, SIZE)
    right, left = (points[i] @ to_crop[:, :2].T + to_crop[:, 2] for i in CORNERS)
    assert right[1] == pytest.approx(left[1], abs=1e-3)


def test_every_face_is_put_back_where_it_was(someone: Person) -> None:
    two = np.concatenate([someone.rgb, someone.rgb], 1)
    left, right = someone.mesh.copy(), someone.mesh.copy()
    left[:, 0], right[:, 0] = left[:, 0] / 2, right[:, 0] / 2 + 0.5
    same = stylize_faces(two, two, [left, right], Same())
    assert np.abs(same.astype(int) - two).mean() < 3
    model = Painted(RED)
    out = stylize_faces(two, two, [left, right], model)
    assert model.seen == [(SIDE, SIDE)] * 2
    for x in (150, 450):
        assert (out[180, x] == RED).all()
    assert np.array_equal(out[-30:], two[-30:])


def test_a_face_beyond_the_picture_leaves_it_as_it_is(someone: Person) -> None:
    off = align(someone.mesh + np.array((5, 0, 0), np.float32), SIZE)
    assert put_back(someone.rgb, np.zeros((SIDE, SIDE, 3), np.uint8), off) is someone.rgb


def test_a_rough_mask_finds_the_true_edge(someone: Person) -> None:
    rough = np.roll(someone.mask, 5, axis=1)
    true = someone.mask > 0.5

    def fit(mask: np.ndarray) -> float:
        return float(((mask > 0.5) & true).sum() / ((mask > 0.5) | true).sum())

    assert fit(refine_mask(someone.rgb, rough)) > fit(rough) + 0.03
    nobody = np.zeros_like(rough)
    assert np.array_equal(refine_mask(someone.rgb, nobody), nobody)
