"""``convert``: check, fix, prove, write, compile."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from linter.api.commands.check import Databases, input_infos, judge_model
from linter.api.commands.fix import FixOptions, FixOutcome, fix_opened
from linter.api.opened import open_model
from linter.graph import Value
from linter.judge import Judge, JudgeOptions
from linter.judge.atc.fusion import warn_of_passes
from linter.judge.precision import DEFAULT_MODE, mode_of_flags
from linter.process.compiler.command import Command, CompileJob, build_command
from linter.process.compiler.diagnose import Diagnosis, diagnose
from linter.process.compiler.effects import not_modelled, opened_sizes, scope_passes_of_flags
from linter.process.compiler.find import Compiler, find_compiler
from linter.process.compiler.flags import parse_flags
from linter.process.compiler.library import write_function_library
from linter.process.compiler.run import RunResult, run_compiler
from linter.report.commands import missing_sizes
from linter.results.errors import CompilerError, UsageError
from linter.results.report import InputInfo
from opdb.target import Target, load_registry

__all__ = ["ConvertOptions", "ConvertOutcome", "convert"]


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """How ``convert`` goes about it.

    Attributes:
        fix: which rewrites, and how they are proved.
        dry_run: do all but start the compiler.
        force: start the compiler although errors are left.
        compiler: the compiler's command; ``None`` looks in the usual places.
        flags: further flags for the compiler.
        on_line: called with each line that the compiler prints.
        timeout: seconds for the compiler, ``None`` for no limit.
    """

    fix: FixOptions = field(default_factory=FixOptions)
    dry_run: bool = False
    force: bool = False
    compiler: str | None = None
    flags: tuple[str, ...] = ()
    on_line: Callable[[str], None] | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class ConvertOutcome:
    """What became of a conversion.

    Attributes:
        fix: check, rewriting and proof.
        command: the compiler's command as a line for a shell.
        run: the compiler's run, ``None`` when it was not started.
        fault: why it was not started although it should have been; empty otherwise.
        dry_run: it was not meant to be started.
        diagnoses: the compiler's messages, placed in the model.
        library: the functions of the model as atc reads them, ``None`` when it calls none.
        not_modelled: the compiler's flags that the verdict does not take into account.
    """

    fix: FixOutcome
    command: str
    run: RunResult | None = None
    fault: str = ""
    dry_run: bool = False
    diagnoses: tuple[Diagnosis, ...] = ()
    library: Path | None = None
    not_modelled: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The fix's code when it stopped there; 5 when the compiler is missing or failed."""
        if self.run is not None:
            return 0 if self.run.succeeded else CompilerError.exit_code
        return CompilerError.exit_code if self.fault else self.fix.exit_code


def convert(
    path: str,
    name: str,
    *,
    target: str | None = None,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    options: ConvertOptions | None = None,
) -> ConvertOutcome:
    """Take a model all the way to ``NAME.om``.

    Args:
        path: a frozen graph or a SavedModel.
        name: what the result is called, without ``.om``; ``NAME.pb`` and its record go beside it.
        target: ``TOOL@VERSION/SOC`` or ``SOC``; ``None`` is the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves.
        cut_inputs: tensors that become inputs before anything else.
        options: which rewrites, which compiler.

    Raises:
        UsageError: a name that is not there, a size that is not known, a flag that clashes.
        GraphError: the model cannot be read.
    """
    options = options or ConvertOptions()
    databases = Databases(() if target is None else (target,))
    wanted = databases.opened[0].target
    _demand_chip(wanted)
    name = name.removesuffix(".om")
    frozen = f"{name}.pb"
    if _same_file(path, frozen):
        raise UsageError(f"{frozen} is the input; it would be overwritten, choose another -o NAME")
    compiler, fault = _find(wanted.tool, options)
    flags = parse_flags(options.flags) if wanted.tool == "atc" else {}
    judge_options = _judge_options(flags, dict(input_shapes or {}), tuple(outputs))
    judge_options = replace(judge_options, cut_inputs=tuple(cut_inputs))
    warn_of_passes(databases.opened, judge_options.scope_passes)
    with open_model(
        path, judge_options.outputs, judge_options.cut_inputs, judge_options.input_shapes
    ) as opened:
        judge = judge_model(opened, databases.opened[0], judge_options)
        _demand_sizes(judge, flags)
        # Once before anything is written: a clash of flags or a bad path is a fault of usage.
        _command(wanted, frozen, name, options, input_infos(judge), judge.outputs)
        fixed = fix_opened(opened, frozen, databases, judge_options, options.fix)
    report = fixed.output_report
    command = _command(
        wanted, frozen, name, options, report.inputs, tuple(map(_value, report.outputs))
    )
    outcome = ConvertOutcome(
        fixed,
        command.render(compiler),
        dry_run=options.dry_run,
        not_modelled=not_modelled(wanted.tool, options.flags),
    )
    if fixed.output is not None and wanted.tool == "atc":
        outcome = replace(outcome, library=write_function_library(fixed.model, frozen))
    stopped = fixed.exit_code and not (options.force and fixed.exit_code == 1)
    if stopped or options.dry_run:
        return outcome
    if compiler is None:
        return replace(outcome, fault=fault)
    try:
        run = run_compiler(compiler, command, on_line=options.on_line, timeout=options.timeout)
    except CompilerError as err:
        return replace(outcome, fault=str(err))
    findings = tuple(finding for one in report.targets for finding in one.findings)
    return replace(outcome, run=run, diagnoses=diagnose(run.report, fixed.model, findings))


