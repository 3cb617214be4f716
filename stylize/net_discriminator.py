"""U-GAT-IT's discriminators (torch; for training only), and the pair that looks near and far.

The local one has a receptive field of 70 px, the global one of 286 px. Names of modules are those of znxlwm's PyTorch port.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import spectral_norm

LOCAL, GLOBAL = 5, 7
"""Layers, as the port counts them: the two heads among them."""


class Discriminator(nn.Module):
    """(B, 3, H, W) in -1..1 → (patch logits (B, 1, h, w), CAM logits (B, 2), heat map (B, 1, h', w'))."""

    def __init__(self, layers: int = LOCAL, ndf: int = 64) -> None:
        super().__init__()
        width = ndf * 2 ** (layers - 2)
        parts: list[nn.Module] = []
        for k in range(layers - 1):
            before = 3 if k == 0 else ndf * 2 ** (k - 1)
            stride = 1 if k == layers - 2 else 2
            parts += [nn.ReflectionPad2d(1), spectral_norm(nn.Conv2d(before, ndf * 2**k, 4, stride)), nn.LeakyReLU(0.2)]
        self.model = nn.Sequential(*parts)
        self.gap_fc = spectral_norm(nn.Linear(width, 1, bias=False))
        self.gmp_fc = spectral_norm(nn.Linear(width, 1, bias=False))
        self.conv1x1 = nn.Conv2d(2 * width, width, 1)
        self.pad = nn.ReflectionPad2d(1)
        self.conv = spectral_norm(nn.Conv2d(width, 1, 4, bias=False))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.model(x)
        logits = torch.cat([self.gap_fc(x.mean((2, 3))), self.gmp_fc(x.amax((2, 3)))], 1)
        # The port weighs the map by the weights before their spectral norm; so do we, or its checkpoints would judge otherwise.
        gap, gmp = self.gap_fc.weight_orig, self.gmp_fc.weight_orig
        x = F.leaky_relu(self.conv1x1(torch.cat([x * gap[:, :, None, None], x * gmp[:, :, None, None]], 1)), 0.2)
        return self.conv(self.pad(x)), logits, x.sum(1, keepdim=True)


class NearAndFar(nn.Module):
    """A local and a global discriminator of one domain.

    crop: px of the random crop, at full resolution, that the local one sees. whole: px of a side that the picture is resized to
    for the global one. Pictures no larger than these are seen as they are, which is U-GAT-IT as published.
    """

    def __init__(self, ndf: int = 64, crop: int = 256, whole: int = 256, layers: tuple[int, int] = (LOCAL, GLOBAL)) -> None:
        super().__init__()
        self.crop, self.whole = crop, whole
        self.near = Discriminator(layers[0], ndf)
        self.far = Discriminator(layers[1], ndf)

    def forward(self, x: Tensor) -> list[Tensor]:
        """The logits: patches and CAM of the local one, patches and CAM of the global one."""
        near, near_cam, _ = self.near(crop_of(x, self.crop))
        far, far_cam, _ = self.far(shrunk(x, self.whole))
        return [near, near_cam, far, far_cam]

    def freeze_low(self, layers: int) -> None:
        """Freeze the first convolutions of both."""
        freeze_low(self.near, layers)
        freeze_low(self.far, layers)


def crop_of(x: Tensor, side: int) -> Tensor:
    """A random crop of at most `side` px, the same of every picture in the batch."""
    height, width = x.shape[2:]
    top = int(torch.randint(max(height - side, 0) + 1, ()))
    left = int(torch.randint(max(width - side, 0) + 1, ()))
    return x[:, :, top : top + side, left : left + side]


def shrunk(x: Tensor, side: int) -> Tensor:
    """The whole picture at `side` x `side` px, or as it is where it is no larger."""
    if max(x.shape[2:]) <= side:
        return x
    wide = x.float()                    # CPUs know this for bfloat16 not at all
    return F.interpolate(wide, size=(side, side), mode="bilinear", antialias=True, align_corners=False).to(x.dtype)


def freeze_low(judge: Discriminator, layers: int) -> None:
    """Freeze the first convolutions (FreezeD, arXiv 2002.10964): what they see is the same in every style."""
    convolutions = [m for m in judge.model if isinstance(m, nn.Conv2d)]
    for module in convolutions[:layers]:
        module.requires_grad_(False)
