"""`kirie stylize`: a photo becomes a flat-shaded drawing of the person, as one picture or as layers."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, note
from kirie.commands.making import write_png
from kirie.guard import allow, writing

GROUNDS = ("keep", "stylize", "flat", "transparent")
LAYERS = ".psd"


@command("stylize", examples="""
kirie stylize me.jpg                      me.anime.png: you, drawn flat, on transparent ground
kirie stylize me.jpg -o me.psd            the same as layers; then: kirie rig me.psd
kirie stylize me.jpg --background flat    the ground is drawn, too
kirie stylize me.jpg --model style.onnx   a network of your own
""", epilog="A U-GAT-IT, photo2cartoon or AnimeGANv2 checkpoint becomes an .onnx with: kirie convert")  # fmt: skip
@click.argument("picture", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".png", LAYERS), help="The .png or .psd to write.  [default: beside]")
@click.option("--model", default="flat", show_default=True, help="flat, or an .onnx file: what draws the person.")
@click.option("--strength", type=click.FloatRange(0, 1), default=1.0, show_default=True,
              help="How far the person goes from photo to drawing.")  # fmt: skip
@click.option("--background", type=click.Choice(GROUNDS), default="transparent", show_default=True,
              help="What becomes of the ground.")  # fmt: skip
@click.option("--background-model", help="An .onnx file that draws the ground.  [default: flat tones]")
@click.option("--force", is_flag=True, help="Overwrite a file that is not as Kirie wrote it.")
def stylize(picture: Path, output: Path | None, model: str, strength: float, background: str, background_model: str | None,
            force: bool) -> None:  # fmt: skip
    """Draw the person in a photo, flat-shaded."""
    target = output or beside(picture, ".anime.png")
    allow(target, force, inputs=[picture])
    layered = target.suffix.lower() == LAYERS
    if layered and (model != "flat" or strength < 1 or background != "transparent"):
        raise click.UsageError(f"layers come of the flat model alone: leave out the other options, or write a .png "
                               f"and take it apart with: kirie split {target.with_suffix('.png').name}")  # fmt: skip
    from kirie import stylizing

    drawer = stylizing.model(model)
    behind = stylizing.model(background_model) if background_model else None
    photo = stylizing.read_photo(picture)
    for text in stylizing.doubts(photo):
        note(text)
    with writing(target, force, inputs=[picture]):
        if layered:
            from layering import write_psd

            write_psd(stylizing.draw_layers(photo), target)
        else:
            from stylize.workflow import stylize as draw

            mode = "stylize" if behind is not None and background == "transparent" else background
            write_png(target, draw(photo.rgb, drawer, behind, strength, mode, photo.meshes, photo.mask))
    click.echo(target)
