"""One node under atc: scope fusion, parser, removed or folded, engine, constraints.

The stages run in that order and the first that decides wins. Source: the order of hicann/ge
(parser/parser/tensorflow, compiler/graph/manager/graph_manager.cc).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from linter.finding import Certainty
from linter.graph import Graph, Model, Node
from linter.judge.base import Judge, JudgeOptions
from linter.judge.constraints import LimitCheck, check_limits
from linter.judge.dynamic import run_time_sized
from linter.judge.engine import place
from linter.judge.folding import Folding
from linter.judge.fusion import fused_nodes
from linter.judge.ge import GeNode, ge_node
from linter.judge.judgement import Judgement, Placement, Stage, Status
from opdb.query import Database
from opdb.record import ParserRecord

__all__ = ["AtcJudge"]


@dataclass(slots=True)
class _Body:
    """What is derived once per body."""

    folding: Folding
    fused: frozenset[str]
    sized_at_run_time: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Asking:
    """A node that is to find an engine."""

    record: ParserRecord
    ge: GeNode


@dataclass(slots=True)
class _Release:
    """What depends on the release but not on the chip, kept for the judges of its chips."""

    answered_from: tuple[str, ...]
    bodies: dict[str | None, _Body] = field(default_factory=dict)
    prepared: dict[str | None, dict[str, Judgement | _Asking]] = field(default_factory=dict)


class AtcJudge(Judge):
    """Judges for one atc version and SoC."""

    skips_removed = True

    def __init__(self, model: Model, database: Database, options: JudgeOptions) -> None:
        super().__init__(model, database, options)
        self._release = _Release(database.answered_from)
        self._placed: dict[tuple[str, GeNode], Judgement] = {}

    def share(self, other: Judge) -> None:
        """Take over what the other judge knows about the model and, if it is its, the release."""
        super().share(other)
        if isinstance(other, AtcJudge):
            release = other._release
            if release.answered_from == self._release.answered_from:
                self._release = release

    def _forget(self) -> None:
        self._release.bodies.pop(None, None)
        self._release.prepared.pop(None, None)

    def _judge(self, graph: Graph, node: Node) -> Judgement:
        known = self._release.prepared.setdefault(graph.function, {})
        prepared = known.get(node.key)
        if prepared is None:
            prepared = known[node.key] = self._prepare(graph, node)
        if isinstance(prepared, Judgement):
            return prepared
        return self._place(graph, node, prepared)

    def _prepare(self, graph: Graph, node: Node) -> Judgement | _Asking:
        """The stages that are the same on all chips of a release."""
        body = self._body(graph)
        if node.virtual or self._named(graph, node):
            return self._input(node)
        if node.key in body.fused:
            return self._fused(node)
        record = self.database.parser(node.op)
        if record is None or record.scope_fusion_result or record.origin == "refused":
            return self._no_parser(record)
        if body.folding.removed(node):
            return self._gone(Placement.REMOVED, "removed", record, "removed_ops")
        if body.folding.folded(node):
            return self._gone(Placement.FOLDED, "folded", record, "folding_ops")
        if node.op in self.database.facts.v1_control_flow:
            return self._control_flow(record)
        issue = self.database.known_issue(node.op)
        if issue is not None:
            return Judgement(
                Status(issue.status),
                Placement.NONE,
                Certainty.INFERRED,
                Stage.ENGINE,
                "known_issue",
                (("why", issue.why),),
                ge_op=record.ge_op,
                evidence=(*record.evidence, *issue.evidence),
            )
        ge = ge_node(
            graph, node, record, self.database, self.inference(graph), body.folding.is_constant
        )
        return _Asking(record, replace(ge, dynamic=self._dynamic(graph, node, body)))

    def _place(self, graph: Graph, node: Node, asking: _Asking) -> Judgement:
        """The stages that depend on the chip; nodes that look the same share an answer."""
        record, ge = asking.record, asking.ge
        limits = check_limits(self, graph, node)
        if limits.error is not None:
            return self._limited(record, limits)
        if limits.aicore is not None or limits.checked:
            judgement = place(
                ge,
                record,
                self.database,
                aicore_limit=limits.aicore,
                limits_checked=limits.checked,
            )
        else:
            judgement = self._placed.get((node.op, ge)) or place(ge, record, self.database)
            self._placed[node.op, ge] = judgement
        folding = self._body(graph).folding
        if judgement.status is Status.UNSUPPORTED and folding.constant_inputs(node):
            return replace(
                judgement,
                status=Status.UNKNOWN,
                certainty=Certainty.INFERRED,
                reason="constant_refused",
            )
        return judgement

    def _body(self, graph: Graph) -> _Body:
        found = self._release.bodies.get(graph.function)
        if found is None:
            scope = self.scope(graph)
            main = graph.function is None
            named = frozenset(self.options.input_shapes) if main else frozenset()
            inference = self.inference(graph)
            outputs = self.outputs if main else tuple(graph.returns.values())
            found = _Body(
                Folding(graph, scope, self.database, inference, self.ops, named=named),
                fused_nodes(graph, scope.reachable, outputs) if main else frozenset(),
                run_time_sized(graph, self.database.facts.data_dependent_ops, inference),
            )
            self._release.bodies[graph.function] = found
        return found

    def _dynamic(self, graph: Graph, node: Node, body: _Body) -> bool | None:
        """Whether a size of the node is known at run time only; ``None`` when that is open."""
        if node.key not in body.sized_at_run_time:
            return False
        inference = self.inference(graph)
        shapes = [inference.shape(value) for value in node.inputs]
        return None if any(shape is None for shape in shapes) else True

    def _named(self, graph: Graph, node: Node) -> bool:
        return graph.function is None and node.name in self.options.input_shapes

    def _input(self, node: Node) -> Judgement:
        return Judgement(
            Status.SUPPORTED,
            Placement.LOCAL,
            Certainty.DOCUMENTED,
            Stage.PARSER,
            "input",
            ge_op="Data",
            evidence=self.database.facts.evidence("local_ops"),
        )

    def _fused(self, node: Node) -> Judgement:
        return Judgement(
            Status.SUPPORTED,
            Placement.FUSED,
            Certainty.INFERRED,
            Stage.FUSION,
            "fused",
            ge_op="LayerNorm",
            evidence=self.database.facts.evidence("scope_fusion"),
        )

    def _no_parser(self, record: ParserRecord | None) -> Judgement:
        evidence = self.database.list_evidence if record is None else record.evidence
        return Judgement(
            Status.UNSUPPORTED if self.database.parser_complete else Status.UNKNOWN,
            Placement.NONE,
            Certainty.DOCUMENTED
            if record is None and not self.database.parser_inferred
            else Certainty.INFERRED,
            Stage.PARSER,
            "no_parser",
            evidence=evidence,
        )

    def _gone(
        self, placement: Placement, reason: str, record: ParserRecord, group: str
    ) -> Judgement:
        return Judgement(
            Status.SUPPORTED,
            placement,
            Certainty.INFERRED if record.inferred else Certainty.DOCUMENTED,
            Stage.REMOVED if placement is Placement.REMOVED else Stage.FOLDING,
            reason,
            ge_op=record.ge_op,
            evidence=(*record.evidence, *self.database.facts.evidence(group)),
        )

    def _control_flow(self, record: ParserRecord) -> Judgement:
        return Judgement(
            Status.UNKNOWN,
            Placement.NONE,
            Certainty.INFERRED,
            Stage.CONTROL_FLOW,
            "v1_control_flow",
            ge_op=record.ge_op,
            evidence=(*record.evidence, *self.database.facts.evidence("v1_control_flow")),
        )

    def _limited(self, record: ParserRecord, limits: LimitCheck) -> Judgement:
        constraint = limits.error
        assert constraint is not None
        return Judgement(
            Status.UNSUPPORTED,
            Placement.NONE,
            Certainty.DOCUMENTED,
            Stage.CONSTRAINT,
            "limit",
            (("limit", constraint.text), ("expr", constraint.expr)),
            ge_op=record.ge_op,
            evidence=(*record.evidence, *constraint.evidence),
        )
