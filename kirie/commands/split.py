"""`kirie split`: one flat picture becomes a layered PSD with hidden parts painted in, and what to look at is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, note, write_json
from kirie.commands.making import look_at, write_png
from kirie.guard import OverwriteError, allow, is_ours, writing
from kirie.library import LAYERED

if TYPE_CHECKING:
    from layering import Artwork, Split

MOST_COLOURS = 64
WORDS = {"irides": "irises", "eyebrow": "brows", "eyelash": "lashes", "eyewhite": "whites of the eyes"}
"""Parts whose names are not what one would say."""


@command("split", examples="""
kirie split girl.png                      girl.psd, and girl.layers.png to see what was understood
kirie split girl.jpg -o layers.psd        another name
kirie split girl.png --keep stages        the picture of every stage, to understand a wrong result
""", epilog="Correct girl.psd in your own program, then: kirie rig girl.psd. A corrected PSD is kept.")  # fmt: skip
@click.argument("picture", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".psd"), help="The .psd to write.  [default: beside the picture]")
@click.option("--groups", is_flag=True, help="Put the PSD's layers into folders.")
@click.option("--colours", type=click.IntRange(1, MOST_COLOURS), default=10, show_default=True,
              help="Colours of the palette; the face has as many of its own.")  # fmt: skip
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="A folder for the picture of every stage.")
@click.option("--json", "as_json", is_flag=True, help="Tell what was understood as JSON.")
@click.option("--force", is_flag=True, help="Overwrite files that are not as Kirie wrote them.")
def split(picture: Path, output: Path | None, groups: bool, colours: int, keep: Path | None, as_json: bool,
          force: bool) -> None:  # fmt: skip
    """Take a flat picture apart into a layered PSD."""
    from layering import exploded_sheet

    if picture.suffix.lower() in LAYERED:
        raise click.BadParameter(f"{picture.name} has layers already; go on with: kirie rig {picture}", param_hint="PICTURE")
    target = output or beside(picture, ".psd")
    sheet = beside(target, ".layers.png")
    allow_split(picture, target, force)
    allow(sheet, force, inputs=[picture])
    artwork, result = look_at(picture, colours, keep)
    with ThreadPoolExecutor(1) as beside_us:                 # both take long for a large picture
        drawn = beside_us.submit(exploded_sheet, result.stack)
        write_split(artwork, result, target, groups, force)
        with writing(sheet, force) as path:
            write_png(path, drawn.result())
    files = [*([keep] if keep else []), sheet, target]
    if as_json:
        write_json(summary(result, files))
        return
    tell_parts(result, sheet)
    for path in files:
        click.echo(path)


def allow_split(picture: Path, target: Path, force: bool) -> None:
    """Raise OverwriteError for a PSD that holds a person's work, saying how to go on with it."""
    if target.is_file() and not force and not is_ours(target):
        hint = f"go on with it: kirie rig {target}; or write another: kirie split {picture} -o other.psd"
        raise OverwriteError(f"{target} exists and is not as Kirie wrote it: it may hold corrections", hint)
    allow(target, force, inputs=[picture])


def write_split(artwork: Artwork, result: Split, target: Path, groups: bool, force: bool) -> None:
    """The layered PSD, at the picture's size and resolution."""
    from layering import write_psd

    with writing(target, force) as path:
        write_psd(result.stack, path, groups, artwork.dpi)


def tell_parts(result: Split, sheet: Path) -> None:
    """List the parts with how sure each is, what is missing, and what deserves a look."""
    for each in result.found:
        click.echo(f" {' ' if each.sure else '?'} {WORDS.get(each.part, each.part):20s} {each.confidence:4.0%}")
    for text in result.notes:
        note(text)
    if result.missing:
        note(f"not found: {', '.join(WORDS.get(x, x) for x in result.missing)}")
    if result.uncertain:
        note(f"unsure of: {', '.join(WORDS.get(x, x) for x in result.uncertain)}; have a look at {sheet.name}")
    click.echo(f"{len(result.stack.layers)} layers, {len(result.found)} parts")


def summary(result: Split, files: list[Path]) -> dict[str, object]:
    """What `--json` tells."""
    return {
        "files": [str(x) for x in files],
        "canvas": list(result.stack.canvas),
        "layers": [{"name": x.name, "part": x.part, "side": x.side, "state": x.state} for x in result.stack.layers],
        "found": [{"part": x.part, "confidence": x.confidence, "pixels": x.area, "sure": x.sure} for x in result.found],
        "missing": list(result.missing),
        "uncertain": list(result.uncertain),
        "notes": list(result.notes),
    }
