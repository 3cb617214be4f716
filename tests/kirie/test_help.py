"""Help is part of the product: it leads with examples, is quick, and the manual is made of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from kirie.cli import EXAMPLES, cli
from kirie.commands.common import ExampleCommand, ExampleGroup
from tests.kirie.conftest import ROOT, Answer
from tests.kirie.help_pages import PAGE, every_command, help_text, page

Say = Callable[..., Answer]


def test_the_manual_is_the_help() -> None:
    """The golden text of every command's help; after a change: python -m tests.kirie.help_pages."""
    assert PAGE.read_text("utf-8") == page()


def test_the_golden_text_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.commands["rig"], "help", "Something else.")
    assert PAGE.read_text("utf-8") != page()


@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_help_leads_with_examples(name: str) -> None:
    text = help_text(dict(every_command())[name], f"kirie {name}")
    assert text.index("Examples:") < text.index("Usage:") < text.index("Options:")
    assert all(len(line) <= 120 for line in text.splitlines())
    assert "--debug" in text


def test_examples_name_options_that_exist() -> None:
    every = dict(every_command())
    commands = [c for c in every.values() if isinstance(c, ExampleCommand | ExampleGroup)]
    for line in filter(None, "\n".join([EXAMPLES, *(c.examples for c in commands)]).splitlines()):
        words = re.split(r" {2,}| \| ", line)[0].split()
        assert words[0] == "kirie", line
        command = every.get(" ".join(words[1:3])) or every[words[1]]
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        assert {w for w in words if re.match(r"--?\w", w)} <= options, line


def test_bare_kirie_shows_help(say: Say) -> None:
    answer = say()
    assert answer.code == 0
    assert answer.out == say("--help").out
    assert "Examples:" in answer.out


def test_short_help_is_not_cut(say: Say) -> None:
    assert "..." not in say().out.split("Commands:")[1]


def test_version(say: Say) -> None:
    import kirie

    assert say("--version").out.strip() == f"kirie, version {kirie.__version__}"


def test_help_needs_no_room() -> None:
    """`kirie --help` stays under 0.3 s because it imports click and no room at all."""
    code = ("import sys, kirie.cli; kirie.cli.main(['rig', '--help']); "
            "print(sorted({'numpy', 'layering', 'rig', 'render', 'capture'} & set(sys.modules)), file=sys.stderr)")
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stderr.strip() == "[]"
