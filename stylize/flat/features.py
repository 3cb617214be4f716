"""Nose and mouth: little lines and shapes from the landmarks."""

from __future__ import annotations

import numpy as np

from stylize.flat.colour import Colour, lab_of, mix
from stylize.flat.marks import (
    LIP_LOW,
    LIP_TOP,
    MOUTH_LOW,
    MOUTH_TOP,
    NOSE_BASE,
    NOSE_TIP,
    NOSE_WING,
    NOSTRIL,
    FaceMarks,
)
from stylize.flat.pen import Curve, Sheet, ellipse, even, profile, ribbon, spline
from stylize.flat.tones import Tones

OPEN = 0.03
"""Gap between the lips from which a mouth counts as open, in face units."""
TEETH: Colour = (252, 250, 246)
MOST_TEETH = 0.045
"""How far the upper teeth show, in face units."""
TONGUE = 0.085
"""Gap from which the tongue is seen."""
TONGUE_TONE: Colour = (206, 104, 104)


def draw_nose(size: tuple[int, int], face: FaceMarks, tones: Tones, shaded: str) -> Sheet:
    """A small shadow under the tip, the wings hinted at, and on the shaded side a touch of the bridge's line."""
    sheet, unit = Sheet(size), face.unit
    right, left = face.points[NOSTRIL["r"]], face.points[NOSTRIL["l"]]
    base, tip = face.points[NOSE_BASE], face.points[NOSE_TIP]
    middle = (right + left) / 2
    narrow = lambda p: middle + (p - middle) * 0.86  # noqa: E731
    low = spline([narrow(right), base * 0.6 + middle * 0.4 + face.down * 0.012 * unit, narrow(left)])
    bow = middle + (tip - middle) * 0.34
    high = spline([narrow(left), bow, narrow(right)])
    sheet.fill(np.vstack([low, high]), tones.skin_shade)
    soft = mix(tones.skin_shade, tones.skin_line, 0.75)
    for side, end in (("r", right), ("l", left)):
        out = face.right if side == "l" else -face.right
        start = narrow(end) - out * 0.035 * unit
        line = spline([start, narrow(end) - out * 0.008 * unit + face.down * 0.008 * unit, narrow(end) + out * 0.014 * unit])
        sheet.ink(line, soft, 0.017 * unit, (0.4, 0.5))
    wing = face.points[NOSE_WING[shaded]]
    bridge = tip * 0.45 + wing * 0.55
    line = spline([bridge - face.down * 0.055 * unit, bridge + (wing - bridge) * 0.35, wing * 0.8 + middle * 0.2])
    sheet.ink(line, mix(tones.skin_shade, tones.skin_line, 0.45), 0.011 * unit, (0.7, 0.3))
    return sheet


def is_open(face: FaceMarks) -> bool:
    """Whether the lips are apart."""
    gap = np.hypot(*(face.line(MOUTH_LOW)[3:8] - face.line(MOUTH_TOP)[3:8]).T).mean()
    return bool(gap > OPEN * face.unit)


def draw_mouth(size: tuple[int, int], face: FaceMarks, tones: Tones) -> Sheet:
    """The mouth's line, or where it is open its dark with the teeth."""
    sheet, unit = Sheet(size), face.unit
    top, low = (face.line(x) for x in (MOUTH_TOP, MOUTH_LOW))
    ends = face.line(LIP_TOP)[[0, -1]]
    dark = mix(tones.lip, tones.skin_line, 0.8)
    if is_open(face):
        _draw_open(sheet, top, low, ends, tones, unit)
        return sheet
    middle = (top + low) / 2
    line = even(spline([ends[0] * 0.75 + middle[0] * 0.25, *middle[2:-2:2], ends[1] * 0.75 + middle[-1] * 0.25]))
    width = profile(line, (0, 0.25), (0.12, 1), (0.5, 0.8), (0.88, 1), (1, 0.25)) * 0.018 * unit
    sheet.fill(ribbon(line, width), dark)
    return sheet


def _draw_open(sheet: Sheet, top: Curve, low: Curve, ends: Curve, tones: Tones, unit: float) -> None:
    corners = ends * 0.6 + np.stack([top[0], top[-1]]) * 0.4
    upper = spline([corners[0], *top[1:-1:2], corners[1]])
    lower = spline([corners[0], *low[1:-1:2], corners[1]])
    hole = np.vstack([upper, lower[::-1]])
    light = lab_of(tones.skin)[0]
    sheet.fill(hole, (104, 44, 48) if light > 45 else (80, 32, 36))
    deep = lower[len(lower) // 2] - upper[len(upper) // 2]
    tall = max(float(np.hypot(*deep)), 1e-6)
    if tall > TONGUE * unit:
        middle = (corners[0] + corners[1]) / 2 + deep * 0.98
        sheet.fill(ellipse(middle, 0.3 * float(np.hypot(*(ends[1] - ends[0]))), 0.38 * tall), TONGUE_TONE, within=hole)
    teeth = np.vstack([upper, (upper + deep * min(0.62, MOST_TEETH * unit / tall))[::-1]])
    sheet.fill(teeth, TEETH, within=hole)
    dark = mix(tones.lip, tones.skin_line, 0.85)
    sheet.line([upper, lower], dark, 0.013 * unit)


def draw_lips(sheet: Sheet, face: FaceMarks, tones: Tones) -> None:
    """Both lips flat on a sheet, the lower one hardly darker than the skin, as drawings have it."""
    top, low = face.line(LIP_TOP), face.line(LIP_LOW)
    inner = (face.line(MOUTH_TOP), face.line(MOUTH_LOW))
    if not is_open(face):
        inner = ((inner[0] + inner[1]) / 2,) * 2
    upper, lower = (np.vstack([spline(edge), spline(np.vstack([edge[:1], gap, edge[-1:]]))[::-1]])
                    for edge, gap in zip((top, low), inner, strict=True))  # fmt: skip
    sheet.fill(lower, mix(tones.skin, tones.lip, 0.75))
    sheet.fill(upper, tones.lip)
