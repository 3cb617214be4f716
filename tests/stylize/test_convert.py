"""Checkpoints as people have them become ONNX, which computes the same; anything else is refused with one clear line.

Tensors of the published names and shapes are made here, small; counts and shapes of full size are compared without memory.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="converting needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("onnx", reason="converting needs the extra kirie[train], which `run.py test` installs")

from kirie.cli import main  # noqa: E402
from kirie.errors import StylizeError  # noqa: E402
from stylize.checkpoint import Network, compare, generator_of, recognise  # noqa: E402
from stylize.convert import convert  # noqa: E402
from stylize.net import Compact, Generator  # noqa: E402
from stylize.net_animegan import AnimeGAN  # noqa: E402
from stylize.net_photo2cartoon import Photo2Cartoon  # noqa: E402
from stylize.stylizer import load_stylizer  # noqa: E402
from tests.stylize import described  # noqa: E402
from tests.stylize.test_net import PUBLISHED, arrays, shaken  # noqa: E402

if TYPE_CHECKING:
    from torch import nn

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")        # the exporter that needs no further package

CASES = {
    "light": (lambda: Generator(4, 1), lambda s, x: described.u_gat_it(s, x, 1, lambda m: m.mean((1, 2)))[0],
              Network("light", 4, blocks=1)),
    "full": (lambda: Generator(4, 1, 32, light=False), lambda s, x: described.u_gat_it(s, x, 1, pooled)[0],
             Network("full", 4, 32, 1)),
    "compact": (lambda: Compact(4, 1), lambda s, x: described.compact(s, x, 1), Network("compact", 4, blocks=1)),
    "photo2cartoon": (lambda: Photo2Cartoon(8), described.photo2cartoon, Network("photo2cartoon", 8)),
    "animegan": (AnimeGAN, described.animegan, Network("animegan")),
}  # fmt: skip


def pooled(attended: np.ndarray) -> np.ndarray:
    return torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(attended), 8).numpy().ravel()


def saved(net: nn.Module, path: Path, wrapped: bool = False) -> Path:
    """As its authors save it: AnimeGANv2 flat, all others by direction, `module.` before names after several GPUs."""
    state = net.float().state_dict()
    if isinstance(net, AnimeGAN):
        torch.save(state, path)
    else:
        state = {("module." if wrapped else "") + name: value for name, value in state.items()}
        torch.save({"genA2B": state, "genB2A": {}, "disGA": {}}, path)
    return path


@pytest.mark.parametrize("name", list(CASES))
def test_a_checkpoint_becomes_onnx_that_computes_the_same(name: str, tmp_path: Path) -> None:
    make, again, network = CASES[name]
    net = shaken(make())
    assert convert(saved(net, tmp_path / "x.pt", wrapped=name == "photo2cartoon"), tmp_path / "x.onnx") == network
    made = load_stylizer(tmp_path / "x.onnx", threads=1)
    assert made.name == "x" and made.multiple == type(net).multiple
    rgb = np.random.default_rng(0).integers(0, 256, (96, 80 if name != "animegan" else 64, 3), np.uint8)
    state = {k: v.astype(np.float64) for k, v in arrays(net).items()}
    wanted = (again(state, rgb.transpose(2, 0, 1) / 127.5 - 1).transpose(1, 2, 0) + 1) * 127.5
    assert np.abs(made(rgb) - wanted).max() < 0.6
    assert wanted.std() > 2


def test_networks_are_recognised_by_names_and_shapes_alone() -> None:
    assert recognise(PUBLISHED, "x") == Network("full", 64, 256, 4)
    assert recognise(PUBLISHED | {"FC.0.weight": (256, 256)}, "x") == Network("light", 64, 256, 4)
    small = PUBLISHED | {"FC.0.weight": (256, 256 * 32 * 32)}
    assert recognise(small, "x") == Network("full", 64, 128, 4)
    six = {f"UpBlock1_{k}.norm1.rho": (1, 256, 1, 1) for k in (5, 6)}
    assert recognise(PUBLISHED | six, "x").blocks == 6
    with torch.device("meta"):
        for net, kind in ((Photo2Cartoon(32), "photo2cartoon"), (AnimeGAN(), "animegan"), (Compact(24), "compact")):
            shapes = {k: tuple(v.shape) for k, v in net.state_dict().items()}
            assert recognise(shapes, "x").kind == kind


def test_the_first_wrong_key_is_named(tmp_path: Path) -> None:
    state = Generator(4, 1).state_dict()
    lacking = {k: v for k, v in state.items() if k != "UpBlock2.3.rho"}
    more = state | {"extra.weight": torch.zeros(1)}
    reshaped = state | {"conv1x1.bias": torch.zeros(7)}
    wrong = ((lacking, "lacks UpBlock2.3.rho"), (more, "has extra.weight"), (reshaped, "conv1x1.bias has the shape"))
    for content, name in wrong:
        torch.save({"genA2B": content}, tmp_path / "x.pt")
        with pytest.raises(StylizeError, match=name):
            convert(tmp_path / "x.pt", tmp_path / "x.onnx")
        assert not (tmp_path / "x.onnx").exists()
    with pytest.raises(StylizeError, match="lacks first"):
        compare({"first": (1,), "second": (2,)}, {}, "x")


def test_directions() -> None:
    a, b = {"x": torch.zeros(1)}, {"y": torch.zeros(1)}
    assert list(generator_of({"genA2B": a, "genB2A": b}, "B2A", "x")) == ["y"]
    with pytest.raises(StylizeError, match="no generator B2A") as error:
        generator_of({"genA2B": a}, "B2A", "x")
    assert error.value.hint == "--direction A2B"


class Malicious:
    def __reduce__(self) -> Any:
        return open, (Malicious.target, "w")

    target = ""


def test_files_that_would_run_code_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Malicious.target = str(tmp_path / "was run")
    for number, write in enumerate((lambda p: torch.save({"genA2B": Malicious()}, p),
                                    lambda p: p.write_bytes(pickle.dumps({"genA2B": Malicious()})))):  # fmt: skip
        path = tmp_path / f"{number}.pt"
        write(path)
        assert main(["convert", str(path)]) == 1
        told = capfd.readouterr().err
        assert "it could run code" in told and told.count("\n") == 2
        assert not (tmp_path / "was run").exists()


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 broken"])
def test_broken_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(StylizeError):
        convert(tmp_path / "x.pt", tmp_path / "x.onnx")


@pytest.mark.parametrize("content", [[1, 2], {"genA2B": 3}, {"weights": {"a": 1}}, {"conv.weight": torch.zeros(2)}, {}])
def test_checkpoints_of_something_else(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "x.pt")
    with pytest.raises(StylizeError, match=r"x\.pt"):
        convert(tmp_path / "x.pt", tmp_path / "x.onnx")


def test_convolutions_in_8_bits(tmp_path: Path) -> None:
    """Smaller, other operations, nearly the same picture; the first and last convolutions stay as they are."""
    import onnx

    checkpoint = saved(shaken(Compact(16, 1)), tmp_path / "x.pt")
    convert(checkpoint, tmp_path / "x.onnx")
    convert(checkpoint, tmp_path / "small.onnx", int8=True)
    assert (tmp_path / "small.onnx").stat().st_size < 0.4 * (tmp_path / "x.onnx").stat().st_size
    nodes = onnx.load(str(tmp_path / "small.onnx")).graph.node
    fed = {n.output[0]: n.op_type for n in nodes}
    kinds = [fed.get(n.input[1]) for n in nodes if n.op_type == "Conv"]
    assert kinds.count("DequantizeLinear") == len(kinds) - 2
    rgb = np.clip(np.random.default_rng(0).normal(120, 40, (64, 80, 3)), 0, 255).astype(np.uint8)
    rgb[20:50, 30:60] = (200, 120, 90)
    exact, coarse = (load_stylizer(tmp_path / name, threads=1)(rgb).astype(float) for name in ("x.onnx", "small.onnx"))
    error = ((exact - coarse) ** 2).mean()
    assert 0 < error < 255**2 / 10**3.0             # 30 dB
    assert exact.std() > 10


def test_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIRIE_STATE", str(tmp_path / "state.json"))
    assert main(["convert", str(saved(Generator(4, 1), tmp_path / "style.pt"))]) == 0
    said = capfd.readouterr()
    assert said.out.splitlines()[-1] == str(tmp_path / "style.onnx")
    assert "U-GAT-IT, light with 4 channels" in said.err
    assert load_stylizer(tmp_path / "style.onnx").name == "style"
