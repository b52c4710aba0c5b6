"""One node under omg: constants, patterns, table, dtype, boundary formulas; the first that decides.

What follows from constants and static shapes alone counts as a constant: public conversions of
networks that compute sizes show it. Nothing else is removed: the table's pages do not promise it.
"""

from __future__ import annotations

from dataclasses import dataclass

from linter.graph import Graph, Model, Node, Value
from linter.graph.op_families import CONTROL_FLOW, SHAPE_QUERIES
from linter.infer.inference import Inference
from linter.judge.base import Judge
from linter.judge.formula.quantities import Quantities
from linter.judge.omg_patterns import normalisations
from linter.judge.options import JudgeOptions
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Stage, Status
from opdb.formula import evaluate
from opdb.query import Database
from opdb.record import KnownIssue, OmgConstraint, OmgPattern, OmgRecord

__all__ = ["OmgJudge"]

_GIVEN = CONTROL_FLOW | {"Const", "Placeholder"}
_NORMALISE = "l2_normalize"
_NORMALISING = frozenset({"Square", "Sum", "Maximum", "Rsqrt", "Mul"})
_BOTH_WAYS = ("filter_num", "filter_c")


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the boundary formulas said: the first that fails and the first that is open."""

    broken: OmgConstraint | None
    undecided: OmgConstraint | None
    unstated: bool


class OmgJudge(Judge):
    """Judges for an OMG operator table."""

    def __init__(self, model: Model, database: Database, options: JudgeOptions) -> None:
        super().__init__(model, database, options)
        self._patterns: dict[str | None, dict[str, Judgement]] = {}

    def _forget(self, function: str | None) -> None:
        self._patterns.pop(function, None)

    def _forget_answers(self, keys: frozenset[str] | None, function: str | None) -> None:
        """A row speaks of a node's own tensors: only answers about those go."""
        graph = self.model.main if function is None else self.model.functions.get(function)
        known = self._judgements.get(function)
        if keys is None or graph is None or known is None:
            super()._forget_answers(keys, function)
            return
        pending, seen = list(keys), set(keys)
        while pending:
            key = pending.pop()
            known.pop(key, None)
            node = graph.get(key)
            passes_on = key in keys or (node is not None and node.op == "Identity")
            for use in graph.uses(key) if passes_on else ():
                if use.node not in seen:
                    seen.add(use.node)
                    pending.append(use.node)

    def _judge(self, graph: Graph, node: Node) -> Judgement:
        if node.virtual or (node.name in self.options.input_shapes and graph.function is None):
            return _answer(Status.SUPPORTED, Reason.INPUT)
        if self._is_constant(graph, node):
            return _FOLDED
        pattern = self._of_pattern(graph, node)
        if pattern is not None:
            return pattern
        record = self.database.omg(node.op)
        if record is None:
            return self._absent(node)
        if record.issue is not None:
            return _reported(record, record.issue)
        refusal = self._refused_dtype(graph, node, record)
        if refusal is not None:
            return refusal
        limits = self._limits(graph, node, record)
        if limits.broken is not None:
            return _limited(Status.UNSUPPORTED, Reason.LIMIT, record.evidence, limits.broken)
        if limits.undecided is not None:
            undecided = limits.undecided
            return _limited(Status.UNKNOWN, Reason.LIMIT_UNDECIDED, record.evidence, undecided)
        inferred = record.mapping != "printed-name" or limits.unstated
        return _answer(
            Status.SUPPORTED,
            Reason.LISTED,
            stage=Stage.CONSTRAINT,  # the last one: no boundary stood against it
            certainty=Certainty.INFERRED if inferred else Certainty.DOCUMENTED,
            evidence=record.evidence,
        )

    def _is_constant(self, graph: Graph, node: Node) -> bool:
        """Whether the outputs of a node follow from constants and static shapes."""
        inference = self.inference(graph)
        count = inference.output_count(node)
        return (
            bool(count)
            and node.op not in _GIVEN
            and all(
                self._follows_from_shapes(graph, Value(node.key, port))
                for port in range(count or 0)
            )
        )

    def _follows_from_shapes(self, graph: Graph, value: Value) -> bool:
        """Whether a value is made of the size of a tensor that is known.

        Arithmetic of stored constants alone is nothing that any record shows folded.
        """
        inference = self.inference(graph)
        return inference.constant(value) is not None and _asks_for_a_size(graph, value)

    def _of_pattern(self, graph: Graph, node: Node) -> Judgement | None:
        """The answer for a node of a normalisation that is taken as one; else ``None``."""
        if node.op not in _NORMALISING:
            return None
        known = self._patterns.get(graph.function)
        if known is None:
            known = self._patterns[graph.function] = self._normalised(graph)
        return known.get(node.key)

    def _normalised(self, graph: Graph) -> dict[str, Judgement]:
        row = self.database.omg_pattern(_NORMALISE)
        found: dict[str, Judgement] = {}
        if row is None:
            return found
        fetched = self.outputs if graph.function is None else tuple(graph.returns.values())
        for one in normalisations(graph, frozenset(value.node for value in fetched)):
            root = graph.nodes[one.root]
            facts: dict[str, object] = {} if one.axis is None else {"axis": one.axis}
            square = next(graph.nodes[key] for key in one.nodes if graph.nodes[key].op == "Square")
            quantities = Quantities(graph, square, self.inference(graph), self.ops, facts)
            answer = _of_row(row, quantities)
            if answer.status is Status.SUPPORTED:
                found.update(dict.fromkeys(one.nodes, answer))
            else:
                found[root.key] = answer
        return found

    def _absent(self, node: Node) -> Judgement:
        evidence = self.database.list_evidence
        if self.database.omg_whole and node.op not in self.database.omg_undecided:
            return _answer(Status.UNSUPPORTED, Reason.NO_ROW, evidence=evidence)
        return _answer(
            Status.UNKNOWN,
            Reason.NO_DATA,
            certainty=Certainty.INFERRED,
            evidence=evidence,
        )

    def _refused_dtype(self, graph: Graph, node: Node, record: OmgRecord) -> Judgement | None:
        if record.dtypes is None:
            return None
        inference = self.inference(graph)
        for port, name, dtype in _row_tensors(node, inference):
            if dtype is not None and dtype.removesuffix("_ref") not in record.dtypes:
                return Judgement(
                    Status.UNSUPPORTED,
                    Placement.NONE,
                    Certainty.DOCUMENTED,
                    Reason.DTYPE.stage,
                    Reason.DTYPE,
                    (
                        ("tensor", name),
                        ("seen", dtype),
                        ("accepted", ", ".join(record.dtypes)),
                        ("engines", "omg"),
                    ),
                    port=port,
                    evidence=record.evidence,
                )
        return None

    def _limits(self, graph: Graph, node: Node, record: OmgRecord) -> _Limits:
        quantities = Quantities(
            graph,
            node,
            self.inference(graph),
            self.ops,
            is_constant=lambda value: self._follows_from_shapes(graph, value),
        )
        undecided: OmgConstraint | None = None
        unstated = False
        for constraint in record.constraints:
            if constraint.severity == "advice":
                continue
            if constraint.expr is None:
                unstated = True
                continue
            holds = _holds(constraint.expr, quantities)
            if holds is False:
                return _Limits(constraint, None, unstated)
            if holds is None and undecided is None:
                undecided = constraint
        return _Limits(None, undecided, unstated)


