"""Training the part classifier: it learns, goes on where it stopped, and what it exports is what it learnt.

As little as shows that: two views a step, a handful of steps. How well a network becomes is the model card's matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("torchvision", reason="training needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("onnx", reason="training needs the extra kirie[train], which `run.py test` installs")

from kirie.errors import LayeringError  # noqa: E402
from layering import classify, train  # noqa: E402
from layering.net import PartNet  # noqa: E402
from layering.train import Drawings, Settings, evaluate, export, loss_of, shares, train_parts  # noqa: E402
from layering.train_data import MOST_REGIONS, draw_by_chance, draw_set, examples  # noqa: E402
from layering.views import CELLS, CLASSES, DESCRIPTORS, SIDE, Crop, membership  # noqa: E402

if TYPE_CHECKING:
    from torch import Tensor

TINY = Settings(characters=3, held_out=1, steps=2, batch=2, keep_every=1)
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")        # the exporter that needs no further package


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for one another on a busy machine take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "drawings"
    draw_set(folder, TINY.characters + TINY.held_out, TINY.seed, draw_by_chance, 1, lambda done: None)
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of torchvision's weights; whoever downloads into it fails."""
    def refuse(*given: object, **options: object) -> None:
        raise AssertionError(f"downloads {given[0]}")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def batch_of(drawings: Path, first: int, count: int) -> list[Tensor]:
    """The views first .. first + count - 1 of a run as the loss takes them."""
    samples = Drawings(drawings, TINY.characters, TINY.seed)
    return torch.utils.data.default_collate([samples[i] for i in range(first, first + count)])


def fit(drawings: Path, checkpoint: Path, settings: Settings) -> tuple[PartNet, list[str]]:
    """Train as `train_parts` does, in this process; returns the network and what was told."""
    torch.manual_seed(settings.seed)
    net, told = PartNet(), list[str]()
    mean = torch.optim.swa_utils.AveragedModel(net, use_buffers=True)
    train._fit(net, mean, drawings, checkpoint, settings, told.append, 0)
    return net, told


def test_the_loss_falls_on_what_it_sees(drawings: Path) -> None:
    torch.manual_seed(1)
    net, batch = PartNet().train(), batch_of(drawings, 0, 2)
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3)
    losses = []
    for _ in range(6):
        parts = loss_of(net, batch)
        losses.append([x.item() for x in parts])
        optimiser.zero_grad()
        sum(parts).backward()
        optimiser.step()
    assert np.isfinite(losses).all()
    assert (np.array(losses[-1]) < 0.8 * np.array(losses[0])).all(), losses


def test_goes_on_as_if_it_had_not_stopped(drawings: Path, tmp_path: Path) -> None:
    whole, _ = fit(drawings, tmp_path / "whole.pt", TINY)

    class Stop(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stop

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Stop):     # killed after the first checkpoint
        calls = iter((loss_of, stop))
        patch.setattr(train, "loss_of", lambda *given: next(calls)(*given))
        fit(drawings, tmp_path / "parted.pt", TINY)
    parted, told = fit(drawings, tmp_path / "parted.pt", TINY)
    assert told[0] == "going on from step 1"
    for a, b in zip(whole.state_dict().values(), parted.state_dict().values(), strict=True):
        assert torch.allclose(a.float(), b.float(), rtol=1e-4, atol=1e-7)


def test_other_settings_are_refused(drawings: Path, tmp_path: Path) -> None:
    fit(drawings, tmp_path / "a.pt", replace(TINY, steps=1))
    with pytest.raises(LayeringError, match="other settings"):
        fit(drawings, tmp_path / "a.pt", replace(TINY, rate=2e-3))
    fit(drawings, tmp_path / "a.pt", replace(TINY, steps=1, held_out=3))           # no matter to training


