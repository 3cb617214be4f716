"""Eyes made whole: what lies between the lids belongs to the eye, and what only runs into it does not.

A palette takes the white of an eye and pale skin for one tone, and line art joins lashes, brows and locks. Left so, whites and
crumbs stay on the face when the lid shuts, and stubs stand on the shut lash.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layering.masks import Mask, closed, distance_to, grown, nearest, pieces, window
from layering.pieces import Classes
from layering.plausible import Face
from layering.views import CLASSES, F32

FACE, WHITE, IRIS, LASH, BROW = (CLASSES.index(x) for x in ("face", "eyewhite", "irides", "eyelash", "eyebrow"))
HAIR = tuple(CLASSES.index(x) for x in ("front hair", "back hair"))
EYE = (WHITE, IRIS, LASH)
PALE = 0.55
"""Share of the skin's own colourfulness under which something as light as skin is the white of an eye."""
UNLIKE = 0.1
"""OKLab distance from the skin's tone from which something within an eye is no skin."""
HUE = 0.05
"""Distance in OKLab's plane of hues from the skin's from which something beside the iris is iris."""
SPUR = 0.04
"""Of the eye's width: what rises further over the lash's top around it does not belong to the lash where it runs into hair."""
THIN = 0.35
"""Of the eye's width: what rises over the lash and is wider is lash itself."""
WING = 0.25
"""How far beside the eye a lash may run on."""
CRUMB = 0.08
"""Pieces of lash smaller than this share of the eye's lashes, and away from it, are marks beside it."""
ROOM = 0.6
"""Of the eye's width: how far around its box is looked."""


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    """The surroundings of one eye. classes: uint8 (h, w), a view that is written to. lab: float32 (h, w, 3) OKLab.

    skin: float32 (3,) OKLab, the face's usual tone. width: px.
    """

    classes: Classes
    lab: F32
    skin: F32
    width: float

    def is_(self, *parts: int) -> Mask:
        return np.isin(self.classes, parts)


def whole_eyes(classes: Classes, lab: F32, face: Face | None) -> Classes:
    """The map with whole eyes.

    classes: uint8 (H, W). lab: float32 (H, W, 3) OKLab of the calm picture. face: as `face_of` finds it.
    """
    skin = classes == FACE
    if face is None or not face.eyes or skin.sum() < 30:
        return classes
    out = classes.copy()
    tone = np.median(lab[skin], 0).astype(np.float32)
    _, stats, _ = pieces(grown(np.isin(classes, EYE), max(1.0, 0.015 * face.width)))
    reach = 0.25 * face.width
    for x, y in face.eyes:
        at = np.abs(stats[1:, :2] + stats[1:, 2:4] / 2 - (x, y)).max(1, initial=0)
        if not len(at) or at.min() > reach:
            continue
        mine = int(at.argmin()) + 1
        left, top, width, height, _ = stats[mine]
        room = int(ROOM * max(width, height)) + 2
        view = window((max(int(left) - room, 0), max(int(top) - room, 0), int(left + width) + room, int(top + height) + room))
        _mend(_Eye(out[view], lab[view], tone, float(width)))
    return out


def _mend(eye: _Eye) -> None:
    _above(eye)
    _iris_outline(eye)
    _spurs(eye)
    _wings(eye)
    _marks(eye)
    _whites(eye)
    _light_of_the_iris(eye)
    _crumbs(eye)


def _above(eye: _Eye) -> None:
    """Pieces of white or iris above the lash are hair or skin that shines through it."""
    inner, lash = eye.is_(WHITE, IRIS), eye.is_(LASH)
    labels, stats, _ = pieces(inner)
    others = ~eye.is_(*EYE) & (eye.classes > 0)
    if len(stats) < 3 or not lash.any() or not others.any():
        return
    below = lash[::-1].cumsum(0)[::-1] > 0                   # some lash further down in the column
    over = np.bincount(labels[inner & below], minlength=len(stats)) > 0.8 * stats[:, 4]
    over[[0, 1 + int(stats[1:, 4].argmax())]] = False
    middle = stats[:, 1] + stats[:, 3] / 2
    over &= middle < np.nonzero(lash)[0].mean()
    rows, to = nearest(others)
    lost = over[labels]
    eye.classes[lost] = eye.classes[rows, to][lost]


def _iris_outline(eye: _Eye) -> None:
    """Dark lines between the white and the iris, or within it, are the iris's, not the lash's."""
    inner = eye.is_(WHITE, IRIS)
    if inner.any():
        eye.classes[closed(inner, max(1.0, 0.05 * eye.width)) & eye.is_(LASH)] = IRIS


def _spurs(eye: _Eye) -> None:
    """Lines that run from the lash up into hair or a brow are cut off at the lash and given to what they run into."""
    lash, beyond = eye.is_(LASH), eye.is_(BROW, *HAIR)
    some = lash.any(0)
    if not some.any() or not beyond.any():
        return
    columns = np.flatnonzero(some)
    top = lash.argmax(0)[columns]
    reach = int(0.25 * eye.width)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(top, reach, mode="edge"), 2 * reach + 1)
    usual = np.sort(around, 1)[:, int(0.6 * (2 * reach + 1))]
    level = np.zeros(lash.shape[1])
    level[columns] = usual - max(1.0, SPUR * eye.width)
    spur = lash & (np.arange(lash.shape[0])[:, None] < level) & eye.is_(IRIS).any(0)      # beside it the lash may fall steeply
    labels, stats, _ = pieces(spur)
    touching = np.unique(labels[spur & grown(beyond, 1.5)])
    runs = spur & np.isin(labels, touching[stats[touching, 2] < THIN * eye.width])
    if runs.any():
        rows, to = nearest(beyond)
        eye.classes[runs] = eye.classes[rows, to][runs]


