"""Training a stylizer: every loss falls, a run goes on where it stopped, and what it exports is what it learnt.

As little as shows that: tiny networks and pictures of 32 px, drawn here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("torchvision", reason="training needs the extra kirie[train], which `run.py test` installs")
pytest.importorskip("onnx", reason="training needs the extra kirie[train], which `run.py test` installs")

from kirie.errors import StylizeError  # noqa: E402
from stylize import train_features  # noqa: E402
from stylize.stylizer import load_stylizer  # noqa: E402
from stylize.train import Settings, adapted, make_model, train_stylizer  # noqa: E402
from stylize.train_losses import Weights, cross, judging_losses, unpaired_losses  # noqa: E402
from stylize.train_pictures import Paired, Unpaired, pairs_in  # noqa: E402
from stylize.train_ranks import Ranks  # noqa: E402

if TYPE_CHECKING:
    from torch import Tensor

ALONE = Ranks(0, 1, torch.device("cpu"))
TINY = Settings(channels=4, blocks=1, judge_channels=4, layers=(3, 4), size=32, near=24, whole=16, steps=40, batch=2, rate=2e-3,
                average=0.9, keep_every=20, tell_every=5, weights=Weights(attention=10))  # fmt: skip
PAIRED = replace(TINY, paired=True, kind="compact", judge_channels=0, weights=Weights(attention=1))
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")        # the exporter that needs no further package


def quiet(_line: str) -> None:
    pass


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for one another on a busy machine take ten times as long."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Six "photos", shaded balls on a noisy ground, and their drawings, flat discs on white."""
    root, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    for name in ("photos", "drawings"):
        (root / name).mkdir()
    y, x = np.mgrid[:40, :40]
    for number in range(6):
        cx, cy, radius = rng.uniform(14, 26, 3) * (1, 1, 0.5)
        inside = (x - cx) ** 2 + (y - cy) ** 2 < radius**2
        shade = np.clip(150 + 4 * (cx - x), 0, 255)
        photo = np.where(inside, shade, rng.normal(90, 15, (40, 40)))
        Image.fromarray(np.repeat(photo[..., None], 3, -1).clip(0, 255).astype(np.uint8)).save(root / f"photos/{number}.jpg")
        drawing = Image.new("RGB", (40, 40), "white")
        box = cx - radius, cy - radius, cx + radius, cy + radius
        ImageDraw.Draw(drawing).ellipse(box, fill=(240, 160, 140), outline="black")
        drawing.save(root / f"drawings/{number}.png")
    return root / "photos", root / "drawings"


@pytest.fixture(scope="module")
def unpaired(folders: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[float]]]:
    work = tmp_path_factory.mktemp("unpaired")
    return work, train_stylizer(*folders, work, TINY, log=quiet, workers=0)


@pytest.mark.parametrize("name", ["cycle", "identity", "attention", "judging"])
def test_unpaired_losses_fall(unpaired: tuple[Path, dict[str, list[float]]], name: str) -> None:
    values = unpaired[1][name]
    assert len(values) == 8
    assert np.mean(values[-2:]) < 0.85 * values[0], values


def test_the_adversarial_loss_falls_where_the_judges_stand_still(folders: tuple[Path, Path]) -> None:
    """In a whole training it rises and falls, since the judges learn too."""
    model: Any = make_model(TINY, ALONE, None, quiet)
    photos, drawings = a_batch(folders)
    only = replace(TINY.weights, cycle=0, identity=0, attention=0)
    model.set_rate(1e-2)
    values = []
    for _ in range(20):
        made = cross(model.to_b, model.to_a, photos, drawings)
        loss = unpaired_losses(made, model.judge_a, model.judge_b, only)["adversarial"]
        model.precision.step(loss, model.making, ALONE)
        values.append(loss.item())
    assert values[-1] < 0.85 * values[0], values


def test_judges_learn_to_tell(folders: tuple[Path, Path]) -> None:
    model: Any = make_model(TINY, ALONE, None, quiet)
    photos, drawings = a_batch(folders)
    before = [p.clone() for p in model.to_b.parameters()]
    values = []
    for _ in range(20):
        with torch.no_grad():
            fake = model.to_b(photos)[0]
        loss = judging_losses(model.judge_b, drawings, fake, TINY.weights)
        model.precision.step(loss, model.judging, ALONE)
        values.append(loss.item())
    assert values[-1] < 0.6 * values[0], values
    assert all(torch.equal(a, b) for a, b in zip(before, model.to_b.parameters(), strict=True))


