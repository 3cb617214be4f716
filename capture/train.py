"""Makes model.npz: Kirie's mean head and the readouts, learned from still portraits of many people.

    python -m capture.train PORTRAITS_FOLDER face_landmarker.task

Made from the public-domain portraits of the United States Congress (Reform-to/congress-photos) and 17 portraits under
CC BY 2.0. No photograph is in the model: it holds a mean shape and linear weights from FaceMesh's landmarks, seen in the head
frame, to what MediaPipe's FaceLandmarker (Apache-2.0) says of the same portrait. Nobody of the portraits is in the clips that
benchmarks/tracking.py scores, so its table is a test on people never seen. Every portrait is learned a second time mirrored.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from capture.face import FaceMesh
from capture.head import F64, MODEL, angles, fit_points, procrustes, unproject
from capture.source import PICTURES
from capture.types import RGB, FaceFrame, Picture

I64 = npt.NDArray[np.int64]

IRIS_DISTANCE = 6.3
"""cm between the irises of the mean head, as in most grown people."""

RIGID = (
    (10, 67, 109, 338, 297, 54, 284, 103, 332, 151, 9, 108, 337),  # forehead
    (168, 6, 197, 195, 5, 122, 351),  # bridge of the nose
    (98, 327, 64, 294, 48, 278, 129, 358, 2),  # wings of the nose
    (33, 263, 133, 362, 130, 359, 243, 463),  # corners of the eyes
    (117, 346, 118, 347, 50, 280, 123, 352, 116, 345, 101, 330, 119, 348),  # cheekbones
    (234, 454, 93, 323, 227, 447, 137, 366, 177, 401),  # before the ears
    (132, 361, 58, 288, 172, 397, 136, 365),  # corners of the jaw
)
HALF_RIGID = (
    (127, 356, 162, 389, 21, 251, 139, 368, 34, 264),  # temples
    (4, 1, 44, 274, 45, 275),  # tip of the nose
    (152, 148, 377, 176, 400, 175, 199, 200),  # chin
)
EVERYWHERE = 0.55
"""The share of the weight that is spread over the whole face: many small errors cancel out."""

PAIRS = ((33, 263), (133, 362), (61, 291), (10, 10), (152, 152), (1, 1), (168, 168), (234, 454), (127, 356), (70, 300),
         (105, 334), (58, 288), (468, 473))  # fmt: skip
"""Landmarks of the right half with their mirror images; the others are found by nearness."""

MOUTH = (
    0, 2, 13, 14, 17, 18, 37, 39, 40, 43, 50, 57, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 98, 106, 146, 148, 152, 175,
    176, 178, 181, 185, 187, 191, 199, 200, 205, 207, 267, 269, 270, 273, 280, 287, 291, 308, 310, 311, 312, 314, 317,
    318, 321, 324, 327, 335, 375, 377, 400, 402, 405, 409, 411, 415, 425, 427)  # fmt: skip
EYES = (
    7, 8, 9, 33, 46, 52, 53, 55, 63, 65, 66, 70, 105, 107, 117, 118, 119, 133, 144, 145, 153, 154, 155, 157, 158, 159,
    160, 161, 163, 168, 173, 229, 230, 231, 246, 249, 263, 276, 282, 283, 285, 293, 295, 296, 300, 334, 336, 346, 347,
    348, 362, 373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 449, 450, 451, 466, *range(468, 478))  # fmt: skip

Shapes = dict[str, npt.NDArray[np.float64]]


def _brow(b: Shapes, side: str) -> F64:
    return (b["browInnerUp"] + b[f"browOuterUp{side}"]) / 2 - b[f"browDown{side}"]


def _mouth_form(b: Shapes) -> F64:
    smile, frown = ((b[f"mouth{k}Left"] + b[f"mouth{k}Right"]) / 2 for k in ("Smile", "Frown"))
    return smile - frown - b["mouthPucker"]


def _gaze_x(b: Shapes) -> F64:
    return (b["eyeLookOutLeft"] + b["eyeLookInRight"] - b["eyeLookInLeft"] - b["eyeLookOutRight"]) / 2


def targets(b: Shapes, missed: F64, mean: F64) -> dict[str, tuple[F64, F64, tuple[int, ...], float]]:
    """By readout: what it should say of each portrait and of its mirror image, the points that it sees, and its ridge.

    missed: (N, 2) degrees of yaw and pitch by which the rigid fit falls short, because an open jaw or a smile pulls at it.
    """
    every = (*MOUTH, *EYES)
    left = tuple(p for p in EYES if mean[p, 0] > -0.5)  # portraits raise both brows; people do not
    right = tuple(p for p in EYES if mean[p, 0] < 0.5)
    lid = {s: 1 - b[f"eyeBlink{s}"] for s in ("Left", "Right")}
    brow = {s: _brow(b, s) for s in ("Left", "Right")}
    return {
        "mouth_open": (b["jawOpen"], b["jawOpen"], MOUTH, 3.0),
        "mouth_form": (_mouth_form(b), _mouth_form(b), MOUTH, 10.0),
        "brow_l": (brow["Left"], brow["Right"], left, 100.0),
        "brow_r": (brow["Right"], brow["Left"], right, 100.0),
        "gaze_x": (_gaze_x(b), -_gaze_x(b), EYES, 10.0),
        "lid_l": (lid["Left"], lid["Right"], EYES, 10.0),
        "lid_r": (lid["Right"], lid["Left"], EYES, 10.0),
        "yaw": (missed[:, 0], -missed[:, 0], every, 30.0),
        "pitch": (missed[:, 1], missed[:, 1], every, 30.0),
    }


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What the FaceLandmarker says of N portraits: shapes, (N,) by name; angles (N, 2), yaw and pitch in degrees."""

    shapes: Shapes
    angles: F64


