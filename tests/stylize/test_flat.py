"""The flat model: what it finds in a picture, what it draws, and what lies unseen beneath."""

from __future__ import annotations

import numpy as np
import pytest

from stylize.flat import marks
from stylize.flat.model import FlatModel, shares
from stylize.flat.portrait import PartPicture, Portrait, draw_portrait, missing_crown
from stylize.flat.regions import find_regions
from stylize.flat.suspicion import doubts, is_drawing
from tests.stylize.drawn_face import CENTRE, HALF, IRIS, SHIRT, SIZE, SKIN, Person, person


@pytest.fixture(scope="module")
def someone() -> Person:
    return person()


@pytest.fixture(scope="module")
def portrait(someone: Person) -> Portrait:
    return draw_portrait(someone.rgb, someone.mesh, someone.mask)


def whole(portrait: Portrait, name: str) -> np.ndarray:
    """A part on the whole canvas, uint8 (H, W, 4)."""
    out = np.zeros((portrait.size[1], portrait.size[0], 4), np.uint8)
    part = named(portrait, name)
    x, y = part.offset
    out[y : y + part.rgba.shape[0], x : x + part.rgba.shape[1]] = part.rgba
    return out


def named(portrait: Portrait, name: str) -> PartPicture:
    return next(p for p in portrait.parts if p.name == name)


