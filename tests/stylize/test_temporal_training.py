"""Training for steadiness: fake flow moves pictures truly, and both losses fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")

from stylize.net import Compact  # noqa: E402
from stylize.train_temporal import (  # noqa: E402
    Neighbours,
    Steadiness,
    Supervision,
    fake_flow,
    still,
    supervisor_loss,
    warp,
)

if TYPE_CHECKING:
    from torch import Tensor


def test_warp_takes_from_where_the_flow_points() -> None:
    x = torch.rand(1, 3, 12, 16)
    flow = torch.zeros(1, 12, 16, 2)
    flow[..., 0] = 2
    moved, inside = warp(x, flow)
    assert torch.allclose(moved[..., :14], x[..., 2:], atol=1e-5)
    assert inside[..., :14].all() and not inside[..., 14:].any()
    assert torch.allclose(warp(x, torch.zeros_like(flow))[0], x, atol=1e-5)


def test_fake_flow_is_smooth_and_scales() -> None:
    torch.manual_seed(0)
    flow = fake_flow(8, 256, 256, torch.device("cpu"))
    assert flow.shape == (8, 256, 256, 2)
    assert 3 < float(flow.std()) < 20
    assert float(flow.diff(dim=1).abs().max()) < 1
    assert float(fake_flow(8, 64, 64, torch.device("cpu")).abs().mean()) < 0.5 * float(flow.abs().mean())


def test_a_net_that_moves_with_its_input_is_steady() -> None:
    """A pointwise one is but for the noise; one that paints by place is not."""
    torch.manual_seed(0)
    x = torch.nn.functional.interpolate(torch.rand(2, 3, 8, 8) * 2 - 1, size=(64, 64), mode="bicubic").clamp(-1, 1)
    stripes = torch.linspace(0, 60, 64).sin()
    pointwise = Steadiness(1)(lambda x: (x * 0.5,), x)["steadiness"]
    by_place = Steadiness(1)(lambda x: (x * 0.5 + stripes,), x)["steadiness"]
    assert float(pointwise) < 0.02 < 0.2 < float(by_place)


def test_steadiness_can_be_learnt() -> None:
    torch.manual_seed(0)
    net, x = Compact(4, 1), torch.rand(2, 3, 32, 32) * 2 - 1
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    values = []
    for _ in range(30):
        loss = Steadiness(1)(net, x)["steadiness"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        values.append(loss.item())
    assert sum(values[-5:]) < 0.7 * sum(values[:5])


def shaking(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Three frames of a still picture, and drawings of them that flicker at random: (B, 3, 3, 32, 32) each."""
    torch.manual_seed(seed)
    scene = torch.nn.functional.interpolate(torch.rand(count, 3, 6, 6) * 2 - 1, size=(32, 32), mode="nearest")
    frames = scene[:, None] + 0.01 * torch.randn(count, 3, 3, 32, 32)
    drawings = scene[:, None].sign() * 0.6 + 0.2 * torch.randn(count, 3, 3, 1, 1)
    return frames, drawings


def test_the_supervisor_learns_the_frame_in_between() -> None:
    """From a blurred start, in which every patch is much like any other, to nearly the mean of both neighbours."""
    torch.manual_seed(0)
    supervisor = Neighbours(patch=4, width=16)
    with torch.no_grad():
        supervisor.sharpness.fill_(1.5)
    optimiser = torch.optim.Adam(supervisor.parameters(), 2e-2)
    off = [away(supervisor)]
    for step in range(60):
        loss = supervisor_loss(supervisor, *shaking(4, step))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    off.append(away(supervisor))
    frames, drawings = shaking(16, 1000)
    flicker = float((drawings[:, 1] - frames[:, 1].sign() * 0.6).abs().mean())
    assert off[0] > flicker and off[1] < 0.9 * flicker, (off, flicker)


def away(supervisor: Neighbours) -> float:
    """How far its ideal lies from the drawing without flicker, of frames it has not seen."""
    frames, drawings = shaking(16, 1000)
    with torch.no_grad():
        ideal, sure = supervisor(frames, drawings)
    assert sure.shape == (16, 1, 8, 8) and float(sure.min()) >= 0 and float(sure.max()) <= 1
    return float((ideal - frames[:, 1].sign() * 0.6).abs().mean())


def test_supervision_holds_a_net_to_its_neighbours_and_not_where_it_moves() -> None:
    frames, _ = shaking(2, 0)
    net, supervisor = Compact(4, 1), Neighbours(patch=4, width=8)
    loss = Supervision(supervisor, 5.0)(net, frames)["supervision"]
    loss.backward()
    assert loss.item() > 0
    assert all(p.grad is None for p in supervisor.parameters())         # it judges, and does not learn here
    assert any(p.grad is not None and float(p.grad.abs().sum()) > 0 for p in net.parameters())
    moving = frames.clone()
    moving[:, 2, :, 10:20, 10:20] += 1
    mask = still(moving)
    assert float(mask[:, :, 10:20, 10:20].max()) == 0 and float(mask[:, :, :6, :6].min()) == 1
