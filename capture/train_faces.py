"""What train.py learns from: each portrait as it is and three times spoilt, as FaceMesh and the FaceLandmarker see it.

A head must be told from others, and its face read, in a small noisy picture, in a dark room and behind glasses too; so every
portrait is also shrunk, darkened, and given drawn spectacles, each at another tilt and size. What is to be said of the copies
is what the FaceLandmarker says of the good picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from capture.face import FaceMesh
from capture.head import angles
from capture.model import F64, I64
from capture.source import PICTURES
from capture.types import F32, RGB, FaceFrame, Picture

Shapes = dict[str, F64]
HEIGHT = (400, 700)
"""px between which a portrait's height is brought, as faces have it before a webcam."""
TILT = 12.0
"""Degrees by which copies are turned at most."""
RIM, TINT = (25, 20, 20), (150, 165, 190)


@dataclass(frozen=True, slots=True, eq=False)
class Portraits:
    """frames: N, of all portraits and their copies. sitters: int (N,), whose each is. copies: int (N,), 0 the portrait.

    shapes: by name float64 (S,), what the FaceLandmarker says of each sitter. angles: float64 (S, 2), yaw and pitch in degrees.
    """

    frames: list[FaceFrame]
    sitters: I64
    copies: I64
    shapes: Shapes
    angles: F64


def look(folder: Path, model: Path) -> Portraits:
    """All portraits under a folder that both FaceMesh and the FaceLandmarker find a face in."""
    mesh, say, rng = FaceMesh(still=True), landmarker(model), np.random.default_rng(3)
    frames: list[FaceFrame] = []
    sitters: list[int] = []
    copies: list[int] = []
    scores: list[dict[str, float]] = []
    turns: list[tuple[float, float]] = []
    for rgb in pictures(folder):
        seen, heard = mesh.find(Picture(0.0, rgb)), say(rgb)
        if seen.landmarks is None or heard is None:
            continue
        again = [seen, *(mesh.find(Picture(0.0, copy)) for copy in _spoilt(rgb, seen.landmarks, rng))]
        found = [(number, frame) for number, frame in enumerate(again) if frame.face]
        frames += [frame for _, frame in found]
        copies += [number for number, _ in found]
        sitters += [len(scores)] * len(found)
        scores.append(heard.shapes)
        turns.append(heard.turn)
    shapes = {name: np.array([s[name] for s in scores]) for name in scores[0]}
    return Portraits(frames, np.array(sitters), np.array(copies), shapes, np.array(turns))


def pictures(folder: Path) -> Iterator[RGB]:
    for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES):
        rgb = np.asarray(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB), np.uint8)
        factor = max(HEIGHT[0] / rgb.shape[0], 1.0) if rgb.shape[0] < HEIGHT[1] else HEIGHT[0] / rgb.shape[0]
        way = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
        yield np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=way), np.uint8)


def _spoilt(rgb: RGB, landmarks: F32, rng: np.random.Generator) -> Iterator[RGB]:
    """The portrait small and noisy, dark and noisy, and with glasses on."""
    small = _tilted(rgb, rng.uniform(-TILT, TILT), rng.uniform(0.7, 1.0))
    width = int(rng.integers(130, 220))
    size = width, small.shape[0] * width // small.shape[1]
    small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
    yield _compressed(_noisy(small, rng.uniform(2, 5), rng), int(rng.integers(30, 60)))
    dark = _tilted(rgb, rng.uniform(-TILT, TILT), rng.uniform(0.8, 1.15)) * rng.uniform(0.2, 0.6)
    yield _compressed(_noisy(dark, rng.uniform(2, 7), rng), 50)
    yield _compressed(_tilted(with_glasses(rgb, landmarks), rng.uniform(-TILT, TILT), rng.uniform(0.8, 1.15)), 70)


def _tilted(rgb: RGB, degrees: float, scale: float) -> RGB:
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    return np.asarray(cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _noisy(rgb: RGB | F64, spread: float, rng: np.random.Generator) -> RGB:
    return np.clip(rgb + rng.normal(0, spread, rgb.shape), 0, 255).astype(np.uint8)


def _compressed(rgb: RGB, quality: int) -> RGB:
    """The picture through JPEG."""
    packed = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def with_glasses(rgb: RGB, landmarks: F32) -> RGB:
    """The face in spectacles: dark rims, tinted panes and a gleam, over landmarks (478, 3) as `FaceFrame` has them."""
    points = landmarks[:, :2].astype(np.float64) * [rgb.shape[1], rgb.shape[0]]
    apart = float(np.linalg.norm(points[468] - points[473]))
    thick = max(2, round(apart * 0.055))
    out = rgb.copy()
    for left, right in ((33, 133), (362, 263)):
        along = points[right] - points[left]
        middle = (points[left] + points[right]) / 2 + [0, apart * 0.04]
        axes, tilt = np.array([np.linalg.norm(along) * 0.8, apart * 0.26]), float(np.degrees(np.arctan2(along[1], along[0])))
        out = _ellipse(out, middle, axes, tilt, TINT, 0.18)
        cv2.ellipse(out, (tuple(middle), tuple(2 * axes), tilt), RIM, thick, cv2.LINE_AA)
        out = _ellipse(out, middle - axes * [0.3, 0.35], axes * [0.6, 0.25], tilt - 25, (250, 250, 250), 0.55)
    cv2.line(out, tuple(points[133].astype(int)), tuple(points[362].astype(int)), RIM, thick, cv2.LINE_AA)
    return out


def _ellipse(rgb: RGB, middle: F64, axes: F64, tilt: float, colour: tuple[int, int, int], alpha: float) -> RGB:
    """A filled ellipse laid over a picture; axes are halves, px."""
    over = rgb.copy()
    cv2.ellipse(over, (tuple(middle), tuple(2 * axes), tilt), colour, -1, cv2.LINE_AA)
    return np.asarray(cv2.addWeighted(over, alpha, rgb, 1 - alpha, 0), np.uint8)


class Heard(NamedTuple):
    """What the FaceLandmarker says of a portrait: blendshapes, (yaw, pitch) in degrees, landmarks (478, 2) in px, y down."""

    shapes: dict[str, float]
    turn: tuple[float, float]
    points: F64


def landmarker(model: Path) -> Callable[[RGB], Heard | None]:
    """A function from a portrait to what is heard of it, or None without a face."""
    import mediapipe as mp
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)),
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    task = vision.FaceLandmarker.create_from_options(options)

    def say(rgb: RGB) -> Heard | None:
        result = task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
        if not result.face_blendshapes:
            return None
        yaw, pitch, _ = angles(np.asarray(result.facial_transformation_matrixes[0], np.float64)[:3, :3])
        shapes = {c.category_name: float(c.score) for c in result.face_blendshapes[0]}
        shares = np.array([(p.x, p.y) for p in result.face_landmarks[0]], np.float64)
        points: F64 = shares * np.array(rgb.shape[1::-1], np.float64)
        return Heard(shapes, (yaw, pitch), points)

    return say
