"""A synthetic person for tests: a painted "photo" with grain, its mask, and a face mesh whose named points are true to it.

The mesh is made of the points that the flat model names; all others lie in the middle of the face.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from stylize.flat import marks

SIZE = (300, 400)
CENTRE, HALF = np.array((150.0, 165.0)), np.array((60.0, 78.0))     # of the face's oval, px
SKIN, HAIR, SHIRT, GROUND, LIPS = (226, 180, 150), (70, 42, 30), (60, 110, 70), (120, 140, 165), (190, 96, 96)
IRIS = (60, 100, 170)
EYES = {"r": -26.0, "l": 26.0}
EYE_Y, BROW_Y, NOSE_Y, MOUTH_Y = -12.0, -32.0, 22.0, 44.0


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """rgb uint8 (400, 300, 3); mesh float32 (478, 3) in shares; mask float32; bool maps of what is painted where."""

    rgb: npt.NDArray[np.uint8]
    mesh: npt.NDArray[np.float32]
    mask: npt.NDArray[np.float32]
    hair: npt.NDArray[np.bool_]
    skin: npt.NDArray[np.bool_]
    shirt: npt.NDArray[np.bool_]


def person(glasses: bool = False, gap: float = 0.0, iris: tuple[int, int, int] = IRIS) -> Person:
    """Paint someone. glasses: dark ones. gap: px between the lips."""
    kinds = _kinds()
    rgb = np.full((SIZE[1], SIZE[0], 3), GROUND, np.float32)
    for colour, where in zip((SHIRT, SKIN, HAIR), (kinds == 3, kinds == 2, kinds == 1), strict=True):
        rgb[where] = colour
    picture = np.ascontiguousarray(rgb)
    _paint_features(picture, gap, iris)
    if glasses:
        for x in EYES.values():
            cv2.rectangle(picture, _at(x - 22, EYE_Y - 14), _at(x + 22, EYE_Y + 16), (14, 14, 16), -1)
        cv2.rectangle(picture, _at(-8, EYE_Y - 8), _at(8, EYE_Y - 2), (14, 14, 16), -1)
    picture += np.random.default_rng(3).normal(0, 3, picture.shape)
    rgb8 = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7), 0, 255).astype(np.uint8)
    return Person(rgb8, mesh(gap), (kinds > 0).astype(np.float32), kinds == 1, kinds == 2, kinds == 3)


def mesh(gap: float = 0.0) -> npt.NDArray[np.float32]:
    """The face's points in shares of the picture."""
    points = np.tile((0.0, 10.0), (marks.COUNT, 1))
    turn = np.linspace(0, 2 * np.pi, len(marks.OVAL), endpoint=False)
    points[list(marks.OVAL)] = np.stack([np.sin(turn), -np.cos(turn)], 1) * HALF
    for side, x in EYES.items():
        out = -1 if side == "r" else 1
        across = np.linspace(1, -1, 9)
        for lid, way in ((marks.UPPER_LID[side], -1), (marks.LOWER_LID[side], 1)):
            points[list(lid)] = np.stack([x + out * across * 13, EYE_Y + way * 4.5 * (1 - across**2)], 1)
        points[list(marks.IRIS[side])] = np.array(((0, 0), (5, 0), (0, -5), (-5, 0), (0, 5))) + np.array((x, EYE_Y))
        brow = np.linspace(1, -1, 5)
        for line, lift in ((marks.BROW_TOP[side], -3.0), (marks.BROW_LOW[side], 3.0)):
            points[list(line)] = np.stack([x + out * brow * 16, BROW_Y + lift + 2 * brow**2], 1)
        points[marks.CHEEK[side]] = (x * 1.2, NOSE_Y - 6)
        points[marks.NOSTRIL[side]], points[marks.NOSE_WING[side]] = (out * 7, NOSE_Y + 4), (out * 12, NOSE_Y)
    points[list(marks.NOSE_BRIDGE)] = np.stack([np.zeros(6), np.linspace(EYE_Y, NOSE_Y, 6)], 1)
    points[marks.NOSE_BASE] = (0, NOSE_Y + 6)
    across = np.linspace(-1, 1, 11)
    for lip, width, drop in ((marks.LIP_TOP, 22, -6 - gap / 2), (marks.LIP_LOW, 22, 7 + gap / 2),
                              (marks.MOUTH_TOP, 19, -gap / 2), (marks.MOUTH_LOW, 19, gap / 2)):  # fmt: skip
        points[list(lip)] = np.stack([across * width, MOUTH_Y + drop * (1 - across**2)], 1)
    bulge = 1 - np.clip(((points / HALF) ** 2).sum(1), 0, 1)
    depth = -np.sqrt(bulge) * 30
    return np.concatenate([(points + CENTRE) / SIZE, depth[:, None] / SIZE[0]], 1).astype(np.float32)


def _kinds() -> npt.NDArray[np.uint8]:
    """0 ground, 1 hair, 2 skin, 3 shirt: uint8 (400, 300)."""
    out = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    cv2.ellipse(out, _at(0, -22), (74, 86), 0, 0, 360, 1, -1)
    out[int(CENTRE[1] + 30) :] = 0
    cv2.rectangle(out, _at(-26, 40), _at(26, 120), 2, -1)
    cv2.ellipse(out, _at(0, 220), (130, 115), 0, 0, 360, 3, -1)
    cv2.ellipse(out, _at(0, 108), (30, 16), 0, 0, 360, 2, -1)
    face = np.zeros_like(out)
    cv2.ellipse(face, _at(0, 0), tuple(int(v) for v in HALF), 0, 0, 360, 1, -1)
    y = np.arange(SIZE[1])[:, None] - CENTRE[1]
    out[(face > 0) & (y > -48)] = 2
    return out


def _paint_features(rgb: npt.NDArray[np.float32], gap: float, iris: tuple[int, int, int]) -> None:
    for x in EYES.values():
        cv2.ellipse(rgb, _at(x, EYE_Y), (13, 5), 0, 0, 360, (240, 238, 235), -1)
        cv2.circle(rgb, _at(x, EYE_Y), 5, iris, -1)
        cv2.circle(rgb, _at(x, EYE_Y), 2, (15, 15, 20), -1)
        cv2.ellipse(rgb, _at(x, BROW_Y), (16, 3), 0, 0, 360, HAIR, -1)
    cv2.ellipse(rgb, _at(0, MOUTH_Y), (22, 6 + int(gap / 2)), 0, 0, 360, LIPS, -1)
    if gap:
        cv2.ellipse(rgb, _at(0, MOUTH_Y), (19, int(gap / 2)), 0, 0, 360, (245, 245, 240), -1)


def _at(x: float, y: float) -> tuple[int, int]:
    return round(CENTRE[0] + x), round(CENTRE[1] + y)
