"""The hand that draws: line weight and colour, number of tones, softness; and the strokes made in that hand.

Lengths are in head units: half the face's width is 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layering.artist.palette import Rng, from_hsv, lit, mix, shaded
from layering.artist.shapes import Curve, join, move, normals, ribbon, spline, tapered
from layering.artist.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Tone:
    """A base colour with its shade, its light and the line around it, "rrggbb"."""

    base: str
    shade: str
    light: str
    line: str


@dataclass(frozen=True, slots=True)
class Style:
    """weight: units of an outline, 0 for none. taper: whether lines swell and thin. ink: colour of every line, or "" for each
    fill's own dark. tones: 1 flat, 2 with shade, 3 with light too. soft: units over which shade blurs, 0 for a crisp edge.
    light: side of the light, -1 the picture's left. depth, cast: how much darker shade is, how its hue moves. gloss: 0..1.
    gradient: whether large fills run into another colour. form: of shade on large fills: "crescent", "side", "foot", "blots".
    hair_line: colour of the lines of hair, or "" for as others. sheen: how near to white hair's gloss is, 0..1.
    """

    weight: float
    taper: bool
    ink: str
    tones: int
    soft: float
    light: float
    depth: float
    cast: float
    gloss: float
    gradient: bool
    form: str
    hair_line: str
    sheen: float

    def tone(self, base: str) -> Tone:
        """The tones that this hand makes of a colour."""
        line = self.ink or shaded(base, 0.55, self.cast)
        return Tone(base, shaded(base, self.depth, self.cast), lit(base, 0.45), line)


def random_style(rng: Rng) -> Style:
    """A hand: none to thick lines, one to three tones, crisp or soft."""
    kind = rng.choice(4, p=(0.16, 0.38, 0.24, 0.22))
    weight = (0.0, rng.uniform(0.6, 2.6), rng.uniform(2.4, 4.0), rng.uniform(3.8, 7.5))[kind]
    taper = bool(rng.random() < (0.75, 0.75, 0.6, 0.25)[kind])
    dark = mix("000000", str(rng.choice(["2d2344", "3a1f1a", "10243a", "222222"])), rng.uniform(0, 1))
    ink = "" if rng.random() < 0.35 else dark
    hair_line = from_hsv(rng.random(), rng.uniform(0, 0.9), rng.uniform(0.1, 0.95)) if rng.random() < 0.06 else ""
    form = str(rng.choice(["crescent", "side", "foot", "blots"], p=(0.5, 0.2, 0.12, 0.18)))
    return Style(
        weight, taper, ink, int(rng.choice([1, 2, 3], p=(0.25, 0.45, 0.3))), 0.0 if rng.random() < 0.7 else rng.uniform(1, 9),
        -1.0 if rng.random() < 0.6 else 1.0, rng.uniform(0.08, 0.42), rng.normal(0, 0.035),
        0.0 if rng.random() < 0.4 else rng.uniform(0.4, 1), bool(rng.random() < 0.35), form, hair_line,
        rng.uniform(0.4, 1) if rng.random() < 0.2 else 0.0,
    )  # fmt: skip


def ink(sheet: Sheet, curve: Curve, tone: Tone, style: Style, weight: float = 1.0,
        ends: tuple[float, float] = (0.3, 0.3), atop: bool = False) -> None:  # fmt: skip
    """An open line in this hand; nothing where the hand draws no lines."""
    if style.weight and weight:
        shape = tapered(curve, style.weight * weight, ends) if style.taper else tapered(curve, style.weight * weight, (0, 0), 1)
        sheet.fill(shape, tone.line, atop)


def contour(sheet: Sheet, outline: Curve, tone: Tone, style: Style, weight: float = 1.0) -> None:
    """The line round a closed shape; a swelling hand leans heavier on the side away from the light."""
    if not style.weight or not weight:
        return
    line = join(outline, outline[:2])
    width = np.full(len(line), style.weight * weight)
    if style.taper:
        n = normals(line)
        width = width * (0.8 + 0.35 * np.abs(n @ np.array([-style.light, 1.0]) / 1.42))
    sheet.fill(ribbon(line, width), tone.line)


def paint(sheet: Sheet, outline: Curve, tone: Tone, style: Style, shade: Sequence[Curve] | None = None, weight: float = 1.0,
          amount: float = 0.14) -> None:  # fmt: skip
    """Fill a closed shape, shade it away from the light, and draw its line.

    shade: closed shapes in shade; None makes a crescent of `amount` of the shape's size.
    """
    sheet.fill(outline, tone.base)
    if style.gradient and shade is None:
        top, bottom = float(outline[:, 1].min()), float(outline[:, 1].max())
        sheet.fade(outline, mix(tone.base, tone.shade, 0.8), (0.0, bottom), (0.0, top + (bottom - top) * 0.3))
    if style.tones > 1:
        for shape in shades(outline, style, amount) if shade is None else shade:
            sheet.fill(shape, tone.shade, within=outline, blur=style.soft)
    if style.tones > 2 and shade is None:
        sheet.fill(crescent(outline, -style.light, amount * 0.35, 0.4), tone.light, within=outline, blur=style.soft)
    contour(sheet, outline, tone, style, weight)


def shades(outline: Curve, style: Style, amount: float) -> list[Curve]:
    """What lies in shade of a shape, closed, as this hand sees it; the same shape always has the same."""
    if style.form == "crescent":
        return [crescent(outline, style.light, amount)]
    if style.form == "foot":
        return [crescent(outline, style.light * 0.2, amount * 1.6, -1.0)]
    if style.form == "side":
        return [crescent(outline, style.light, amount * 2.4, 0.1)]
    rng = np.random.default_rng(int(abs(outline.sum())))
    low, high = outline.min(0), outline.max(0)
    out = [crescent(outline, style.light, amount * 0.6)]
    for x, y in rng.uniform(low, high, (int(rng.integers(2, 7)), 2)):
        size = float(np.max(high - low)) * rng.uniform(0.06, 0.2)
        way = np.array([rng.normal(0, 0.5), 1.0]) * size
        line = spline([(x - way[0], y - way[1]), (x + rng.normal(0, 0.2) * size, y), (x + way[0], y + way[1])])
        out.append(tapered(line, size * rng.uniform(0.2, 0.6), (0.6, 0.4), 0.02))
    return out


def crescent(outline: Curve, light: float, amount: float, lift: float = -0.6) -> Curve:
    """What a shape's own copy, moved towards the light, leaves uncovered: a ring whose winding is 0 under the copy."""
    size = float(min(np.ptp(outline[:, 0]), np.ptp(outline[:, 1]))) * amount
    moved = move(outline, light * size, lift * size)
    return join(outline, outline[:1], moved[:1], moved[::-1], moved[-1:], outline[:1])
