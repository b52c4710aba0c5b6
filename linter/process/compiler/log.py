"""The compiler's output, read: verdict, error block, warnings, faults of the installation.

atc prints its errors in three layouts, called generations here. A: ``CODE: message``. B: ``CODE:
[PID: n] time message``. C: ``[PID: n] time Title(CODE): message``. Under the headline stand cause,
solution and a traceback of further messages without codes. Everything is read by code and place in
the block; the sentences change from release to release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from linter.process.compiler.codes import canonical, is_inner, lookup, omg_messages
from linter.process.compiler.places import find_place

__all__ = ["CompilerReport", "Generation", "LogItem", "Role", "parse_log"]

_SUCCESS = "ATC run success"
_FAILURE = "ATC run failed"
_LONGEST_LINE = 8192
_LONGEST_MESSAGE = 2000
_START = "ATC start working now"
_OMG_FRAME = "OMG "

_STAMP = r"\[PID: \d+\] \S+"
_CODE = r"(?P<code>[EW][0-9A-Z]{5})"
_GENERATION_C = re.compile(rf"{_STAMP} [^()]*\({_CODE}\): ?(?P<text>.*)")
_INNER_B = re.compile(rf"{_CODE}{_STAMP} \((?P=code)\): *(?P<text>.*)")
_GENERATION_B = re.compile(rf"{_CODE}: {_STAMP} ?(?P<text>.*)")
_INNER_A = re.compile(rf"{_CODE}  +(?P<text>.*)")
_GENERATION_A = re.compile(rf"{_CODE}: ?(?P<text>.*)")
_INNER_HEADLINE = re.compile(r"(?:Inner|Internal) Error!?$")
_INDENTED = re.compile(r"(?: {4,}|\t)(?P<text>\S.*)")
_TRACEBACK = re.compile(r"\s*TraceBack \(most recent call last\):")
_CAUSE = "Possible Cause:"
_SOLUTION = "Solution:"
_DEVELOPER_PLACE = re.compile(r"(?:\[(?:FUNC|FILE|LINE):[^\]]*\])+\s*\.?$")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ARGUMENT_ERROR = "ERROR: "
_LIBRARY = re.compile(r"error while loading shared libraries: (?P<name>[^:]+):")
_MODULE = re.compile(r"ModuleNotFoundError: No module named '?(?P<name>[^']+)'?")
_DRIVER = "libascend_hal.so"
_NO_NPU = "On a host without an NPU add the toolkit's <arch>-linux/devlib to LD_LIBRARY_PATH."
_NO_PROGRAM = re.compile(r"(?P<name>\S+): (?:command not found|not found)$")
_KILLED = re.compile(r"(?:^|\s)Killed$|Segmentation fault|Bus error|Aborted \(core dumped\)")
_OMG_CODE = re.compile(r"0x[0-9A-Fa-f]{7,8}")


class Generation(StrEnum):
    """Layout of the error block."""

    A = "A"
    B = "B"
    C = "C"


class Role(StrEnum):
    """What an item is in the output."""

    HEADLINE = "headline"
    TRACE = "trace"
    WARNING = "warning"
    FAULT = "fault"
    PRE_CHECK = "pre-check"


@dataclass(frozen=True, slots=True)
class LogItem:
    """One message of the compiler.

    Attributes:
        message: without code, stamp and the place in the compiler's sources.
        code: ``None`` for the messages of a traceback and for faults outside the compiler.
        op_name: the node that it names, as the compiler calls it.
        op_type: its type, as the compiler calls it.
        line: number of its line in the output, from 1.
    """

    role: Role
    message: str
    code: str | None = None
    op_name: str | None = None
    op_type: str | None = None
    cause: str = ""
    solution: str = ""
    line: int = 0

    @property
    def canonical(self) -> str | None:
        """The code that stands for this meaning over all releases."""
        return None if self.code is None else canonical(self.code)

    @property
    def inner(self) -> bool:
        """Whether the message is for the compiler's developers."""
        return self.code is not None and is_inner(self.code)


