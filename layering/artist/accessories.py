"""What is worn before the eyes and on the ears by chance: glasses, goggles, an eyepatch, headphones, earrings."""

from __future__ import annotations

from layering.artist.build import Build
from layering.artist.easel import Easel
from layering.artist.palette import mix
from layering.artist.shapes import ellipse, join, mirror, ribbon, spline
from layering.artist.style import paint


def draw_eyewear(easel: Easel, build: Build) -> None:
    """Glasses of several frames, goggles on the hair, an eyepatch."""
    rng, sheet = easel.rng, easel.head(1.05)
    frame = str(rng.choice(["1e1e24", "7a2a2a", "8a6a30", "c0c4cc", easel.palette.accent]))
    kind, w = (
        str(rng.choice(["round", "square", "dark", "patch", "goggles"], p=(0.4, 0.3, 0.1, 0.08, 0.12))),
        rng.uniform(28, 38),
    )
    x, thick = rng.uniform(44, 50), rng.uniform(2, 5)
    y = -build.top * 0.62 if kind == "goggles" else rng.uniform(-2, 6)
    for s in (-1.0, 1.0):
        ring = (
            ellipse((s * x, y), w, w * rng.uniform(0.85, 1.0))
            if kind in ("round", "goggles")
            else spline(
                [
                    (s * x - w, y - w * 0.62),
                    (s * x, y - w * 0.7),
                    (s * x + w, y - w * 0.62),
                    (s * x + w * 0.9, y + w * 0.5),
                    (s * x, y + w * 0.66),
                    (s * x - w * 0.9, y + w * 0.5),
                ],
                True,
            )
        )
        if kind == "patch":
            if s > 0:
                continue
            paint(sheet, ring, easel.style.tone("26222a"), easel.style, ())
            sheet.fill(ribbon(spline([(-100, y - 30), (0, y - 50), (96, y - 66)]), 5), "26222a")
            continue
        if kind in ("dark", "goggles"):
            sheet.fill(ring, "2a2c36" if kind == "dark" else mix(easel.palette.accent, "203040", 0.5))
            sheet.fill(ellipse((s * x - w * 0.3, y - w * 0.3), w * 0.3, w * 0.18, -30), mix(frame, "ffffff", 0.6), within=ring)
        sheet.fill(ribbon(join(ring, ring[:2]), thick if kind != "goggles" else thick * 2), frame)
    if kind != "patch":
        sheet.fill(ribbon(spline([(-(x - w), y), (0, y - 5), (x - w, y)]), thick), frame)
        for s in (-1.0, 1.0):
            sheet.fill(ribbon(spline([(s * (x + w), y - 3), (s * 99, y - 6)]), thick), frame)
    easel.add(93 if kind == "goggles" else 62, sheet, "eyewear")


def draw_earwear(easel: Easel, build: Build) -> None:
    """Earrings or headphones."""
    rng, style = easel.rng, easel.style
    if rng.random() < 0.6:
        metal = style.tone(easel.palette.metal)
        for side, s in (("r", -1.0), ("l", 1.0)):
            sheet = easel.head(0.0)
            x, y = s * 106, build.chin * 0.5
            drop = rng.uniform(0, 26)
            sheet.fill(ribbon(spline([(x, y), (x, y + drop + 2)]), 2), metal.base)
            paint(sheet, ellipse((x, y + drop + 5), 6, rng.uniform(5, 12)), metal, style, (), 0.7)
            easel.add(67, sheet, "earwear", side)
        return
    tone, soft = style.tone(easel.palette.accent), style.tone("2c2c34")
    half, t = 118.0, build.top + 26
    sheet = easel.head(0.3)
    paint(
        sheet,
        ribbon(spline([(-half, 0), (-half * 0.92, -t * 0.7), (0, -t * 1.04), (half * 0.92, -t * 0.7), (half, 0)]), 13),
        tone,
        style,
        (),
    )
    cup = spline([(half - 14, -34), (half + 16, -36), (half + 24, 8), (half + 14, 44), (half - 14, 42)], True)
    for shape in (cup, mirror(cup, 0)):
        paint(sheet, shape, tone, style)
        paint(sheet, shape * 0.5 + shape.mean(0) * 0.5, soft, style, (), 0.6)
    easel.add(88, sheet, "earwear", name="earwear")
