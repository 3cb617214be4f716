"""`kirie train`: the networks that Kirie ships are made with it, and fitted to your own drawings."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import command
from kirie.errors import KirieError


@command("train", examples="""
kirie train parts --work training         draws, trains, evaluates: training/parts.onnx
kirie train parts --work mine --from art  the same, half of it from your own layered PSDs in the folder art
""", epilog="The same line goes on after a stop. Two CPU cores take hours. Needs torch, which `python3 run.py train` installs.")
@click.argument("network", metavar="parts", type=click.Choice(["parts"]))
@click.option("--work", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder for drawings, checkpoint and result.")  # fmt: skip
@click.option("--characters", type=click.IntRange(16), default=6000, show_default=True, help="How many drawings.")
@click.option("--steps", type=click.IntRange(1), default=6000, show_default=True, help="How many steps of training.")
@click.option("--seed", type=int, default=1, show_default=True, help="Everything follows from it.")
@click.option("--from", "own", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder of your own layered drawings to learn from as well.")  # fmt: skip
def train(network: str, work: Path, characters: int, steps: int, seed: int, own: Path | None) -> None:
    """Train the part classifier."""
    assert network == "parts"
    try:
        from layering.train import Settings, train_parts
    except ImportError as error:
        raise KirieError(f"training needs {error.name}, which is not installed",
                         "start it as `python3 run.py train parts`, which installs it") from error  # fmt: skip
    from layering.train_data import draw_by_chance
    from layering.train_own import OwnDrawings

    work.mkdir(parents=True, exist_ok=True)
    held_out = max(8, min(200, characters // 20))
    settings = Settings(characters=characters, held_out=held_out, steps=steps, seed=seed)
    draw = draw_by_chance if own is None else OwnDrawings(own)
    train_parts(work, settings, draw, log=click.echo)
    click.echo(work / "parts.onnx")
