"""Judging through a frozen network that knows pictures, in the spirit of Projected GANs (Sauer et al., arXiv 2111.01007).

Features of four scales are mixed across channels and scales by fixed random convolutions; a small discriminator looks at each.
Only these learn. Little data then goes further, and the generator cannot collapse onto what one discriminator overlooks.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

SIDE = 224
"""Px that pictures are resized to, which the frozen network was trained at."""
STAGES = ((0, 3), (3, 4), (4, 6), (6, 8))
"""Slices of EfficientNet-B0's features that end at a quarter, an eighth, a 16th and a 32nd of the picture."""
CHANNELS = (24, 40, 112, 320)
MIXED = 64
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Projected(nn.Module):
    """(B, 3, H, W) in -1..1 → logits of four scales. trunk: the frozen features of an EfficientNet-B0."""

    def __init__(self, trunk: nn.Sequential) -> None:
        super().__init__()
        self.trunk = trunk.requires_grad_(False).eval()
        self.across = nn.ModuleList([nn.Conv2d(c, MIXED, 1) for c in CHANNELS]).requires_grad_(False)
        self.down = nn.ModuleList([nn.Conv2d(MIXED, MIXED, 3, 1, 1) for _ in CHANNELS]).requires_grad_(False)
        self.judges = nn.ModuleList([_judge(3 - k) for k in range(len(CHANNELS))])
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(SPREAD)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> list[Tensor]:
        self.trunk.eval()           # whatever mode the whole is in: its statistics stay those it was trained with
        x = F.interpolate(x.float(), size=(SIDE, SIDE), mode="bilinear", antialias=True, align_corners=False).to(x.dtype)
        x = ((x + 1) / 2 - self.mean) / self.spread
        maps = []
        for start, stop in STAGES:
            x = self.trunk[start:stop](x)
            maps.append(x)
        return self._judged([mix(one) for mix, one in zip(self.across, maps, strict=True)])

    def _judged(self, maps: list[Tensor]) -> list[Tensor]:
        """From the coarsest scale to the finest, each with what is above it."""
        out, above = [], None
        for k in reversed(range(len(maps))):
            here = maps[k] if above is None else maps[k] + F.interpolate(above, size=maps[k].shape[2:], mode="bilinear")
            above = self.down[k](here)
            out.append(self.judges[k](above))
        return out


def feature_trunk(log: Callable[[str], None]) -> nn.Sequential | None:
    """EfficientNet-B0's features with ImageNet weights, from torchvision's cache or downloaded; None, and a line, without."""
    try:
        weights = torchvision.models.EfficientNet_B0_Weights.IMAGENET1K_V1
        trunk: nn.Sequential = torchvision.models.efficientnet_b0(weights=weights).features
    except Exception as error:      # offline: every library on the way has an error of its own
        log(f"no ImageNet weights ({type(error).__name__}): discriminators with frozen low layers instead")
        return None
    return trunk


def _judge(halvings: int) -> nn.Sequential:
    """Spectral-normed convolutions that halve the map, and one logit for each cell of what is left."""
    parts: list[nn.Module] = []
    for _ in range(halvings):
        parts += [spectral_norm(nn.Conv2d(MIXED, MIXED, 4, 2, 1)), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts, spectral_norm(nn.Conv2d(MIXED, 1, 3, 1, 1)))
