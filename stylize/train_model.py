"""What a training of a stylizer consists of: networks, optimisers, precision, and the step that moves them.

Its state has the keys of znxlwm's checkpoints (genA2B ... disLB), so that other programs can open it too. A is photos, B
drawings.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from stylize.net import clip_rho
from stylize.train_augment import augmented
from stylize.train_losses import (
    Judge,
    Losses,
    Weights,
    attention,
    cross,
    judging_losses,
    paired_losses,
    passes_as,
    unpaired_losses,
)
from stylize.train_ranks import Ranks

BETAS, DECAY = (0.5, 0.999), 1e-4
Extra = Callable[[nn.Module, Tensor], Losses]
"""A further loss of (generator, photos), for instance of steadiness over time."""


class Precision:
    """Mixed precision where it pays: bfloat16 on GPUs and CPUs (AMX) that know it, float16 with scaled losses on other GPUs,
    float32 on other CPUs.
    """

    def __init__(self, device: torch.device, mixed: bool) -> None:
        self.device, gpu = device, device.type == "cuda"
        self.mixed = mixed and (gpu or torch.cpu._is_amx_tile_supported())
        self.dtype = torch.bfloat16 if not gpu or torch.cuda.is_bf16_supported() else torch.float16
        self.scaler = torch.amp.GradScaler(device.type, enabled=self.mixed and self.dtype == torch.float16)

    def context(self) -> torch.autocast:
        """Within it networks run in the lower precision; copies of weights are not kept, since optimisers step within it."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.mixed, cache_enabled=False)

    def step(self, loss: Tensor, optimiser: torch.optim.Optimizer, ranks: Ranks) -> None:
        """Move the optimiser's parameters down the loss's gradient, averaged over all processes."""
        optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        ranks.average(p for group in optimiser.param_groups for p in group["params"])
        self.scaler.step(optimiser)
        self.scaler.update()