def _wings(eye: _Eye) -> None:
    """Ink beside the eye that runs on from the lash, taken for skin, is lash: its wing would stay behind when the lid shuts."""
    lash, main = eye.is_(LASH), _main(eye)
    if not lash.any():
        return
    ink = np.median(eye.lab[lash], 0)
    inky = np.linalg.norm(eye.lab - ink, axis=-1) < np.linalg.norm(eye.lab - eye.skin, axis=-1)
    own = eye.is_(FACE) & inky
    labels, stats, _ = pieces(own)
    near = grown(_hull(main), WING * eye.width)
    runs_on = np.unique(labels[own & grown(lash & main, 1.5)])
    far = np.unique(labels[own & (~near | grown(eye.is_(BROW, *HAIR), 1.5))])    # a jaw's line, a fringe's
    small = np.flatnonzero(stats[:, 4] < lash.sum())
    eye.classes[own & np.isin(labels, np.setdiff1d(np.intersect1d(runs_on, small), far))] = LASH


def _marks(eye: _Eye) -> None:
    """Small pieces of lash away from the rest of the eye are drawn on the face."""
    lash = eye.is_(LASH)
    labels, stats, _ = pieces(lash)
    if len(stats) < 3:
        return
    large = stats[:, 4] >= CRUMB * stats[1:, 4].sum()
    large[0] = False
    near = distance_to(eye.is_(WHITE, IRIS) | large[labels]) <= max(1.5, 0.03 * eye.width)
    kept = large.copy()
    kept[np.unique(labels[near])] = True
    lost = lash & ~kept[labels]
    others = ~eye.is_(*EYE) & (eye.classes > 0)
    if lost.any() and others.any():
        rows, to = nearest(others)
        eye.classes[lost] = eye.classes[rows, to][lost]


def _hull(mask: Mask) -> Mask:
    """The convex hull of the true pixels."""
    import cv2

    out = np.zeros(mask.shape, np.uint8)
    rows, columns = np.nonzero(mask)
    if len(rows):
        cv2.fillConvexPoly(out, cv2.convexHull(np.stack([columns, rows], -1).astype(np.int32)), 1)
    return out > 0


def _whites(eye: _Eye) -> None:
    """White and greyish pixels between the lids that were taken for skin are the white of the eye; so are highlights."""
    pale = _pale(eye)
    for _ in range(2):                                       # the hull grows with what was found
        mine = pale & eye.is_(FACE) & grown(_hull(_main(eye)), 0.08 * eye.width)
        labels, _, _ = pieces(mine)
        touching = np.unique(labels[grown(eye.is_(WHITE, IRIS), 1.5) & mine])
        eye.classes[mine & np.isin(labels, touching)] = WHITE


def _main(eye: _Eye) -> Mask:
    """White, iris and the lash beside them, stray pieces left off."""
    mask = eye.is_(*EYE)
    labels, stats, _ = pieces(grown(mask, max(1.0, 0.03 * eye.width)))
    if len(stats) < 2:
        return mask
    return mask & (labels == 1 + int(stats[1:, 4].argmax()))


def _pale(eye: _Eye) -> Mask:
    """Pixels about as light as skin, but with hardly any of its colour."""
    chroma = float(np.linalg.norm(eye.skin[1:]))
    if chroma < 0.008:
        return np.zeros(eye.classes.shape, bool)            # skin as white as any eye
    along = eye.lab[..., 1:] @ (eye.skin[1:] / chroma)
    return (along < PALE * chroma) & (eye.lab[..., 0] > eye.skin[0] - 0.12)


def _crumbs(eye: _Eye) -> None:
    """Bits within the eye that are unlike skin, and bits of skin shut in, join the part of the eye whose colour they have."""
    mask = _main(eye)
    inner = eye.is_(WHITE, IRIS) & mask
    if inner.sum() < 12:
        return
    within = _hull(inner)
    other = ~eye.is_(*EYE) & (eye.classes > 0)
    labels, stats, _ = pieces(other)
    shut_in = np.isin(labels, np.setdiff1d(np.arange(1, len(stats)), np.unique(labels[other & ~within])))
    unlike = np.linalg.norm(eye.lab - eye.skin, axis=-1) > UNLIKE
    wrong = other & within & (shut_in | (unlike & eye.is_(FACE)))
    _join(eye, wrong)


def _light_of_the_iris(eye: _Eye) -> None:
    """Skin between the lids in another hue, beside the iris, is the iris's light part, which a palette takes for skin."""
    iris = eye.is_(IRIS)
    if not iris.any():
        return
    hue = np.linalg.norm(eye.lab[..., 1:] - eye.skin[1:], axis=-1)
    lit = eye.is_(FACE) & _hull(_main(eye)) & (hue > HUE)
    labels, _, _ = pieces(lit)
    eye.classes[lit & np.isin(labels, np.unique(labels[lit & grown(iris, 2)]))] = IRIS


def _join(eye: _Eye, wrong: Mask) -> None:
    """Give pixels to the eye's part whose usual colour is nearest to theirs."""
    rows, columns = np.nonzero(wrong)
    present = [part for part in EYE if (eye.classes == part).sum() >= 6]
    if not len(rows) or not present:
        return
    away = [np.linalg.norm(eye.lab[rows, columns] - np.median(eye.lab[eye.classes == part], 0), axis=1) for part in present]
    eye.classes[rows, columns] = np.array(present, np.uint8)[np.argmin(away, 0)]
