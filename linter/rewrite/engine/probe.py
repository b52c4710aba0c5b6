"""Asks about single changes, for a report that says why a node is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.rewrite.engine.objections import crashed
from linter.rewrite.engine.outcome import RewriteOptions
from linter.rewrite.engine.passes import Log
from linter.rewrite.engine.run import Run
from linter.rules import RewriteRule
from linter.rules.match import Match

if TYPE_CHECKING:
    from linter.graph import Graph
    from linter.judge import Judge
    from linter.results.objection import Objection

__all__ = ["Probe"]


class Probe:
    """Asks about single changes of one body; the graph stays as it is.

    Attributes:
        context: what a match can look up.
        refused: keys of the nodes that the target refuses.
    """

    def __init__(self, judge: Judge, graph: Graph, options: RewriteOptions) -> None:
        self._run = Run(judge, graph, (), options, Log(judge))
        self._work = self._run.begin(1)
        self.context, self.refused = self._work.context, self._work.refused

    def objection(self, rule: RewriteRule, match: Match) -> Objection | None:
        """What stands against the change; ``None`` when nothing does."""
        edit = self._work.editor
        try:
            found = self._run.attempt(rule, match, edit)
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            found = crashed(err)
        self._run.take_back(edit)
        return found

    def removed(self, rule: RewriteRule, match: Match) -> tuple[str, ...]:
        """Keys of the nodes that the change would remove; none when it is not made."""
        edit = self._work.editor
        try:
            keys = edit.removals() if self._run.attempt(rule, match, edit) is None else ()
        except Exception:  # noqa: BLE001 - the crash boundary of rewrites
            keys = ()
        self._run.take_back(edit)
        return keys
