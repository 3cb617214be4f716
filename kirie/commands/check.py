"""`kirie check`: moves a puppet through its whole range and shows what goes wrong."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, command

FINDINGS = 3


@command("check", examples="""
kirie check girl.puppet                   what goes wrong where, with pictures in girl.check
kirie check girl.puppet --json            the same for a script
""", epilog="Looks for holes, folds, stray irises, open lids and seams; exit code 3 where it finds any.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("--json", "as_json", is_flag=True, help="Tell the findings as JSON.")
@click.option("--force", is_flag=True, help="Overwrite pictures that are not as Kirie wrote them.")
def check(puppet: Path, as_json: bool, force: bool) -> int:
    """Look for faults in every pose of a puppet."""
    raise NotImplementedError
