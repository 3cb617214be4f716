"""The few colours of a portrait, taken from the photo and cleared: skin, hair, lips, irises, and the tints of their lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stylize.flat.colour import F32, Colour, colour_of, lab_of, mix

Pixels = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tones:
    """skin, hair: base; _shade, _light: its other tones; _line: the tint of its contours. brow, lash, iris, lip: as drawn."""

    skin: Colour
    skin_shade: Colour
    skin_line: Colour
    hair: Colour
    hair_shade: Colour
    hair_light: Colour
    hair_line: Colour
    brow: Colour
    lash: Colour
    iris: Colour
    lip: Colour


def mix_tones(lab: F32, skin: Pixels, body: Pixels, hair: Pixels, lips: Pixels, brows: Pixels, iris: Colour) -> Tones:
    """Choose the colours. lab: float32 (h, w, 3); skin, body, hair, lips, brows: bool (h, w), where each is in the
    photo: skin is that of the face, body all that is bare, which tells more of the tone where the face lies in shadow.
    """
    skin_lab = clear_skin(lab[skin]) if skin.sum() > 20 else np.array((72.0, 12.0, 16.0))
    if body.sum() > 200 and skin.sum() > 20:
        skin_lab[0] += 0.5 * float(np.clip(clear_skin(lab[body])[0] - skin_lab[0], 0, 20))
    base = colour_of(skin_lab)
    shade, line = shade_of_skin(skin_lab), line_of_skin(skin_lab)
    hair_lab = _middle(lab[hair], 0.5) if hair.sum() > 40 else np.array((22, 4, 6), np.float32)
    hair_lab = hair_lab * (1, 1.15, 1.15)
    hair_lab[0] = np.clip(hair_lab[0] * 0.95 + 4, 17, 80)
    light, a, b = hair_lab
    brow_lab = _middle(lab[brows], 0.3) if brows.sum() > 10 else hair_lab
    brow_lab = 0.5 * (brow_lab + hair_lab) if hair.sum() > 40 else brow_lab
    brow_lab[0] = np.clip(brow_lab[0] * 0.85, 10, min(45, skin_lab[0] - 22))
    lip_lab = _middle(lab[lips], 0.5) if lips.sum() > 10 else skin_lab
    lip_lab = 0.55 * lip_lab + 0.45 * (skin_lab + np.array((-9, 13, 3)))
    lip_lab[0] = np.clip(lip_lab[0], skin_lab[0] - 24, skin_lab[0] - 6)
    return Tones(
        skin=base, skin_shade=shade, skin_line=line, hair=colour_of(hair_lab),
        hair_shade=colour_of((light * 0.66, a * 0.9, b * 0.8 - 1.5)),
        hair_light=colour_of((min(light + 8 + 0.08 * light, 92), a, b)),
        hair_line=colour_of((min(light * 0.42, 24), a * 0.6, b * 0.5)), brow=colour_of(brow_lab),
        lash=mix(colour_of((10, 4, 4)), colour_of(brow_lab), 0.25), iris=iris, lip=colour_of(lip_lab),
    )  # fmt: skip


def clear_skin(lab: F32) -> npt.NDArray[np.float64]:
    """The base tone float (3,) of skin pixels (N, 3): the lit part of it, a little lighter, its casts held."""
    light, a, b = _middle(lab, 0.7)
    chroma = max(float(np.hypot(a, b)), 1e-3)
    hue = float(np.clip(np.degrees(np.arctan2(b, a)), 38, 68))
    chroma = float(np.clip(chroma, 12, 27))
    light = float(np.clip(light + 0.34 * max(84 - light, 0) * np.clip((light - 32) / 30, 0.15, 1), 34, 90))
    return np.array((light, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))))


def shade_of_skin(lab: npt.NDArray[np.float64]) -> Colour:
    """Its shadow: darker, redder."""
    light, a, b = lab
    return colour_of((light * 0.87 - 1, a * 1.1 + 3.0, b * 1.05))


def line_of_skin(lab: npt.NDArray[np.float64]) -> Colour:
    """The tint of lines on it."""
    light, a, b = lab
    return colour_of((light * 0.38, a * 0.9 + 8, b * 0.55 + 2))


def _middle(lab: F32, at: float) -> npt.NDArray[np.float64]:
    """The median colour around a quantile of lightness."""
    light = lab[:, 0]
    low, high = np.quantile(light, (max(at - 0.2, 0), min(at + 0.2, 1)))
    return np.asarray(np.median(lab[(light >= low) & (light <= high)], 0), np.float64)


def darker(colour: Colour, share: float) -> Colour:
    """A colour's lightness scaled by `share`, for a line around it."""
    light, a, b = lab_of(colour)
    return colour_of((light * share, a * 0.8 + 2, b * 0.7))
