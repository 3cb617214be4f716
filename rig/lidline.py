"""Lines that an eye needs to shut and that its artist drew elsewhere or not at all.

A lid line taken from the dark rim of the eye's own drawing (or, where it has none, a tapered stroke in its darkest tone), and
the line of a drawn shut eye that the lids are to meet in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from layering.stack import RGBA, Layer, LayerStack
from rig.eyeart import SOLID, EyeArt, Mask, blend_window, darkest_tone, luminance
from rig.lash import ink_of
from rig.lids import F64, Spans, fit_curve
from rig.puppet import F32

RIM_CONTRAST = 0.2
"""Least difference of luma (0..1) between a rim and what it surrounds."""
STROKE = 0.13
"""Thickness of a made line as a share of the opening's height."""


@dataclass(frozen=True, slots=True, eq=False)
class LidLine:
    """A made upper lid line in the art's window; one that `grows` was drawn nowhere and swells as the lid comes down."""

    rgba: RGBA
    grows: bool

    def premultiplied(self) -> F32:
        """float32 (h, w, 4), premultiplied, 0..1."""
        out = self.rgba.astype(np.float32) / 255
        out[..., :3] *= out[..., 3:]
        return out


@dataclass(frozen=True, slots=True, eq=False)
class DrawnShut:
    """What the drawn closed eye shows.

    line: float64 (N, 2) canvas px, the lower edge of its line from left to right; None when it is a filled shape.
    crease: canvas y of a crease above the line, or None.
    """

    line: F64 | None
    crease: float | None


def make_lid_line(art: EyeArt, spans: Spans, stack: LayerStack) -> LidLine:
    """The upper lid line of an eye without a lash layer."""
    rim = _rim(art, spans, stack)
    return LidLine(rim, False) if rim is not None else LidLine(_stroke(art, spans, _line_tone(art, stack)), True)


def _rim(art: EyeArt, spans: Spans, stack: LayerStack) -> RGBA | None:
    """The dark rim along the opening's upper edge, unmixed from what it surrounds: uint8 (h, w, 4), or None."""
    picture = art.blended(art.whole or art.whites or art.irides)
    alpha = picture[..., 3]
    luma = np.where(alpha > 0.02, luminance(picture) / np.maximum(alpha, 0.02), 1.0)
    solid = alpha > 0.5
    dark, light = np.quantile(luma[solid], (0.04, 0.8))
    if light - dark < RIM_CONTRAST:
        return None
    runs = _dark_runs(luma < (dark + light) / 2, spans)
    thickness = float(np.median(runs[runs > 0])) if (runs > 0).any() else 0.0
    if (runs > 0).mean() < 0.6 or not 1 <= thickness <= 0.3 * spans.height:
        return None
    keep = np.zeros(alpha.shape, bool)
    for column, top, run in zip(spans.columns, spans.top.astype(int), runs, strict=True):
        depth = run if run < 1.5 * thickness else thickness     # a longer run has gone on into the iris' own dark
        keep[max(top - 2, 0) : top + int(depth) + 2, column] = True
    share = np.clip((light - luma) / (light - dark) * 1.15, 0, 1) * np.minimum(alpha, 1) * keep
    ink = solid & (luma < dark + 0.35 * (light - dark)) & keep
    if not ink.any():
        return None
    scene = blend_window((x for x in stack.layers[: _index(stack, art.ball[-1]) + 1] if x.shown), art.window)
    tone = scene[ink][:, :3].mean(0)                        # as it shows: a rim that lets skin through must not get paler on it
    return _inked(np.minimum(share / np.median(share[ink]), 1), np.round(tone * 255).astype(np.uint8))


def _index(stack: LayerStack, layer: Layer) -> int:
    return next(i for i, x in enumerate(stack.layers) if x.name == layer.name)