def test_what_a_training_leaves(unpaired: tuple[Path, dict[str, list[float]]]) -> None:
    work, history = unpaired
    assert {p.name for p in work.iterdir()} == {
        "checkpoint.pt", "losses.json", "progress_000020.png", "progress_000040.png", "stylizer.onnx"}  # fmt: skip
    assert json.loads((work / "losses.json").read_text("utf-8")) == history
    with Image.open(work / "progress_000040.png") as picture:
        assert picture.size == (4 * 32, 2 * 32)
    state = torch.load(work / "checkpoint.pt", weights_only=True)
    assert {"genA2B", "genB2A", "disGA", "disGB", "disLA", "disLB"} <= set(state)
    rgb = np.random.default_rng(1).integers(0, 256, (32, 48, 3), np.uint8)
    made = load_stylizer(work / "stylizer.onnx", threads=1)(rgb)
    net = make_model(TINY, ALONE, work / "checkpoint.pt", quiet).to_b
    with torch.no_grad():
        wanted = net(torch.from_numpy(rgb.transpose(2, 0, 1)[None]).float() / 127.5 - 1)[0][0]
    assert np.abs((wanted.permute(1, 2, 0).numpy() + 1) * 127.5 - made).max() < 0.6


def test_rho_stays_between_0_and_1(unpaired: tuple[Path, dict[str, list[float]]]) -> None:
    live = torch.load(unpaired[0] / "checkpoint.pt", weights_only=True)["live"]
    rho = torch.cat([v.flatten() for k, v in live.items() if k.endswith("rho")])
    assert rho.min() >= 0 and rho.max() <= 1
    assert (rho == 0).any()         # an ILN's begins there, and would go below


def test_the_mean_follows(unpaired: tuple[Path, dict[str, list[float]]]) -> None:
    state = torch.load(unpaired[0] / "checkpoint.pt", weights_only=True)
    far = [float((state["live"][k] - state["genA2B"][k]).abs().max()) for k in state["live"]]
    assert 0 < max(far) < 0.5


@pytest.mark.parametrize("extra", [{}, {"judge_channels": 4, "few": True}, {"steady": 5.0}], ids=["plain", "judged", "steady"])
def test_paired_losses_fall(folders: tuple[Path, Path], tmp_path: Path, extra: dict) -> None:
    history = train_stylizer(*folders, tmp_path, replace(PAIRED, **extra), log=quiet, workers=0)
    for name in ("pixel", "attention"):
        assert np.mean(history[name][-2:]) < 0.7 * history[name][0], (name, history[name])
    assert np.mean(history["edges"][-2:]) < history["edges"][0]
    assert ("judging" in history) == ("judge_channels" in extra)
    kept = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    for name in ("steadiness", "attending", "supervision"):
        assert (name in history) == ("steady" in extra)
    assert ("supervisor" in kept) == ("steady" in extra)


