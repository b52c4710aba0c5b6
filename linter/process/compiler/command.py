"""The command line for one conversion, checked against what the compiler would refuse."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from linter.graph import Value
from linter.process.compiler.find import Compiler
from linter.process.compiler.flags import ATC_FLAGS, OMG_FLAGS, parse_flags
from linter.results.errors import UsageError
from linter.results.varying import DIMS, FIXED, VaryingSizes

__all__ = ["Command", "CompileJob", "build_command"]

_TENSORFLOW = "3"
_DEFAULT_FORMAT = "NHWC"
_OM = ".om"
_PATH_MAX = 4096
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_\-./\u4e00-\u9fff]")
_NOT_IN_OMG_PATHS = re.compile(r"[^A-Za-z0-9_\-./]")
_NOT_IN_NAMES = ":;"
_CONVERTS = {"", "0"}


@dataclass(frozen=True, slots=True)
class CompileJob:
    """One model to convert.

    Attributes:
        model: the frozen graph.
        output: path of the result; a suffix ``.om`` is left to the compiler.
        soc_version: atc's name of the chip; omg has none.
        input_shapes: by node name, in the order of the command line; ``()`` is a scalar, -1 an
            unknown size.
        outputs: in the order of the model's outputs; empty leaves the choice to the compiler.
        input_format: layout of the inputs; ``None`` and NHWC are the default.
        extra: words of the user, passed on as they are.
        varying: sizes that vary, in the place of those of ``input_shapes``, and the profiles.
    """

    model: str
    output: str
    soc_version: str | None = None
    input_shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    outputs: tuple[Value, ...] = ()
    input_format: str | None = None
    extra: tuple[str, ...] = ()
    varying: VaryingSizes = FIXED


@dataclass(frozen=True, slots=True)
class Command:
    """The flags for one conversion.

    Attributes:
        tool: ``atc`` or ``omg``.
        arguments: every word after the program.
        model: what is read.
        output: what is written, without ``.om``.
    """

    tool: str
    arguments: tuple[str, ...]
    model: Path
    output: Path

    def render(self, compiler: Compiler | None = None) -> str:
        """The command as a line for a shell; quotes keep semicolons together."""
        program = (self.tool,) if compiler is None else compiler.command
        return shlex.join((*program, *self.arguments))


def build_command(tool: str, job: CompileJob) -> Command:
    """The command of ``atc`` or ``omg`` for a job.

    Raises:
        UsageError: a name or a path that the compiler cannot take, or an extra flag that clashes.
    """
    output = job.output.removesuffix(_OM)
    _check_paths(tool, job.model, output)
    flags = {"model": job.model, "framework": _TENSORFLOW, "output": output}
    if tool == "atc":
        if not job.soc_version:
            raise UsageError("atc needs a chip: give a target such as atc@VERSION/SOC")
        flags["soc_version"] = job.soc_version
    if job.input_shapes:
        flags["input_shape"] = ";".join(
            _shape_text(name, dims, job.varying.written) for name, dims in job.input_shapes.items()
        )
    flags |= _profile_flags(job)
    if job.outputs:
        flags["out_nodes"] = ";".join(_output_text(value) for value in job.outputs)
    if job.input_format and job.input_format != _DEFAULT_FORMAT:
        flags["input_format"] = job.input_format
    _check_extra(tool, job.extra, flags)
    words = [f"--{name}={value}" for name, value in flags.items()]
    return Command(tool, (*words, *job.extra), Path(job.model), Path(output))


def _profile_flags(job: CompileJob) -> dict[str, str]:
    """The profiles, unless the user's words name them; the manual wants ND beside dimensions."""
    kind = job.varying.kind
    given = parse_flags(job.extra) if kind else {}
    flags = {} if not kind or kind in given else {kind: job.varying.text}
    if kind == DIMS and "input_format" not in given:
        flags["input_format"] = "ND"
    return flags


def _shape_text(name: str, dims: Iterable[int], written: Mapping[str, str]) -> str:
    _check_name("input", name)
    if name in written:
        return f"{name}:{written[name]}"
    sizes = tuple(dims)
    wrong = [size for size in sizes if size < 1 and size != -1]
    if wrong:
        raise UsageError(f"input {name}: size {wrong[0]} is not accepted, only sizes above 0")
    return f"{name}:{','.join(map(str, sizes))}"


def _output_text(value: Value) -> str:
    _check_name("output", value.node)
    return f"{value.node}:{value.port}"


def _check_name(kind: str, name: str) -> None:
    refused = [character for character in _NOT_IN_NAMES if character in name]
    if refused:
        raise UsageError(
            f"{kind} {name!r} cannot be named on the compiler's command line:"
            f" {refused[0]!r} separates names there; rename the node"
        )


def _check_paths(tool: str, model: str, output: str) -> None:
    refused = _NOT_IN_PATHS if tool == "atc" else _NOT_IN_OMG_PATHS
    for flag, path in (("--model", os.path.realpath(model)), ("--output", output)):
        match = refused.search(path)
        if match:
            raise UsageError(
                f"{flag} {path}: {tool} refuses the character {match[0]!r} in a path; it takes"
                " letters, digits and _ - . /"
            )
        if len(os.path.realpath(path).encode()) > _PATH_MAX:
            raise UsageError(f"{flag}: the path is longer than {_PATH_MAX} bytes")
    if not output or output.endswith("/"):
        raise UsageError(f"--output {output!r} has no file name at its end")


def _check_extra(tool: str, extra: Iterable[str], ours: Mapping[str, str]) -> None:
    given = parse_flags(extra, ATC_FLAGS if tool == "atc" else OMG_FLAGS)
    for name in given:
        if name in ours:
            raise UsageError(f"--{name} is set by omlint ({ours[name]}); leave it out after --")
    if given.get("mode", "0") not in _CONVERTS:
        raise UsageError(f"--mode={given['mode']} does not convert; omlint runs mode 0 only")
    for name in ("help", "h", "singleop", "om"):
        if name in given:
            raise UsageError(f"--{name} does not convert; call {tool} itself for it")
