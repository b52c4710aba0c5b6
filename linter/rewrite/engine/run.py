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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from linter.graph import Graph, Model
from linter.results.rewrite import Refused, RewriteRecord
from linter.rewrite.engine.bodies import (
    Snapshot,
    copied,
    drop_uncalled,
    fetched,
    given,
    place_of,
    roots,
)
from linter.rewrite.engine.calls import answers_behind, callers_of_unsupported, each_body
from linter.rewrite.engine.objections import (
    NEEDED,
    WORSE_OFF,
    crashed,
    not_better,
    objection_of,
    refusal_of,
    unfit,
    withheld,
)
from linter.rewrite.engine.outcome import STEP_LIMIT, RewriteOptions, RewriteOutcome
from linter.rewrite.engine.passes import Log, Pass, selected
from linter.rewrite.engine.progress import Ancestry
from linter.rewrite.engine.ranks import is_worse, once, ranks
from linter.rewrite.engine.withheld import Withheld
from linter.rules import DeletionRule, RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.match import Match, MatchContext, Refusal, find

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.judge import Judge
    from linter.results.errors import RuleCrashError
    from linter.results.judgement import Judgement
    from linter.results.objection import Objection
    from linter.results.report import Summary

__all__ = ["Probe", "Rewriting", "rewrite"]

_LOG = logging.getLogger(__name__)


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
        self._runs: dict[str | None, _Run] = {}

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
                    run = runs[graph.function] = _Run(judge, graph, chosen, options, log)
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


class Probe:
    """Asks about single changes of one body; the graph stays as it is.

    Attributes:
        context: what a match can look up.
        refused: keys of the nodes that the target refuses.
    """

    def __init__(self, judge: Judge, graph: Graph, options: RewriteOptions) -> None:
        self._run = _Run(judge, graph, (), options, Log(judge))
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


