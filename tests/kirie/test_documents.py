"""The documents name what exists, and the README's pictures come from the code that stands here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from examples import draw_heroine, pose_sheet, readme_pictures
from kirie.cli import cli
from tests.kirie.conftest import ROOT

PAGES = ["README.md", "CHANGELOG.md", "docs/architecture.md", "docs/commands.md", "docs/streaming.md",
         "docs/stylize.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_named_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = set(re.findall(r"(?:`kirie|run\.py) ([a-z]+)", text)) - {"test", "itself"}
    assert named <= set(cli.commands), named


def test_the_readme_s_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "python3 run.py demo" in text and "python3 run.py test" in text
    assert "run.py test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_pictures_of_the_readme(tmp_path: Path) -> None:
    readme_pictures.main(tmp_path, side=64)
    assert sorted(x.name for x in tmp_path.iterdir()) == ["laugh.png", "rest.png", "turned.png"]
    assert len({Image.open(x).tobytes() for x in tmp_path.iterdir()}) == 3


def test_the_heroine_is_drawn(tmp_path: Path) -> None:
    draw_heroine.main(tmp_path)
    assert sorted(x.name for x in tmp_path.iterdir()) == ["heroine.png", "heroine.psd"]


def test_the_sheet_of_poses(tmp_path: Path) -> None:
    draw_heroine.main(tmp_path)
    pose_sheet.main(tmp_path / "heroine.psd", tmp_path / "poses.png")
    with Image.open(tmp_path / "poses.png") as sheet:
        assert sheet.size == (6 * 300, 2 * 340)
        cells = {sheet.crop((300 * x, 340 * y, 300 * x + 300, 340 * y + 340)).tobytes() for x in range(6) for y in range(2)}
    assert len(cells) == 12                                 # no pose is dead
