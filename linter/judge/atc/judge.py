"""One node under atc: scope fusion, parser, removed or folded, inference, engine, constraints.

The stages run in that order and the first that decides wins. Source: the order of hicann/ge
(parser/parser/tensorflow, compiler/graph/manager/graph_manager.cc).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from linter.graph import Graph, Model, Node, Value
from linter.judge.atc.constraints import LimitCheck, check_limits
from linter.judge.atc.demands import is_named_call
from linter.judge.atc.dynamic import run_time_sized
from linter.judge.atc.engine import place
from linter.judge.atc.folding import Folding
from linter.judge.atc.frames import closed_frames
from linter.judge.atc.fusion import Fusion, fused_nodes, fused_on_demand, optional_passes
from linter.judge.atc.ge import GeNode, deciding_attrs, ge_node
from linter.judge.atc.inference import CHECKS, refused
from linter.judge.atc.inference.answer import judgement_of
from linter.judge.atc.inference.tensorflow import dtypes_hold, tensorflow_operator
from linter.judge.base import Judge
from linter.judge.inputs import varying_inputs
from linter.judge.options import JudgeOptions
from linter.judge.scope import scope_of
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Stage, Status
from opdb.query import Database
from opdb.record import OpDef, ParserRecord

__all__ = ["AtcJudge"]


@dataclass(slots=True)
class _Body:
    """What is derived once per body."""

    folding: Folding
    fused: Mapping[str, Fusion]
    sized_at_run_time: frozenset[str]
    dtypes_hold: bool
    loops: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class _EngineQuery:
    """What engines see of a node; nodes that look the same to them share one.

    Attributes:
        constant: the node has inputs, and all of them are constants.
    """

    record: ParserRecord
    ge: GeNode
    constant: bool

    @property
    def judged_by_dtypes(self) -> bool:
        """Whether shape inference looks at nothing of the node but its dtypes, if at that."""
        entry = CHECKS.get(self.ge.type)
        return entry is None or entry.dtypes_only


@dataclass(slots=True)
class _Release:
    """What depends on the release but not on the chip, kept for the judges of its chips."""

    answered_from: tuple[str, ...]
    bodies: dict[str | None, _Body] = field(default_factory=dict)
    prepared: dict[str | None, dict[str, Judgement | _EngineQuery]] = field(default_factory=dict)
    alike: dict[tuple[str, Status | _EngineQuery], list[tuple[Graph, Node]]] = field(
        default_factory=dict
    )
    queries: dict[tuple[str, GeNode, bool], _EngineQuery] = field(default_factory=dict)
    looks: dict[tuple[object, ...], _EngineQuery] = field(default_factory=dict)


class AtcJudge(Judge):
    """Judges for one atc version and SoC."""

    skips_removed = True
    parses_all = True

    def __init__(self, model: Model, database: Database, options: JudgeOptions) -> None:
        super().__init__(model, database, options)
        self._release = _Release(database.answered_from)
        self._placed: dict[_EngineQuery, Judgement] = {}

    def share(self, other: Judge) -> None:
        """Take over what the other judge knows about the model and, if it is its, the release."""
        super().share(other)
        if isinstance(other, AtcJudge):
            release = other._release
            if release.answered_from == self._release.answered_from:
                self._release = release

    def _answer_as(self, other: Judge) -> None:
        super()._answer_as(other)
        if isinstance(other, AtcJudge):
            self._placed.update(other._placed)
            self._release.queries.update(other._release.queries)
            self._release.looks.update(other._release.looks)
            for name, known in other._release.prepared.items():
                self._release.prepared[name] = dict(known)

    def discard(self, keys: Iterable[str], function: str | None = None) -> None:
        """Forget the answers about nodes that were tried and taken back, at every stage."""
        keys = tuple(keys)
        super().discard(keys, function)
        body = self._release.bodies.get(function)
        if body is not None:
            body.folding.discard(keys)
        for key in keys:
            self._release.prepared.get(function, {}).pop(key, None)

    def _forget(self, function: str | None) -> None:
        self._release.bodies.pop(function, None)
        self._release.prepared.pop(function, None)
        self._release.alike.clear()

    def tally(self) -> Mapping[tuple[str, Status], int]:
        """How many reachable nodes of each op type have each status; alike nodes count at once."""
        if self.options.scope_passes:
            return super().tally()  # whether a fusion helps depends on the chip
        counts: Counter[tuple[str, Status]] = Counter()
        for (op, prepared), nodes in self._alike().items():
            if isinstance(prepared, Status):
                counts[op, prepared] += len(nodes)
            elif self.database.constraints(op):
                counts.update((op, self.node(*place).status) for place in nodes)
            else:
                counts[op, self._place(*nodes[0], prepared).status] += len(nodes)
        return counts

    def _alike(self) -> dict[tuple[str, Status | _EngineQuery], list[tuple[Graph, Node]]]:
        """Reachable nodes by what the stages before the engine made of them."""
        groups = self._release.alike
        if not groups:
            for graph in (self.model.main, *self.called_functions()):
                reachable = self.reachable(graph)
                for node in graph:
                    if node.key in reachable and not node.virtual:
                        prepared = self._prepared(graph, node)
                        state = prepared.status if isinstance(prepared, Judgement) else prepared
                        groups.setdefault((node.op, state), []).append((graph, node))
        return groups

    def _judge(self, graph: Graph, node: Node) -> Judgement:
        prepared = self._prepared(graph, node)
        if not isinstance(prepared, Judgement):
            return self._place(graph, node, prepared)
        if prepared.stage is Stage.FUSION and self.options.scope_passes:
            return self._on_chip(prepared)
        return prepared

    def _on_chip(self, fused: Judgement) -> Judgement:
        """A node of an optional fusion; unknown when no list of the chip has a fused op."""
        detail = dict(fused.detail)
        for name in detail.get("results", "").split(", "):
            names = (name, *(twin.ge_op for twin in self.database.twins(name)))
            if any(self.database.aicore(one) or self.database.cpu(one) for one in names):
                return fused
        return replace(
            fused, status=Status.UNKNOWN, placement=Placement.NONE, reason=Reason.NO_KERNEL
        )

    def _prepared(self, graph: Graph, node: Node) -> Judgement | _EngineQuery:
        known = self._release.prepared.setdefault(graph.function, {})
        cached = known.get(node.key)
        if cached is None:
            cached = known[node.key] = self._prepare(graph, node)
        return cached

    def _prepare(self, graph: Graph, node: Node) -> Judgement | _EngineQuery:
        """The stages that are the same on all chips of a release."""
        body = self._body(graph)
        if node.virtual or self._named(graph, node):
            return self._input()
        if node.key in body.fused:
            return _fused(body.fused[node.key])
        record = self.database.parser(node.op)
        if record is None or record.scope_fusion_result or record.origin == "refused":
            return self._called_by_name(node) or self._no_parser(record)
        if body.folding.removed(node):
            return self._gone(Placement.REMOVED, Reason.REMOVED, record, "removed_ops")
        if body.folding.folded(node):
            return self._gone(Placement.FOLDED, Reason.FOLDED, record, "folding_ops")
        if node.op in self.database.facts.v1_control_flow:
            loop = node.key in body.loops
            return self._refusal(graph, node, record) or self._control_flow(record, in_loop=loop)
        look = self._look(graph, node, record, body)
        cached = None if look is None else self._release.looks.get(look)
        if cached is not None and cached.judged_by_dtypes and body.dtypes_hold:
            return cached
        issue = self.database.known_issue(node.op)
        if issue is not None:
            return Judgement(
                Status(issue.status),
                Placement.NONE,
                Certainty.INFERRED,
                Reason.KNOWN_ISSUE.stage,
                Reason.KNOWN_ISSUE,
                (("why", issue.why),),
                ge_op=record.ge_op,
                evidence=(*record.evidence, *issue.evidence),
            )
        cached = cached or self._query(graph, node, record, body)
        refusal = self._refusal(graph, node, record, cached.ge)
        if look is not None and refusal is None:
            self._release.looks[look] = cached
        return refusal or cached

    def _refusal(
        self, graph: Graph, node: Node, record: ParserRecord, ge: GeNode | None = None
    ) -> Judgement | None:
        """The answer about a node that Verify or InferShape refuses."""
        if record.ge_op not in CHECKS or not self.options.infers:
            return None
        inference, folding = self.inference(graph), self._body(graph).folding
        ge = ge or ge_node(graph, node, record, self.database, inference, folding.is_constant)
        refusal = refused(tensorflow_operator(graph, node, ge, inference, folding, self.ops))
        facts = self.database.facts
        return None if refusal is None else judgement_of(refusal, record, facts)

    def _look(
        self, graph: Graph, node: Node, record: ParserRecord, body: _Body
    ) -> tuple[object, ...] | None:
        """All that the engines' view of a node follows from; ``None`` for ops with tensor groups.

        Nodes of one look share what is derived from it, which is most of the work on a large graph.
        """
        definition = self.ops.get(node.op)
        if definition is None or _has_groups(definition):
            return None
        inference = self.inference(graph)
        return (
            node.op,
            inference.input_dtypes(node),
            inference.output_dtypes(node),
            tuple([body.folding.constant(value.node) for value in node.inputs]),
            self._dynamic(graph, node, body),
            *(str(node.attrs.get(attr)) for attr in deciding_attrs(record)),
        )

    def _query(self, graph: Graph, node: Node, record: ParserRecord, body: _Body) -> _EngineQuery:
        """What engines see of a node, made anew."""
        ge = ge_node(
            graph, node, record, self.database, self.inference(graph), body.folding.is_constant
        )
        dynamic = self._dynamic(graph, node, body)
        ge = ge if dynamic is False else replace(ge, dynamic=dynamic)
        key = (node.op, ge, body.folding.constant_inputs(node))
        known = self._release.queries
        if key not in known:
            known[key] = _EngineQuery(record, *key[1:])
        return known[key]

    def _place(self, graph: Graph, node: Node, query: _EngineQuery) -> Judgement:
        """The stages that depend on the chip."""
        cached = self._placed.get(query)
        if cached is not None:
            return cached
        if not self.database.constraints(node.op):
            judgement = place(
                query.ge, query.record, self.database, precision=self.options.precision
            )
            cached = self._placed[query] = _of_constants(judgement, query)
            return cached
        limits = check_limits(self, graph, node, dynamic=query.ge.dynamic)
        if limits.error is not None:
            return self._limited(query.record, limits)
        judgement = place(
            query.ge,
            query.record,
            self.database,
            aicore_limit=limits.aicore,
            limits_checked=limits.checked,
            precision=self.options.precision,
        )
        return _of_constants(judgement, query)

    def _body(self, graph: Graph) -> _Body:
        cached = self._release.bodies.get(graph.function)
        if cached is None:
            scope = self.scope(graph)
            main = graph.function is None
            named = frozenset(self.options.input_shapes) if main else frozenset()
            inference = self.inference(graph)
            outputs = self.outputs if main else tuple(graph.returns.values())
            cached = _Body(
                Folding(graph, scope, self.database, inference, self.ops, named=named),
                self._fusions(graph, outputs) if main else {},
                run_time_sized(
                    graph,
                    self.database.facts.data_dependent_ops,
                    inference,
                    varying=varying_inputs(self) if main else (),
                ),
                dtypes_hold(graph, inference),
                closed_frames(graph, inference),
            )
            self._release.bodies[graph.function] = cached
        return cached

    def _fusions(self, graph: Graph, outputs: tuple[Value, ...]) -> Mapping[str, Fusion]:
        evidence = self.database.facts.evidence("scope_fusion")
        by_default = fused_nodes(graph, self.reachable(graph), outputs, evidence)
        passes = optional_passes(self.database, self.options.scope_passes)
        if not passes:
            return by_default
        present = scope_of(graph, outputs, stops=frozenset(self.options.input_shapes)).reachable
        return {**fused_on_demand(graph, present, outputs, passes), **by_default}

    def _dynamic(self, graph: Graph, node: Node, body: _Body) -> bool | None:
        """Whether a size of the node is known at run time only; ``None`` when that is open."""
        if node.key not in body.sized_at_run_time:
            return False
        inference = self.inference(graph)
        shapes = [inference.shape(value) for value in node.inputs]
        return None if any(shape is None for shape in shapes) else True

    def _named(self, graph: Graph, node: Node) -> bool:
        return graph.function is None and node.name in self.options.input_shapes

    def _input(self) -> Judgement:
        return Judgement(
            Status.SUPPORTED,
            Placement.LOCAL,
            Certainty.DOCUMENTED,
            Reason.INPUT.stage,
            Reason.INPUT,
            ge_op="Data",
            evidence=self.database.facts.evidence("local_ops"),
        )

    def _called_by_name(self, node: Node) -> Judgement | None:
        """The answer about a call that names its function as op and node.

        Source: hicann/ge, tensorflow_parser.cc (DefunToPartitionedCall).
        """
        call = self.database.parser("PartitionedCall")
        if node.op not in self.model.functions or not is_named_call(node) or call is None:
            return None
        return Judgement(
            Status.SUPPORTED,
            Placement.LOCAL,
            Certainty.INFERRED,
            Reason.LOCAL.stage,
            Reason.LOCAL,
            ge_op=call.ge_op,
            evidence=(*call.evidence, *self.database.facts.evidence("local_ops")),
        )

    def _no_parser(self, record: ParserRecord | None) -> Judgement:
        evidence = self.database.list_evidence if record is None else record.evidence
        return Judgement(
            Status.UNSUPPORTED if self.database.parser_complete else Status.UNKNOWN,
            Placement.NONE,
            Certainty.DOCUMENTED
            if record is None and not self.database.parser_inferred
            else Certainty.INFERRED,
            Reason.NO_PARSER.stage,
            Reason.NO_PARSER,
            evidence=evidence,
            code="E10501",
        )

    def _gone(
        self, placement: Placement, reason: Reason, record: ParserRecord, group: str
    ) -> Judgement:
        return Judgement(
            Status.SUPPORTED,
            placement,
            Certainty.INFERRED if record.inferred else Certainty.DOCUMENTED,
            reason.stage,
            reason,
            ge_op=record.ge_op,
            evidence=(*record.evidence, *self.database.facts.evidence(group)),
        )

    def _control_flow(self, record: ParserRecord, *, in_loop: bool) -> Judgement:
        return Judgement(
            Status.SUPPORTED if in_loop else Status.UNKNOWN,
            Placement.LOCAL if in_loop else Placement.NONE,
            Certainty.INFERRED,
            Reason.V1_CONTROL_FLOW.stage,
            Reason.V1_LOOP if in_loop else Reason.V1_CONTROL_FLOW,
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
            Reason.LIMIT.stage,
            Reason.LIMIT,
            (("limit", constraint.text), ("expr", constraint.expr)),
            ge_op=record.ge_op,
            evidence=(*record.evidence, *constraint.evidence),
        )


def _fused(fusion: Fusion) -> Judgement:
    return Judgement(
        Status.SUPPORTED,
        Placement.FUSED,
        Certainty.INFERRED,
        Reason.FUSED.stage,
        Reason.FUSED,
        (("pass", fusion.name), ("results", ", ".join(fusion.results))),
        ge_op=fusion.results[0],
        evidence=fusion.evidence,
    )


def _of_constants(judgement: Judgement, query: _EngineQuery) -> Judgement:
    """A node of constants that is refused: whether it is folded first is not known."""
    if judgement.status is not Status.UNSUPPORTED or not query.constant:
        return judgement
    return replace(
        judgement,
        status=Status.UNKNOWN,
        certainty=Certainty.INFERRED,
        reason=Reason.CONSTANT_REFUSED,
    )


def _has_groups(definition: OpDef) -> bool:
    for arguments in (definition.inputs, definition.outputs):
        for arg in arguments:
            if arg.number_attr or arg.type_list_attr:
                return True
    return False
