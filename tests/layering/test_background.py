"""Cutting the figure out of its ground."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from layering.background import cut_out, open_holes, without
from layering.stack import RGBA
from tests.layering.pictures import LINE, bust, ground


def overlap(a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_]) -> float:
    return float((a & b).sum() / (a | b).sum())


def jpeg(rgba: RGBA, quality: int) -> RGBA:
    _, code = cv2.imencode(".jpg", rgba[..., 2::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.dstack([cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1], rgba[..., 3]])


def test_a_pictures_own_alpha_is_kept() -> None:
    rgba, mask = bust(ground())
    rgba[..., 3] = np.where(mask, 255, 0)
    cut = cut_out(rgba)
    assert cut.kind == "alpha"
    assert (cut.rgba == rgba).all()


@pytest.mark.parametrize("on", [
    ground(), ground(colour=(120, 170, 140)), ground(colour=(240, 220, 250), second=(130, 160, 230)),
    ground(colour=(20, 20, 24)),
], ids=["white", "green", "gradient", "dark"])  # fmt: skip
def test_plain_grounds_and_gradients(on: RGBA) -> None:
    rgba, mask = bust(on)
    cut = cut_out(rgba)
    assert cut.kind == "plain"
    assert overlap(cut.figure, mask) > 0.96


@pytest.mark.parametrize("gap", [0, 3])
def test_white_hair_on_white_survives_gaps_in_its_outline(gap: int) -> None:
    rgba, mask = bust(ground(), hair=(255, 255, 255), gap=gap)
    assert overlap(cut_out(rgba).figure, mask) > 0.96


def test_jpeg_noise_is_ground() -> None:
    rgba, mask = bust(ground(colour=(200, 210, 205)))
    cut = cut_out(jpeg(rgba, 45))
    assert overlap(cut.figure, mask) > 0.95
    assert cut.rgba[:40, :40, 3].max() == 0


def test_no_fringe_of_the_ground_stays() -> None:
    rgba, _ = bust(ground())
    cut = cut_out(rgba)
    soft = (cut.rgba[..., 3] > 30) & (cut.rgba[..., 3] < 250)
    assert soft.sum() > 100
    near_line = np.abs(cut.rgba[soft][:, :3].astype(int) - LINE).max(1)
    assert np.quantile(near_line, 0.9) < 60


def test_the_soft_edge_lies_on_the_ground_again_as_it_was() -> None:
    rgba, _ = bust(ground(colour=(120, 170, 140)))
    cut = cut_out(rgba)
    alpha = cut.rgba[..., 3:] / 255
    back = cut.rgba[..., :3] * alpha + np.array([120, 170, 140]) * (1 - alpha)
    assert np.abs(back - rgba[..., :3]).mean() < 0.6


def test_a_sharpening_halo_goes_with_the_ground() -> None:
    rgba, _ = bust(ground(colour=(170, 170, 170)))
    soft = cv2.GaussianBlur(rgba, (0, 0), 1.5)
    sharp = np.dstack([cv2.addWeighted(rgba, 2.0, soft, -1.0, 0)[..., :3], rgba[..., 3]])
    cut = cut_out(sharp)
    bright = (cut.rgba[..., :3].min(-1) > 215) & (cut.rgba[..., 3] > 60)
    assert bright[:60].sum() < 12


def test_enclosed_ground_is_left_to_the_classifier() -> None:
    rgba, _ = bust(ground())
    cv2.circle(rgba, (120, 215), 12, (255, 255, 255, 255), -1)
    cut = cut_out(rgba)
    assert cut.unsure[215, 120] and cut.figure[215, 120]
    opened = open_holes(cut, rgba, np.ones(cut.figure.shape, bool))
    assert opened.rgba[215, 120, 3] == 0
    assert opened.rgba[100, 120, 3] == 255, "only pixels of the ground's colour open"


def test_a_signature_in_the_corner_goes_with_the_ground_and_is_told() -> None:
    rgba, mask = bust(ground())
    cv2.rectangle(rgba, (4, 4), (14, 12), (0, 0, 0, 255), -1)
    cut = cut_out(rgba)
    assert not cut.figure[8, 8]
    assert any("left out" in note for note in cut.notes)
    assert overlap(cut.figure, mask) > 0.96


def test_a_line_round_the_picture_is_no_wall() -> None:
    rgba, mask = bust(ground())
    rgba[:, -1, :3] = 90
    rgba[0, :, :3] = 90
    assert overlap(cut_out(rgba).figure, mask) > 0.95


def test_a_busy_ground_is_told_and_can_be_cut_by_a_mask() -> None:
    rng = np.random.default_rng(0)
    rgba, mask = bust(np.dstack([rng.integers(0, 255, (240, 240, 3)), np.full((240, 240), 255)]).astype(np.uint8))
    cut = cut_out(rgba)
    assert cut.kind == "busy" and cut.notes
    assert overlap(without(cut, mask).figure, mask) > 0.98
