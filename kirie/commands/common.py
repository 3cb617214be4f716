"""What all commands share: help that leads with examples, `--debug`, kinds of arguments, and how they speak."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

HELP_WIDTH = 100
SMALLEST, LARGEST = 16, 8192
"""Sides of a picture that `--size` takes, in px; the upper one is what OpenGL drivers can be trusted with."""


class ExampleCommand(click.Command):
    """A command whose help shows one sentence, then examples, then the options."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_lead(formatter, self.help, self.examples)
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)


class ExampleGroup(click.Group):
    """Commands under one name, whose help shows one sentence, then examples, then the commands."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_lead(formatter, self.help, self.examples)
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)


def write_lead(formatter: click.HelpFormatter, sentence: str | None, examples: str) -> None:
    """The first lines of a help text: what it does, and lines to type."""
    formatter.write_text(" ".join((sentence or "").split()))
    if examples:
        formatter.write("\nExamples:\n")
        formatter.write("".join(f"  {line}\n" for line in examples.strip().splitlines()))
    formatter.write("\n")


def command(name: str, examples: str, epilog: str = "") -> Callable[[Callable[..., int | None]], ExampleCommand]:
    """`click.command` with examples, an epilog in paragraphs, and `--debug`."""
    def wrap(function: Callable[..., int | None]) -> ExampleCommand:
        wide = {"max_content_width": HELP_WIDTH}
        made = click.command(name, cls=ExampleCommand, examples=examples, epilog=epilog, context_settings=wide)(function)
        made.params.append(debug_option())
        return made

    return wrap


def debug_option() -> click.Option:
    """`--debug`, before or after a command's name; `kirie.cli.main` looks for it, since even parsing may fail."""
    return click.Option(["--debug"], is_flag=True, expose_value=False, help="Show where an error arose.")


class Size(click.ParamType[tuple[int, int]]):
    """WxH in px."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", str(value).strip())
        if match is None:
            self.fail(f"'{value}' is not a size; write for instance 512x512", param, ctx)
        width, height = int(match[1]), int(match[2])
        if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
            self.fail(f"{value} is out of range: each side from {SMALLEST} to {LARGEST} px", param, ctx)
        return width, height


class Pose(click.ParamType[dict[str, float]]):
    """NAME=VALUE,NAME=VALUE."""

    name = "NAME=VALUE,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, float]:
        pose: dict[str, float] = {}
        for word in filter(None, (w.strip() for w in str(value).split(","))):
            name, equals, number = (x.strip() for x in word.partition("="))
            try:
                pose[name] = float(number)
            except ValueError:
                pose[name] = math.nan
            if not equals or not name or not math.isfinite(pose[name]):
                self.fail(f"'{word}' is not NAME=NUMBER; write for instance ParamAngleX=20,ParamEyeLOpen=0", param, ctx)
        return pose


class Colour(click.ParamType[tuple[int, int, int] | None]):
    """#rgb, #rrggbb, a CSS colour name, or none."""

    name = "COLOUR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int, int] | None:
        from PIL import ImageColor

        if str(value).lower() == "none":
            return None
        try:
            red, green, blue = ImageColor.getrgb(str(value))[:3]
        except ValueError:
            self.fail(f"'{value}' is not a colour; write for instance white, '#80c0ff' or none", param, ctx)
        return red, green, blue


class Output(click.Path):
    """A file to write, whose suffix must be one of `suffixes`: by it other commands and programs know what it is."""

    def __init__(self, *suffixes: str) -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self.suffixes = suffixes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        if path.suffix.lower() not in self.suffixes:
            self.fail(f"{path.name} should end in {', '.join(self.suffixes)}", param, ctx)
        return path


READABLE = click.Path(exists=True, readable=True, path_type=Path)
READABLE_FILE = click.Path(exists=True, readable=True, dir_okay=False, path_type=Path)


def beside(path: Path, suffix: str) -> Path:
    """The path of a result beside its input: girl.psd, .puppet → girl.puppet."""
    return path.with_name(path.stem + suffix)


def tell(text: str) -> None:
    """A line for the user that is not the result: standard error, so that results can be piped."""
    click.echo(text, err=True)


def note(text: str) -> None:
    """Something that the user may want to know but that stops nothing."""
    click.echo(f"note: {text}", err=True)


def write_json(value: Mapping[str, object]) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
