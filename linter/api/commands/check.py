"""``check``: models in, one report out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from linter.api.assemble import input_error, model_report, report_sources
from linter.api.databases import Databases
from linter.api.profiled import judged_report
from linter.api.request import Request
from linter.api.session import Session, open_request
from linter.graph import Value
from linter.judge import Judge
from linter.judge.atc.fusion import warn_of_passes
from linter.judge.precision import DEFAULT_MODE
from linter.results.errors import LinterError, UsageError
from linter.results.finding import Severity
from linter.results.report import InputError, ModelReport, Report, TargetReport
from linter.results.varying import FIXED, VaryingSizes
from opdb.store import Store
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["check", "exit_code"]

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def check(
    paths: Sequence[str],
    *,
    targets: Sequence[str] = (),
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    precision: str = DEFAULT_MODE,
    scope_passes: Sequence[str] = (),
    cut_inputs: Sequence[Value] = (),
    set_inputs: Mapping[str, str] | None = None,
    rules: RuleSet | None = None,
    store: Store | None = None,
    watched: Collection[str] = (),
    varying: VaryingSizes = FIXED,
    pictures: bool = False,
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
        set_inputs: literals by the name of the input that becomes that constant.
        rules: the rules to run, as ``load_rules`` gives them; ``None`` for the built-in ones.
        store: where databases are; ``None`` for the package and the user's data folder.
        watched: nodes that the report says of whether a model has them, as baselines want it.
        varying: which sizes vary, as ``parse_profiles`` gives it.
        pictures: also report each node, for a picture of the graph.

    Returns:
        The report; a model that cannot be read is in its ``errors``, the others are judged.

    Raises:
        UsageError: an unknown output or input name; nothing is reported then.
        UnknownNameError: an unknown target.
        CorruptDatabaseError: a damaged database.
        MissingExtraError: a SavedModel without TensorFlow to freeze it.
    """
    databases = Databases(targets, store)
    warn_of_passes(databases.opened, scope_passes)
    results: list[ModelReport] = []
    errors: list[InputError] = []
    for path in paths:
        request = Request(
            path,
            tuple(targets),
            dict(input_shapes or {}),
            tuple(outputs),
            tuple(cut_inputs),
            precision,
            tuple(scope_passes),
            rules or BUILT_IN,
            store,
            frozenset(watched),
            dict(set_inputs or {}),
            varying,
        )
        try:
            report, faults = _checked(request, databases, pictures=pictures)
        except UsageError:
            raise
        except LinterError as err:
            errors.append(input_error(path, err))
            continue
        results.append(report)
        errors += faults
    return Report(tuple(results), report_sources(results, databases.opened), tuple(errors))


def exit_code(report: Report, fail_on: Severity | None = Severity.ERROR) -> int:
    """What the process returns for a report.

    Args:
        report: what ``check`` said, or ``gated`` made of it: then its outcome counts.
        fail_on: the lowest severity that fails; ``None`` never fails on findings.
    """
    if report.errors:
        return LinterError.exit_code
    if fail_on is None:
        return 0
    if report.gate is not None:
        return 0 if report.gate.passed else 1
    failing = (
        _RANK[finding.severity] >= _RANK[fail_on]
        for model in report.results
        for target in model.targets
        for finding in target.findings
    )
    return 1 if any(failing) else 0


def _checked(
    request: Request, databases: Databases, *, pictures: bool
) -> tuple[ModelReport, list[InputError]]:
    """One model on all targets, with the faults that were contained on the way."""
    targets: list[TargetReport] = []
    errors: list[InputError] = []
    with open_request(request) as opened:
        for database in databases.opened:
            session = Session(request, opened, database, by_default=databases.by_default)
            report, faults = judged_report(session, session.judge)
            targets.append(_pictured(report, session.judge) if pictures else report)
            errors += (input_error(request.path, fault) for fault in faults)
        model = model_report(request, opened, session.judge, tuple(targets))
        if pictures:
            from linter.api.pictures import bodies_of

            model = replace(model, bodies=bodies_of(session.judge))
        return model, errors


def _pictured(report: TargetReport, judge: Judge) -> TargetReport:
    from linter.api.pictures import answers_of

    return replace(report, answers=answers_of(judge))
