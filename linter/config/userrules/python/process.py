"""The process of a rule file as omlint sees it: started, called, watched, ended."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
import weakref
from functools import partial
from typing import Any

from linter.config.userrules.python.messages import MessageReader, encode
from linter.config.userrules.python.serve import EXIT_IDLE, serve
from linter.config.userrules.python.subject import MatchSubject, Subject
from linter.process.group import (
    DeadlineError,
    Group,
    MemoryLimitError,
    deadline_after,
    fork,
    resident_bytes,
)
from linter.results.errors import RuleCrashError, UsageError

__all__ = ["RuleProcess"]

_log = logging.getLogger(__name__)

_MEMORY = 4 << 30
"""Bytes that a rule may use beside what omlint uses, on a machine that has twice as much."""
_GRACE_SECONDS = 5.0
_START_SECONDS = 10.0


class _StoppedError(RuleCrashError):
    """The process had to be ended, or has ended itself; the sentence goes on after its name."""


class RuleProcess:
    """Calls the rules of one file in a process that is forked from ours.

    It is forked for the first call, and again when what a call is about is not in it. A rule with
    which it ended is not called any more.
    """

    def __init__(self, path: str, seconds: float | None) -> None:
        """Prepare; nothing is started yet.

        Args:
            path: the rule file.
            seconds: bound of one call of a rule, and of the file itself; ``None`` for no bound.
        """
        self._path, self._seconds = path, seconds
        self._stopped: dict[int, weakref.WeakSet[object]] = {}
        self._running: list[Group] = []  # one or none
        self._reader = MessageReader()
        self._subject: Subject | None = None
        self._edits = self._limit = 0
        self._lock = threading.RLock()
        weakref.finalize(self, _end_all, self._running)

    def declarations(self) -> Any:
        """What the file declares.

        Raises:
            UsageError: the file cannot be run, or is faulty.
        """
        with self._lock:
            try:
                found, modules = self._start(None)
            except (_StoppedError, TypeError) as err:
                raise UsageError(f"{self._path}: {err}") from err
            finally:
                self.end()
        for name in modules:  # every process that is forked later has them
            importlib.import_module(name)
        return found

    def is_disabled(self, number: int, subject: Subject) -> bool:
        """Whether a rule is not called any more, because it had to be stopped.

        Raises:
            RuleCrashError: it was in an earlier run; this one has to say so once.
        """
        runs = self._stopped.get(number)
        if runs is None:
            return False
        if subject.run not in runs:
            runs.add(subject.run)
            raise RuleCrashError("was stopped before and is not run again")
        return True

    def call(self, number: int, subject: Subject, method: str, *arguments: object) -> Any:
        """What a method of a rule gives.

        Args:
            number: the rule, by its place in the file.
            subject: what the call is about.
            method: its name.
            arguments: plain data.

        Raises:
            RuleCrashError: the rule was stopped, has ended its process, or did what it may not.
            Exception: what the rule raised, by name.
        """
        request = method, number, *arguments
        with self._lock:
            try:
                try:
                    return self._called(subject, request)
                except _ProcessLeftError:
                    return self._called(subject, request)
            except _RuleRaisedError as err:
                if method != "check":
                    self.end()  # its graph is as the rule has left it
                raise err.recreated() from err
            except BaseException as err:  # also Ctrl-C: the answer would be taken for the next
                if isinstance(err, _StoppedError):
                    self._stopped[number] = weakref.WeakSet((subject.run,))
                self.end()
                raise

    def end_change(self, made: bool) -> None:
        """Let the process commit or cancel the open change, as was done here."""
        with self._lock:
            if self._running and self._subject is not None:
                self._running[0].send(encode(("end", made)))
                self._edits = self._subject.edits

    def end(self) -> None:
        """End the process, if there is one."""
        self._subject = None
        _end_all(self._running)

    # -- one process ---------------------------------------------------------------------------

    def _called(self, subject: Subject, request: tuple[object, ...]) -> Any:
        self._ensure_process_for(subject)
        self._running[0].send(encode(request))
        return self._answer(subject)

    def _ensure_process_for(self, subject: Subject) -> None:
        """Fork, unless the process that runs knows the subject as it is now."""
        known = self._subject
        if (
            known is not None
            and known.covers(subject)
            and known.edits == self._edits
            and self._running
            and self._running[0].is_running
        ):
            return
        self.end()
        try:
            self._start(subject)
        except UsageError as err:
            raise _StoppedError(f"could not be run again: {err}") from err

    def _start(self, subject: Subject | None) -> Any:
        self._reader = MessageReader()
        self._limit = resident_bytes(os.getpid()) + min(_MEMORY, _half_of_the_memory())
        self._running.append(fork(partial(_serve, self._path, subject, self._seconds)))
        self._subject, self._edits = subject, 0 if subject is None else subject.edits
        # A file that has come to its end once is not what takes long.
        return self._answer(subject, 0.0 if subject is None else _START_SECONDS)

    def _answer(self, subject: Subject | None, spare: float = 0.0) -> Any:
        """The next answer; values that the rule asks for meanwhile are computed."""
        deadline = deadline_after(None if self._seconds is None else self._seconds + spare)
        while True:
            kind, *rest = self._message(deadline)
            if kind == "value":
                return rest[0]
            if kind == "fault":
                raise RuleCrashError(rest[0])
            if kind == "usage":
                raise UsageError(rest[0])
            if kind == "raised":
                raise _RuleRaisedError(*rest)
            assert isinstance(subject, MatchSubject)
            assert subject.context.evaluator is not None
            values = subject.context.evaluator(*rest)
            self._running[0].send(encode(values))
            deadline = deadline_after(self._seconds)  # that was not the rule's time

    def _message(self, deadline: float | None) -> Any:
        group, limit = self._running[0], self._limit
        try:
            return self._reader.next_message(group.chunks(deadline, limit))
        except DeadlineError as err:
            raise _StoppedError(
                f"did not come back within {self._seconds:g} s (--rule-timeout)"
            ) from err
        except MemoryLimitError as err:
            raise _StoppedError(
                f"used {err.used >> 20} MiB of memory, the limit is {limit >> 20} MiB"
            ) from err
        except EOFError as err:
            raise _ended(group) from err


class _ProcessLeftError(_StoppedError):
    """The process had ended by itself before the call; another one can answer it."""


class _RuleRaisedError(Exception):
    """What a rule raised, as it was told."""

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(text)
        self.kind, self.trace = kind, trace

    def recreated(self) -> Exception:
        """An exception of that name; its class is the rule file's, or need not exist here."""
        _log.debug("a rule raised:\n%s", self.trace)
        made: Exception = type(self.kind, (Exception,), {})(*self.args)
        return made


def _serve(
    path: str, subject: Subject | None, seconds: float | None, source: int, target: int
) -> None:
    serve(path, subject, seconds, (source, target))


def _ended(group: Group) -> _StoppedError:
    try:
        status = group.wait(deadline_after(_GRACE_SECONDS))
    except DeadlineError:
        return _StoppedError("closed the connection of its process with omlint")
    if status == EXIT_IDLE:
        return _ProcessLeftError("ended its process before it was called")
    if status == -signal.SIGKILL:
        return _StoppedError("was killed, most likely by the system for want of memory")
    if status < 0:
        return _StoppedError(f"ended its process by {signal.Signals(-status).name}")
    return _StoppedError(f"ended its process with status {status}")


def _half_of_the_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _end_all(running: list[Group]) -> None:
    while running:
        running.pop().end()
