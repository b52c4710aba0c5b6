"""``convert``: check, fix, prove, write, compile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linter.api.assemble import judged_inputs
from linter.api.commands.fix import fix_session
from linter.api.databases import Databases
from linter.api.fixed_model import FixedModel
from linter.api.options import FixOptions
from linter.api.profiles import parse_profiles
from linter.api.session import open_session
from linter.graph import Value
from linter.judge import Judge
from linter.judge.inputs import varying_inputs
from linter.judge.precision import DEFAULT_MODE, mode_of_flags
from linter.process.compiler.command import Command, CompileJob, build_command
from linter.process.compiler.diagnose import diagnose
from linter.process.compiler.effects import not_modelled, opened_sizes, scope_passes_of_flags
from linter.process.compiler.find import Compiler, find_compiler
from linter.process.compiler.flags import parse_flags
from linter.process.compiler.library import write_function_library
from linter.process.compiler.run import RunResult, run_compiler
from linter.results.convert import CompilerMessage, CompilerRun, ConvertOutcome
from linter.results.errors import CompilerError, UsageError
from linter.results.report import InputInfo
from linter.results.varying import KINDS, VaryingSizes
from linter.results.wording import missing_sizes
from opdb.target import Target, load_registry

__all__ = ["ConvertOptions", "convert"]


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
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
    """
    options = options or ConvertOptions()
    databases = Databases(() if target is None else (target,), options.fix.store)
    job = _Conversion(databases.opened[0].target, name.removesuffix(".om"), options)
    _demand_chip(job.target)
    if _same_file(path, job.frozen):
        raise UsageError(
            f"{job.frozen} is the input; it would be overwritten, choose another -o NAME"
        )
    compiler, fault = _find(job.target.tool, options)
    flags = job.flags
    fixing = replace(
        options.fix,
        precision=mode_of_flags(flags) or DEFAULT_MODE,
        scope_passes=scope_passes_of_flags(flags),
        varying=_with_flags(options.fix.varying, flags),
    )
    job = replace(job, options=replace(options, fix=fixing))
    request = fixing.request(path, target, input_shapes, outputs, cut_inputs)
    with open_session(request, databases) as session:
        _demand_sizes(session.judge, flags)
        # Once before anything is written: a clash of flags or a bad path is a fault of usage.
        job.command(judged_inputs(session.judge), session.judge.outputs)
        fixed = fix_session(session, job.frozen, fixing)
    return job.outcome(fixed, compiler, fault)


@dataclass(frozen=True, slots=True)
class _Conversion:
    """What is to be made of a model.

    Attributes:
        target: the chip, and the release of the compiler.
        name: of the result, without ``.om``.
        options: how to go about it.
    """

    target: Target
    name: str
    options: ConvertOptions

    @property
    def frozen(self) -> str:
        """The graph that the compiler reads."""
        return f"{self.name}.pb"

    @property
    def flags(self) -> Mapping[str, str]:
        """The user's flags for atc by name."""
        return parse_flags(self.options.flags) if self.target.tool == "atc" else {}

    def command(self, inputs: Sequence[InputInfo], outputs: Sequence[Value]) -> Command:
        """The compiler's command.

        Raises:
            UsageError: a name or a path that the compiler cannot take, or a flag that clashes.
        """
        job = CompileJob(
            model=self.frozen,
            output=self.name,
            soc_version=self.target.soc if self.target.tool == "atc" else None,
            input_shapes={info.name: _sizes(info) for info in inputs},
            outputs=tuple(outputs),
            extra=self.options.flags,
            varying=self.options.fix.varying,
        )
        return build_command(self.target.tool, job)

    def outcome(self, fixed: FixedModel, compiler: Compiler | None, fault: str) -> ConvertOutcome:
        """Compile what was written, where nothing stands in the way."""
        options, tool, report = self.options, self.target.tool, fixed.output_report
        command = self.command(report.inputs, tuple(map(_value, report.outputs)))
        library = None
        if fixed.output is not None and tool == "atc":
            library = write_function_library(fixed.model, self.frozen)
        outcome = ConvertOutcome(
            fixed,
            command.render(compiler),
            dry_run=options.dry_run,
            library=library,
            not_modelled=not_modelled(tool, options.flags),
        )
        stopped = fixed.exit_code and not (options.force and fixed.exit_code == 1)
        if stopped or options.dry_run:
            return outcome
        if compiler is None:
            return replace(outcome, fault=fault)
        try:
            run = run_compiler(compiler, command, on_line=options.on_line, timeout=options.timeout)
        except CompilerError as err:
            return replace(outcome, fault=str(err))
        return replace(outcome, run=_plain(run), diagnoses=tuple(_messages(run, fixed)))


def _plain(run: RunResult) -> CompilerRun:
    nbytes = 0 if run.om is None else run.om.stat().st_size
    return CompilerRun(
        run.succeeded, run.reason, run.om, nbytes, run.returncode, run.seconds, run.output
    )


def _messages(run: RunResult, fixed: FixedModel) -> Iterator[CompilerMessage]:
    """The compiler's messages, placed in the model."""
    targets = fixed.output_report.targets
    findings = tuple(finding for one in targets for finding in one.findings)
    for one in diagnose(run.report, fixed.model, findings):
        yield CompilerMessage(one.finding, one.explanation, one.predicted)


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


def _find(tool: str, options: ConvertOptions) -> tuple[Compiler | None, str]:
    try:
        return find_compiler(tool, command=options.compiler), ""
    except CompilerError as err:
        return None, str(err)


def _sizes(info: InputInfo) -> tuple[int, ...]:
    return tuple(-1 if dim is None else dim for dim in info.shape or ())


def _demand_sizes(judge: Judge, flags: Mapping[str, str]) -> None:
    """Every input has a shape, but for the sizes that the compiler's flags let vary.

    Raises:
        UsageError: one has not; says what to type.
    """
    left_open = set() if judge.options.profiled else {node.name for node in varying_inputs(judge)}
    if left_open and judge.database.target.tool != "atc":
        raise UsageError(f"{min(left_open)!r} has a size of -1, which {judge.target} does not take")
    inputs = [
        info
        for info in judged_inputs(judge)
        if not judge.options.profiled and info.name not in left_open and _lacks_sizes(info, flags)
    ]
    suggestion = missing_sizes(inputs)
    if suggestion:
        names = ", ".join(info.name for info in inputs)
        raise UsageError(
            f"the sizes of {names} are not known, and the compiler needs them: "
            f'--input-shape "{suggestion}"'
        )


def _with_flags(varying: VaryingSizes, flags: Mapping[str, str]) -> VaryingSizes:
    """The profiles that stand after ``--``, if any, and the layout of the inputs.

    Raises:
        UsageError: they are there twice, or atc refuses them.
    """
    given = {kind: flags[kind] for kind in KINDS if flags.get(kind)}
    if given and varying.profiles:
        raise UsageError(f"--{min(given)} after -- and {varying.option}: atc takes one (E10009)")
    if (given or varying.profiles) and flags.get("input_shape_range"):
        raise UsageError("--input_shape_range and profiles exclude each other (E10009)")
    layout = flags.get("input_format", varying.layout)
    if given:
        return parse_profiles(given, varying.written, layout)
    return replace(varying, layout=layout)


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
