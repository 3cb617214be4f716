"""Makes model.npz: Kirie's mean head and all that reads it, learned from still portraits of many people.

    python -m capture.train PORTRAITS_FOLDER face_landmarker.task

Made from the public-domain portraits of the United States Congress (Reform-to/congress-photos) and 17 portraits under
CC BY 2.0. No photograph is in the model: it holds a mean shape; linear weights from FaceMesh's landmarks, seen in the head
frame, to what MediaPipe's FaceLandmarker (Apache-2.0) says of the same portrait; a small network for expressions that
portraits do not show (capture/train_net.py); and the axes along which heads differ. Nobody of the portraits is in the clips
that benchmarks/tracking.py scores, so its table is a test on people never seen. Every portrait is learned a second time
mirrored.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from capture.head import Fit, angles, unproject
from capture.model import F64, I64, MODEL, Layers
from capture.train_faces import Portraits, Shapes, look
from capture.train_net import NAMES as NET_NAMES
from capture.train_net import POINTS as NET_POINTS
from capture.train_net import Teacher, asked_of, lessons, teach, teacher

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

FROM_COPIES = ("mouth_form",)
"""Readouts that learn from the spoilt copies too; the others see no better for it."""
AXES = 12
"""How many numbers say whose head it is."""


def targets(b: Shapes, missed: F64, mean: F64) -> dict[str, tuple[F64, F64, tuple[int, ...], float]]:
    """By readout: what it should say of each portrait and of its mirror image, the points that it sees, and its ridge.

    missed: (N, 2) degrees of yaw and pitch by which the rigid fit falls short, because an open jaw or a smile pulls at it.
    """
    every = (*MOUTH, *EYES)
    left = tuple(p for p in EYES if mean[p, 0] > -0.5)  # portraits raise both brows; people do not
    right = tuple(p for p in EYES if mean[p, 0] < 0.5)
    said = asked_of(b)
    return {
        "mouth_open": (said["mouth_open"], said["mouth_open"], MOUTH, 3.0),
        "mouth_form": (said["mouth_form"], said["mouth_form"], MOUTH, 10.0),
        "brow_l": (said["brow_l"], said["brow_r"], left, 100.0),
        "brow_r": (said["brow_r"], said["brow_l"], right, 100.0),
        "gaze_x": (said["gaze_x"], -said["gaze_x"], EYES, 10.0),
        "lid_l": (said["lid_l"], said["lid_r"], EYES, 10.0),
        "lid_r": (said["lid_r"], said["lid_l"], EYES, 10.0),
        "yaw": (missed[:, 0], -missed[:, 0], every, 30.0),
        "pitch": (missed[:, 1], missed[:, 1], every, 30.0),
    }


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
    turn, scale, shift = Fit(mean, weights).rigid(cloud)
    return (cloud - shift) @ turn / scale


def mirror_map(mean: F64) -> I64:
    """For each landmark (478,) the one on the other side."""
    from scipy.optimize import linear_sum_assignment

    pairs = np.array(PAIRS)
    own, other = np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]]
    for _ in range(12):
        flipped = mean * [-1, 1, 1]
        turn, scale, shift = Fit(flipped[own], np.full(len(own), 1 / len(own))).rigid(mean[other])
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
    fit = Fit(mean, rigid)
    pitch = np.mean([np.arcsin(fit.perspective(*flat)[0][1, 2]) for flat in flats])
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


def own_build(shapes: F64, sitters: I64, copies: I64) -> tuple[tuple[int, ...], F64]:
    """Landmarks, and the axes (P * 3 + 1, AXES) along which sitters differ most for what copies of the same sitter differ by.

    shapes: (N, 478, 3) cm, head frame. sitters, copies: (N,), whose each is, 0 being the portrait. The last row is the bias, so
    that people's mean is 0; 1 is the standard deviation between a sitter's portrait and a copy. (Fisher's discriminants.)
    """
    points = tuple(sorted({p for group in (*RIGID[:5], *HALF_RIGID[:2]) for p in group}))
    seen = shapes[:, points].reshape(len(shapes), -1)
    portraits = dict(zip(sitters[copies == 0].tolist(), seen[copies == 0], strict=True))
    within = np.array([x - portraits[s] for s, x in zip(sitters[copies > 0].tolist(), seen[copies > 0], strict=True)])
    whiten = np.linalg.inv(np.linalg.cholesky(np.cov(within.T) + 1e-3 * np.eye(seen.shape[1])))
    _, axes = np.linalg.eigh(whiten @ np.cov(seen[copies == 0].T) @ whiten.T)
    axes = whiten.T @ axes[:, -AXES:]
    axes /= (within @ axes).std(0)
    return points, np.vstack([axes, -seen[copies == 0].mean(0) @ axes])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portraits", type=Path), ask.add_argument("model", type=Path)
    given = ask.parse_args()
    save(**learn(look(given.portraits, given.model), teacher(given.model)))


def learn(faces: Portraits, say: Teacher) -> dict[str, Any]:
    """What `save` writes."""
    good = faces.copies == 0
    flats = [unproject(f.landmarks, f.size) for f in faces.frames if f.landmarks is not None]
    clear = [flat for flat, kept in zip(flats, good, strict=True) if kept]
    mean, mirror = mean_head([flat for flat, _ in clear])
    rigid = rigid_weights()
    mean = facing(mean, rigid, clear)
    fit = Fit(mean, rigid)
    fits = [fit.perspective(*flat) for flat in flats]
    shapes = np.array([f[4] for f in fits])
    missed = faces.angles - np.array([angles(f[0])[:2] for f, kept in zip(fits, good, strict=True) if kept])
    net = teach(*lessons(shapes, mirror, say, list(faces.shapes)))
    return {"mean": mean, "rigid": rigid, "readouts": linear(faces, shapes, mirror, missed - missed.mean(0), mean),
            "net": net, "build": own_build(shapes, faces.sitters, faces.copies)}  # fmt: skip


def linear(faces: Portraits, shapes: F64, mirror: I64, missed: F64, mean: F64) -> dict[str, F64]:
    """The linear readouts by name, from all shapes (N, 478, 3); weights are spread over all landmarks (478 * 3 + 1,)."""
    readouts = {}
    for name, (wanted, wanted_mirrored, own, ridge) in targets(faces.shapes, missed, mean).items():
        kept = faces.copies <= (faces.copies.max() if name in FROM_COPIES else 0)
        sitters = faces.sitters[kept]
        weights = readout(shapes[kept], mirror, wanted[sitters], wanted_mirrored[sitters], own, ridge)
        spread = np.zeros((478, 3))
        spread[list(own)] = weights[:-1].reshape(-1, 3)
        readouts[name] = np.append(spread, weights[-1])
    return readouts


def save(mean: F64, rigid: F64, readouts: dict[str, F64], net: Layers, build: tuple[tuple[int, ...], F64]) -> None:
    """Write model.npz with the points that something looks at."""
    points = np.array(sorted({*MOUTH, *EYES}), np.int16)
    weights = [np.append(w[:-1].reshape(-1, 3)[points], w[-1]) for w in readouts.values()]
    layers = {f"net_weights{i}": w.astype(np.float16) for i, (w, _) in enumerate(net)}
    layers |= {f"net_bias{i}": b.astype(np.float32) for i, (_, b) in enumerate(net)}
    np.savez_compressed(
        MODEL, mean=mean.astype(np.float32), rigid=rigid.astype(np.float32), points=points,
        names=np.array(list(readouts)), weights=np.array(weights, np.float32),
        net_points=np.array(NET_POINTS, np.int16), net_names=np.array(NET_NAMES), **layers,
        build_points=np.array(build[0], np.int16), build=build[1].astype(np.float32),
    )  # fmt: skip


if __name__ == "__main__":
    main()
