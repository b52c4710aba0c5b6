"""``fix --cut auto``: the part that the target takes, and what stays on the host around it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from linter.api.commands.check import Databases, target_report
from linter.api.commands.fix import reverting
from linter.api.job import FixOptions, FixOutcome, Job
from linter.api.opened import open_model
from linter.api.proof import (
    Proof,
    Prover,
    computed_outputs,
    evaluator_for,
    tolerance_of,
    unverified,
)
from linter.api.record import record_value
from linter.graph import Value
from linter.io.writer import write
from linter.judge import Judge, make_judge
from linter.judge.atc.fusion import warn_of_passes
from linter.results.errors import LinterError, MissingExtraError
from linter.results.report import TargetReport, Verdict
from linter.rewrite.cutting.parts import Part
from linter.rewrite.cutting.plan import Divider, Division, refused_nodes, unknown_nodes
from linter.rewrite.cutting.publish import Draft, draft_folder
from linter.rewrite.engine import RewriteOutcome

__all__ = ["FILES", "CutOutcome", "cut"]

FILES = ("head.pb", "body.pb", "tail.pb", "manifest.json", "rewrites.json", "check.py")
"""What a cut writes; head.pb and tail.pb only where they compute anything."""

_ROUNDS = 30
_WHOLE = "whole.pb"


@dataclass(frozen=True, slots=True)
class CutOutcome:
    """What became of a cut.

    Attributes:
        fix: the rewriting before it; its proof is that of the parts where there are any.
        division: the parts, ``None`` when no part of the model is worth it.
        needed: whether the target refuses anything that rewriting does not mend.
        body: the body judged by itself, ``None`` without a body.
        host: op types that the target refuses and how many nodes of them the host keeps.
        digests: sha256 of each part that was written, by name.
        folder: where the parts are, ``None`` when nothing was written.
    """

    fix: FixOutcome
    division: Division | None
    needed: bool
    body: TargetReport | None = None
    host: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None

    @property
    def would_change(self) -> bool:
        """Whether there is anything to rewrite or to cut."""
        return self.needed or self.fix.would_change

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 4 when the numbers moved, 1 when the body is blocked."""
        if self.fix.before.errors or self.fix.after.errors:
            return LinterError.exit_code
        if self.fix.proof.failed:
            return 4
        return 1 if self.body is None or self.body.verdict is Verdict.BLOCKED else 0


def cut(
    path: str,
    folder: str | None,
    *,
    target: str | None = None,
    input_shapes: Mapping[str, tuple[int, ...]] | None = None,
    outputs: Sequence[Value] = (),
    cut_inputs: Sequence[Value] = (),
    options: FixOptions | None = None,
) -> CutOutcome:
    """Rewrite a model, then give to the host what the target still refuses.

    Args:
        path: a frozen graph or a SavedModel.
        folder: where the parts go; it is made if it is not there. ``None`` only plans.
        target: ``TOOL@VERSION/SOC`` or ``SOC``; ``None`` is the default target.
        input_shapes: sizes of inputs by node name.
        outputs: what the model computes; none means its leaves.
        cut_inputs: tensors that become inputs before anything else.
        options: which rewrites, and how all is proved.

    Raises:
        UsageError: a name that is not there, or a folder that cannot be written.
        GraphError: the model cannot be read.
    """
    databases = Databases(() if target is None else (target,))
    options = options or FixOptions()
    warn_of_passes(databases.opened, options.scope_passes)
    judge_options = options.judging(input_shapes, outputs, cut_inputs)
    with open_model(
        path, judge_options.outputs, judge_options.cut_inputs, judge_options.input_shapes
    ) as opened:
        work = _Work(Job(opened, databases, judge_options, options))
        if folder is None:
            with evaluator_for(opened.model, options.proof) as work.job.evaluator:
                result = work.job.rewrite(exact_only=False)
            return work.divided(result, unverified(result.rewrites, "planned only"))
        with draft_folder(folder) as draft:
            return work.written(folder, draft)