def alike(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union."""
    return float((a & b).sum() / max((a | b).sum(), 1))


def test_regions_are_those_that_were_painted(someone: Person) -> None:
    import cv2

    face = marks.read_mesh(someone.mesh, SIZE)
    found = find_regions(someone.rgb, face, someone.mask)
    size = found.hair.shape[::-1]
    for share, truth in ((found.hair, someone.hair), (found.skin, someone.skin), (found.cloth, someone.shirt)):
        true = cv2.resize(truth.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
        assert alike(share > 0.5, true) > 0.85


def test_the_parts_are_named_as_the_house_names_layers(portrait: Portrait) -> None:
    names = [p.name for p in portrait.parts]
    for name in ("neck", "topwear", "face", "facedetail", "nose", "mouth", "front hair", *(
            f"{part}-{side}" for part in ("eyewhite", "irides", "eyelash", "eyebrow") for side in "lr")):  # fmt: skip
        assert name in names
    order = [names.index(n) for n in ("neck", "topwear", "face", "mouth", "eyewhite-l", "irides-l", "eyelash-l", "front hair")]
    assert order == sorted(order)


def test_colours_are_the_persons(portrait: Portrait, someone: Person) -> None:
    drawn = portrait.composite()
    x, y = (np.array((CENTRE[0], CENTRE[1] - 30)) * portrait.scale).astype(int)
    assert np.abs(drawn[y, x, :3].astype(int) - SKIN).max() < 40
    x, y = (np.array((150, 370)) * portrait.scale).astype(int)
    assert np.abs(drawn[y, x, :3].astype(int) - SHIRT).max() < 30
    iris = named(portrait, "irides-l").rgba
    blue = iris[iris[..., 3] == 255][:, :3].astype(int)
    assert (blue[:, 2] > blue[:, 0] + 20).mean() > 0.4, "the irises were painted blue"


def test_the_iris_takes_another_colour_with_the_photo() -> None:
    brown = person(iris=(110, 70, 40))
    iris = named(draw_portrait(brown.rgb, brown.mesh, brown.mask), "irides-l").rgba
    pixels = iris[iris[..., 3] == 255][:, :3].astype(int)
    assert (pixels[:, 0] > pixels[:, 2] + 15).mean() > 0.4
    assert IRIS[2] > IRIS[0]


def test_the_drawing_is_flat_and_its_ground_clear(portrait: Portrait) -> None:
    drawn = portrait.composite()
    solid = drawn[drawn[..., 3] == 255][:, :3]
    _, counts = np.unique(solid, axis=0, return_counts=True)
    most = np.sort(counts)[::-1]
    assert most[:20].sum() > 0.9 * len(solid)
    assert drawn[:20, :20, 3].max() == 0


def test_what_is_covered_is_painted_on(portrait: Portrait) -> None:
    """Skin under the eyes and the fringe, neck under the chin."""
    face, hair = whole(portrait, "face")[..., 3], whole(portrait, "front hair")[..., 3]
    for name in ("eyewhite-l", "irides-r", "mouth", "nose"):
        assert face[whole(portrait, name)[..., 3] == 255].min() == 255
    assert ((face == 255) & (hair == 255)).sum() > 0.1 * (face == 255).sum()
    neck = whole(portrait, "neck")[..., 3]
    chin = (np.array((CENTRE[0], CENTRE[1] + HALF[1] - 6)) * portrait.scale).astype(int)
    assert neck[chin[1], chin[0]] == 255
    assert face[chin[1], chin[0]] == 255


def test_eyes_are_larger_than_in_the_photo_and_irises_stay_within(portrait: Portrait) -> None:
    for side in "lr":
        white, iris = whole(portrait, f"eyewhite-{side}"), whole(portrait, f"irides-{side}")
        columns = np.flatnonzero((white[..., 3] > 127).any(0))
        assert np.ptp(columns) > 1.1 * 26 * portrait.scale
        assert white[iris[..., 3] == 255][:, 3].min() > 200


def test_sides_are_the_persons_own(portrait: Portrait) -> None:
    assert named(portrait, "irides-l").offset[0] > named(portrait, "irides-r").offset[0]


def test_the_far_eye_of_a_turned_head_stays_on_the_face(someone: Person) -> None:
    turned = someone.mesh.copy()
    inner = np.ones(len(turned), bool)
    inner[list(marks.OVAL)] = False
    turned[inner, 0] += 26 / SIZE[0]
    drawn = draw_portrait(someone.rgb, turned, someone.mask)
    oval = marks.read_mesh(turned, drawn.size).line(marks.OVAL)
    eye = named(drawn, "eyewhite-l")
    assert eye.offset[0] + eye.rgba.shape[1] < oval[:, 0].max()


def test_an_open_mouth_has_teeth_and_a_closed_one_is_a_line(portrait: Portrait) -> None:
    smiling = person(gap=8)
    mouth = named(draw_portrait(smiling.rgb, smiling.mesh, smiling.mask), "mouth").rgba
    white = (mouth[..., :3].min(-1) > 230) & (mouth[..., 3] == 255)
    assert white.sum() > 0.2 * (mouth[..., 3] == 255).sum()
    shut = named(portrait, "mouth").rgba
    assert shut.shape[1] > 5 * shut.shape[0]
    assert not ((shut[..., :3].min(-1) > 230) & (shut[..., 3] == 255)).any()


def test_dark_glasses_are_drawn_before_the_eyes(portrait: Portrait) -> None:
    assert "eyewear" not in [p.name for p in portrait.parts]
    cool = person(glasses=True)
    drawn = draw_portrait(cool.rgb, cool.mesh, cool.mask)
    assert drawn.parts[-1].name == "eyewear"
    covered = whole(drawn, "eyewear")[..., 3][whole(drawn, "irides-l")[..., 3] == 255]
    assert (covered == 255).mean() > 0.9


def test_a_crown_that_the_photo_cuts_off_is_completed(someone: Person) -> None:
    cut = 75
    rgb, mask = someone.rgb[cut:], someone.mask[cut:]
    mesh = someone.mesh.copy()
    mesh[:, 1] = (mesh[:, 1] * SIZE[1] - cut) / (SIZE[1] - cut)
    face = marks.read_mesh(mesh, (SIZE[0], SIZE[1] - cut))
    assert missing_crown(face, mask) > 5
    drawn = draw_portrait(rgb, mesh, mask)
    assert drawn.above > 5
    top = drawn.composite()[: drawn.above, :, 3] > 127
    widths = top.sum(1)
    assert widths[2] < 0.8 * widths[-1], "rounded, not cut straight"
    assert FlatModel().draw(rgb, [mesh], mask).shape == (*rgb.shape[:2], 4)


def test_two_people_share_the_mask(someone: Person) -> None:
    left, right = someone.mesh.copy(), someone.mesh.copy()
    left[:, 0], right[:, 0] = left[:, 0] / 2, right[:, 0] / 2 + 0.5
    both = np.concatenate([someone.mask, someone.mask], 1)
    one, other = shares([left, right], both)
    assert np.array_equal(one + other, both)
    assert one[:, : SIZE[0]].sum() > 0.9 * someone.mask.sum()
    drawn = FlatModel().draw(np.concatenate([someone.rgb, someone.rgb], 1), [left, right], both)
    for x in (CENTRE[0], CENTRE[0] + SIZE[0]):
        assert drawn[int(CENTRE[1]) + 10, int(x), 3] == 255


def test_doubts_tell_what_may_go_wrong(someone: Person) -> None:
    assert doubts(someone.rgb, someone.mesh) == []
    off = someone.mesh - np.array((0.35, 0, 0), np.float32)
    assert "cut off" in doubts(someone.rgb, off)[0]
    even = np.full((200, 200, 3), 200, np.uint8)
    even[50:120] = 20
    assert is_drawing(even)
    assert not is_drawing(someone.rgb)


def test_the_same_photo_gives_the_same_drawing(portrait: Portrait, someone: Person) -> None:
    again = draw_portrait(someone.rgb, someone.mesh, someone.mask)
    assert np.array_equal(portrait.composite(), again.composite())
