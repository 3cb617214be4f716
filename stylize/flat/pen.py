"""The pen: smooth curves, tapered lines, and sheets on which shapes are filled with anti-aliased edges.

A curve is float64 (N, 2) canvas px; a shape is a list of closed curves, whose inner ones cut holes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import skia
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from stylize.flat.colour import Colour

Curve = npt.NDArray[np.float64]
Shape = list[Curve]
RGBA = npt.NDArray[np.uint8]
Alpha = npt.NDArray[np.float32]

STEP = 1.5
"""Px between two samples of a curve."""


def spline(points: npt.ArrayLike, closed: bool = False) -> Curve:
    """The smooth curve through points (N, 2), N at least 2; a closed one ends where it began."""
    p = np.asarray(points, np.float64)
    if closed:
        p = np.vstack([p, p[:1]])
    steps = np.sqrt(np.hypot(*np.diff(p, axis=0).T))
    t = np.concatenate([[0], np.cumsum(np.maximum(steps, 1e-6))])
    count = max(int((steps**2).sum() / STEP), 4) + 1
    if len(p) == 2:
        return np.linspace(p[0], p[1], count)
    return np.asarray(CubicSpline(t, p, bc_type="periodic" if closed else "natural")(np.linspace(0, t[-1], count)))


def even(curve: Curve, step: float = STEP) -> Curve:
    """The same line with samples at equal distances."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    at = np.linspace(0, length[-1], max(int(length[-1] / step), 4) + 1)
    return np.stack([np.interp(at, length, curve[:, i]) for i in (0, 1)], -1)


def part(curve: Curve, start: float, end: float) -> Curve:
    """The stretch of a curve between two shares of its length."""
    line = even(curve)
    last = len(line) - 1
    return line[max(int(start * last), 0) : max(int(end * last), int(start * last) + 2) + 1]


def smoothed(curve: Curve, sigma: float, closed: bool = False) -> Curve:
    """A curve without its small wiggles; sigma in px along it. The ends of an open one stay."""
    line = even(curve)
    if closed:
        return np.asarray(gaussian_filter1d(line[:-1], sigma / STEP, axis=0, mode="wrap"))
    base = np.linspace(line[0], line[-1], len(line))
    return base + gaussian_filter1d(line - base, sigma / STEP, axis=0, mode="constant")


def ellipse(centre: npt.ArrayLike, rx: float, ry: float, axis: npt.ArrayLike = (1.0, 0.0)) -> Curve:
    """A closed ellipse whose first radius lies along `axis` (a unit vector)."""
    a = np.linspace(0, 2 * np.pi, max(int(2 * np.pi * max(rx, ry) / STEP), 24))
    along = np.asarray(axis, np.float64)
    across = np.array([-along[1], along[0]])
    return np.asarray(centre) + np.cos(a)[:, None] * along * rx + np.sin(a)[:, None] * across * ry


