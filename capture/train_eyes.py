"""Makes eyes.npz: the small network that sees in the picture how open an eye is.

    python -m capture.train_eyes PORTRAITS_FOLDER face_landmarker.task

Made from the same portraits as model.npz (see capture/train.py), whose lids are drawn down and whose eyes are spoilt by
capture/train_lids.py; no photograph is in it. Nobody of the portraits is in the clips that benchmarks/tracking.py scores.
Besides the opening it says how far off that may be, learned by the likelihood of its errors, so that of an eye behind a black
pane it says that it does not know. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from capture.eyes import HEIGHT, NET, SPREADS, WIDTH, Net, even, run
from capture.train_lids import Eyes, look, spoil
from capture.types import F32

COPIES, EPOCHS, BATCH = 5, 10, 256
FOLDS, DENSE = ((12, 5), (24, 3), (32, 3)), 32
"""Channels and side of each convolution, which halves the picture, and the width of the layer after them."""
TENTH = 10
"""Every tenth sitter is held out."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("portraits", type=Path), ask.add_argument("model", type=Path)
    given = ask.parse_args()
    save(teach(look(given.portraits, given.model)))


def teach(eyes: Eyes, copies: int = COPIES, epochs: int = EPOCHS) -> nn.Sequential:
    """The network, trained on spoilt copies of the eyes; prints how well it reads those of sitters held out."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    held = eyes.sitters % TENTH == 0
    net = network()
    _descend(net, *_spoilt(eyes, np.flatnonzero(~held), copies, rng), epochs)
    seen, opened = _spoilt(eyes, np.flatnonzero(held), 1, rng)
    told = run(layers(net), seen.numpy())[:, 0]
    print(f"r {np.corrcoef(told, opened.numpy())[0, 1]:.3f} on {len(told)} spoilt eyes of sitters held out")
    return net


def network() -> nn.Sequential:
    """An untrained network: (N, 1, HEIGHT, WIDTH) to the opening and the logarithm of its spread, (N, 2)."""
    parts: list[nn.Module] = []
    channels, left = 1, HEIGHT * WIDTH
    for wide, side in FOLDS:
        parts += [nn.Conv2d(channels, wide, side, 2, side // 2), nn.ReLU()]
        channels, left = wide, left // 4
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(channels * left, DENSE), nn.ReLU(), nn.Linear(DENSE, 2))


def _spoilt(eyes: Eyes, which: Any, copies: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    seen = np.array([spoil(eyes.crops[i], rng) for _ in range(copies) for i in which])
    return torch.tensor(even(seen)), torch.tensor(np.tile(eyes.opened[which], copies))


def _descend(net: nn.Sequential, seen: torch.Tensor, opened: torch.Tensor, epochs: int) -> None:
    steps = max(epochs * len(seen) // BATCH, 1)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(steps):
        some = torch.randint(len(seen), (BATCH,))
        said = net(seen[some][:, None])
        spread = said[:, 1].clamp(*SPREADS)
        loss = ((said[:, 0] - opened[some]) ** 2 * torch.exp(-2 * spread) / 2 + spread).mean()  # of normal errors
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


def layers(net: nn.Sequential) -> Net:
    """The network as `capture.eyes.run` takes it."""
    folds: list[tuple[F32, F32]] = []
    dense: list[tuple[F32, F32]] = []
    for part in net:
        if isinstance(part, nn.Conv2d):
            folds.append((_array(part.weight.permute(2, 3, 1, 0)).reshape(-1, part.out_channels), _array(part.bias)))
        elif isinstance(part, nn.Linear):
            weights = part.weight
            if not dense:  # what comes flattened from the convolutions has its channels first here, last there
                channels = len(folds[-1][1])
                rows, columns = HEIGHT >> len(folds), WIDTH >> len(folds)
                weights = weights.reshape(-1, channels, rows, columns).permute(0, 2, 3, 1).reshape(len(weights), -1)
            dense.append((_array(weights.T), _array(part.bias)))
    return Net(tuple(folds), tuple(dense))


def _array(values: torch.Tensor | None) -> F32:
    assert values is not None
    return np.ascontiguousarray(values.detach().numpy(), np.float32)


def save(net: nn.Sequential, path: Path = NET) -> None:
    """Write eyes.npz."""
    made = layers(net)
    kept: dict[str, Any] = {}
    for kind, each in (("fold", made.folds), ("dense", made.dense)):
        for i, (weights, bias) in enumerate(each):
            kept |= {f"{kind}{i}_weights": weights.astype(np.float16), f"{kind}{i}_bias": bias}
    np.savez_compressed(path, **kept)


if __name__ == "__main__":
    main()