class _Run:
    """The way of one body to its fixed point."""

    def __init__(
        self,
        judge: Judge,
        graph: Graph,
        rules: tuple[RewriteRule, ...],
        options: RewriteOptions,
        log: Log,
    ) -> None:
        self.judge, self.graph, self.rules, self.options = judge, graph, rules, options
        self.log = log
        self._refused: dict[tuple[str, str], Objection] = {}
        self._banned: set[tuple[str, str]] = set(options.skip)
        self._weighed: set[tuple[str, str]] = set()
        self._fetched = frozenset(fetched(judge, graph))
        self._inputs = given(judge, graph)
        self._ancestry = Ancestry()
        self._settled: tuple[int, bool] | None = None

    def to_fixed_point(self) -> None:
        """Pass after pass until one changes nothing."""
        log, limit = self.log, self.options.step_limit
        quota = STEP_LIMIT
        if self._settled == (len(log.records), log.deep):
            return  # nothing was changed anywhere since nothing applied here
        number = 0
        while (left := limit - len(log.records)) > 0:
            number += 1
            _LOG.info("rewriting, pass %d (%d changes so far)", number, len(log.records))
            before = Snapshot.of(self.graph)
            count = log.unsupported.count()
            work = self._settled_pass(quota)
            if not work.records:
                self._settled = (len(log.records), log.deep)
                return
            sound = self._is_sound(count)
            if sound and len(work.records) <= left:
                log.add(work.records)
                self._ancestry.extend(work.records)
                quota = min(quota * 2, STEP_LIMIT)
                continue
            before.restore(self.graph)
            self.judge.refresh(work.touched, self.graph.function)
            if sound:  # the pass of a run without a limit, as far as the limit lets it go
                log.add(self._settled_pass(left).records)
                return
            quota = len(work.records) // 2
            if quota == 0:
                culprit = work.records[0]
                self._banned.add((culprit.rule, culprit.root))
                self._refuse(culprit.rule, culprit.root, WORSE_OFF)
                quota = STEP_LIMIT
        if limit == STEP_LIMIT:  # a lower one was asked for
            _LOG.warning("rewriting stopped at its limit of %d changes", STEP_LIMIT)

    def refusals(self) -> tuple[Refused, ...]:
        """The near misses that still matter."""
        names = {self._label(node) for node in self.graph}
        refused = {self._label(self.graph.nodes[key]) for key in self._refused_keys()}
        always = {rule.id for rule in self.rules if self.options.is_free(rule)}
        return tuple(
            Refused(rule, node, self._refused[rule, node])
            for rule, node in sorted(self._refused)
            if node in refused or (rule in always and node in names)
        )

    # -- one pass ------------------------------------------------------------------------------

    def begin(self, quota: int) -> Pass:
        """What a pass of at most ``quota`` changes works with."""
        judge, refused = self.judge, self._refused_keys()
        context = MatchContext(
            self.graph,
            judge.inference(self.graph),
            judge.ops,
            self._fetched,
            judge.options.input_shapes if self.graph.function is None else {},
            refused=refused,
            evaluator=self.options.evaluator,
            functions=judge.model.functions,
            guessed=self.graph.function is None and judge.outputs_guessed,
            copy_limit=self.options.copy_limit,
        )
        return Pass(GraphEditor(context, self._inputs), context, quota, refused)

    def _settled_pass(self, quota: int) -> Pass:
        """A pass, after which the judge answers for the graph as it is then."""
        work = self._one_pass(quota)
        if work.records:
            work.editor.restore_order()
            self.judge.refresh(work.touched, self.graph.function)
        return work

    def _one_pass(self, quota: int) -> Pass:
        work = self.begin(quota)
        by_op: dict[str, list[str]] = {}
        for node in self.graph:
            by_op.setdefault(node.op, []).append(node.key)
        waits = False
        for rule in self.rules:
            waits = waits or rule.early
            if waits and not rule.early and work.records:
                break  # first all that goes, so that nothing is replaced that would go
            if isinstance(rule, DeletionRule):
                self._sweep(rule, work)
            elif self.options.is_free(rule) or work.refused:
                self._apply(rule, by_op, work)
            if work.is_over:
                break
        return work

    def _sweep(self, rule: DeletionRule, work: Pass) -> None:
        try:
            sweeps = tuple(rule.sweeps(self.graph, self.judge))
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            self.log.crashed(rule, self.graph.function or "the model", err)
            return
        for sweep in sweeps:
            if work.is_over:
                return
            root = self.graph.get(sweep.root)
            if root is None or sweep.nodes & work.touched:
                continue
            if (rule.id, self._label(root)) in self._banned:
                continue
            objection = objection_of(sweep) or withheld(rule, self.options)
            if self.options.weighs_withheld and objection and objection.kind.withholds:
                removed = work.editor.deletable(sweep.nodes) or ()
                self.log.withheld.note(rule.id, self.graph.function, removed)
            change = work.editor.delete(sweep.root, sweep.nodes) if objection is None else None
            if change is None:
                self._refuse(rule.id, self._label(root), objection or NEEDED)
                continue
            work.take(rule, change)

    def _apply(self, rule: RewriteRule, by_op: dict[str, list[str]], work: Pass) -> None:
        only_root = not self.options.is_free(rule) and rule.pattern.is_flat
        for key in roots(rule, by_op, self.graph):
            if work.is_over:
                return
            if (only_root and key not in work.refused) or key in work.touched:
                continue
            node = self.graph.get(key)
            if node is None or (rule.id, self._label(node)) in self._banned:
                continue
            match = find(rule.pattern, node, work.context)
            if match is not None and self._is_wanted(rule, match, work):
                self._try(rule, match, work)

    def _is_wanted(self, rule: RewriteRule, match: Match, work: Pass) -> bool:
        if any(key in work.touched for key in match.nodes):
            return False
        return self.options.is_free(rule) or any(key in work.refused for key in match.nodes)

    def _try(self, rule: RewriteRule, match: Match, work: Pass) -> None:
        """Make the change, or say why not; whatever the rule raises is contained here."""
        place = self._label(match.root.node)
        edit = work.editor
        try:
            objection = self.attempt(rule, match, edit)
            if objection is not None and objection.kind.withholds:
                self._weigh(rule, match, work)
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            self.take_back(edit)
            self.log.crashed(rule, f"node {place!r}", err)
            return
        if objection is None and not work.touched.isdisjoint(edit.replaced):
            self.take_back(edit)
        elif objection is None:
            answers = [self._judged(node) for node in edit.added]
            work.take(rule, edit.commit(), answers)
            function = self.graph.function
            self.log.origins.update(((function, k), of) for k, of in edit.copied.items())
            self._refused.pop((rule.id, place), None)
        elif rule.anchors or objection.kind.is_said_by_rule:
            self._refuse(rule.id, place, objection)

    def attempt(self, rule: RewriteRule, match: Match, edit: GraphEditor) -> Objection | None:
        """Open the change; what stands against it.

        Without an objection the change is left open, to be committed or taken back.
        """
        if refusal := rule.guard(match):
            return refusal_of(rule, refusal)
        if objection := withheld(rule, self.options):
            return objection
        return self._build(rule, match, edit)

    def _build(self, rule: RewriteRule, match: Match, edit: GraphEditor) -> Objection | None:
        """Open the change, whether it is allowed or not; what stands against it."""
        for variant in rule.variants:
            edit.open(match.root.node, match.nodes, rule.id, retypes=rule.retypes)
            built = rule.build(replace(match, variant=variant), edit)
            if isinstance(built, Refusal):
                self.take_back(edit)
                return built
            objection = unfit(edit.finish(built)) or self._objection(rule, edit)
            if objection is None:
                break
            self.take_back(edit)
        return objection

    def _weigh(self, rule: RewriteRule, match: Match, work: Pass) -> None:
        """Note what a change would remove that is not allowed, the first time it could be made."""
        place, edit = (rule.id, match.root.node.key), work.editor
        if not self.options.weighs_withheld or place in self._weighed:
            return
        if self._build(rule, match, edit) is None and work.touched.isdisjoint(edit.replaced):
            self._weighed.add(place)
            self.log.withheld.note(rule.id, self.graph.function, edit.removals(), edit.kept())
        self.take_back(edit)

    def take_back(self, edit: GraphEditor) -> None:
        """Leave the open change unmade."""
        keys = tuple(node.key for node in edit.added)
        edit.cancel()
        self.judge.discard(keys, self.graph.function)

    def _objection(self, rule: RewriteRule, edit: GraphEditor) -> Objection | None:
        """Why the target is not better off with the open change."""
        counted = self.judge.reachable(self.graph) | self.judge.unneeded_refusals(self.graph)
        removals = [self.graph.nodes[key] for key in edit.removals() if key in counted]
        old = [self._judged(node) for node in removals]
        new = {node: self._judged(node) for node in edit.added}
        before, after = ranks(old), ranks(once(new, edit.copied))
        if edit.copied and self.judge.model.functions:
            before = ranks((*old, *answers_behind(self.judge, removals)))
        stays = after > before if self.log.deep and edit.copied else after >= before
        free = self.options.is_free(rule)
        if is_worse(after, before) or (not free and stays):
            return not_better(node.op for node, found in new.items() if ranks([found]))
        return self._ancestry.objection(rule, edit) if free else None

    # -- bookkeeping ---------------------------------------------------------------------------

    def _judged(self, node: Node) -> Judgement:
        return self.judge.node(self.graph, node)

    def _refused_keys(self) -> frozenset[str]:
        """The unsupported nodes; once nothing else helps, what calls a body that has one too."""
        refused = frozenset(node.key for node in self.judge.refused(self.graph))
        if self.judge.unneeded_refusals(self.graph):
            refused |= self.judge.scope(self.graph).resolved  # they lead to a branch that goes
        if self.log.deep and self.judge.model.functions:
            refused |= callers_of_unsupported(self.judge, self.graph)
        return refused

    def _is_sound(self, unsupported: int) -> bool:
        """Whether outputs and inputs are there and no more nodes are unsupported than before."""
        nodes = self.graph.nodes
        kept = all(value.node in nodes for value in self._fetched)
        kept = kept and self._inputs <= nodes.keys()
        return kept and self.log.unsupported.count() <= unsupported

    def _refuse(self, rule: str, node: str, objection: Objection) -> None:
        if objection.reason:
            self._refused[rule, node] = objection

    def _label(self, node: Node) -> str:
        return place_of(self.graph.function, node.name)
