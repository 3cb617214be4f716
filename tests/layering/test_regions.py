"""Regions: connected pixels of one tone, specks joined, lines known as lines, borders measured."""

from __future__ import annotations

import cv2
import numpy as np

from layering.regions import borders, find_regions


def test_each_connected_tone_is_a_region() -> None:
    reduced = np.zeros((40, 60), np.int32)
    reduced[:, 20:40] = 1
    reduced[:5, :5] = -1
    regions = find_regions(reduced)
    assert len(regions) == 3
    assert sorted(regions.colour.tolist()) == [0, 0, 1]
    assert regions.area.sum() == (reduced >= 0).sum()
    assert (regions.labels[:5, :5] == -1).all()
    middle = regions.labels[10, 30]
    assert regions.bbox[middle].tolist() == [20, 0, 40, 40]


def test_specks_join_the_neighbour_they_touch_most() -> None:
    reduced = np.zeros((30, 30), np.int32)
    reduced[15:] = 1
    reduced[14, 10:12] = 2
    regions = find_regions(reduced, smallest=6)
    assert len(regions) == 2
    assert regions.labels[14, 10] == regions.labels[5, 10]


def test_borders_count_pixel_pairs_once() -> None:
    labels = np.array([[0, 0, 1], [0, 2, 1], [-1, 2, 1]], np.int32)
    assert borders(labels).tolist() == [[0, 1, 1], [0, 2, 2], [1, 2, 2]]
    assert len(borders(np.zeros((4, 4), np.int32))) == 0


def test_lines_are_thin_and_blobs_are_not() -> None:
    picture = np.zeros((400, 400), np.int32)
    cv2.ellipse(picture, (200, 200), (150, 120), 0, 0, 360, 1, 3)
    cv2.circle(picture, (200, 200), 12, 2, -1)
    cv2.line(picture, (80, 20), (90, 380), 3, 2)
    regions = find_regions(picture)
    thin = {int(c): bool(regions.thin[i]) for i, c in enumerate(regions.colour) if c}
    assert thin == {1: True, 2: False, 3: True}


def test_an_outline_that_swells_in_one_place_is_a_line_still() -> None:
    picture = np.zeros((400, 400), np.int32)
    cv2.ellipse(picture, (200, 200), (150, 120), 0, 0, 360, 1, 3)
    cv2.circle(picture, (200, 80), 5, 1, -1)
    regions = find_regions(picture)
    assert regions.thin[regions.colour == 1].all()
