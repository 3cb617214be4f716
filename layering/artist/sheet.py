"""The sheet of paper: one transparent layer that is filled and inked with anti-aliased shapes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import skia

from layering.artist.shapes import Curve, Point, tapered
from layering.stack import RGBA, Blend, Layer


def colour_of(text: str, alpha: float = 1.0) -> skia.Color4f:
    """A colour written "rrggbb" (a leading # is allowed)."""
    n = int(text.lstrip("#"), 16)
    return skia.Color4f(((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255, alpha)


def path_of(*outlines: Curve) -> skia.Path:
    """A skia path of closed outlines; inner ones of opposite direction cut nothing: all is united."""
    path = skia.Path()
    for outline in outlines:
        path.addPoly(list(map(skia.Point, *outline.T.tolist())), True)
    return path


def unmoved(curve: Curve) -> Curve:
    """The placement of a drawing that is made in canvas px."""
    return curve


class Sheet:
    """A layer in the making. `atop` paints only where the sheet is already painted, and keeps its alpha.

    place: maps curves (N, 2) from the units they are drawn in to canvas px; widths are in those units too.
    """

    def __init__(self, canvas: tuple[int, int], place: Callable[[Curve], Curve] = unmoved) -> None:
        self._pixels = np.zeros((canvas[1], canvas[0], 4), np.uint8)
        self._surface = skia.Surface(self._pixels, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kPremul_AlphaType)
        self.canvas = canvas
        self.place = place

    def fill(self, outline: Curve, colour: str, atop: bool = False, within: Curve | None = None, blur: float = 0.0) -> Sheet:
        """Fill a closed outline (N, 2), only inside `within` where given; `blur` softens the edge by that many units."""
        mode = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
        paint = skia.Paint(Color4f=colour_of(colour), AntiAlias=True, BlendMode=mode)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur * self.scale()))
        self._draw(path_of(self.place(outline)), paint, within)
        return self

    def fade(self, outline: Curve, colour: str, start: Point, end: Point, atop: bool = True) -> Sheet:
        """Fill a closed outline with a colour that is full at `start` and gone at `end`."""
        (x0, y0), (x1, y1) = self.place(np.array([start, end], np.float64)).tolist()
        tone = colour_of(colour)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(x0, y0), skia.Point(x1, y1)], [tone.toColor(), skia.Color4f(tone.fR, tone.fG, tone.fB, 0).toColor()]
        )
        mode = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
        self._draw(path_of(self.place(outline)), skia.Paint(Shader=shader, AntiAlias=True, BlendMode=mode), None)
        return self

    def scale(self) -> float:
        """px of one unit, about the origin."""
        ends = self.place(np.array([[0.0, 0.0], [0.0, 1.0]]))
        return float(np.hypot(*(ends[1] - ends[0])))

    def _draw(self, path: skia.Path, paint: skia.Paint, within: Curve | None) -> None:
        canvas = self._surface.getCanvas()
        canvas.save()
        if within is not None:
            canvas.clipPath(path_of(self.place(within)), doAntiAlias=True)
        canvas.drawPath(path, paint)
        canvas.restore()

    def ink(self, curve: Curve, colour: str, width: float, ends: tuple[float, float] = (0.35, 0.35),
            least: float = 0.12, atop: bool = False) -> Sheet:  # fmt: skip
        """Draw a tapered line along an open curve (N, 2)."""
        return self.fill(tapered(curve, width, ends, least), colour, atop)

    def keep(self, outline: Curve) -> Sheet:
        """Erase what lies outside a closed outline."""
        canvas = self._surface.getCanvas()
        canvas.saveLayer(None, skia.Paint(BlendMode=skia.BlendMode.kDstIn))
        canvas.drawPath(path_of(self.place(outline)), skia.Paint(AntiAlias=True))
        canvas.restore()
        return self

    def lay(self, other: Sheet, atop: bool = False) -> Sheet:
        """Lay another sheet of the same size over this one."""
        mode = skia.BlendMode.kSrcATop if atop else skia.BlendMode.kSrcOver
        other._surface.flushAndSubmit()
        self._surface.getCanvas().drawImage(
            other._surface.makeImageSnapshot(), 0, 0, skia.SamplingOptions(), skia.Paint(BlendMode=mode)
        )
        return self

    def layer(
        self, name: str, part: str, side: str = "", state: str = "", shown: bool = True, blend: Blend = Blend.NORMAL
    ) -> Layer:
        """The sheet as a layer, cropped to its pixels (to one clear pixel where it is empty)."""
        self._surface.flushAndSubmit()
        alpha = self._pixels[..., 3]
        rows, columns = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
        if not len(rows):
            rows = columns = np.zeros(1, int)
        y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        return Layer(name, part, straight(self._pixels[y0:y1, x0:x1]), (x0, y0), side, blend, state, shown)


def straight(premultiplied: RGBA) -> RGBA:
    """uint8 (h, w, 4) with premultiplied alpha → straight alpha, rounded."""
    out = premultiplied.copy()
    soft = (out[..., 3] > 0) & (out[..., 3] < 255)
    alpha = out[soft, 3:].astype(np.float32)
    out[soft, :3] = np.minimum(out[soft, :3] * (255.0 / alpha) + 0.5, 255)
    return out
