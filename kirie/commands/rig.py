"""`kirie rig`: a drawing, layered or flat, becomes a puppet, with a sheet that shows what was understood."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, note, write_json
from kirie.commands.making import OVERRIDES, look_at, read_stack, set_by_hand, write_png
from kirie.commands.split import allow_split, write_split
from kirie.guard import allow, writing
from kirie.library import PICTURES

if TYPE_CHECKING:
    from layering.stack import Layer, LayerStack
    from rig import Puppet


@command("rig", examples="""
kirie rig girl.psd                        girl.puppet, and girl.layers.png to see what was understood
kirie rig girl.png                        a flat picture: girl.psd too, which you can correct
kirie rig girl.psd --write-overrides      the same, and girl.overrides.toml to correct by hand
kirie rig girl.psd --curvature 1.3        a rounder head, for larger turns
""", epilog="A girl.overrides.toml beside girl.psd is read each time, so corrections survive a new export.")  # fmt: skip
@click.argument("psd", metavar="DRAWING", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".puppet"), help="The .puppet to write.  [default: beside the drawing]")
@click.option("--overrides", type=READABLE_FILE, help="Anchors, depths and strengths set by hand.  [default: beside]")
@click.option("--write-overrides", is_flag=True, help="Write what was found as a TOML file to correct.")
@click.option("--curvature", type=click.FloatRange(0, 3), help="How round the head is; 1 is as built.")
@click.option("--json", "as_json", is_flag=True, help="Tell what was understood as JSON.")
@click.option("--force", is_flag=True, help="Overwrite files that are not as Kirie wrote them.")
def rig(psd: Path, output: Path | None, overrides: Path | None, write_overrides: bool, curvature: float | None,
        as_json: bool, force: bool) -> None:  # fmt: skip
    """Make a puppet of a PSD, PSB or ORA, or of a flat picture."""
    from rig import build, save
    from rig import write_overrides as save_overrides

    puppet_path = output or beside(psd, ".puppet")
    sheet_path, text_path = beside(puppet_path, ".layers.png"), overrides or beside(psd, OVERRIDES)
    results = [puppet_path, sheet_path, *([text_path] if write_overrides else [])]
    for path in results:
        allow(path, force, inputs=[psd])
    if psd.suffix.lower() in PICTURES:
        results.insert(1, beside(psd, ".psd"))
        stack = take_apart(psd, results[1], force)
    else:
        stack = read_stack(psd)
    given = set_by_hand(text_path, curvature)
    with ThreadPoolExecutor(1) as beside_us:                 # the sheet takes as long as half of the rig
        sheet = beside_us.submit(write_sheet, stack, sheet_path, force)
        puppet = build(stack, name=psd.stem, overrides=given)
        sheet.result()
    if write_overrides:
        with writing(text_path, force) as path:
            save_overrides(path, given, puppet)
    with writing(puppet_path, force) as path:
        save(puppet, path)
    if as_json:
        write_json(summary(stack, puppet, [*results[1:], puppet_path]))
    else:
        tell_layers(stack, sheet_path)
        for path in [*results[1:], puppet_path]:
            click.echo(path)


def take_apart(picture: Path, target: Path, force: bool) -> LayerStack:
    """The layers of a flat picture, which are also written as a PSD for the user to correct."""
    allow_split(picture, target, force)
    artwork, result = look_at(picture)
    write_split(artwork, result, target, False, force)
    for text in result.notes:
        note(text)
    return result.stack


def write_sheet(stack: LayerStack, path: Path, force: bool) -> None:
    """The exploded sheet, on which a person sees what was understood."""
    from layering import exploded_sheet

    with writing(path, force):
        write_png(path, exploded_sheet(stack))


def tell_layers(stack: LayerStack, sheet: Path) -> None:
    """List each layer, how it was understood, and what deserves a look."""
    width = min(max((columns(x.name) for x in stack.layers), default=0), 40)
    kinds = {n.layer: n.kind for n in stack.notes}
    for layer in reversed(stack.layers):                    # front to back, as drawing programs list them
        mark = "?" if kinds.get(layer.name) == "guessed" else " "
        click.echo(f" {mark} {layer.name}{' ' * (width - columns(layer.name))}  {described(layer)}")
    for each in stack.notes:
        if each.kind != "known":
            note(f"{each.layer}: {each.text}" if each.layer else each.text)
    guessed = Counter(n.kind for n in stack.notes)["guessed"]
    look = f", {guessed} guessed: have a look at {sheet.name}" if guessed else ""
    click.echo(f"{len(stack.layers)} layers{look}")


def columns(text: str) -> int:
    """How wide a terminal shows a text: Japanese and Chinese characters take two columns."""
    return sum(2 if east_asian_width(x) in "WF" else 1 for x in text)


def described(layer: Layer) -> str:
    """A layer's part, side and state in words."""
    words = [layer.part, f"({'left' if layer.side == 'l' else 'right'})" if layer.side else "", layer.state,
             "" if layer.shown else "hidden at rest"]  # fmt: skip
    return " ".join(filter(None, words))


def summary(stack: LayerStack, puppet: Puppet, files: list[Path]) -> dict[str, object]:
    """What `--json` tells."""
    return {
        "files": [str(x) for x in files],
        "canvas": list(stack.canvas),
        "layers": [{"name": x.name, "part": x.part, "side": x.side, "state": x.state, "shown": x.shown} for x in stack.layers],
        "notes": [{"layer": n.layer, "kind": n.kind, "text": n.text} for n in stack.notes],
        "anchors": {name: [round(float(v), 1) for v in point] for name, point in puppet.anchors.items()},
        "parameters": {p.name: [p.low, p.default, p.high] for p in puppet.parameters},
    }
