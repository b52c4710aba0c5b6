"""Keeps rewriting from going in circles where no answer of the judge does.

A rule that waits for the target to need it makes the answers better with every change, which ends.
A rule that is always on has no such measure. Such a rule may change what it made before, or what
others made of that, only by leaving fewer nodes: so a chain of changes ends too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from linter.results.objection import Objection, ObjectionKind
from linter.rewrite.engine.bodies import place_of

if TYPE_CHECKING:
    from linter.results.rewrite import RewriteRecord
    from linter.rules import RewriteRule
    from linter.rules.edit import GraphEditor

__all__ = ["Ancestry"]


class Ancestry:
    """Which rules a node owes its being to."""

    def __init__(self) -> None:
        self._rules: dict[str, frozenset[str]] = {}

    def extend(self, records: Iterable[RewriteRecord]) -> None:
        """Take note of changes that were made."""
        for made in records:
            older = (self._rules.get(name, frozenset()) for name in made.removed)
            rules = frozenset((made.rule,)).union(*older)
            self._rules.update(dict.fromkeys(made.added, rules))

    def objection(self, rule: RewriteRule, edit: GraphEditor) -> Objection | None:
        """Why the open change of a rule that is always on leads nowhere."""
        nodes = edit.graph.nodes
        removals, added = edit.removals(), edit.added
        root = nodes[removals[0]]
        if len(removals) == 1 and len(added) == 1:
            new = added[0]
            if (new.op, new.inputs, new.attrs) == (root.op, root.inputs, root.attrs):
                return _idle("the replacement is what is there")
        makers = frozenset[str]().union(
            *(
                self._rules.get(place_of(edit.graph.function, nodes[key].name), frozenset())
                for key in removals
            )
        )
        if rule.id in makers and len(added) >= len(removals):
            return _idle("it would change what it has made itself, again and again")
        return None


def _idle(how: str) -> Objection:
    return Objection(f"it makes no progress: {how}", kind=ObjectionKind.NO_PROGRESS)