@dataclass(frozen=True, slots=True)
class CompilerReport:
    """What the output of one run says.

    Attributes:
        succeeded: by the verdict line; ``None`` when there is none.
        generation: layout of the error block, ``None`` without one.
        items: errors: the headline first, then the traceback, then faults of the installation.
        warnings: what a successful run warns about.
    """

    tool: str
    succeeded: bool | None
    generation: Generation | None = None
    items: tuple[LogItem, ...] = ()
    warnings: tuple[LogItem, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that was printed, in order, errors before warnings."""
        codes = (item.code for item in (*self.items, *self.warnings))
        return tuple(dict.fromkeys(code for code in codes if code is not None))

    @property
    def headline(self) -> str:
        """The first error in one line, empty without any."""
        if not self.items:
            return ""
        first = next((item for item in self.items if item.message), self.items[0])
        code = self.items[0].code
        return f"{code}: {first.message}" if code else first.message


def parse_log(text: str, *, tool: str | None = None) -> CompilerReport:
    """Read the whole output of a run, or a piece of it.

    Args:
        text: standard output, standard error, or both.
        tool: ``atc`` or ``omg``; ``None`` looks at the text.
    """
    lines = [line[:_LONGEST_LINE] for line in _ANSI.sub("", text).splitlines()]
    tool = tool or _tool_of(text)
    if tool == "omg":
        return _parse_omg(lines)
    block = _Block()
    for number, line in enumerate(lines, start=1):
        block.take(number, line.rstrip())
    items = _unique(block.items)
    errors = tuple(item for item in items if item.role is not Role.WARNING)
    warnings = tuple(item for item in items if item.role is Role.WARNING)
    return CompilerReport(tool, block.verdict, block.generation, errors, warnings)


@dataclass(slots=True)
class _Block:
    """Line by line state of an atc log."""

    verdict: bool | None = None
    generation: Generation | None = None
    items: list[LogItem] = field(default_factory=list)
    inside: bool = False

    def take(self, number: int, line: str) -> None:
        """One more line."""
        if _SUCCESS in line:
            self.verdict, self.inside = True, False
        elif _FAILURE in line:
            self.verdict, self.inside = False, False
        elif _START in line or not line.strip():
            return
        elif self._take_coded(number, line):
            self.inside = True
        elif fault := _fault(number, line):
            self.items.append(fault)
        elif self.inside:
            self._take_detail(number, line)

    def _take_coded(self, number: int, line: str) -> bool:
        for pattern, generation in _LAYOUTS:
            match = pattern.match(line)
            if match is not None:
                self._add(number, match["code"], match["text"], generation)
                return True
        return False

    def _add(self, number: int, code: str, text: str, generation: Generation) -> None:
        self.generation = self.generation or generation
        if self.generation is Generation.A and generation is Generation.B:
            self.generation = generation  # the headline of an inner block has no stamp
        message = _clean(text)
        if _INNER_HEADLINE.match(message):
            message = ""
        last = self.items[-1] if self.items else None
        if last is not None and last.code == code and not last.message and last.inner:
            self.items[-1] = _located(replace(last, message=message))
            return
        role = Role.WARNING if code.startswith("W") else Role.HEADLINE
        self.items.append(_located(LogItem(role, message, code, line=number)))

    def _take_detail(self, number: int, line: str) -> None:
        last = self.items[-1]
        text = line.strip()
        if _TRACEBACK.match(line):
            return
        if text.startswith(_CAUSE):
            self.items[-1] = replace(last, cause=text.removeprefix(_CAUSE).strip())
        elif text.startswith(_SOLUTION):
            self.items[-1] = replace(last, solution=text.removeprefix(_SOLUTION).strip())
        elif _INDENTED.match(line):
            self.items.append(_located(LogItem(Role.TRACE, _clean(text), line=number)))
        elif (
            last.role is Role.HEADLINE
            and len(last.message) < _LONGEST_MESSAGE
            and not last.solution
        ):
            self.items[-1] = _located(replace(last, message=f"{last.message} {text}".strip()))


_LAYOUTS = (
    (_GENERATION_C, Generation.C),
    (_INNER_B, Generation.B),
    (_GENERATION_B, Generation.B),
    (_INNER_A, Generation.A),
    (_GENERATION_A, Generation.A),
)


def _located(item: LogItem) -> LogItem:
    info = None if item.code is None else lookup(item.code)
    place = find_place(item.message, () if info is None else info.args)
    return replace(item, op_name=place.name, op_type=place.op)


def _clean(text: str) -> str:
    return _DEVELOPER_PLACE.sub("", text.strip()).strip()


def _fault(number: int, line: str) -> LogItem | None:
    """A line that somebody else printed: the loader, Python, the shell, the flag parser."""
    text = line.strip()
    solution = ""
    if match := _LIBRARY.search(line):
        message = f"the library {match['name']} is missing"
        solution = _NO_NPU if match["name"] == _DRIVER else "Source the toolkit's set_env.sh."
    elif match := _MODULE.search(line):
        message = f"the Python module {match['name']} is missing"
        solution = f"Install {match['name']} for the python3 that stands first on PATH."
    elif line.startswith(_ARGUMENT_ERROR):
        message = text.removeprefix(_ARGUMENT_ERROR)
    elif _NO_PROGRAM.search(text) or _KILLED.search(text):
        message = text
    else:
        return None
    return LogItem(Role.FAULT, message, solution=solution, line=number)


def _unique(items: Iterable[LogItem]) -> tuple[LogItem, ...]:
    """Without repetitions, and with the headline of the errors first."""
    seen: dict[tuple[str | None, str], LogItem] = {}
    for item in items:
        seen.setdefault((item.code, item.message), item)
    result = list(seen.values())
    return tuple(sorted(result, key=lambda item: item.role is Role.FAULT))


def _tool_of(text: str) -> str:
    return "omg" if _OMG_FRAME in text and "ATC " not in text else "atc"


def _parse_omg(lines: list[str]) -> CompilerReport:
    verdict: bool | None = None
    items = []
    for number, line in enumerate(lines, start=1):
        known = next((m for m in omg_messages() if m.contains in line), None)
        if known is not None and known.kind == "success":
            verdict = True
        elif known is not None:
            verdict = False if verdict is None or known.contains.startswith("OMG") else verdict
            place = find_place(line, ())
            code = _OMG_CODE.search(line)
            items.append(
                LogItem(
                    Role.HEADLINE,
                    known.meaning or _clean(line),
                    code.group() if code else None,
                    place.name,
                    place.op,
                    line=number,
                )
            )
        elif fault := _fault(number, line):
            items.append(fault)
    return CompilerReport("omg", verdict, None, _unique(items))
