"""The worker process as the client sees it: started, asked, observed, ended."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import signal
import site
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from linter.process.group import DeadlineError, Group, MemoryLimitError, deadline_after, start
from linter.process.tf import protocol
from linter.results.errors import LinterError, MissingExtraError

__all__ = ["TensorFlowWorker", "require_tensorflow"]

_log = logging.getLogger(__name__)

_GRACE_SECONDS = 2.0
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
        self._worker: Group | None = None
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
        worker = self._started()
        try:
            worker.send(protocol.dump({"op": op, "args": args}))
            answer = self._read_answer(worker, fallback)
        except BaseException:  # also Ctrl-C: the group must not outlive the request
            self._kill()
            raise
        if answer is None:
            self._kill()
            raise fallback("the TensorFlow worker sent something that is not an answer")
        if "error" in answer:
            raise protocol.decode_error(answer["error"], fallback)
        result: dict[str, Any] = answer["result"]
        return result

    def close(self) -> None:
        """End the worker; harmless when there is none."""
        worker = self._worker
        if worker is None:
            return
        try:
            if worker.is_running:
                worker.close_input()  # end of input is the worker's order to leave
                worker.wait(deadline_after(_GRACE_SECONDS))
        except DeadlineError:
            _log.debug("the worker did not leave by itself")
        finally:
            self._kill()

    def _started(self) -> Group:
        if self._worker is not None and self._worker.is_running:
            return self._worker
        self._kill()
        command = self._command
        if command is None:
            require_tensorflow()
            command = (sys.executable, "-P", "-m", "linter.process.tf.worker")
        _log.info("starting TensorFlow")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._worker = start(command, env=_environment(), fed=True, errors=self._errors, grace=0)
        return self._worker

    def _read_answer(
        self, worker: Group, fallback: Callable[[str], LinterError]
    ) -> dict[str, Any] | None:
        """The answer, after lines that say how far the worker is; ``None`` for another line."""
        rest = b""
        try:
            for chunk in worker.chunks(deadline_after(self.timeout), self.memory_limit):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    answer = _parse(line)
                    if answer is None or "progress" not in answer:
                        return answer
                    _log.info("%s", answer["progress"])
        except DeadlineError as err:
            raise fallback(
                f"TensorFlow did not finish within {self.timeout:g} seconds and was ended"
            ) from err
        except MemoryLimitError as err:
            limit = self.memory_limit or 0
            raise fallback(
                f"TensorFlow used {err.used >> 20} MiB of memory, the limit is"
                f" {limit >> 20} MiB, and was ended"
            ) from err
        raise fallback(self._exit_reason(worker))

    def _exit_reason(self, worker: Group) -> str:
        try:
            code = worker.wait(deadline_after(_GRACE_SECONDS))
        except DeadlineError:
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
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()
        if self._errors is not None:
            self._errors.close()
            self._errors = None


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    if isinstance(answer, dict) and answer.keys() & {"result", "error", "progress"}:
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
