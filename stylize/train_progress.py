"""Progress pictures of a training: photo, where the generator looks, its drawing, and what it is compared with."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from kirie.files import atomic
from stylize.train_model import Model
from stylize.train_pictures import Picture, to_picture

MOST = 4


@torch.no_grad()
def draw_progress(model: Model, photos: Tensor, drawings: Tensor, path: Path) -> None:
    """A row for each of up to four photos of a batch: photo, attention, drawing by the mean weights, and the photo come back
    from it (unpaired) or the drawing wanted (paired). Nothing is kept for gradients.
    """
    rows = []
    for photo, drawing in zip(photos[:MOST], drawings[:MOST], strict=True):
        made, _, heat = model.mean(photo[None])
        last = drawing if model.to_a is None else model.to_a(made)[0][0]
        shown = to_picture(photo)
        rows.append(np.hstack([shown, heated(shown, heat[0, 0]), to_picture(made[0]), to_picture(last)]))
    with atomic(path) as beside:
        Image.fromarray(np.vstack(rows)).save(beside)


def heated(rgb: Picture, heat: Tensor) -> Picture:
    """The attention over a picture, red where it is highest. heat: (h, w), any range."""
    values = heat.float().cpu().numpy()
    span = float(np.ptp(values))
    levels = ((values - values.min()) * (255 / span if span else 0)).astype(np.uint8)
    map_ = cv2.resize(levels, rgb.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    coloured = cv2.applyColorMap(map_, cv2.COLORMAP_JET)[..., ::-1]
    mixed: Picture = (rgb // 2 + coloured // 2).astype(np.uint8)
    return mixed
