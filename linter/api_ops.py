"""What a database says about an op type, without a model: a graph of one node is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from linter.api_check import Databases
from linter.errors import UsageError
from linter.finding import SourceInfo
from linter.graph import Graph, Model, Node, Source, Value
from linter.judge import Judge, Judgement, JudgeOptions, make_judge
from opdb.query import Database
from opdb.record import OpDef
from opdb.tf_ops import OpTable, load_op_table

__all__ = ["OpAnswer", "OpAnswers", "describe_ops"]

_NODE = "op"


@dataclass(frozen=True, slots=True)
class OpAnswer:
    """One op type on one target.

    Attributes:
        op: TensorFlow op type.
        target: ``TOOL@VERSION/SOC``.
        judgement: of a node of that type about which nothing else is known.
        dtypes: what the lists take for any of its inputs, sorted; ``None`` when they do not say.
    """

    op: str
    target: str
    judgement: Judgement
    dtypes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class OpAnswers:
    """Answers op by op, then target by target, with the sources that they rest on."""

    answers: tuple[OpAnswer, ...]
    sources: dict[str, SourceInfo]
    by_default: bool


def describe_ops(ops: Sequence[str] = (), *, targets: Sequence[str] = ()) -> OpAnswers:
    """Ask the databases about op types.

    Args:
        ops: TensorFlow op types; none means all that a database knows.
        targets: ``TOOL@VERSION/SOC`` or ``SOC``; none means the default target.

    Raises:
        UsageError: an unknown target, or an op that neither TensorFlow nor a database knows.
    """
    databases = Databases(targets)
    table = load_op_table()
    known = sorted({op for database in databases.opened for op in database.ops()})
    for op in ops:
        if op not in table and op not in known:
            near = get_close_matches(op, {*known, *table}, n=3)
            hint = f"; near it: {', '.join(near)}" if near else ""
            raise UsageError(f"neither TensorFlow nor a database has an op {op!r}{hint}")
    answers = tuple(
        _answer(op, table, database) for op in ops or known for database in databases.opened
    )
    sources = _sources(answers, databases.opened)
    return OpAnswers(answers, sources, databases.by_default)


def _answer(op: str, table: OpTable, database: Database) -> OpAnswer:
    judge = _judge(op, table.get(op), database)
    judgement = judge.node(judge.model.main, judge.model.main[_NODE])
    return OpAnswer(op, judge.target, judgement, _dtypes(op, judgement, database))


def _judge(op: str, definition: OpDef | None, database: Database) -> Judge:
    """One node of type ``op`` that reads placeholders of no stated dtype or shape."""
    nodes: list[Node] = []
    attrs: dict[str, Any] = {}
    for argument in definition.inputs if definition else ():
        nodes.append(Node(f"in/{argument.name}", "Placeholder", position=len(nodes)))
        if argument.number_attr:
            attrs[argument.number_attr] = 1
    inputs = tuple(Value(node.key) for node in nodes)
    nodes.append(Node(_NODE, op, inputs, attrs=attrs, position=len(nodes)))
    model = Model(Source("", "graphdef"), Graph(nodes))
    return make_judge(model, database, JudgeOptions(outputs=(Value(_NODE),)))


def _dtypes(op: str, judgement: Judgement, database: Database) -> tuple[str, ...] | None:
    record = database.omg(op)
    if record is not None:
        return None if record.dtypes is None else tuple(sorted(record.dtypes))
    ge_op = judgement.ge_op
    if ge_op is None:
        return None
    names = (ge_op, *(twin.ge_op for twin in database.twins(ge_op)))
    kernels = [kernel for name in names if (kernel := database.aicore(name)) is not None]
    kernels += database.cpu(ge_op)
    lists = [tensor.dtypes for kernel in kernels for tensor in kernel.inputs if tensor.dtypes]
    return tuple(sorted({dtype for dtypes in lists for dtype in dtypes})) or None


def _sources(answers: Sequence[OpAnswer], databases: Sequence[Database]) -> dict[str, SourceInfo]:
    found: dict[str, SourceInfo] = {}
    for database in databases:
        for id_ in {id_ for answer in answers for id_ in answer.judgement.evidence} - found.keys():
            source = database.source(id_)
            if source is not None:
                found[id_] = SourceInfo(source.title, source.where)
    return found
