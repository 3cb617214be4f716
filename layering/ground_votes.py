"""The figure on a busy ground: where the classifier sees it, along the picture's own edges."""

from __future__ import annotations

import numpy as np

from layering.classify import Votes
from layering.masks import grown
from layering.palette import Mask
from layering.stack import RGBA
from layering.views import CELLS

SIDE = 512
"""Longer side, px, of the copy on which the edges are followed."""
ROUNDS = 3


def figure_by_votes(rgba: RGBA, votes: Votes) -> Mask:
    """bool (H, W): the figure, from dense votes over the whole of it, its edge found by GrabCut. rgba: uint8 (H, W, 4)."""
    import cv2

    height, width = rgba.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    small = cv2.resize(rgba[..., :3], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = np.mgrid[0 : small.shape[0], 0 : small.shape[1]]
    there = (np.array([rows.ravel(), columns.ravel()]) / scale).astype(np.int64)
    inside = 1 - np.exp(votes.at(*there)[:, 0]).reshape(rows.shape)
    if not (inside > 0.5).any():
        return np.zeros((height, width), bool)
    reach = 0.012 * max(small.shape) + votes.crop.side * scale / CELLS
    state = np.where(inside > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    state[~grown(inside > 0.4, reach)] = cv2.GC_BGD
    state[~grown(inside < 0.6, reach)] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    cv2.grabCut(small, state, None, np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    figure = ((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(cv2.GaussianBlur(figure, (0, 0), 1), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5)
