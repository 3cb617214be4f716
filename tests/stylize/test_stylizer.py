"""Networks in use: what a file says of itself, any size of picture, and files that are no stylizers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="the tests make networks with the extra kirie[train], which `run.py test` installs")

from onnx import TensorProto, helper  # noqa: E402

from kirie.errors import StylizeError  # noqa: E402
from stylize import stylizer  # noqa: E402
from stylize.stylizer import load_stylizer, shipped, stylize_any_size  # noqa: E402

RNG = np.random.default_rng(0)


def model(path: Path, op: str = "Neg", sides: tuple = ("h", "w"), planes_first: bool = True, kind: int = TensorProto.FLOAT,
          said: object = None, extra_output: bool = False, channels: int = 3) -> Path:  # fmt: skip
    """A network of one operation, which is easy to foretell: Neg makes a negative, Identity nothing."""
    shape = [1, channels, *sides] if planes_first else [1, *sides, channels]
    nodes = [helper.make_node(op, ["photo"], ["drawing"])]
    outputs = [helper.make_tensor_value_info("drawing", kind, shape)]
    if extra_output:
        nodes.append(helper.make_node("ReduceMean", ["photo"], ["logits"], axes=[2, 3], keepdims=0))
        outputs.insert(0, helper.make_tensor_value_info("logits", kind, [1, channels]))
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("photo", kind, shape)], outputs)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if said is not None:
        helper.set_model_props(made, {"kirie": said if isinstance(said, str) else json.dumps(said)})
    onnx.save(made, str(path))
    return path


def picture(height: int, width: int) -> np.ndarray:
    return RNG.integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("planes_first", [True, False])
@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.FLOAT16])
def test_a_negative(tmp_path: Path, planes_first: bool, kind: int) -> None:
    made = load_stylizer(model(tmp_path / "x.onnx", planes_first=planes_first, kind=kind), threads=1)
    rgb = picture(32, 48)
    assert np.abs(made(rgb).astype(int) - (255 - rgb)).max() <= 1
    assert made.name == "x" and made.multiple == 4


def test_the_picture_is_found_among_outputs(tmp_path: Path) -> None:
    rgb = picture(32, 32)
    assert np.abs(load_stylizer(model(tmp_path / "x.onnx", extra_output=True))(rgb).astype(int) - (255 - rgb)).max() <= 1


def test_what_a_file_says_of_itself(tmp_path: Path) -> None:
    path = model(tmp_path / "x.onnx", said={"name": "night", "multiple": 16, "range": [-1, 1]})
    made = load_stylizer(path)
    assert (made.name, made.multiple) == ("night", 16)
    (tmp_path / "x.json").write_text('{"name": "day", "multiple": 8}', "utf-8")
    made = load_stylizer(path)
    assert (made.name, made.multiple) == ("day", 8)


def test_range_and_colour(tmp_path: Path) -> None:
    path = model(tmp_path / "x.onnx", op="Identity", said={"range": [0, 1], "colour": "bgr"})
    made: Any = load_stylizer(path)
    rgb = picture(16, 16)
    assert (made(rgb) == rgb).all()
    sees: list[np.ndarray] = []
    object.__setattr__(made, "session", Spy(made.session, sees))
    made(rgb)
    np.testing.assert_allclose(sees[0][0, 0], rgb[..., 2] / 255, atol=1e-6)


class Spy:
    def __init__(self, session: Any, sees: list) -> None:
        self._session, self._sees = session, sees

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def run(self, names: list, given: dict) -> object:
        self._sees.append(next(iter(given.values())))
        return self._session.run(names, given)


@pytest.mark.parametrize("size", [(16, 16), (17, 33), (1, 1), (5, 200), (64, 30)])
def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    given: list[tuple[int, ...]] = []

    class Negative:
        name, multiple = "negative", 16

        def __call__(self, rgb: np.ndarray) -> np.ndarray:
            given.append(rgb.shape)
            return 255 - rgb

    rgb = picture(*size)
    out = stylize_any_size(Negative(), rgb)
    assert (out == 255 - rgb).all() and out.flags.c_contiguous
    assert all(side % 16 == 0 for side in given[0][:2])


def test_a_network_of_one_size_takes_others_whole(tmp_path: Path) -> None:
    made = load_stylizer(model(tmp_path / "x.onnx", op="Identity", sides=(64, 64)))
    y, x = np.mgrid[:120, :200] / 200
    smooth = np.rint(np.stack([x, y, 1 - x], -1) * 255).astype(np.uint8)
    out = stylize_any_size(made, smooth)
    assert made.multiple == 1 and out.shape == smooth.shape
    assert np.abs(out.astype(int) - smooth).mean() < 2


def test_shipped_models_go_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stylizer, "MODELS", tmp_path)
    model(tmp_path / "soft.onnx")
    assert shipped() == ["soft"]
    assert load_stylizer("soft").name == "soft"
    with pytest.raises(StylizeError, match="no stylizer hard") as error:
        load_stylizer("hard")
    assert "soft" in error.value.hint


def test_files_that_are_no_stylizers(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(StylizeError, match="cannot be loaded"):
        load_stylizer(broken)
    (tmp_path / "style.pt").write_bytes(b"")
    with pytest.raises(StylizeError, match="is a checkpoint") as error:
        load_stylizer(tmp_path / "style.pt")
    assert error.value.hint == f"kirie convert {tmp_path / 'style.pt'}"
    with pytest.raises(StylizeError, match="does not turn one picture into another"):
        load_stylizer(model(tmp_path / "one.onnx", channels=1))
    with pytest.raises(StylizeError, match="there is no stylizer"):
        load_stylizer(tmp_path / "missing.onnx")


@pytest.mark.parametrize("said", ["[1", "3", '{"multiple": 0}', '{"range": [1, 0]}', '{"range": "x"}', '{"colour": "lab"}'])
def test_nonsense_said_of_a_model(tmp_path: Path, said: str) -> None:
    with pytest.raises(StylizeError, match="cannot be used"):
        load_stylizer(model(tmp_path / "x.onnx", said=said))


def test_a_network_that_gives_another_size(tmp_path: Path) -> None:
    shape = [1, 3, "h", "w"]
    node = helper.make_node("MaxPool", ["photo"], ["drawing"], kernel_shape=[2, 2], strides=[2, 2])
    ends = [[helper.make_tensor_value_info(n, TensorProto.FLOAT, shape)] for n in ("photo", "drawing")]
    graph = helper.make_graph([node], "g", *ends)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(tmp_path / "x.onnx"))
    with pytest.raises(StylizeError, match="for a picture of"):
        load_stylizer(tmp_path / "x.onnx")(picture(32, 32))
