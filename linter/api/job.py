"""One model on one target for ``fix``: options, rewriting as often as it takes, the outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from linter.api.commands.check import (
    Databases,
    input_error,
    judge_model,
    model_report,
    report_sources,
    target_report,
)
from linter.api.opened import Opened
from linter.api.proof import Proof, ProofOptions
from linter.graph import Model, Value
from linter.judge import Judge, JudgeOptions, make_judge
from linter.judge.precision import DEFAULT_MODE
from linter.results.errors import LinterError
from linter.results.finding import Severity
from linter.results.report import InputError, ModelReport, Report
from linter.results.rewrite import Checkpoint, Refused, RewriteRecord
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.engine.minimal import rewrite_minimal
from linter.rules.evaluation import Evaluator
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["FixOptions", "FixOutcome", "Job", "blocked_nodes"]


@dataclass(frozen=True, slots=True)
class FixOptions:
    """How ``fix`` rewrites.

    Attributes:
        select: prefixes of the rewrite ids that may run; empty means all.
        ignore: prefixes of the rewrite ids that may not.
        unsafe: apply manual rewrites too.
        verify: run both graphs in TensorFlow before anything is written.
        revert_failing: drop a rewrite that changes the numbers and go on without it.
        precision: precision mode of the conversion, as atc spells it.
        scope_passes: scope fusion passes that are switched on.
        rules: the rules to run, as ``load_rules`` gives them.
        proof: how both graphs are run.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    verify: bool = True
    revert_failing: bool = False
    precision: str = DEFAULT_MODE
    scope_passes: tuple[str, ...] = ()
    rules: RuleSet = BUILT_IN
    proof: ProofOptions = field(default_factory=ProofOptions)

    def judging(
        self,
        input_shapes: Mapping[str, tuple[int, ...]] | None,
        outputs: Sequence[Value],
        cut_inputs: Sequence[Value],
    ) -> JudgeOptions:
        """What the judge is told: these, and the mode and passes of the conversion."""
        return JudgeOptions(
            dict(input_shapes or {}),
            tuple(outputs),
            self.precision,
            self.scope_passes,
            tuple(cut_inputs),
        )


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """What ``fix`` did.

    Attributes:
        path: the model as the user typed it.
        before, after: one model on one target, before and after; ``after`` names the file that
            was written, or the input when nothing was.
        rewrites: what was changed, in order.
        refused: what was not changed although it fits, and why.
        proof: how the two graphs compare.
        original, model: the graph before and after.
        output: the file that was written, ``None`` when none was.
        output_sha256: its digest.
        record: the record that was written beside it, ``None`` when none was.
        checkpoints: the judge's counts of unsupported nodes between the rewrites.
        rules: the rules that ran.
    """

    path: str
    before: Report
    after: Report
    rewrites: tuple[RewriteRecord, ...]
    refused: tuple[Refused, ...]
    proof: Proof
    original: Model
    model: Model
    output: str | None = None
    output_sha256: str | None = None
    record: str | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    rules: RuleSet = BUILT_IN

    @property
    def input_report(self) -> ModelReport:
        """The model before."""
        return self.before.results[0]

    @property
    def output_report(self) -> ModelReport:
        """The model after."""
        return self.after.results[0]

    @property
    def still_blocked(self) -> int:
        """Nodes that errors are left at."""
        return blocked_nodes(self.output_report)

    @property
    def would_change(self) -> bool:
        """Whether there is a rewrite to make."""
        return bool(self.rewrites)

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 4 when the numbers moved, 1 when errors are left, else 0."""
        if self.before.errors or self.after.errors:
            return LinterError.exit_code
        if self.proof.failed:
            return 4
        return 1 if self.still_blocked else 0


def blocked_nodes(report: ModelReport) -> int:
    """Nodes with an error, and errors about the model as a whole."""
    errors = [
        finding
        for target in report.targets
        for finding in target.findings
        if finding.severity is Severity.ERROR
    ]
    nodes = {(finding.function, finding.node) for finding in errors if finding.node is not None}
    return len(nodes) + sum(finding.node is None for finding in errors)


class Job:
    """One model, one target: rewrite as often as the proof needs it."""

    def __init__(
        self,
        opened: Opened,
        databases: Databases,
        judge_options: JudgeOptions,
        options: FixOptions,
    ) -> None:
        self.opened, self.options = opened, options
        self.told, self.by_default = judge_options, databases.by_default
        self.database = databases.opened[0]
        self.judge = judge_model(opened, self.database, judge_options)
        self.skip: frozenset[tuple[str, str]] = frozenset()
        self._left_out: frozenset[tuple[str, str]] = frozenset()
        self.evaluator: Evaluator | None = None

    def rewrite_options(self, *, exact_only: bool) -> RewriteOptions:
        """What the engine is told."""
        return RewriteOptions(
            select=self.options.select,
            ignore=self.options.ignore,
            unsafe=self.options.unsafe,
            exact_only=exact_only,
            skip=self.skip,
            evaluator=self.evaluator,
        )

    def rewrite(self, *, exact_only: bool, steps: int | None = None) -> RewriteOutcome:
        """Rewrite a copy of the model, without the changes that were reverted.

        Args:
            exact_only: make exact rewrites only.
            steps: make the first so many changes of the last rewriting.
        """
        options = self.rewrite_options(exact_only=exact_only)
        rules, model = self.options.rules.rewrites, self.opened.model
        if steps is None:
            outcome, self._left_out = rewrite_minimal(rules, model, self._judge_of, options)
            return outcome
        options = replace(options, step_limit=steps, skip=options.skip | self._left_out)
        return rewrite(rules, model, self._judge_of, options)

    def _judge_of(self, model: Model) -> Judge:
        return make_judge(model, self.database, self.judge.options)

    def outcome(self, result: RewriteOutcome, proof: Proof) -> FixOutcome:
        """The outcome before anything is written."""
        refused = (*result.refused, *proof.reverted)
        return FixOutcome(
            path=self.opened.path,
            before=self._report(self.judge),
            after=self._report(result.judge, result.errors),
            rewrites=result.rewrites,
            refused=refused,
            proof=proof,
            original=self.opened.model,
            model=result.model,
            checkpoints=result.checkpoints,
            rules=self.options.rules,
        )

    def _report(self, judge: Judge, crashes: Sequence[LinterError] = ()) -> Report:
        target, faults = target_report(judge, self.by_default, plan=False, rules=self.options.rules)
        model = model_report(self.opened, judge, (target,), self.told)
        model = replace(model, rule_files=self.options.rules.files)
        errors: list[InputError] = [
            input_error(self.opened.path, fault) for fault in (*faults, *crashes)
        ]
        return Report((model,), report_sources((model,), (self.database,)), tuple(errors))
