"""From a photo to a stylized picture: the person and the ground by a stylizer each or by none, merged with clean edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from kirie.errors import StylizeError
from stylize.faces import Mesh, align, stylize_faces
from stylize.person import Mask
from stylize.stylizer import Picture, Stylizer, stylize_any_size

RGBA = npt.NDArray[np.uint8]
"""uint8 (H, W, 4), sRGB, straight alpha."""

GROUNDS = ("keep", "stylize", "flat", "transparent")
WORKING = (256, 768)
"""Px: the least and the largest longer side at which networks see a whole picture; faces are done by themselves."""
STRIP = 256
"""Rows that are merged at a time: a picture of 50 megapixels must not be held as floats."""
SURE = 0.95
"""Shares of a mask from which a pixel's colour is the person's alone."""


@runtime_checkable
class Guided(Protocol):
    """A stylizer that draws people by their meshes and mask."""

    def draw(self, rgb: Picture, meshes: Sequence[Mesh], mask: Mask) -> RGBA:
        """The people of a picture uint8 (H, W, 3), on transparent ground, of the same size."""


def stylize(rgb: Picture, person: Stylizer | Guided | None, background: Stylizer | None = None, strength: float = 1.0,
            background_mode: str = "keep", meshes: Sequence[Mesh] = (), mask: Mask | None = None) -> RGBA:  # fmt: skip
    """A stylized picture, uint8 (H, W, 4), of the size of `rgb` uint8 (H, W, 3).

    person, background: what each is stylized by, None leaves it as it is. strength: 0 the photo .. 1 the stylized person.
    background_mode: keep the ground, stylize it, paint it flat, or make it transparent. meshes: of all faces; mask: float32
    (H, W), 0 ground .. 1 person, by default all is person. Raises StylizeError for a mode that there is not, or a `Guided`
    stylizer without mesh or mask.
    """
    if background_mode not in GROUNDS:
        raise StylizeError(f"there is no background mode '{background_mode}'", f"choose one of {', '.join(GROUNDS)}")
    if mask is not None and mask.shape != rgb.shape[:2]:
        raise StylizeError(f"the mask is {mask.shape[::-1]} px, the picture {rgb.shape[1::-1]}")
    drawn = _person(rgb, person, meshes, mask)
    if strength < 1:
        drawn = _weakened(drawn, rgb, mask, float(np.clip(strength, 0, 1)))
    if background_mode == "transparent":
        return drawn
    return merge(drawn, _ground(rgb, background, background_mode, mask))


def merge(person: RGBA, ground: Picture) -> RGBA:
    """A person with straight alpha over an opaque ground: uint8 (H, W, 4)."""
    out: RGBA = np.empty_like(person)
    out[..., 3] = 255
    for top in range(0, person.shape[0], STRIP):
        rows = slice(top, top + STRIP)
        alpha = person[rows, :, 3:].astype(np.float32) / 255
        out[rows, :, :3] = (person[rows, :, :3] * alpha + ground[rows] * (1 - alpha) + 0.5).astype(np.uint8)
    return out


def _person(rgb: Picture, person: Stylizer | Guided | None, meshes: Sequence[Mesh], mask: Mask | None) -> RGBA:
    """The stylized people with their alpha, uint8 (H, W, 4)."""
    if isinstance(person, Guided):
        if mask is None or not meshes:
            raise StylizeError("no face was found", "give a photo in which a face looks towards the camera")
        return person.draw(rgb, meshes, mask)
    picture = rgb
    if person is not None:
        whole = stylize_whole(rgb, person, _longest(meshes, (rgb.shape[1], rgb.shape[0])))
        picture = stylize_faces(rgb, whole, meshes, person)
    if mask is None:
        return np.dstack([picture, np.full(rgb.shape[:2], 255, np.uint8)])
    return np.dstack([_clean_edge(picture, mask), (mask * 255 + 0.5).astype(np.uint8)])


def _longest(meshes: Sequence[Mesh], size: tuple[int, int]) -> int:
    """Px of the longer side at which the largest face is as large as an aligned one: lines and locks then go on as they are in
    the face.
    """
    if not meshes:
        return WORKING[1]
    scale = min(float(np.hypot(*align(mesh, size)[:, 0])) for mesh in meshes)
    return int(np.clip(scale * max(size), *WORKING))


def stylize_whole(rgb: Picture, stylizer: Stylizer, longest: int = WORKING[1]) -> Picture:
    """A picture of any size stylized at no more than `longest` px, uint8 of its own size."""
    import cv2

    scale = longest / max(rgb.shape[:2])
    if scale >= 1:
        return stylize_any_size(stylizer, rgb)
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    out: Picture = cv2.resize(stylize_any_size(stylizer, small), rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return out


def _weakened(drawn: RGBA, rgb: Picture, mask: Mask | None, strength: float) -> RGBA:
    """The drawn person on the way back to the photo's."""
    alpha = np.full(rgb.shape[:2], 255, np.uint8) if mask is None else (mask * 255 + 0.5).astype(np.uint8)
    out: RGBA = np.empty_like(drawn)
    for top in range(0, rgb.shape[0], STRIP):
        rows = slice(top, top + STRIP)
        one, two = drawn[rows].astype(np.float32), np.dstack([rgb[rows], alpha[rows]]).astype(np.float32)
        a, b = one[..., 3:] * strength, two[..., 3:] * (1 - strength)
        total = a + b
        colour = (one[..., :3] * a + two[..., :3] * b) / np.maximum(total, 1e-3)
        out[rows] = np.concatenate([np.where(total > 0, colour, 0), total], -1) + 0.5
    return out


