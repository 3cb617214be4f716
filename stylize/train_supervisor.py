"""The temporal supervisor in training: both halves as losses, with parameters of its own that a checkpoint keeps apart.

Photos have no neighbours, so fake ones are made: the photo moved by a smooth flow, with noise. The first half of a training is
without it; then the drawing of the moved photo must be the moved drawing; and on top of that, from `ATTENTIVE` on, each drawing
is held to the ideal that attention over both neighbours gives, which begins to learn as soon as the first half is over.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from stylize.train_losses import Losses
from stylize.train_model import Precision
from stylize.train_ranks import Ranks
from stylize.train_temporal import Neighbours, attending_loss, back_flow, moved, steadiness, still, supervision, warp

BEGIN, ATTENTIVE = 0.5, 0.7
"""Shares of all steps from which on noise and fake flow, and attention on top of them, count."""
RATE = 2e-3


class TemporalSupervisor:
    """The loss of (generator, photos). Its attention learns from the drawings at each call; the generator does not move it."""

    def __init__(self, weight: float, precision: Precision, ranks: Ranks) -> None:
        """weight: of both losses, 5 to 10; beyond, lines blur."""
        self.weight, self.precision, self.ranks = weight, precision, ranks
        self.attention = Neighbours().to(ranks.device)
        ranks.share([self.attention])
        self.learning = torch.optim.Adam(self.attention.parameters(), RATE)
        self.attentive = False

    def at(self, done: float) -> TemporalSupervisor | None:
        """What counts when a share of the steps is done, 0..1."""
        self.attentive = done >= ATTENTIVE
        return self if done >= BEGIN else None

    def __call__(self, net: nn.Module, photos: Tensor) -> Losses:
        """photos: (B, 3, H, W) in -1..1. "attending" is the attention's own loss, which moves no generator."""
        before, after = moved(photos), moved(photos)
        now, drawn_before = net(photos)[0], net(before.frames)[0]
        with torch.no_grad():
            drawn_after = net(after.frames)[0]
            around, inside = _aligned([before.frames, after.frames], [before.flow, after.flow])
            drawings, _ = _aligned([drawn_before, drawn_after], [before.flow, after.flow])
            frames = torch.stack([around[0], photos, around[1]], 1)
            where = still(frames) * inside
        ideal, sure = self.attention(frames, torch.stack([drawings[0], now.detach(), drawings[1]], 1))
        own = attending_loss(ideal, now, where)
        self.precision.step(own, self.learning, self.ranks)
        losses = {"steadiness": self.weight * steadiness(drawn_before, now, before), "attending": own.detach()}
        if self.attentive:
            losses["supervision"] = self.weight * supervision(now, ideal, sure, where)
        return losses

    def state(self) -> dict[str, Any]:
        """Its own parameters, to go on from."""
        return {"supervisor": self.attention.state_dict(), "supervising": self.learning.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave; a checkpoint of a training without it leaves it fresh."""
        if "supervisor" in state:
            self.attention.load_state_dict(state["supervisor"])
            self.learning.load_state_dict(state["supervising"])


def _aligned(pictures: list[Tensor], flows: list[Tensor]) -> tuple[list[Tensor], Tensor]:
    """Moved pictures (B, 3, H, W) brought back to the photo's place, and bool (B, 1, H, W), where all of them show it."""
    back = [warp(picture, back_flow(flow)) for picture, flow in zip(pictures, flows, strict=True)]
    return [picture for picture, _ in back], torch.stack([inside for _, inside in back]).all(0)
