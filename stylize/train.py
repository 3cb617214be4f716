"""Training a stylizer, `kirie train stylizer`: unpaired as in U-GAT-IT, or paired, from scratch or from a checkpoint.

Everything follows from the seed and the number of the step: a run that is interrupted goes on from its last checkpoint when it
is started again with the same folder, as if it had not stopped. Expected: unpaired, light with 32 channels at 256 px, a day or
more on one GPU, which is no work for a CPU; paired, compact, some thousands of steps, hours on two CPU cores.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from kirie.errors import StylizeError
from kirie.files import atomic
from stylize.checkpoint import compare, generator_of, recognise
from stylize.convert import export, load_tensors
from stylize.net import make_generator
from stylize.net_discriminator import GLOBAL, LOCAL, NearAndFar
from stylize.train_features import Projected, feature_trunk
from stylize.train_losses import Weights
from stylize.train_model import Model, judge_weights
from stylize.train_pictures import Paired, Unpaired, pairs_in
from stylize.train_progress import draw_progress
from stylize.train_ranks import Ranks, join, leave
from stylize.train_supervisor import TemporalSupervisor

Log = Callable[[str], None]
History = dict[str, list[float]]
"""Each loss by name, the mean of every `tell_every` steps."""


@dataclass(frozen=True, slots=True)
class Settings:
    """paired: whether each drawing is of the photo of its name. kind: of the generator: full, light or compact. channels: of
    its first layer. judge_channels: of the discriminators'; 0, paired only: none. layers: of the local and the global one.

    size: px of crops. whole: px of what the global discriminator sees; the local one sees crops of `near`. rate falls to 0 over
    the second half. few: augment what discriminators see. features: judge through a frozen network, where its weights can be
    had. frozen: low layers of discriminators that keep the start's weights. steady: weight of the temporal
    supervisor's losses, from half time on.
    """

    paired: bool = False
    kind: str = "light"
    channels: int = 32
    blocks: int = 4
    judge_channels: int = 64
    layers: tuple[int, int] = (LOCAL, GLOBAL)
    size: int = 256
    near: int = 256
    whole: int = 256
    steps: int = 100_000
    batch: int = 1
    rate: float = 1e-4
    weights: Weights = field(default_factory=Weights)
    average: float = 0.999
    mixed: bool = True
    few: bool = False
    features: bool = False
    frozen: int = 0
    steady: float = 0.0
    seed: int = 1
    keep_every: int = 500
    tell_every: int = 50


def settings_for(paired: bool, kind: str | None, channels: int, size: int, steps: int | None, batch: int | None,
                 rate: float | None, few: bool, steady: float, seed: int) -> Settings:  # fmt: skip
    """Settings by what a user asks for; None leaves the choice to us.

    In paired training slight discriminators of little weight are enough: they make lines crisp that differences of pixels alone
    leave blurred wherever the photo does not tell their place to the pixel.
    """
    usual = ("compact", 6000, 4, 5e-4) if paired else ("light", 200_000, 1, 1e-4)
    asked = Settings(paired=paired, kind=kind or usual[0], channels=channels, size=size, steps=steps or usual[1],
                     batch=batch or usual[2], rate=rate or usual[3], few=few, features=few, frozen=3 if few else 0,
                     steady=steady, seed=seed)  # fmt: skip
    if not paired:
        return asked
    return replace(asked, judge_channels=16, layers=(4, 6), near=size // 2, weights=Weights(adversarial=0.2, attention=0))


def train_stylizer(photos: Path, drawings: Path, folder: Path, settings: Settings, start: Path | None = None, log: Log = print,
                   workers: int = 2) -> History:  # fmt: skip
    """Train in `folder`, which keeps `checkpoint.pt` (to go on from), `progress_NNNNNN.png`, `losses.json` and, in the end,
    `stylizer.onnx` with the moving mean of the weights; returns the losses.

    photos, drawings: folders of pictures. start: a checkpoint to start from. Raises StylizeError where one cannot be used.
    """
    ranks = join()
    try:
        torch.manual_seed(settings.seed)
        say: Log = log if ranks.first else _silent
        model = make_model(settings, ranks, start, say)
        data = _pictures(photos, drawings, settings)
        history = _fit(model, data, folder, settings, ranks, say, workers)
        if ranks.first:
            with atomic(folder / "stylizer.onnx") as beside:
                export(model.mean.to("cpu", memory_format=torch.contiguous_format), beside, folder.resolve().name)
        ranks.wait()
        return history
    finally:
        leave(ranks)


def make_model(s: Settings, ranks: Ranks, start: Path | None, log: Log) -> Model:
    """Networks with fresh weights, or with a checkpoint's, and their optimisers."""
    to_b = make_generator(s.kind, s.channels, s.size, s.blocks)
    to_a = None if s.paired else make_generator(s.kind, s.channels, s.size, s.blocks)
    trunk = feature_trunk(log) if s.features and s.judge_channels else None
    judge_b = _judge(s, trunk) if s.judge_channels else None
    judge_a = None if s.paired else _judge(s, trunk)
    if start is not None:
        content = load_tensors(start)
        _begin_generators(content, {"A2B": to_b, "B2A": to_a}, start.name)
        _begin_judges(content, {"A": judge_a, "B": judge_b}, s.frozen, start.name, log)
    return Model(to_b, to_a, judge_a, judge_b, s.rate, s.weights, ranks, s.mixed, s.few, s.average)


