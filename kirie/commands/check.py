"""`kirie check`: moves a puppet through its whole range and shows what goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kirie.commands.common import READABLE_FILE, beside, command, write_json
from kirie.commands.making import open_puppet, write_png
from kirie.commands.progress import progress
from kirie.guard import allow, is_ours, writing

if TYPE_CHECKING:
    from rig import Finding, Puppet
    from rig.measure import Craft

FINDINGS = 3
LONGEST, FACE = 640, 160
"""Px of the pictures' longer side, and of the face in them at least, as far as the drawing has them: faults of a pixel or two
in the drawing are found, and a check takes seconds."""
STEPS = 1000


@command("check", examples="""
kirie check girl.puppet                   what goes wrong where, with pictures in girl.check
kirie check girl.puppet --json            the same for a script
""", epilog="Looks for holes, folds, stray irises, open lids and seams; exit code 3 where it finds any.")  # fmt: skip
@click.argument("puppet", type=READABLE_FILE)
@click.option("--json", "as_json", is_flag=True, help="Tell the findings as JSON.")
@click.option("--force", is_flag=True, help="Overwrite pictures that are not as Kirie wrote them.")
def check(puppet: Path, as_json: bool, force: bool) -> int:
    """Look for faults in every pose of a puppet."""
    from rig import craft

    opened = open_puppet(puppet)
    figures, findings = craft(opened), find(opened)
    folder = beside(puppet, ".check")
    pictures = write_pictures(folder, findings, force)
    if as_json:
        write_json({"turn": [{**asdict(c), "good": c.good} for c in figures],
                    "findings": [as_row(f, p) for f, p in zip(findings, pictures, strict=True)]})  # fmt: skip
    else:
        tell_turn(figures)
        for finding, picture in zip(findings, pictures, strict=True):
            click.echo(f"{picture.name}  {finding.message}")
        click.echo(f"{len(findings)} findings: see {folder}" if findings else "nothing found")
        if findings:
            click.echo(folder)
    return FINDINGS if findings else 0


def tell_turn(figures: Sequence[Craft]) -> None:
    """The craft of the head's turn: each figure to either side, and what riggers aim at. No finding, but worth knowing."""
    turns = sorted({c.turn for c in figures})
    if turns:
        sides = ", ".join(f"{turn:+g}" for turn in turns)
        click.echo(f"head turned, ParamAngleX {sides}:")
    for name, same in groupby(figures_by_name(figures), key=lambda c: c.name):
        each = list(same)
        values = "  ".join(f"{c.value:6.2f}{' ' if c.good else '!'}" for c in each)
        click.echo(f"  {name:36} {values}  aim {each[0].low:g}..{each[0].high:g}")


def figures_by_name(figures: Sequence[Craft]) -> list[Craft]:
    """Sorted by the order of names, then by turn."""
    names = list(dict.fromkeys(c.name for c in figures))
    return sorted(figures, key=lambda c: (names.index(c.name), c.turn))


def find(puppet: Puppet) -> list[Finding]:
    """All that goes wrong, the largest first."""
    from render import Offscreen
    from rig import check as look

    with Offscreen(puppet, picture_size(puppet)) as offscreen, progress("checking") as report:
        return look(puppet, offscreen.draw, lambda share: report(round(share * STEPS), STEPS))


def picture_size(puppet: Puppet) -> tuple[int, int]:
    """(w, h) px in which the puppet is looked at: never larger than it was drawn."""
    width, height = puppet.canvas
    scale = min(1.0, max(LONGEST / max(width, height), FACE / puppet.surface.width))
    return round(width * scale), round(height * scale)


def write_pictures(folder: Path, findings: list[Finding], force: bool) -> list[Path]:
    """One picture a finding; those of an earlier check go."""
    for old in sorted(folder.glob("*.png")) if folder.is_dir() else []:
        if is_ours(old):
            old.unlink()
    if findings and not folder.is_dir():
        allow(folder, force)
        folder.mkdir()
    elif not findings and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    paths = [folder / f"{number:02}-{finding.kind}.png" for number, finding in enumerate(findings, 1)]
    for path, finding in zip(paths, findings, strict=True):
        with writing(path, force):
            write_png(path, finding.picture)
    return paths


def as_row(finding: Finding, picture: Path) -> dict[str, object]:
    """A finding for `--json`."""
    return {
        "kind": finding.kind,
        "part": finding.part,
        "message": finding.message,
        "pose": dict(finding.pose),
        "amount": round(finding.amount, 1),
        "where": [round(x, 1) for x in finding.where],
        "picture": str(picture),
    }