class _Work:
    """One model on one target."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def written(self, folder: str, draft: Draft) -> CutOutcome:
        """Rewrite, divide, write the parts, prove them, and only then put them in their place."""
        job = self.job
        if not job.options.verify:
            with evaluator_for(job.opened.model, job.options.proof) as job.evaluator:
                result = job.rewrite(exact_only=False)
            return self._without_proof(folder, draft, result, "--no-verify")
        try:
            whole, options = str(draft.path / _WHOLE), job.options
            prover = Prover(job.opened, job.judge, whole, options.rules, options.proof)
        except MissingExtraError as err:
            result = job.rewrite(exact_only=True)
            note = f"exact rewrites only, because {err}"
            return self._without_proof(folder, draft, result, note)
        with prover:
            job.evaluator = prover.evaluator
            result, proof = reverting(job, prover)
            outcome = self.divided(result, proof)
            if not _goes_on(outcome):
                return outcome
            drafted = self._drafted(draft, outcome, result)
            found = prover.compare_parts(str(draft.path / "manifest.json"), result)
            found = replace(found, reverted=proof.reverted, saved=proof.saved)
        outcome = replace(drafted, fix=replace(drafted.fix, proof=found))
        return outcome if found.failed else self._published(folder, draft, outcome, result)

    def _without_proof(
        self, folder: str, draft: Draft, result: RewriteOutcome, note: str
    ) -> CutOutcome:
        outcome = self.divided(result, Proof("unverified", note=note))
        if not _goes_on(outcome):
            return outcome
        return self._published(folder, draft, self._drafted(draft, outcome, result), result)

    # -- dividing ------------------------------------------------------------------------------

    def divided(self, result: RewriteOutcome, proof: Proof) -> CutOutcome:
        """The division of a rewritten model; nothing is written."""
        fixed = self.job.outcome(result, proof)
        judge = result.judge
        refused = first = refused_nodes(judge, fixed.output_report.targets[0].findings)
        outputs = computed_outputs(judge, result.model)
        divider = Divider(judge, outputs, self.job.opened.model.main)
        needed = bool(refused)
        outcome = CutOutcome(fixed, divider.whole() if not needed else None, needed)
        if fixed.before.errors or fixed.after.errors or proof.failed:
            return outcome
        unknown = unknown_nodes(judge) if needed else frozenset()
        for _ in range(_ROUNDS):
            if needed:
                outcome = replace(outcome, division=divider.divide(refused, unknown), body=None)
            division = outcome.division
            if division is None:
                return outcome
            part_judge = self._judge_of(division.body)
            body = target_report(
                part_judge, self.job.by_default, plan=False, rules=self.job.options.rules
            )[0]
            outcome = replace(outcome, body=body, host=_kept_back(judge, division, first))
            new = _blamed(part_judge, body, division.body) - refused
            if not new or not needed:
                break
            refused |= new
        return outcome

    def _judge_of(self, part: Part) -> Judge:
        options = self.job.judge.options
        shapes = {
            name: dims for name, dims in options.input_shapes.items() if name in part.model.main
        }
        outputs = tuple(output.value for output in part.outputs)
        options = replace(options, input_shapes=shapes, outputs=outputs)
        return make_judge(part.model, self.job.database, options)

    # -- writing -------------------------------------------------------------------------------

    def _drafted(self, draft: Draft, outcome: CutOutcome, result: RewriteOutcome) -> CutOutcome:
        """Everything but the result of the proof, in the draft."""
        assert outcome.division is not None
        (draft.path / _WHOLE).unlink(missing_ok=True)
        digests = {
            part.name: write(part.model, draft.path / f"{part.name}.pb")
            for part in outcome.division.parts
        }
        before = replace(outcome.fix.input_report, sha256=self.job.opened.sha256)
        fixed = replace(outcome.fix, before=replace(outcome.fix.before, results=(before,)))
        outcome = replace(outcome, fix=fixed, digests=digests)
        _write_json(draft.path / "manifest.json", self._manifest(outcome, result))
        return outcome

    def _published(
        self, folder: str, draft: Draft, outcome: CutOutcome, result: RewriteOutcome
    ) -> CutOutcome:
        fixed = replace(
            outcome.fix,
            output=str(Path(folder) / "body.pb"),
            output_sha256=outcome.digests["body"],
            record=str(Path(folder) / "rewrites.json"),
        )
        outcome = replace(outcome, fix=fixed, folder=folder)
        _write_json(draft.path / "manifest.json", self._manifest(outcome, result))
        _write_json(draft.path / "rewrites.json", record_value(fixed))
        script = files("linter.process.tf.worker").joinpath("check_parts.py").read_text("utf-8")
        (draft.path / "check.py").write_text(script, encoding="utf-8")
        draft.publish(FILES)
        return outcome

    def _manifest(self, outcome: CutOutcome, result: RewriteOutcome) -> dict[str, Any]:
        from linter.report.cut import manifest_value

        return manifest_value(outcome, tolerance_of(result, self.job.options.rules))


def _goes_on(outcome: CutOutcome) -> bool:
    """Whether there are parts to write."""
    failed = outcome.fix.proof.failed or outcome.fix.before.errors or outcome.fix.after.errors
    return outcome.division is not None and not failed


def _kept_back(judge: Judge, division: Division, refused: frozenset[str]) -> dict[str, int]:
    """Op types of the refused nodes that the host computes, the most frequent first."""
    hosted = {key for part in division.parts if part is not division.body for key in part.own}
    main = judge.model.main
    counts = Counter(main[key].op for key in refused & hosted)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _blamed(judge: Judge, body: TargetReport, part: Part) -> frozenset[str]:
    """Nodes of the whole that must not be in the body, because of what the body got refused for.

    An input that stands for another part, or a constant that does, is refused for its readers.
    """
    main = part.model.main
    found: set[str] = set()
    for key in refused_nodes(judge, body.findings):
        if key in part.own or key in part.copied:
            found.add(key)
        else:
            found |= {use.node for use in main.uses(key)}
    return frozenset(found)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