def test_pools_as_inference_does() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(-1, 4, (SIDE // 8, SIDE // 8)).astype(np.int32).repeat(8, 0).repeat(8, 1)[:SIDE, :SIDE]
    labels[0, :9] = 4
    ours = shares(torch.from_numpy(labels.astype(np.int16))[None], 6)[0].numpy()
    assert np.allclose(ours[:5], membership(labels, 5), atol=1e-6) and not ours[5].any()
    rgba = np.full((SIDE, SIDE, 4), 255, np.uint8)
    pooled, _ = classify._Pooled(rgba, labels, 5, Crop(0, 0, SIDE)).chunk(0, 5)
    assert np.allclose(ours[:5], pooled, atol=1e-6)


def test_exports_what_it_learnt(drawings: Path, tmp_path: Path) -> None:
    """ONNX Runtime gives torch's votes with any number of regions, but for the weights' 8 bits."""
    import onnxruntime

    torch.manual_seed(2)
    net = PartNet().eval()
    export(net, tmp_path / "parts.onnx")
    assert (tmp_path / "parts.onnx").stat().st_size < 25e6
    session = onnxruntime.InferenceSession(tmp_path / "parts.onnx", providers=["CPUExecutionProvider"])
    views, labels, described, _, _ = batch_of(drawings, 0, 1)
    member = shares(labels, MOST_REGIONS)
    for count in (1, 40):
        given = (views, member[:, :count], described[:, :count])
        with torch.no_grad():
            expected = [x.numpy() for x in net(*given)]
        names = ("views", "membership", "descriptors")
        came = session.run(["dense", "regions"], {k: v.numpy() for k, v in zip(names, given, strict=True)})
        assert came[0].shape == (1, len(CLASSES), CELLS, CELLS) and came[1].shape == (1, count, len(CLASSES))
        for a, b in zip(came, expected, strict=True):
            assert np.abs(a - b).max() < 0.05 * np.ptp(b)
    assert described.shape[-1] == DESCRIPTORS


def test_from_drawing_to_network(drawings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = drawings.parent
    figures = train_parts(work, replace(TINY, steps=1), draw_by_chance, workers=1)
    assert set(figures) == {"figure cells", "figure regions", "face cells", "face regions"}
    assert all(0 <= v <= 1 for v in figures.values())
    assert json.loads((work / "figures.json").read_text("utf-8"))["held_out"] == pytest.approx(figures)
    assert (work / "parts.onnx").exists() and (work / "checkpoint.pt").exists()
    assert "held out:" in capsys.readouterr().out


def test_a_network_that_knows_is_told_so(drawings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluation gives 1 for the truth and 0 for a class that is nowhere."""
    class Knows(PartNet):
        def __init__(self, right: bool) -> None:
            super().__init__()
            self.right, self.at = right, 0

        def forward(self, views: Tensor, membership: Tensor, descriptors: Tensor) -> tuple[Tensor, Tensor]:
            dense, target = truths[self.at]
            self.at += 1
            if not self.right:
                dense, target = np.full_like(dense, CLASSES.index("wings")), np.roll(target, 1, -1)
            votes = torch.nn.functional.one_hot(torch.from_numpy(dense)[None], len(CLASSES)).permute(0, 3, 1, 2)
            return votes.float(), torch.from_numpy(target)[None]

    held = range(TINY.characters, TINY.characters + 1)
    truths = [(x.dense, x.target) for x in examples(drawings, list(held), 0, vary=False)]
    assert set(evaluate(Knows(True), drawings, held).values()) == {1.0}
    assert set(evaluate(Knows(False), drawings, held).values()) == {0.0}


def test_imagenet_weights_are_taken_where_they_are_and_never_fetched(cache: Path) -> None:
    from torchvision.models import ResNet18_Weights, resnet18

    told: list[str] = []
    assert not train._imagenet_is_here(told.append)
    assert "from scratch" in told[0] and str(cache) in told[0]
    kept = resnet18().state_dict()
    torch.save(kept, cache / ResNet18_Weights.IMAGENET1K_V1.url.rpartition("/")[2])
    assert train._imagenet_is_here(told.append)
    assert torch.equal(PartNet(pretrained=True).stem[0].weight[:, :3], kept["conv1.weight"])