def _asks_for_a_size(graph: Graph, value: Value) -> bool:
    """Whether a constant is computed from the shape of a tensor."""
    seen, waiting = {value.node}, [value.node]
    while waiting:
        node = graph.get(waiting.pop())
        if node is None:
            continue
        if node.op in SHAPE_QUERIES:
            return True
        new = {source.node for source in node.inputs} - seen
        seen |= new
        waiting += new
    return False


def _of_row(row: OmgPattern, quantities: Quantities) -> Judgement:
    """What the boundaries of a row about several nodes say."""
    for constraint in row.constraints:
        holds = None if constraint.expr is None else _holds(constraint.expr, quantities)
        if holds is not True:
            status = Status.UNKNOWN if holds is None else Status.UNSUPPORTED
            reason = Reason.LIMIT_UNDECIDED if holds is None else Reason.LIMIT
            return _limited(status, reason, row.evidence, constraint)
    return _answer(
        Status.SUPPORTED,
        Reason.LISTED,
        stage=Stage.CONSTRAINT,
        certainty=Certainty.INFERRED,
        evidence=row.evidence,
    )


def _reported(record: OmgRecord, issue: KnownIssue) -> Judgement:
    return Judgement(
        Status(issue.status),
        Placement.NONE,
        Certainty.INFERRED,
        Reason.KNOWN_ISSUE.stage,
        Reason.KNOWN_ISSUE,
        (("why", issue.why),),
        evidence=record.evidence,
    )


def _holds(expr: str, quantities: Quantities) -> bool | None:
    """Evaluate a formula; where the page ties two names to no axis, both readings must agree."""
    first = evaluate(expr, quantities, quantities.functions)
    if not any(name in expr for name in _BOTH_WAYS):
        return first
    swapped = {_BOTH_WAYS[0]: quantities(_BOTH_WAYS[1]), _BOTH_WAYS[1]: quantities(_BOTH_WAYS[0])}
    second = evaluate(
        expr,
        lambda name: swapped[name] if name in swapped else quantities(name),
        quantities.functions,
    )
    return first if first is second else None


def _row_tensors(node: Node, inference: Inference) -> list[tuple[int | None, str, str | None]]:
    """The tensors that a row's dtypes speak of: those of the op's main type, and Cast's result."""
    args = inference.arg_ports(node)
    if not args:
        return []
    attrs = [arg.type_attr for arg, _, _ in args]
    main = "T" if "T" in attrs else attrs[0]
    if main is None:
        args = args[:1]
    dtypes = inference.input_dtypes(node)
    result: list[tuple[int | None, str, str | None]] = [
        (slot, arg.name, dtypes[slot])
        for arg, first, count in args
        if arg.type_attr == main
        for slot in range(first, first + count)
        if slot < len(dtypes)
    ]
    if node.op == "Cast":
        result += [(None, "y", dtype) for dtype in inference.output_dtypes(node)]
    return result


def _limited(
    status: Status, reason: Reason, evidence: tuple[str, ...], constraint: OmgConstraint
) -> Judgement:
    return Judgement(
        status,
        Placement.NONE,
        Certainty.DOCUMENTED if not constraint.note else Certainty.INFERRED,
        reason.stage,
        reason,
        (("limit", constraint.text), ("expr", constraint.expr or "")),
        evidence=evidence,
    )


def _answer(
    status: Status,
    reason: Reason,
    *,
    stage: Stage | None = None,
    certainty: Certainty = Certainty.DOCUMENTED,
    evidence: tuple[str, ...] = (),
) -> Judgement:
    placement = Placement.OMG if status is Status.SUPPORTED else Placement.NONE
    return Judgement(status, placement, certainty, stage or reason.stage, reason, evidence=evidence)


_FOLDED = Judgement(
    Status.SUPPORTED,
    Placement.FOLDED,
    Certainty.INFERRED,
    Reason.FOLDED.stage,
    Reason.FOLDED,
)
