"""A child process and all that it starts: begun, read, limited, ended.

Every child leads a session of its own, so that one signal reaches whatever it has started. A group
is a context: however its block is left, by Ctrl-C or an error too, nothing of it goes on.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import logging
import os
import resource
import select
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

__all__ = [
    "DeadlineError",
    "Group",
    "MemoryLimitError",
    "deadline_after",
    "fork",
    "raise_oom_score",
    "resident_bytes",
    "start",
]

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2
_GRACE_SECONDS = 3.0
_DRAIN_SECONDS = 1.0
_GLANCE_SECONDS = 0.01
_CHUNK = 1 << 16


class DeadlineError(Exception):
    """The child did not come to its end, or to its answer, in time."""


class MemoryLimitError(Exception):
    """The child uses more memory than it may.

    Attributes:
        used: bytes of resident memory that it was seen with.
    """

    def __init__(self, used: int) -> None:
        super().__init__(used)
        self.used = used


class Child(Protocol):
    """What a group has to know of its first process."""

    @property
    def pid(self) -> int:
        """Its id, and that of its session and group."""

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; ``None`` while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The same at its end; ``subprocess.TimeoutExpired`` when that does not come in time."""


class Group:
    """One child and whatever it starts.

    Attributes:
        child: the first process.
    """

    def __init__(
        self, child: Child, fed: IO[bytes] | None, output: IO[bytes] | None, *, grace: float
    ) -> None:
        """Take over a child that leads a session.

        Args:
            child: the process.
            fed: what it reads, if that is ours to write.
            output: what it writes, if that is ours to read.
            grace: seconds between the order to end and the end by force; 0 does not ask.
        """
        self.child = child
        self._input, self._output, self._grace = fed, output, grace
        self._owner = os.getpid()
        _LIVE.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def is_running(self) -> bool:
        """Whether the child has not come to its end."""
        return self.child.poll() is None

    def send(self, data: bytes) -> None:
        """Write to the child; one that has gone hears nothing, and the next read tells."""
        assert self._input is not None
        try:
            self._input.write(data)
            self._input.flush()
        except BrokenPipeError:
            _log.debug("the child has gone before it was told")

    def close_input(self) -> None:
        """End what the child reads."""
        if self._input is not None:
            _close(self._input)

    def chunks(self, deadline: float | None, memory_limit: int | None = None) -> Iterator[bytes]:
        """What the child writes, as it comes, until it has closed its output or has ended.

        What it started may keep the output open; that is waited for no longer than a moment.

        Args:
            deadline: when to give up, on the clock of ``deadline_after``; ``None`` for never.
            memory_limit: bytes of resident memory that the child may use.

        Raises:
            DeadlineError: the deadline has come.
            MemoryLimitError: the child uses more.
        """
        assert self._output is not None
        poll = select.poll()  # unlike select, it takes descriptors of any number
        poll.register(self._output, select.POLLIN)
        drained_by: float | None = None
        while True:
            ready = poll.poll(_milliseconds(deadline))
            now = time.monotonic()
            if ready:
                chunk = os.read(self._output.fileno(), _CHUNK)
                if not chunk:
                    return
                yield chunk
            if not self.is_running:
                drained_by = now + _DRAIN_SECONDS if drained_by is None else drained_by
                if not ready or now > drained_by:
                    return
            if deadline is not None and now >= deadline:
                raise DeadlineError
            used = 0 if memory_limit is None or ready else resident_bytes(self.child.pid)
            if memory_limit is not None and used > memory_limit:
                raise MemoryLimitError(used)

    def wait(self, deadline: float | None) -> int:
        """The exit status of the child, negative for a signal.

        Raises:
            DeadlineError: the deadline came first.
        """
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        try:
            return self.child.wait(left)
        except subprocess.TimeoutExpired as err:
            raise DeadlineError from err

    def end(self) -> None:
        """End the whole group: politely, then not. Harmless when there is none any more."""
        if self._owner != os.getpid():
            return  # this process was forked after the group had been started
        try:
            if self._grace and self._signal(signal.SIGTERM):
                self.child.wait(self._grace)
        except subprocess.TimeoutExpired:
            _log.debug("process %d ignores SIGTERM", self.child.pid)
        finally:  # also when the wait is interrupted
            self._signal(signal.SIGKILL)  # what the child has started may still be there
            self.child.wait()
            for stream in (self._input, self._output):
                if stream is not None:
                    _close(stream)
            _LIVE.discard(self)

    def release(self) -> None:
        """In a process that was forked: hold nothing that keeps the group waiting for its end."""
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (self._input, self._output):
            if stream is not None and not stream.closed:
                os.dup2(null, stream.fileno(), inheritable=False)
        os.close(null)

    def _signal(self, number: signal.Signals) -> bool:
        """Signal every process of the group; whether there was one."""
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            if not self.is_running:
                return False
            os.kill(self.child.pid, number)  # forked, and it does not lead its session yet
        except PermissionError:
            return False
        return True


