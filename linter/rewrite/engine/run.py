"""The way of one body to where no rule applies: pass after pass, as ``rewriting`` says."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from linter.graph import Graph
from linter.results.rewrite import Refused
from linter.rewrite.engine.bodies import Roots, Snapshot, fetched, given, place_of
from linter.rewrite.engine.calls import answers_behind, callers_of_unsupported
from linter.rewrite.engine.objections import (
    NEEDED,
    WORSE_OFF,
    not_better,
    objection_of,
    refusal_of,
    unfit,
    withheld,
)
from linter.rewrite.engine.outcome import STEP_LIMIT, RewriteOptions
from linter.rewrite.engine.passes import Log, Pass
from linter.rewrite.engine.progress import Ancestry
from linter.rewrite.engine.ranks import is_worse, once, ranks
from linter.rules import DeletionRule, RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.match import Match, MatchContext, Refusal, find

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.judge import Judge
    from linter.results.judgement import Judgement
    from linter.results.objection import Objection

__all__ = ["Run"]

_LOG = logging.getLogger(__name__)


class Run:
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
        roots = Roots(self.graph, work.refused)
        waits = False
        for rule in self.rules:
            waits = waits or rule.early
            if waits and not rule.early and work.records:
                break  # first all that goes, so that nothing is replaced that would go
            if isinstance(rule, DeletionRule):
                self._sweep(rule, work)
            elif self.options.is_free(rule) or work.refused:
                self._apply(rule, roots, work)
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

    def _apply(self, rule: RewriteRule, roots: Roots, work: Pass) -> None:
        banned = {label for code, label in self._banned if code == rule.id}
        only_refused = not self.options.is_free(rule) and rule.pattern.is_flat
        for key in roots.of(rule, only_refused=only_refused):
            if work.is_over:
                return
            node = self.graph.get(key)
            if node is None or key in work.touched or not self._concerns(rule, node, work):
                continue
            if banned and self._label(node) in banned:
                continue
            match = find(rule.pattern, node, work.context)
            if match is not None and self._is_wanted(rule, match, work):
                self._try(rule, match, work)

    def _concerns(self, rule: RewriteRule, node: Node, work: Pass) -> bool:
        try:
            return rule.concerns(node, work.context)
        except Exception as err:  # noqa: BLE001 - the crash boundary of rewrites
            self.log.crashed(rule, f"node {self._label(node)!r}", err)
            return False

    def _is_wanted(self, rule: RewriteRule, match: Match, work: Pass) -> bool:
        if not work.touched.isdisjoint(match.nodes):
            return False
        return self.options.is_free(rule) or not work.refused.isdisjoint(match.nodes)

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
        live, unneeded = self.judge.reachable(self.graph), self.judge.unneeded_refusals(self.graph)
        counted = (key for key in edit.removals() if key in live or key in unneeded)
        removals = [self.graph.nodes[key] for key in counted]
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
