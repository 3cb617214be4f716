"""Progress on a terminal: on standard error, and only for what takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

T = TypeVar("T")
PATIENCE = 1.0
"""Seconds before a bar shows."""


@contextmanager
def progress(label: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[int, int | None], None]]:
    """Yield a function to call with (done, total or None).

    A bar shows after PATIENCE seconds, if standard error is a terminal.
    """
    start = clock()
    bar: Any = None

    def report(done: int, total: int | None = None) -> None:
        nonlocal bar
        if bar is None and sys.stderr.isatty() and clock() - start > PATIENCE:
            bar = click.progressbar(length=total or 0, label=label, file=sys.stderr, show_pos=True)
            bar.__enter__()
        if bar is not None:
            bar.update(done - bar.pos)

    try:
        yield report
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


def counted(items: Iterable[T], report: Callable[[int, int | None], None], total: int | None = None) -> Iterator[T]:
    """Pass items on and report each."""
    for done, item in enumerate(items, 1):
        yield item
        report(done, total)