def _ground(rgb: Picture, background: Stylizer | None, mode: str, mask: Mask | None) -> Picture:
    """What stands behind the people: uint8 (H, W, 3), without them."""
    clear = rgb if mask is None else without_person(rgb, mask)
    if mode == "stylize" and background is not None:
        return stylize_whole(clear, background)
    return flat_ground(clear) if mode in ("flat", "stylize") else clear


def without_person(rgb: Picture, mask: Mask) -> Picture:
    """The ground continued smoothly behind the people, so that no rim of theirs shows beside a drawn edge."""
    import cv2

    size = _small(rgb.shape[1::-1], 512)
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = cv2.resize((mask < 0.02).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    seen = cv2.erode(seen, np.ones((5, 5), np.uint8))
    filled = cv2.resize(_pushed(small, seen), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    reach = max(3, round(0.012 * max(rgb.shape[:2]))) | 1
    cover = cv2.GaussianBlur(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), (0, 0), reach / 3)
    out: Picture = rgb.copy()
    for top in range(0, rgb.shape[0], STRIP):
        rows = slice(top, top + STRIP)
        share = np.clip(cover[rows] * 1.5, 0, 1)[..., None]
        out[rows] = (filled[rows] * share + rgb[rows] * (1 - share) + 0.5).astype(np.uint8)
    return out


def _pushed(values: npt.NDArray[np.float32], seen: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Values (h, w, 3) continued from where `seen` (h, w) is 1 over the rest, by averages of ever wider places."""
    import cv2

    out, weight = values * seen[..., None], seen.copy()
    levels = [(out, weight)]
    while min(levels[-1][1].shape) > 2:
        o, w = levels[-1]
        levels.append((cv2.resize(o, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA),
                       cv2.resize(w, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)))  # fmt: skip
    wide = levels[-1][0] / np.maximum(levels[-1][1], 1e-4)[..., None]
    for o, w in reversed(levels[:-1]):
        wide = cv2.resize(wide, o.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        share = np.clip(w, 0, 1)[..., None]
        wide = np.where(share > 0.999, o, o + wide * (1 - share))
    return wide.astype(np.float32)


def flat_ground(rgb: Picture, colours: int = 6) -> Picture:
    """The ground as a few calm flat tones."""
    import cv2

    size = _small(rgb.shape[1::-1], 384)
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    calm = cv2.bilateralFilter(cv2.GaussianBlur(small, (0, 0), 2.0), 9, 40, 7)
    lab = cv2.cvtColor(calm, cv2.COLOR_RGB2LAB).astype(np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 1.0)
    _, ids, tones = cv2.kmeans(lab.reshape(-1, 3), colours, None, stop, 2, cv2.KMEANS_PP_CENTERS)
    best, labels = np.zeros(rgb.shape[:2], np.float32), np.zeros(rgb.shape[:2], np.uint8)
    for k in range(len(tones)):
        soft = cv2.GaussianBlur((ids.reshape(lab.shape[:2]) == k).astype(np.float32), (0, 0), 3.0)
        share = cv2.resize(soft, rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC)
        better = share > best
        labels[better], best = k, np.maximum(best, share)
    table = cv2.cvtColor(tones.clip(0, 255).astype(np.uint8)[None], cv2.COLOR_LAB2RGB)[0]
    out: Picture = table[labels]
    return out


def _clean_edge(picture: Picture, mask: Mask) -> Picture:
    """The picture with the person's own colours carried out over its soft edge, where the ground is mixed in."""
    import cv2

    soft = (mask > 0) & (mask < SURE)
    if not soft.any() or not (mask >= SURE).any():
        return picture
    _, nearest = cv2.distanceTransformWithLabels((mask < SURE).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    sure = np.flatnonzero(mask.ravel() >= SURE)
    table = np.zeros(int(nearest.max()) + 1, np.int64)
    table[nearest.ravel()[sure]] = sure
    out = picture.copy()
    out[soft] = picture.reshape(-1, 3)[table[nearest[soft]]]
    return out


def _small(size: tuple[int, ...], longest: int) -> tuple[int, int]:
    """A size scaled down to at most `longest` px a side, at least 1."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
