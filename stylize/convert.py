"""Checkpoints of PyTorch into ONNX files that `load_stylizer` takes. Needs torch and onnx, the extra `train`.

A checkpoint is loaded as tensors alone: a file that would run code is refused.
"""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kirie.errors import StylizeError
from kirie.files import atomic
from stylize.checkpoint import Network, compare, generator_of, recognise
from stylize.net import make_generator
from stylize.net_animegan import AnimeGAN
from stylize.net_photo2cartoon import Photo2Cartoon

SAMPLE = 64
"""Px of the picture that a network is traced with; any size works afterwards."""


def convert(checkpoint: Path, output: Path, direction: str = "A2B", int8: bool = False) -> Network:
    """Write a checkpoint's generator as ONNX; returns what it was.

    direction: A2B (photo to drawing) or B2A, where the checkpoint has both. int8: with convolutions in 8 bits, faster on CPUs
    and a little coarser. Raises StylizeError where the file is no checkpoint, unsafe, or of an unknown network.
    """
    state = generator_of(load_tensors(checkpoint), direction, checkpoint.name)
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    network = recognise(shapes, checkpoint.name)
    with torch.device("meta"):
        net = build(network)
    compare({name: tuple(value.shape) for name, value in net.state_dict().items()}, shapes, checkpoint.name)
    net.load_state_dict({name: value.float() for name, value in state.items()}, strict=True, assign=True)
    with atomic(output) as beside:
        export(net, beside, output.stem)
        if int8:
            from stylize.convert_int8 import quantize

            quantize(beside)
    return network


def load_tensors(path: Path) -> Any:
    """What a checkpoint holds: containers of tensors and plain values; nothing in it is run."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise StylizeError(f"{path} holds more than tensors, or is no checkpoint: it is not opened, since it could run code",
                           "save the generator's state_dict alone") from error  # fmt: skip
    except (RuntimeError, EOFError, ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
        raise StylizeError(f"{path} is broken, or no checkpoint of PyTorch", "fetch it again") from error


def build(network: Network) -> nn.Module:
    """The network with fresh weights."""
    if network.kind == "animegan":
        return AnimeGAN()
    if network.kind == "photo2cartoon":
        return Photo2Cartoon(network.channels)
    return make_generator(network.kind, network.channels, network.size, network.blocks)


def export(net: nn.Module, path: Path, name: str) -> None:
    """Write a generator, in float32 and for any size, to `path`. name: what it calls itself."""
    import onnx

    multiple: Any = net.multiple
    shape = {2: "height", 3: "width"}
    with warnings.catch_warnings():         # that the older exporter, which needs no further package, is the older one
        warnings.simplefilter("ignore")
        torch.onnx.export(_PictureOnly(net).eval(), (torch.zeros(1, 3, SAMPLE, SAMPLE),), str(path), dynamo=False,
                          opset_version=17, input_names=["input"], output_names=["output"], do_constant_folding=False,
                          dynamic_axes={"input": shape, "output": shape})  # fmt: skip
    model = onnx.load(str(path))
    expects = {"name": name, "multiple": int(multiple), "range": [-1, 1]}
    onnx.helper.set_model_props(model, {"kirie": json.dumps(expects)})
    onnx.save(model, str(path))


class _PictureOnly(nn.Module):
    """A generator without logits and heat map, which only training needs."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        out = self.net(x)
        return out[0] if isinstance(out, tuple) else out