def ribbon(curve: Curve, width: npt.ArrayLike) -> Curve:
    """The closed outline of a band along a curve; width px, one or (N,)."""
    d = np.gradient(curve, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    n = np.stack([-d[:, 1], d[:, 0]], 1) * (np.broadcast_to(np.asarray(width, np.float64), len(curve))[:, None] / 2)
    return np.vstack([curve + n, (curve - n)[::-1]])


def profile(curve: Curve, *stops: tuple[float, float]) -> npt.NDArray[np.float64]:
    """(N,) a width along a curve, smooth between stops of (share of its length, width)."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    t = length / max(length[-1], 1e-9)
    at, value = np.asarray(stops, np.float64).T
    k = np.clip(np.searchsorted(at, t, "right") - 1, 0, len(at) - 2)
    u = np.clip((t - at[k]) / np.maximum(at[k + 1] - at[k], 1e-9), 0, 1)
    return np.asarray(value[k] + (value[k + 1] - value[k]) * u * u * (3 - 2 * u))


def outlines(mask: Alpha, sigma: float, least: float = 0.0) -> Shape:
    """The smooth outlines of a soft mask float32 (h, w), sigma px; pieces and holes under `least` px² are left out.

    They lie at 0.5, and go on beyond the mask's border by a margin, so that no line is drawn along the canvas' edge.
    """
    import cv2

    pad = int(3 * sigma) + 4
    solid = (cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_REPLICATE) > 0.5).astype(np.uint8)
    solid = cv2.copyMakeBorder(solid, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    found, _ = cv2.findContours(solid, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    out = []
    for ring in found:
        if len(ring) < 8 or cv2.contourArea(ring) < max(least, 4.0):
            continue
        line = ring[:, 0].astype(np.float64) - pad - 0.5
        out.append(smoothed(np.vstack([line, line[:1]]), sigma, closed=True))
    return out


def shift(shape: Shape, by: npt.ArrayLike) -> Shape:
    """A shape moved by (x, y) px."""
    return [curve + np.asarray(by, np.float64) for curve in shape]


class Sheet:
    """A transparent canvas; shapes are laid on it, `atop` only where it is painted already."""

    def __init__(self, size: tuple[int, int]) -> None:
        """size: (W, H) px."""
        self._pixels = np.zeros((size[1], size[0], 4), np.uint8)
        self._surface = skia.Surface(self._pixels, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)

    def fill(self, shape: Shape | Curve, colour: Colour, atop: bool = False, within: Shape | Curve | None = None,
             alpha: float = 1.0, blur: float = 0.0) -> Sheet:  # fmt: skip
        """Fill a shape, only inside `within` where given; blur softens its edge by that many px."""
        mode = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
        paint = skia.Paint(Color4f=skia.Color4f(*(c / 255 for c in colour), alpha), AntiAlias=True, BlendMode=mode)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        canvas = self._surface.getCanvas()
        canvas.save()
        if within is not None:
            canvas.clipPath(_path(within), doAntiAlias=True)
        canvas.drawPath(_path(shape), paint)
        canvas.restore()
        return self

    def line(self, curves: Shape | Curve, colour: Colour, width: float, atop: bool = False, closed: bool = False) -> Sheet:
        """Draw lines of even width with round ends."""
        mode = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
        paint = skia.Paint(Color4f=skia.Color4f(*(c / 255 for c in colour), 1.0), AntiAlias=True, BlendMode=mode)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self._surface.getCanvas().drawPath(_path(curves, closed), paint)
        return self

    def ink(self, curve: Curve, colour: Colour, width: float, ends: tuple[float, float] = (0.3, 0.3)) -> Sheet:
        """Draw a line that thins out over these shares of its length at its ends."""
        line = even(curve)
        stops = [(0.0, 0.15 if ends[0] else 1.0), (max(ends[0], 1e-3), 1.0), (1 - max(ends[1], 1e-3), 1.0),
                 (1.0, 0.15 if ends[1] else 1.0)]  # fmt: skip
        return self.fill(ribbon(line, profile(line, *stops) * width), colour)

    def keep(self, shape: Shape | Curve) -> Sheet:
        """Erase what lies outside a shape."""
        canvas = self._surface.getCanvas()
        canvas.saveLayer(None, skia.Paint(BlendMode=skia.BlendMode.kDstIn))
        canvas.drawPath(_path(shape), skia.Paint(AntiAlias=True))
        canvas.restore()
        return self

    def cut(self) -> tuple[RGBA, tuple[int, int]]:
        """What is painted, uint8 (h, w, 4) with straight alpha, and where on the canvas its corner lies, (x, y) px."""
        rows, columns = np.flatnonzero(self._pixels[..., 3].any(1)), np.flatnonzero(self._pixels[..., 3].any(0))
        if not len(rows):
            return np.zeros((1, 1, 4), np.uint8), (0, 0)
        top, left = int(rows[0]), int(columns[0])
        out = self._pixels[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1].copy()
        soft = (out[..., 3] > 0) & (out[..., 3] < 255)
        out[soft, :3] = np.minimum(out[soft, :3] * (255.0 / out[soft, 3:].astype(np.float32)) + 0.5, 255)
        return out, (left, top)


def _path(shape: Shape | Curve, closed: bool = True) -> skia.Path:
    path = skia.Path()
    path.setFillType(skia.PathFillType.kEvenOdd if isinstance(shape, list) else skia.PathFillType.kWinding)
    for curve in _curves(shape):
        path.addPoly([skia.Point(x, y) for x, y in curve.tolist()], closed)
    return path


def _curves(shape: Shape | Curve) -> Sequence[Curve]:
    return shape if isinstance(shape, list) else [shape]
