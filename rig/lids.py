"""The two lids of an open eye as curves, and the line in which they meet when it shuts. All in canvas px."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rig.eyeart import EyeArt
from rig.puppet import F32

F64 = npt.NDArray[np.float64]

SAMPLES = 96
MEET = 0.8
"""Where the lids meet, as a share of the opening from the upper lid down."""
SAG = (0.14, 0.22)
"""Least and greatest depth of the shut line's bow, as shares of the opening's width."""
BEYOND = 0.08
"""How far the lids' ends may lie beyond a drawn shut line, as a share of its length."""
KEPT = 0.95
"""Share of its length that a lash keeps when it comes down, where the corners leave it room."""
SMILE_SAG = 0.17
"""Height of a smile's shut line as an arch, as a share of the opening's width."""


@dataclass(frozen=True, slots=True, eq=False)
class Lids:
    """The open lids. corners: (left, right) x of the opening. height: px of the opening, thickness: px of the upper lash line.

    upper: float64 (SAMPLES, 2), the upper lid (lower edge of the lash) from the left end of the lash to its right end;
    lower: float64 (SAMPLES,), y of the lower lid below those points. shut: float64 (2, SAMPLES, 2), where the upper lid lies
    when the eye is shut, at smile 0 and 1. inked: where along the upper lid (shares of its length) the lash begins and ends.
    """

    corners: tuple[float, float]
    height: float
    thickness: float
    upper: F64
    lower: F64
    shut: F64
    inked: tuple[float, float]

    @property
    def width(self) -> float:
        """px between the corners."""
        return self.corners[1] - self.corners[0]

    def relative(self, points: F32 | F64) -> F64:
        """Height of points in the opening: 0 on the upper lid, 1 on the lower, negative above."""
        top, bottom = (np.interp(points[:, 0], self.upper[:, 0], y) for y in (self.upper[:, 1], self.lower))
        inside: F64 = (points[:, 1] - top) / np.maximum(bottom - top, 0.3 * self.height)
        return inside