def adapted(settings: Settings, start: Path) -> Settings:
    """Settings for a start from a checkpoint: its kind and size of generator."""
    state = generator_of(load_tensors(start), "A2B", start.name)
    network = recognise({name: tuple(v.shape) for name, v in state.items()}, start.name)
    if network.kind not in ("full", "light", "compact"):
        raise StylizeError(f"{start.name} is of {network.kind}, which cannot be trained on", "start from a U-GAT-IT checkpoint")
    size = network.size if network.kind == "full" else settings.size
    return replace(settings, kind=network.kind, channels=network.channels, blocks=network.blocks, size=size)


def _fit(model: Model, data: Dataset[Any], folder: Path, s: Settings, ranks: Ranks, log: Log, workers: int) -> History:
    checkpoint = folder / "checkpoint.pt"
    temporal = TemporalSupervisor(s.steady, model.precision, ranks) if s.steady else None
    first, history = _resume(model, temporal, checkpoint, s, log)
    began, recent = time.time(), list[dict[str, float]]()
    for step, (photos, drawings) in enumerate(_batches(data, s, ranks, first, workers), first):
        torch.manual_seed(hash((s.seed, ranks.rank, step)))     # so that a step is the same whenever it is made
        model.set_rate(s.rate * min(1.0, 2 * (1 - step / s.steps)))
        model.extra = temporal.at(step / s.steps) if temporal else None
        recent.append(model.step(photos, drawings))
        done = step + 1
        if done % s.tell_every == 0 or done == s.steps:
            means = {name: sum(r.get(name, 0.0) for r in recent) / len(recent) for name in recent[-1]}
            recent.clear()
            for name, value in means.items():
                history.setdefault(name, []).append(value)
            left = (time.time() - began) / (done - first) * (s.steps - done)
            told = "  ".join(f"{name} {value:.3f}" for name, value in means.items())
            log(f"step {done}/{s.steps}  {told}  {left / 60:.0f} min left")
            _must_be_finite(means, done)
        if ranks.first and (done % s.keep_every == 0 or done == s.steps):
            _keep(model, temporal, checkpoint, history, done, s)
            draw_progress(model, photos, drawings, folder / f"progress_{done:06d}.png")
    return history


