"""Eyes are cut out alike however the head is held, and what is shut in the picture looks shut though the mesh stays open."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture.eyes import HEIGHT, WIDTH, cut, even, look
from capture.types import F32, RGB
from tests.capture.faces import LOWER, SIZE, UPPER, expression, seen

CORNERS = {"l": (263, 362), "r": (33, 133)}
IRIS = {"l": 473, "r": 468}


def painted(landmarks: F32, shut: bool, skin: tuple[int, int, int] = (205, 165, 140)) -> RGB:
    """A face whose eyes are painted where the landmarks are, open or shut."""
    rgb = np.full((SIZE[1], SIZE[0], 3), skin, np.uint8)
    points = (landmarks[:, :2] * SIZE * 16).astype(np.int32)
    dark = tuple(int(0.3 * c) for c in skin)
    for side, (outer, inner) in CORNERS.items():
        upper, lower = ([outer, *ends[side], inner] for ends in (UPPER, LOWER))
        if not shut:
            cv2.fillPoly(rgb, [points[upper + lower[::-1]]], (240, 235, 230), cv2.LINE_AA, 4)
            lids = np.zeros(rgb.shape[:2], np.uint8)
            cv2.fillPoly(lids, [points[upper + lower[::-1]]], 255, cv2.LINE_AA, 4)
            eye = cv2.circle(rgb.copy(), points[IRIS[side]].tolist(), 16 * 7, (60, 40, 30), -1, cv2.LINE_AA, 4)
            rgb[lids > 127] = eye[lids > 127]
        cv2.polylines(rgb, [points[lower if shut else upper]], False, dark, 2, cv2.LINE_AA, 4)
    return rgb


def face(yaw: float = 0.0, roll: float = 0.0) -> F32:
    return seen(expression(), yaw, 0.0, roll, at=(0.0, 0.0, -40.0))


def test_a_cut_out_eye_is_even_in_any_pose_and_the_right_one_mirrored() -> None:
    straight, rolled = (cut(painted(face(roll=roll), False), face(roll=roll)) for roll in (0.0, 25.0))
    assert straight.shape == (2, HEIGHT, WIDTH) and straight.dtype == np.uint8
    assert np.corrcoef(straight[0].ravel(), straight[1].ravel())[0, 1] > 0.95
    assert np.corrcoef(straight[0].ravel(), rolled[0].ravel())[0, 1] > 0.9
    y, x = np.unravel_index(np.argmin(straight[0]), straight[0].shape)
    assert abs(x - WIDTH / 2) < 6 and abs(y - HEIGHT / 2) < 6


@pytest.mark.parametrize("skin", [(225, 185, 160), (70, 48, 38)])
@pytest.mark.parametrize("width", [SIZE[0], 256])
@pytest.mark.parametrize("yaw", [0.0, 20.0])
def test_what_is_shut_in_the_picture_looks_shut(skin: tuple[int, int, int], width: int, yaw: float) -> None:
    def looks(shut: bool) -> list[float]:
        rgb = painted(face(yaw), shut, skin)
        small = cv2.resize(rgb, (width, width * SIZE[1] // SIZE[0]), interpolation=cv2.INTER_AREA)
        return [eye.open for eye in look(cut(np.asarray(small, np.uint8), face(yaw)))]

    assert min(looks(False)) > max(looks(True)) + 0.25


def test_how_light_a_picture_is_does_not_matter_and_of_nothing_little_is_said() -> None:
    eyes = cut(painted(face(), False), face())
    np.testing.assert_allclose(even(eyes // 2), even(eyes), atol=0.25)
    sure, unsure = look(eyes)[0], look(np.full_like(eyes, 20))[0]
    assert unsure.spread > 1.5 * sure.spread
