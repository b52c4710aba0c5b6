"""From the answers of a judge and of the rules to the parts of a report."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence

from linter.api.databases import evidence_titles
from linter.api.inputs import input_infos
from linter.api.opened import Opened
from linter.api.request import Request
from linter.graph import Model
from linter.judge import Judge
from linter.judge.doubts import leaves_open
from linter.judge.precision import DEFAULT_MODE
from linter.results.errors import GraphError, LinterError
from linter.results.finding import Certainty, Finding, Severity
from linter.results.report import (
    InputError,
    InputInfo,
    ModelReport,
    OpReport,
    SourceInfo,
    TargetReport,
    Verdict,
)
from opdb.query import Database
from rules.rule_set import RuleSet

__all__ = [
    "input_error",
    "judged_inputs",
    "model_report",
    "report_sources",
    "target_report",
]

_log = logging.getLogger(__name__)


def model_report(
    request: Request, opened: Opened, judge: Judge, targets: tuple[TargetReport, ...]
) -> ModelReport:
    """What a report says about a model itself.

    Args:
        request: what the user said of it.
        opened: the model as it was opened.
        judge: answers for the model that the report is about: the opened one or a rewritten one.
        targets: what is said about it on each target.

    Raises:
        GraphError: the file has changed since it was read.
    """
    bodies = judge.model.graphs
    types = Counter(node.op for body in bodies for node in body if not node.virtual)
    return ModelReport(
        path=opened.path,
        sha256=opened.sha256,
        format=opened.format,
        nodes=sum(types.values()),
        inputs=judged_inputs(judge),
        outputs=tuple(str(value) for value in judge.outputs),
        op_types=dict(types),
        targets=targets,
        outputs_guessed=judge.outputs_guessed,
        nbytes=opened.nbytes,
        named_inputs=frozenset(request.input_shapes),
        named_outputs=tuple(map(str, request.outputs)),
        rule_files=request.rules.files,
        cut_inputs=tuple(map(str, request.cut_inputs)),
        set_inputs=tuple(f"{name}={text}" for name, text in request.set_inputs.items()),
        precision="" if request.precision == DEFAULT_MODE else request.precision,
        scope_passes=request.scope_passes,
        varying=request.varying,
        present=frozenset(name for name in request.watched if _has(opened.model, name)),
    )


def target_report(
    judge: Judge, by_default: bool, rules: RuleSet, *, plan: bool = True
) -> tuple[TargetReport, tuple[LinterError, ...]]:
    """What the lint rules and the judge say, with the faults that were contained.

    Args:
        judge: answers for one model and target.
        by_default: nobody named the target.
        rules: the rules to run.
        plan: find out which rewrites would remove errors.
    """
    from linter.rules.run_lint import run_lint

    _log.info("judging on %s", judge.target)
    outcome = run_lint(rules.lint, judge)
    errors: tuple[LinterError, ...] = outcome.errors
    findings = rules.counted(outcome.findings)
    if plan and any(finding.severity is Severity.ERROR for finding in findings):
        from linter.api.plan import with_fixes

        _log.info("looking for rewrites on %s", judge.target)
        findings, crashes = with_fixes(findings, judge, rules)
        errors += crashes
    summary = judge.summary()
    database = judge.database
    report = TargetReport(
        target=judge.target,
        answered_from=tuple(database.answered_from),
        database=database.digest,
        verdict=_verdict_of(findings, uncertain=summary.unknown > 0 or leaves_open(judge)),
        summary=summary,
        ops=_ops(judge),
        findings=findings,
        by_default=by_default,
    )
    return report, errors


def judged_inputs(judge: Judge) -> tuple[InputInfo, ...]:
    """The inputs of the judge's model, those that ``--input-shape`` makes among them."""
    return input_infos(judge.inputs, judge.inference(judge.model.main))


def input_error(path: str, err: LinterError) -> InputError:
    """A fault as the report lists it; ``kind`` is the cause where the reader knows it."""
    if isinstance(err, GraphError):
        return InputError(path, err.cause, str(err), err.offset)
    return InputError(path, err.kind, str(err))


def report_sources(
    results: Iterable[ModelReport], databases: Sequence[Database]
) -> dict[str, SourceInfo]:
    """Titles of all evidence that the report names."""
    targets = [target for model in results for target in model.targets]
    ids = {id_ for target in targets for op in target.ops for id_ in op.evidence}
    ids.update(id_ for target in targets for item in target.findings for id_ in item.evidence)
    return evidence_titles(ids, databases)


def _has(model: Model, name: str) -> bool:
    """Whether a node is there: ``name``, or ``function::name`` in a function body."""
    function, colons, node = name.rpartition("::")
    if not colons:
        return name in model.main
    return function in model.functions and node in model.functions[function]


def _verdict_of(findings: Iterable[Finding], *, uncertain: bool) -> Verdict:
    """Blocked by any error; else uncertain when anything is left open."""
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.BLOCKED
    return Verdict.UNCERTAIN if uncertain else Verdict.CONVERTIBLE


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
