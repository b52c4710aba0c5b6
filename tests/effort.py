"""How much work something is, counted: a clock would tell how busy the machine is."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Effort", "TooMuchWorkError", "comes_to_an_end", "counted", "lines_of"]

_CPU_SECONDS = 100


class TooMuchWorkError(AssertionError):
    """More lines of Python were run than expected."""


class Effort:
    """Lines of Python that were run; each round of a loop counts.

    Attributes:
        lines: their number.
    """

    def __init__(self, limit: float) -> None:
        self.lines = 0
        self._limit = limit

    def trace(self, _frame: FrameType, event: str, _argument: Any) -> Any:
        """What ``sys.settrace`` calls."""
        if event == "line":
            self.lines += 1
            if self.lines > self._limit:
                raise TooMuchWorkError(f"more than {self._limit:.0f} lines")
        return self.trace


@contextmanager
def counted(limit: float = float("inf")) -> Iterator[Effort]:
    """Count the lines that the block runs, and stop it when there are too many."""
    effort, before = Effort(limit), sys.gettrace()
    sys.settrace(effort.trace)
    try:
        yield effort
    finally:
        sys.settrace(before)


def lines_of(work: Callable[[], object]) -> int:
    """How many lines a call runs."""
    with counted() as effort:
        work()
    return effort.lines


def comes_to_an_end(work: Callable[[], object]) -> bool:
    """Whether a call ends without error, for work that is done outside of Python.

    It runs in a process that the system ends when it has computed for much longer than any
    machine needs; how long it has to wait for its turn does not matter.
    """
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitpid(pid, 0)[1] == 0
