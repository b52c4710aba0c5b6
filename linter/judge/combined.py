"""One node on a release without whole lists of its own: several judges are asked.

Between two releases with lists both must give the same answer. After the last one its answer
stands, and releases of which only a part is known add what they support. All of it is inferred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from linter.graph import Graph, Model, Node
from linter.judge.base import Judge
from linter.judge.options import JudgeOptions
from linter.results.finding import Certainty
from linter.results.judgement import Judgement, Placement, Reason, Status
from opdb.query import CombinedDatabase, Database

__all__ = ["CombinedJudge"]

_Make = Callable[[Model, Database, JudgeOptions], Judge]


class CombinedJudge(Judge):
    """Judges by the judges of several releases."""

    def __init__(
        self, model: Model, database: CombinedDatabase, options: JudgeOptions, make: _Make
    ) -> None:
        super().__init__(model, database, options)
        self._agree, self._adds, self._softens = (
            tuple(make(model, part, options) for part in parts)
            for parts in (database.agree, database.adds, database.softens)
        )
        first = self._asked_judges()[0]
        self.skips_removed, self.parses_all = first.skips_removed, first.parses_all
        for judge in self._asked_judges():
            judge.share(self)

    def share(self, other: Judge) -> None:
        """Take over what the other judge knows about the model."""
        super().share(other)
        others = other._asked_judges() if isinstance(other, CombinedJudge) else (other,)
        for judge in self._asked_judges():
            for known in others:
                judge.share(known)

    def _answer_as(self, other: Judge) -> None:
        super()._answer_as(other)
        if isinstance(other, CombinedJudge):
            for own, known in zip(self._asked_judges(), other._asked_judges(), strict=True):
                own._answer_as(known)

    def tally(self) -> Mapping[tuple[str, Status], int]:
        """How many reachable nodes of each op type have each status."""
        tallies = [judge.tally() for judge in self._agree]
        if tallies and all(
            status is Status.SUPPORTED for counts in tallies for _, status in counts
        ):
            return tallies[0]  # what all of them support needs no second look
        return super().tally()

    def _edited(self, keys: frozenset[str] | None, function: str | None) -> None:
        """What the judges share has forgotten already, and would not name the keys again."""
        super()._edited(keys, function)
        for judge in self._asked_judges():
            judge._edited(keys, function)

    def discard(self, keys: Iterable[str], function: str | None = None) -> None:
        """Forget the answers about nodes that were tried and taken back."""
        keys = tuple(keys)
        super().discard(keys, function)
        for judge in self._asked_judges():
            judge.discard(keys, function)

    def _asked_judges(self) -> tuple[Judge, ...]:
        return (*self._agree, *self._adds, *self._softens)

    def _judge(self, graph: Graph, node: Node) -> Judgement:
        answers = [judge.node(graph, node) for judge in self._agree]
        base = self._common(answers) if answers else None
        if base is not None and base.status is Status.SUPPORTED:
            return base
        for judge in self._adds:
            added = judge.node(graph, node)
            if added.status is Status.SUPPORTED:
                return _inferred(added, () if base is None else (base,))
        if base is None:
            return _open(self._adds[-1].node(graph, node), Reason.NO_DATA)
        if base.status is Status.UNSUPPORTED:
            for judge in self._softens:
                later = judge.node(graph, node)
                if later.status is Status.SUPPORTED:
                    return _differing(base, later, self._agree[-1], judge)
        return base

    def _common(self, answers: list[Judgement]) -> Judgement:
        first, last = answers[0], answers[-1]
        if first.status is not last.status:
            return _differing(first, last, self._agree[0], self._agree[-1])
        return _inferred(last, answers)


def _inferred(judgement: Judgement, others: Iterable[Judgement]) -> Judgement:
    evidence = (*judgement.evidence, *(id_ for other in others for id_ in other.evidence))
    return replace(judgement, certainty=Certainty.INFERRED, evidence=tuple(dict.fromkeys(evidence)))


def _open(judgement: Judgement, reason: Reason) -> Judgement:
    return replace(
        judgement,
        status=Status.UNKNOWN,
        placement=Placement.NONE,
        certainty=Certainty.INFERRED,
        reason=judgement.reason if judgement.status is Status.UNKNOWN else reason,
    )


def _differing(first: Judgement, second: Judgement, one: Judge, other: Judge) -> Judgement:
    return Judgement(
        Status.UNKNOWN,
        Placement.NONE,
        Certainty.INFERRED,
        Reason.RELEASES_DIFFER.stage,
        Reason.RELEASES_DIFFER,
        (
            ("before", one.database.target.version),
            ("first", first.status.value),
            ("after", other.database.target.version),
            ("second", second.status.value),
        ),
        ge_op=second.ge_op or first.ge_op,
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
    )
