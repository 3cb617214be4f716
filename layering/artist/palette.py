"""Colours by chance: skin and hair of every kind, clothes in harmony or not, and the tones that shading derives from one."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator

SKINS = ("ffe9dc", "fde0cf", "f9d3b8", "f2c3a0", "e3aa80", "cf8f62", "b07048", "8b5433", "6a3d26", "4a2a1d")
FANTASY_SKINS = ("c9d8f2", "a8d6b0", "d9c2ec", "c4c9cf", "9fb6d8", "f3f1f5", "e59a94", "8fc7c0")
NATURAL_HAIR = ("17161c", "231f20", "2e2320", "4a3226", "6b4428", "8a5a34", "b98547", "d9b06a", "ecd494", "a5432a", "c4633a")


def mix(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from a to b ("rrggbb")."""
    ends = [np.array([int(c[i : i + 2], 16) for i in (0, 2, 4)]) for c in (a, b)]
    r, g, b_ = np.clip(np.rint(ends[0] + (ends[1] - ends[0]) * share), 0, 255).astype(int)
    return f"{r:02x}{g:02x}{b_:02x}"


def from_hsv(hue: float, saturation: float, value: float) -> str:
    """A colour from hue (any, one turn is 1), saturation and value, held to 0..1."""
    r, g, b = colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return f"{round(r * 255):02x}{round(g * 255):02x}{round(b * 255):02x}"


def to_hsv(colour: str) -> tuple[float, float, float]:
    """Hue, saturation, value, each 0..1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return colorsys.rgb_to_hsv(r, g, b)


def brightness(colour: str) -> float:
    """Luma, 0..1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return 0.299 * r + 0.587 * g + 0.114 * b


def shaded(colour: str, depth: float, cast: float) -> str:
    """A colour in shade: darker by `depth`, more saturated, its hue moved by `cast` turns."""
    h, s, v = to_hsv(colour)
    return from_hsv(h + cast, s + depth * 0.5 * (1 - s) * min(1.0, s * 4 + 0.15), v * (1 - depth))


def lit(colour: str, depth: float) -> str:
    """A colour in the light."""
    h, s, v = to_hsv(colour)
    return from_hsv(h, s * (1 - depth * 0.9), v + (1 - v) * depth + 0.06)


@dataclass(frozen=True, slots=True)
class Palette:
    """One character's base colours "rrggbb". lining: inside of long hair; tips: what the hair runs into, or "";
    behind: the hair's back.

    jointed: whether the skin is a shell with joints, as of a doll or a robot.
    """

    skin: str
    hair: str
    lining: str
    tips: str
    behind: str
    eye: str
    cloth: tuple[str, str, str]
    accent: str
    metal: str
    white: str
    jointed: bool


def any_colour(rng: Rng, low: float = 0.25) -> str:
    """Any colour that clothes have, greys among them."""
    grey = rng.random() < 0.25
    return from_hsv(rng.random(), rng.uniform(0, 0.12) if grey else rng.uniform(0.2, 0.85), rng.uniform(low, 1.0))


def skin_colour(rng: Rng) -> str:
    """Mostly human, light to dark; sometimes from a tale."""
    if rng.random() < 0.1:
        return str(rng.choice(FANTASY_SKINS))
    at = rng.beta(0.9, 2.1) * (len(SKINS) - 1)
    k = min(int(at), len(SKINS) - 2)
    return mix(SKINS[k], SKINS[k + 1], at - k)


def hair_colour(rng: Rng) -> str:
    """Natural, white, black, or any."""
    kind = rng.random()
    if kind < 0.4:
        return mix(str(rng.choice(NATURAL_HAIR)), str(rng.choice(NATURAL_HAIR)), rng.uniform(0, 0.3))
    if kind < 0.5:
        return from_hsv(rng.random(), rng.uniform(0, 0.1), rng.uniform(0.82, 1.0))
    if kind < 0.58:
        return from_hsv(rng.random(), rng.uniform(0, 0.2), rng.uniform(0.06, 0.16))
    return from_hsv(rng.random(), rng.uniform(0.25, 0.85), rng.uniform(0.4, 1.0))


def random_palette(rng: Rng) -> Palette:
    """Colours for one character."""
    hair, skin = hair_colour(rng), skin_colour(rng)
    first, hue = any_colour(rng, 0.1), rng.random()
    near = tuple(from_hsv(hue + d, rng.uniform(0.15, 0.8), rng.uniform(0.25, 1)) for d in (0, 0.5))
    if rng.random() < 0.1:  # clothes of the hair's colour, or of the skin's
        first = mix(hair if rng.random() < 0.6 else skin, any_colour(rng), rng.uniform(0, 0.15))
    second, third = near if rng.random() < 0.5 else (any_colour(rng), any_colour(rng))
    if rng.random() < 0.3:
        first = from_hsv(rng.random(), rng.uniform(0, 0.08), rng.uniform(0.88, 1.0))
    lining = hair if rng.random() < 0.85 else any_colour(rng, 0.4)
    tips = any_colour(rng, 0.4) if rng.random() < 0.13 else ""
    behind = hair_colour(rng) if rng.random() < 0.07 else hair
    eye = from_hsv(rng.random(), rng.uniform(0.35, 0.9), rng.uniform(0.3, 0.9)) if rng.random() < 0.75 else "4a2c1a"
    metal = str(rng.choice(["e8c15a", "cfd3da", "8b8f98", "c98a4b", "33343a"]))
    white = "ffffff" if rng.random() < 0.6 else from_hsv(rng.random(), rng.uniform(0, 0.06), rng.uniform(0.93, 1))
    jointed = bool(rng.random() < 0.05)
    if jointed and rng.random() < 0.7:
        skin = from_hsv(rng.uniform(0.5, 0.72), rng.uniform(0, 0.3), rng.uniform(0.5, 0.95))
    return Palette(skin, hair, lining, tips, behind, eye, (first, second, third), any_colour(rng, 0.5), metal, white, jointed)
