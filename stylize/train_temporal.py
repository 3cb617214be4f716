"""What training for steadiness over time is made of: fake neighbouring frames, and the losses of both halves.

(1) `steadiness`: noise and fake flow. A stylizer whose drawing of a moved, noisy photo is the moved drawing of the photo does
not flicker; that needs no video. (2) `Neighbours`: attention over the frames before and after. It learns, from frames stylized
one by one, what a frame should look like given its neighbours, and where it can know; a stylizer is then held to that ideal,
away from moving contours. `train_supervisor` puts both to work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NOISE = 0.025
"""Standard deviation of the added noise, of values in -1..1: a webcam's in dim light."""
WANDER, SHIFT = 8.0, 10.0
"""Px of a picture of 256 px: how far the fake flow moves places apart, and all of them together."""
COARSE = 4
"""Knots a side of the grid that the fake flow is drawn on; interpolated between, so that it is smooth."""
CONTOUR = 0.06
"""Difference between neighbouring frames, of values in -1..1, above which a pixel counts as moving."""
_ROUNDS = 5                     # of substitution: the error shrinks to a third or less in each


def fake_flow(count: int, height: int, width: int, device: torch.device) -> Tensor:
    """Smooth random flow, (count, H, W, 2) in px, x first."""
    scale = min(height, width) / 256
    knots = torch.randn(count, 2, COARSE, COARSE, device=device) * WANDER
    smooth = F.interpolate(knots, size=(height, width), mode="bicubic", align_corners=False)
    together = (torch.rand(count, 2, 1, 1, device=device) * 2 - 1) * SHIFT
    return ((smooth + together) * scale).permute(0, 2, 3, 1)


