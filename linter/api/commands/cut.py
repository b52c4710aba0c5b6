"""``fix --cut auto``: the part that the target takes, and what stays on the host around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from linter.api.assemble import target_report
from linter.api.fixed_model import fixed_model
from linter.api.options import FixOptions
from linter.api.proof import Prover, computed_outputs, rewriting, tolerance_of, unverified
from linter.api.reverting import proved
from linter.api.rewriting import Rewriting
from linter.api.session import Session, open_session
from linter.graph import Value
from linter.io.atomic import DraftFolder, drafted_folder
from linter.io.sidecar.manifest import manifest_text
from linter.io.sidecar.rewrites import record_text
from linter.io.writer import write
from linter.judge import Judge
from linter.results.cut import CutOutcome, CutPart
from linter.results.errors import MissingExtraError
from linter.results.fix import Proof
from linter.results.report import InputInfo, TargetReport
from linter.rewrite.cutting.parts import Part
from linter.rewrite.cutting.plan import Divider, Division, refused_nodes, unknown_nodes
from linter.rewrite.engine import RewriteOutcome

__all__ = ["FILES", "cut"]

_MANIFEST, _RECORD, _CHECK = "manifest.json", "rewrites.json", "check.py"

FILES = ("head.pb", "body.pb", "tail.pb", _MANIFEST, _RECORD, _CHECK)
"""What a cut writes; head.pb and tail.pb only where they compute anything."""

_ROUNDS = 30
_WHOLE = "whole.pb"


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
        UnknownNameError: an unknown target.
        GraphError: the model cannot be read.
    """
    options = options or FixOptions()
    request = options.request(path, target, input_shapes, outputs, cut_inputs)
    with open_session(request) as session:
        if folder is not None:
            with drafted_folder(folder) as draft:
                return _Writing(session, options, folder, draft).outcome()
        with rewriting(session, options) as whole:
            result = whole.result
        proof = unverified(session, result.rewrites, "planned only")
        return _divided(session, result, proof).outcome


# -- dividing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Divided:
    """A rewritten model in parts.

    Attributes:
        result: the rewriting.
        outcome: what can be said about the parts.
        division: their graphs, ``None`` when no part is worth it.
    """

    result: RewriteOutcome
    outcome: CutOutcome
    division: Division | None

    @property
    def goes_on(self) -> bool:
        """Whether there are parts to write."""
        fixed = self.outcome.fix
        return self.division is not None and not (fixed.proof.failed or fixed.crashed)


def _divided(session: Session, result: RewriteOutcome, proof: Proof) -> _Divided:
    """The division of a rewritten model; nothing is written."""
    fixed = fixed_model(session, result, proof)
    refused = first = refused_nodes(result.judge, fixed.output_report.targets[0].findings)
    divider = Divider(
        result.judge, computed_outputs(result.judge, result.model), session.opened.model.main
    )
    needed = bool(refused)
    division = None if needed else divider.whole()
    outcome = CutOutcome(fixed, _parts(division), needed)
    if fixed.crashed or proof.failed:
        return _Divided(result, outcome, division)
    unknown = unknown_nodes(result.judge) if needed else frozenset()
    for _ in range(_ROUNDS):
        if needed:
            division = divider.divide(refused, unknown)
            outcome = replace(outcome, parts=_parts(division), body=None)
        if division is None:
            break
        judge, body = _judged_body(session, division.body)
        outcome = replace(outcome, body=body, host=_kept_back(result.judge, division, first))
        new = _refused_in_whole(judge, body, division.body) - refused
        if not new or not needed:
            break
        refused |= new
    return _Divided(result, outcome, division)


def _judged_body(session: Session, part: Part) -> tuple[Judge, TargetReport]:
    """The body as a model of its own."""
    outputs = tuple(output.value for output in part.outputs)
    judge = session.judge_of_part(part.model, outputs)
    rules = session.request.rules
    return judge, target_report(judge, session.by_default, rules, plan=False)[0]


def _parts(division: Division | None) -> tuple[CutPart, ...]:
    """What can be said about the parts."""
    if division is None:
        return ()
    return tuple(
        CutPart(
            part.name,
            len(part.model.main),
            len(part.own),
            division.work[part.side],
            part.inputs,
            tuple(InputInfo(out.name, out.dtype, out.shape) for out in part.outputs),
        )
        for part in division.parts
    )


