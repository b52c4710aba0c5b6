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

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from linter.edit import GraphEditor
from linter.edit_change import Change
from linter.errors import RuleCrashError
from linter.finding import Safety
from linter.graph import Graph, Model, Value
from linter.judge.judgement import Stage, Status
from linter.pattern import Match, MatchContext, find
from linter.queries import placeholders
from linter.rewrite_record import (
    STEP_LIMIT,
    Checkpoint,
    Refused,
    RewriteOptions,
    RewriteOutcome,
    RewriteRecord,
)
from linter.rule import DeletionRule, RewriteRule, RuleStatus

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.judge import Judge
    from linter.judge.judgement import Judgement

__all__ = ["rewrite"]

_LOG = logging.getLogger(__name__)
_RANK = {Status.SUPPORTED: 0, Status.UNKNOWN: 1, Status.UNSUPPORTED: 2}
_UNSUPPORTED = _RANK[Status.UNSUPPORTED]


def rewrite(
    rules: Iterable[RewriteRule],
    model: Model,
    judge_of: Callable[[Model], Judge],
    options: RewriteOptions | None = None,
) -> RewriteOutcome:
    """Apply ``rules`` to the main graph of ``model`` until none applies.

    Args:
        rules: rule instances, tried in this order.
        model: stays as it is; a copy is changed.
        judge_of: makes the judge of a model.
        options: which changes are allowed.

    Returns:
        The changed model, what was done and what was refused.
    """
    options = options or RewriteOptions()
    copy = _copied(model)
    judge = judge_of(copy)
    before = judge.summary()
    run = _Run(judge, tuple(_selected(rules, options)), options)
    run.to_fixed_point()
    return RewriteOutcome(
        copy,
        judge,
        before,
        judge.summary(),
        tuple(run.records),
        run.refusals(),
        tuple(run.errors),
        tuple(run.checkpoints),
    )


def _selected(rules: Iterable[RewriteRule], options: RewriteOptions) -> Iterator[RewriteRule]:
    for rule in rules:
        wanted = not options.select or rule.id.startswith(options.select)
        ignored = bool(options.ignore) and rule.id.startswith(options.ignore)
        if wanted and not ignored and rule.status != RuleStatus.RETIRED:
            yield rule


def _copied(model: Model) -> Model:
    main = model.main
    graph = Graph(
        main.nodes.values(),
        function=main.function,
        dangling=main.dangling,
        duplicates=main.duplicates,
    )
    return Model(model.source, graph, model.functions)


@dataclass(slots=True)
class _Pass:
    """What one pass works with."""

    editor: GraphEditor
    context: MatchContext
    quota: int
    needy: frozenset[str] = frozenset()
    touched: set[str] = field(default_factory=set)
    records: list[RewriteRecord] = field(default_factory=list)
    unsupported: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unsupported |= self.needy

    @property
    def is_over(self) -> bool:
        return len(self.records) >= self.quota

    def take(self, rule: RewriteRule, change: Change, answers: Iterable[Judgement] = ()) -> None:
        """Record a change; ``answers`` are about the nodes that came."""
        self.touched |= change.touched
        settled = [node for node in change.gone if node.key in self.unsupported]
        pairs = zip(change.come, answers, strict=True)
        brought = [node for node, found in pairs if found.status is Status.UNSUPPORTED]
        self.unsupported -= {node.key for node in settled}
        self.unsupported |= {node.key for node in brought}
        self.records.append(
            RewriteRecord(
                rule.id,
                change.root,
                change.removed,
                change.added,
                rule.safety,
                _ops(change.gone),
                _ops(change.come),
                _ops(settled),
                _ops(brought),
            )
        )


