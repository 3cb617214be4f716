"""The losses of U-GAT-IT, and those of paired training.

Every function gives a dict of loss by name, already weighted, so that the sum of the values is what is minimised and each can
be watched by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

Losses = dict[str, Tensor]
Generate = Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]
Judge = Callable[[Tensor], Sequence[Tensor]]


@dataclass(frozen=True, slots=True)
class Weights:
    """adversarial, cycle, identity, attention: the paper's. pixel, edges: of paired training, for the colours of pixels and the
    differences of neighbours.
    """

    adversarial: float = 1.0
    cycle: float = 10.0
    identity: float = 10.0
    attention: float = 1000.0
    pixel: float = 10.0
    edges: float = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """What the generators make of a batch. a: photos, b: drawings, each (B, 3, H, W); ab: photos as drawings, and so on.

    cam_*: CAM logits (B, 2): of the generator to B for photos (ab) and for drawings (bb), and the other way round.
    """

    a: Tensor
    b: Tensor
    ab: Tensor
    ba: Tensor
    aba: Tensor
    bab: Tensor
    aa: Tensor
    bb: Tensor
    cam_ab: Tensor
    cam_ba: Tensor
    cam_aa: Tensor
    cam_bb: Tensor


def cross(to_b: Generate, to_a: Generate, a: Tensor, b: Tensor) -> Crossing:
    """Take a batch there and back, and each domain through the generator that leads to it."""
    ab, cam_ab, _ = to_b(a)
    ba, cam_ba, _ = to_a(b)
    aba, _, _ = to_a(ab)
    bab, _, _ = to_b(ba)
    aa, cam_aa, _ = to_a(a)
    bb, cam_bb, _ = to_b(b)
    return Crossing(a, b, ab, ba, aba, bab, aa, bb, cam_ab, cam_ba, cam_aa, cam_bb)


def unpaired_losses(made: Crossing, judge_a: Judge, judge_b: Judge, w: Weights) -> Losses:
    """What the generators minimise: least-squares adversarial, cycle, identity; attention tells source from target."""
    return {
        "adversarial": w.adversarial * (passes_as(judge_a(made.ba), 1) + passes_as(judge_b(made.ab), 1)),
        "cycle": w.cycle * (distance(made.aba, made.a) + distance(made.bab, made.b)),
        "identity": w.identity * (distance(made.aa, made.a) + distance(made.bb, made.b)),
        "attention": w.attention * (attention(made.cam_ab, made.cam_bb) + attention(made.cam_ba, made.cam_aa)),
    }


def judging_losses(judge: Judge, real: Tensor, fake: Tensor, w: Weights) -> Tensor:
    """What the discriminators of one domain minimise. fake: is detached here."""
    return w.adversarial * (passes_as(judge(real), 1) + passes_as(judge(fake.detach()), 0))


def paired_losses(made: Tensor, wanted: Tensor, w: Weights) -> Losses:
    """What a generator minimises that has seen the drawing of each photo; both (B, 3, H, W)."""
    return {
        "pixel": w.pixel * distance(made, wanted),
        "edges": w.edges * (distance(made.diff(dim=2), wanted.diff(dim=2)) + distance(made.diff(dim=3), wanted.diff(dim=3))),
    }


def passes_as(logits: Sequence[Tensor], label: float) -> Tensor:
    """Least squares of logits, patches and CAM alike, to 1 (real) or 0."""
    return torch.stack([(x.float() - label).square().mean() for x in logits]).sum()


def attention(source: Tensor, target: Tensor) -> Tensor:
    """The generator's auxiliary classifier: 1 for the source domain, 0 for the target fed to the same generator."""
    return (F.binary_cross_entropy_with_logits(source.float(), torch.ones_like(source, dtype=torch.float32))
            + F.binary_cross_entropy_with_logits(target.float(), torch.zeros_like(target, dtype=torch.float32)))  # fmt: skip


def distance(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference."""
    return (x.float() - y.float()).abs().mean()
