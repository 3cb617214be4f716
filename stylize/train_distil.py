"""Pairs to distil the flat model from: aligned faces of photos and their drawings, varied by chance.

Grayscale portraits are tinted first, so that few colour photos are enough: skin, hair, lips, irises, clothes and ground each
get a tone of their own where the flat model finds them. What the pairs teach is then right in form, and as varied in colour as
people are, whoever was portrayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stylize.faces import SIDE, Affine, Mesh, align, cut_face
from stylize.flat.colour import F32, from_lab, to_lab
from stylize.flat.marks import IRIS, LIP_LOW, LIP_TOP, FaceMarks, read_mesh
from stylize.flat.model import FlatModel
from stylize.flat.regions import find_regions, inside
from stylize.person import Mask
from stylize.stylizer import Picture
from stylize.workflow import merge, without_person

SKINS = ((78, 9, 15), (73, 12, 18), (68, 13, 21), (60, 15, 24), (52, 16, 26), (43, 15, 23), (35, 12, 17))
"""Lab of skin in the light."""
HAIRS = ((16, 1, 1), (20, 4, 5), (26, 8, 11), (34, 11, 18), (40, 20, 25), (52, 8, 26), (64, 5, 27), (60, 0, 3))
"""Lab of hair, dark to light."""
IRISES = ((8, 14), (10, 22), (2, 14), (-8, 10), (-4, -10), (-3, -16), (0, 1))
"""a and b of irises."""
VIEWS = ((0.0, 1.0), (1.0, 1.0), (1.5, 0.62))
"""How much an alignment is varied by chance, and its scale; with the last the portraits in shoulder length are whole."""
IN_COLOUR = 4
"""How often colour photos are seen in each view."""
CHEEKS, ABOVE = (np.s_[135:160, 85:105], np.s_[135:160, 150:172]), np.s_[14:44, 85:171]
"""Rows and columns of both cheeks, and of what lies above the forehead, in an aligned face of SIDE px."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """photo, drawing: uint8 (side, side, 3), the same face upright."""

    photo: Picture
    drawing: Picture


def pairs_of(rgb: Picture, mesh: Mesh, mask: Mask, rng: np.random.Generator) -> Iterator[Pair]:
    """Three views of a portrait and its drawing: the face aligned, nearly so, and from further away, as whole pictures show it.

    rgb: uint8 (H, W, 3), tinted where it is grey, with more views where it is not, since those are few; mesh float32 (478, 3),
    mask float32 (H, W) of the person. The same drawing serves all views, since drawing takes longest.
    """
    grey = is_grey(rgb)
    photo = tint(rgb, mesh, mask, rng) if grey else rgb
    drawing = merge(FlatModel().draw(photo, [mesh], mask), calm_ground(photo, mask))[..., :3]
    for amount, scale in VIEWS if grey else VIEWS * IN_COLOUR:
        to_crop = jitter(scaled(align(mesh, (rgb.shape[1], rgb.shape[0])), scale), rng, amount)
        one, two = cut_face(photo, to_crop), cut_face(drawing, to_crop)
        if rng.random() < 0.5:
            one, two = one[:, ::-1], two[:, ::-1]
        yield Pair(np.ascontiguousarray(one), np.ascontiguousarray(two))


def is_bald(drawing: Picture) -> bool:
    """Whether an aligned drawing, uint8 (SIDE, SIDE, 3), shows skin where hair would be. Of grey portraits most of those lost
    light hair on the way, and would teach that hair is skin.
    """
    lab = to_lab(drawing)
    cheeks = np.concatenate([lab[part].reshape(-1, 3) for part in CHEEKS])
    above = lab[ABOVE].reshape(-1, 3)
    return bool((np.abs(above - np.median(cheeks, 0)).sum(-1) < 24).mean() > 0.6)


def calm_ground(photo: Picture, mask: Mask) -> Picture:
    """The ground, blurred: what a network of few weights can learn, and whose edges nobody misses."""
    import cv2

    blurred: Picture = cv2.GaussianBlur(without_person(photo, mask), (0, 0), 0.03 * max(photo.shape[:2]))
    return blurred


def is_grey(rgb: Picture) -> bool:
    """Whether a photo has no colours."""
    values = rgb[::4, ::4].astype(np.int16)
    return bool((values.max(-1) - values.min(-1)).mean() < 6)


def scaled(to_crop: Affine, scale: float, side: int = SIDE) -> Affine:
    """An alignment that shows more (scale < 1) or less around the crop's middle."""
    return np.concatenate([to_crop[:, :2] * scale, (to_crop[:, 2] - side / 2)[:, None] * scale + side / 2], 1)


