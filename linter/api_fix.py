"""``fix``: rewrite, prove that the numbers did not move, write, record."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from linter.api_check import (
    Databases,
    input_error,
    judge_model,
    model_report,
    report_sources,
    target_report,
)
from linter.api_load import Opened, open_model
from linter.api_record import write_record
from linter.api_verify import Proof, ProofOptions, Prover, evaluator_for, unverified
from linter.engine import (
    Checkpoint,
    Refused,
    RewriteOptions,
    RewriteOutcome,
    RewriteRecord,
    rewrite,
)
from linter.errors import LinterError, MissingExtraError, UsageError
from linter.evaluation import Evaluator
from linter.finding import InputError, ModelReport, Report, Severity
from linter.graph import Model, Value
from linter.io.writer import write
from linter.judge import Judge, JudgeOptions, make_judge
from linter.judge.fusion import warn_of_passes
from linter.judge.precision import DEFAULT_MODE
from rules.rule_set import BUILT_IN, RuleSet

__all__ = [
    "FixOptions",
    "FixOutcome",
    "ProofOptions",
    "blocked_nodes",
    "fix",
    "fix_opened",
    "plan_opened",
]


_LATER = "-"


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


def fix(
    path: str,
    output: str | None,
    *,
    target: str | None = None,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    options: FixOptions | None = None,
) -> FixOutcome:
    """Rewrite what the target refuses; write the graph and a record of what was done.

    Args:
        path: a frozen graph or a SavedModel.
        output: where the graph goes; the same file as ``path`` rewrites it in place; ``None``
            only plans: nothing is verified and nothing is written.
        target: ``TOOL@VERSION/SOC`` or ``SOC``; ``None`` is the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves.
        cut_inputs: tensors that become inputs before anything else.
        options: which rewrites, and how they are proved.

    Raises:
        UsageError: a name that is not there, or a file that cannot be written.
        GraphError: the model cannot be read.
    """
    databases = Databases(() if target is None else (target,))
    options = options or FixOptions()
    warn_of_passes(databases.opened, options.scope_passes)
    judge_options = JudgeOptions(
        dict(input_shapes or {}),
        tuple(outputs),
        options.precision,
        options.scope_passes,
        tuple(cut_inputs),
    )
    with open_model(
        path, judge_options.outputs, judge_options.cut_inputs, judge_options.input_shapes
    ) as opened:
        if output is None:
            return plan_opened(opened, databases, judge_options, options)
        return fix_opened(opened, output, databases, judge_options, options)


def plan_opened(
    opened: Opened, databases: Databases, judge_options: JudgeOptions, options: FixOptions
) -> FixOutcome:
    """What ``fix`` would do; nothing is verified or written."""
    job = _Job(opened, databases, judge_options, options)
    with evaluator_for(opened.model, options.proof) as job.evaluator:
        result = job.rewrite(exact_only=False)
    return job.outcome(result, unverified(result.rewrites, "planned only"))


def fix_opened(
    opened: Opened,
    output: str,
    databases: Databases,
    judge_options: JudgeOptions,
    options: FixOptions,
) -> FixOutcome:
    """``fix`` for a model that is open.

    Raises:
        UsageError: a model in a form that cannot be rewritten in place.
    """
    _refuse_other_form(opened, output)
    # The digest of a large input is computed meanwhile; it is asked for when all else is done.
    job = _Job(replace(opened, digest=_LATER), databases, judge_options, options)
    with _beside(output) as draft:
        result, proof = _proved(job, draft)
        outcome = job.outcome(result, proof)
        if outcome.before.errors or outcome.after.errors:
            return outcome  # something crashed: what is left of the work is not to be relied on
        digest = None
        if not proof.failed:
            digest = proof.draft_sha256 or write(result.model, draft)
        before = replace(outcome.input_report, sha256=opened.sha256)
        outcome = replace(outcome, before=replace(outcome.before, results=(before,)))
        if digest is not None:
            _move(draft, output)
            after = replace(outcome.output_report, path=output, sha256=digest)
            outcome = replace(
                outcome,
                after=replace(outcome.after, results=(after,)),
                output=output,
                output_sha256=digest,
            )
    record = f"{output}.rewrites.json"
    write_record(record, outcome)
    return replace(outcome, record=record)


class _Job:
    """One model, one target: rewrite as often as the proof needs it."""

    def __init__(
        self,
        opened: Opened,
        databases: Databases,
        judge_options: JudgeOptions,
        options: FixOptions,
    ) -> None:
        self.opened, self.options = opened, options
        self.by_default = databases.by_default
        self.database = databases.opened[0]
        self.judge = judge_model(opened, self.database, judge_options)
        self.skip: frozenset[tuple[str, str]] = frozenset()
        self.evaluator: Evaluator | None = None

    def rewrite(self, *, exact_only: bool, steps: int | None = None) -> RewriteOutcome:
        """Rewrite a copy of the model, without the changes that were reverted."""
        options = RewriteOptions(
            select=self.options.select,
            ignore=self.options.ignore,
            unsafe=self.options.unsafe,
            exact_only=exact_only,
            skip=self.skip,
            evaluator=self.evaluator,
        )
        if steps is not None:
            options = replace(options, step_limit=steps)
        return rewrite(self.options.rules.rewrites, self.opened.model, self._judge_of, options)

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
        model = model_report(self.opened, judge, (target,))
        errors: list[InputError] = [
            input_error(self.opened.path, fault) for fault in (*faults, *crashes)
        ]
        return Report((model,), report_sources((model,), (self.database,)), tuple(errors))


def _proved(job: _Job, draft: str) -> tuple[RewriteOutcome, Proof]:
    """Rewrite and compare; without TensorFlow only the exact rewrites are made."""
    if not job.options.verify:
        with evaluator_for(job.opened.model, job.options.proof) as job.evaluator:
            result = job.rewrite(exact_only=False)
        return result, unverified(result.rewrites, "--no-verify")
    try:
        options = job.options
        with Prover(job.opened, job.judge, draft, options.rules, options.proof) as prover:
            job.evaluator = prover.evaluator
            return _reverting(job, prover)
    except MissingExtraError as err:
        result = job.rewrite(exact_only=True)
        return result, unverified(result.rewrites, f"exact rewrites only, because {err}")


def _reverting(job: _Job, prover: Prover) -> tuple[RewriteOutcome, Proof]:
    reverted: list[Refused] = []
    while True:
        result = job.rewrite(exact_only=False)
        proof = prover.compare(result, keep=True)
        if proof.failed:
            culprit = prover.culprit(
                result, proof, lambda steps: job.rewrite(exact_only=False, steps=steps)
            )
            proof = replace(proof, culprit=culprit)
            if culprit is not None and job.options.revert_failing:
                reverted.append(Refused(culprit.rule, culprit.root, f"reverted: {proof.why}"))
                job.skip |= {(culprit.rule, culprit.root)}
                continue
        return result, replace(proof, reverted=tuple(reverted))


def _refuse_other_form(opened: Opened, output: str) -> None:
    """In place only what stays what its name says: a binary graph is all that is written."""
    if os.path.realpath(opened.path) != os.path.realpath(output):
        return
    text_to_mend = opened.format == "graphdef-text" and output.endswith(".pb")
    if opened.format != "graphdef" and not text_to_mend:
        raise UsageError(
            f"{output} cannot be rewritten in place: it is {opened.format}, and a binary graph is "
            "what is written; name an OUT.pb with -o"
        )


@contextmanager
def _beside(output: str) -> Iterator[str]:
    """A name for the file while it is not finished, in the folder it will be in."""
    path = Path(os.path.realpath(output))
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft.pb")
    try:
        yield str(draft)
    except PermissionError as err:
        raise UsageError(f"cannot write {output}: {err.strerror}") from err
    finally:
        draft.unlink(missing_ok=True)


def _move(draft: str, output: str) -> None:
    Path(draft).replace(os.path.realpath(output))
