"""U-GAT-IT's generators (torch; for training and converting only): full and light as published, and our compact one.

Kim et al., "U-GAT-IT", ICLR 2020 (arXiv 1907.10830). Names of modules are those of the PyTorch port by znxlwm, so that its
checkpoints load strictly; the code is ours. Differences that change no result: AdaLIN works its statistics out once per
channel, and the full generator pools its map to the size its first FC was trained at, so it takes pictures of any size.
All take (B, 3, H, W) in -1..1 with sides that are multiples of `multiple`, and give (picture (B, 3, H, W) in -1..1, CAM logits
(B, 2), heat map (B, 1, h, w)).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPS = 1e-5


class AdaLIN(nn.Module):
    """Instance and layer normalisation mixed per channel by rho, scaled and shifted by gamma and beta that are given.

    rho: (1, C, 1, 1), kept in 0..1 by `clip_rho`. gamma, beta: (B, C). Variances are unbiased, as in the port.
    """

    def __init__(self, channels: int, rho: float = 0.9) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.full((1, channels, 1, 1), rho))

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return affine_of(x, self.rho, gamma[:, :, None, None], beta[:, :, None, None])


class ILN(nn.Module):
    """As AdaLIN, with its own gamma and beta: (1, C, 1, 1)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.rho = nn.Parameter(torch.zeros(1, channels, 1, 1))
        self.gamma = nn.Parameter(torch.ones(1, channels, 1, 1))
        self.beta = nn.Parameter(torch.zeros(1, channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return affine_of(x, self.rho, self.gamma, self.beta)


def affine_of(x: Tensor, rho: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    """gamma * (rho * IN(x) + (1 - rho) * LN(x)) + beta, as one scale and one shift per channel.

    The statistics are float32 at least: sums over a whole picture overflow in half precision.
    """
    channels, pixels = x.shape[1], x.shape[2] * x.shape[3]
    wide = x.to(torch.promote_types(x.dtype, torch.float32))
    mean = F.adaptive_avg_pool2d(wide, 1)       # as ONNX Runtime is quick at; it may transpose what a plain mean takes
    variance = F.adaptive_avg_pool2d((wide - mean).square(), 1)
    whole_mean = mean.mean(1, keepdim=True)
    whole_variance = (variance + (mean - whole_mean).square()).mean(1, keepdim=True)
    instance = (variance * (pixels / (pixels - 1)) + EPS).rsqrt()
    layer = (whole_variance * (pixels * channels / (pixels * channels - 1)) + EPS).rsqrt()
    scale = gamma * (rho * instance + (1 - rho) * layer)
    shift = beta - gamma * (rho * instance * mean + (1 - rho) * layer * whole_mean)
    return x * scale.to(x.dtype) + shift.to(x.dtype)


class ResnetBlock(nn.Module):
    """The encoder's residual block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), nn.InstanceNorm2d(channels), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), nn.InstanceNorm2d(channels))  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class ResnetAdaILNBlock(nn.Module):
    """The decoder's residual block, whose style is given."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pad = nn.ReflectionPad2d(1)
        self.conv1 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm1 = AdaLIN(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm2 = AdaLIN(channels)

    def forward(self, x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        out = F.relu(self.norm1(self.conv1(self.pad(x)), gamma, beta))
        return x + self.norm2(self.conv2(self.pad(out)), gamma, beta)


class Attention(nn.Module):
    """The class activation map and the style, which generators of all three kinds share; their base class.

    grid: cells a side of the map that the first FC sees, or 0 where it sees the map's mean (light, compact).
    """

    multiple = 4

    def __init__(self, width: int, grid: int, blocks: int) -> None:
        super().__init__()
        self.grid, self.blocks = grid, blocks
        self.gap_fc = nn.Linear(width, 1, bias=False)
        self.gmp_fc = nn.Linear(width, 1, bias=False)
        self.conv1x1 = nn.Conv2d(2 * width, width, 1)
        first = width * max(grid, 1) ** 2
        self.FC = nn.Sequential(nn.Linear(first, width, bias=False), nn.ReLU(), nn.Linear(width, width, bias=False), nn.ReLU())
        self.gamma = nn.Linear(width, width, bias=False)
        self.beta = nn.Linear(width, width, bias=False)
        for k in range(1, blocks + 1):
            setattr(self, f"UpBlock1_{k}", ResnetAdaILNBlock(width))

    def attend(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, C, h, w) → the map attended to and decoded, CAM logits (B, 2), heat map (B, 1, h, w)."""
        gap = self.gap_fc(x.mean((2, 3)))
        gmp = self.gmp_fc(x.amax((2, 3)))
        both = torch.cat([x * self.gap_fc.weight[:, :, None, None], x * self.gmp_fc.weight[:, :, None, None]], 1)
        x = F.relu(self.conv1x1(both))
        heat = x.sum(1, keepdim=True)
        style = self.FC(self._seen(x).flatten(1))
        gamma, beta = self.gamma(style), self.beta(style)
        for k in range(1, self.blocks + 1):
            x = getattr(self, f"UpBlock1_{k}")(x, gamma, beta)
        return x, torch.cat([gap, gmp], 1), heat

    def _seen(self, x: Tensor) -> Tensor:
        """What the first FC sees: the map's mean, or all of it at the size of training."""
        if not self.grid:
            return x.mean((2, 3))
        return _shares(x.shape[2], self.grid, x) @ x @ _shares(x.shape[3], self.grid, x).transpose(0, 1)


class Generator(Attention):
    """U-GAT-IT's generator, full or light. ngf: channels of the first layer. img_size: px that the full one was trained at."""

    def __init__(self, ngf: int = 64, n_blocks: int = 4, img_size: int = 256, light: bool = True) -> None:
        width = 4 * ngf
        super().__init__(width, 0 if light else img_size // 4, n_blocks)
        self.DownBlock = nn.Sequential(
            *_down(3, ngf, 7, 1), *_down(ngf, 2 * ngf, 3, 2), *_down(2 * ngf, width, 3, 2),
            *(ResnetBlock(width) for _ in range(n_blocks)))  # fmt: skip
        self.UpBlock2 = nn.Sequential(*_up(width, 2 * ngf), *_up(2 * ngf, ngf),
                                      nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7, bias=False), nn.Tanh())  # fmt: skip

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, logits, heat = self.attend(self.DownBlock(x))
        return self.UpBlock2(x), logits, heat


class Compact(Attention):
    """Our small generator: U-GAT-IT's attention and AdaLIN on a map of an eighth, cheap first and last stages, and skips.

    Pixels are folded into channels before the first convolution and unfolded after the last, which never run at full size;
    skips from the maps of a half and a quarter keep lines sharp and the face in its place. The way down is not normalised, and
    the last convolution sees the folded picture besides: instance normalisation would take every colour's level away, which
    no later layer can know again. Nothing in it knows a size.
    """

    multiple = 8

    def __init__(self, ngf: int = 32, n_blocks: int = 4) -> None:
        width = 4 * ngf
        super().__init__(width, 0, n_blocks)
        self.to_half = nn.Sequential(nn.PixelUnshuffle(2), *_plain(12, ngf, 1))
        self.to_quarter = nn.Sequential(*_plain(ngf, 2 * ngf, 2))
        self.to_eighth = nn.Sequential(*_plain(2 * ngf, width, 2), *(ResnetBlock(width) for _ in range(n_blocks)))
        self.up_quarter = nn.Sequential(*_up(width, 2 * ngf))
        self.up_half = nn.Sequential(*_up(2 * ngf, ngf))
        self.out = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(ngf + 12, 12, 3), nn.PixelShuffle(2), nn.Tanh())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        half = self.to_half(x)
        quarter = self.to_quarter(half)
        eighth, logits, heat = self.attend(self.to_eighth(quarter))
        decoded = self.up_half(self.up_quarter(eighth) + quarter) + half
        return self.out(torch.cat([decoded, F.pixel_unshuffle(x, 2)], 1)), logits, heat


def make_generator(kind: str, channels: int, size: int = 256, blocks: int = 4) -> Attention:
    """A generator with fresh weights. kind: full, light or compact. size: px that the full one's first FC is made for."""
    if kind == "compact":
        return Compact(channels, blocks)
    return Generator(channels, blocks, size, light=kind == "light")


@torch.no_grad()
def clip_rho(net: nn.Module) -> None:
    """Keep every rho in 0..1; to be called after each step of the optimiser."""
    for name, parameter in net.named_parameters():
        if name.rpartition(".")[2] == "rho":
            parameter.clamp_(0, 1)


def _shares(side: int, cells: int, like: Tensor) -> Tensor:
    """(cells, side): which pixels a cell of an adaptive mean pool averages; the identity where both are equal.

    As a matrix it can be exported for pictures whose size is not known yet, which PyTorch's own pool cannot.
    """
    pixel = torch.arange(side, device=like.device)[None]
    cell = torch.arange(cells, device=like.device)[:, None]
    inside = (pixel >= cell * side // cells) & (pixel < ((cell + 1) * side + cells - 1) // cells)
    return (inside / inside.sum(1, keepdim=True)).to(like.dtype)


def _down(before: int, after: int, kernel: int, stride: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(before, after, kernel, stride, bias=False), nn.InstanceNorm2d(after),
            nn.ReLU()]  # fmt: skip


def _plain(before: int, after: int, stride: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3, stride), nn.ReLU()]


def _up(before: int, after: int) -> list[nn.Module]:
    return [nn.Upsample(scale_factor=2, mode="nearest"), nn.ReflectionPad2d(1), nn.Conv2d(before, after, 3, bias=False),
            ILN(after), nn.ReLU()]  # fmt: skip
