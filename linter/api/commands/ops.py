"""What a database says about an op type, without a model: a graph of one node is judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linter.api.databases import Databases, evidence_titles
from linter.graph import DType, Graph, Model, Node, Source, Value
from linter.judge import (
    Judge,
    Judgement,
    JudgeOptions,
    Placement,
    Reason,
    Stage,
    Status,
    make_judge,
)
from linter.results.errors import UsageError
from linter.results.finding import Certainty
from linter.results.ops import OpAnswer, OpAnswers, OpArgument, OpExplanation, OpSignature
from linter.results.report import SourceInfo
from linter.rules.describe import described
from opdb.query import CombinedDatabase, Database, open_database
from opdb.record import ArgDef, AttrDef, OmgRecord, OpDef
from opdb.store import Store
from opdb.target import Target, load_registry, near_matches
from opdb.tf_ops import OpTable, load_op_table
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["describe_ops", "explain_op"]

_NODE = "op"
_TRIED = ("float32", "int32", "int64", "string")
"""Dtypes that a node is given when without one nothing can be said, in this order."""


def describe_ops(
    ops: Sequence[str] = (), *, targets: Sequence[str] = (), store: Store | None = None
) -> OpAnswers:
    """Ask the databases about op types.

    Args:
        ops: TensorFlow op types; none means all that a database knows.
        targets: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.
        store: where databases are; ``None`` for the package and the user's data folder.

    Raises:
        UsageError: an op that neither TensorFlow nor a database knows.
        UnknownNameError: an unknown target.
    """
    databases = Databases(targets, store)
    table = load_op_table()
    known = sorted({op for database in databases.opened for op in database.ops()})
    for op in ops:
        if op not in table and op not in known:
            near = near_matches(op, sorted({*known, *table}), limit=4)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise UsageError(f"neither TensorFlow nor a database has an op {op!r}{hint}")
    answers = tuple(
        _answer(op, table, database) for op in ops or known for database in databases.opened
    )
    sources = _sources(answers, databases.opened)
    return OpAnswers(answers, sources, databases.by_default)


def explain_op(
    op: str,
    *,
    targets: Sequence[str] = (),
    rules: RuleSet = BUILT_IN,
    store: Store | None = None,
) -> OpExplanation:
    """Everything about one op type.

    Raises:
        UsageError: neither a rule nor an op.
        UnknownNameError: an unknown target.
    """
    databases = Databases(targets, store)
    table = load_op_table()
    known = {name for database in databases.opened for name in database.ops()}
    if op not in table and op not in known:
        every = (*rules.lint, *rules.rewrites_by_code)
        codes = [word for rule in every for word in (rule.id, rule.name)]
        near = near_matches(op, [*codes, *sorted(known | set(table))], limit=4)
        hint = f"; near it: {', '.join(near)}" if near else "; omlint rules lists the rules"
        raise UsageError(f"{op!r} is neither a rule nor an op{hint}")
    answers = tuple(_answer(op, table, database) for database in databases.opened)
    op_answers = OpAnswers(answers, _sources(answers, databases.opened), databases.by_default)
    return OpExplanation(
        op=op,
        signature=_signature(table.get(op)),
        answers=op_answers,
        releases=_releases(op, table, databases.opened[0].target.soc),
        limits={str(one.target): _limits(op, one) for one in databases.opened},
        issues={
            str(one.target): issue.why
            for one in databases.opened
            if (issue := one.known_issue(op)) is not None
        },
        rewrites=tuple(
            described(rule, built_in=rule not in rules.user) for rule in rules.rewrites_of(op)
        ),
    )


def _signature(definition: OpDef | None) -> OpSignature | None:
    if definition is None:
        return None
    return OpSignature(
        tuple(map(_argument, definition.inputs)),
        tuple(map(_argument, definition.outputs)),
        {
            name: attr.allowed
            for name, attr in definition.attrs.items()
            if attr.type == "type" and attr.allowed
        },
    )


def _argument(argument: ArgDef) -> OpArgument:
    dtype = argument.type or argument.type_attr or argument.type_list_attr
    return OpArgument(argument.name, dtype, bool(argument.number_attr or argument.type_list_attr))


def _limits(op: str, database: Database) -> tuple[str, ...]:
    record = database.omg(op)
    if record is not None:
        return tuple(limit.text for limit in record.constraints)
    return tuple(limit.text for limit in database.constraints(op))


def _answer(op: str, table: OpTable, database: Database) -> OpAnswer:
    """The best case: where it is refused otherwise, inputs are constants and attributes stated."""
    row = database.omg(op)
    if row is not None:
        return OpAnswer(op, str(database.target), _within(row), _row_dtypes(row), ())
    definition = table.get(op)
    constants: tuple[str, ...] = ()
    first = judgement = _judged(op, definition, database)
    if first.status is not Status.SUPPORTED:
        wanted = [_wanted(op, definition, part) for part in database.parts]
        constants = tuple(dict.fromkeys(name for names, _ in wanted for name in names))
        stated = next((stated for _, stated in wanted if stated), "")
        if constants or stated:
            judgement = _judged(op, definition, database, constants, stated=stated)
    if judgement.status is not Status.SUPPORTED:
        judgement, constants = first, ()
    dtypes = _dtypes(judgement, database)
    return OpAnswer(op, str(database.target), judgement, dtypes, constants)


def _within(row: OmgRecord) -> Judgement:
    """An op type that a table has: taken within the limits of its row, which `explain` lists."""
    printed = row.mapping == "printed-name"
    return Judgement(
        Status.SUPPORTED,
        Placement.OMG,
        Certainty.DOCUMENTED if printed else Certainty.INFERRED,
        Stage.PARSER,
        Reason.LISTED,
        evidence=row.evidence,
    )


def _row_dtypes(row: OmgRecord) -> tuple[str, ...] | None:
    return None if row.dtypes is None else tuple(sorted(row.dtypes))


def _wanted(op: str, definition: OpDef | None, database: Database) -> tuple[tuple[str, ...], str]:
    """Inputs that must be constants for a node to be taken, and the dtype that it must state."""
    constants: tuple[str, ...] = ()
    stated = ""
    rest = iter(_TRIED if definition else ())
    while True:
        judgement = _judged(op, definition, database, constants, stated=stated)
        refused = dict(judgement.detail).get("tensor")
        if judgement.reason is Reason.CONST_INPUT and refused and refused not in constants:
            constants += (refused,)
        elif judgement.reason in (Reason.LIMIT, Reason.NO_LIST) and (following := next(rest, "")):
            stated = following
        else:
            return (constants, stated) if judgement.status is Status.SUPPORTED else ((), "")


def _judged(
    op: str,
    definition: OpDef | None,
    database: Database,
    constants: Sequence[str] = (),
    *,
    stated: str = "",
) -> Judgement:
    judge = _judge(op, definition, database, constants, stated=stated)
    return judge.node(judge.model.main, judge.model.main[_NODE])


def _judge(
    op: str,
    definition: OpDef | None,
    database: Database,
    constants: Sequence[str] = (),
    *,
    stated: str = "",
) -> Judge:
    """One node of type ``op`` that reads placeholders of no stated dtype or shape."""
    nodes: list[Node] = []
    attrs: dict[str, Any] = {}
    if stated and definition:
        attrs = {name: _stated(attr, stated) for name, attr in definition.attrs.items()}
        attrs = {name: value for name, value in attrs.items() if value is not None}
    for argument in definition.inputs if definition else ():
        kind = "Const" if argument.name in constants else "Placeholder"
        dtype = (argument.type or attrs.get(argument.type_attr or "")) if stated else None
        own = {} if dtype is None else {"dtype": DType(dtype)}
        nodes.append(Node(f"in/{argument.name}", kind, attrs=own, position=len(nodes)))
        if argument.number_attr:
            attrs[argument.number_attr] = 1
    inputs = tuple(Value(node.key) for node in nodes)
    nodes.append(Node(_NODE, op, inputs, attrs=attrs, position=len(nodes)))
    model = Model(Source("", "graphdef"), Graph(nodes))
    return make_judge(model, database, JudgeOptions(outputs=(Value(_NODE),), infers=False))


def _stated(attr: AttrDef, dtype: str) -> object:
    """A value for an attribute: the dtype where it may be, else the default."""
    if attr.type == "type" and (attr.allowed is None or dtype in attr.allowed):
        return DType(dtype)
    value = attr.default if attr.has_default or not attr.allowed else attr.allowed[0]
    return DType(value) if attr.type == "type" and isinstance(value, str) else value


def _dtypes(judgement: Judgement, database: Database) -> tuple[str, ...] | None:
    """What the lists take: of several releases all that must agree, and what others add."""
    if not isinstance(database, CombinedDatabase):
        return _listed_dtypes(judgement, database)
    lists = [_listed_dtypes(judgement, part) for part in database.agree]
    if len(set(lists)) > 1:
        return None
    lists += [_listed_dtypes(judgement, part) for part in database.adds]
    return tuple(sorted({dtype for dtypes in lists for dtype in dtypes or ()})) or None


def _listed_dtypes(judgement: Judgement, database: Database) -> tuple[str, ...] | None:
    ge_op = judgement.ge_op
    if ge_op is None:
        return None
    names = (ge_op, *(twin.ge_op for twin in database.twins(ge_op)))
    kernels = [kernel for name in names if (kernel := database.aicore(name)) is not None]
    kernels += database.cpu(ge_op)
    lists = [tensor.dtypes for kernel in kernels for tensor in kernel.inputs if tensor.dtypes]
    return tuple(sorted({dtype for dtypes in lists for dtype in dtypes})) or None


def _releases(op: str, table: OpTable, soc: str) -> tuple[OpAnswer, ...]:
    """The op on every release that has lists, on ``soc`` or the first chip that it has."""
    registry = load_registry()
    answers = []
    for tool in registry.tools:
        for version in registry.full_versions(tool):
            names = [chip.name for chip in registry.socs(tool, version)]
            target = Target(tool, version, soc if soc in names else names[0])
            answers.append(_answer(op, table, open_database(target)))
    return tuple(answers)


def _sources(answers: Sequence[OpAnswer], databases: Sequence[Database]) -> dict[str, SourceInfo]:
    ids = {id_ for answer in answers for id_ in answer.judgement.evidence}
    return evidence_titles(ids, databases)
