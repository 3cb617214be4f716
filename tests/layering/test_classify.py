"""The classifier in use: what it looks at, and that it says so when its weights are missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kirie.errors import LayeringError
from layering import classify as module
from layering.classify import Votes, face_crop, regions_of, with_face
from layering.views import CELLS, CLASSES, SIDE, Crop, descriptors, look, membership, whole
from tests.layering.test_vote_parts import SIZE, character
from tests.layering.votes import dense_votes, simulated


def test_missing_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MODEL", tmp_path / "none.onnx")
    rgba, truth = character()
    with pytest.raises(LayeringError, match="weights are missing"):
        module.classify(rgba, truth > 0)


def test_dense_votes_are_read_where_they_lie() -> None:
    dense = np.zeros((len(CLASSES), CELLS, CELLS), np.float32)
    dense[3, :, : CELLS // 2] = 5
    votes = Votes(Crop(100, 50, 2 * CELLS), dense, np.zeros((0, len(CLASSES)), np.float32))
    rows, columns = np.array([60, 60, 300]), np.array([110, 300, 228])
    assert votes.at(rows, columns)[:, 3].tolist() == pytest.approx([5, 0, 0], abs=2.6)
    assert votes.at(np.zeros(0, int), np.zeros(0, int)).shape == (0, len(CLASSES))
    many = votes.at(np.full(40_000, 60), np.full(40_000, 110))
    assert many.shape == (40_000, len(CLASSES)) and (many[:, 3] == 5).all()


def test_the_face_is_looked_at_closely() -> None:
    _, truth = character()
    crop = face_crop(dense_votes(truth, whole((40, 30, 280, 320)), 0.7, 0, np.random.default_rng(0)))
    assert crop is not None
    assert crop.left < 98 and crop.left + crop.side > 222 and crop.top < 100 and crop.top + crop.side > 214
    assert crop.side < 260
    empty = np.where(truth > 0, np.uint8(CLASSES.index("topwear")), np.uint8(0))
    assert face_crop(dense_votes(empty, whole((40, 30, 280, 320)), 0.7, 0, np.random.default_rng(0))) is None


def test_the_face_has_a_palette_of_its_own() -> None:
    """With two colours for the whole figure, the face's own palette still tells the iris from the lip."""
    rgba, truth = character()
    regions, reduced, calm = regions_of(rgba, truth > 0, 2)
    crop = Crop(80, 50, 170)
    finer, close_by = with_face(calm, truth > 0, regions, reduced, crop, 10)
    assert len(finer) > len(regions)
    assert finer.labels[145, 130] != finer.labels[188, 160]
    assert close_by[finer.labels[145, 130]] == 1 and close_by[finer.labels[310, 60]] < 0.5
    assert (finer.labels >= 0).sum() == (truth > 0).sum()
    assert finer.area.sum() == (truth > 0).sum()
    tallest = int(finer.area.argmax())
    left, top, right, bottom = finer.bbox[tallest]
    rows, columns = np.nonzero(finer.labels == tallest)
    assert (left, top, right, bottom) == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_a_colour_on_both_sides_of_the_face_is_not_cut() -> None:
    """One flat colour that reaches into the square around the face and beyond stays one region."""
    rgba, truth = character()
    regions, reduced, calm = regions_of(rgba, truth > 0, 10)
    hair = regions.labels[40, 160]
    rows, columns = np.nonzero(regions.labels == hair)
    finer, close_by = with_face(calm, truth > 0, regions, reduced, Crop(80, 50, 170), 10)
    assert rows.min() < 50 and len(np.unique(finer.labels[rows[::7], columns[::7]])) == 1
    assert 0 < close_by[finer.labels[40, 160]] < 1


def test_pooling_at_full_size_agrees_with_training() -> None:
    """At the view's own size the numbers that the network gets are the very ones of `views`."""
    rgba, truth = character()
    crop = Crop(0, 0, SIDE)
    small, parts = rgba[:SIDE, :SIDE], truth[:SIDE, :SIDE]
    regions, _, _ = regions_of(small, parts > 0, 10)
    pooled = module._Pooled(small, regions.labels, len(regions), crop)
    shares, described = pooled.chunk(0, len(regions))
    assert np.allclose(shares, membership(regions.labels, len(regions)), atol=1e-6)
    assert np.allclose(described, descriptors(regions.labels, look(small, crop), len(regions)), atol=0.02)
    assert SIZE > SIDE


def test_simulated_votes_are_votes() -> None:
    rgba, truth = character()
    looked = simulated(rgba, truth > 0, truth)
    assert looked.face is not None
    assert np.allclose(np.exp(looked.log_p).sum(1), 1, atol=1e-4)
    assert np.allclose(np.exp(looked.figure.dense).sum(0), 1, atol=1e-4)
