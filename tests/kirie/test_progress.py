"""Progress shows on a terminal only, and only for what takes longer than a second."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from kirie.commands.progress import counted, progress


class Screen(io.StringIO):
    """Standard error that is a terminal, or not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(("terminal", "seconds", "shows"), [(True, 2.0, True), (True, 0.1, False), (False, 2.0, False)])
def test_when_it_shows(monkeypatch: pytest.MonkeyPatch, terminal: bool, seconds: float, shows: bool) -> None:
    screen = Screen(terminal)
    monkeypatch.setattr("sys.stderr", screen)
    times: Iterator[float] = iter([0.0] + [seconds] * 99)
    with progress("drawing", clock=lambda: next(times)) as report:
        assert list(counted("abc", report, 3)) == ["a", "b", "c"]
    assert ("drawing" in screen.getvalue() and "3/3" in screen.getvalue()) == shows
    assert (screen.getvalue() == "") != shows
