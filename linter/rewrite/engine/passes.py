"""What rewriting keeps book of: one pass over a body, and the log over all bodies."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from linter.results.errors import RuleCrashError
from linter.results.judgement import Status
from linter.results.rewrite import Checkpoint, RewriteRecord
from linter.rewrite.engine.bodies import place_of
from linter.rewrite.engine.outcome import RewriteOptions
from linter.rewrite.engine.withheld import Withheld
from linter.rules import RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.edit.change import Change
from linter.rules.match import MatchContext

if TYPE_CHECKING:
    from linter.graph import Graph, Node
    from linter.judge import Judge
    from linter.results.judgement import Judgement

__all__ = ["Log", "Pass", "UnsupportedNodes", "selected"]

_LOG = logging.getLogger(__name__)

_Key = TypeVar("_Key")
_Place: TypeAlias = tuple[str | None, str]
"""Function and key of a node."""


class UnsupportedNodes:
    """The unsupported nodes of a model; after an edit only what it may have changed is counted.

    Args:
        judge: answers for the model as it is now.
        origins: what nodes that were made are copies of: function and key of both.
    """

    def __init__(self, judge: Judge, origins: Mapping[_Place, _Place]) -> None:
        self._judge = judge
        self._origins = origins
        self._seen: dict[str | None, tuple[object, list[tuple[str, _Place]]]] = {}
        self._ops: Counter[str] = Counter()
        self._places: Counter[_Place] = Counter()

    def count(self) -> int:
        """How many there are; the copies of one node count once."""
        self._recount()
        return len(self._places)

    def by_op(self) -> dict[str, int]:
        """How many there are of each op type, copies and all."""
        self._recount()
        return dict(self._ops)

    def _recount(self) -> None:
        judge = self._judge
        bodies = (judge.model.main, *judge.called_functions())
        now = {body.function: judge.not_supported(body) for body in bodies}
        for name, (answers, nodes) in tuple(self._seen.items()):
            if now.get(name) is not answers:
                del self._seen[name]
                _drop(self._ops, (op for op, _ in nodes))
                _drop(self._places, (place for _, place in nodes))
        for body in bodies:
            if body.function not in self._seen:
                nodes = [(node.op, self._origin(body, node)) for node in judge.refused(body)]
                self._seen[body.function] = now[body.function], nodes
                self._ops.update(op for op, _ in nodes)
                self._places.update(place for _, place in nodes)

    def _origin(self, body: Graph, node: Node) -> _Place:
        place = (body.function, node.key)
        return self._origins.get(place, place)


def _drop(counts: Counter[_Key], keys: Iterable[_Key]) -> None:
    for key in keys:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


@dataclass(slots=True)
class Log:
    """What was done, over all bodies.

    Attributes:
        judge: answers for the model as it is now.
        records: the changes that stand.
        errors: rules that raised.
        checkpoints: what the judge said after each pass.
        origins: what nodes that were made are copies of: function and key of both.
        deep: nothing else helps, so that nodes are looked at whose functions need it.
        unsupported: the nodes that the target refuses as it is now.
        withheld: what changes would remove that are not allowed.
    """

    judge: Judge
    records: list[RewriteRecord] = field(default_factory=list)
    errors: list[RuleCrashError] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    origins: dict[_Place, _Place] = field(default_factory=dict)
    deep: bool = False
    unsupported: UnsupportedNodes = field(init=False)
    withheld: Withheld = field(default_factory=Withheld)

    def __post_init__(self) -> None:
        self.unsupported = UnsupportedNodes(self.judge, self.origins)
        self.add(())

    def add(self, records: Iterable[RewriteRecord]) -> None:
        """Take down a pass that stands, and what the judge says of the model after it."""
        self.records += records
        self.checkpoints.append(Checkpoint(len(self.records), self.unsupported.by_op()))

    def crashed(self, rule: RewriteRule, place: str, err: Exception) -> None:
        """Contain what a rule raised; the same twice counts once."""
        _LOG.debug("rule %s crashed", rule.id, exc_info=True)
        crash = RuleCrashError.of(rule.id, place, err)
        if str(crash) not in {str(known) for known in self.errors}:
            self.errors.append(crash)


@dataclass(slots=True)
class Pass:
    """What one pass works with."""

    editor: GraphEditor
    context: MatchContext
    quota: int
    refused: frozenset[str] = frozenset()
    touched: set[str] = field(default_factory=set)
    records: list[RewriteRecord] = field(default_factory=list)
    unsupported: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unsupported |= self.refused

    @property
    def is_over(self) -> bool:
        """Whether the pass has made as many changes as it may."""
        return len(self.records) >= self.quota

    def take(self, rule: RewriteRule, change: Change, answers: Iterable[Judgement] = ()) -> None:
        """Record a change; ``answers`` are about the nodes that came."""
        graph = self.context.graph
        self.touched |= change.touched
        resolved = [node for node in change.removed_nodes if node.key in self.unsupported]
        pairs = zip(change.added_nodes, answers, strict=True)
        introduced = [node for node, answer in pairs if answer.status is Status.UNSUPPORTED]
        self.unsupported -= {node.key for node in resolved}
        self.unsupported |= {node.key for node in introduced}
        self.records.append(
            RewriteRecord(
                rule.id,
                place_of(graph.function, change.root),
                tuple(place_of(graph.function, name) for name in change.removed),
                tuple(place_of(graph.function, name) for name in change.added),
                rule.safety,
                _ops(change.removed_nodes),
                _ops(change.added_nodes),
                _ops(resolved),
                _ops(introduced),
            )
        )


def _ops(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(node.op for node in nodes)


def selected(rules: Iterable[RewriteRule], options: RewriteOptions) -> Iterator[RewriteRule]:
    """The rules that the options let run."""
    for rule in rules:
        if options.selects(rule.id):
            yield rule
