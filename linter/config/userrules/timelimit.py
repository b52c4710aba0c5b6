"""Bounds on what a user's Python rule may do: its time, the nodes that it may touch, its output.

A rule that does not come back is stopped by an exception that another thread raises in it. Code
that blocks outside the interpreter never sees that exception; a command then ends the process,
where a library lets it be.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from linter.config.userrules.fence import fenced
from linter.results.errors import RuleCrashError
from linter.rules import DeletionRule, LintRule, RewriteRule

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

__all__ = ["DEFAULT_SECONDS", "Clock", "bounded"]

DEFAULT_SECONDS = 60.0
_GRACE = 5.0
_AGAIN = 1.0
_TICK = 0.2
_MOST_RESULTS = 100_000

_Result = TypeVar("_Result")
_AnyRule = type[LintRule] | type[RewriteRule]


class _OverdueRuleError(RuleCrashError):
    """What becomes of it outside of the rule."""


class _OverdueError(BaseException):
    """Raised inside a rule that takes too long; no ``except Exception`` of the rule stops it."""


@dataclass(slots=True)
class _Call:
    """One call that is being timed.

    Attributes:
        what: what is called, for the last words.
        thread: the thread that it runs in.
        due: when the thread is told to stop, the next time.
        told: it was.
    """

    what: str
    thread: int
    start: float
    due: float
    told: bool = False


@dataclass(slots=True)
class Clock:
    """Times calls of user code.

    Attributes:
        seconds: the bound of one call.
        give_up: called from another thread when a call cannot be stopped; a command ends the
            process there. ``None`` waits.
    """

    seconds: float = DEFAULT_SECONDS
    give_up: Callable[[str], None] | None = None
    _call: _Call | None = None
    _lock: Any = field(default_factory=threading.RLock, repr=False)
    _watch: threading.Thread | None = None

    def call(self, what: str, function: Callable[..., _Result], *args: Any) -> _Result:
        """Run ``function``; a call within a call is part of the outer one.

        Raises:
            RuleCrashError: it took too long and was stopped.
        """
        if self._call is not None:
            return function(*args)
        self._begin(what)
        try:
            try:
                return function(*args)
            finally:
                self._end()
        except _OverdueError as err:
            self._end()  # the order to stop may have come in the middle of the first one
            raise _OverdueRuleError(self._sentence) from err

    def _begin(self, what: str) -> None:
        now = time.monotonic()
        self._call = _Call(what, threading.get_ident(), now, now + self.seconds)
        if self._watch is None:
            self._watch = threading.Thread(target=self._run, name="omlint-rule-clock", daemon=True)
            self._watch.start()

    def _end(self) -> None:
        """Stop timing; an order to stop that is on its way to this thread is called back."""
        with self._lock:
            call, self._call = self._call, None
            if call is not None and call.told:
                _raise_in(call.thread, None)

    def _run(self) -> None:
        while True:
            time.sleep(min(_TICK, self.seconds / 4))
            with self._lock:
                call, now = self._call, time.monotonic()
                if call is None or now < call.due:
                    continue
                _raise_in(call.thread, _OverdueError)
                call.told, call.due = True, now + _AGAIN
            if now - call.start > self.seconds + _GRACE and self.give_up is not None:
                self.give_up(f"{call.what} {self._sentence} and cannot be stopped")

    @property
    def _sentence(self) -> str:
        return f"did not come back within {self.seconds:g} s (--rule-timeout)"


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Let the thread raise ``kind`` at its next step; ``None`` calls back what is pending."""
    import ctypes

    argument = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)


def bounded(cls: _AnyRule, clock: Clock | None) -> _AnyRule:
    """The rule class with bounds around its methods."""
    if issubclass(cls, LintRule):
        for name in ("check", "check_model"):
            if getattr(cls, name) is not getattr(LintRule, name):
                setattr(cls, name, _listing(getattr(cls, name), clock))
        return cls
    names = ("sweeps",) if issubclass(cls, DeletionRule) else ("guard", "build")
    for name in names:
        wrapped = _listing if name == "sweeps" else _untouching
        setattr(cls, name, wrapped(getattr(cls, name), clock))
    return cls


def _listing(method: Callable[..., Any], clock: Clock | None) -> Callable[..., Any]:
    """The method, run to its end within the bound; nothing after it was once stopped."""

    @functools.wraps(method)
    def run(self: Any, *args: Any) -> Iterator[Any]:
        def collect() -> list[Any]:
            with contextlib.redirect_stdout(sys.stderr):
                return list(islice(method(self, *args), _MOST_RESULTS))

        return iter(() if _is_overdue(self) else _timed(self, clock, collect))

    return run


def _untouching(method: Callable[..., Any], clock: Clock | None) -> Callable[..., Any]:
    """The method within the bound; afterwards the graph has nothing but the editor's new nodes."""

    @functools.wraps(method)
    def run(self: Any, match: Match, *edit: GraphEditor) -> Any:
        def call() -> Any:
            with contextlib.redirect_stdout(sys.stderr):
                return method(self, match, *edit)

        if _is_overdue(self):
            return match.refuse("the rule took too long at another node and is not run again")
        with fenced(match, edit):
            return _timed(self, clock, call)

    return run


def _timed(rule: Any, clock: Clock | None, function: Callable[[], _Result]) -> _Result:
    try:
        return function() if clock is None else clock.call(f"rule {rule.id}", function)
    except _OverdueRuleError:
        rule._overdue = True
        raise
    except SystemExit as err:  # no rule ends the process, least of all as if all were well
        raise RuntimeError(f"SystemExit: {err}") from err


def _is_overdue(rule: Any) -> bool:
    return bool(getattr(rule, "_overdue", False))
