"""Making an exported network small: float32 weights become int8 with a scale for each output channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def shrink(path: Path, least: int = 4096) -> None:
    """Rewrite an ONNX file: every float32 initializer of `least` numbers or more becomes int8 + DequantizeLinear.

    Scales run along axis 0, the output channel of Conv and Gemm weights. ONNX Runtime folds the node when it loads the model,
    so inference runs in float32 and only the file is small.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    graph = model.graph
    nodes, kept = [], []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < least or values.ndim < 2:
            kept.append(weight)
            continue
        flat = values.reshape(len(values), -1)
        scale = np.maximum(np.abs(flat).max(1), 1e-12).astype(np.float32) / 127
        small = np.clip(np.round(flat / scale[:, None]), -127, 127).astype(np.int8).reshape(values.shape)
        parts = [weight.name + end for end in ("_int8", "_scale", "_zero")]
        zero = np.zeros(len(scale), np.int8)
        kept += [numpy_helper.from_array(a, name) for a, name in zip((small, scale, zero), parts, strict=True)]
        nodes.append(helper.make_node("DequantizeLinear", parts, [weight.name], axis=0))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    old = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + old)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
