"""Several GPUs: each process of `torchrun` trains on samples of its own, and gradients are averaged after each step.

Done by hand rather than by DistributedDataParallel, which does not know networks that run several times in a step, each with
spectral norms that change as they run. Without `torchrun` there is one process, and nothing here does anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Ranks:
    """rank: of this process, count: of all, device: its own."""

    rank: int
    count: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this process tells and writes."""
        return self.rank == 0

    def share(self, nets: Iterable[nn.Module]) -> None:
        """Give all processes the first one's weights."""
        if self.count > 1:
            for tensor in (t for net in nets for t in net.state_dict().values()):
                dist.broadcast(tensor, 0)

    def average(self, parameters: Iterable[Tensor]) -> None:
        """Average the gradients over all processes, in one message."""
        if self.count == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        if not gradients:
            return
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= self.count
        start = 0
        for gradient in gradients:
            gradient.copy_(flat[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()

    def wait(self) -> None:
        """Until all processes are here."""
        if self.count > 1:
            dist.barrier()


def join() -> Ranks:
    """This process among those of `torchrun`, or alone."""
    count, rank, local = (int(os.environ.get(name, default)) for name, default in
                          (("WORLD_SIZE", "1"), ("RANK", "0"), ("LOCAL_RANK", "0")))  # fmt: skip
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", local) if gpu else torch.device("cpu")
    if gpu:
        torch.cuda.set_device(device)
    if count > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if gpu else "gloo")
    return Ranks(rank, count, device)


def leave(ranks: Ranks) -> None:
    """End what `join` began."""
    if ranks.count > 1:
        dist.destroy_process_group()
