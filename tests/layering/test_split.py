"""Taking a picture apart, with votes made from the truth; and what is told of pictures that cannot be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from kirie.errors import LayeringError
from layering.artist import LABELS, label_map
from layering.artwork import Artwork
from layering.classify import Looked
from layering.palette import Mask
from layering.splitting import split
from layering.stack import RGBA
from layering.views import CLASSES
from tests.layering.pictures import bust, ground
from tests.layering.test_vote_parts import Map, character
from tests.layering.votes import simulated

CLASSES_OF = np.array([CLASSES.index(x) if x in CLASSES else 0 for x in LABELS], np.uint8)
"""The class of each of the artist's labels."""


@pytest.fixture
def votes(monkeypatch: pytest.MonkeyPatch) -> object:
    """Set the truth from which the classifier's votes are made."""

    def set_truth(truth: Map, noise: float = 0.0) -> None:
        def look(rgba: RGBA, figure: Mask, colours: int) -> Looked:
            known = cv2.resize(truth, figure.shape[::-1], interpolation=cv2.INTER_NEAREST)
            return simulated(rgba, figure, known, noise=noise, colours=colours)

        monkeypatch.setattr("layering.splitting.classify", look)

    return set_truth


def on_white(rgba: RGBA) -> RGBA:
    alpha = rgba[..., 3:] / 255
    return np.dstack([np.rint(rgba[..., :3] * alpha + 255 * (1 - alpha)), np.full(rgba.shape[:2], 255)]).astype(np.uint8)


