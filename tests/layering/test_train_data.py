"""Samples for training: drawn once, kept, and varied without parting the picture from its classes."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from layering.artist import LABELS
from layering.train_data import (
    FACE_CLASSES,
    KEPT,
    MOST_REGIONS,
    Example,
    classes_of,
    draw_by_chance,
    draw_set,
    example,
    examples,
    face_crop,
    keep,
    quick_regions,
)
from layering.views import CELLS, CLASSES, DESCRIPTORS, SIDE


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    for index in range(2):
        rng = np.random.default_rng(index)
        keep(folder, index, *draw_by_chance(rng), rng)
    return folder


def same(a: Example, b: Example) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Example))


def test_every_label_of_the_artist_has_a_class() -> None:
    classes = classes_of(np.arange(len(LABELS), dtype=np.uint8))
    named = {name: CLASSES[c] for name, c in zip(LABELS, classes.tolist(), strict=True)}
    assert [name for name, to in named.items() if to == "outside"] == [LABELS[0]]
    assert named["face"] == "face" and named["hair"] == "front hair" and named["body"] == "topwear"
    assert set(named.values()) == set(CLASSES), "each class is drawn, or it is never learnt"


def test_drawing_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """What is there stays, and a sample depends on the seed and its number only."""
    done: list[int] = []
    draw_set(tmp_path / "a", 3, 7, draw_by_chance, 1, done.append)
    assert done == [1, 2, 3]
    lost = tmp_path / "a" / "000001_face_labels.png"
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "a").iterdir()}
    lost.unlink()
    draw_set(tmp_path / "a", 3, 7, draw_by_chance, 1, done.append)
    after = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "a").iterdir()}
    assert done[3:] == [3]
    assert {n: x[0] for n, x in before.items()} == {n: x[0] for n, x in after.items()}
    assert all(before[n][1] == after[n][1] for n in before if not n.startswith("000001"))


def test_shapes_and_ranges(kept: Path) -> None:
    for at, one in enumerate(examples(kept, [0, 1], 0, vary=True)):
        assert one.view.shape == (5, SIDE, SIDE) and one.view.dtype == np.float32 and np.abs(one.view).max() <= 1
        assert (one.view[4] == (-1, 1)[at % 2]).all(), "figure and face in turn"
        assert one.regions.shape == (SIDE, SIDE) and one.regions.min() >= -1 and one.regions.max() < MOST_REGIONS
        assert one.descriptors.shape == (MOST_REGIONS, DESCRIPTORS) and one.descriptors.dtype == np.float32
        assert one.dense.shape == (CELLS, CELLS) and one.dense.min() >= 0 and one.dense.max() < len(CLASSES)
        sums = one.target.sum(1)
        used = np.bincount(one.regions[one.regions >= 0], minlength=MOST_REGIONS) > 0
        assert np.allclose(sums, used, atol=1e-5)


def test_varied_by_its_seed_alone(kept: Path) -> None:
    first, again, other = (example(kept, 0, "face", np.random.default_rng(s), vary=True) for s in (1, 1, 2))
    assert same(first, again) and not same(first, other)
    still = [example(kept, 0, "figure", np.random.default_rng(4), vary=False) for _ in range(2)]
    assert same(*still)


def test_the_classes_move_with_the_picture(tmp_path: Path) -> None:
    """A face that is one red square stays red wherever it is put; hue may change, so brightness tells it from the ground."""
    rgba = np.zeros((400, 400, 4), np.uint8)
    rgba[100:300, 100:300] = (40, 40, 40, 255)
    labels = np.zeros((400, 400), np.uint8)
    labels[100:300, 100:300] = CLASSES.index("topwear")
    rgba[150:250, 150:250, :3] = 220
    labels[150:250, 150:250] = CLASSES.index("face")
    keep(tmp_path, 0, rgba, labels, np.random.default_rng(0))
    for seed in range(6):
        one = example(tmp_path, 0, "figure", np.random.default_rng(seed), vary=True)
        light = one.view[:3, ::2, ::2].mean(0)
        face, body = (light[one.dense == CLASSES.index(name)] for name in ("face", "topwear"))
        middle = (np.median(face) + np.median(body)) / 2
        assert (face > middle).mean() > 0.9 and (body < middle).mean() > 0.9


def test_the_face_view_holds_the_face() -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        _, labels = draw_by_chance(rng)
        rows, columns = np.nonzero(np.isin(labels, FACE_CLASSES))
        crop = face_crop(labels, rng)
        inside = ((columns > crop.left - crop.side * 0.1) & (columns < crop.left + crop.side * 1.1)
                  & (rows > crop.top - crop.side * 0.1) & (rows < crop.top + crop.side * 1.1))  # fmt: skip
        assert inside.mean() > 0.85


def test_regions_come_largest_first_and_small_ones_not_at_all() -> None:
    view = np.zeros((SIDE, SIDE, 4), np.uint8)
    view[10:100, 10:100] = (255, 0, 0, 255)
    view[120:150, 120:150] = (0, 0, 255, 255)
    view[200:202, 200:202] = (255, 0, 0, 255)
    regions = quick_regions(view, np.random.default_rng(0))
    assert (regions[10:100, 10:100] == 0).all() and (regions[120:150, 120:150] == 1).all()
    assert (regions[200:202, 200:202] == -1).all() and regions.max() == 1
    assert (quick_regions(np.zeros_like(view), np.random.default_rng(0)) == -1).all()
    assert KEPT > SIDE