_LIVE: set[Group] = set()


@atexit.register
def _end_all() -> None:
    """End what an interrupted caller never came to hold."""
    for group in tuple(_LIVE):
        group.end()


def start(
    words: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    fed: bool = False,
    errors: IO[bytes] | None = None,
    grace: float = _GRACE_SECONDS,
) -> Group:
    """Start a program whose standard output is read.

    Args:
        words: the program and its arguments.
        env: its environment; ``None`` for ours.
        fed: it is written to; otherwise its standard input is empty.
        errors: where its standard error goes; ``None`` joins it with the output.
        grace: seconds between the order to end and the end by force; 0 does not ask.

    Raises:
        OSError: it cannot be started.
    """
    _log.debug("starting %s", words)
    process = subprocess.Popen(
        words,
        stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if errors is None else errors,
        env=env,
        start_new_session=True,
    )
    return Group(process, process.stdin, process.stdout, grace=grace)


def fork(serve: Callable[[int, int], None]) -> Group:
    """Fork this process; the child has all that is in its memory.

    The child reads nothing from our standard input and prints to standard error only.

    Args:
        serve: what the child does, given the descriptors that it reads from and writes to; it ends
            when this returns, without any of the cleaning up that our process has still to do.

    Raises:
        OSError: the system has no room for one more process.
    """
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns where there are threads: the locks that they hold stay locked. The
            # child takes those of Python itself, which are made anew.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
    except OSError:
        for descriptor in (theirs_in, ours_out, ours_in, theirs_out):
            os.close(descriptor)
        raise
    if pid == 0:
        status = 1
        try:
            os.close(ours_out)
            os.close(ours_in)
            _detach()
            serve(theirs_in, theirs_out)
            status = 0
        finally:
            os._exit(status)
    os.close(theirs_in)
    os.close(theirs_out)
    fed, output = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb", buffering=0)
    return Group(_ForkedChild(pid), fed, output, grace=0)


class _ForkedChild:
    """A process that was forked, with what ``Popen`` offers of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status; ``None`` while it runs."""
        return self._status if self._status is not None else self._wait(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, when it has ended."""
        deadline = deadline_after(timeout)
        while (status := self.poll()) is None:
            if deadline is None:
                self._wait(0)
            elif time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            else:
                time.sleep(_GLANCE_SECONDS)
        return status

    def _wait(self, flags: int) -> int | None:
        try:
            pid, status = os.waitpid(self.pid, flags)
        except ChildProcessError:
            pid, status = self.pid, 0  # somebody else has asked for it
        if pid == self.pid:
            self._status = os.waitstatus_to_exitcode(status)
        return self._status


def _detach() -> None:
    """Let go of what is the parent's: its terminal, its streams, its other children."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for group in _LIVE:
        group.release()
    _LIVE.clear()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for good
    sys.stdout = sys.stderr = os.fdopen(
        2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False
    )
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    faulthandler.disable()  # how it ended is said by the one that waits for it
    raise_oom_score()
    gc.freeze()  # what was there before is shared; a collection would copy it


def raise_oom_score() -> None:
    """Short of memory, the system had better end this process than the one that it serves."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return  # not Linux, or not allowed: nothing depends on it


def deadline_after(seconds: float | None) -> float | None:
    """The moment so many seconds from now, on the clock that groups go by."""
    return None if seconds is None else time.monotonic() + seconds


def _milliseconds(deadline: float | None) -> float:
    """How long to wait for output before looking at the clock and the child again."""
    left = _POLL_SECONDS if deadline is None else deadline - time.monotonic()
    return max(min(left, _POLL_SECONDS), 0.0) * 1000


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        _log.debug("unsent bytes of a dead child")


def resident_bytes(pid: int) -> int:
    """Memory that a process uses now; 0 where that cannot be known."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0  # no procfs, or the process has just ended
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
