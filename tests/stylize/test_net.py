"""The networks are those published: names, shapes and counts, and what they compute, against a second description of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")

from stylize.net import Compact, Generator, clip_rho  # noqa: E402
from stylize.net_animegan import AnimeGAN  # noqa: E402
from stylize.net_discriminator import Discriminator, NearAndFar, crop_of, freeze_low, shrunk  # noqa: E402
from stylize.net_photo2cartoon import Photo2Cartoon  # noqa: E402
from tests.stylize import described  # noqa: E402

if TYPE_CHECKING:
    from torch import Tensor, nn


def shaken(net: nn.Module, seed: int = 0) -> nn.Module:
    """With every tensor changed by chance: fresh ones have rho 0.9 and beta 0 throughout, which would hide mistakes."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 0.2 * torch.rand_like(parameter) - 0.1
    clip_rho(net)
    return net.double().eval()


def arrays(net: nn.Module) -> dict[str, np.ndarray]:
    return {name: value.detach().numpy() for name, value in net.state_dict().items()}


def picture(height: int, width: int) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 2 - 1


def as_written(made: tuple[Tensor, ...], wanted: tuple[np.ndarray, ...]) -> None:
    for a, b in zip(made, wanted, strict=False):
        np.testing.assert_allclose(a[0].detach().numpy().reshape(b.shape), b, atol=1e-9)
        assert np.ptp(b) > 1e-3


@pytest.mark.parametrize(("size", "light"), [((32, 24), True), ((32, 32), False), ((24, 40), False)])
def test_u_gat_it_computes_what_is_published(size: tuple[int, int], light: bool) -> None:
    """The full one at the size of its training, and at another, where its map is pooled first."""
    net, x = shaken(Generator(4, 2, 32, light)), picture(*size)

    def pool(attended: np.ndarray) -> np.ndarray:
        if light:
            return attended.mean((1, 2))
        return torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(attended), 8).numpy().ravel()

    as_written(net(x), described.u_gat_it(arrays(net), x[0].numpy(), 2, pool))


def test_compact_computes_what_is_described() -> None:
    net, x = shaken(Compact(4, 2)), picture(40, 32)
    as_written(net(x)[:1], (described.compact(arrays(net), x[0].numpy(), 2),))


def test_photo2cartoon_computes_what_is_published() -> None:
    net, x = shaken(Photo2Cartoon(8)), picture(96, 80)
    as_written(net(x)[:1], (described.photo2cartoon(arrays(net), x[0].numpy()),))


def test_animegan_computes_what_is_published() -> None:
    net, x = shaken(AnimeGAN()), picture(32, 24)
    as_written((net(x),), (described.animegan(arrays(net), x[0].numpy()),))


def test_discriminators_compute_what_is_published() -> None:
    net, x = shaken(Discriminator(4, 4)), picture(48, 40)
    as_written(net(x)[:2], described.discriminator(arrays(net), x[0].numpy(), 4))


PUBLISHED = {
    "gap_fc.weight": (1, 256), "gmp_fc.weight": (1, 256), "conv1x1.weight": (256, 512, 1, 1), "conv1x1.bias": (256,),
    "gamma.weight": (256, 256), "beta.weight": (256, 256), "FC.0.weight": (256, 1048576), "FC.2.weight": (256, 256),
    "DownBlock.1.weight": (64, 3, 7, 7), "DownBlock.5.weight": (128, 64, 3, 3), "DownBlock.9.weight": (256, 128, 3, 3),
    **{f"DownBlock.{n}.conv_block.{i}.weight": (256, 256, 3, 3) for n in range(12, 16) for i in (1, 5)},
    **{f"UpBlock1_{k}.conv{i}.weight": (256, 256, 3, 3) for k in range(1, 5) for i in (1, 2)},
    **{f"UpBlock1_{k}.norm{i}.rho": (1, 256, 1, 1) for k in range(1, 5) for i in (1, 2)},
    "UpBlock2.2.weight": (128, 256, 3, 3), "UpBlock2.7.weight": (64, 128, 3, 3), "UpBlock2.11.weight": (3, 64, 7, 7),
    **{f"UpBlock2.3.{n}": (1, 128, 1, 1) for n in ("rho", "gamma", "beta")},
    **{f"UpBlock2.8.{n}": (1, 64, 1, 1) for n in ("rho", "gamma", "beta")},
}  # fmt: skip


def test_names_and_shapes_of_published_checkpoints() -> None:
    with torch.device("meta"):              # the full one is a gigabyte
        full, light = Generator(64, light=False), Generator(64)
    assert {k: tuple(v.shape) for k, v in full.state_dict().items()} == PUBLISHED
    assert {k: tuple(v.shape) for k, v in light.state_dict().items()} == PUBLISHED | {"FC.0.weight": (256, 256)}


@pytest.mark.parametrize(("make", "count"), [
    (lambda: Generator(64, light=False), 278_959_808), (lambda: Generator(64), 10_589_888), (lambda: Generator(32), 2_653_024),
    (Photo2Cartoon, 3_831_079), (AnimeGAN, 2_143_552), (lambda: Discriminator(5), 3_290_560),
])  # fmt: skip
def test_counts_of_weights(make: Callable[[], Any], count: int) -> None:
    with torch.device("meta"):
        net = make()
    assert sum(p.numel() for p in net.parameters()) == count


def test_the_compact_one_is_small_enough_to_ship() -> None:
    with torch.device("meta"):
        weights = sum(p.numel() for p in Compact(32).parameters())
    assert 4 * weights < 12_000_000


def test_near_and_far() -> None:
    torch.manual_seed(0)
    pair, x = NearAndFar(4, 24, 16, (3, 4)), picture(40, 64).float()
    assert [tuple(logits.shape) for logits in pair(x)] == [(1, 1, 10, 10), (1, 2), (1, 1, 2, 2), (1, 2)]
    corners = {tuple(crop_of(x, 24)[0, :, 0, 0].tolist()) for _ in range(20)}
    assert len(corners) > 10 and crop_of(x, 24).shape == (1, 3, 24, 24)
    assert torch.equal(crop_of(x, 64), x) and torch.equal(shrunk(x, 64), x)         # no larger: seen as it is
    assert shrunk(x, 16).shape == (1, 3, 16, 16)


def test_low_layers_freeze() -> None:
    judge = Discriminator(4, 4)
    freeze_low(judge, 2)
    frozen = {name for name, p in judge.named_parameters() if not p.requires_grad}
    assert frozen == {"model.1.weight_orig", "model.1.bias", "model.4.weight_orig", "model.4.bias"}


def test_rho_is_clipped_and_nothing_else() -> None:
    net = Generator(4, 1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += 3
    before = {k: v.clone() for k, v in net.state_dict().items()}
    clip_rho(net)
    for name, value in net.state_dict().items():
        assert torch.equal(value, torch.ones_like(value) if name.endswith("rho") else before[name])


def test_half_precision_holds_at_large_sizes() -> None:
    """Statistics over a large map of large values: sums would overflow float16."""
    from stylize.net import ILN

    x = (torch.randn(1, 2, 256, 256) * 50 + 100).half()
    out = ILN(2)(x)
    assert out.dtype == torch.float16 and bool(out.isfinite().all())
    values = out.detach().float()
    assert abs(float(values.mean())) < 0.02 and abs(float(values.std()) - 1) < 0.02
