"""The databases themselves: which there are, what two of them say differently, are they sound."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from linter.api.commands.matrix import judge_verdict, model_errors
from linter.api.commands.ops import describe_ops
from linter.api.request import Request
from linter.api.session import Session, open_request
from linter.graph import Graph, Node, Value
from linter.judge import Judge, Status
from linter.results.db import (
    Change,
    DatabaseFault,
    DatabaseInfo,
    DatabaseLint,
    ImportedDatabase,
    KernelChange,
    ModelChange,
    TargetDiff,
    TargetFacts,
)
from linter.results.ops import OpAnswer
from opdb.layout import added, plain
from opdb.lint import lint, lint_local
from opdb.load import DATA_DIR, open_records
from opdb.query import Database, ReleaseDatabase
from opdb.record import Kernel
from opdb.store import Store
from opdb.target import LOCAL, Target

__all__ = [
    "check_databases",
    "diff_targets",
    "import_database",
    "list_databases",
    "remove_database",
]

_log = logging.getLogger(__name__)


def list_databases(store: Store | None = None) -> tuple[DatabaseInfo, ...]:
    """Every database: those of the package in their order, then the imported ones.

    Args:
        store: where databases are; ``None`` for the package and the user's data folder.
    """
    store = store or Store()
    registry = store.registry
    result: list[DatabaseInfo] = []
    for tool in registry.tools:
        for release in registry.releases(tool):
            if release.kind == "known":
                continue
            socs = [s.name for s in registry.socs(tool, release.version) if not s.family]
            target = Target(tool, release.version, socs[0])
            complete = release.kind == "full"
            lay = plain if complete or tool != "atc" else added
            own = ReleaseDatabase(target, lay(registry, target, release.version))
            kind, file = (
                ("parser", own.layout.common[0]) if tool == "atc" else ("omg", own.layout.omg)
            )
            ops = len(open_records(DATA_DIR / file).names(kind))
            result.append(
                DatabaseInfo(tool, release.version, complete, tuple(socs), ops, _provenance(own))
            )
    for local in store.imported():
        imported = store.open(Target("atc", local.name, local.socs[0]))
        ops = len(imported.ops())
        result.append(
            DatabaseInfo("atc", local.name, imported.complete, local.socs, ops, local.title)
        )
    return tuple(result)


def check_databases(store: Store | None = None) -> DatabaseLint:
    """The data lint, imported databases included.

    Args:
        store: where databases are; ``None`` for the package and the user's data folder.
    """
    store = store or Store()
    _log.info("reading every record of the databases")
    parts = [lint(), *(lint_local(name, store.find) for name in store.names())]
    return DatabaseLint(
        sum(part.files for part in parts),
        sum(part.records for part in parts),
        tuple(
            DatabaseFault(fault.file, fault.record, fault.message)
            for part in parts
            for fault in part.faults
        ),
    )


def import_database(
    folder: str | Path,
    *,
    name: str = LOCAL,
    version: str = "",
    out: str | Path | None = None,
) -> ImportedDatabase:
    """Read an installed toolkit, custom ops included, and write a database.

    Args:
        folder: the toolkit, as installed, or a source tree with ``.ini`` lists.
        name: what targets shall call it: ``atc@NAME/SOC``.
        version: of the toolkit, when its files do not say it.
        out: the folder to write, for ``open_store``; ``None`` is the data folder.

    Raises:
        UnknownNameError: no toolkit, an unusable name, or the database cannot be written.
        CorruptDatabaseError: a file of the toolkit cannot be read.
    """
    from opdb.importers.toolkit import import_toolkit

    place = None if out is None else Path(out)
    _log.info("reading the toolkit in %s", folder)
    imported = import_toolkit(Path(folder), name=name, version=version, out=place)
    database = imported.database
    return ImportedDatabase(
        name=database.name,
        path=database.path,
        version=database.version,
        version_from=imported.version_from,
        base=database.base,
        exact=database.exact,
        socs=database.socs,
        vendors=imported.vendors,
        records=imported.counts,
        missing=database.missing,
        replaced=imported.replaced,
    )


def remove_database(name: str = LOCAL) -> Path:
    """Delete an imported database from the data folder; returns where it was.

    Args:
        name: what targets call it.

    Raises:
        UnknownNameError: there is none of that name, or it may not be deleted.
    """
    return Store().remove(name)


def diff_targets(
    first: str,
    second: str,
    *,
    model: str | None = None,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    store: Store | None = None,
) -> TargetDiff:
    """What changes from one target to another.

    Args:
        first: ``TOOL@VERSION/SOC`` or ``SOC``.
        second: the target that it becomes.
        model: a model to say what it means for, ``None`` for none.
        input_shapes: sizes of the model's inputs by node name.
        outputs: what the model computes.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
    """
    store = store or Store()
    before, after = (store.open(store.target(text)) for text in (first, second))
    shapes = dict(input_shapes or {})
    request = None if model is None else Request(model, (), shapes, tuple(outputs))
    ops = sorted({*before.ops(), *after.ops()})
    answers = describe_ops(
        ops, targets=[str(before.target), str(after.target)], store=store
    ).answers
    old, new = (
        {answer.op: answer for answer in answers if answer.target == str(database.target)}
        for database in (before, after)
    )
    taken = {op: (_taken(old[op], before), _taken(new[op], after)) for op in ops}
    both = [op for op in ops if False not in taken[op]]
    kernels_before, kernels_after = set(before.aicore_ops()), set(after.aicore_ops())
    return TargetDiff(
        _facts(before),
        _facts(after),
        added=tuple(op for op in ops if taken[op] == (False, True)),
        removed=tuple(op for op in ops if taken[op] == (True, False)),
        changed=tuple(_changes(both, old, new, _said)),
        renamed=tuple(_changes(both, old, new, lambda answer: answer.judgement.ge_op or "")),
        kernels_added=tuple(sorted(kernels_after.difference(*_lists(before)))),
        kernels_removed=tuple(sorted(kernels_before.difference(*_lists(after)))),
        dtypes=tuple(
            change
            for ge_op in sorted(kernels_before & kernels_after)
            for change in _kernel_changes(before.aicore(ge_op), after.aicore(ge_op))
        ),
        model=None if request is None else _model_change(request, before, after),
    )


def _facts(database: Database) -> TargetFacts:
    return TargetFacts(str(database.target), tuple(database.answered_from))


def _provenance(database: Database) -> str:
    """The title of the list that is the release's own."""
    ids = database.list_evidence
    version = database.target.version
    own = [id_ for id_ in ids if id_.partition("/")[0].endswith(f"-{version}")]
    return database.source((own or list(ids))[0]).title


