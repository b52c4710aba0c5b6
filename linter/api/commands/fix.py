"""``fix``: rewrite, prove that the numbers did not move, write, record."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from linter.api.fixed_model import FixedModel, fixed_model
from linter.api.opened import Opened
from linter.api.options import FixOptions
from linter.api.proof import Attempt, Prover, rewriting, unverified
from linter.api.reverting import proved
from linter.api.rewriting import Rewriting
from linter.api.session import Session, open_session
from linter.graph import Value
from linter.io.atomic import Drafts
from linter.io.sidecar.rewrites import record_text
from linter.io.writer import write
from linter.results.errors import MissingExtraError, UsageError

__all__ = ["fix", "fix_session"]


def fix(
    path: str,
    output: str | None,
    *,
    target: str | None = None,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    options: FixOptions | None = None,
) -> FixedModel:
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
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
    """
    options = options or FixOptions()
    request = options.request(path, target, input_shapes, outputs, cut_inputs)
    with open_session(request) as session:
        if output is not None:
            return fix_session(session, output, options)
        planned = _unproved(session, options, "planned only")
        return fixed_model(session, planned.result, planned.proof)


def fix_session(session: Session, output: str, options: FixOptions) -> FixedModel:
    """``fix`` for a model that is open.

    Raises:
        UsageError: a model in a form that cannot be rewritten in place.
    """
    _refuse_other_form(session.opened, output)
    record = f"{output}.rewrites.json"
    with Drafts() as drafts:
        draft, record_draft = str(drafts.begin(output)), drafts.begin(record)
        attempt = _attempted(session, options, draft)
        outcome = fixed_model(session, attempt.result, attempt.proof)
        if outcome.crashed:
            return outcome
        written = [record]
        if not attempt.proof.failed:
            digest = attempt.sha256 or write(attempt.result.model, draft)
            after = replace(outcome.output_report, path=output, sha256=digest)
            outcome = replace(
                outcome,
                after=replace(outcome.after, results=(after,)),
                output=output,
                output_sha256=digest,
            )
            written.insert(0, output)
        record_draft.write_text(record_text(outcome), encoding="utf-8")
        drafts.publish(*written)
    return replace(outcome, record=record)


def _attempted(session: Session, options: FixOptions, draft: str) -> Attempt:
    """Rewrite and compare; without TensorFlow only the exact rewrites are made."""
    if not options.verify:
        return _unproved(session, options, "--no-verify")
    try:
        with Prover(session, draft, options.proof) as prover:
            whole = Rewriting(session, options, evaluator=prover.evaluator)
            return proved(whole, prover, revert_failing=options.revert_failing)
    except MissingExtraError as err:
        result = Rewriting(session, options, exact_only=True).result
        note = f"exact rewrites only, because {err}"
        return Attempt(result, unverified(session, result.rewrites, note))


def _unproved(session: Session, options: FixOptions, note: str) -> Attempt:
    with rewriting(session, options) as whole:
        result = whole.result
    return Attempt(result, unverified(session, result.rewrites, note))


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
