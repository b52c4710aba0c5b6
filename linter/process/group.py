"""A child process and all that it starts: begun, read, limited, ended.

Every child leads a session of its own, so that one signal reaches whatever it has started. A group
is a context: however its block is left, by Ctrl-C or an error too, nothing of it goes on.
"""

from __future__ import annotations

import atexit
import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

__all__ = ["GreedyError", "Group", "OverdueError", "deadline_after", "start"]

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2
_GRACE_SECONDS = 3.0
_DRAIN_SECONDS = 1.0
_CHUNK = 1 << 16


class OverdueError(Exception):
    """The child did not come to its end, or to its answer, in time."""


class GreedyError(Exception):
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

    def hang_up(self) -> None:
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
            OverdueError: the deadline has come.
            GreedyError: the child uses more.
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
                raise OverdueError
            used = 0 if memory_limit is None or ready else _resident_bytes(self.child.pid)
            if memory_limit is not None and used > memory_limit:
                raise GreedyError(used)

    def wait(self, deadline: float | None) -> int:
        """The exit status of the child, negative for a signal.

        Raises:
            OverdueError: the deadline came first.
        """
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        try:
            return self.child.wait(left)
        except subprocess.TimeoutExpired as err:
            raise OverdueError from err

    def end(self) -> None:
        """End the whole group: politely, then not. Harmless when there is none any more."""
        if self._owner != os.getpid():
            return  # a copy of ours in a process that was forked meanwhile
        try:
            if self._grace and self._signal(signal.SIGTERM):
                self.child.wait(self._grace)
        except subprocess.TimeoutExpired:
            _log.debug("process %d did not heed SIGTERM", self.child.pid)
        finally:  # also when the wait is interrupted
            self._signal(signal.SIGKILL)  # what the child has started may still be there
            self.child.wait()
            for stream in (self._input, self._output):
                if stream is not None:
                    _close(stream)
            _LIVE.discard(self)

    def forsake(self) -> None:
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
        except (ProcessLookupError, PermissionError):
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


def _resident_bytes(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0  # no procfs, or the process has just ended
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
