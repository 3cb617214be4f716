"""The part of `stylize.py` that tells how fast stylizers run: eager PyTorch and ours by ONNX Runtime, in one run and in turn.

Weights are fresh, since speed does not depend on them. Wall is the best of the rounds; processor is the time of all cores
together, which other work on the machine disturbs less. Likeness is the PSNR to float32, in dB.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import numpy.typing as npt
import torch

from stylize.convert import export
from stylize.convert_int8 import quantize
from stylize.net import make_generator
from stylize.stylizer import Stylizer, load_stylizer

Picture = npt.NDArray[np.uint8]
KINDS = (("light", 64), ("compact", 32))


@dataclass
class Time:
    """Best of the rounds, in s."""

    wall: float = float("inf")
    processor: float = float("inf")

    def measure(self, work: Callable[[], object]) -> None:
        start, spent = perf_counter(), process_time()
        work()
        self.wall, self.processor = min(self.wall, perf_counter() - start), min(self.processor, process_time() - spent)


def compare_speed(threads: int, rounds: int, side: int) -> None:
    """Print the table. side: px of the picture."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    photo = picture(side)
    with tempfile.TemporaryDirectory() as folder:
        work = candidates(Path(folder), threads)
        eager = make_generator("light", 64).eval()
        x = torch.from_numpy(photo.transpose(2, 0, 1)[None]).float() / 127.5 - 1
        times = {name: Time() for name in ("light 64, PyTorch eager", *work)}
        with torch.inference_mode():
            for _ in range(rounds):
                times["light 64, PyTorch eager"].measure(lambda: eager(x))
                for name, stylizer in work.items():
                    times[name].measure(partial(stylizer, photo))
        tell(times, {name: stylizer(photo) for name, stylizer in work.items()}, side)


def candidates(folder: Path, threads: int) -> dict[str, Stylizer]:
    """Each generator by ONNX Runtime, in float32 and in 8 bits."""
    out: dict[str, Stylizer] = {}
    for kind, channels in KINDS:
        torch.manual_seed(0)
        for bits, suffix in (("float32", ""), ("int8", "-8")):
            path = folder / f"{kind}{channels}{suffix}.onnx"
            export(make_generator(kind, channels), path, kind)
            if suffix:
                quantize(path)
            out[f"{kind} {channels}, ours {bits}"] = load_stylizer(path, threads)
            torch.manual_seed(0)
    return out


def picture(side: int) -> Picture:
    """Soft shades with grain."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side] / side
    shades = np.stack([x, y, 1 - x * y], -1) * 255 + random.normal(0, 8, (side, side, 3))
    return np.clip(shades, 0, 255).astype(np.uint8)


def tell(times: dict[str, Time], made: dict[str, Picture], side: int) -> None:
    base = times["light 64, PyTorch eager"]
    print(f"{side}x{side}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':28}{'wall ms':>9}{'times':>7}{'fps':>7}{'processor ms':>14}{'times':>7}{'likeness':>10}")
    for name, time in times.items():
        likeness = ""
        if name.endswith("int8"):
            error = (made[name].astype(float) - made[name.replace("int8", "float32")]) ** 2
            likeness = f"{10 * np.log10(255**2 / max(error.mean(), 1e-9)):.1f}"
        print(f"{name:28}{1000 * time.wall:9.1f}{base.wall / time.wall:7.2f}{1 / time.wall:7.1f}"
              f"{1000 * time.processor:14.1f}{base.processor / time.processor:7.2f}{likeness:>10}")  # fmt: skip
