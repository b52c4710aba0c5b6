"""``check``: models in, one report out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from linter.api.opened import Opened, open_model, resolve_shapes
from linter.graph import Value
from linter.judge import Judge, JudgeOptions, make_judge
from linter.judge.atc.fusion import warn_of_passes
from linter.judge.precision import DEFAULT_MODE
from linter.report.style import plural
from linter.results.errors import GraphError, LinterError, UsageError
from linter.results.finding import Certainty, Finding, Severity
from linter.results.report import (
    InputError,
    InputInfo,
    ModelReport,
    OpReport,
    Report,
    SourceInfo,
    TargetReport,
    Verdict,
)
from opdb.errors import UnknownNameError
from opdb.query import Database, open_database
from opdb.target import default_target, parse_target

if TYPE_CHECKING:
    from rules.rule_set import RuleSet

__all__ = [
    "Databases",
    "check",
    "evidence_titles",
    "exit_code",
    "input_error",
    "input_infos",
    "judge_model",
    "model_report",
    "report_model",
    "report_sources",
    "target_report",
    "verdict_of",
]

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Databases:
    """The databases of the targets of one run, opened once each.

    Attributes:
        by_default: no target was named.
        opened: in the order in which the targets were named, repeats dropped.
    """

    def __init__(self, targets: Iterable[str]) -> None:
        named = tuple(dict.fromkeys(parse_target(text) for text in targets))
        self.by_default = not named
        self.opened: tuple[Database, ...] = tuple(
            open_database(target) for target in named or (default_target(),)
        )


def check(
    paths: Sequence[str],
    *,
    targets: Sequence[str] = (),
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    precision: str = DEFAULT_MODE,
    scope_passes: Sequence[str] = (),
    cut_inputs: Sequence[Value] = (),
    rules: RuleSet | None = None,
) -> Report:
    """Judge every model on every target.

    Args:
        paths: frozen graphs or SavedModels.
        targets: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the models compute; none means their leaves, as atc takes them.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: scope fusion passes that are switched on; unknown ones are warned of.
        cut_inputs: tensors that become inputs.
        rules: the rules to run, as ``load_rules`` gives them; ``None`` for the built-in ones.

    Returns:
        The report; a model that cannot be read is in its ``errors``, the others are judged.

    Raises:
        UsageError: an unknown target, output or input name; nothing is reported then.
        MissingExtraError: a SavedModel without TensorFlow to freeze it.
    """
    databases = Databases(targets)
    warn_of_passes(databases.opened, scope_passes)
    options = JudgeOptions(
        dict(input_shapes or {}), tuple(outputs), precision, tuple(scope_passes), tuple(cut_inputs)
    )
    results: list[ModelReport] = []
    errors: list[InputError] = []
    for path in paths:
        try:
            with open_model(
                path, options.outputs, options.cut_inputs, options.input_shapes
            ) as opened:
                report, faults = report_model(opened, databases, options, rules)
        except UsageError:
            raise
        except LinterError as err:
            errors.append(input_error(path, err))
            continue
        results.append(report)
        errors += faults
    return Report(tuple(results), report_sources(results, databases.opened), tuple(errors))


def exit_code(report: Report, fail_on: Severity | None = Severity.ERROR) -> int:
    """What the process returns for a report; ``None`` as threshold never fails on findings."""
    if report.errors:
        return LinterError.exit_code
    if fail_on is None:
        return 0
    found = (
        _RANK[finding.severity] >= _RANK[fail_on]
        for model in report.results
        for target in model.targets
        for finding in target.findings
    )
    return 1 if any(found) else 0


def report_model(
    opened: Opened, databases: Databases, options: JudgeOptions, rules: RuleSet | None = None
) -> tuple[ModelReport, list[InputError]]:
    """One model on all targets, with the faults that were contained on the way."""
    targets: list[TargetReport] = []
    errors: list[InputError] = []
    judge: Judge | None = None
    for database in databases.opened:
        judge = judge_model(opened, database, options)
        report, faults = target_report(judge, databases.by_default, rules=rules)
        targets.append(report)
        errors += (input_error(opened.path, fault) for fault in faults)
    assert judge is not None
    model = model_report(opened, judge, tuple(targets), options)
    return replace(model, rule_files=rules.files if rules else ()), errors


def model_report(
    opened: Opened, judge: Judge, targets: tuple[TargetReport, ...], told: JudgeOptions
) -> ModelReport:
    """What the report says about the model itself; ``told`` is what the user said of it."""
    bodies = judge.model.graphs
    types = Counter(node.op for body in bodies for node in body if not node.virtual)
    return ModelReport(
        path=opened.path,
        sha256=opened.sha256,
        format=opened.format,
        nodes=sum(types.values()),
        inputs=input_infos(judge),
        outputs=tuple(str(value) for value in judge.outputs),
        op_types=dict(types),
        targets=targets,
        outputs_guessed=judge.outputs_guessed,
        nbytes=opened.nbytes,
        named_inputs=frozenset(judge.options.input_shapes),
        named_outputs=tuple(map(str, told.outputs)),
        cut_inputs=tuple(map(str, told.cut_inputs)),
        precision="" if told.precision == DEFAULT_MODE else told.precision,
        scope_passes=told.scope_passes,
    )


def judge_model(opened: Opened, database: Database, options: JudgeOptions) -> Judge:
    """The judge of one opened model.

    Raises:
        UsageError: an input or output that the model does not have.
    """
    resolve_shapes(opened.model.main, tuple(options.input_shapes), opened.path)
    options = replace(options, outputs=opened.outputs)
    judge = make_judge(opened.model, database, options)
    main = opened.model.main
    for value in opened.outputs:
        count = judge.inference(main).output_count(main[value.node])
        if count is not None and value.port >= count:
            raise UsageError(
                f"{opened.path} has no output {value}: {value.node} has {plural(count, 'output')}"
            )
    return judge


def verdict_of(findings: Iterable[Finding], unknown: int) -> Verdict:
    """Blocked by any error; else uncertain when the target's facts do not cover every node."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.BLOCKED
    return Verdict.UNCERTAIN if unknown else Verdict.CONVERTIBLE


