"""Training the part classifier: draw, train, evaluate, export. `kirie train parts` runs this from top to bottom.

Expected on 2 CPU cores that know bfloat16 (AMX): half an hour for drawing 3,300 characters and an hour for the 2,400 steps when
they do nothing else; 85 % of the cells of held-out drawings right, in 25 classes. Cores without bfloat16, or busy ones, are
several times slower. A GPU, where there is one, is used for the steps, not for the drawing; that has not been tried.
Nothing is downloaded: the start is random numbers, or ImageNet weights where torchvision's cache happens to hold them.
Everything follows from the seed, the order of the samples too: a run that is interrupted goes on from its last checkpoint
when it is started again with the same folder, as if it had not stopped.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from kirie.errors import LayeringError
from kirie.files import atomic
from layering.net import PartNet
from layering.train_data import Draw, Example, draw_set, example, examples
from layering.views import CELLS, CLASSES, DESCRIPTORS, SIDE

Log = Callable[[str], None]
Array = npt.NDArray[Any]
SMALL = 160
"""Px of a view's side in the first part of a training; whole cells of all five stages of the network."""


@dataclass(frozen=True, slots=True)
class Settings:
    """characters: drawn for training; held_out: drawn for evaluation besides. steps, batch (views), rate: of AdamW, which warms
    up over 300 steps and falls to 0 along a cosine. small: share of the steps, the first ones, that see the views at SMALL px,
    which is two and a half times as fast. average: of the moving mean of the weights, which is what ships.
    """

    characters: int = 3300
    held_out: int = 200
    steps: int = 2400
    small: float = 0.7
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.02
    average: float = 0.998
    seed: int = 1
    keep_every: int = 250


def train_parts(folder: Path, settings: Settings, draw: Draw, log: Log = print, workers: int = 2) -> dict[str, float]:
    """Draw, train and evaluate in `folder`; returns the figures of the held-out drawings.

    folder: keeps the drawings, `checkpoint.pt` (to resume) and `parts.onnx` (the result).
    """
    drawings = folder / "drawings"
    total = settings.characters + settings.held_out
    draw_set(drawings, total, settings.seed, draw, workers, _every(200, total, log))
    torch.manual_seed(settings.seed)
    net = PartNet(pretrained=_imagenet_is_here(log)).to(_device(), memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(settings.average),
                                               use_buffers=True)  # fmt: skip
    _fit(net, mean, drawings, folder / "checkpoint.pt", settings, log, workers)
    figures = evaluate(mean.module, drawings, range(settings.characters, total))
    log("held out: " + "  ".join(f"{k} {v:.3f}" for k, v in figures.items()))
    export(mean.module, folder / "parts.onnx")
    with atomic(folder / "figures.json") as path:
        path.write_text(json.dumps({"settings": asdict(settings), "held_out": figures}, indent=1), encoding="utf-8")
    return figures