def test_a_cut_out_picture_comes_apart_and_together_again(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    votes(truth)
    result = split(Artwork(rgba, "girl"))
    assert {x.part for x in result.stack.layers} >= {"front hair", "face", "mouth", "irides", "eyelash", "neck", "topwear"}
    assert result.missing == () and result.uncertain == ()
    back = result.stack.composite()
    solid = rgba[..., 3] > 250
    assert np.abs(back[solid].astype(int) - rgba[solid]).max() <= 1
    assert np.abs(back[..., 3].astype(int) - rgba[..., 3]).max() <= 2
    assert {n.layer for n in result.stack.notes if n.layer} == {x.name for x in result.stack.layers}


def test_a_picture_on_a_ground_is_cut_out(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    votes(truth)
    result = split(Artwork(on_white(rgba)))
    alpha = result.stack.composite()[..., 3] > 127
    assert (alpha & (truth > 0)).sum() / (alpha | (truth > 0)).sum() > 0.97
    assert result.stack.canvas == (320, 320)


def test_ground_between_arm_and_body_opens(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    cv2.circle(rgba, (160, 290), 10, (255, 255, 255, 255), -1)
    truth[rgba[..., :3].min(-1) == 255] = 0
    cv2.ellipse(truth, (130, 145), (15, 10), 0, 0, 360, CLASSES.index("eyewhite"), -1)
    votes(truth)
    alpha = split(Artwork(on_white(rgba))).stack.composite()[..., 3]
    assert alpha[290, 160] == 0
    assert alpha[145, 120] == 255, "the white of the eye stays"


def test_a_busy_ground_is_taken_off_by_the_votes(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    rng = np.random.default_rng(3)
    busy = cv2.resize(rng.integers(0, 255, (12, 12, 3)).astype(np.uint8), (320, 320), interpolation=cv2.INTER_NEAREST)
    picture = np.dstack([np.where(truth[..., None] > 0, rgba[..., :3], busy), np.full(truth.shape, 255, np.uint8)])
    votes(truth)
    result = split(Artwork(picture))
    alpha = result.stack.composite()[..., 3] > 127
    assert (alpha & (truth > 0)).sum() / (alpha | (truth > 0)).sum() > 0.9
    assert any("ground" in note for note in result.notes)


def test_what_is_missing_is_told_part_by_part(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    mouth = truth == CLASSES.index("mouth")
    rgba[mouth, :3], truth[mouth] = (250, 220, 200), CLASSES.index("face")
    votes(truth)
    result = split(Artwork(rgba))
    assert result.missing == ("mouth",)
    assert any("no mouth" in note.text for note in result.stack.notes)


def test_a_face_without_features_is_told(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    features = np.isin(truth, [CLASSES.index(x) for x in ("mouth", "nose", "irides", "eyelash", "eyewhite", "eyebrow")])
    rgba[features, :3], truth[features] = (250, 220, 200), CLASSES.index("face")
    votes(truth)
    result = split(Artwork(rgba))
    assert any("hardly any eyes" in note for note in result.notes)
    assert {"mouth", "irides", "eyelash"} <= set(result.missing)


def test_nobody_is_one_clear_line(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, mask = bust(ground())
    votes(np.where(mask, np.uint8(CLASSES.index("objects")), np.uint8(0)))
    with pytest.raises(LayeringError, match="no face was found in cup"):
        split(Artwork(rgba, "cup"))


def test_two_characters_are_refused(votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    votes(np.hstack([truth, truth]))
    with pytest.raises(LayeringError, match="more than one character"):
        split(Artwork(np.hstack([rgba, rgba])))


@pytest.mark.parametrize(("picture", "says"), [
    (np.full((200, 200, 4), 255, np.uint8), "one colour"),
    (np.zeros((200, 200, 4), np.uint8), "is empty"),
    (bust(ground(), hair=(255, 255, 255))[0], ""),
], ids=["one colour", "empty", "coloured"])  # fmt: skip
def test_hopeless_pictures_are_told_before_any_work(picture: RGBA, says: str, votes) -> None:  # type: ignore[no-untyped-def]
    votes(np.zeros(picture.shape[:2], np.uint8))
    with pytest.raises(LayeringError, match=says or "no character was found"):
        split(Artwork(picture))


def test_line_art_without_colour_is_told(votes) -> None:  # type: ignore[no-untyped-def]
    picture = ground()
    for x, y, w, h in ((120, 240, 90, 70), (120, 95, 62, 70), (120, 110, 42, 50), (105, 100, 8, 6), (135, 100, 8, 6)):
        cv2.ellipse(picture, ((x, y), (2 * w, 2 * h), 0), (255, 255, 255, 255), -1)
        cv2.ellipse(picture, ((x, y), (2 * w, 2 * h), 0), (0, 0, 0, 255), 2, cv2.LINE_AA)
    votes(np.zeros((240, 240), np.uint8))
    with pytest.raises(LayeringError, match="line art without colour"):
        split(Artwork(picture))


def test_every_stage_is_kept(votes, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    votes(truth)
    split(Artwork(rgba), keep=tmp_path / "kept")
    names = sorted(p.name for p in (tmp_path / "kept").iterdir())
    assert names == ["1-figure.png", "2-palette.png", "3-regions.png", "4-parts.png", "5-confidence.png"]
    palette = np.array(Image.open(tmp_path / "kept" / "2-palette.png"))
    assert np.abs(palette[truth > 0][:, :3].astype(int) - rgba[truth > 0][:, :3]).mean() < 3


def test_what_led_to_an_error_is_kept(votes, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rgba, _ = bust(ground())
    votes(np.zeros((240, 240), np.uint8))
    with pytest.raises(LayeringError):
        split(Artwork(rgba), keep=tmp_path)
    assert (tmp_path / "1-figure.png").exists()


@pytest.mark.parametrize("colours", [2, 24])
def test_the_number_of_colours_is_the_users(colours: int, votes) -> None:  # type: ignore[no-untyped-def]
    rgba, truth = character()
    votes(truth)
    assert split(Artwork(rgba), colours).stack.find("face")


@pytest.mark.parametrize("ground_", [False, True], ids=["cut out", "on white"])
def test_large_pictures_keep_their_own_edges(ground_: bool, votes, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Understood at a third of the size, yet the parts' borders run along the edges of the picture itself."""
    rgba, truth = character()
    rgba, truth = (cv2.resize(x, (960, 960), interpolation=cv2.INTER_NEAREST) for x in (rgba, truth))
    monkeypatch.setattr("layering.scale.WORK", 400)
    votes(truth)
    result = split(Artwork(on_white(rgba) if ground_ else rgba))
    assert result.stack.canvas == (960, 960)
    labels = CLASSES_OF[label_map(result.stack)]
    hair = np.isin(truth, [CLASSES.index("front hair"), CLASSES.index("back hair")])      # of one colour: no edge between
    right = (labels == truth) | (hair & np.isin(labels, truth[hair]))
    assert right[truth > 0].mean() > 0.985
    back = result.stack.composite()
    inner = cv2.erode((truth > 0).astype(np.uint8), np.ones((7, 7))) > 0
    assert np.abs(back[inner].astype(int) - rgba[inner]).max() <= 1
