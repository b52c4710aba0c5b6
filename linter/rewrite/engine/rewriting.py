"""Applies rewrite rules until nothing changes.

The engine works in passes. In a pass every rule is tried at every place; places that a change has
touched wait for the next pass, so that each decision rests on answers of the judge that still
hold. After a pass the judge is asked again: a pass that leaves more unsupported nodes than before
is taken back and repeated in smaller steps until the culprit is known and refused.

A change is kept when the target needs it (a node that it removes is unsupported) and the nodes
that it brings are better: the answers for removed and new nodes are compared as multisets, worst
first, so that every change makes progress and rewriting ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from linter.graph import Model
from linter.results.rewrite import Refused, RewriteRecord
from linter.rewrite.engine.bodies import copied, drop_uncalled
from linter.rewrite.engine.calls import each_body
from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
from linter.rewrite.engine.passes import Log, selected
from linter.rewrite.engine.run import Run
from linter.rewrite.engine.withheld import Withheld
from linter.rules import RewriteRule

if TYPE_CHECKING:
    from linter.judge import Judge
    from linter.results.errors import RuleCrashError
    from linter.results.report import Summary

__all__ = ["Rewriting", "rewrite"]


def rewrite(
    rules: Iterable[RewriteRule],
    model: Model,
    judge_of: Callable[[Model], Judge],
    options: RewriteOptions | None = None,
) -> RewriteOutcome:
    """Apply ``rules`` to the main graph and the functions that it calls until none applies.

    Args:
        rules: rule instances, tried in this order.
        model: stays as it is; a copy is changed.
        judge_of: makes the judge of a model.
        options: which changes are allowed.

    Returns:
        The changed model, what was done and what was refused.
    """
    rewriting = Rewriting(rules, model, judge_of)
    before = rewriting.judge.summary()
    rewriting.run(options or RewriteOptions())
    return rewriting.outcome(before)


class Rewriting:
    """A copy of a model on its way to where no rule applies.

    Attributes:
        model: the copy.
        judge: answers for it as it is now.
        records: the changes that stand.
    """

    def __init__(
        self,
        rules: Iterable[RewriteRule],
        model: Model,
        judge_of: Callable[[Model], Judge],
    ) -> None:
        self.model = copied(model)
        self.judge = judge_of(self.model)
        self._rules = tuple(rules)
        self._called = {graph.function for graph in self.judge.called_functions()}
        self._log = Log(self.judge)
        self._runs: dict[str | None, Run] = {}

    @property
    def records(self) -> Sequence[RewriteRecord]:
        """The changes that stand."""
        return tuple(self._log.records)

    def run(self, options: RewriteOptions) -> None:
        """Change the model until nothing more applies under the options; once."""
        log, judge, runs = self._log, self.judge, self._runs
        ready = selected(self._rules, options)
        chosen = tuple(sorted(ready, key=lambda rule: not rule.early))
        made = -1
        while made < len(log.records) < options.step_limit or not log.deep:
            log.deep = made == len(log.records)
            if log.deep and not self.model.functions:
                break
            made = len(log.records)
            for graph in each_body(judge):
                run = runs.get(graph.function)
                if run is None:
                    run = runs[graph.function] = Run(judge, graph, chosen, options, log)
                run.to_fixed_point()

    @property
    def errors(self) -> tuple[RuleCrashError, ...]:
        """The rules that crashed."""
        return tuple(self._log.errors)

    @property
    def withheld(self) -> Withheld:
        """What changes would remove that are not allowed, if the options ask for that."""
        return self._log.withheld

    def refusals(self) -> tuple[Refused, ...]:
        """The near misses that still matter."""
        return tuple(entry for run in self._runs.values() for entry in run.refusals())

    def outcome(self, before: Summary) -> RewriteOutcome:
        """What has come of it; ``before`` are the counts of the model as it was."""
        judge, log = self.judge, self._log
        drop_uncalled(
            self.model, self._called - {graph.function for graph in judge.called_functions()}
        )
        return RewriteOutcome(
            self.model,
            judge,
            before,
            judge.summary(),
            tuple(log.records),
            self.refusals(),
            self.errors,
            tuple(log.checkpoints),
        )