def input_error(path: str, err: LinterError) -> InputError:
    """A fault as the report lists it; ``kind`` is the cause where the reader knows it."""
    if isinstance(err, GraphError):
        return InputError(path, err.cause, str(err), err.offset)
    return InputError(path, err.kind, str(err))


def target_report(
    judge: Judge, by_default: bool, *, plan: bool = True, rules: RuleSet | None = None
) -> tuple[TargetReport, list[LinterError]]:
    """What the lint rules and the judge say, with the faults that were contained.

    Args:
        judge: answers for one model and target.
        by_default: nobody named the target.
        plan: find out which rewrites would remove errors.
        rules: the rules to run; ``None`` for the built-in ones.
    """
    from linter.rules.run_lint import run_lint
    from rules.rule_set import BUILT_IN

    rules = rules or BUILT_IN
    outcome = run_lint(rules.lint, judge)
    findings = rules.counted(outcome.findings)
    if plan and any(finding.severity is Severity.ERROR for finding in findings):
        from linter.api.plan import with_fixes

        findings = with_fixes(findings, judge, rules)
    summary = judge.summary()
    database = judge.database
    report = TargetReport(
        target=judge.target,
        answered_from=tuple(database.answered_from),
        database=database.digest,
        verdict=verdict_of(findings, summary.unknown),
        summary=summary,
        ops=_ops(judge),
        findings=findings,
        by_default=by_default,
    )
    return report, list(outcome.errors)


def _ops(judge: Judge) -> tuple[OpReport, ...]:
    counts: Counter[tuple[str, str, str, Certainty]] = Counter()
    evidence: dict[tuple[str, str, str, Certainty], set[str]] = {}
    for _, node, judgement in judge.judgements():
        key = (node.op, judgement.status.value, judgement.placement.value, judgement.certainty)
        counts[key] += 1
        evidence.setdefault(key, set()).update(judgement.evidence)
    return tuple(
        OpReport(op, counts[key], status, placement, certainty, tuple(sorted(evidence[key])))
        for key in sorted(counts)
        for op, status, placement, certainty in (key,)
    )


def input_infos(judge: Judge) -> tuple[InputInfo, ...]:
    """The model's inputs with what is known of them."""
    inference = judge.inference(judge.model.main)
    return tuple(
        InputInfo(node.name, inference.dtype(Value(node.key)), inference.shape(Value(node.key)))
        for node in judge.inputs
    )


def report_sources(
    results: Iterable[ModelReport], databases: Sequence[Database]
) -> dict[str, SourceInfo]:
    """Titles of all evidence that the report names."""
    targets = [target for model in results for target in model.targets]
    ids = {id_ for target in targets for op in target.ops for id_ in op.evidence}
    ids.update(id_ for target in targets for item in target.findings for id_ in item.evidence)
    return evidence_titles(ids, databases)


def evidence_titles(ids: Iterable[str], databases: Sequence[Database]) -> dict[str, SourceInfo]:
    """Title and place of every id; an id that no database lists stands for itself."""
    found: dict[str, SourceInfo] = {}
    for id_ in sorted(ids):
        for database in databases:
            try:
                source = database.source(id_)
            except UnknownNameError:
                found[id_] = SourceInfo(id_, "")
            else:
                found[id_] = SourceInfo(source.title, source.where)
                break
    return found
