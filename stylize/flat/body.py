"""Clothes and arms in a few flat tones, with lines where they meet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stylize.flat.bits import Bits
from stylize.flat.colour import F32, Colour, colour_of, to_lab
from stylize.flat.parts import Pieces
from stylize.flat.pen import Sheet
from stylize.flat.scene import Scene
from stylize.flat.tones import darker

MOST = 5
"""Tones of the clothes."""
ALIKE = 9.0
"""Lab distance under which two tones are one."""


def draw_clothes(scene: Scene, pieces: Pieces) -> Sheet:
    """Clothes with arms and hands."""
    sheet = Sheet(scene.size)
    shape = scene.shape(pieces.cloth, 0.02)
    if pieces.cloth.sum() > 100:
        labels, colours = flat_labels(scene.small, scene.cloth & pieces.cloth, pieces.cloth, 0.02 * scene.near.unit)
        order = np.argsort(-np.bincount(labels[labels >= 0], minlength=len(colours)))
        sheet.fill(shape, colours[order[0]])
        for k in order[1:]:
            piece = scene.shape(labels == k, 0.014, 0.005)
            sheet.fill(piece, colours[k], atop=True)
        sheet.line(shape, darker(colours[order[0]], 0.42), scene.pen, closed=True)
    if pieces.arms.any():
        _draw_arms(sheet, scene, pieces.arms)
    return sheet


def _draw_arms(sheet: Sheet, scene: Scene, arms: Bits) -> None:
    shape = scene.shape(arms, 0.02)
    sheet.fill(shape, scene.tones.skin)
    sheet.fill(scene.shape(_shade(scene, arms), 0.02, 0.006), scene.tones.skin_shade, atop=True, within=shape)
    sheet.line(shape, scene.tones.skin_line, scene.pen, closed=True)


def _shade(scene: Scene, skin: Bits) -> F32:
    """The darker part of bare skin, smoothed: soft bits."""
    import cv2

    light = scene.light
    weight = skin.astype(np.float32)
    sigma = 0.04 * scene.near.unit
    calm = cv2.GaussianBlur(light * weight, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
    limit = np.quantile(calm[skin], 0.6) - 14
    return np.where(skin, np.clip(0.5 + (limit - calm) / 6, 0, 1), 0).astype(np.float32)


def flat_labels(rgb: npt.NDArray[np.uint8], seen: Bits, wanted: Bits, calm: float
                ) -> tuple[npt.NDArray[np.int64], list[Colour]]:  # fmt: skip
    """Few flat tones of what is seen, continued over what is wanted: labels int (h, w), -1 elsewhere, and their colours.

    calm: px over which borders are smoothed.
    """
    import cv2

    source = seen if seen.sum() > 50 else wanted
    calm_rgb = cv2.bilateralFilter(cv2.bilateralFilter(rgb, 7, 35, 4), 7, 35, 4)
    lab = to_lab(calm_rgb)
    sample = np.ascontiguousarray(lab[source] * np.array((0.8, 1, 1), np.float32))
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, ids, means = cv2.kmeans(sample, min(MOST, len(sample)), None, stop, 3, cv2.KMEANS_PP_CENTERS)
    ids = _merged(ids[:, 0], means)
    kinds = np.unique(ids)
    votes = np.zeros((len(kinds), *source.shape), np.float32)
    for k, kind in enumerate(kinds):
        votes[k][source] = ids == kind
    votes = np.stack([cv2.GaussianBlur(v, (0, 0), calm) + 1e-3 * cv2.GaussianBlur(v, (0, 0), 8 * calm) for v in votes])
    labels = np.where(wanted, votes.argmax(0), -1)
    colours = [_clear(np.median(lab[source][ids == kind], 0)) for kind in kinds]
    return labels, colours


def _merged(ids: npt.NDArray[np.int32], means: F32) -> npt.NDArray[np.int32]:
    """Ids with tones that are alike, or too rare, joined to their nearest."""
    ids = ids.copy()
    while True:
        kinds, counts = np.unique(ids, return_counts=True)
        if len(kinds) < 2:
            return ids
        away = np.linalg.norm(means[kinds][:, None] - means[kinds][None], axis=-1) + 1e3 * np.eye(len(kinds))
        away[counts < 0.02 * len(ids)] *= 0.05
        i, j = np.unravel_index(away.argmin(), away.shape)
        if away[i, j] > ALIKE:
            return ids
        small, large = (i, j) if counts[i] < counts[j] else (j, i)
        ids[ids == kinds[small]] = kinds[large]


def _clear(lab: F32) -> Colour:
    light, a, b = lab
    return colour_of((float(np.clip(light * 0.96 + 4, 13, 96)), a * 1.15, b * 1.15))
