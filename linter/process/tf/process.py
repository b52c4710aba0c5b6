"""The worker process as the client sees it: started, asked, watched, ended."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import select
import signal
import site
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from linter.process.tf import protocol
from linter.results.errors import LinterError, MissingExtraError

__all__ = ["TensorFlowWorker", "require_tensorflow"]

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.25
_GRACE_SECONDS = 2.0
_CHUNK = 1 << 16
_LOG_NOISE = re.compile(r"[IW]\d{4} |WARNING: All log messages before ")
"""What TensorFlow logs on every start, which tells nothing about its end."""


def require_tensorflow() -> None:
    """Make sure that tensorflow is installed, without importing it.

    Raises:
        MissingExtraError: it is not.
    """
    if importlib.util.find_spec("tensorflow") is None:
        raise MissingExtraError(
            "this needs TensorFlow, which is not installed: pip install 'omlint[tf]'"
        )


class TensorFlowWorker:
    """A TensorFlow process that answers any number of requests, one after the other.

    Importing TensorFlow takes seconds, so whoever verifies more than once keeps one worker open
    with ``with TensorFlowWorker() as worker`` and passes it on. The process starts at the first
    request. It is in a process group of its own, which ends with the ``with`` block, at a timeout,
    at Ctrl-C and, by itself, when the client dies.
    """

    def __init__(
        self,
        *,
        timeout: float | None = None,
        memory_limit: int | None = None,
        command: Iterable[str] | None = None,
    ) -> None:
        """Prepare a worker.

        Args:
            timeout: seconds that one request may take, ``None`` for no limit.
            memory_limit: bytes of resident memory at which the worker is ended.
            command: what to run instead of the worker, for tests.
        """
        self.timeout = timeout
        self.memory_limit = memory_limit
        self._command = tuple(command) if command is not None else None
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def request(
        self, op: str, args: object, fallback: Callable[[str], LinterError]
    ) -> dict[str, Any]:
        """Send one request and wait for its result.

        Args:
            op: name of the operation.
            args: a dataclass or plain JSON value.
            fallback: makes the error for a worker that died, was ended or crashed.

        Raises:
            LinterError: what the worker answered, or what became of the worker.
        """
        process = self._start()
        try:
            self._send(process, protocol.dump({"op": op, "args": args}))
            line = self._read_line(process, fallback)
        except BaseException:  # also Ctrl-C: the group must not outlive the request
            self._kill()
            raise
        answer = _parse(line)
        if answer is None:
            self._kill()
            raise fallback("the TensorFlow worker sent something that is not an answer")
        if "error" in answer:
            raise protocol.decode_error(answer["error"], fallback)
        result: dict[str, Any] = answer["result"]
        return result

    def close(self) -> None:
        """End the worker; harmless when there is none."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None and process.poll() is None:
            process.stdin.close()  # end of input is the worker's order to leave
            try:
                process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                _log.debug("the worker did not leave by itself")
        self._kill()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        command = self._command
        if command is None:
            require_tensorflow()
            command = (sys.executable, "-P", "-m", "linter.process.tf.worker")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        _log.debug("starting %s", command)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=_environment(),
            start_new_session=True,
        )
        return self._process

    def _send(self, process: subprocess.Popen[bytes], message: bytes) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(message)
            process.stdin.flush()
        except BrokenPipeError:
            _log.debug("the worker has gone before the request")

    def _read_line(
        self, process: subprocess.Popen[bytes], fallback: Callable[[str], LinterError]
    ) -> bytes:
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        chunks: list[bytes] = []
        while True:
            ready, _, _ = select.select([descriptor], [], [], _POLL_SECONDS)
            if ready:
                chunk = os.read(descriptor, _CHUNK)
                if not chunk:
                    raise fallback(self._exit_reason(process))
                chunks.append(chunk)
                if chunk.endswith(b"\n"):
                    return b"".join(chunks)
            elif deadline is not None and time.monotonic() > deadline:
                raise fallback(
                    f"TensorFlow did not finish within {self.timeout:g} seconds and was ended"
                )
            elif self.memory_limit is not None:
                used = _resident_bytes(process.pid)
                if used > self.memory_limit:
                    raise fallback(
                        f"TensorFlow used {used >> 20} MiB of memory, the limit is"
                        f" {self.memory_limit >> 20} MiB, and was ended"
                    )

    def _exit_reason(self, process: subprocess.Popen[bytes]) -> str:
        try:
            code = process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return "the TensorFlow worker closed its output without an answer"
        if code == -signal.SIGKILL:
            return "the TensorFlow worker was killed, most likely by the system for want of memory"
        last = self._last_error_line()
        said = f"; its last line was: {last}" if last else ""
        if code < 0:
            return f"the TensorFlow worker died of {signal.Signals(-code).name}{said}"
        return f"the TensorFlow worker ended with status {code} before it answered{said}"

    def _last_error_line(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        messages = [line.strip() for line in lines if not _LOG_NOISE.match(line)]
        return messages[-1] if messages else ""

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                _log.debug("the worker's group is gone")
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    _close(stream)
        if self._errors is not None:
            self._errors.close()
            self._errors = None


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        _log.debug("unsent bytes of a dead worker")


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    if isinstance(answer, dict) and ("result" in answer or "error" in answer):
        return answer
    return None


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    environment.update(
        CUDA_VISIBLE_DEVICES="-1",
        TF_CPP_MIN_LOG_LEVEL="3",
        TF_ENABLE_ONEDNN_OPTS="0",  # other summation orders, so other last digits
        PYTHONIOENCODING="utf-8",
    )
    root = str(Path(__file__).resolve().parents[2])
    installed = [*site.getsitepackages(), site.getusersitepackages()]
    if root not in installed:  # a source checkout: the child must find the same omlint
        paths = [root, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return environment


def _resident_bytes(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0  # no procfs, or the process has just ended
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
