"""Running the compiler: its lines as they come, its end, the file it leaves."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from linter.process.compiler.check_report import parse_check_report, report_path
from linter.process.compiler.command import Command
from linter.process.compiler.find import Compiler, child_environment
from linter.process.compiler.log import CompilerReport, LogItem, parse_log
from linter.process.group import DeadlineError, Group, deadline_after, start
from linter.process.lines import Lines
from linter.results.errors import CompilerError, GraphError

__all__ = ["RunResult", "run_compiler"]

_log = logging.getLogger(__name__)

_MAGIC = b"IMOD"
_NOT_FOUND = 127

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of one run.

    Attributes:
        succeeded: exit 0, the success sentence, and a fresh ``.om`` that starts with ``IMOD``.
        reason: one sentence when it did not succeed, empty otherwise.
        om: the file that was written, ``None`` when there is none.
        returncode: negative for a signal.
        report: what the output says.
        output: the lines, standard error among them; the first are dropped from a flood.
    """

    succeeded: bool
    reason: str
    om: Path | None
    returncode: int
    seconds: float
    report: CompilerReport
    output: str


def run_compiler(
    compiler: Compiler,
    command: Command,
    *,
    on_line: Callable[[str], None] | None = None,
    timeout: float | None = None,
    environ: Mapping[str, str] | None = None,
) -> RunResult:
    """Run one conversion to its end.

    Args:
        compiler: from ``find_compiler``.
        command: from ``build_command``.
        on_line: called with each line of output as it comes, without its line end.
        timeout: seconds after which the process group is ended, ``None`` for no limit.
        environ: instead of the process's environment.

    Raises:
        CompilerError: it could not be started, or did not finish in time.
        KeyboardInterrupt: passed on when the process group has been ended.
    """
    child = child_environment(environ)
    pre_check = report_path(command.tool, command.arguments, child)
    before = {path: _stamp(path) for path in (*_results(command.output), pre_check)}
    _log.info("%s is running", command.tool)
    started = time.monotonic()
    lines = Lines(on_line)
    deadline = deadline_after(timeout)
    try:
        with _start(compiler.wrap(command.arguments), child) as running:
            for chunk in running.chunks(deadline):
                lines.feed(chunk)
            lines.flush()
            returncode = running.wait(deadline)
    except DeadlineError as err:
        raise CompilerError(f"{command.tool} did not finish within {timeout:g} seconds") from err
    seconds = time.monotonic() - started
    return _judged(command, returncode, lines.text, seconds, _Files(before, pre_check))


@dataclass(frozen=True, slots=True)
class _Files:
    """Files as they were before the run, and where the pre-check report goes."""

    before: Mapping[Path, _Stamp | None]
    pre_check: Path

    def fresh(self, path: Path) -> bool:
        """Whether the run wrote the file."""
        stamp = _stamp(path)
        return stamp is not None and stamp != self.before.get(path)


def _judged(
    command: Command, returncode: int, output: str, seconds: float, files: _Files
) -> RunResult:
    report = parse_log(output, tool=command.tool)
    om = next((path for path in _results(command.output) if files.fresh(path)), None)
    reason = _why_not(command, returncode, report, om)
    if reason and files.fresh(files.pre_check):
        report = replace(report, items=(*report.items, *_check_items(files.pre_check)))
    return RunResult(not reason, reason, om, returncode, seconds, report, output)


def _check_items(path: Path) -> tuple[LogItem, ...]:
    try:
        return parse_check_report(path)
    except GraphError as err:
        _log.debug("%s", err)
        return ()


def _start(words: tuple[str, ...], environ: Mapping[str, str]) -> Group:
    try:
        return start(words, env=environ)
    except OSError as err:
        raise CompilerError(f"{words[0]} cannot be started: {err.strerror}") from err


def _results(output: Path) -> list[Path]:
    """Files the compiler may write: a dynamic graph's name gains system and CPU."""
    folder = output.parent
    name = output.name
    paths = [folder / f"{name}.om"]
    if folder.is_dir():
        paths += sorted(p for p in folder.glob("*_*.om") if p.name.startswith(f"{name}_linux_"))
    return [path for path in paths if path.is_file()]


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _why_not(command: Command, returncode: int, report: CompilerReport, om: Path | None) -> str:
    """Why the run is no success; empty when it is one."""
    tool = command.tool
    if returncode < 0 or (returncode > 128 and returncode != 255):
        number = -returncode if returncode < 0 else returncode - 128
        memory = ", most likely by the system for want of memory" if number == 9 else ""
        return f"{tool} was killed by signal {number}{memory}"
    if returncode == _NOT_FOUND:
        return f"{tool} could not be loaded: {report.headline or 'exit status 127'}"
    if returncode != 0 or report.succeeded is False:
        return report.headline or f"{tool} failed with exit status {returncode}"
    if report.succeeded is None:
        return f"{tool} ended with exit status 0, but without its success line"
    if om is None:
        return f"{tool} reported success, but wrote no {command.output}.om"
    return "" if _is_om(om) else f"{om} does not start with {_MAGIC.decode()}"


def _is_om(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
