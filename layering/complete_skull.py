"""The form of a head whose outline shows in part only: an ellipse where it is one, else a usual skull drawn to what shows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from layering.masks import Mask

F64 = npt.NDArray[np.float64]

RAYS = 720
WAYS = np.stack([np.cos(np.arange(RAYS) * 2 * np.pi / RAYS), np.sin(np.arange(RAYS) * 2 * np.pi / RAYS)], -1)
"""float64 (RAYS, 2): unit directions of the rays, x, y."""
SKULL: tuple[tuple[float, float], ...] = (
    (0, -1), (0.58, -0.92), (0.94, -0.55), (1.01, -0.12), (0.99, 0.22), (0.93, 0.46), (0.68, 0.8), (0.18, 0.975), (0, 1))
"""Half a head from crown to chin: x in half widths; y over 0 in chin heights, under 0 in crown heights, from the eye line."""
BEND = 30.0
"""Degrees over which the way that the outline was taking is kept."""
TURNED = 0.08
"""Difference between the two sides' radii, as a share, from which a face is drawn turned."""
TRIES = ((0.0, 1.0, 0.01), (0.0, 0.1, 0.02), (0.0, 0.0, 0.02), (0.3, 0.0, 0.02))
"""How much an ellipse is held to end under the hair, and to be a circle, and how well it must fit (mean square distance in half
widths), as tried one after the other."""
LOWEST = 0.9
"""How high a head is over the eyes at least, as a share of what it is under them."""
AROUND = 0.94
"""Share of the rays on which an ellipse must be around what shows of the face: an ear may stick out."""
CENTRAL = 0.05
"""How much an ellipse is held to lie in the middle under the eyes."""
HAIR = 0.13
"""Of half the width: the least that the hair is thick on the skull's top."""
FADE = 40.0
"""Degrees over which what is known of the outline bears on what is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Skull:
    """Where a head is, working px. centre: float64 (2,) x, y, of the rays. right, left: half widths on the picture's right and
    left, which differ where it is turned. least: px to the nearer side of what shows. eye_line, chin: y. crown: px from the
    eye line up to the skull's top. hair: y of the top of what grows on it.
    """

    centre: F64
    right: float
    left: float
    least: float
    eye_line: float
    chin: float
    crown: float
    hair: float

    @property
    def turned(self) -> bool:
        return self.right != self.left


def fitted(skull: Skull, seen: F64, known: Mask, most: F64) -> F64:
    """float64 (RAYS,): px along each ray to the head's outline.

    seen: px to the last that shows of the face. known: bool, where that is the outline. most: px that it can reach at most.
    """
    rise = (skull.centre[1] - skull.hair - HAIR * skull.right) / np.maximum(-WAYS[:, 1], 1e-3)
    most = np.where(WAYS[:, 1] < -0.3, np.clip(rise, seen, most), most)
    if skull.turned:
        return _drawn_to(seen, known, most, _template(skull), seen, known, (1.0, 1.0))
    found = _ellipse(skull, seen, known)
    if found is not None:
        return _drawn_to(seen, known, most, found[0], *_mirrored(seen, found[1], most), bend=0.08)
    return _drawn_to(seen, known, most, _template(skull), *_mirrored(seen, known, most))


def _ellipse(skull: Skull, seen: F64, known: Mask) -> tuple[F64, Mask] | None:
    """Radius along each ray of the upright ellipse through most of what is known of the outline (an ear may stick out), around
    all that shows; and which rays are on it. None where the face is no ellipse.
    """
    near, half = 0.03 * skull.right, skull.right
    for (under, circle, fit), start in product(TRIES, (known, known & (WAYS[:, 1] > 0.35))):
        mine, radius = start, None
        for _ in range(4):
            radius = _through(skull, seen, mine, under, circle) if mine.sum() >= RAYS / 10 else None
            if radius is None:
                break
            mine = known & (np.abs(radius - seen) < near)
        if radius is None or mine.sum() < 0.6 * known.sum():
            continue
        around = known | (radius > seen - near)
        if around.mean() > AROUND and np.sqrt(np.mean((radius - seen)[mine] ** 2)) < fit * half:
            return radius, mine
    return None


def _through(skull: Skull, seen: F64, mine: Mask, under: float, circle: float) -> F64 | None:
    """Radius of the ellipse through the outline on some rays; None where no head has that form. under, circle: see TRIES."""
    half, top, height = skull.right, skull.hair, skull.centre[1]
    u, v = (WAYS[mine] * seen[mine, None] / half).T
    crown = (top + 0.15 * half - height) / half
    pull, round_, central = np.array([under, circle, CENTRAL]) * len(u) ** 0.5
    rows = np.concatenate([np.stack([u * u, v * v, v, u], -1), [[0.0, pull * crown**2, pull * crown, 0.0],
                           [round_, -round_, 0.0, 0.0], [0.0, 0.0, 0.0, central]]])  # fmt: skip
    (a, b, c, d), *_ = np.linalg.lstsq(rows, np.append(np.ones(len(u)), (pull, 0.0, 0.0)), rcond=None)
    if min(a, b) <= 0:
        return None
    x, y = WAYS.T
    two, one = 2 * (a * x * x + b * y * y), c * y + d * x   # a (rx)² + b (ry)² + c ry + d rx = 1, solved for r
    wide, middle = half * np.sqrt((1 + c * c / (4 * b) + d * d / (4 * a)) / a), -c / (2 * b) * half
    tall = wide * np.sqrt(a / b)
    usual = 0.95 * skull.least < wide < 1.6 * half and 0.6 < tall / wide < 1.7 and abs(d / (2 * a)) < 0.3
    over = skull.eye_line - (height + middle - tall)
    if not usual or skull.eye_line - over < top - 0.05 * half or over < LOWEST * (skull.chin - skull.eye_line):
        return None
    return np.asarray((-one + np.sqrt(one * one + 2 * two)) / two * half)


def _template(skull: Skull) -> F64:
    """Radius of a usual head along each ray."""
    chin, centre = skull.chin - skull.eye_line, skull.centre
    right, left = (np.array([(x * half, y * (chin if y > 0 else skull.crown)) for x, y in SKULL])
                   for half in (skull.right, -skull.left))  # fmt: skip
    points = np.concatenate([right, left[-2:0:-1]])
    way = _closed_spline(points, 4 * RAYS) + np.array([centre[0], skull.eye_line]) - centre
    angle = np.arctan2(way[:, 1], way[:, 0]) % (2 * np.pi)
    order = np.argsort(angle)
    return np.interp(np.arange(RAYS) * 2 * np.pi / RAYS, angle[order], np.hypot(*way.T)[order], period=2 * np.pi)


def _closed_spline(points: F64, count: int) -> F64:
    """float64 (count, 2): points along the closed cubic spline through points (N, 2), from the first on."""
    waves = np.fft.fftfreq(len(points))[:, None]
    control = np.fft.ifft(np.fft.fft(points, axis=0) * 3 / (2 + np.cos(2 * np.pi * waves)), axis=0).real
    at, f = np.divmod(np.linspace(0, len(points), count, endpoint=False), 1)
    shares = np.stack([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3], -1) / 6
    near = (at.astype(np.int64)[:, None] + np.arange(-1, 3)) % len(points)
    return np.asarray(np.einsum("nk,nkc->nc", shares, control[near]))


def _smooth(values: F64, sigma: float) -> F64:
    """Values (RAYS,) all around, smoothed by a Gaussian."""
    import cv2

    reach = int(4 * sigma + 0.5)
    row = np.pad(values, reach, mode="wrap")[None]
    return np.asarray(cv2.GaussianBlur(row, (2 * reach + 1, 1), sigma)[0, reach:-reach])


def _mirrored(seen: F64, known: Mask, most: F64) -> tuple[F64, Mask]:
    """What is known of the outline with what the other side tells of it, unless the face is drawn turned: radius, known."""
    other = (RAYS // 2 - np.arange(RAYS)) % RAYS
    both = known & known[other]
    if both.sum() > 20 and np.median(np.abs(seen - seen[other])[both] / seen[both]) > TURNED:
        return seen, known
    told = known[other] & ~known & (seen[other] >= seen - 2)
    return np.where(told, np.clip(seen[other], seen, most), seen), known | told


def _drawn_to(seen: F64, known: Mask, most: F64, shape: F64, drawn: F64, told: Mask,
              other: tuple[float, float] = (0.9, 1.15), bend: float = 0.12) -> F64:  # fmt: skip
    """The template drawn to what is known or told by the other side, smooth between. other: how far it may be scaled elsewhere.
    bend: how far, as a share, the way that the outline was taking may lead away from it.
    """
    if not known.any():
        return np.minimum(np.maximum(shape, seen), most)
    at, share = np.flatnonzero(told), (drawn / shape)[told]
    all_ = np.arange(RAYS)
    near = np.interp(all_, at, share, period=RAYS)
    gap = (all_[:, None] - at[None] + RAYS // 2) % RAYS - RAYS // 2
    which = np.abs(gap).argmin(1)
    signed = gap[all_, which] * 360 / RAYS
    trust = np.exp(-np.abs(signed) / FADE)
    on = np.clip(_slopes(at, share)[which] * signed, -bend, bend) * np.exp(-np.abs(signed) / BEND)
    ratio = trust * near + (1 - trust) * np.clip(np.median(share), *other) + on
    radius = np.clip(ratio * shape, np.where(known, 0, seen), most)
    smooth = _smooth(radius, RAYS / 60)
    mixed = np.where(known, seen, np.clip(smooth, seen, most))
    return np.where(known, mixed, _smooth(mixed, RAYS / 120))


def _slopes(at: npt.NDArray[np.int64], share: F64) -> F64:
    """By how much the ratio changes per degree at each known ray, from the known rays within ten degrees of it."""
    out = np.zeros(len(at))
    reach = 10 * RAYS / 360
    for i in np.flatnonzero((np.diff(at, prepend=at[-1] - RAYS) > 1) | (np.diff(at, append=at[0] + RAYS) > 1)):
        away = (at - at[i] + RAYS // 2) % RAYS - RAYS // 2
        mine = np.abs(away) <= reach
        if mine.sum() >= 6 and np.ptp(away[mine]) >= reach / 2:
            out[i] = np.polyfit(away[mine] * 360 / RAYS, share[mine], 1)[0]
    return out