def test_a_stopped_run_goes_on_as_if_it_had_not(folders: tuple[Path, Path], tmp_path: Path) -> None:
    settings = replace(TINY, steps=4, keep_every=2, tell_every=2, few=True, steady=5.0)
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = train_stylizer(*folders, tmp_path / "whole", settings, log=quiet, workers=0)

    class StoppedError(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("step 4"):
            raise StoppedError

    with pytest.raises(StoppedError):
        train_stylizer(*folders, tmp_path / "parts", settings, log=stop, workers=0)
    lines: list[str] = []
    assert train_stylizer(*folders, tmp_path / "parts", settings, log=lines.append, workers=0) == whole
    assert lines[0] == "going on from step 2"
    a, b = (torch.load(tmp_path / x / "checkpoint.pt", weights_only=True) for x in ("whole", "parts"))
    for part in ("live", "supervisor"):
        assert all(torch.equal(a[part][k], b[part][k]) for k in a[part])
    with pytest.raises(StylizeError, match="other settings"):
        train_stylizer(*folders, tmp_path / "parts", replace(settings, rate=1.0), log=quiet, workers=0)


def test_a_start_from_a_checkpoint(unpaired: tuple[Path, dict[str, list[float]]], folders: tuple[Path, Path]) -> None:
    checkpoint = unpaired[0] / "checkpoint.pt"
    settings = replace(adapted(replace(TINY, channels=64, blocks=4), checkpoint), few=True, frozen=1)
    assert (settings.kind, settings.channels, settings.blocks) == ("light", 4, 1)
    model: Any = make_model(settings, ALONE, checkpoint, quiet)
    kept = torch.load(checkpoint, weights_only=True)
    assert all(torch.equal(v, kept["genB2A"][k]) for k, v in model.to_a.state_dict().items())
    assert all(torch.equal(v, kept["disLB"][k]) for k, v in model.judge_b.near.state_dict().items())
    low, next_ = model.judge_b.near.model[1], model.judge_b.near.model[4]
    before = low.weight_orig.clone(), next_.weight_orig.clone()
    model.step(*a_batch(folders))
    assert torch.equal(low.weight_orig, before[0]) and not torch.equal(next_.weight_orig, before[1])


def test_judging_through_a_frozen_network(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """With fresh weights in the place of ImageNet's: tests download nothing."""
    import torchvision

    lines: list[str] = []
    monkeypatch.setattr(torchvision.models, "efficientnet_b0", lambda weights: 1 / 0)
    assert train_features.feature_trunk(lines.append) is None and "frozen low layers" in lines[0]
    monkeypatch.undo()
    trunk = torchvision.models.efficientnet_b0().features
    judge = train_features.Projected(trunk)
    photos, _ = a_batch(folders)
    photos.requires_grad_(True)
    before = [p.clone() for p in judge.trunk.state_dict().values()]
    logits = judge.train()(photos)
    assert [x.shape[-1] for x in logits] == [7, 7, 7, 7]
    judging_losses(judge, photos, -photos, Weights()).backward()
    assert photos.grad is not None and float(photos.grad.abs().sum()) > 0
    assert all(p.grad is None for p in judge.trunk.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, judge.trunk.state_dict().values(), strict=True))


def test_samples_follow_their_number(folders: tuple[Path, Path]) -> None:
    data = Unpaired(*folders, 32, 1)
    assert all(torch.equal(a, b) for a, b in zip(data[5], data[5], strict=True))
    assert not torch.equal(data[5][0], data[11][0])
    shown = {float(data[i][1].sum()) for i in range(6)}
    assert len(shown) == 6
    photo, drawing = Paired(pairs_in(*folders), 32, 1)[0]
    ball = drawing.mean(0) < 0.6
    assert ball.any() and float(photo[:, ball].mean()) > float(photo[:, ~ball].mean())       # cropped and mirrored alike


def test_a_drawing_is_lit_as_its_photo(folders: tuple[Path, Path]) -> None:
    same = Paired([(p, p) for p in sorted(folders[0].iterdir())], 32, 1)
    light = set()
    for index in (0, 6, 12):
        photo, drawing = same[index]
        assert torch.equal(photo, drawing)
        light.add(round(float(photo.mean()), 4))
    assert len(light) == 3


def test_bad_folders(tmp_path: Path, folders: tuple[Path, Path]) -> None:
    with pytest.raises(StylizeError, match="no picture in"):
        train_stylizer(tmp_path, folders[1], tmp_path, TINY, log=quiet, workers=0)
    Image.new("RGB", (8, 8)).save(tmp_path / "other.png")
    with pytest.raises(StylizeError, match="has the name of one"):
        pairs_in(folders[0], tmp_path)
    (tmp_path / "other.png").write_bytes(b"no picture")
    with pytest.raises(StylizeError, match="cannot be read as a picture"):
        Unpaired(tmp_path, folders[1], 32, 1)[0]


def a_batch(folders: tuple[Path, Path]) -> tuple[Tensor, Tensor]:
    data = Unpaired(*folders, 32, 1)
    samples = [data[i] for i in range(2)]
    return torch.stack([s[0] for s in samples]), torch.stack([s[1] for s in samples])
