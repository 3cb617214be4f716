"""Curves and the brush: smooth splines, tapered ink lines, locks of hair, mirrored shapes.

Every curve is a float64 array (N, 2) of canvas px, x right, y down, dense enough (about 2 px a step) to be drawn as a polygon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

Curve = npt.NDArray[np.float64]
Point = tuple[float, float]
Points = Sequence[Point] | Curve
Profile = Sequence[tuple[float, float]]

STEP = 2.0
"""Distance of two samples on a curve in px."""


def spline(points: Points, closed: bool = False) -> Curve:
    """The C2 curve through `points` (centripetal, so that it does not loop where they crowd); straight for two points.

    Args:
        points: (N, 2), N at least 2. closed: joins the last to the first smoothly; the result then ends where it began.
    """
    p = np.asarray(points, np.float64)
    if closed:
        p = np.vstack([p, p[:1]])
    steps = np.sqrt(np.hypot(*np.diff(p, axis=0).T))
    t = np.concatenate([[0], np.cumsum(np.maximum(steps, 1e-6))])
    count = max(int((steps**2).sum() / STEP), 4) + 1
    if len(p) == 2:
        return np.linspace(p[0], p[1], count)
    return np.asarray(CubicSpline(t, p, bc_type="periodic" if closed else "natural")(np.linspace(0, t[-1], count)))


def join(*curves: Points) -> Curve:
    """One outline from curves laid end to end, with corners where they meet."""
    return np.vstack([np.asarray(c, np.float64) for c in curves])


def mirror(curve: Points, axis: float) -> Curve:
    """The curve reflected at the vertical line x = `axis`."""
    return np.asarray(curve, np.float64) * (-1, 1) + (2 * axis, 0)


def move(curve: Points, dx: float = 0.0, dy: float = 0.0) -> Curve:
    """The curve shifted."""
    return np.asarray(curve, np.float64) + np.array([dx, dy])


def turn(curve: Points, degrees: float, centre: Point) -> Curve:
    """The curve turned clockwise (as seen) about `centre`."""
    a = np.deg2rad(degrees)
    spin = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return (np.asarray(curve, np.float64) - centre) @ spin + centre


def ellipse(centre: Point, rx: float, ry: float, degrees: float = 0.0) -> Curve:
    """A closed ellipse, turned by `degrees`."""
    a = np.linspace(0, 2 * np.pi, max(int(2 * np.pi * max(rx, ry) / STEP), 16))
    return turn(np.stack([centre[0] + rx * np.cos(a), centre[1] + ry * np.sin(a)], 1), degrees, centre)


def star(centre: Point, radius: float) -> Curve:
    """A closed star of five points."""
    k = np.arange(10)
    r = np.where(k % 2, radius * 0.45, radius)
    return np.stack([centre[0] + r * np.sin(k * np.pi / 5), centre[1] - r * np.cos(k * np.pi / 5)], 1)


def along(curve: Curve) -> npt.NDArray[np.float64]:
    """(N,) the share of the curve's length passed at each sample, 0..1."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    return length / max(length[-1], 1e-9)


def part(curve: Curve, start: float, end: float) -> Curve:
    """The stretch of a curve between two shares of its length."""
    t, u = along(curve), np.linspace(start, end, max(int(len(curve) * abs(end - start)), 4))
    return np.stack([np.interp(u, t, curve[:, 0]), np.interp(u, t, curve[:, 1])], 1)


def even(curve: Curve, count: int = 64) -> Curve:
    """`count` points at equal distances along a curve."""
    t, u = along(curve), np.linspace(0, 1, count)
    return np.stack([np.interp(u, t, curve[:, 0]), np.interp(u, t, curve[:, 1])], 1)


def normals(curve: Curve) -> Curve:
    """(N, 2) unit normals to the right of the direction of travel as seen on screen."""
    d = np.gradient(curve, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    return np.stack([-d[:, 1], d[:, 0]], 1)


def widths(curve: Curve, profile: Profile) -> npt.NDArray[np.float64]:
    """(N,) a width profile of (share of length, width) points, eased between them, at each sample."""
    at, value = np.asarray(profile, np.float64).T
    t = along(curve)
    k = np.clip(np.searchsorted(at, t, "right") - 1, 0, len(at) - 2)
    u = np.clip((t - at[k]) / np.maximum(at[k + 1] - at[k], 1e-9), 0, 1)
    return np.asarray(value[k] + (value[k + 1] - value[k]) * u)


def ribbon(curve: Curve, width: npt.NDArray[np.float64] | float, lean: float = 0.0) -> Curve:
    """The closed outline of a band along a curve.

    width: (N,) or one width in px. lean: -1 all to the left of travel, 0 centred, 1 all to the right.
    """
    n, w = normals(curve), np.broadcast_to(np.asarray(width, np.float64), len(curve))[:, None]
    return join(curve + n * w * (1 + lean) / 2, (curve - n * w * (1 - lean) / 2)[::-1])


def tapered(curve: Curve, width: float, ends: tuple[float, float] = (0.35, 0.35), least: float = 0.12) -> Curve:
    """The closed outline of an ink line: full `width` between the ends, which thin out over these shares of its length."""
    t = along(curve)
    a = np.clip(t / ends[0], 0, 1) if ends[0] > 0 else np.ones_like(t)
    b = np.clip((1 - t) / ends[1], 0, 1) if ends[1] > 0 else np.ones_like(t)
    return ribbon(curve, width * (least + (1 - least) * np.sin(np.minimum(a, b) * np.pi / 2)))


LOCK: Profile = ((0, 0.62), (0.3, 0.95), (0.5, 1.0), (0.75, 0.74), (0.9, 0.38), (1, 0))
"""Width of a lock of hair along its spine, as a share of its full width: a belly, then a tip."""


def lock(spine: Curve, width: float) -> tuple[Curve, Curve]:
    """The two edges (left and right of travel) of a lock of hair that runs along `spine` from its root to a tip."""
    w = widths(spine, LOCK)[:, None] * width / 2
    n = normals(spine)
    return spine - n * w, spine + n * w