def jitter(to_crop: Affine, rng: np.random.Generator, amount: float, side: int = SIDE) -> Affine:
    """An alignment that is turned, scaled and shifted a little."""
    angle, scale = np.radians(rng.normal(0, 7)) * amount, float(np.exp(rng.normal(0, 0.09) * amount))
    shift = rng.normal(0, 0.04, 2) * side * amount
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, side / 2)
    return np.concatenate([turn @ to_crop[:, :2], (turn @ (to_crop[:, 2] - middle) + middle + shift)[:, None]], 1)


def tint(rgb: Picture, mesh: Mesh, mask: Mask, rng: np.random.Generator) -> Picture:
    """A grayscale portrait in natural colours: uint8 (H, W, 3)."""
    import cv2

    size = (rgb.shape[1], rgb.shape[0])
    face = read_mesh(mesh, size)
    regions = find_regions(rgb, face, mask)
    hair, skin, cloth = (cv2.GaussianBlur(cv2.resize(m, size, interpolation=cv2.INTER_LINEAR), (0, 0), 1.2)
                         for m in (regions.hair, regions.skin, regions.cloth))  # fmt: skip
    lab = to_lab(rgb)
    light = lab[..., 0]
    tones = [(skin, _toned(light, skin, SKINS[rng.integers(len(SKINS))], 0.5)),
             (hair, _toned(light, hair, _hair_tone(light, hair, rng), 0.4)),
             (cloth, _toned(light, cloth, _cloth_tone(rng), 0.3))]  # fmt: skip
    ground = np.clip(1 - hair - skin - cloth, 0, 1)
    cast = rng.normal(0, 7, 2)
    out = np.dstack([light, np.full_like(light, cast[0]), np.full_like(light, cast[1])]) * ground[..., None]
    for share, tone in tones:
        out += tone * share[..., None]
    out /= np.maximum(ground + hair + skin + cloth, 1e-3)[..., None]
    return from_lab(_features(out.astype(np.float32), face, rng))


def _toned(light: F32, where: Mask, tone: tuple[float, float, float], pull: float) -> F32:
    """Lightness float32 (h, w) in a tone: moved towards the tone's by `pull`, its colour fading in lights and darks."""
    inside_ = light[where > 0.5]
    middle = float(np.quantile(inside_, 0.6)) if len(inside_) else 50.0
    moved = light * (1 + pull * (np.clip(tone[0], 8, 92) / max(middle, 8.0) - 1))
    fade = np.clip(moved / max(tone[0], 1.0), 0, 1.15) ** 0.7 * np.clip((104 - moved) / (104 - tone[0]), 0, 1.1)
    return np.dstack([np.clip(moved, 0, 100), tone[1] * fade, tone[2] * fade]).astype(np.float32)


def _hair_tone(light: F32, hair: Mask, rng: np.random.Generator) -> tuple[float, float, float]:
    """A tone of hair near the photo's lightness."""
    own = float(np.median(light[hair > 0.5])) if (hair > 0.5).any() else 25.0
    away = np.array([abs(tone[0] - own) for tone in HAIRS])
    chance = np.exp(-away / 12)
    return HAIRS[int(rng.choice(len(HAIRS), p=chance / chance.sum()))]


def _cloth_tone(rng: np.random.Generator) -> tuple[float, float, float]:
    angle, chroma = rng.uniform(0, 2 * np.pi), abs(rng.normal(0, 16))
    return float(rng.uniform(15, 85)), float(chroma * np.cos(angle)), float(chroma * np.sin(angle))


def _features(lab: F32, face: FaceMarks, rng: np.random.Generator) -> F32:
    """Lips and irises in their own colours; lab float32 (h, w, 3)."""
    import cv2

    shape = lab.shape[:2]
    lips = inside(np.concatenate([face.line(LIP_TOP), face.line(LIP_LOW)[::-1]]), shape)
    soft = cv2.GaussianBlur(lips.astype(np.float32), (0, 0), max(0.8, 0.008 * face.unit))
    red = np.array((0, rng.uniform(6, 20), rng.uniform(-2, 4)), np.float32)
    lab = lab + soft[..., None] * red
    a, b = IRISES[rng.integers(len(IRISES))]
    for side in ("r", "l"):
        ring = face.line(IRIS[side])
        radius = float(np.hypot(*(ring[1:] - ring[0]).T).mean())
        y, x = np.mgrid[: shape[0], : shape[1]]
        iris = np.clip(1.5 - np.hypot(x + 0.5 - ring[0, 0], y + 0.5 - ring[0, 1]) / max(radius, 0.5), 0, 1)
        lit = iris * np.clip(lab[..., 0] / 30, 0, 1) * (lab[..., 0] < 75)
        lab[..., 1:] += (np.array((a, b)) - lab[..., 1:]) * lit[..., None]
    return lab.astype(np.float32)

