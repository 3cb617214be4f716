"""`kirie convert`: the checkpoint of a stylizer, as people have them, becomes an ONNX file that Kirie runs."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, tell
from kirie.errors import KirieError
from kirie.guard import allow, writing

NAMES = {"full": "U-GAT-IT, full", "light": "U-GAT-IT, light", "compact": "Kirie's compact U-GAT-IT",
         "photo2cartoon": "photo2cartoon", "animegan": "AnimeGANv2"}  # fmt: skip


@command("convert", examples="""
kirie convert selfie2anime_params_latest.pt          selfie2anime_params_latest.onnx
kirie convert photo2cartoon_weights.pt -o cartoon.onnx
kirie convert style.pt --int8                        twice as fast on many CPUs, a little coarser
""", epilog="Then: kirie stylize me.jpg --model style.onnx. Needs torch, which `python3 run.py convert` installs.")  # fmt: skip
@click.argument("checkpoint", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".onnx"), help="The .onnx to write.  [default: beside the checkpoint]")
@click.option("--direction", type=click.Choice(["A2B", "B2A"]), default="A2B", show_default=True,
              help="Photo to drawing or back, where the checkpoint has both.")  # fmt: skip
@click.option("--int8", is_flag=True, help="Convolutions in 8 bits.")
@click.option("--force", is_flag=True, help="Overwrite a file that is not as Kirie wrote it.")
def convert_command(checkpoint: Path, output: Path | None, direction: str, int8: bool, force: bool) -> None:
    """Make an ONNX file of a stylizer's PyTorch checkpoint."""
    target = output or beside(checkpoint, ".onnx")
    allow(target, force, inputs=[checkpoint])
    try:
        from stylize.convert import convert
    except ImportError as error:
        raise KirieError(f"converting needs {error.name}, which is not installed",
                         "start it as `python3 run.py convert`, which installs the extra `train`") from error  # fmt: skip
    with writing(target, force, inputs=[checkpoint]):
        network = convert(checkpoint, target, direction, int8)
    tell(f"it is {NAMES[network.kind]}" + (f" with {network.channels} channels" if network.kind != "animegan" else ""))
    click.echo(target)
