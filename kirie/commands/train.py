"""`kirie train`: the networks that Kirie ships are made with it, and fitted to your own drawings."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import HELP_WIDTH, READABLE_FILE, ExampleGroup, command, debug_option, tell
from kirie.errors import KirieError

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEEDS_TORCH = "The same line goes on after a stop. Needs torch, which `python3 run.py train` installs."


@click.group("train", cls=ExampleGroup, context_settings={"max_content_width": HELP_WIDTH}, examples="""
kirie train parts --work training         what tells hair from skin in a flat picture
kirie train stylizer --photos me --drawings art --work style
""")  # fmt: skip
def train() -> None:
    """Train Kirie's networks, on drawings of your own if you like."""


train.params.append(debug_option())


@command("parts", examples="""
kirie train parts --work training         draws, trains, evaluates: training/parts.onnx
kirie train parts --work mine --from art  the same, half of it from your own layered PSDs in the folder art
""", epilog="Two CPU cores take hours. " + NEEDS_TORCH)
@click.option("--work", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder for drawings, checkpoint and result.")  # fmt: skip
@click.option("--characters", type=click.IntRange(16), default=3300, show_default=True, help="How many drawings.")
@click.option("--steps", type=click.IntRange(1), default=2400, show_default=True, help="How many steps of training.")
@click.option("--seed", type=int, default=1, show_default=True, help="Everything follows from it.")
@click.option("--from", "own", type=FOLDER, help="A folder of your own layered drawings to learn from as well.")
def parts(work: Path, characters: int, steps: int, seed: int, own: Path | None) -> None:
    """Train the part classifier."""
    try:
        from layering.train import Settings, train_parts
    except ImportError as error:
        raise missing(error, "parts") from error
    from layering.train_data import draw_by_chance
    from layering.train_own import OwnDrawings

    work.mkdir(parents=True, exist_ok=True)
    held_out = max(8, min(200, characters // 20))
    settings = Settings(characters=characters, held_out=held_out, steps=steps, seed=seed)
    draw = draw_by_chance if own is None else OwnDrawings(own)
    train_parts(work, settings, draw, log=click.echo)
    click.echo(work / "parts.onnx")


@command("stylizer", examples="""
kirie train stylizer --photos me --drawings art --work style              unpaired: any photos, any drawings
kirie train stylizer --photos me --drawings art --work style --paired     7.png is the drawing of 7.jpg
kirie train stylizer --photos me --drawings art --work style --from selfie2anime.pt --few
kirie train stylizer --photos me --work style --make-pairs http://127.0.0.1:7860 --prompt "flat anime portrait"
kirie train stylizer --photos me --work style --make-pairs "draw {photo} {drawing} --seed {seed}"
""", epilog="Unpaired is work for a GPU, of several with: torchrun --nproc-per-node 4 -m kirie train stylizer ... "
            + NEEDS_TORCH)  # fmt: skip
@click.option("--photos", required=True, type=FOLDER, help="A folder of photos.")
@click.option("--drawings", type=FOLDER, help="A folder of drawings in the style to learn.")
@click.option("--work", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder for pairs, checkpoint, progress pictures and stylizer.onnx.")  # fmt: skip
@click.option("--paired", is_flag=True, help="Each drawing is of the photo of its name.")
@click.option("--make-pairs", metavar="TEACHER", help="Let a teacher draw the photos: a folder of its drawings, a command, or "
              "the address of an img2img API of the Stable-Diffusion kind. Bad pairs are found and left out.")  # fmt: skip
@click.option("--tries", type=click.IntRange(1, 16), default=3, show_default=True,
              help="Drawings of each photo by the teacher.")  # fmt: skip
@click.option("--prompt", default="flat anime portrait", show_default=True, help="What to ask an img2img API for.")
@click.option("--denoising", type=click.FloatRange(0, 1), default=0.5, show_default=True,
              help="How far an img2img API goes from the photo.")  # fmt: skip
@click.option("--kind", type=click.Choice(["full", "light", "compact"]),
              help="The generator's.  [default: light; paired compact]")  # fmt: skip
@click.option("--channels", type=click.IntRange(4, 128), default=32, show_default=True, help="Of the generator's first layer.")
@click.option("--size", type=click.IntRange(64, 1024), default=256, show_default=True,
              help="Px of the crops that are looked at, a multiple of 8.")  # fmt: skip
@click.option("--steps", type=click.IntRange(1), help="How many steps of training.  [default: 200000; paired 6000]")
@click.option("--batch", type=click.IntRange(1), help="Pictures of a step.  [default: 1; paired 4]")
@click.option("--rate", type=click.FloatRange(0, 1, min_open=True), help="Of learning.  [default: 0.0001; paired 0.0005]")
@click.option("--from", "start", type=READABLE_FILE, help="A U-GAT-IT checkpoint to start from.")
@click.option("--few", is_flag=True, help="Few drawings: vary what discriminators see, judge by a frozen network where its "
              "weights can be had, else keep the low layers of the start's discriminators.")  # fmt: skip
@click.option("--steady", type=click.FloatRange(0, 50), default=0.0, show_default=True,
              help="Weight of steadiness over time, for videos; 5 to 10.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Everything follows from it.")
def stylizer(photos: Path, drawings: Path | None, work: Path, paired: bool, make_pairs: str | None, tries: int, prompt: str,
             denoising: float, kind: str | None, channels: int, size: int, steps: int | None, batch: int | None,
             rate: float | None, start: Path | None, few: bool, steady: float, seed: int) -> None:  # fmt: skip
    """Train what draws photos in your style."""
    if (drawings is None) == (make_pairs is None):
        raise click.UsageError("give either --drawings or --make-pairs")
    if size % 8:
        raise click.UsageError(f"--size {size} is no multiple of 8")
    try:
        from stylize.train import adapted, settings_for, train_stylizer
    except ImportError as error:
        raise missing(error, "stylizer") from error

    work.mkdir(parents=True, exist_ok=True)
    settings = settings_for(paired or make_pairs is not None, kind, channels, size, steps, batch, rate, few, steady, seed)
    settings = adapted(settings, start) if start else settings
    if make_pairs is not None:
        from kirie.pairing import pairs_by

        photos, drawings = pairs_by(make_pairs, photos, work, tries, prompt, denoising, tell)
    assert drawings is not None
    train_stylizer(photos, drawings, work, settings, start, log=tell)
    click.echo(work / "stylizer.onnx")


def missing(error: ImportError, network: str) -> KirieError:
    """What to say where torch is not there."""
    return KirieError(f"training needs {error.name}, which is not installed",
                      f"start it as `python3 run.py train {network}`, which installs it")  # fmt: skip


train.add_command(parts)
train.add_command(stylizer)
