"""A target that exists in examples only: it knows every op but the ones that it is told to lack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from linter.graph import Graph, Model, Node
from linter.judge.base import Judge
from linter.judge.formula.quantities import Quantities
from linter.judge.options import JudgeOptions
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Stage, Status
from opdb.facts import JudgingFacts, ScopePass
from opdb.formula import evaluate
from opdb.query import Database
from opdb.record import AttrSpec, Kernel, ParserRecord, Prototype
from opdb.target import Target

__all__ = ["SYNTHETIC", "synthetic_judge"]

SYNTHETIC = Target("synthetic", "1", "none")
"""The target that messages of examples name."""


@dataclass(frozen=True, slots=True)
class _NoFacts:
    """Stands where a database would: it has no records but what the example gives."""

    target: Target = SYNTHETIC
    answered_from: tuple[str, ...] = ()
    digest: str = ""
    complete: bool = True
    needs_input: bool = False
    facts: JudgingFacts = field(default_factory=JudgingFacts)
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    passes: tuple[ScopePass, ...] = ()

    def parser(self, op: str) -> ParserRecord | None:
        """Nothing is known of plugins."""
        return None

    def prototype(self, ge_op: str) -> Prototype | None:
        """The attributes that the example gives for an op."""
        if ge_op not in self.attributes:
            return None
        attrs = tuple(AttrSpec(name, "") for name in self.attributes[ge_op])
        return Prototype(ge_op, (), (), attrs, evidence=("synthetic",))

    def aicore(self, ge_op: str) -> Kernel | None:
        """Nothing is known of kernels."""
        return None

    def scope_passes(self) -> tuple[ScopePass, ...]:
        """The passes that the example gives."""
        return self.passes


class _SyntheticJudge(Judge):
    """Supports all ops but those that an answer is set for."""

    parses_all = True

    def __init__(
        self,
        model: Model,
        options: JudgeOptions,
        answers: dict[str, Judgement],
        limits: dict[str, str],
        facts: _NoFacts,
    ) -> None:
        super().__init__(model, cast(Database, facts), options)
        self._answers = answers
        self._limits = limits

    def _judge(self, graph: Graph, node: Node) -> Judgement:
        answer = self._answers.get(node.op)
        if answer is not None:
            return answer
        limit = self._limits.get(node.op)
        if limit is not None:
            return self._limited(graph, node, limit)
        return replace(_SUPPORTED, ge_op=node.op)

    def _limited(self, graph: Graph, node: Node, limit: str) -> Judgement:
        quantities = Quantities(graph, node, self.inference(graph), self.ops)
        holds = evaluate(limit, quantities, quantities.functions)
        if holds is True:
            return _SUPPORTED
        status = Status.UNKNOWN if holds is None else Status.UNSUPPORTED
        return _answer(status, Stage.CONSTRAINT, Reason.LIMIT, {"limit": limit, "expr": limit})


_SUPPORTED = Judgement(
    Status.SUPPORTED,
    Placement.AICORE,
    Certainty.DOCUMENTED,
    Reason.LISTED.stage,
    Reason.LISTED,
    evidence=("synthetic",),
)


def synthetic_judge(
    model: Model,
    options: JudgeOptions | None = None,
    *,
    lacking: tuple[str, ...] = (),
    answers: dict[str, tuple[Status, Stage, str, dict[str, str]]] | None = None,
    limits: dict[str, str] | None = None,
    placements: dict[str, Placement] | None = None,
    tool: str = SYNTHETIC.tool,
    data_dependent: tuple[str, ...] = (),
    attributes: dict[str, tuple[str, ...]] | None = None,
    passes: tuple[ScopePass, ...] = (),
    needs_input: bool = False,
) -> Judge:
    """A judge for rule examples.

    Args:
        model: the graph of the example.
        options: fetches and shapes of the example.
        lacking: op types that the parser of this target does not know.
        answers: other answers by op type: status, stage, reason and its details.
        limits: boundary formulas by op type; a node that breaks its formula is unsupported.
        placements: where supported ops go, if not to the AI Core.
        tool: the tool that the target names, where a rule asks for it.
        data_dependent: ops whose result size depends on values.
        attributes: names of the prototype's attributes by op type.
        passes: scope fusion passes.
        needs_input: the parser refuses a model without a placeholder.

    Returns:
        A judge that supports every op but those.
    """
    table = {op: _answer(Status.UNSUPPORTED, Stage.PARSER, Reason.NO_PARSER, {}) for op in lacking}
    table.update((op, _answer(*answer)) for op, answer in (answers or {}).items())
    table.update(
        (op, replace(_SUPPORTED, placement=place)) for op, place in (placements or {}).items()
    )
    facts = _NoFacts(
        target=replace(SYNTHETIC, tool=tool),
        facts=JudgingFacts(data_dependent_ops=frozenset(data_dependent)),
        attributes=attributes or {},
        passes=passes,
        needs_input=needs_input,
    )
    return _SyntheticJudge(model, options or JudgeOptions(), table, limits or {}, facts)


def _answer(status: Status, stage: Stage, reason: str, detail: dict[str, str]) -> Judgement:
    return Judgement(
        status,
        Placement.NONE,
        Certainty.DOCUMENTED,
        stage,
        Reason(reason),
        tuple(detail.items()),
        port=0 if "tensor" in detail else None,
        evidence=("synthetic",),
    )
