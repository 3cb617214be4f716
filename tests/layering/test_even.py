"""Borders between parts: smooth within a gradient, on the drawing's edges where there are any, features left alone."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from layering.colour import oklab
from layering.even import even_borders
from layering.views import CLASSES

FACE, HAIR, LASH = (CLASSES.index(x) for x in ("face", "front hair", "eyelash"))
Map = npt.NDArray[np.uint8]


def gradient() -> Map:
    """uint8 (120, 160, 3): skin that darkens slowly towards the right."""
    rgb = np.zeros((120, 160, 3), np.uint8)
    rgb[:] = (235, 190, 170) - (np.arange(160) / 8)[None, :, None]
    return rgb


def length(parts: Map) -> float:
    outlines, _ = cv2.findContours((parts == HAIR).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return sum(cv2.arcLength(x, True) for x in outlines)


def test_a_ragged_border_within_a_gradient_becomes_smooth() -> None:
    rows = np.arange(120)
    ragged = np.where(np.arange(160) > (80 + 2 * (rows % 3 == 0) - 2 * (rows % 5 == 1))[:, None], HAIR, FACE).astype(np.uint8)
    got = even_borders(ragged, oklab(gradient()), np.zeros(ragged.shape, bool))
    assert length(got) < 0.88 * length(ragged)
    assert (got != ragged).mean() < 0.03, "nothing moves but the border"


def test_borders_on_edges_stay_there_and_crumbs_along_them_go() -> None:
    rgb = gradient()
    slanted = np.arange(160)[None] + 0.4 * np.arange(120)[:, None] > 100
    rgb[slanted] = (90, 50, 40)
    true = np.where(slanted, HAIR, FACE).astype(np.uint8)
    torn = true.copy()
    torn[::7] = np.roll(torn[::7], 3, 1)
    got = even_borders(torn, oklab(rgb), np.zeros(torn.shape, bool))
    assert (got != true)[:, 5:].sum() < 0.2 * (torn != true)[:, 5:].sum()
    assert (even_borders(true, oklab(rgb), np.zeros(true.shape, bool)) == true).all()


def test_features_and_the_ground_stay() -> None:
    parts = np.full((120, 160), FACE, np.uint8)
    parts[:, 100:] = HAIR
    parts[60, 20:140] = LASH
    parts[:10] = 0
    got = even_borders(parts, oklab(gradient()), np.zeros(parts.shape, bool))
    assert ((got == LASH) == (parts == LASH)).all()
    assert ((got == 0) == (parts == 0)).all()