def _lists(database: Database) -> list[tuple[str, ...]]:
    """The AI Core lists of which one may hold an op of the target."""
    return [part.aicore_ops() for part in database.parts]


def _taken(answer: OpAnswer, database: Database) -> bool | None:
    """Whether the parser, or the table, takes the op at all; ``None`` when that is open."""
    return answer.judgement.status is Status.SUPPORTED or database.takes(answer.op)


def _said(answer: OpAnswer) -> str:
    judgement = answer.judgement
    if judgement.status is Status.SUPPORTED:
        return f"{judgement.status.value} ({judgement.placement.value})"
    return judgement.status.value


def _changes(
    ops: Sequence[str],
    old: Mapping[str, OpAnswer],
    new: Mapping[str, OpAnswer],
    say: Callable[[OpAnswer], str],
) -> Iterator[Change]:
    for op in ops:
        before, after = say(old[op]), say(new[op])
        if before != after:
            yield Change(op, before, after)


def _kernel_changes(old: Kernel | None, new: Kernel | None) -> list[KernelChange]:
    """Dtypes of the tensors of the same name; a list on one side only is no difference."""
    if old is None or new is None:
        return []
    result = []
    before = {spec.name: spec.dtypes for spec in (*old.inputs, *old.outputs)}
    for spec in (*new.inputs, *new.outputs):
        listed = before.get(spec.name)
        if listed is None or spec.dtypes is None:
            continue
        added, removed = set(spec.dtypes) - set(listed), set(listed) - set(spec.dtypes)
        if added or removed:
            change = KernelChange(
                new.ge_op, spec.name, tuple(sorted(added)), tuple(sorted(removed))
            )
            if change not in result:
                result.append(change)
    return result


def _model_change(request: Request, before: Database, after: Database) -> ModelChange:
    with open_request(request) as opened:
        errors = model_errors(request, opened)
        old = Session(request, opened, before).judge
        new = Session(request, opened, after, like=old).judge
        nodes: dict[Change, list[str]] = {}
        for graph in opened.model.graphs:
            reachable = old.reachable(graph) | new.reachable(graph)
            for node in graph:
                if node.key in reachable and not node.virtual:
                    change = Change(node.op, _state(old, graph, node), _state(new, graph, node))
                    if change.before != change.after:
                        nodes.setdefault(change, []).append(node.name)
        order = sorted(nodes, key=lambda change: (change.op, change.before, change.after))
        changes = tuple((change, tuple(nodes[change])) for change in order)
        verdicts = judge_verdict(old, errors), judge_verdict(new, errors)
        return ModelChange(request.path, *verdicts, changes)


def _state(judge: Judge, graph: Graph, node: Node) -> str:
    if node.key not in judge.reachable(graph):
        return "not needed"
    judgement = judge.node(graph, node)
    if judgement.status is Status.SUPPORTED:
        return f"{judgement.status.value} ({judgement.placement.value})"
    return judgement.status.value