class Drawings(Dataset[list[Array]]):
    """The views of kept drawings, without end: sample i is the same in every run, whoever asks for it and when.

    Every epoch shows each figure and face once, in an order of its own, varied each time.
    """

    def __init__(self, folder: Path, count: int, seed: int) -> None:
        self.folder, self.count, self.seed = folder, count, seed

    def __getitem__(self, index: int) -> list[Array]:
        epoch, place = divmod(index, 2 * self.count)
        view = int(np.random.default_rng((self.seed, epoch)).permutation(2 * self.count)[place])
        rng = np.random.default_rng((self.seed, epoch, place))
        return arrays(example(self.folder, view // 2, ("figure", "face")[view % 2], rng, vary=True))


def arrays(example: Example) -> list[Array]:
    """The fields of an example in the order in which the network and the loss take them."""
    return [example.view, example.regions, example.descriptors, example.dense, example.target]


def loss_of(net: PartNet, batch: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """(dense loss, region loss): cross entropy of each cell, and of each region against its share of classes.

    Cells and regions weigh by the inverse square root of how often their class is seen in the batch, so that a mouth counts
    beside a dress.
    """
    views, labels, described, dense, target = batch
    member = shares(labels, described.shape[1])
    device_type = views.device.type
    with torch.autocast(device_type, torch.bfloat16):
        votes, regions = net(views.contiguous(memory_format=torch.channels_last), member, described)
    weight = _balance(torch.bincount(dense.flatten(), minlength=len(CLASSES)).float())
    dense_loss = F.cross_entropy(votes.float(), dense, weight)
    log_p = F.log_softmax(regions.float(), -1)
    seen = target * _balance(target.sum((0, 1)))
    return dense_loss, -(seen * log_p).sum() / seen.sum().clamp(min=1e-6)


def shares(labels: Tensor, count: int) -> Tensor:
    """`views.membership` for a batch: int16 (B, side, side) → float32 (B, count, cells), with side² / 4 cells."""
    batch = len(labels)
    cells = labels.shape[-1] // 2
    cell = torch.arange(2 * cells, device=labels.device) // 2
    where = (cell[:, None] * cells + cell).expand(batch, -1, -1)
    index = torch.where(labels >= 0, labels.long(), count) * cells**2 + where
    flat = torch.zeros(batch, (count + 1) * cells**2, device=labels.device)
    flat.scatter_add_(1, index.flatten(1), torch.ones_like(index, dtype=flat.dtype).flatten(1))
    out = flat.view(batch, count + 1, cells**2)[:, :count]
    return out / out.sum(-1, keepdim=True).clamp(min=1)


def smaller(batch: Sequence[Tensor], side: int) -> list[Tensor]:
    """The batch with its views at `side` px, an even number."""
    views, labels, described, dense, target = batch

    def nearest(image: Tensor, size: int) -> Tensor:
        return F.interpolate(image[:, None].float(), size=size, mode="nearest")[:, 0].to(image.dtype)

    views = F.interpolate(views, size=side, mode="bilinear", antialias=True)
    return [views, nearest(labels, side), described, nearest(dense, side // 2), target]


def evaluate(net: PartNet, folder: Path, indices: Sequence[int]) -> dict[str, float]:
    """Region and cell accuracy over held-out drawings, by area, for figure and face views."""
    net.eval()
    right: dict[str, list[float]] = {"figure cells": [], "figure regions": [], "face cells": [], "face regions": []}
    with torch.no_grad():
        for at, example in enumerate(examples(folder, list(indices), 0, vary=False)):
            views, labels, described, dense, target = (torch.from_numpy(a)[None].to(_device()) for a in arrays(example))
            votes, regions = net(views, shares(labels, described.shape[1]), described)
            name = ("figure", "face")[at % 2]
            inside = dense > 0
            right[f"{name} cells"].append(float((votes.argmax(1) == dense)[inside].float().mean()))
            known = target.sum(-1) > 0
            right[f"{name} regions"].append(float((regions.argmax(-1) == target.argmax(-1))[known].float().mean()))
    return {k: float(np.nanmean(v)) if v else float("nan") for k, v in right.items()}


def export(net: PartNet, path: Path) -> None:
    """Write the network as ONNX with weights in int8 (one scale an output channel, worked out to float32 when it is loaded)."""
    from layering.train_export import shrink

    net = net.to("cpu", memory_format=torch.contiguous_format).eval()
    regions = 7
    inputs = (torch.zeros(1, 5, SIDE, SIDE), torch.zeros(1, regions, CELLS * CELLS), torch.zeros(1, regions, DESCRIPTORS))
    shape = {n: {1: "regions"} for n in ("membership", "descriptors", "regions")}
    with atomic(path) as beside:
        torch.onnx.export(net, inputs, str(beside), input_names=["views", "membership", "descriptors"],
                          output_names=["dense", "regions"], opset_version=17, dynamo=False, dynamic_axes=shape)  # fmt: skip
        shrink(beside)


def _fit(net: PartNet, mean: torch.optim.swa_utils.AveragedModel, drawings: Path, checkpoint: Path, s: Settings, log: Log,
         workers: int) -> None:  # fmt: skip
    optimiser = torch.optim.AdamW(net.parameters(), s.rate, weight_decay=s.decay)
    first = _resume(net, mean, optimiser, checkpoint, s, log)
    data = DataLoader(Drawings(drawings, s.characters, s.seed), s.batch, sampler=range(first * s.batch, s.steps * s.batch),
                      num_workers=workers, prefetch_factor=4 if workers else None)  # fmt: skip
    net.train()
    began, told = time.time(), [0.0, 0.0]
    for step, batch in zip(range(first, s.steps), data, strict=True):
        for group in optimiser.param_groups:
            group["lr"] = s.rate * min(1.0, (step + 1) / 300) * 0.5 * (1 + math.cos(math.pi * step / s.steps))
        seen = [t.to(_device(), non_blocking=True) for t in batch]
        dense, regions = loss_of(net, smaller(seen, SMALL) if step < s.small * s.steps else seen)
        optimiser.zero_grad(set_to_none=True)
        (dense + regions).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        mean.update_parameters(net)
        now = [dense.item(), regions.item()]
        told = [0.98 * a + 0.02 * b for a, b in zip(told, now, strict=True)] if step > first else now
        if (step + 1) % s.keep_every == 0 or step + 1 == s.steps:
            with atomic(checkpoint) as beside:
                torch.save({"step": step + 1, "settings": asdict(s), "net": net.state_dict(), "mean": mean.state_dict(),
                            "optimiser": optimiser.state_dict()}, beside)  # fmt: skip
        if (step + 1) % 50 == 0:
            left = (time.time() - began) / (step + 1 - first) * (s.steps - step - 1)
            log(f"step {step + 1}/{s.steps}  cells {told[0]:.3f}  regions {told[1]:.3f}  {left / 60:.0f} min left")


def _resume(net: PartNet, mean: torch.nn.Module, optimiser: torch.optim.Optimizer, checkpoint: Path, s: Settings, log: Log
            ) -> int:  # fmt: skip
    """Load the last checkpoint and return its step; 0 without one. Raises LayeringError when it is of another run."""
    if not checkpoint.exists():
        return 0
    kept = torch.load(checkpoint, map_location=_device(), weights_only=True)
    mine = asdict(s)
    if any(kept["settings"].get(k) != mine[k] for k in mine if k not in ("characters", "held_out", "steps", "keep_every")):
        raise LayeringError(f"{checkpoint} is of a run with other settings", "give another --work folder, or the same settings")
    net.load_state_dict(kept["net"])
    mean.load_state_dict(kept["mean"])
    optimiser.load_state_dict(kept["optimiser"])
    log(f"going on from step {kept['step']}")
    return int(kept["step"])


def _balance(counts: Tensor) -> Tensor:
    """Class weights (C,): inverse square root of the share of each class seen, mean 1 over what is seen; 0 for the unseen."""
    share = counts / counts.sum().clamp(min=1)
    weight = torch.where(counts > 0, (share + 1e-4).rsqrt(), torch.zeros_like(share))
    return weight / weight[counts > 0].mean().clamp(min=1e-6)


def _imagenet_is_here(log: Log) -> bool:
    """Whether torchvision's cache holds ResNet18's ImageNet weights. They are never downloaded unasked."""
    from torchvision.models import ResNet18_Weights

    file = Path(torch.hub.get_dir()) / "checkpoints" / ResNet18_Weights.IMAGENET1K_V1.url.rpartition("/")[2]
    here = file.is_file()
    log(f"starting from the ImageNet weights {file}" if here else
        f"training from scratch: there are no ImageNet weights in {file.parent}, and none are downloaded")  # fmt: skip
    return here


def _device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _every(step: int, total: int, log: Log) -> Callable[[int], None]:
    return lambda done: log(f"drawn {done}/{total}") if done % step == 0 or done == total else None


__all__ = ["Settings", "evaluate", "export", "train_parts"]
