"""photo2cartoon's generator (torch; for converting only): U-GAT-IT with hourglasses and Soft-AdaLIN.

Names of modules are those of minivision-ai/photo2cartoon, so that its checkpoints load strictly; the code is ours. Its pictures
are faces on white; input and output (B, 3, H, W) in -1..1, sides multiples of 16.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from stylize.net import ILN, AdaLIN, ResnetBlock

LEVELS = 4


class ConvBlock(nn.Module):
    """Three convolutions, each of fewer channels than the one before, side by side, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half, quarter = channels // 2, channels // 4
        self.ConvBlock1 = _preactivated(channels, half)
        self.ConvBlock2 = _preactivated(half, quarter)
        self.ConvBlock3 = _preactivated(quarter, quarter)
        # For a change of channels, which never happens: unused, but the checkpoints have its weights.
        self.ConvBlock4 = nn.Sequential(nn.InstanceNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        first = self.ConvBlock1(x)
        second = self.ConvBlock2(first)
        return x + torch.cat([first, second, self.ConvBlock3(second)], 1)


class HourGlassBlock(nn.Module):
    """Four levels down by mean pooling and up again, with a skip at each. Names as in the checkpoint: k_1 is level k's skip."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        for name in (*(f"{k}_{i}" for k in range(1, LEVELS + 1) for i in (1, 2)), *map(str, range(5, 10))):
            setattr(self, f"ConvBlock{name}", ConvBlock(channels))

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for k in range(1, LEVELS + 1):
            skips.append(getattr(self, f"ConvBlock{k}_1")(x))
            x = getattr(self, f"ConvBlock{k}_2")(F.avg_pool2d(x, 2))
        x = self.ConvBlock5(x)
        for k in range(6, 10):
            x = skips.pop() + F.interpolate(getattr(self, f"ConvBlock{k}")(x), scale_factor=2, mode="nearest")
        return x


class HourGlass(nn.Module):
    """An hourglass that adds to its input, or, the last one, gives the picture's three channels alone."""

    def __init__(self, channels: int, last: bool = False) -> None:
        super().__init__()
        self.HG = nn.Sequential(HourGlassBlock(channels), ConvBlock(channels), nn.Conv2d(channels, channels, 1, bias=False),
                                nn.InstanceNorm2d(channels), nn.ReLU())  # fmt: skip
        self.last = last
        self.Conv1 = nn.Conv2d(channels, 3, 1)
        if not last:
            self.Conv2 = nn.Conv2d(channels, channels, 1)
            self.Conv3 = nn.Conv2d(3, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = self.HG(x)
        picture = self.Conv1(seen)
        return picture if self.last else x + self.Conv2(seen) + self.Conv3(picture)


class SoftAdaLIN(nn.Module):
    """AdaLIN whose gamma and beta are mixed per channel from the style's and from the content's."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = AdaLIN(channels)
        self.w_gamma = nn.Parameter(torch.zeros(1, channels))
        self.w_beta = nn.Parameter(torch.zeros(1, channels))
        self.c_gamma = _two(channels)
        self.c_beta = _two(channels)
        self.s_gamma = nn.Linear(channels, channels)
        self.s_beta = nn.Linear(channels, channels)

    def forward(self, x: Tensor, content: Tensor, style: Tensor) -> Tensor:
        gamma = (1 - self.w_gamma) * self.s_gamma(style) + self.w_gamma * self.c_gamma(content)
        beta = (1 - self.w_beta) * self.s_beta(style) + self.w_beta * self.c_beta(content)
        return self.norm(x, gamma, beta)


class DecodeBlock(nn.Module):
    """A residual block whose style is given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d(1)
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm1 = SoftAdaLIN(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm2 = SoftAdaLIN(channels)

    def forward(self, x: Tensor, content: Tensor, style: Tensor) -> Tensor:
        out = F.relu(self.norm1(self.conv1(self.pad(x)), content, style))
        return x + self.norm2(self.conv2(self.pad(out)), content, style)


class Photo2Cartoon(nn.Module):
    """(B, 3, H, W) → (picture (B, 3, H, W), CAM logits (B, 2), heat map (B, 1, H/4, W/4))."""

    multiple = 16

    def __init__(self, ngf: int = 32) -> None:
        super().__init__()
        width = 4 * ngf
        self.ConvBlock1 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, ngf, 7, bias=False), nn.InstanceNorm2d(ngf),
                                        nn.ReLU())  # fmt: skip
        self.HourGlass1 = HourGlass(ngf)
        self.HourGlass2 = HourGlass(ngf)
        self.DownBlock1 = _halving(ngf, 2 * ngf)
        self.DownBlock2 = _halving(2 * ngf, width)
        for k in range(1, LEVELS + 1):
            setattr(self, f"EncodeBlock{k}", ResnetBlock(width))
            setattr(self, f"DecodeBlock{k}", DecodeBlock(width))
        self.gap_fc = nn.Linear(width, 1)
        self.gmp_fc = nn.Linear(width, 1)
        self.conv1x1 = nn.Conv2d(2 * width, width, 1)
        self.FC = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.UpBlock1 = _doubling(width, 2 * ngf)
        self.UpBlock2 = _doubling(2 * ngf, ngf)
        self.HourGlass3 = HourGlass(ngf)
        self.HourGlass4 = HourGlass(ngf, last=True)
        self.ConvBlock2 = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, 3, 7, bias=False), nn.Tanh())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.DownBlock2(self.DownBlock1(self.HourGlass2(self.HourGlass1(self.ConvBlock1(x)))))
        contents = []
        for k in range(1, LEVELS + 1):
            x = getattr(self, f"EncodeBlock{k}")(x)
            contents.append(x.mean((2, 3)))
        logits = torch.cat([self.gap_fc(x.mean((2, 3))), self.gmp_fc(x.amax((2, 3)))], 1)
        gap, gmp = self.gap_fc.weight, self.gmp_fc.weight
        x = F.relu(self.conv1x1(torch.cat([x * gap[:, :, None, None], x * gmp[:, :, None, None]], 1)))
        heat = x.sum(1, keepdim=True)
        style = self.FC(x.mean((2, 3)))
        for k in range(1, LEVELS + 1):
            x = getattr(self, f"DecodeBlock{k}")(x, contents.pop(), style)
        x = self.HourGlass4(self.HourGlass3(self.UpBlock2(self.UpBlock1(x))))
        return self.ConvBlock2(x), logits, heat


def _preactivated(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.InstanceNorm2d(before), nn.ReLU(), nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3, bias=False))


def _halving(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3, 2, bias=False), nn.InstanceNorm2d(after), nn.ReLU())


def _doubling(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3, bias=False),
                         ILN(after), nn.ReLU())  # fmt: skip


def _two(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels))
