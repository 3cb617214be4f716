"""docs/commands.md, made from the command line's own help: `python -m tests.kirie.help_pages` writes it, a test compares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kirie.cli import cli
from kirie.commands.common import HELP_WIDTH

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "commands.md"
INTRODUCTION = """# Commands

This page is the help of `kirie` itself; `python -m tests.kirie.help_pages` writes it.

Results go beside the input unless `-o` says otherwise, and the last line on standard output is the path written. A file that
Kirie did not write, or that was changed since, is kept unless `--force` is given. Notes and progress go to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed: one line says what is wrong, one what to do |
| 2 | wrong usage |
| 3 | `kirie check` has findings |
| 130 | stopped with Ctrl-C; nothing is half written |
"""


def help_text(command: click.Command, name: str) -> str:
    """What `NAME --help` prints on a wide terminal."""
    return command.get_help(click.Context(command, info_name=name, terminal_width=HELP_WIDTH)).rstrip()


def every_command() -> Iterator[tuple[str, click.Command]]:
    """(words after `kirie`, command) of all commands, and of those under one name."""
    for name, command in cli.commands.items():
        yield name, command
        for inner, under in command.commands.items() if isinstance(command, click.Group) else ():
            yield f"{name} {inner}", under


def page() -> str:
    """The whole document."""
    parts = [INTRODUCTION, f"## kirie\n\n```\n{help_text(cli, 'kirie')}\n```\n"]
    for name, command in every_command():
        parts.append(f"## kirie {name}\n\n```\n{help_text(command, f'kirie {name}')}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
