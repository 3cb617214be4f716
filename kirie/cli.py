"""The command line: the group of commands, and how errors end.

Exit codes: 0 done, 1 something the user can mend (one `error:` line, one `hint:` line), 2 wrong usage, 3 findings of
`kirie check`, 130 Ctrl-C, 143 asked to end. A traceback shows with `--debug` only.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from kirie import __version__
from kirie.calm import calm
from kirie.commands.check import check
from kirie.commands.common import HELP_WIDTH, debug_option, write_lead
from kirie.commands.convert import convert_command
from kirie.commands.demo import demo
from kirie.commands.doctor import doctor
from kirie.commands.export import export
from kirie.commands.fetch import fetch_command
from kirie.commands.live import live
from kirie.commands.play import play
from kirie.commands.render import render
from kirie.commands.rig import rig
from kirie.commands.send import send
from kirie.commands.serve import serve
from kirie.commands.split import split
from kirie.commands.stylize import stylize
from kirie.commands.track import track
from kirie.commands.train import train
from kirie.errors import KirieError

EXAMPLES = """
kirie demo                                a character of our own, rigged and filmed, in the folder demo
kirie rig girl.psd                        girl.puppet, and girl.layers.png to see what was understood
kirie render girl.puppet --video me.mp4   girl.mp4: the drawing does what the face in me.mp4 does
"""
FAILURE, USAGE, INTERRUPTED, TERMINATED = 1, 2, 130, 143


class Kirie(click.Group):
    """The group of commands: its help leads with examples and lists commands in the order of work."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_lead(formatter, self.help, EXAMPLES)
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)


@click.group(cls=Kirie, no_args_is_help=False, invoke_without_command=True,
             context_settings={"max_content_width": HELP_WIDTH})  # fmt: skip
@click.version_option(__version__, prog_name="kirie")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """One layered PSD becomes a puppet that moves with your face: offline, on any computer."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


cli.params.append(debug_option())
for each in (demo, stylize, split, rig, track, render, check, play, live, send, serve, export, train, convert_command,
             fetch_command, doctor):  # fmt: skip
    cli.add_command(each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing but the exit code tells of an error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    signal.signal(signal.SIGTERM, _terminate)
    calm(words)
    try:
        code = cli.main(words, prog_name="kirie", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at exit
        return FAILURE
    except click.Abort:
        click.echo("\nstopped: nothing is half written", err=True)
        return INTERRUPTED
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except BaseException as error:
        return _report(error, "--debug" in words)


def _report(error: BaseException, debug: bool) -> int:
    """Print what went wrong in two lines; returns the exit code."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILURE
    if debug:
        traceback.print_exception(error)
    code, message, hint = describe(error)
    click.echo("error: " + " ".join(message.split()), err=True)
    if hint:
        click.echo("hint:  " + " ".join(hint.split()), err=True)
    return code


def describe(error: BaseException) -> tuple[int, str, str]:
    """(exit code, what is wrong, what to do) for anything that may be raised."""
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "kirie"
        return USAGE, error.format_message(), f"{where} --help"
    if isinstance(error, click.ClickException):
        return FAILURE, error.format_message(), ""
    if isinstance(error, KirieError):
        return FAILURE, error.message, error.hint
    if isinstance(error, OSError):
        return _describe_os(error)
    if isinstance(error, MemoryError):
        return FAILURE, "there is not enough memory", "close other programs, or make the picture smaller"
    kind = type(error).__name__
    return FAILURE, f"unexpected: {kind}: {error}", "add --debug to see where, and please report it"


def _describe_os(error: OSError) -> tuple[int, str, str]:
    file = f": {error.filename}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return FAILURE, f"the disk is full{file}", "make room and try again; nothing is half written"
    return FAILURE, f"{error.strerror or error}{file}", "add --debug to see where"


def _terminate(_number: int, _frame: Any) -> NoReturn:
    """SIGTERM ends like Ctrl-C: through every `finally`, so that no temporary file stays."""
    raise SystemExit(TERMINATED)