class Model:
    """Networks of one training. to_a and judge_a are None in paired training, judge_b too where nothing judges.

    mean: the moving mean of to_b's weights, which is what ships. few: whether discriminators see augmented pictures.
    """

    def __init__(self, to_b: nn.Module, to_a: nn.Module | None, judge_a: nn.Module | None, judge_b: nn.Module | None,
                 rate: float, weights: Weights, ranks: Ranks, mixed: bool = True, few: bool = False, average: float = 0.999,
                 extra: Extra | None = None) -> None:  # fmt: skip
        self.to_b, self.to_a, self.judge_a, self.judge_b = to_b, to_a, judge_a, judge_b
        for net in self.nets():
            net.to(ranks.device, memory_format=torch.channels_last).train()
        ranks.share(self.nets())
        self.mean = copy.deepcopy(to_b).requires_grad_(False).eval()
        self.weights, self.ranks, self.few, self.average, self.extra = weights, ranks, few, average, extra
        self.precision = Precision(ranks.device, mixed)
        self.making = _adam([to_b, to_a], rate)
        self.judging = _adam([judge_a, judge_b], rate) if judge_b is not None else None
        self.steps = 0

    def nets(self) -> list[nn.Module]:
        """Those there are."""
        return [net for net in (self.to_b, self.to_a, self.judge_a, self.judge_b) if net is not None]

    def step(self, photos: Tensor, drawings: Tensor) -> dict[str, float]:
        """One step of all networks; returns the losses by name, weighted; "judging" is the discriminators'."""
        with self.precision.context():
            losses = self._unpaired(photos, drawings) if self.to_a is not None else self._paired(photos, drawings)
            if self.extra is not None:
                losses |= self.extra(self.to_b, photos)
        told = {name: float(value.detach()) for name, value in losses.items()}
        made = [value for name, value in losses.items() if name != "judging"]
        self.precision.step(torch.stack(made).sum(), self.making, self.ranks)
        for net in (self.to_b, self.to_a):
            if net is not None:
                clip_rho(net)
        self._follow()
        return told

    def set_rate(self, rate: float) -> None:
        """Of all optimisers."""
        for optimiser in (self.making, self.judging):
            for group in optimiser.param_groups if optimiser else []:
                group["lr"] = rate

    def state(self) -> dict[str, Any]:
        """All of it, to go on from; genA2B is the moving mean, so that the file is a finished checkpoint too."""
        named = {"live": self.to_b, "genA2B": self.mean, "genB2A": self.to_a, "disA": self.judge_a, "disB": self.judge_b}
        out: dict[str, Any] = {name: net.state_dict() for name, net in named.items() if net is not None}
        for domain in ("A", "B"):
            judge = out.pop(f"dis{domain}", None)
            out |= {} if judge is None else judge_state(judge, domain)
        out["making"] = self.making.state_dict()
        if self.judging is not None:
            out["judging"] = self.judging.state_dict()
        return out | {"scaler": self.precision.scaler.state_dict(), "steps": self.steps}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.to_b.load_state_dict(state["live"])
        self.mean.load_state_dict(state["genA2B"])
        if self.to_a is not None:
            self.to_a.load_state_dict(state["genB2A"])
        for judge, domain in ((self.judge_a, "A"), (self.judge_b, "B")):
            if judge is not None:
                judge.load_state_dict(judge_weights(state, domain))
        self.making.load_state_dict(state["making"])
        if self.judging is not None:
            self.judging.load_state_dict(state["judging"])
        self.precision.scaler.load_state_dict(state["scaler"])
        self.steps = state["steps"]

    def _unpaired(self, photos: Tensor, drawings: Tensor) -> Losses:
        assert self.to_a is not None and self.judge_a is not None and self.judge_b is not None
        made = cross(self.to_b, self.to_a, photos, drawings)
        judge_a, judge_b = self._seeing(self.judge_a), self._seeing(self.judge_b)
        judging = judging_losses(judge_a, photos, made.ba, self.weights)
        judging = judging + judging_losses(judge_b, drawings, made.ab, self.weights)
        self._judge(judging)
        with held(self.judge_a, self.judge_b):
            losses = unpaired_losses(made, judge_a, judge_b, self.weights)
        return losses | {"judging": judging.detach()}

    def _paired(self, photos: Tensor, drawings: Tensor) -> Losses:
        made, cam_source, _ = self.to_b(photos)
        losses = paired_losses(made, drawings, self.weights)
        if self.weights.attention:          # costs as much again, since drawings go through the generator too
            losses["attention"] = self.weights.attention * attention(cam_source, self.to_b(drawings)[1])
        if self.judge_b is None:
            return losses
        judge = self._seeing(self.judge_b)
        judging = judging_losses(judge, drawings, made, self.weights)
        self._judge(judging)
        with held(self.judge_b):
            losses["adversarial"] = self.weights.adversarial * passes_as(judge(made), 1)
        return losses | {"judging": judging.detach()}

    def _judge(self, loss: Tensor) -> None:
        """Move the discriminators, before the generators: these then meet the better ones, and pictures are made once."""
        assert self.judging is not None
        self.precision.step(loss, self.judging, self.ranks)

    def _seeing(self, judge: nn.Module) -> Judge:
        """A discriminator that sees augmented pictures where there are few."""
        return (lambda x: judge(augmented(x))) if self.few else judge

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the mean, at first faster: it would hold on to the random weights of the start."""
        self.steps += 1
        live, share = self.to_b.state_dict(), 1 - min(self.average, (1 + self.steps) / (10 + self.steps))
        for name, value in self.mean.state_dict().items():
            value.lerp_(live[name].to(value.dtype), share)


def judge_state(state: dict[str, Tensor], domain: str) -> dict[str, dict[str, Tensor]]:
    """A pair's weights under the keys of the port: disL and disG; others (projected ones) under dis."""
    if not any(name.startswith("near.") for name in state):
        return {f"dis{domain}": state}
    return {f"dis{letter}{domain}": {name.removeprefix(part): v for name, v in state.items() if name.startswith(part)}
            for letter, part in (("L", "near."), ("G", "far."))}  # fmt: skip


def judge_weights(state: dict[str, Any], domain: str) -> dict[str, Tensor]:
    """What `judge_state` took apart. Raises KeyError where it is not there."""
    if f"dis{domain}" in state:
        whole: dict[str, Tensor] = state[f"dis{domain}"]
        return whole
    return {f"{part}.{name}": value for letter, part in (("L", "near"), ("G", "far"))
            for name, value in state[f"dis{letter}{domain}"].items()}  # fmt: skip


@contextmanager
def held(*nets: nn.Module) -> Iterator[None]:
    """Within it these networks take no gradient themselves; what they are made of passes it on."""
    free = [p for net in nets for p in net.parameters() if p.requires_grad]
    for parameter in free:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in free:
            parameter.requires_grad_(True)


def _adam(nets: Iterable[nn.Module | None], rate: float) -> torch.optim.Optimizer:
    learning = [p for net in nets if net is not None for p in net.parameters() if p.requires_grad]
    return torch.optim.Adam(learning, rate, BETAS, weight_decay=DECAY)
