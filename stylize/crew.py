"""Work on many frames at once in processes of their own, with the results in order and only a few frames in hand.

Processes, not threads: drawing holds Python's lock, and MediaPipe's models are not for several threads.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from kirie.errors import StylizeError

Item = TypeVar("Item")
MOST = 8
"""Processes at most: each holds models of its own."""


def cores() -> int:
    """How many processes are worth starting here."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST)


class Crew:
    """Workers that each made a tool of their own and apply its methods. Used within `hired`."""

    def __init__(self, make: Callable[[], Any], workers: int) -> None:
        """make: makes a worker's tool; for processes, a function that pickle can name. workers: 0 works here and now."""
        self.workers = workers
        self._pool: Executor | None = None
        self._tool: Any = None
        if workers:
            context = multiprocessing.get_context("spawn")      # a forked MediaPipe or OpenCV may lock up
            self._pool = ProcessPoolExecutor(workers, context, _begin, (make,))
        else:
            self._tool = make()

    def each(self, method: str, items: Iterable[Item], arguments: Callable[[Item], tuple[Any, ...]]
             ) -> Iterator[tuple[Item, Any]]:  # fmt: skip
        """(item, tool.method(*arguments(item))) in the order of the items; under way are one more than there are workers.

        Raises what the method raises; StylizeError where a worker died.
        """
        under_way: deque[tuple[Item, Future[Any]]] = deque()
        for item in items:
            if self._pool is None:
                yield item, getattr(self._tool, method)(*arguments(item))
                continue
            with _undisturbed():
                under_way.append((item, self._pool.submit(_apply, method, arguments(item))))
            if len(under_way) > self.workers:
                yield self._next(under_way)
        while under_way:
            yield self._next(under_way)

    def leave(self) -> None:
        """End the processes; what is under way is given up."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @staticmethod
    def _next(under_way: deque[tuple[Item, Future[Any]]]) -> tuple[Item, Any]:
        item, future = under_way.popleft()
        try:
            return item, future.result()
        except BrokenProcessPool as error:
            raise StylizeError("a process that stylizes was ended from outside", "is there enough memory? Then try again; "
                               "it goes on where it stopped") from error  # fmt: skip


@contextmanager
def hired(make: Callable[[], Any], workers: int) -> Iterator[Crew]:
    """A crew for the length of a block."""
    crew = Crew(make, workers)
    try:
        yield crew
    finally:
        crew.leave()


_tool: Any = None
"""The tool of this process, where it is a worker."""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started in this block never see Ctrl-C, not even while they load; the parent sees it at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(make: Callable[[], Any]) -> None:
    """Start of a worker: one core each, Ctrl-C is the parent's to handle, and where the parent is killed the worker ends."""
    global _tool
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    cv2.setNumThreads(1)
    try:
        _tool = make()
    except Exception as error:                  # an initializer that fails says nothing to the parent; the first call shall
        _tool = error


def _end_with(parent: Any) -> None:
    """Wait for the parent's end and end, too: a worker whose parent was killed would wait for work for ever."""
    parent.join()
    os._exit(1)


def _apply(method: str, arguments: tuple[Any, ...]) -> Any:
    if isinstance(_tool, Exception):
        raise _tool
    return getattr(_tool, method)(*arguments)
