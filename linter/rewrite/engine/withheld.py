"""What changes would remove that the options withhold: for a report that names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from linter.rewrite.engine.bodies import fetched, given, place_of
from linter.rules.edit.swap import unread

if TYPE_CHECKING:
    from linter.graph import Graph
    from linter.judge import Judge

__all__ = ["Withheld"]


class Withheld:
    """The nodes of a model that withheld changes would remove, all of them made."""

    def __init__(self) -> None:
        self._rules: dict[str | None, dict[str, str]] = {}
        self._kept: dict[str | None, set[str]] = {}

    def note(
        self, rule: str, function: str | None, removed: Iterable[str], kept: Iterable[str] = ()
    ) -> None:
        """Take down a change of a body: keys of the nodes that it removes, of those it needs."""
        rules = self._rules.setdefault(function, {})
        for key in removed:
            rules.setdefault(key, rule)
        self._kept.setdefault(function, set()).update(kept)

    def removed(self, judge: Judge) -> Iterator[tuple[str, str]]:
        """Places of the nodes, each with the rule; ``judge`` answers for the model as it was."""
        for graph in (judge.model.main, *judge.called_functions()):
            rules = self._rules.get(graph.function, {})
            needed = self._kept.get(graph.function, set()) - rules.keys()
            for key, rule in self._unread(judge, graph, rules, needed):
                yield place_of(graph.function, graph.nodes[key].name), rule

    def _unread(
        self, judge: Judge, graph: Graph, rules: dict[str, str], needed: Iterable[str]
    ) -> Iterator[tuple[str, str]]:
        """What goes with the changes, and what then nobody reads, with the rule of a reader."""
        start = tuple(key for key in graph.nodes if key in rules)
        stays = {value.node for value in fetched(judge, graph)} | given(judge, graph)
        reasons = {key: rules[key] for key in start}
        for key in unread(graph, start, stays.union(needed)) if start else ():
            if key not in reasons:
                reasons[key] = next(reasons[u.node] for u in graph.uses(key) if u.node in reasons)
            yield key, reasons[key]