def _demand_chip(target: Target) -> None:
    """Refuse a family name, which the compiler's ``--soc_version`` does not take."""
    registry = load_registry()
    if target.tool != "atc" or not registry.soc("atc", target.version, target.soc).family:
        return
    family = registry.soc("atc", target.version, target.soc).short
    members = [
        soc.name
        for soc in registry.socs("atc", target.version)
        if soc.short == family and not soc.family
    ]
    raise UsageError(
        f"{target.soc} is a family of chips; a conversion needs one of them: {', '.join(members)}"
    )


def _judge_options(
    flags: Mapping[str, str], shapes: Mapping[str, tuple[int, ...]], outputs: tuple[Value, ...]
) -> JudgeOptions:
    """What the user said, and what the compiler's flags say of the conversion."""
    precision = mode_of_flags(flags) or DEFAULT_MODE
    return JudgeOptions(shapes, outputs, precision, scope_passes_of_flags(flags))


def _find(tool: str, options: ConvertOptions) -> tuple[Compiler | None, str]:
    try:
        return find_compiler(tool, command=options.compiler), ""
    except CompilerError as err:
        return None, str(err)


def _command(
    target: Target,
    frozen: str,
    name: str,
    options: ConvertOptions,
    inputs: Sequence[InputInfo],
    outputs: Sequence[Value],
) -> Command:
    job = CompileJob(
        model=frozen,
        output=name,
        soc_version=target.soc if target.tool == "atc" else None,
        input_shapes={info.name: _sizes(info) for info in inputs},
        outputs=tuple(outputs),
        extra=options.flags,
    )
    return build_command(target.tool, job)


def _sizes(info: InputInfo) -> tuple[int, ...]:
    return tuple(-1 if dim is None else dim for dim in info.shape or ())


def _demand_sizes(judge: Judge, flags: Mapping[str, str]) -> None:
    """Every input has a shape, but for the sizes that the compiler's flags let vary.

    Raises:
        UsageError: one has not; says what to type.
    """
    inputs = [info for info in input_infos(judge) if _lacks_sizes(info, flags)]
    suggestion = missing_sizes(inputs)
    if suggestion:
        names = ", ".join(info.name for info in inputs)
        raise UsageError(
            f"the sizes of {names} are not known, and the compiler needs them: "
            f'--input-shape "{suggestion}"'
        )


def _lacks_sizes(info: InputInfo, flags: Mapping[str, str]) -> bool:
    if info.shape is None:
        return True
    unknown = {place for place, dim in enumerate(info.shape) if dim is None}
    return not unknown <= opened_sizes(flags, info.name, len(info.shape))


def _value(text: str) -> Value:
    name, _, port = text.rpartition(":")
    return Value(name, int(port))


def _same_file(a: str, b: str) -> bool:
    return os.path.realpath(a) == os.path.realpath(b)
