"""Convolutions of an exported stylizer in 8 bits: faster on CPUs with VNNI or AMX, and a quarter of the file.

Weights get a scale for each output channel; what goes into and comes out of a convolution gets one for the whole map, measured
on pictures drawn here. Between them all stays float32: means and variances of 8-bit numbers would drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
SIDE = 128
PICTURES = 6
LEAST = 16
"""Channels below which a convolution stays in float32: the first and last ones, which see and make the colours."""
ROOM = 1.25
"""How much wider the ranges are made than measured, since real pictures go further than ours."""


def quantize(path: Path) -> None:
    """Rewrite an ONNX file that `convert.export` wrote."""
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    weights = {w.name: numpy_helper.to_array(w) for w in graph.initializer}
    chosen = [n for n in graph.node if n.op_type == "Conv" and _pays(n, weights[n.input[1]])]
    ranges = measured(model, sorted({name for n in chosen for name in (n.input[0], n.output[0])}))
    nodes: list[Any] = []
    made: dict[str, F32 | npt.NDArray[Any]] = {}
    whole: set[str] = set()
    for node in graph.node:
        if node not in chosen:
            nodes.append(node)
            continue
        before, after, weight = node.input[0], node.output[0], node.input[1]
        if before not in whole:
            whole.add(before)
            nodes += _through_8_bits(before, f"{before}_8", ranges[before], made)
        made |= _weights_in_8_bits(weight, weights[weight])
        nodes.append(helper.make_node("DequantizeLinear", [f"{weight}_8", f"{weight}_scale", f"{weight}_zero"], [f"{weight}_f"],
                                      axis=0))  # fmt: skip
        again = helper.make_node("Conv", [f"{before}_8", f"{weight}_f", *node.input[2:]], [f"{after}_raw"], name=node.name)
        again.attribute.extend(node.attribute)
        nodes += [again, *_through_8_bits(f"{after}_raw", after, ranges[after], made)]
    gone = {n.input[1] for n in chosen}
    kept = [w for w in graph.initializer if w.name not in gone]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept + [numpy_helper.from_array(np.asarray(a), name) for name, a in made.items()])
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def measured(model: Any, names: list[str]) -> dict[str, tuple[float, float]]:
    """The least and greatest value of each named map, over the pictures of `samples`."""
    import onnx
    import onnxruntime

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    copy.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(copy.SerializeToString(), options, providers=["CPUExecutionProvider"])
    low, high = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for picture in samples():
        for name, values in zip(names, session.run(names, {session.get_inputs()[0].name: picture}), strict=True):
            low[name], high[name] = min(low[name], float(values.min())), max(high[name], float(values.max()))
    return {name: (low[name] * ROOM, high[name] * ROOM) for name in names}


def samples() -> Iterator[F32]:
    """Pictures in -1..1, (1, 3, SIDE, SIDE), with what photos have: soft shades, edges, grain, dark and bright ones."""
    import cv2

    rng = np.random.default_rng(0)
    for number in range(PICTURES):
        soft = cv2.resize(rng.uniform(-1, 1, (4 + number, 4 + number, 3)), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        for _ in range(6):
            at, size, colour = rng.integers(0, SIDE, 2), rng.integers(4, SIDE // 2, 2), rng.uniform(-1, 1, 3)
            cv2.ellipse(soft, at.tolist(), size.tolist(), float(rng.uniform(0, 180)), 0, 360, colour.tolist(), -1)
        soft = soft * rng.uniform(0.4, 1) + rng.uniform(-0.3, 0.3) + rng.normal(0, 0.02, soft.shape)
        yield np.clip(soft, -1, 1).astype(np.float32).transpose(2, 0, 1)[None]


def _pays(node: Any, weight: F32) -> bool:
    groups = next((a.i for a in node.attribute if a.name == "group"), 1)
    return groups == 1 and weight.ndim == 4 and min(weight.shape[:2]) >= LEAST


def _through_8_bits(before: str, after: str, span: tuple[float, float], made: dict[str, Any]) -> list[Any]:
    """Nodes that round a map to 256 levels of a range that holds 0."""
    from onnx import helper

    low, high = span
    scale = max((high - low) / 255, 1e-8)
    made[f"{after}_step"] = np.float32(scale)
    made[f"{after}_nought"] = np.uint8(np.clip(round(-low / scale), 0, 255))
    parts = [f"{after}_step", f"{after}_nought"]
    return [helper.make_node("QuantizeLinear", [before, *parts], [f"{after}_q"]),
            helper.make_node("DequantizeLinear", [f"{after}_q", *parts], [after])]  # fmt: skip


def _weights_in_8_bits(name: str, values: F32) -> dict[str, Any]:
    """int8 with a scale for each output channel."""
    scale = np.maximum(np.abs(values).max((1, 2, 3)), 1e-12).astype(np.float32) / 127
    levels = np.clip(np.round(values / scale[:, None, None, None]), -127, 127).astype(np.int8)
    return {f"{name}_8": levels, f"{name}_scale": scale, f"{name}_zero": np.zeros(len(scale), np.int8)}
