"""Training only: portraits that move. A still face is given other expressions, another turn of the head and a poor camera.

The landmarks of a portrait are moved as lids, brows, jaw and lips move and turned with the head; the picture is warped after
them, piecewise linear. What comes out need not be beautiful: both models that look at it see the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from capture.head import F64
from capture.types import RGB

UPPER = {"r": (246, 161, 160, 159, 158, 157, 173), "l": (466, 388, 387, 386, 385, 384, 398)}
LOWER = {"r": (7, 163, 144, 145, 153, 154, 155), "l": (249, 390, 373, 374, 380, 381, 382)}
BROWS = {"r": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46), "l": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)}
IRIS = {"r": tuple(range(468, 473)), "l": tuple(range(473, 478))}
CORNERS = (61, 291)
LOWER_LIP = (14, 87, 317, 178, 402, 88, 318, 95, 324, 17, 84, 314, 181, 405, 91, 321, 146, 375)
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)


@dataclass(frozen=True, slots=True)
class Expression:
    """closed: share by side. brow: cm up by side. gaze: cm (x, y). jaw: cm down. width, lift: of the mouth's corners, cm each."""

    closed: dict[str, float]
    brow: dict[str, float]
    gaze: tuple[float, float]
    jaw: float
    width: float
    lift: float


def random_expression(rng: np.random.Generator) -> Expression:
    """Often a little of everything, sometimes much of something."""

    def pair(draw: float, spread: float) -> dict[str, float]:
        return {"l": draw + spread * rng.normal(), "r": draw + spread * rng.normal()}

    blink = rng.choice([0.0, rng.uniform(0, 1.0)], p=[0.5, 0.5])
    wink = {"l": 1.0, "r": rng.uniform(0, 0.6)} if rng.random() < 0.5 else {"l": rng.uniform(0, 0.6), "r": 1.0}
    closed = {s: float(np.clip(blink * (wink[s] if rng.random() < 0.3 else 1.0), 0, 1)) for s in "lr"}
    jaw = float(rng.choice([0.0, rng.exponential(0.9)], p=[0.4, 0.6]))
    return Expression(
        closed, pair(float(rng.choice([0.0, rng.uniform(-0.5, 0.8)])), 0.08),
        (float(np.clip(rng.normal(0, 0.22), -0.4, 0.4)), float(np.clip(rng.normal(0, 0.12), -0.25, 0.25))),
        min(jaw, 3.0), float(rng.uniform(-0.9, 0.5)), float(rng.normal(0, 0.2)),
    )  # fmt: skip


def express(shape: F64, e: Expression) -> F64:
    """A head-frame shape (478, 3) in cm with another expression."""
    out = shape.copy()
    for side in "lr":
        _brow(out, shape, side, e.brow[side])
        _lid(out, shape, side, e.closed[side])
        out[list(IRIS[side]), :2] += np.array(e.gaze) * (1 - e.closed[side])
    _mouth(out, shape, e)
    return out


def _near(shape: F64, centre: F64, reach: float) -> F64:
    """Weights (478,) that fall off around a point in the face's plane."""
    return np.exp(-((shape[:, :2] - centre[:2]) ** 2).sum(1) / reach**2)


def _brow(out: F64, shape: F64, side: str, up: float) -> None:
    weights = np.max([_near(shape, shape[p], 0.8) for p in BROWS[side]], axis=0)
    weights[[*UPPER[side], *LOWER[side], *IRIS[side]]] = 0
    out[:, 1] += up * weights


def _lid(out: F64, shape: F64, side: str, closed: float) -> None:
    upper, lower = list(UPPER[side]), list(LOWER[side])
    fall = (shape[lower, 1] - shape[upper, 1]) * 0.92 * closed
    distance = np.linalg.norm(shape[:, None, :2] - shape[None, upper, :2], axis=2)
    weights = np.exp(-((distance.min(1) / 0.45) ** 2))
    weights[[*lower, *IRIS[side]]] = 0
    weights[shape[:, 1] < shape[lower, 1].mean()] = 0
    out[:, 1] += weights * fall[distance.argmin(1)]
    out[lower, 1] -= 0.08 * fall


def _mouth(out: F64, shape: F64, e: Expression) -> None:
    middle = shape[list(CORNERS)].mean(0)
    below = np.clip((middle[1] - shape[:, 1]) / 0.25, 0, 1) * np.exp(-((shape[:, 0] / 5.0) ** 2))
    below[list(LOWER_LIP)] = np.clip(1 - (np.abs(shape[list(LOWER_LIP), 0]) / 3.2) ** 2, 0, 1)
    out[:, 1] -= e.jaw * below
    for corner in CORNERS:
        weights = _near(shape, shape[corner], 1.6)
        out[:, 0] += np.sign(shape[corner, 0]) * e.width * weights
        out[:, 1] += e.lift * weights


def warp(rgb: RGB, source: F64, target: F64, dark_mouth: bool) -> RGB:
    """Move the points of `rgb` at source (N, 2) px to target (N, 2) px, the frame's border fixed; the mouth's inside dark."""
    import cv2
    from scipy.interpolate import LinearNDInterpolator

    height, width = rgb.shape[:2]
    grid = np.linspace(0, 1, 6)
    rim = np.array([(x * (width - 1), y * (height - 1)) for x in grid for y in grid if x in (0, 1) or y in (0, 1)])
    back = LinearNDInterpolator(np.vstack([target, rim]), np.vstack([source, rim]), fill_value=0)
    ys, xs = np.mgrid[0:height, 0:width]
    where = back(np.column_stack([xs.ravel(), ys.ravel()])).reshape(height, width, 2).astype(np.float32)
    out = cv2.remap(rgb, where[..., 0], where[..., 1], cv2.INTER_LINEAR)
    if dark_mouth:
        inside = cv2.fillPoly(np.zeros((height, width), np.uint8), [np.round(target[list(INNER_LIPS)]).astype(np.int32)], 255)
        soft = cv2.GaussianBlur(inside, (0, 0), 1.5)[..., None] / 255.0
        out = (out * (1 - soft) + 35 * soft).astype(np.uint8)
    return np.ascontiguousarray(out, dtype=np.uint8)


def poor_camera(rgb: RGB, rng: np.random.Generator) -> RGB:
    """Few pixels, noise, wrong exposure, blur and JPEG, each by chance."""
    import cv2

    width = int(rng.uniform(0.25, 0.8) * rgb.shape[1])
    small = cv2.resize(rgb, (width, width * rgb.shape[0] // rgb.shape[1]), interpolation=cv2.INTER_AREA).astype(np.float32)
    small = 255 * (small / 255) ** rng.uniform(0.6, 1.9) * rng.uniform(0.55, 1.1)
    small += rng.normal(0, rng.uniform(0, 8), small.shape)
    ok, code = cv2.imencode(".jpg", np.clip(small, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(40, 95))])
    poor: npt.NDArray[np.uint8] = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return cv2.resize(poor, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)  # type: ignore[no-any-return, unused-ignore]
