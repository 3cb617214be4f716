"""AnimeGANv2's generator (torch; for converting only).

Names of modules are those of bryandlee/animegan2-pytorch, so that its checkpoints load strictly; the code is ours. Input and
output (B, 3, H, W) in -1..1, sides multiples of 4; the weights people have were tried on multiples of 32.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class AnimeGAN(nn.Module):
    """(B, 3, H, W) → (B, 3, H, W)."""

    multiple = 32

    def __init__(self) -> None:
        super().__init__()
        self.block_a = nn.Sequential(_layer(3, 32, 7), _halving(32, 64), _layer(64, 64))
        self.block_b = nn.Sequential(_halving(64, 128), _layer(128, 128))
        self.block_c = nn.Sequential(_layer(128, 128), Inverted(128, 256), Inverted(256, 256), Inverted(256, 256),
                                     Inverted(256, 256), _layer(256, 128))  # fmt: skip
        self.block_d = nn.Sequential(_layer(128, 128), _layer(128, 128))
        self.block_e = nn.Sequential(_layer(128, 64), _layer(64, 64), _layer(64, 32, 7))
        self.out_layer = nn.Sequential(nn.Conv2d(32, 3, 1, bias=False), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        half = self.block_a(x)
        out = self.block_c(self.block_b(half))
        out = self.block_d(F.interpolate(out, size=half.shape[2:], mode="bilinear", align_corners=True))
        out = self.block_e(F.interpolate(out, size=x.shape[2:], mode="bilinear", align_corners=True))
        return self.out_layer(out)


class Inverted(nn.Module):
    """An inverted residual block: twice the channels, convolved each by itself."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        wide = 2 * before
        self.layers = nn.Sequential(_layer(before, wide, 1), _layer(wide, wide, 3, wide), nn.Conv2d(wide, after, 1, bias=False),
                                    nn.GroupNorm(1, after))  # fmt: skip
        self.same = before == after

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x) if self.same else self.layers(x)


def _layer(before: int, after: int, kernel: int = 3, groups: int = 1) -> nn.Sequential:
    """Convolution, layer norm, leaky ReLU. Only the convolutions channel by channel have a bias."""
    convolution = nn.Conv2d(before, after, kernel, groups=groups, bias=groups > 1)
    return nn.Sequential(nn.ReflectionPad2d(kernel // 2), convolution, nn.GroupNorm(1, after), nn.LeakyReLU(0.2))


def _halving(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.ReflectionPad2d((0, 1, 0, 1)), nn.Conv2d(before, after, 3, 2, bias=False), nn.GroupNorm(1, after),
                         nn.LeakyReLU(0.2))  # fmt: skip