def _batches(data: Dataset[Any], s: Settings, ranks: Ranks, first: int, workers: int) -> Iterator[tuple[Tensor, Tensor]]:
    """From step `first` on; each process takes every `count`-th sample."""
    together = s.batch * ranks.count
    mine = range(first * together + ranks.rank, s.steps * together, ranks.count)
    for photos, drawings in DataLoader(data, s.batch, sampler=mine, num_workers=workers, drop_last=True):
        yield tuple(t.to(ranks.device, non_blocking=True, memory_format=torch.channels_last) for t in (photos, drawings))


def _pictures(photos: Path, drawings: Path, s: Settings) -> Dataset[Any]:
    return Paired(pairs_in(photos, drawings), s.size, s.seed) if s.paired else Unpaired(photos, drawings, s.size, s.seed)


def _judge(s: Settings, trunk: nn.Sequential | None) -> nn.Module:
    return NearAndFar(s.judge_channels, s.near, s.whole, s.layers) if trunk is None else Projected(trunk)


def _begin_generators(content: Any, nets: dict[str, nn.Module | None], where: str) -> None:
    """Load a checkpoint's generators; the way back may be missing."""
    for direction, net in nets.items():
        if net is not None and (direction == "A2B" or f"gen{direction}" in content):
            _load_strictly(net, generator_of(content, direction, where), where)


def _begin_judges(content: Any, judges: dict[str, nn.Module | None], frozen: int, where: str, log: Log) -> None:
    """Load a checkpoint's discriminators and freeze their low layers; those that it lacks start fresh, and a line says so."""
    for domain, judge in judges.items():
        if judge is None:
            continue
        try:
            state = judge_weights(content, domain)
        except KeyError:
            state = {}
        if set(state) != set(judge.state_dict()):
            log(f"{where} has no discriminator of domain {domain} that fits: it starts fresh")
            continue
        _load_strictly(judge, state, where)
        if isinstance(judge, NearAndFar):
            judge.freeze_low(frozen)


def _load_strictly(net: nn.Module, state: dict[str, Tensor], where: str) -> None:
    wanted, given = ({name: tuple(v.shape) for name, v in x.items()} for x in (net.state_dict(), state))
    compare(wanted, given, where)
    net.load_state_dict(state)


def _resume(model: Model, temporal: TemporalSupervisor | None, checkpoint: Path, s: Settings, log: Log) -> tuple[int, History]:
    if not checkpoint.exists():
        return 0, {}
    kept = load_tensors(checkpoint)
    if not isinstance(kept, dict) or kept.get("settings") != _told(s):
        raise StylizeError(f"{checkpoint} is of a run with other settings", "give another --work folder, or the same settings")
    model.load(kept)
    if temporal:
        temporal.load(kept)
    log(f"going on from step {kept['step']}")
    return int(kept["step"]), kept["history"]


def _keep(model: Model, temporal: TemporalSupervisor | None, checkpoint: Path, history: History, step: int,
          s: Settings) -> None:  # fmt: skip
    own = temporal.state() if temporal else {}
    with atomic(checkpoint) as beside:
        torch.save(model.state() | own | {"step": step, "settings": _told(s), "history": history}, beside)
    with atomic(checkpoint.with_name("losses.json")) as beside:
        beside.write_text(json.dumps(history, indent=1), encoding="utf-8")


def _told(s: Settings) -> dict[str, Any]:
    """The settings as plain values, less how often things are kept and told, which may change on the way."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(s).items() if not name.endswith("_every")}


def _must_be_finite(losses: dict[str, float], step: int) -> None:
    broken = [name for name, value in losses.items() if not value < float("inf")]
    if broken:
        raise StylizeError(f"the training broke down at step {step}: {broken[0]} is no number any more",
                           "start again with a lower --rate; the last checkpoint is kept")  # fmt: skip


def _silent(_text: str) -> None:
    """The other processes' log."""


__all__ = ["Settings", "adapted", "settings_for", "train_stylizer"]