def look(folder: Path, model: Path) -> tuple[list[FaceFrame], Said]:
    """FaceMesh's frames of all portraits under a folder, and what the FaceLandmarker says of the same."""
    import cv2

    mesh, said = FaceMesh(still=True), _landmarker(model)
    faces, scores, turns = [], [], []
    for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES):
        bgr = cv2.imread(str(file))
        if bgr.shape[0] < 400:
            bgr = cv2.resize(bgr, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        picture = Picture(0.0, cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
        seen, heard = mesh.find(picture), said(picture.rgb)
        if seen.face and heard is not None:
            faces.append(seen)
            scores.append(heard[0])
            turns.append(heard[1])
    return faces, Said({name: np.array([s[name] for s in scores]) for name in scores[0]}, np.array(turns))


def _landmarker(model: Path) -> Callable[[RGB], tuple[dict[str, float], tuple[float, float]] | None]:
    """A function from a portrait to its blendshapes and (yaw, pitch) in degrees, or None without a face."""
    import mediapipe as mp
    from mediapipe.tasks import python as tasks
    from mediapipe.tasks.python import vision

    options = vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)),
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    task = vision.FaceLandmarker.create_from_options(options)

    def say(rgb: RGB) -> tuple[dict[str, float], tuple[float, float]] | None:
        result = task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
        if not result.face_blendshapes:
            return None
        yaw, pitch, _ = angles(np.asarray(result.facial_transformation_matrixes[0], np.float64)[:3, :3])
        return {c.category_name: float(c.score) for c in result.face_blendshapes[0]}, (yaw, pitch)

    return say


def mean_head(clouds: list[F64]) -> tuple[F64, I64]:
    """Generalised Procrustes: the symmetric mean head (478, 3) in cm, head frame, and each landmark's mirror image (478,)."""
    even = np.full(len(clouds[0]), 1 / len(clouds[0]))
    mean = clouds[0]
    for _ in range(15):
        mean = np.median([_carried_back(mean, cloud, even) for cloud in clouds], axis=0)
        mean = (mean - mean.mean(0)) / np.sqrt(((mean - mean.mean(0)) ** 2).sum(1).mean())
    mirror = mirror_map(mean)
    for _ in range(5):
        mean = _upright((mean + _carried_back(mean, mean[mirror] * [-1, 1, 1], even)) / 2, mirror)
    return mean * IRIS_DISTANCE / np.linalg.norm(mean[468] - mean[473]), mirror


def _carried_back(mean: F64, cloud: F64, weights: F64) -> F64:
    turn, scale, shift = procrustes(mean, cloud, weights)
    return (cloud - shift) @ turn / scale