def _kept_back(judge: Judge, division: Division, refused: frozenset[str]) -> dict[str, int]:
    """Op types of the refused nodes that the host computes, the most frequent first."""
    hosted = {key for part in division.parts if part is not division.body for key in part.own}
    main = judge.model.main
    counts = Counter(main[key].op for key in refused & hosted)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _refused_in_whole(judge: Judge, body: TargetReport, part: Part) -> frozenset[str]:
    """Nodes of the whole that must not be in the body, because of what the body got refused for.

    An input that stands for another part, or a constant that does, is refused for its readers.
    """
    main = part.model.main
    result: set[str] = set()
    for key in refused_nodes(judge, body.findings):
        if key in part.own or key in part.copied:
            result.add(key)
        else:
            result |= {use.node for use in main.uses(key)}
    return frozenset(result)


# -- writing ---------------------------------------------------------------------------------------


class _Writing:
    """Rewrite, divide, write the parts, prove them, and only then put them in their place."""

    def __init__(
        self, session: Session, options: FixOptions, folder: str, draft: DraftFolder
    ) -> None:
        self._session, self._options = session, options
        self._folder, self._draft = folder, draft

    def outcome(self) -> CutOutcome:
        """All of it, up to what stands in the way."""
        session, options = self._session, self._options
        if not options.verify:
            with rewriting(session, options) as whole:
                result = whole.result
            return self._without_proof(result, "--no-verify")
        try:
            prover = Prover(session, str(self._draft.path / _WHOLE), options.proof)
        except MissingExtraError as err:
            result = Rewriting(session, options, exact_only=True).result
            return self._without_proof(result, f"exact rewrites only, because {err}")
        return self._proved(prover)

    def _proved(self, prover: Prover) -> CutOutcome:
        """The rewriting is proved, and then the parts are."""
        options = self._options
        with prover:
            whole = Rewriting(self._session, options, evaluator=prover.evaluator)
            attempt = proved(whole, prover, revert_failing=options.revert_failing)
            result, proof = attempt.result, attempt.proof
            divided = _divided(self._session, result, proof)
            if not divided.goes_on:
                return divided.outcome
            outcome = self._drafted(divided)
            comparison = prover.compare_parts(str(self._draft.path / _MANIFEST), result)
        comparison = replace(comparison, reverted=proof.reverted, saved=proof.saved)
        outcome = replace(outcome, fix=replace(outcome.fix, proof=comparison))
        return outcome if comparison.failed else self._published(outcome, result)

    def _without_proof(self, result: RewriteOutcome, note: str) -> CutOutcome:
        divided = _divided(self._session, result, Proof("unverified", note=note))
        if not divided.goes_on:
            return divided.outcome
        return self._published(self._drafted(divided), result)

    def _drafted(self, divided: _Divided) -> CutOutcome:
        """Everything but the result of the proof, in the draft."""
        assert divided.division is not None
        folder = self._draft.path
        (folder / _WHOLE).unlink(missing_ok=True)
        digests = {
            part.name: write(part.model, folder / f"{part.name}.pb")
            for part in divided.division.parts
        }
        parts = divided.outcome.parts
        parts = tuple(replace(part, sha256=digests[part.name]) for part in parts)
        outcome = replace(divided.outcome, parts=parts)
        self._write_manifest(outcome, divided.result)
        return outcome

    def _published(self, outcome: CutOutcome, result: RewriteOutcome) -> CutOutcome:
        assert outcome.body_part is not None
        fixed = replace(
            outcome.fix,
            output=str(Path(self._folder) / "body.pb"),
            output_sha256=outcome.body_part.sha256,
            record=str(Path(self._folder) / _RECORD),
        )
        outcome = replace(outcome, fix=fixed, folder=self._folder)
        self._write_manifest(outcome, result)
        script = files("linter.process.tf.worker").joinpath("check_parts.py").read_text("utf-8")
        self._write(_RECORD, record_text(fixed))
        self._write(_CHECK, script)
        self._draft.publish(FILES)
        return outcome

    def _write_manifest(self, outcome: CutOutcome, result: RewriteOutcome) -> None:
        tolerance = tolerance_of(result, self._options.rules)
        self._write(_MANIFEST, manifest_text(outcome, tolerance))

    def _write(self, name: str, text: str) -> None:
        (self._draft.path / name).write_text(text, encoding="utf-8")
