"""The process of a rule file as omlint sees it: started, asked, watched, ended."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
import weakref
from functools import partial
from typing import Any

from linter.config.userrules.python.scene import MatchedScene, Scene
from linter.config.userrules.python.serve import LEFT, serve
from linter.config.userrules.python.wire import Inbox, pack
from linter.process.group import (
    GreedyError,
    Group,
    OverdueError,
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
    """Answers for the rules of one file.

    The process is a copy of ours, made when something is asked, and made again when what the
    question is about is not in it. A rule with which it ended is not asked any more.
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
        self._inbox = Inbox()
        self._scene: Scene | None = None
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
        for name in modules:  # here every copy has them
            importlib.import_module(name)
        return found

    def refuses(self, number: int, scene: Scene) -> bool:
        """Whether a rule is not asked any more, because it had to be stopped.

        Raises:
            RuleCrashError: it was in an earlier run; this one has to say so once.
        """
        told = self._stopped.get(number)
        if told is None:
            return False
        if scene.run not in told:
            told.add(scene.run)
            raise RuleCrashError("was stopped before and is not run again")
        return True

    def ask(self, number: int, scene: Scene, method: str, *arguments: object) -> Any:
        """What a method of a rule gives.

        Args:
            number: the rule, by its place in the file.
            scene: what the question is about.
            method: what is asked.
            arguments: plain data.

        Raises:
            RuleCrashError: the rule was stopped, has ended its process, or did what it may not.
            Exception: what the rule raised, by name.
        """
        question = method, number, *arguments
        with self._lock:
            try:
                try:
                    return self._asked(scene, question)
                except _GoneError:
                    return self._asked(scene, question)
            except _Raised as err:
                if method != "check":
                    self.end()  # its graph is as the rule has left it
                raise err.again() from err
            except BaseException as err:  # also Ctrl-C: the answer would be taken for the next
                if isinstance(err, _StoppedError):
                    self._stopped[number] = weakref.WeakSet((scene.run,))
                self.end()
                raise

    def tell_end(self, made: bool) -> None:
        """Let the process do with the open change what was done here."""
        with self._lock:
            if self._running and self._scene is not None:
                self._running[0].send(pack(("end", made)))
                self._edits = self._scene.edits

    def end(self) -> None:
        """End the process, if there is one."""
        self._scene = None
        _end_all(self._running)

    # -- one process ---------------------------------------------------------------------------

    def _asked(self, scene: Scene, question: tuple[object, ...]) -> Any:
        self._be_at(scene)
        self._running[0].send(pack(question))
        return self._answer(scene)

    def _be_at(self, scene: Scene) -> None:
        """Have a process that knows the scene as it is now."""
        known = self._scene
        if (
            known is not None
            and known.covers(scene)
            and known.edits == self._edits
            and self._running
            and self._running[0].is_running
        ):
            return
        self.end()
        try:
            self._start(scene)
        except UsageError as err:
            raise _StoppedError(f"could not be run again: {err}") from err

    def _start(self, scene: Scene | None) -> Any:
        self._inbox = Inbox()
        self._limit = resident_bytes(os.getpid()) + min(_MEMORY, _half_of_the_memory())
        self._running.append(fork(partial(_serve, self._path, scene, self._seconds)))
        self._scene, self._edits = scene, 0 if scene is None else scene.edits
        # A file that has come to its end once is not what takes long.
        return self._answer(scene, 0.0 if scene is None else _START_SECONDS)

    def _answer(self, scene: Scene | None, spare: float = 0.0) -> Any:
        """The next answer; what the rule asks for meanwhile is computed."""
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
                raise _Raised(*rest)
            assert isinstance(scene, MatchedScene)
            assert scene.context.evaluator is not None
            values = scene.context.evaluator(*rest)
            self._running[0].send(pack(values))
            deadline = deadline_after(self._seconds)  # that was not the rule's time

    def _message(self, deadline: float | None) -> Any:
        group, limit = self._running[0], self._limit
        try:
            return self._inbox.message_in(group.chunks(deadline, limit))
        except OverdueError as err:
            raise _StoppedError(
                f"did not come back within {self._seconds:g} s (--rule-timeout)"
            ) from err
        except GreedyError as err:
            raise _StoppedError(
                f"used {err.used >> 20} MiB of memory, the limit is {limit >> 20} MiB"
            ) from err
        except EOFError as err:
            raise _ended(group) from err


class _GoneError(_StoppedError):
    """The process has left before it was asked; another one can answer."""


class _Raised(Exception):  # noqa: N818 - it carries another one's name
    """What a rule raised, as it was told."""

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(text)
        self.kind, self.trace = kind, trace

    def again(self) -> Exception:
        """An exception of that name; its class is the rule file's, or need not exist here."""
        _log.debug("a rule raised:\n%s", self.trace)
        made: Exception = type(self.kind, (Exception,), {})(*self.args)
        return made


def _serve(path: str, scene: Scene | None, seconds: float | None, source: int, target: int) -> None:
    serve(path, scene, seconds, (source, target))


def _ended(group: Group) -> _StoppedError:
    try:
        status = group.wait(deadline_after(_GRACE_SECONDS))
    except OverdueError:
        return _StoppedError("closed the connection of its process with omlint")
    if status == LEFT:
        return _GoneError("left again and again")
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