def mirror_map(mean: F64) -> I64:
    """For each landmark (478,) the one on the other side."""
    from scipy.optimize import linear_sum_assignment

    pairs = np.array(PAIRS)
    own, other = np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]]
    for _ in range(12):
        flipped = mean * [-1, 1, 1]
        turn, scale, shift = procrustes(flipped[own], mean[other], np.full(len(own), 1 / len(own)))
        distance = (((scale * flipped @ turn.T + shift)[:, None] - mean[None]) ** 2).sum(2)
        own, other = linear_sum_assignment(distance)
    return np.asarray(other, np.int64)


def _upright(mean: F64, mirror: I64) -> F64:
    """Turn a symmetric shape so that its plane of symmetry is x = 0, and keep its y up."""
    across = mean - mean[mirror]
    x = np.linalg.svd(across * np.sign(across[:, :1]))[2][0]
    x *= np.sign(x[0])
    y = np.array([0, 1.0, 0]) - x * x[1]
    y /= np.linalg.norm(y)
    turned: F64 = mean @ np.stack([x, y, np.cross(x, y)]).T
    turned[:, 0] -= (turned[:, 0] + turned[mirror, 0]).mean() / 2
    return turned


def facing(mean: F64, rigid: F64, flats: list[tuple[F64, float]]) -> F64:
    """The mean head nodded so that the sitters, who look into the camera, are at pitch 0 on average."""
    pitch = np.mean([np.arcsin(fit_points(mean, rigid, *flat)[0][1, 2]) for flat in flats])
    c, s = np.cos(pitch), np.sin(pitch)
    return mean @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]).T


def rigid_weights() -> F64:
    """Weights (478,) of the landmarks in the head's fit, sum 1; the irises have none."""
    weights = np.zeros(478)
    for groups, worth in ((RIGID, 1.0), (HALF_RIGID, 0.5)):
        for group in groups:
            weights[list(group)] += worth / len(group)
    weights *= (1 - EVERYWHERE) / weights.sum()
    weights[:468] += EVERYWHERE / 468
    return weights


def readout(shapes: F64, mirror: I64, said: F64, said_mirrored: F64, points: tuple[int, ...], ridge: float) -> F64:
    """Ridge regression from points of shapes (N, 478, 3) in cm to what is said (N,): weights (P * 3 + 1,), the bias last."""
    seen = np.concatenate([s[:, points].reshape(len(s), -1) for s in (shapes, shapes[:, mirror] * [-1, 1, 1])])
    wanted = np.concatenate([said, said_mirrored])
    centred = seen - seen.mean(0)
    weights = np.linalg.solve(centred.T @ centred + ridge * np.eye(seen.shape[1]), centred.T @ (wanted - wanted.mean()))
    return np.append(weights, wanted.mean() - seen.mean(0) @ weights)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portraits", type=Path), ask.add_argument("model", type=Path)
    given = ask.parse_args()
    save(*learn(*look(given.portraits, given.model)))


def learn(faces: list[FaceFrame], said: Said) -> tuple[F64, F64, dict[str, F64]]:
    """Mean head (478, 3), rigid weights (478,), and by readout its weights spread over all landmarks (478 * 3 + 1,)."""
    flats = [unproject(f.landmarks, f.size) for f in faces if f.landmarks is not None]
    mean, mirror = mean_head([flat for flat, _ in flats])
    rigid = rigid_weights()
    mean = facing(mean, rigid, flats)
    fits = [fit_points(mean, rigid, *flat) for flat in flats]
    seen = np.array([fit[4] for fit in fits])
    missed = said.angles - np.array([angles(fit[0])[:2] for fit in fits])
    readouts = {}
    for name, (wanted, wanted_mirrored, own, ridge) in targets(said.shapes, missed - missed.mean(0), mean).items():
        weights = readout(seen, mirror, wanted, wanted_mirrored, own, ridge)
        spread = np.zeros((478, 3))
        spread[list(own)] = weights[:-1].reshape(-1, 3)
        readouts[name] = np.append(spread, weights[-1])
    return mean, rigid, readouts


def save(mean: F64, rigid: F64, readouts: dict[str, F64]) -> None:
    """Write model.npz with the points that some readout looks at."""
    points = np.array(sorted({*MOUTH, *EYES}), np.int16)
    weights = [np.append(w[:-1].reshape(-1, 3)[points], w[-1]) for w in readouts.values()]
    np.savez_compressed(
        MODEL, mean=mean.astype(np.float32), rigid=rigid.astype(np.float32), points=points,
        names=np.array(list(readouts)), weights=np.array(weights, np.float32),
    )  # fmt: skip


if __name__ == "__main__":
    main()
