"""Differentiable augmentation of what discriminators see, so that few pictures can train them (Zhao et al., arXiv 2006.10738).

Real and made pictures are varied alike, and the gradient passes through, so the generator does not learn the variation.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

SHIFT = 0.125
CUT = 0.35


def augmented(x: Tensor) -> Tensor:
    """(B, 3, H, W) in -1..1 with another light and colour, shifted, and a square cut out, by chance for each picture."""
    return _cut(_shifted(_recoloured(x)))


def _recoloured(x: Tensor) -> Tensor:
    brightness, saturation, contrast = (_chance(x) for _ in range(3))
    x = x + (brightness - 0.5)
    gray = x.mean(1, keepdim=True)
    x = gray + (x - gray) * (2 * saturation)
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * (contrast + 0.5)


def _shifted(x: Tensor) -> Tensor:
    """Shifted by up to an eighth; what comes in is black, that is 0, as in the paper."""
    theta = torch.zeros(len(x), 2, 3, device=x.device, dtype=torch.float32)
    theta[:, 0, 0] = theta[:, 1, 1] = 1
    theta[:, :, 2] = (torch.rand(len(x), 2, device=x.device) * 2 - 1) * (2 * SHIFT)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x.float(), grid, mode="nearest", padding_mode="zeros", align_corners=False).to(x.dtype)


def _cut(x: Tensor) -> Tensor:
    height, width = x.shape[2:]
    row = torch.arange(height, device=x.device)[None, :, None] / height
    column = torch.arange(width, device=x.device)[None, None, :] / width
    top, left = (torch.rand(len(x), 1, 1, device=x.device) * (1 + CUT) - CUT for _ in range(2))
    inside = (row >= top) & (row < top + CUT) & (column >= left) & (column < left + CUT)
    return x * (~inside)[:, None].to(x.dtype)


def _chance(x: Tensor) -> Tensor:
    """One number 0..1 for each picture."""
    return torch.rand(len(x), 1, 1, 1, device=x.device, dtype=x.dtype)
