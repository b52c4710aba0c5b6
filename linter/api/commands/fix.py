"""``fix``: rewrite, prove that the numbers did not move, write, record."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from linter.api.commands.check import Databases
from linter.api.job import FixOptions, FixOutcome, Job, blocked_nodes
from linter.api.opened import Opened, open_model
from linter.api.proof import Proof, ProofOptions, Prover, evaluator_for, unverified
from linter.api.record import write_record
from linter.graph import Value
from linter.io.atomic import unfinished
from linter.io.writer import write
from linter.judge import JudgeOptions
from linter.judge.atc.fusion import warn_of_passes
from linter.results.errors import MissingExtraError, UsageError
from linter.results.rewrite import Refused, RewriteRecord
from linter.rewrite.engine import RewriteOutcome

__all__ = [
    "FixOptions",
    "FixOutcome",
    "ProofOptions",
    "blocked_nodes",
    "fix",
    "fix_opened",
    "plan_opened",
    "reverting",
]


_LATER = "-"
_PATIENCE = 3
"""As many changes of one rule are found guilty one by one."""


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
    judge_options = options.judging(input_shapes, outputs, cut_inputs)
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
    job = Job(opened, databases, judge_options, options)
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
    job = Job(replace(opened, digest=_LATER), databases, judge_options, options)
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


def _proved(job: Job, draft: str) -> tuple[RewriteOutcome, Proof]:
    """Rewrite and compare; without TensorFlow only the exact rewrites are made."""
    if not job.options.verify:
        with evaluator_for(job.opened.model, job.options.proof) as job.evaluator:
            result = job.rewrite(exact_only=False)
        return result, unverified(result.rewrites, "--no-verify")
    try:
        options = job.options
        with Prover(job.opened, job.judge, draft, options.rules, options.proof) as prover:
            job.evaluator = prover.evaluator
            return reverting(job, prover)
    except MissingExtraError as err:
        result = job.rewrite(exact_only=True)
        return result, unverified(result.rewrites, f"exact rewrites only, because {err}")


def reverting(job: Job, prover: Prover) -> tuple[RewriteOutcome, Proof]:
    """Rewrite and compare, without what changes the numbers where the user wants that dropped."""
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
                reverted += _to_revert(culprit, result, reverted, proof.why)
                job.skip |= {(entry.rule, entry.node) for entry in reverted}
                continue
        return result, replace(proof, reverted=tuple(reverted))


def _to_revert(
    culprit: RewriteRecord, result: RewriteOutcome, reverted: Sequence[Refused], why: str
) -> Iterator[Refused]:
    """The culprit; once a rule has had several, all that it does: each costs a search."""
    yield Refused(culprit.rule, culprit.root, f"reverted: {why}")
    if sum(entry.rule == culprit.rule for entry in reverted) < _PATIENCE - 1:
        return
    for root in dict.fromkeys(made.root for made in result.rewrites if made.rule == culprit.rule):
        if root != culprit.root:
            reason = f"reverted: {_PATIENCE} other changes of its rule changed the numbers"
            yield Refused(culprit.rule, root, reason)


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
        draft.touch()
    except OSError as err:
        raise UsageError(f"cannot write {output}: {err.strerror}") from err
    with unfinished(draft):
        try:
            yield str(draft)
        except PermissionError as err:
            raise UsageError(f"cannot write {output}: {err.strerror}") from err


def _move(draft: str, output: str) -> None:
    """The draft takes the place of what is there, and whoever could read that can read this."""
    target = Path(os.path.realpath(output))
    if target.exists():
        Path(draft).chmod(stat.S_IMODE(target.stat().st_mode))
    Path(draft).replace(target)