def _dark_runs(dark: Mask, spans: Spans) -> F64:
    """Px that the dark reaches down from the opening's upper edge, by column (one light pixel at the edge is forgiven)."""
    runs = np.zeros(len(spans.columns))
    for i, column in enumerate(spans.columns):
        top, bottom = int(spans.top[i]), int(spans.bottom[i])
        inside = dark[top:bottom, column]
        first = int(inside[:3].argmax()) if inside[:3].any() else -1
        if first >= 0:
            after = np.flatnonzero(~inside[first:])
            runs[i] = first + (after[0] if len(after) else len(inside) - first)
    return runs


def _stroke(art: EyeArt, spans: Spans, tone: npt.NDArray[np.uint8]) -> RGBA:
    """A stroke along the opening's upper edge, tapered to both ends: uint8 (h, w, 4)."""
    import cv2

    fit = fit_curve(spans.columns + 0.5, spans.top, 2)
    reach = 0.1 * spans.width
    x = np.linspace(spans.columns[0] - reach, spans.columns[-1] + 1 + reach, 48)
    middle = fit(np.clip(x, spans.columns[0], spans.columns[-1] + 1))
    thick = max(STROKE * spans.height, 0.045 * spans.width, 1.6) * np.sqrt(np.sin(np.pi * np.linspace(0.02, 0.98, 48)))
    outline = np.concatenate([np.stack([x, middle - thick / 2], -1), np.stack([x, middle + thick / 2], -1)[::-1]])
    share = np.zeros(art.alpha(()).shape, np.uint8)
    cv2.fillPoly(share, [np.round((outline - 0.5) * 64).astype(np.int32)], 255, cv2.LINE_AA, 6)
    return _inked(share / np.float32(255), tone)


def _inked(share: F32 | F64, tone: npt.NDArray[np.uint8]) -> RGBA:
    out = np.empty((*share.shape, 4), np.uint8)
    out[..., :3], out[..., 3] = tone, np.round(share * 255)
    return out


def _line_tone(art: EyeArt, stack: LayerStack) -> npt.NDArray[np.uint8]:
    """The colour of the character's own dark lines: of this eye, else of a brow, else of the face's outline."""
    candidates: list[Layer] = [*art.whole, *art.irides, *art.whites, *stack.find("eyebrow"), *stack.find("face")]
    tones = [tone for layer in candidates if (tone := darkest_tone(layer.rgba)) is not None]
    dark = [tone for tone in tones if luminance(tone[None])[0] < 80]
    return dark[0] if dark else min(tones, key=lambda t: float(luminance(t[None])[0]), default=np.zeros(3, np.uint8))


def read_drawn_shut(art: EyeArt, spans: Spans) -> DrawnShut | None:
    """What the drawn closed eye shows, or None where there is none."""
    import cv2

    ink = ink_of(art.blended(art.closed)) if art.closed else np.zeros((1, 1), bool)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    if count == 1:
        return None
    piece = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    solid = art.alpha(art.closed) > SOLID
    columns = np.flatnonzero((labels == piece).any(0))
    if np.median(solid[:, columns].sum(0)) > 0.5 * spans.height or len(columns) < 6:
        return DrawnShut(None, None)
    lower = np.array([_longest_run_end(labels[:, c] == piece) for c in columns], float)
    x0, y0 = art.window[:2]
    along = np.linspace(columns[0], columns[-1] + 1, 64)
    fit = fit_curve(columns + 0.5, lower)
    line = np.stack([along + x0, fit(np.clip(along, columns[0] + 0.5, columns[-1] + 0.5)) + y0], -1)
    wide = [i for i in range(1, count) if i != piece and stats[i, cv2.CC_STAT_WIDTH] > 0.25 * spans.width
            and centres[i][1] < centres[piece][1]]  # fmt: skip
    crease = float(np.mean([centres[i][1] for i in wide])) + y0 if wide else None
    return DrawnShut(line, crease)


def _longest_run_end(column: Mask) -> int:
    """The row after the longest run of set pixels."""
    edges = np.diff(np.concatenate([[0], column.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return int(ends[(ends - starts).argmax()])
