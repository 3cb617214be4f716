"""What belongs to what: the person taken apart into hair, skin and clothes by colour, place and edges.

Each kind has a mixture of colours, learned from the picture itself where the face mesh tells what must be there, and a prior of
place in face units. The votes are smoothed along the picture's edges, and the mixtures learned anew from the result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stylize.flat.colour import F32, ColourModel, fit_colours, to_lab
from stylize.flat.marks import BROW_LOW, BROW_TOP, CHIN, LIP_LOW, LIP_TOP, LOWER_LID, OVAL, UPPER_LID, FaceMarks, Points
from stylize.person import Mask
from stylize.stylizer import Picture

HAIR, SKIN, CLOTH = 0, 1, 2
ROUNDS = 3
FACE_PX = 100.0
"""Px: the width of the face at which regions are found."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Soft shares 0..1 of hair, skin and clothes, each float32 (h, w) at `scale` of the picture; together they are the person.

    hairy: how much likelier each pixel's colour is the hair's than the skin's, 0..1, wherever it lies.
    """

    hair: Mask
    skin: Mask
    cloth: Mask
    hairy: Mask
    scale: float


def find_regions(rgb: Picture, face: FaceMarks, person: Mask) -> Regions:
    """Take a person apart. rgb: uint8 (H, W, 3); person: float32 (H, W) 0..1; the face in the picture's px."""
    import cv2

    scale = FACE_PX / face.unit
    size = (max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale)))
    scale = size[0] / rgb.shape[1]
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    mask = cv2.resize(person, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    votes, hairy = _vote(small, face.scaled(scale), mask)
    return Regions(votes[HAIR] * mask, votes[SKIN] * mask, votes[CLOTH] * mask, hairy, scale)


def _vote(rgb: Picture, face: FaceMarks, person: Mask) -> tuple[F32, Mask]:
    """The kind of each pixel as 0 or 1, float32 (3, h, w), and how much its colour alone is the hair's, float32 (h, w)."""
    import cv2

    calm = cv2.bilateralFilter(rgb, 5, 20, 3)
    lab = to_lab(calm)
    place = Place(face, person)
    prior = place_prior(place)
    sure = _first_guess(lab, place)
    shares = prior
    for _ in range(ROUNDS):
        models = [fit_colours(lab[sure[HAIR]], 4), fit_colours(_with_shadows(lab[sure[SKIN]]), 5),
                  fit_colours(lab[sure[CLOTH]], 4)]  # fmt: skip
        shares = _smoothed(_posterior(lab, models, prior), calm)
        best = _on_head(shares, place)
        sure = [(best == k) & (shares[k] > 0.7) & (person > 0.8) for k in range(3)]
        sure[HAIR] &= place.v < place.chin - 0.1
        sure[CLOTH] &= place.v > place.chin + 0.2
        sure[SKIN] = _like_each_other(sure[SKIN] & ~(place.oval & (np.abs(place.v) < 0.13)), lab)
    lit = fit_colours(lab[sure[SKIN]], 4)
    hairy = _posterior(lab, [models[HAIR], lit], np.full((2, *person.shape), 0.5, np.float32))[0]
    return _exclusive(best), _smoothed(np.stack([hairy, 1 - hairy]), calm)[0]


def _with_shadows(skin: F32) -> F32:
    """Skin colours (N, 3) and what they would be in shade, for arms and shoulders that the light does not reach."""
    half, deep = np.array((0.78, 1.02, 1.05), np.float32), np.array((0.58, 1.0, 1.0), np.float32)
    return np.concatenate([skin, skin[::3] * half, skin[::5] * deep])


def _exclusive(best: npt.NDArray[np.int64]) -> F32:
    """1 where a kind won and 0 elsewhere: float32 (3, h, w)."""
    return np.stack([(best == k).astype(np.float32) for k in range(3)])


def _on_head(shares: F32, place: Place) -> npt.NDArray[np.int64]:
    """The kind of each pixel: hair only where it hangs together with the hair of the head."""
    import cv2

    best = shares.argmax(0)
    hair = ((best == HAIR) & (place.person > 0.3)).astype(np.uint8)
    opened = cv2.morphologyEx(hair, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    count, labels = cv2.connectedComponents(opened, connectivity=4)
    head = place.v < 0.1
    sizes = np.bincount(labels.ravel(), minlength=count)
    high = np.bincount(labels[head], minlength=count)
    keep = (high > 0.1 * sizes) & (high > 0.015 * FACE_PX**2)
    keep[0] = False
    near = cv2.dilate(keep[labels].astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    lost = (best == HAIR) & ~(near & (hair > 0))
    best[lost] = 1 + shares[1:, lost].argmax(0)
    return best


def _like_each_other(mask: npt.NDArray[np.bool_], lab: F32) -> npt.NDArray[np.bool_]:
    """Without the tenth that is darkest and whatever is far from the rest: glasses and shadows teach no skin."""
    if mask.sum() < 50:
        return mask
    own = lab[mask]
    middle = np.median(own, 0)
    spread = np.maximum(np.median(np.abs(own - middle), 0) * 1.5, (6, 3, 3))
    return mask & (np.abs((lab - middle) / spread) < 3.5).all(-1)


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Place:
    """Where each pixel lies to the face: u, v float32 (h, w) face units; chin: v of it; oval, features: bool (h, w); depth:
    float32 (h, w), face units inside the oval; person: float32 (h, w).
    """

    u: F32
    v: F32
    chin: float
    oval: npt.NDArray[np.bool_]
    features: npt.NDArray[np.bool_]
    depth: F32
    person: Mask

    def __init__(self, face: FaceMarks, person: Mask) -> None:
        import cv2

        h, w = person.shape
        y, x = np.mgrid[:h, :w].astype(np.float64) + 0.5
        at = face.to_face(np.stack([x, y], -1)).astype(np.float32)
        oval = inside(face.line(OVAL), person.shape)
        depth = cv2.distanceTransform(oval.astype(np.uint8), cv2.DIST_L2, 5) / face.unit
        for name, value in (("u", at[..., 0]), ("v", at[..., 1]), ("chin", float(face.to_face(face.points[CHIN])[1])),
                            ("oval", oval), ("features", _features(face, person.shape)), ("depth", depth.astype(np.float32)),
                            ("person", person)):  # fmt: skip
            object.__setattr__(self, name, value)


def place_prior(place: Place) -> F32:
    """How likely each kind is at each place, before any colour is seen: float32 (3, h, w), summing to 1."""
    u, v, chin = place.u, place.v, place.chin
    low = np.clip((v - chin + 0.15) / 0.5, 0, 1)                          # 0 at the head, 1 from the shoulders down
    aside = np.clip((np.abs(u) - 0.25) / 0.4, 0, 1)
    hair = 0.75 - 0.55 * low
    hair = np.where((v > chin - 0.06) & (np.abs(u) < 0.3), 0.02 + 0.5 * hair * np.clip((np.abs(u) - 0.15) / 0.15, 0, 1), hair)
    skin = 0.18 + (0.5 - 0.38 * aside) * low * np.clip(1.6 - (v - chin), 0, 1) + 0.12 * low
    cloth = 0.04 + 0.75 * np.clip((v - chin - 0.05) / 0.45, 0, 1)
    top = np.clip((-0.35 - v) / 0.25, 0, 1) * (1 - far(u, v))
    hair, skin = (hair + 0.3 * top) * (1 - 0.6 * far(u, v)), skin * (1 - 0.4 * top)
    centre = np.clip(place.depth / 0.1, 0, 1)
    fringe = np.clip((-0.1 - v) / 0.1, 0, 1)
    hair = np.where(place.oval, 0.3 - 0.28 * centre + (0.05 + 0.28 * centre) * fringe, hair)
    skin = np.where(place.oval, 0.7 + 0.25 * centre - 0.3 * fringe, skin)
    cloth = np.where(place.oval, 0.003, cloth)
    prior = np.stack([hair, skin, cloth]).astype(np.float32)
    prior[:, place.features & (v > -0.13)] = np.array([[0.01], [0.98], [0.01]], np.float32)
    out: F32 = prior / prior.sum(0)
    return out


def far(u: F32, v: F32) -> F32:
    """0 about the head, 1 where above the shoulders an arm is likelier than hair."""
    away = np.hypot(u / 0.78, np.minimum(v + 0.15, 0) / 0.85)
    return np.where(v < 0.5, np.clip((away - 1) / 0.25, 0, 1), 0).astype(np.float32)


def _first_guess(lab: F32, place: Place) -> list[npt.NDArray[np.bool_]]:
    """Pixels that are surely of each kind: cheeks and nose are skin; what is unlike them above is hair; below, clothes."""
    body, oval = place.person > 0.9, place.oval
    low = oval & ~place.features & (place.v > 0.12) & (place.depth > 0.03)
    low &= lab[..., 0] > 0.45 * np.quantile(lab[low][:, 0], 0.8)           # dark glasses are no skin
    skin = _like_each_other(low, lab)
    like = fit_colours(lab[skin], 3, 5.0)
    assert like is not None
    votes = like.log_likelihood(lab)
    alike = votes > np.quantile(votes[skin], 0.04) - 2.0
    above = body & ~alike & (place.v < place.chin - 0.3) & (~oval | (place.v < -0.2)) & ~place.features
    return [above, body & alike & ((place.v < place.chin + 0.3) | ~oval), body & ~alike & (place.v > place.chin + 0.25)]


def _posterior(lab: F32, models: list[ColourModel | None], prior: F32) -> F32:
    """float32 (3, h, w), summing to 1: colour and place together; colour is trusted up to a factor."""
    least = -14.0
    votes = np.stack([np.full(lab.shape[:2], least, np.float32) if m is None else np.maximum(m.log_likelihood(lab), least)
                      for m in models])  # fmt: skip
    votes = 0.6 * votes + np.log(prior + 1e-4)
    votes = np.exp(votes - votes.max(0))
    out: F32 = votes / votes.sum(0)
    return out


def _smoothed(shares: F32, guide: Picture) -> F32:
    """Votes spread along the picture's edges."""
    import cv2

    out = np.stack([cv2.ximgproc.fastGlobalSmootherFilter(guide, np.ascontiguousarray(s), 60.0, 9.0) for s in shares])
    out = np.clip(out, 1e-4, None)
    spread: F32 = (out / out.sum(0)).astype(np.float32)
    return spread


def _features(face: FaceMarks, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Brows, eyes and lips, with some room: bool (h, w)."""
    rings = [np.concatenate([face.line(a[s]), face.line(b[s])[::-1]]) for a, b in ((UPPER_LID, LOWER_LID), (BROW_TOP, BROW_LOW))
             for s in ("r", "l")]  # fmt: skip
    rings.append(np.concatenate([face.line(LIP_TOP), face.line(LIP_LOW)[::-1]]))
    out = np.zeros(shape, bool)
    for ring in rings:
        out |= inside(ring.mean(0) + (ring - ring.mean(0)) * 1.25, shape)
    return out


def inside(ring: Points, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """bool (h, w): pixels within a closed line (N, 2) px."""
    import cv2

    out = np.zeros(shape, np.uint8)
    cv2.fillPoly(out, [np.round(ring - 0.5).astype(np.int32)], 1)
    return out > 0
