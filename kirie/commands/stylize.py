"""`kirie stylize`: a photo becomes a flat-shaded drawing of the person, as one picture or as layers; a film a drawn film."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, Output, beside, command, note
from kirie.commands.making import write_png
from kirie.commands.progress import progress
from kirie.guard import allow, writing

FILM = ".mp4"
GROUNDS = ("keep", "stylize", "flat", "transparent")
LAYERS = ".psd"


@command("stylize", examples="""
kirie stylize me.jpg                      me.anime.png: you, drawn flat, on transparent ground
kirie stylize me.jpg -o me.psd            the same as layers; then: kirie rig me.psd
kirie stylize me.jpg --background flat    the ground is drawn, too
kirie stylize me.jpg --model compact      softer, by the network that ships
kirie stylize me.jpg --model style.onnx   a network of your own
kirie stylize me.mp4                      me.anime.mp4: steady, with its sound; stopped, it goes on the next time
""", epilog="A U-GAT-IT, photo2cartoon or AnimeGANv2 checkpoint becomes an .onnx with: kirie convert")  # fmt: skip
@click.argument("picture", type=READABLE_FILE)
@click.option("-o", "--output", type=Output(".png", LAYERS, FILM),
              help="The .png or .psd to write, .mp4 for a film.  [default: beside]")  # fmt: skip
@click.option("--model", default="flat", show_default=True, help="flat, compact, or an .onnx file: what draws the person.")
@click.option("--strength", type=click.FloatRange(0, 1), default=1.0, show_default=True,
              help="How far the person goes from photo to drawing.")  # fmt: skip
@click.option("--background", type=click.Choice(GROUNDS),
              help="What becomes of the ground.  [default: transparent; flat in films]")  # fmt: skip
@click.option("--background-model", help="An .onnx file that draws the ground.  [default: flat tones]")
@click.option("--force", is_flag=True, help="Overwrite a file that is not as Kirie wrote it.")
def stylize(picture: Path, output: Path | None, model: str, strength: float, background: str | None,
            background_model: str | None, force: bool) -> None:  # fmt: skip
    """Draw the person in a photo or a film, flat-shaded."""
    from kirie.stylizing_film import FILMS

    if picture.suffix.lower() in FILMS:
        draw_film(picture, output, model, strength, background, background_model, force)
        return
    background = background or "transparent"
    target = output or beside(picture, ".anime.png")
    if target.suffix.lower() == FILM:
        raise click.BadParameter("a photo becomes a .png or .psd", param_hint="-o")
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


def draw_film(video: Path, output: Path | None, model: str, strength: float, background: str | None,
              background_model: str | None, force: bool) -> None:  # fmt: skip
    """A film becomes a drawn film; work that was stopped goes on."""
    from kirie.stylizing_film import Look, stylize_film
    from stylize.segments import parts_folder

    target = output or beside(video, f".anime{FILM}")
    if target.suffix.lower() != FILM:
        raise click.BadParameter("a film becomes an .mp4", param_hint="-o")
    if background == "transparent":
        raise click.BadParameter("an .mp4 cannot be transparent; choose keep, stylize or flat", param_hint="--background")
    ground = background or ("stylize" if background_model else "flat")
    try:
        with writing(target, force, inputs=[video]), progress(f"drawing {target.name}") as report:
            notes = stylize_film(video, target, Look(model, strength, ground, background_model), report)
    except BaseException:
        if parts_folder(target).is_dir():
            note(f"what is done is kept in {parts_folder(target)}: the same command goes on from there")
        raise
    for each in notes:
        note(each)
    click.echo(target)
