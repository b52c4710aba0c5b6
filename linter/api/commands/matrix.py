"""``matrix``: one model on every release and chip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.api.assemble import leaves_open
from linter.api.opened import Opened
from linter.api.request import Request
from linter.api.session import Session, open_request
from linter.graph import Value
from linter.judge import Judge, JudgeOptions, Status
from linter.results.finding import Finding, Severity
from linter.results.matrix import Cell, Matrix, Place
from linter.results.report import Verdict
from opdb.store import Store
from opdb.target import Registry, Target

__all__ = ["judge_verdict", "matrix", "model_errors", "places"]


def matrix(
    path: str,
    *,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    store: Store | None = None,
) -> Matrix:
    """Judge a model on every release with lists, of the package and imported, and every chip.

    Args:
        path: a frozen graph or a SavedModel.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves.
        cut_inputs: tensors that become inputs.
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
    )
    store = store or Store()
    with open_request(request) as opened:
        errors = model_errors(request, opened)
        cells: list[Cell] = []
        judge: Judge | None = None
        for place in places(store):
            database = store.open(Target(place.tool, place.version, place.socs[0]))
            judge = Session(request, opened, database, like=judge).judge
            cells.append(_cell(judge, place, errors))
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


def judge_verdict(judge: Judge, errors: Sequence[Finding]) -> Verdict:
    """The verdict that ``check`` gives, without running the rules once more."""
    summary = judge.summary()
    if errors or summary.unsupported:
        return Verdict.BLOCKED
    uncertain = summary.unknown > 0 or leaves_open(judge)
    return Verdict.UNCERTAIN if uncertain else Verdict.CONVERTIBLE


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


def _cell(judge: Judge, place: Place, errors: Sequence[Finding]) -> Cell:
    counts = judge.tally()
    refused, open_ = (
        {op: count for (op, found), count in sorted(counts.items()) if found is status}
        for status in (Status.UNSUPPORTED, Status.UNKNOWN)
    )
    if errors or refused:
        verdict = Verdict.BLOCKED
    else:
        uncertain = bool(open_) or leaves_open(judge)
        verdict = Verdict.UNCERTAIN if uncertain else Verdict.CONVERTIBLE
    return Cell(place, verdict, refused, open_, sum(counts.values()))