def fit_curve(x: F64, y: F64, degree: int = 4) -> np.polynomial.Polynomial:
    """A polynomial through noisy points that hair, tufts and highlights have cut into (iteratively reweighted)."""
    weights = np.ones_like(x)
    fit = np.polynomial.Polynomial.fit(x, y, min(degree, max(1, len(x) // 3)))
    for _ in range(6):
        residual = np.abs(y - fit(x))
        weights = 1 / np.maximum(1, residual / (1.5 * np.median(residual) + 0.5))
        fit = np.polynomial.Polynomial.fit(x, y, fit.degree(), w=weights)
    return fit


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """The opening by columns of the window: columns int (n,), top and bottom float64 (n,), first row and row after the last."""

    columns: npt.NDArray[np.int64]
    top: F64
    bottom: F64

    @property
    def width(self) -> float:
        """px between the corners."""
        return float(self.columns[-1] - self.columns[0] + 1)

    @property
    def height(self) -> float:
        """px of the opening where it is high."""
        return max(float(np.quantile(self.bottom - self.top, 0.9)), 1.0)

    def relative(self, columns: npt.NDArray[np.int64] | F64, rows: npt.NDArray[np.int64] | F64) -> F64:
        """Height of pixels in the opening: 0 at its upper edge, 1 at its lower, negative above."""
        top, bottom = (np.interp(columns, self.columns, y) for y in (self.top, self.bottom))
        inside: F64 = (rows + 0.5 - top) / np.maximum(bottom - top, 0.3 * self.height)
        return inside


def find_spans(opening: npt.NDArray[np.bool_]) -> Spans:
    """The opening of an eye in bool (h, w); without a lid line to speak of, its box."""
    columns = np.flatnonzero(opening.sum(0) >= 2)
    if len(columns) < 4:
        columns = np.arange(opening.shape[1] // 4, max(3 * opening.shape[1] // 4, opening.shape[1] // 4 + 4))
        rows = np.flatnonzero(opening.any(1))
        first, last = (rows[0], rows[-1] + 1) if len(rows) else (0, opening.shape[0])
        return Spans(columns, np.full(len(columns), float(first)), np.full(len(columns), float(last)))
    inside = opening[:, columns]
    return Spans(columns, inside.argmax(0).astype(float), (inside.shape[0] - inside[::-1].argmax(0)).astype(float))


def find_lids(art: EyeArt, spans: Spans, lash: npt.NDArray[np.bool_], drawn: F64 | None = None,
              meet: float = MEET) -> Lids:  # fmt: skip
    """The lids of an eye.

    lash: bool (h, w), the ink of the upper lash in the art's window (drawn or made). drawn: float64 (N, 2), the lower edge of
    a drawn shut line from left to right, which the lids then meet in. meet: where the lids meet, as a share of the opening
    from the upper lid down.
    """
    edge, thickness = _lash_edge(lash, spans)
    x0, y0 = art.window[:2]
    x = spans.columns + x0 + 0.5
    upper, lower = fit_curve(x, edge + y0), fit_curve(x, spans.bottom + y0)
    corners = (float(x[0]) - 0.5, float(x[-1]) + 0.5)
    along = np.linspace(*_lash_ends(lash, x0, corners, float(np.median(spans.bottom))), SAMPLES)
    curve = np.stack([along, _extended(upper, along, corners)], -1)
    floor = np.maximum(_extended(lower, along, corners), curve[:, 1])
    height = float(np.quantile(lower(x) - upper(x), 0.9))
    inked = _inked_places(lash, art.window, curve)
    if drawn is None:
        bow = _bow(arc_share(curve), *_shut_ends(curve, floor, corners, height), _shut_middle(curve, floor, corners, meet),
                   corners[1] - corners[0])  # fmt: skip
        place = _stretched(curve, bow, inked)
        plain = _along(bow, place)
    else:
        place = (arc_share(curve) - inked[0]) / max(inked[1] - inked[0], 0.1)
        plain = _along(drawn, place)
    shut = np.stack([plain, _smiling(plain, place, height, corners[1] - corners[0])])
    return Lids(corners, height, float(np.median(thickness)), curve, floor, shut, inked)


def _lash_edge(lash: npt.NDArray[np.bool_], spans: Spans) -> tuple[F64, F64]:
    """By column the lower edge of the lash that covers the opening's top, and the lash's thickness above that edge (px)."""
    edge, thickness = spans.top.copy(), np.zeros_like(spans.top)
    for i, column in enumerate(spans.columns):
        run = lash[:, column]
        start = max(int(spans.top[i]) - 2, 0)
        limit = int(spans.top[i] + 0.6 * (spans.bottom[i] - spans.top[i]))
        covered = np.flatnonzero(run[start : limit + 1]) + start
        if not len(covered):
            continue
        gaps = np.flatnonzero(np.diff(covered) > 2)
        last = int(covered[gaps[0]] if len(gaps) else covered[-1])
        edge[i] = max(float(last + 1), spans.top[i])
        above = np.flatnonzero(~run[: last + 1])
        thickness[i] = last - (above[-1] if len(above) else -1)
    return edge, thickness


def _lash_ends(lash: npt.NDArray[np.bool_], left_edge: int, corners: tuple[float, float], floor: float) -> tuple[float, float]:
    """x of the upper lash's ends: beyond the corners by a third of the opening's width at most."""
    columns = np.flatnonzero(lash[: int(floor) + 1].any(0)) + left_edge
    if not len(columns):
        return corners
    room = 0.33 * (corners[1] - corners[0])
    left, right = min(corners[0], columns[0]), max(corners[1], columns[-1] + 1.0)
    return max(left, corners[0] - room), min(right, corners[1] + room)


def _extended(fit: np.polynomial.Polynomial, x: F64, corners: tuple[float, float]) -> F64:
    """A fit between the corners, carried on beyond them by a gentle straight line."""
    inside = np.clip(x, *corners)
    slope = np.clip(fit.deriv()(inside), -0.3, 0.3)
    y: F64 = fit(inside) + slope * (x - inside)
    return y


def _inked_places(lash: npt.NDArray[np.bool_], window: tuple[int, int, int, int], curve: F64) -> tuple[float, float]:
    """Where along the upper lid (shares of its length) the lash's ink begins and ends."""
    rows, columns = np.nonzero(lash)
    if not len(columns):
        return 0.0, 1.0
    low, high = np.quantile(columns, (0.03, 0.97))
    ends = [(columns <= low), (columns >= high)]
    points = np.array([(columns[e].mean() + window[0] + 0.5, rows[e].mean() + window[1] + 0.5) for e in ends])
    share = at_place(arc_share(curve)[:, None], nearest_place(curve, points))[:, 0]
    return float(share[0]), float(share[1])


def arc_share(curve: F64) -> F64:
    """How far along its length each point of a polyline lies, 0..1."""
    steps = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    share: F64 = steps / max(steps[-1], 1e-6)
    return share


def _stretched(curve: F64, bow: F64, inked: tuple[float, float]) -> F64:
    """Shares of the shut line's length for the upper lid's points, such that the lash keeps its length where there is room."""
    share, (start, end) = arc_share(curve), inked
    lengths = [np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in (curve, bow)]
    spread = min(max(KEPT * lengths[0] / lengths[1], 1.0), 0.98 / max(end - start, 0.1))
    if spread <= 1.0:
        return share
    half = (end - start) / 2 * spread
    middle = float(np.clip((start + end) / 2, half + 0.01, 0.99 - half))
    return np.interp(share, (0, start, end, 1), (0, middle - half, middle + half, 1))


def _along(line: F64, share: F64) -> F64:
    """Points at shares of a polyline's length; beyond its ends straight on, but never far."""
    own = arc_share(line)
    inside = np.stack([np.interp(share, own, line[:, 0]), np.interp(share, own, line[:, 1])], -1)
    before, after = (line[0] - line[3]) / (own[3] - own[0]), (line[-1] - line[-4]) / (own[-1] - own[-4])
    over = [BEYOND * np.tanh(np.maximum(u, 0) / BEYOND)[:, None] for u in (-share, share - 1)]
    return inside + over[0] * before + over[1] * after


def _shut_ends(curve: F64, floor: F64, corners: tuple[float, float], height: float) -> tuple[F64, F64]:
    """The ends of the shut line: where the lid is cut off blunt it comes down, where it meets the other lid it stays."""
    width = corners[1] - corners[0]
    gap = floor - curve[:, 1]
    near = np.interp((corners[0] + 0.04 * width, corners[1] - 0.04 * width), curve[:, 0], gap)
    drop = 0.45 * np.minimum(near, height) + 0.04 * height
    return curve[0] + (0, drop[0]), curve[-1] + (0, drop[1])


def _shut_middle(curve: F64, floor: F64, corners: tuple[float, float], meet: float) -> float:
    """y at which the lids meet in the middle of the opening."""
    middle = sum(corners) / 2
    top, bottom = np.interp(middle, curve[:, 0], curve[:, 1]), np.interp(middle, curve[:, 0], floor)
    return float(top + meet * (bottom - top))


def _bow(share: F64, left: F64, right: F64, middle: float, width: float) -> F64:
    """A bow between two ends through the middle's height, its depth held to what looks natural.

    Where the depth must differ, ends and middle share the correction, so that the lids still meet near the middle's height.
    """
    natural = middle - (left[1] + right[1]) / 2
    sag = float(np.clip(natural, SAG[0] * width, SAG[1] * width))
    lift = np.array((0.0, (natural - sag) / 2))
    bow = np.stack([np.zeros_like(share), 4 * share * (1 - share)], -1)
    line: F64 = left + lift + (right - left) * share[:, None] + bow * sag
    return line


def _smiling(plain: F64, place: F64, height: float, width: float) -> F64:
    """The shut line of a smile: an arch a little above the plain one's place; one that is drawn as an arch stays.

    place: where on the plain line its points lie, 0..1 between the ends of the lash.
    """
    inside = np.clip(place, 0, 1)
    left, right = (np.array([np.interp(end, place, plain[:, i]) for i in (0, 1)]) for end in (0.0, 1.0))
    chord = left + (right - left) * place[:, None]
    middle = inside * (1 - inside) > 0.05
    sag = float((plain - chord)[middle, 1].max() if (plain - chord)[middle, 1].mean() > 0 else (plain - chord)[middle, 1].min())
    target = -SMILE_SAG * width
    if sag <= 0.6 * target:
        return plain
    bow = np.stack([np.zeros_like(inside), 4 * inside * (1 - inside)], -1)
    down = 0.275 * (sag - target) * min(1.0, height / width + 0.4)
    return chord + bow * target + np.array((0.0, down))


def nearest_place(curve: F64, points: F64) -> F64:
    """Place (fraction of an index) on a polyline nearest to each point, vertical distance counting half.

    So weighted, points beside the arch keep their column instead of being drawn to its middle.
    """
    scale = np.array((1.0, 0.5))
    a, b = curve[:-1] * scale, curve[1:] * scale
    d = b - a
    p = points[:, None] * scale
    t = np.clip(((p - a) * d).sum(-1) / np.maximum((d * d).sum(-1), 1e-9), 0, 1)
    gap = ((a + t[..., None] * d - p) ** 2).sum(-1)
    best = gap.argmin(1)
    place: F64 = best + t[np.arange(len(points)), best]
    return place


def at_place(values: F64, place: F64) -> F64:
    """Rows of (SAMPLES, n) at fractional indices."""
    i = np.minimum(place.astype(int), len(values) - 2)
    f = (place - i)[:, None]
    picked: F64 = values[i] * (1 - f) + values[i + 1] * f
    return picked
