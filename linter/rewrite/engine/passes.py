"""What rewriting keeps book of: one pass over a body, and the log over all bodies."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linter.results.errors import RuleCrashError
from linter.results.judgement import Status
from linter.results.rewrite import Checkpoint, RewriteRecord
from linter.rewrite.engine.bodies import place_of
from linter.rewrite.engine.outcome import RewriteOptions
from linter.rules import RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.edit.change import Change
from linter.rules.match import MatchContext

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.judge import Judge
    from linter.results.judgement import Judgement

__all__ = ["Log", "Pass", "selected"]

_LOG = logging.getLogger(__name__)


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
    """

    judge: Judge
    records: list[RewriteRecord] = field(default_factory=list)
    errors: list[RuleCrashError] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    origins: dict[tuple[str | None, str], tuple[str | None, str]] = field(default_factory=dict)
    deep: bool = False

    def __post_init__(self) -> None:
        self.add(())

    def add(self, records: Iterable[RewriteRecord]) -> None:
        """Take down a pass that stands, and what the judge says of the model after it."""
        self.records += records
        counts = self.judge.tally().items()
        left = {op: n for (op, status), n in counts if status is Status.UNSUPPORTED}
        self.checkpoints.append(Checkpoint(len(self.records), left))

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
