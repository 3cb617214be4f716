"""Teaches the small network of model.npz: from 146 landmarks to what the FaceLandmarker's blendshape network says of them.

The teacher is the second network in face_landmarker.task (Apache-2.0), which sees nothing but 146 landmarks; so it can be asked
about expressions that were never photographed (capture/train_invent.py). Ours is 1/20 of its work, says the eight things that
Kirie asks for, and knows a mirror image for one. Needs the extra `train`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from capture.model import F64, I64, Layers, level, run
from capture.train_faces import Shapes
from capture.train_invent import Inventor, mirrored

POINTS = (
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81,
    82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155,
    157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263, 267, 269,
    270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332,
    334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397,
    398, 400, 402, 405, 409, 415, 454, 466, *range(468, 478))  # fmt: skip
"""The landmarks that the teacher takes, in its order."""
NETWORK = "face_blendshapes.tflite"
SAMPLES, HIDDEN, EPOCHS, BATCH = 32_000, (128, 64), 24, 512
HELD_OUT = 0.05
NAMES = ("mouth_open", "mouth_form", "brow_l", "brow_r", "gaze_x", "gaze_y", "lid_l", "lid_r")
LEFT_RIGHT = {"brow_l": "brow_r", "brow_r": "brow_l", "lid_l": "lid_r", "lid_r": "lid_l"}

Teacher = Callable[[F64], F64]


def teacher(model: Path) -> Teacher:
    """A function from landmarks (478, 2), cm, y up, to the 52 blendshapes, float64 (52,), in the FaceLandmarker's order."""
    from ai_edge_litert.interpreter import Interpreter

    with zipfile.ZipFile(model) as task:
        network = Interpreter(model_content=task.read(NETWORK), num_threads=1)
    network.allocate_tensors()
    into, out = network.get_input_details()[0]["index"], network.get_output_details()[0]["index"]

    def say(points: F64) -> F64:
        network.set_tensor(into, (points[list(POINTS)] * [20, -20] + 256)[None].astype(np.float32))
        network.invoke()
        return np.asarray(network.get_tensor(out), np.float64).ravel()

    return say


def asked_of(b: Shapes) -> Shapes:
    """The eight outputs of our network, from blendshapes by name; each of any shape."""
    def mean(name: str) -> F64:
        return (b[f"{name}Left"] + b[f"{name}Right"]) / 2

    def brow(side: str) -> F64:
        return (b["browInnerUp"] + b[f"browOuterUp{side}"]) / 2 - b[f"browDown{side}"]

    return {
        "mouth_open": b["jawOpen"],
        "mouth_form": mean("mouthSmile") - mean("mouthFrown") - b["mouthPucker"],
        "brow_l": brow("Left"), "brow_r": brow("Right"),
        "gaze_x": (b["eyeLookOutLeft"] + b["eyeLookInRight"] - b["eyeLookInLeft"] - b["eyeLookOutRight"]) / 2,
        "gaze_y": mean("eyeLookUp") - mean("eyeLookDown"),
        "lid_l": 1 - b["eyeBlinkLeft"], "lid_r": 1 - b["eyeBlinkRight"],
    }  # fmt: skip


def lessons(shapes: F64, mirror: I64, say: Teacher, names: list[str], samples: int = SAMPLES) -> tuple[F64, Shapes]:
    """Inputs (2 * samples, 292) of invented expressions and their mirror images, and the eight answers, each (2 * samples,)."""
    inventor = Inventor(shapes, 11)
    seen = np.array([inventor.draw() for _ in range(samples)])
    said = asked_of(dict(zip(names, np.array([say(points) for points in seen]).T, strict=True)))
    inputs = [level(points[:, list(POINTS)], 0.0).reshape(samples, -1) for points in (seen, mirrored(seen, mirror))]
    other = {name: -said[name] if name == "gaze_x" else said[LEFT_RIGHT.get(name, name)] for name in said}
    return np.concatenate(inputs), {name: np.concatenate([said[name], other[name]]) for name in said}


def teach(inputs: F64, answers: Shapes) -> Layers:
    """The network's layers, trained on inputs (N, in) and answers by name (N,); prints how well it does on the unseen."""
    torch.manual_seed(0)
    wanted = np.stack(list(answers.values()), 1)
    middle, spread, scale = inputs.mean(0), inputs.std(), wanted.std(0)
    x, y = (torch.tensor(a, dtype=torch.float32) for a in ((inputs - middle) / spread, wanted / scale))
    half = len(x) // 2
    kept = torch.arange(half) < half * (1 - HELD_OUT)
    kept = torch.cat([kept, kept])  # a mirror image is learned or held out with its original
    net = _network(inputs.shape[1], len(answers))
    _descend(net, x[kept], y[kept])
    layers = _layers(net, middle, float(spread), scale)
    told, true = run(layers, inputs[~kept.numpy()]), wanted[~kept.numpy()]
    for i, name in enumerate(answers):
        print(f"{name:<12} r {np.corrcoef(told[:, i], true[:, i])[0, 1]:.3f} on expressions held out")
    return layers


def _network(inputs: int, outputs: int) -> torch.nn.Sequential:
    sizes = (inputs, *HIDDEN, outputs)
    layers: list[torch.nn.Module] = []
    for a, b in pairwise(sizes):
        layers += [torch.nn.Linear(a, b), torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


def _descend(net: torch.nn.Sequential, x: torch.Tensor, y: torch.Tensor) -> None:
    steps = EPOCHS * len(x) // BATCH
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(steps):
        some = torch.randint(len(x), (BATCH,))
        loss = ((net(x[some]) - y[some]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


def _layers(net: torch.nn.Sequential, middle: F64, spread: float, scale: F64) -> Layers:
    """The weights, with the scaling of inputs and outputs taken into the first and the last layer."""
    linear = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    weights = [layer.weight.detach().numpy().T.astype(np.float64) for layer in linear]
    biases = [layer.bias.detach().numpy().astype(np.float64) for layer in linear]
    weights[0] /= spread
    biases[0] -= middle @ weights[0]
    weights[-1] *= scale
    biases[-1] *= scale
    return tuple(zip(weights, biases, strict=True))
