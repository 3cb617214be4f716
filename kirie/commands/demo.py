"""`kirie demo`: our own character, from one flat picture to a film, in one folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kirie.commands.common import command, tell
from kirie.commands.making import look_at, picture_count, write_movie, write_png
from kirie.guard import allow, writing

if TYPE_CHECKING:
    from rig import Puppet

NAME = "heroine"
WHITE = (255, 255, 255)
FILM_SIDE, GIF_SIDE = 720, 320
"""Px of the longer side."""
NEXT = """
Open the folder {folder} and look. Then type:
  kirie render {puppet} --video me.mp4      she does what your face does
  kirie render {puppet} --pose ParamAngleX=30,ParamEyeLOpen=0
  kirie split your.png                      your own character: the layers, to look at and correct
  kirie rig your.png                        the same, and straight to a puppet; a layered PSD too
(kirie is .venv/bin/kirie here, or: python3 run.py)
"""


@dataclass(frozen=True, slots=True)
class Results:
    """The files of the demo, in the order in which they are made."""

    picture: Path
    layers: Path
    sheet: Path
    puppet: Path
    film: Path
    gif: Path

    @classmethod
    def inside(cls, folder: Path) -> Results:
        """Where they lie in a folder."""
        return cls(*(folder / f"{NAME}{suffix}" for suffix in (".png", ".psd", ".layers.png", ".puppet", ".mp4", ".gif")))

    def __iter__(self) -> Iterator[Path]:
        return iter((self.picture, self.layers, self.sheet, self.puppet, self.film, self.gif))


@command("demo", examples="""
kirie demo                                takes a flat picture apart, rigs and films it, in the folder demo
kirie demo -o elsewhere                   the same, in another folder
""")  # fmt: skip
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("demo"), show_default=True,
              help="The folder to write into.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite files that are not as Kirie wrote them.")
def demo(output: Path, force: bool) -> None:
    """Take a flat picture of our own character apart, rig and film her."""
    from layering import exploded_sheet, write_psd
    from layering.artist import heroine
    from rig import build, save

    output.mkdir(parents=True, exist_ok=True)
    results = Results.inside(output)
    for path in results:
        allow(path, force)
    with step("drawing her, flat", results.picture, force):
        write_png(results.picture, heroine().composite())
    with step("taking her apart", results.layers, force):
        stack = look_at(results.picture)[1].stack
        write_psd(stack, results.layers)
    with step("laying them out", results.sheet, force):
        write_png(results.sheet, exploded_sheet(stack))
    with step("rigging her", results.puppet, force):
        puppet = build(stack, NAME)
        save(puppet, results.puppet)
    with step("filming her", results.film, force):
        film(puppet, results.film, FILM_SIDE, fps=30)
    with step("a small one for chats", results.gif, force):
        film(puppet, results.gif, GIF_SIDE, fps=15)
    click.echo(NEXT.format(folder=output, puppet=results.puppet))
    click.echo(output)


@contextmanager
def step(what: str, path: Path, force: bool) -> Iterator[None]:
    """Make one file and say how long it took."""
    start = time.monotonic()
    with writing(path, force):
        yield
    tell(f"{what:22}  {path}  ({time.monotonic() - start:.1f} s)")


def film(puppet: Puppet, path: Path, longest: int, fps: float) -> None:
    """Film the built-in performance, `longest` px on the longer side."""
    from capture import demo_performance
    from render import frames as draw

    scale = longest / max(puppet.canvas)
    size = (round(puppet.canvas[0] * scale), round(puppet.canvas[1] * scale))
    played = demo_performance()
    write_movie(path, draw(puppet, played, size, fps, WHITE), fps, picture_count(played, fps))
