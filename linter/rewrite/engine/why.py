"""What every rewrite has to say about one node: which one took it, and why the others did not.

Rewriting has ended when this is asked. A node that is still there is looked at in the graph that
was left, where nothing fires any more; one that went, in the graph as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.results.judgement import Judgement
from linter.results.why import Answer, Kind, NodeExplanation, Step
from linter.rewrite.engine.bodies import place_of
from linter.rewrite.engine.probe import Probe
from linter.rules import RewriteRule
from linter.rules.match import Pattern, find
from linter.rules.match.trace import Miss, explain

if TYPE_CHECKING:
    from linter.graph import Graph, Model, Node
    from linter.judge import Judge
    from linter.results.objection import Objection
    from linter.results.rewrite import RewriteRecord
    from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
    from linter.rules.match import Match

__all__ = ["explain_node", "locate"]

_SILENT_REASONS = (Kind.UNMATCHED, Kind.NOT_NEEDED)
"""What a rule for any op type says of an op that it is not about."""
_REACH = 8
"""Steps above a node at which a rule is looked for that would remove it on the way."""
_ROOTS = 64
"""Roots that are looked at for one rule, above a node inside its pattern."""


def locate(model: Model, place: str) -> tuple[Graph, Node] | None:
    """The body and the node of a name; ``function::node`` is a node of a function."""
    node = model.main.get(place)
    if node is not None:
        return model.main, node
    for name, graph in model.functions.items():
        inner = graph.get(place.removeprefix(f"{name}::"))
        if place.startswith(f"{name}::") and inner is not None:
            return graph, inner
    return None


def explain_node(
    place: str,
    judge: Judge,
    outcome: RewriteOutcome,
    rules: Iterable[RewriteRule],
    options: RewriteOptions,
) -> NodeExplanation | None:
    """All that can be said about one node; ``None`` when it was never there.

    Args:
        place: name of the node; ``function::node`` in a function body.
        judge: judge of the model as it was.
        outcome: what rewriting led to.
        rules: every rewrite, selected or not.
        options: those of the rewriting.
    """
    was, now = locate(judge.model, place), locate(outcome.model, place)
    if was is None and now is None:
        steps = tuple(_steps(outcome.rewrites, place))
        name = place.rpartition("::")[2]
        return NodeExplanation(place, None, name, None, None, True, steps, ()) if steps else None
    current, located = (outcome.judge, now) if now is not None else (judge, was)
    assert located is not None
    graph, node = located
    asked = _Question(current, graph, node, options)
    told = {(entry.rule, entry.node): entry.objection for entry in outcome.refused}
    answers = [_with_told(answer, told) for answer in asked.answers(rules)]
    place = place_of(graph.function, node.name)
    said = {answer.rule for answer in answers if answer.root == place}
    answers += (
        Answer(rule, Kind.REFUSED, objection.reason, place)
        for (rule, where), objection in told.items()
        if where == place and rule not in said
    )
    return NodeExplanation(
        place,
        graph.function,
        node.name,
        _seen(judge, was),
        _seen(outcome.judge, now),
        node.key in current.reachable(graph),
        tuple(_steps(outcome.rewrites, place)),
        tuple(answers),
    )


def _seen(judge: Judge, located: tuple[Graph, Node] | None) -> tuple[str, Judgement] | None:
    return None if located is None else (located[1].op, judge.node(*located))


def _steps(rewrites: Iterable[RewriteRecord], place: str) -> Iterator[Step]:
    for number, record in enumerate(rewrites, start=1):
        if place == record.root or place in record.removed or place in record.added:
            yield Step(number, record)


def _with_told(answer: Answer, told: Mapping[tuple[str, str], Objection]) -> Answer:
    """The answer with what only the run itself could know, such as a change taken back."""
    objection = told.get((answer.rule, answer.root))
    if answer.kind is Kind.FREE and objection is not None:
        return Answer(answer.rule, Kind.BLOCKED, objection.reason, answer.root)
    return answer


def _answered(rule: str, objection: Objection | None, place: str) -> Answer:
    """How a rewrite stands to a place where it fits."""
    if objection is None:
        return Answer(rule, Kind.FREE, "", place)
    kind = Kind.WITHHELD if objection.kind.withholds else Kind.BLOCKED
    if objection.kind.is_said_by_rule:
        kind = Kind.REFUSED
    return Answer(rule, kind, objection.reason, place)


class _Question:
    """One node of one graph, put to every rule."""

    def __init__(self, judge: Judge, graph: Graph, node: Node, options: RewriteOptions) -> None:
        self.graph, self.node, self.options = graph, node, options
        self._judge = judge
        self.probe = Probe(judge, graph, options)

    def answers(self, rules: Iterable[RewriteRule]) -> Iterator[Answer]:
        """Rules for the op type of the node, rules for any, then those that take it inside."""
        patterns = [rule for rule in rules if hasattr(rule, "pattern")]
        own = [rule for rule in patterns if self.node.op in rule.anchors]
        general = [rule for rule in patterns if not rule.anchors]
        for rule in (*own, *general):
            answer = self._at(rule, self.node)
            if rule.anchors or (answer.reason and answer.kind not in _SILENT_REASONS):
                yield answer
        for rule in patterns:
            inside = None
            if not rule.pattern.is_flat and self.node.op in _inner_ops(rule.pattern):
                inside = self._inside(rule)
            elif rule.safety is Safety.MANUAL and not self.options.unsafe:
                inside = self._above(rule)
            if inside is not None:
                yield inside

    def _at(self, rule: RewriteRule, root: Node) -> Answer:
        place = place_of(self.graph.function, root.name)
        match = find(rule.pattern, root, self.probe.context)
        if match is None:
            miss = explain(rule.pattern, root, self.probe.context)
            return Answer(rule.id, Kind.UNMATCHED, "" if miss is None else miss.reason, place)
        return self._matched(rule, match, place)

    def _matched(self, rule: RewriteRule, match: Match, place: str) -> Answer:
        if not self.options.selects(rule.id):
            return Answer(rule.id, Kind.NOT_SELECTED, "--select or --ignore leaves it out", place)
        if not self.options.is_free(rule) and not any(
            key in self.probe.refused for key in match.nodes
        ):
            taken = (self.graph.nodes[key] for key in match.nodes)
            names = ", ".join(dict.fromkeys(node.op for node in taken))
            reason = f"the target does not refuse what it would replace ({names})"
            return Answer(rule.id, Kind.NOT_NEEDED, reason, place)
        return _answered(rule.id, self.probe.objection(rule, match), place)

    def _inside(self, rule: RewriteRule) -> Answer | None:
        """What the rule says at a root above the node, when its pattern takes the node there."""
        best: Miss | None = None
        place = ""
        for root in self._roots(rule, _height(rule.pattern) - 1):
            match = find(rule.pattern, root, self.probe.context)
            if match is not None:
                if self.node.key in match.nodes:
                    return self._matched(rule, match, place_of(self.graph.function, root.name))
                continue
            miss = explain(rule.pattern, root, self.probe.context)
            deeper = best is None or (miss is not None and miss.depth > best.depth)
            if miss is not None and self.node.key in miss.matched and deeper:
                best, place = miss, place_of(self.graph.function, root.name)
        return None if best is None else Answer(rule.id, Kind.UNMATCHED, best.reason, place)

    def _above(self, rule: RewriteRule) -> Answer | None:
        """That a withheld rule would remove the node along with what it replaces."""
        for root in self._roots(rule, _REACH):
            match = find(rule.pattern, root, self.probe.context)
            if match is not None and self.node.key in self._unsafe.removed(rule, match):
                return self._matched(rule, match, place_of(self.graph.function, root.name))
        return None

    @cached_property
    def _unsafe(self) -> Probe:
        return Probe(self._judge, self.graph, replace(self.options, unsafe=True))

    def _roots(self, rule: RewriteRule, reach: int) -> Iterator[Node]:
        """Nodes above this one, at most ``reach`` steps away, that could be the rule's root."""
        nodes = self.graph.nodes
        level, seen, count = [self.node.key], {self.node.key}, 0
        for _ in range(reach):
            above = (use.node for key in level for use in self.graph.uses(key) if use.slot >= 0)
            level = [key for key in dict.fromkeys(above) if key in nodes and key not in seen]
            seen.update(level)
            for key in level:
                if not rule.anchors or nodes[key].op in rule.anchors:
                    count += 1
                    if count > _ROOTS:
                        return
                    yield nodes[key]


def _parts(pattern: Pattern) -> Iterator[Pattern]:
    """The patterns right below one."""
    if pattern.kind == "either":
        yield from pattern.choices
    for entry in pattern.inputs or ():
        if isinstance(entry, Pattern):
            yield entry


def _inner_ops(pattern: Pattern) -> frozenset[str]:
    """Op types that the pattern names below its root."""
    result: set[str] = set()
    pending = [(pattern, True)]
    while pending:
        part, is_root = pending.pop()
        if part.kind == "op" and not is_root:
            result.update(part.ops)
        pending.extend((below, is_root and part.kind == "either") for below in _parts(part))
    return frozenset(result)


def _height(pattern: Pattern) -> int:
    """Nodes on the longest way through the pattern."""
    below = max((_height(part) for part in _parts(pattern)), default=0)
    return below if pattern.kind == "either" else below + (pattern.kind == "op")