def warp(x: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
    """(B, C, H, W) sampled at each pixel plus the flow, and whether the place lies in the picture: bool (B, 1, H, W)."""
    height, width = x.shape[2:]
    rows, columns = torch.meshgrid(torch.arange(height, device=x.device), torch.arange(width, device=x.device), indexing="ij")
    at = torch.stack([columns, rows], -1).to(flow.dtype)[None] + flow
    size = torch.tensor([width, height], device=x.device, dtype=flow.dtype)
    grid = (at + 0.5) * 2 / size - 1
    inside = ((at >= 0) & (at <= size - 1)).all(-1)[:, None]
    sampled = F.grid_sample(x.float(), grid.float(), mode="bilinear", padding_mode="border", align_corners=False)
    return sampled.to(x.dtype), inside


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """A fake neighbour of a photo. frames: (B, 3, H, W), the photos moved by `flow` (B, H, W, 2), with noise of their own.
    inside: bool (B, 1, H, W), where the flow brings nothing in from outside.
    """

    frames: Tensor
    flow: Tensor
    inside: Tensor


def moved(photos: Tensor) -> Moved:
    """The photos (B, 3, H, W) as if a frame earlier or later."""
    flow = fake_flow(len(photos), photos.shape[2], photos.shape[3], photos.device)
    frames, inside = warp(photos, flow)
    return Moved((frames + NOISE * torch.randn_like(frames)).clamp(-1, 1), flow, inside)


def back_flow(flow: Tensor) -> Tensor:
    """The flow (B, H, W, 2) that undoes a smooth one, by repeated substitution."""
    back = -flow
    for _ in range(_ROUNDS):
        back = -warp(flow.permute(0, 3, 1, 2), back)[0].permute(0, 2, 3, 1)
    return back


def steadiness(drawn_moved: Tensor, drawn: Tensor, there: Moved) -> Tensor:
    """Mean |f(W x + n) - W f(x)| over what W does not bring in from outside. Drawings (B, 3, H, W)."""
    wanted, _ = warp(drawn, there.flow)
    difference = (drawn_moved.float() - wanted.float()).abs() * there.inside
    return difference.sum() / (there.inside.sum() * drawn.shape[1]).clamp(min=1)


class Neighbours(nn.Module):
    """Attention of a frame's patches over those of its neighbours: the ideal frame in between, and how sure it is.

    Queries come from the input frame, which does not flicker, keys from the inputs before and after, values from their
    drawings. Keys and queries carry their place, so that what looks alike is taken from nearby; neighbours that were brought
    back along the flow carry the place that this leads to. patch: px, a multiple of 4. width: of keys.
    """

    def __init__(self, patch: int = 8, width: int = 64) -> None:
        super().__init__()
        self.patch, self.width = patch, width
        few = width // 2
        self.look = nn.Sequential(nn.Conv2d(3, few, 3, 2, 1), nn.ReLU(), nn.Conv2d(few, few, 3, 2, 1), nn.ReLU(),
                                  nn.Conv2d(few, width, patch // 4, patch // 4))  # fmt: skip
        self.place = nn.Linear(4 * _WAVES, width)
        self.sharpness = nn.Parameter(torch.tensor(3.0))        # a logarithm: what is alike is found from the start

    def forward(self, inputs: Tensor, drawings: Tensor) -> tuple[Tensor, Tensor]:
        """inputs (B, 3, 3, H, W) and drawings of the frames before, now and after, sides multiples of `patch`.

        The drawing now is not looked at. → ideal drawing (B, 3, H, W), sureness (B, 1, h, w) in 0..1.
        """
        batch, _, _, height, width = inputs.shape
        rows, columns = height // self.patch, width // self.patch
        features = self.look(inputs.flatten(0, 1)).flatten(2).transpose(1, 2).view(batch, 3, rows * columns, self.width)
        features = F.normalize(features + self.place(_waves(rows, columns, inputs.device)), dim=-1)
        query, keys = features[:, 1], torch.cat([features[:, 0], features[:, 2]], 1)
        attention = (query @ keys.transpose(1, 2) * self.sharpness.exp()).softmax(-1)
        values = torch.cat([_patches(drawings[:, k], self.patch) for k in (0, 2)], 1)
        ideal = F.fold((attention @ values).transpose(1, 2), (height, width), self.patch, stride=self.patch)
        entropy = -(attention * attention.clamp(min=1e-9).log()).sum(-1) / math.log(2 * rows * columns)
        return ideal, (1 - entropy).view(batch, 1, rows, columns)


def attending_loss(ideal: Tensor, now: Tensor, where: Tensor) -> Tensor:
    """What the attention itself minimises: the drawing now, told from its neighbours', where (B, 1, H, W) it can be.

    The drawings flicker at random, so what can be learnt is their mean: the ideal.
    """
    return ((ideal.float() - now.detach().float()).abs() * where).sum() / (where.sum() * 3).clamp(min=1)


def supervision(now: Tensor, ideal: Tensor, sure: Tensor, where: Tensor) -> Tensor:
    """How far a drawing (B, 3, H, W) is from the ideal that its neighbours give, as far as that is sure (B, 1, h, w)."""
    weight = F.interpolate(sure.detach(), size=now.shape[2:], mode="bilinear", align_corners=False) * where
    return ((now.float() - ideal.detach().float()).abs() * weight).mean()


def still(frames: Tensor) -> Tensor:
    """(B, 1, H, W): 1 away from moving contours, 0 within 2 px of them. frames: (B, 3, 3, H, W)."""
    change = torch.maximum((frames[:, 1] - frames[:, 0]).abs(), (frames[:, 2] - frames[:, 1]).abs()).mean(1, keepdim=True)
    calm = F.avg_pool2d(change, 3, 1, 1)            # so that noise in single pixels is no motion
    return 1 - F.max_pool2d((calm > CONTOUR).to(frames.dtype), 5, 1, 2)


_WAVES = 6


def _waves(rows: int, columns: int, device: torch.device) -> Tensor:
    """(rows * columns, 4 * _WAVES): sines and cosines of each patch's place in the picture."""
    row = (torch.arange(rows, device=device) + 0.5) / rows
    column = (torch.arange(columns, device=device) + 0.5) / columns
    place = torch.stack(torch.meshgrid(row, column, indexing="ij"), -1).view(-1, 2, 1)
    angle = place * math.pi * 2.0 ** torch.arange(_WAVES, device=device)
    return torch.cat([angle.sin(), angle.cos()], -1).flatten(1)


def _patches(x: Tensor, patch: int) -> Tensor:
    """(B, C, H, W) → (B, patches, C * patch²), row by row."""
    return F.unfold(x, patch, stride=patch).transpose(1, 2)
