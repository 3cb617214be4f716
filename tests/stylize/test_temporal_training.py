"""Training for steadiness: fake flow moves pictures truly, and both losses fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra kirie[train], which `run.py test` installs")

from stylize.net import Compact  # noqa: E402
from stylize.train_model import Precision  # noqa: E402
from stylize.train_ranks import Ranks  # noqa: E402
from stylize.train_supervisor import TemporalSupervisor  # noqa: E402
from stylize.train_temporal import (  # noqa: E402
    Neighbours,
    attending_loss,
    back_flow,
    fake_flow,
    moved,
    steadiness,
    still,
    supervision,
    warp,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

CPU = torch.device("cpu")
ALONE = Ranks(0, 1, CPU)


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


def test_back_flow_undoes_a_flow() -> None:
    torch.manual_seed(1)
    x = smooth(4, 96)
    flow = fake_flow(4, 96, 96, CPU)
    there, _ = warp(x, flow)
    again, inside = warp(there, back_flow(flow))
    moved_off, unmoved = ((picture - x).abs()[inside.expand_as(x)].mean() for picture in (there, again))
    assert float(unmoved) < 0.1 * float(moved_off)


def smooth(count: int, side: int) -> Tensor:
    return torch.nn.functional.interpolate(torch.rand(count, 3, 8, 8) * 2 - 1, size=(side, side), mode="bicubic").clamp(-1, 1)


def unsteady(net: Callable[[Tensor], Tensor], x: Tensor) -> float:
    there = moved(x)
    return float(steadiness(net(there.frames), net(x), there))


def test_a_net_that_moves_with_its_input_is_steady() -> None:
    """A pointwise one is but for the noise; one that paints by place is not."""
    torch.manual_seed(0)
    stripes = torch.linspace(0, 60, 64).sin()
    pointwise, by_place = unsteady(lambda x: x * 0.5, smooth(2, 64)), unsteady(lambda x: x * 0.5 + stripes, smooth(2, 64))
    assert pointwise < 0.02 < 0.2 < by_place


def trained(steps: int, weight: float) -> tuple[TemporalSupervisor, Compact, dict[str, list[float]]]:
    """A net that nothing but the supervisor moves, and the losses of each step."""
    torch.manual_seed(0)
    net, x = Compact(4, 1), smooth(2, 32)
    supervisor = TemporalSupervisor(weight, Precision(CPU, False), ALONE)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    told: dict[str, list[float]] = {}
    for step in range(steps):
        assert supervisor.at(0.5 + 0.5 * step / steps) is supervisor
        losses = supervisor(net, x)
        optimiser.zero_grad()
        torch.stack([*losses.values()]).sum().backward()
        optimiser.step()
        for name, value in losses.items():
            told.setdefault(name, []).append(value.item())
    return supervisor, net, told


def test_all_of_its_losses_fall() -> None:
    supervisor, _, told = trained(40, 1.0)
    assert set(told) == {"steadiness", "attending", "supervision"}
    assert len(told["supervision"]) == 24       # on top, later
    for name, values in told.items():
        assert sum(values[-5:]) < 0.8 * sum(values[:5]), (name, values)
    assert supervisor.at(0.49) is None


def test_its_parameters_are_its_own_and_kept() -> None:
    supervisor, net, _ = trained(3, 1.0)
    state = supervisor.state()
    other = TemporalSupervisor(1.0, Precision(CPU, False), ALONE)
    other.load(state)
    for name, value in other.attention.state_dict().items():
        assert torch.equal(value, state["supervisor"][name])
    assert not {id(p) for p in net.parameters()} & {id(p) for p in supervisor.attention.parameters()}
    before = {name: value.clone() for name, value in other.attention.state_dict().items()}
    other.load({})                              # a checkpoint of a training without it
    assert all(torch.equal(value, before[name]) for name, value in other.attention.state_dict().items())


def test_the_generator_is_held_by_both_halves_and_does_not_teach_the_attention() -> None:
    torch.manual_seed(0)
    net, x = Compact(4, 1), smooth(2, 32)
    supervisor = TemporalSupervisor(1.0, Precision(CPU, False), ALONE)
    supervisor.at(1.0)
    losses = supervisor(net, x)
    for name in ("steadiness", "supervision"):
        net.zero_grad()
        supervisor.attention.zero_grad()
        losses[name].backward(retain_graph=True)
        assert any(p.grad is not None and float(p.grad.abs().sum()) > 0 for p in net.parameters()), name
        assert all(p.grad is None or float(p.grad.abs().sum()) == 0 for p in supervisor.attention.parameters()), name
    assert not losses["attending"].requires_grad


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
        frames, drawings = shaking(4, step)
        loss = attending_loss(supervisor(frames, drawings)[0], drawings[:, 1], still(frames))
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


def test_supervision_counts_neither_what_moves_nor_what_is_unsure() -> None:
    frames, _ = shaking(2, 0)
    moving = frames.clone()
    moving[:, 2, :, 10:20, 10:20] += 1
    mask = still(moving)
    assert float(mask[:, :, 10:20, 10:20].max()) == 0 and float(mask[:, :, :6, :6].min()) == 1
    now, ideal = torch.zeros(2, 3, 32, 32), torch.ones(2, 3, 32, 32)
    sure = torch.ones(2, 1, 8, 8)
    whole = supervision(now, ideal, sure, torch.ones_like(mask))
    assert float(whole) == pytest.approx(1)
    assert float(supervision(now, ideal, sure, mask)) == pytest.approx(float(mask.mean()))
    assert float(supervision(now, ideal, sure * 0, mask)) == 0
