"""Several processes train as one: weights begin alike, gradients are averaged, samples differ."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESS = """
import torch
from torch import nn
from stylize.train import Settings, _batches
from stylize.train_ranks import join, leave

ranks = join()
torch.manual_seed(ranks.rank)
net = nn.Linear(2, 1)
ranks.share([net])
(net(torch.full((1, 2), 1.0 + ranks.rank)).sum()).backward()
ranks.average(net.parameters())
data = [(torch.full((3, 8, 8), float(i)),) * 2 for i in range(8)]
seen = [int(photos.flatten(1)[b, 0]) for photos, _ in _batches(data, Settings(steps=2, batch=2), ranks, 0, 0) for b in range(2)]
print(ranks.rank, ranks.first, net.weight.tolist(), net.weight.grad.tolist(), seen)
ranks.wait()
leave(ranks)
"""


def test_two_processes_are_as_one() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = []
    for rank in (0, 1):
        where = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
                 "MASTER_PORT": str(port), "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}  # fmt: skip
        started.append(subprocess.Popen([sys.executable, "-c", PROCESS], cwd=ROOT, env=os.environ | where, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE))  # fmt: skip
    out = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0], out
    first, second = (text.strip().splitlines()[-1].split(" ", 2) for text, _ in out)
    assert (first[:2], second[:2]) == (["0", "True"], ["1", "False"])
    weights = [words[2].split("]] ")[:2] for words in (first, second)]
    assert weights[0] == weights[1] and weights[0][1] == "[[1.5, 1.5"
    assert [words[2].rpartition("[")[2] for words in (first, second)] == ["0, 2, 4, 6]", "1, 3, 5, 7]"]