class _Run:
    """One run to the fixed point over one model."""

    def __init__(
        self, judge: Judge, rules: tuple[RewriteRule, ...], options: RewriteOptions
    ) -> None:
        self.judge, self.rules, self.options = judge, rules, options
        self.graph = judge.model.main
        self.records: list[RewriteRecord] = []
        self.errors: list[RuleCrashError] = []
        self.checkpoints = [self._checkpoint()]
        self._refused: dict[tuple[str, str], str] = {}
        self._banned: set[tuple[str, str]] = set(options.skip)
        self._fetched = frozenset(_fetched(judge))
        inputs = judge.inputs if not judge.outputs_guessed else placeholders(self.graph)
        self._inputs = frozenset(node.key for node in (*inputs, *judge.inputs))

    def to_fixed_point(self) -> None:
        """Pass after pass until one changes nothing."""
        quota = self.options.step_limit
        while (left := self.options.step_limit - len(self.records)) > 0:
            nodes = tuple(self.graph)
            dangling = list(self.graph.dangling)
            needy = self._unsupported()
            work = self._one_pass(min(quota, left), needy)
            if not work.records:
                return
            work.editor.settle()
            self.judge.refresh(work.touched)
            if self._is_sound(len(needy)):
                self.records += work.records
                self.checkpoints.append(self._checkpoint())
                quota = min(quota * 2, self.options.step_limit)
                continue
            self.graph.replace_nodes(nodes)
            self.graph.dangling = dangling
            self.judge.refresh(work.touched)
            quota = len(work.records) // 2
            if quota == 0:
                culprit = work.records[0]
                self._banned.add((culprit.rule, culprit.root))
                self._refuse(culprit.rule, culprit.root, "it would leave the model worse off")
                quota = self.options.step_limit
        if self.options.step_limit == STEP_LIMIT:  # a lower one was asked for
            _LOG.warning("rewriting stopped at its limit of %d changes", STEP_LIMIT)

    def refusals(self) -> tuple[Refused, ...]:
        """The near misses that still matter."""
        names = {node.name for node in self.graph}
        needy = {self.graph.nodes[key].name for key in self._unsupported()}
        always = {rule.id for rule in self.rules if rule.always}
        return tuple(
            Refused(rule, node, reason)
            for (rule, node), reason in sorted(self._refused.items())
            if node in needy or (rule in always and node in names)
        )

    # -- one pass ------------------------------------------------------------------------------

    def _one_pass(self, quota: int, needy: frozenset[str]) -> _Pass:
        judge = self.judge
        context = MatchContext(
            self.graph,
            judge.inference(self.graph),
            judge.ops,
            self._fetched,
            judge.options.input_shapes,
        )
        work = _Pass(GraphEditor(context, self._inputs), context, quota, needy)
        by_op: dict[str, list[str]] = {}
        for node in self.graph:
            by_op.setdefault(node.op, []).append(node.key)
        for rule in self.rules:
            if isinstance(rule, DeletionRule):
                self._sweep(rule, work)
            elif rule.always or needy:
                self._apply(rule, by_op, work)
            if work.is_over:
                break
        return work

    def _sweep(self, rule: DeletionRule, work: _Pass) -> None:
        try:
            sweeps = tuple(rule.sweeps(self.graph, self.judge))
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            self._crashed(rule, "the model", err)
            return
        for sweep in sweeps:
            if work.is_over:
                return
            root = self.graph.get(sweep.root)
            if root is None or (rule.id, root.name) in self._banned or sweep.nodes & work.touched:
                continue
            change = work.editor.delete(sweep.root, sweep.nodes)
            if change is None:
                self._refuse(rule.id, root.name, "an input, an output or a reader depends on it")
                continue
            work.take(rule, change)

    def _apply(self, rule: RewriteRule, by_op: dict[str, list[str]], work: _Pass) -> None:
        only_root = not rule.always and rule.pattern.is_flat
        for key in _roots(rule, by_op, self.graph):
            if work.is_over:
                return
            if (only_root and key not in work.needy) or key in work.touched:
                continue
            node = self.graph.get(key)
            if node is None or (rule.id, node.name) in self._banned:
                continue
            match = find(rule.pattern, node, work.context)
            if match is not None and self._is_wanted(rule, match, work):
                self._try(rule, match, work)

    def _is_wanted(self, rule: RewriteRule, match: Match, work: _Pass) -> bool:
        if any(key in work.touched for key in match.nodes):
            return False
        return rule.always or any(key in work.needy for key in match.nodes)

    def _try(self, rule: RewriteRule, match: Match, work: _Pass) -> None:
        """Make the change, or say why not; whatever the rule raises is contained here."""
        root = match.root.node
        edit = work.editor
        try:
            refusal = rule.guard(match)
            reason = refusal.reason if refusal else self._withheld(rule)
            for variant in rule.variants if reason is None else ():
                edit.open(root, match.nodes, rule.id)
                built = rule.build(replace(match, variant=variant), edit)
                reason = edit.finish(built) or self._objection(rule, edit)
                if reason is None:
                    answers = [self._judged(node) for node in edit.added]
                    work.take(rule, edit.commit(), answers)
                    self._refused.pop((rule.id, root.name), None)
                    return
                self._take_back(edit)
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            self._take_back(edit)
            self._crashed(rule, f"node {root.name!r}", err)
            return
        if rule.anchors or refusal is not None:
            self._refuse(rule.id, root.name, reason or "")

    def _take_back(self, edit: GraphEditor) -> None:
        keys = tuple(node.key for node in edit.added)
        edit.cancel()
        self.judge.discard(keys)

    def _withheld(self, rule: RewriteRule) -> str | None:
        if rule.safety is Safety.MANUAL and not self.options.unsafe:
            return "manual: applied only with --unsafe-fixes"
        if rule.safety is not Safety.EXACT and self.options.exact_only:
            return "unverified"
        return None

    def _objection(self, rule: RewriteRule, edit: GraphEditor) -> str | None:
        """Why the target is not better off with the open change."""
        live = self.judge.reachable(self.graph)
        old = [self._judged(self.graph.nodes[key]) for key in edit.doomed() if key in live]
        new = {node: self._judged(node) for node in edit.added}
        gone, come = _ranks(old), _ranks(new.values())
        worse = sum(rank >= _UNSUPPORTED for rank in come) > sum(
            rank >= _UNSUPPORTED for rank in gone
        )
        if worse or (not rule.always and come >= gone):
            refused = sorted({node.op for node, found in new.items() if _ranks([found])})
            if not refused:
                return "the unsupported node is needed elsewhere and would stay"
            return f"the target does not take the replacement better: {', '.join(refused)}"
        return None

    # -- bookkeeping ---------------------------------------------------------------------------

    def _judged(self, node: Node) -> Judgement:
        return self.judge.node(self.graph, node)

    def _unsupported(self) -> frozenset[str]:
        live = self.judge.reachable(self.graph)
        return frozenset(
            node.key
            for node in self.graph
            if node.key in live and self._judged(node).status is Status.UNSUPPORTED
        )

    def _checkpoint(self) -> Checkpoint:
        counts = self.judge.tally().items()
        left = {op: n for (op, status), n in counts if status is Status.UNSUPPORTED}
        return Checkpoint(len(self.records), left)

    def _is_sound(self, unsupported: int) -> bool:
        """Whether outputs and inputs are there and no more nodes are unsupported than before."""
        nodes = self.graph.nodes
        kept = all(value.node in nodes for value in self._fetched)
        return kept and self._inputs <= nodes.keys() and len(self._unsupported()) <= unsupported

    def _refuse(self, rule: str, node: str, reason: str) -> None:
        if reason:
            self._refused[rule, node] = reason

    def _crashed(self, rule: RewriteRule, place: str, err: Exception) -> None:
        _LOG.debug("rule %s crashed", rule.id, exc_info=True)
        crash = RuleCrashError(f"rule {rule.id} crashed at {place}: {type(err).__name__}: {err}")
        crash.__cause__ = err
        if str(crash) not in {str(known) for known in self.errors}:
            self.errors.append(crash)


def _fetched(judge: Judge) -> Iterator[Value]:
    """The outputs; a leaf without outputs, such as NoOp, holds nothing that could be lost."""
    for value in judge.outputs:
        node = judge.model.main.get(value.node)
        definition = None if node is None else judge.ops.get(node.op)
        if node is not None and (definition is None or definition.outputs):
            yield value


def _roots(rule: RewriteRule, by_op: dict[str, list[str]], graph: Graph) -> Iterable[str]:
    if not rule.anchors:
        return tuple(graph.nodes)
    if len(rule.anchors) == 1:
        return by_op.get(rule.anchors[0], ())
    wanted = {key for name in rule.anchors for key in by_op.get(name, ())}
    return tuple(key for key in graph.nodes if key in wanted) if wanted else ()


def _ops(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(node.op for node in nodes)


def _ranks(judgements: Iterable[Judgement]) -> list[int]:
    """How bad the answers are, worst first; supported nodes do not count."""
    ranks = (_RANK[found.status] + (found.refused_by is Stage.PARSER) for found in judgements)
    return sorted((rank for rank in ranks if rank), reverse=True)
