"""The part classifier's network (torch; only `layering.train` imports this).

torchvision's ResNet18 looks at a view; a feature pyramid brings its four stages together at half the view's size. From those
features come dense votes for each cell, and, pooled under each region's own mask, one vote a region: many regions in one pass,
each in its context, since a feature sees most of the view.
"""

from __future__ import annotations

import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F

from layering.views import CLASSES, DESCRIPTORS

WIDTH = 64


class PartNet(nn.Module):
    """(views, membership, descriptors) → (dense votes, region votes), all as logits over CLASSES.

    views: (B, 5, SIDE, SIDE). membership: (B, R, CELLS * CELLS), rows sum to 1 or 0. descriptors: (B, R, DESCRIPTORS).
    dense: (B, C, CELLS, CELLS). regions: (B, R, C).
    """

    def __init__(self, pretrained: bool = False) -> None:
        super().__init__()
        weights = torchvision.models.ResNet18_Weights.IMAGENET1K_V1 if pretrained else None
        trunk = torchvision.models.resnet18(weights=weights)
        stem = nn.Conv2d(5, 64, 7, 2, 3, bias=False)
        with torch.no_grad():                           # the three colour planes keep the trained filters
            stem.weight[:, :3] = trunk.conv1.weight
            stem.weight[:, 3:] *= 0.5
        self.stem = nn.Sequential(stem, trunk.bn1, nn.ReLU(inplace=True))
        self.pool = trunk.maxpool
        self.stages = nn.ModuleList([trunk.layer1, trunk.layer2, trunk.layer3, trunk.layer4])
        self.lateral = nn.ModuleList([nn.Conv2d(c, WIDTH, 1) for c in (64, 64, 128, 256, 512)])
        self.smooth = nn.ModuleList([_smooth() for _ in range(4)])
        self.whole = nn.Linear(512, WIDTH)
        self.dense = nn.Conv2d(WIDTH, len(CLASSES), 1)
        self.region = nn.Sequential(nn.Linear(2 * WIDTH + DESCRIPTORS, 192), nn.ReLU(inplace=True),
                                    nn.Linear(192, len(CLASSES)))  # fmt: skip

    def forward(self, views: Tensor, membership: Tensor, descriptors: Tensor) -> tuple[Tensor, Tensor]:
        features, scene = self.features(views)
        pooled = membership.to(features.dtype) @ features.flatten(2).transpose(1, 2)
        scene = scene[:, None].expand(-1, pooled.shape[1], -1)
        regions = self.region(torch.cat([pooled, scene, descriptors.to(features.dtype)], -1))
        return self.dense(features), regions

    def features(self, views: Tensor) -> tuple[Tensor, Tensor]:
        """(B, WIDTH, CELLS, CELLS) features of each cell and (B, WIDTH) of the whole view."""
        x = self.stem(views)
        maps = [x]
        x = self.pool(x)
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        scene = self.whole(x.mean((2, 3)))
        out = self.lateral[4](maps[4])
        for i in (3, 2, 1, 0):
            out = self.smooth[i](self.lateral[i](maps[i]) + F.interpolate(out, scale_factor=2.0, mode="nearest"))
        return out, scene


def _smooth() -> nn.Module:
    return nn.Sequential(nn.Conv2d(WIDTH, WIDTH, 3, 1, 1, bias=False), nn.BatchNorm2d(WIDTH), nn.ReLU(inplace=True))
