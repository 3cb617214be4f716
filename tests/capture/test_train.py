"""How model.npz is made: invented expressions move what they should, and a small network learns what it is taught."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture.head import Fit
from capture.model import F64, model
from capture.train_invent import LOWER, UPPER, Inventor, mirrored
from tests.capture.faces import expression, seen, turn


def invented(count: int, seed: int = 1) -> F64:
    inventor = Inventor(np.stack([model().mean * s for s in (0.97, 1.0, 1.03)]), seed)
    return np.array([inventor.draw() for _ in range(count)])


def test_the_seed_is_all_that_expressions_hang_on() -> None:
    np.testing.assert_array_equal(invented(3), invented(3))
    assert not np.array_equal(invented(3), invented(3, seed=2))


def test_invented_expressions_reach_what_portraits_do_not() -> None:
    faces = invented(400)
    mean = model().mean
    gaps = np.stack([faces[:, UPPER[s][3], 1] - faces[:, LOWER[s][3], 1] for s in (0, 1)], 1)
    rest = mean[UPPER[0][3], 1] - mean[LOWER[0][3], 1]
    shut, opened = gaps < 0.25 * rest, gaps > 0.8 * rest
    assert shut.all(1).mean() > 0.03  # blinks
    assert (shut[:, 0] & opened[:, 1]).any() and (shut[:, 1] & opened[:, 0]).any()  # winks of either eye
    jaw = (faces[:, 13, 1] - faces[:, 14, 1]) - (mean[13, 1] - mean[14, 1])
    assert np.quantile(jaw, 0.9) > 1.5 and np.quantile(jaw, 0.1) < 0.3
    width = faces[:, 291, 0] - faces[:, 61, 0]
    assert np.quantile(width, 0.95) > 1.3 * np.quantile(width, 0.05)  # smiles and purses


def test_a_mirror_image_twice_is_the_face() -> None:
    mirror = np.arange(478)
    mirror[[33, 263]] = mirror[[263, 33]]
    face = invented(1)[0]
    np.testing.assert_allclose(mirrored(mirrored(face, mirror), mirror), face)
    np.testing.assert_allclose(mirrored(face, mirror)[33], face[263] * [-1, 1])


def test_a_fit_finds_rotation_scale_and_shift() -> None:
    weights = np.random.default_rng(0).random(478)
    fit = Fit(model().mean, weights / weights.sum())
    rotation, scale, shift = fit.rigid(1.7 * model().mean @ turn(20, -10, 30).T + [3.0, -2.0, 40.0])
    np.testing.assert_allclose(rotation, turn(20, -10, 30), atol=1e-9)
    np.testing.assert_allclose((scale, *shift), (1.7, 3.0, -2.0, 40.0), atol=1e-9)


def test_the_network_learns_and_its_scales_are_in_its_layers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from capture import train_net
    from capture.model import run

    monkeypatch.setattr(train_net, "BATCH", 32)
    inputs = np.random.default_rng(0).normal(3.0, 0.2, (2 * 600, 6))
    answers = {"sum": 5 * (inputs.sum(1) - 18), "first": inputs[:, 0] - 2.9}
    layers = train_net.teach(inputs, answers)
    said = run(layers, inputs)
    assert np.corrcoef(said[:, 0], answers["sum"])[0, 1] > 0.9
    assert abs((said[:, 1] - answers["first"]).mean()) < 0.05
    assert "first" in capsys.readouterr().out


def test_a_lid_that_is_drawn_down_hides_its_eye_and_a_share_of_nothing_changes_nothing() -> None:
    from capture.train_lids import LIDS, shut

    rgb = np.full((480, 640, 3), 180, np.uint8)
    points = seen(expression(), at=(0.0, 0.0, -30.0))[:, :2].astype(np.float64) * [640, 480]
    eye = [*LIDS[0][0], *LIDS[0][1][::-1]]
    cv2.fillPoly(rgb, [points[eye].astype(np.int32)], (30, 20, 20))
    dark = [int((shut(rgb, points, (down, 0.0))[..., 0] < 90).sum()) for down in (0.0, 0.5, 1.0)]
    assert dark[0] == (rgb[..., 0] < 90).sum() == (shut(rgb, points, (0.0, 1.0))[..., 0] < 90).sum()
    assert dark[1] < 0.75 * dark[0] and dark[2] < 0.45 * dark[0]      # the lash line stays


def test_spoilt_eyes_are_of_the_cut_outs_size_and_of_the_seed_alone() -> None:
    from capture.eyes import HEIGHT, WIDTH
    from capture.train_lids import spoil

    eye = np.random.default_rng(0).integers(0, 255, (96, 128)).astype(np.uint8)
    one, same, other = (np.array([spoil(eye, rng) for _ in range(8)]) for rng in map(np.random.default_rng, (1, 1, 2)))
    assert one.shape == (8, HEIGHT, WIDTH) and one.min() >= 0 and one.max() <= 255
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_eyes_network_learns_knows_what_it_does_not_see_and_runs_without_torch() -> None:
    torch = pytest.importorskip("torch")
    from capture import train_eyes
    from capture.eyes import even, run
    from capture.train_lids import Eyes

    rng = np.random.default_rng(0)
    opened = rng.uniform(0, 1, 240).astype(np.float32)
    crops = np.full((240, 96, 128), 170, np.uint8)
    for crop, share in zip(crops, opened, strict=True):
        crop[48 - int(14 * share) - 2 : 48 + int(14 * share) + 2, 40:88] = 40
    net = train_eyes.teach(Eyes(crops, opened, np.arange(240)), copies=2, epochs=12)
    seen = even(np.array([crop[24:72:2, 32:96:2] for crop in crops[:20]]))
    told = run(train_eyes.layers(net), seen)
    with torch.no_grad():
        raw = net(torch.tensor(seen)[:, None]).numpy()
    np.testing.assert_allclose(told[:, 0], raw[:, 0], atol=1e-4)
    np.testing.assert_allclose(np.log(told[:, 1]), np.clip(raw[:, 1], -4, 1), atol=1e-4)
    assert np.corrcoef(told[:, 0], opened[:20])[0, 1] > 0.7
