"""The page poses as `rig.pose` does (in Node) and paints as `Offscreen` does (in a headless browser)."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from layering.stack import Blend
from render.idle import idle, look
from render.stage import TICK, Stage
from render.webpage import SCRIPTS, packed, page, script
from rig import build, pose, rest_state, step
from rig.params import ParameterFrame
from rig.puppet import DrawList, Puppet
from tests.render.browser import Browser, chromium
from tests.render.scenes import blended_stack, from_stack, masked_face
from tests.rig.conftest import little_girl

NEAR = 0.5                  # px: what a page may differ by


@pytest.fixture(scope="module")
def girl() -> Puppet:
    return build(little_girl(), "girl")


def random_poses(puppet: Puppet, count: int) -> list[dict[str, float]]:
    """Values over, and a little beyond, every range."""
    chance = np.random.default_rng(4)
    out = []
    for _ in range(count):
        chosen = [p for p in puppet.parameters if chance.random() < 0.6]
        spans = [(p.low - 0.1 * (p.high - p.low), p.high + 0.1 * (p.high - p.low)) for p in chosen]
        out.append({p.name: float(chance.uniform(*span)) for p, span in zip(chosen, spans, strict=True)})
    return out


def in_node(puppet: Puppet, folder: Path, **cases: Any) -> dict[str, Any]:
    """What the page's own JavaScript makes of it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node here: apt-get install -y nodejs")
    files = []
    for name in SCRIPTS[:2]:
        files.append(folder / name)
        files[-1].write_text(script(name), "utf-8")
    (folder / "puppet.bin").write_bytes(packed(puppet))
    given = {"poses": [], "swung": [], "lived": [], "idle": [], "look": [], **cases}
    host = Path(__file__).with_name("pose_in_node.js")
    done = subprocess.run([node, host, *files, folder / "puppet.bin"], input=json.dumps(given), capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def assert_same(came: dict[str, Any], expected: DrawList, near: float = 0.02) -> None:
    assert np.abs(np.array(came["vertices"]).reshape(-1, 2) - expected.vertices).max() < near < NEAR
    assert np.allclose(came["opacity"], expected.opacity, atol=1e-5)


def test_the_page_poses_swings_and_lives_as_python_does(girl: Puppet, tmp_path: Path) -> None:
    poses = [{}, {"ParamAngleX": 30.0, "ParamNothing": 3.0}, *random_poses(girl, 12)]
    steps = [{"ParamAngleX": min(i, 20) * 1.4, "ParamAngleZ": i * 0.4, "ParamBodyAngleZ": i * 0.2} for i in range(40)]
    nod = {"ParamAngleX": 20.0, "ParamMouthOpenY": 0.4}
    frames = [(i / 50, nod if 20 <= i < 50 else None, [0.0, 300.0]) for i in range(70)]
    times, places = [0.0, 1.3, 17.77, 123.4, -2.0], [(0.0, 0.0), (2.0, -1.0), (-9.0, 4.0)]
    came = in_node(girl, tmp_path, poses=poses, swung=[steps], lived=[frames], idle=times, look=places)
    for answer, values in zip(came["poses"], poses, strict=True):
        assert_same(answer, pose(girl, values))
    state = rest_state(girl, steps[0])
    for values in steps[1:]:
        state = step(girl, state, values, TICK)
    assert np.abs(state.tips).max() > 1
    assert_same(came["swung"][0], pose(girl, steps[-1], state))
    stage = Stage(girl)
    for now, sent, pointer in frames:
        source = ParameterFrame(now, {"ParamBreath": 0.0, **sent}) if sent else None
        moment = stage.advance(now, source, (pointer[0], pointer[1]))
    assert_same(came["lived"][0], moment.draw_list)
    for answer, now in zip(came["idle"], times, strict=True):
        assert answer == pytest.approx(idle(now), abs=1e-9)
    for answer, place in zip(came["look"], places, strict=True):
        assert answer == pytest.approx(look(*place))


def test_a_puppet_drawn_turned_with_a_rounder_head_poses_the_same(girl: Puppet, tmp_path: Path) -> None:
    parameters = tuple(replace(p, default=10.0, low=-30.0) if p.name == "ParamAngleX" else p for p in girl.parameters)
    turned = replace(girl, parameters=parameters, surface=replace(girl.surface, curvature=1.4))
    poses = random_poses(turned, 4)
    for answer, values in zip(in_node(turned, tmp_path, poses=poses)["poses"], poses, strict=True):
        assert_same(answer, pose(turned, values))


def test_packing_is_repeatable_and_the_page_stands_alone(girl: Puppet) -> None:
    assert packed(girl) == packed(girl)
    head = gzip.decompress(packed(girl))
    assert json.loads(head[4 : 4 + int.from_bytes(head[:4], "little")])["name"] == "girl"
    alone, served = page(girl), page(None)
    assert "{{" not in alone and 'data-source="mouse"' in alone and 'id="puppet"' in alone
    assert "{{" not in served and 'data-source="socket"' in served and 'id="puppet">' not in served
    for text in (alone, served):
        assert "http:" not in text and "https:" not in text and "src=" not in text


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as made:
        yield made


def assert_painted(browser: Browser, puppet: Puppet, values: dict[str, float], folder: Path) -> None:
    from render import Offscreen
    from tests.conftest import premultiply

    (folder / "girl.html").write_text(page(puppet), "utf-8")
    address = (folder / "girl.html").as_uri() + "#pose=" + quote(json.dumps(values))
    browser.open(address, puppet.canvas)
    came = browser.picture()
    with Offscreen(puppet) as offscreen:
        expected = offscreen.draw(pose(puppet, values))
    assert came.shape == expected.shape
    away = np.abs(premultiply(came) - premultiply(expected)).max(-1)
    assert (away > 12).mean() < 2e-3 and away.mean() < 0.5, (away.max(), (away > 12).mean(), away.mean())


def test_the_page_paints_a_turned_girl_as_the_engine_does(browser: Browser, girl: Puppet, tmp_path: Path) -> None:
    values = {"ParamAngleX": 18.0, "ParamAngleY": 6.0, "ParamEyeLOpen": 0.4, "ParamMouthOpenY": 0.7}
    assert_painted(browser, girl, values, tmp_path)


@pytest.mark.parametrize("scene", ["masks", "blends"])
def test_the_page_paints_masks_and_blend_modes(browser: Browser, scene: str, tmp_path: Path) -> None:
    puppet = masked_face() if scene == "masks" else from_stack(blended_stack())
    if scene == "blends":
        assert {p.blend for p in puppet.parts} == set(Blend)
    assert_painted(browser, puppet, {"ParamAngleX": 0.0}, tmp_path)


def test_the_page_lives_and_follows_the_mouse(browser: Browser, girl: Puppet, tmp_path: Path) -> None:
    (tmp_path / "girl.html").write_text(page(girl), "utf-8")
    browser.open((tmp_path / "girl.html").as_uri(), girl.canvas)
    assert browser.value("document.body.dataset.ready") == "live"
    move = "dispatchEvent(new PointerEvent('pointermove', {clientX: %d, clientY: 100}))"
    sides = []
    for x in (0, girl.canvas[0]):
        browser.value(move % x)
        time.sleep(0.8)
        alpha = browser.picture()
        dark = (alpha[100:140, :, :3].sum(-1) < 150) & (alpha[100:140, :, 3] > 200)      # the lashes
        sides.append(float(np.nonzero(dark)[1].mean()))
    assert sides[1] - sides[0] > 8
