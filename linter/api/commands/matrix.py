"""``matrix``: one model on every release and chip."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from linter.api.opened import Opened
from linter.api.request import Request
from linter.api.session import Session, open_request
from linter.graph import Value
from linter.judge import Judge, JudgeOptions, Status
from linter.judge.doubts import leaves_open
from linter.results.finding import Finding, Severity
from linter.results.matrix import Cell, Matrix, Place
from linter.results.report import Verdict
from opdb.store import Store
from opdb.target import Registry, Target

__all__ = ["judge_verdict", "matrix", "model_errors", "places", "release_refusals"]

_log = logging.getLogger(__name__)


def matrix(
    path: str,
    *,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    set_inputs: Mapping[str, str] | None = None,
    store: Store | None = None,
) -> Matrix:
    """Judge a model on every release with lists, of the package and imported, and every chip.

    Args:
        path: a frozen graph or a SavedModel.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves.
        cut_inputs: tensors that become inputs.
        set_inputs: literals by the name of the input that becomes that constant.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        GraphError: the model cannot be read.
        UsageError: it has no such input or output.
    """
    request = Request(
        path,
        input_shapes=dict(input_shapes or {}),
        outputs=tuple(outputs),
        cut_inputs=tuple(cut_inputs),
        set_inputs=dict(set_inputs or {}),
    )
    store = store or Store()
    with open_request(request) as opened:
        errors = model_errors(request, opened)
        cells: list[Cell] = []
        refusals: dict[tuple[str, str], tuple[str, ...]] = {}
        judge: Judge | None = None
        for place in places(store):
            _log.info("judging on %s@%s/%s", place.tool, place.version, place.socs[0])
            database = store.open(Target(place.tool, place.version, place.socs[0]))
            judge = Session(request, opened, database, like=judge).judge
            release = (place.tool, place.version)
            if release not in refusals:
                refusals[release] = release_refusals(judge)
            cells.append(_cell(judge, place, errors, refusals[release]))
    return Matrix(path, tuple(cells), errors)


def places(store: Store) -> tuple[Place, ...]:
    """Every release that has lists, oldest first, tool by tool, and its ops-info folders."""
    registry = store.registry
    result = [
        place
        for tool in registry.tools
        for release in registry.releases(tool)
        if release.kind != "known"
        for place in _of_release(registry, tool, release.version, partial=release.kind != "full")
    ]
    for local in store.imported():
        groups: dict[tuple[str, str], list[str]] = {}
        for name, (folder, short) in local.chips.items():
            groups.setdefault((folder, short), []).append(name)
        for (_, short), names in groups.items():
            result.append(Place("atc", local.name, short, tuple(names), False))
    return tuple(result)


def model_errors(request: Request, opened: Opened) -> tuple[Finding, ...]:
    """Errors that no target changes: what the rules say where every op is supported."""
    from linter.judge.synthetic import synthetic_judge
    from linter.rules.run_lint import run_lint
    from rules.registry import lint_rules

    judge = synthetic_judge(opened.model, JudgeOptions(request.input_shapes, opened.outputs))
    findings = run_lint(lint_rules(), judge).findings
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def release_refusals(judge: Judge) -> tuple[str, ...]:
    """Codes of the errors that this release gives, though it refuses no node that outputs need.

    They are about what its parser does, so all chips of a release have the same ones.
    """
    from linter.rules.run_lint import run_lint
    from rules.registry import lint_rules

    rules = {rule.id: rule for rule in lint_rules() if rule.per_release}
    needed = {graph.function: judge.reachable(graph) for graph in judge.model.graphs}
    return tuple(
        sorted(
            {
                finding.code
                for finding in run_lint(rules.values(), judge).findings
                if finding.severity is Severity.ERROR
                # What the judge refuses of those is counted already.
                and not (rules[finding.code].judged and finding.node in needed[finding.function])
            }
        )
    )


def judge_verdict(judge: Judge, errors: Sequence[Finding]) -> Verdict:
    """The verdict that ``check`` gives, running the rules that ask the target once more."""
    if errors or judge.summary().unsupported or release_refusals(judge):
        return Verdict.BLOCKED
    return _open_verdict(judge, unknown=judge.summary().unknown > 0)


def _open_verdict(judge: Judge, *, unknown: bool) -> Verdict:
    return Verdict.UNCERTAIN if unknown or leaves_open(judge) else Verdict.CONVERTIBLE


def _of_release(registry: Registry, tool: str, version: str, *, partial: bool) -> list[Place]:
    groups: dict[tuple[str, str], list[str]] = {}
    for soc in registry.socs(tool, version):
        if soc.family or soc.alias_of:
            continue
        key = (soc.folders[version] or soc.name, soc.short)
        groups.setdefault(key, []).append(soc.name)
    return [
        Place(tool, version, short, tuple(names), partial) for (_, short), names in groups.items()
    ]


def _cell(judge: Judge, place: Place, errors: Sequence[Finding], refusals: tuple[str, ...]) -> Cell:
    counts = judge.tally()
    refused, open_ = (
        {op: count for (op, found), count in sorted(counts.items()) if found is status}
        for status in (Status.UNSUPPORTED, Status.UNKNOWN)
    )
    if errors or refused or refusals:
        verdict = Verdict.BLOCKED
    else:
        verdict = _open_verdict(judge, unknown=bool(open_))
    return Cell(place, verdict, refused, open_, sum(counts.values()), refusals)
