"""Proof that a rewritten graph computes what the original does, or which change is the culprit."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from linter.api.importing import import_fault
from linter.api.options import FixOptions, ProofOptions
from linter.api.rewriting import Rewriting
from linter.api.session import Session
from linter.graph import Model, Value
from linter.io.writer import write
from linter.judge import Judge
from linter.process.tf.client import Keeping, TensorFlowWorker, require_tensorflow, verify
from linter.process.tf.evaluator import WorkerEvaluator
from linter.results.errors import MissingExtraError, VerifyError, WorkerError
from linter.results.finding import Safety
from linter.results.fix import Proof
from linter.results.rewrite import RewriteRecord
from linter.results.tolerance import DEFAULT_TOLERANCE, EXACT, Tolerance
from linter.results.verify import VerifyResult, VerifyStatus
from linter.rewrite.engine import RewriteOutcome
from rules.rule_set import RuleSet

__all__ = [
    "Attempt",
    "Prover",
    "computed_outputs",
    "rewriting",
    "tolerance_of",
    "unchanged",
    "unverified",
]

_log = logging.getLogger(__name__)

_REWRITTEN, _PARTS = "the rewritten graph", "the parts"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rewriting, and how the two graphs compare.

    Attributes:
        sha256: digest of the rewritten graph where it lies in the draft file.
    """

    result: RewriteOutcome
    proof: Proof
    sha256: str | None = None


def unverified(session: Session, rewrites: Sequence[RewriteRecord], note: str) -> Proof:
    """Nothing was compared, and why; a graph without a change needs no comparison."""
    if not rewrites:
        return unchanged(session)
    return Proof("unverified", note=note)


def unchanged(session: Session) -> Proof:
    """The proof of a graph without a change: equal, where TensorFlow can import it at all."""
    fault = import_fault(session.opened.model, session.judge.ops)
    if fault is None:
        return Proof(VerifyStatus.EQUAL.value)
    return Proof("unverified", note=f"TensorFlow cannot import the graph: {fault}")


@contextmanager
def rewriting(session: Session, options: FixOptions) -> Iterator[Rewriting]:
    """A rewriting that is not proved, with TensorFlow for the rewrites that need it.

    TensorFlow starts when a rewrite asks; where it is not installed, these rewrites are refused.
    """
    try:
        require_tensorflow()
    except MissingExtraError:
        yield Rewriting(session, options)
        return
    timeout, memory = options.proof.timeout, options.proof.memory_limit
    with TensorFlowWorker(timeout=timeout, memory_limit=memory) as worker:
        producer = session.opened.model.source.producer
        yield Rewriting(session, options, evaluator=WorkerEvaluator(worker, producer=producer))


class Prover:
    """Compares rewritten graphs with the original in one TensorFlow process."""

    def __init__(self, session: Session, draft: str, options: ProofOptions) -> None:
        """Prepare; TensorFlow starts with the first comparison.

        Args:
            session: the original and its judge.
            draft: the file that takes the rewritten graph.
            options: how the graphs are run.

        Raises:
            MissingExtraError: TensorFlow is not installed.
        """
        require_tensorflow()
        self._session, self._draft, self._options = session, draft, options
        self._worker = TensorFlowWorker(timeout=options.timeout, memory_limit=options.memory_limit)
        self.evaluator = WorkerEvaluator(
            self._worker, producer=session.opened.model.source.producer
        )
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._fault = import_fault(session.opened.model, session.judge.ops)

    def __enter__(self) -> Self:
        self._worker.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.__exit__(kind, error, trace)
        if self._folder is not None:
            self._folder.cleanup()

    def compare(
        self, result: RewriteOutcome, *, keep: bool = False, tolerance: Tolerance | None = None
    ) -> Attempt:
        """Run both graphs; the rewritten one is left in the draft file.

        Args:
            result: the rewrites.
            keep: whether inputs and outputs are kept, where the options name a place.
            tolerance: how close the numbers must be, if not as close as the rewrites promise.
        """
        tolerance = tolerance or self.tolerance_of(result)
        digest = write(result.model, self._draft)
        if not result.rewrites:
            return Attempt(result, unchanged(self._session), digest)
        if self._fault is not None:
            return Attempt(result, self._alone(result), digest)
        opened, save = self._session.opened, self._options.save if keep else None
        digests = ("", "") if save is None else (opened.sha256, digest)
        keeping = Keeping((opened.path, _REWRITTEN), save, digests)
        proof = self._proof(self._draft, result, keeping, tolerance)
        return Attempt(result, proof, digest)

    def compare_parts(self, manifest: str, result: RewriteOutcome) -> Proof:
        """Run the original and, one after the other, the parts that a manifest lists."""
        keeping = Keeping((self._session.opened.path, _PARTS))
        return self._proof(manifest, result, keeping, self.tolerance_of(result))

    def culprit(
        self, result: RewriteOutcome, failed: Proof, rewritten: Callable[[int], RewriteOutcome]
    ) -> RewriteRecord | None:
        """The first rewrite after which the graphs differ, by halving the list of rewrites.

        Args:
            result: all rewrites, which together fail.
            failed: how they do.
            rewritten: makes the outcome of the first so many rewrites.

        Returns:
            ``None`` when the original cannot be run either, so that no rewrite is the culprit, or
            when TensorFlow came to an end, which says nothing about the rewrites.
        """
        tolerance = self.tolerance_of(result)  # one for all: the original runs once
        if failed.ended or not self._original_runs(result, tolerance):
            return None
        good, bad = 0, len(result.rewrites)
        while bad - good > 1:
            middle = (good + bad) // 2
            _log.info("halving %d rewrites for the one that changes the numbers", bad - good)
            if self.compare(rewritten(middle), tolerance=tolerance).proof.failed:
                bad = middle
            else:
                good = middle
        return result.rewrites[bad - 1]

    def tolerance_of(self, result: RewriteOutcome) -> Tolerance:
        """How close the numbers must be after these rewrites."""
        return tolerance_of(result, self._session.request.rules)

    def _proof(
        self,
        b: str,
        result: RewriteOutcome,
        keeping: Keeping,
        tolerance: Tolerance,
        *,
        a: str | None = None,
    ) -> Proof:
        try:
            comparison = self._run(b, result, keeping, tolerance, a=a)
        except WorkerError as err:
            return Proof("unverified", fault=str(err), ended=True)
        except VerifyError as err:
            return Proof("unverified", fault=str(err))
        saved = None if keeping.path is None else str(keeping.path)
        return Proof(comparison.status.value, comparison.seeds, comparison, saved=saved)

    def _alone(self, result: RewriteOutcome) -> Proof:
        """Run the rewritten graph where TensorFlow cannot import the original."""
        keeping = Keeping((_REWRITTEN, _REWRITTEN))
        proof = self._proof(self._draft, result, keeping, EXACT, a=self._draft)
        if proof.failed:
            return proof
        note = f"TensorFlow cannot import the original: {self._fault}; the rewritten graph runs"
        return Proof("unverified", note=note)

    def _original_runs(self, result: RewriteOutcome, tolerance: Tolerance) -> bool:
        try:
            self._run(
                self._original(), result, Keeping((self._session.opened.path,) * 2), tolerance
            )
        except VerifyError:
            return False
        return True

    def _run(
        self,
        b: str,
        result: RewriteOutcome,
        keep: Keeping,
        tolerance: Tolerance,
        *,
        a: str | None = None,
    ) -> VerifyResult:
        """Run two graphs; the first is the original, where none is named."""
        judge = self._session.judge
        shapes = self._session.sample_shapes
        return verify(
            a or self._original(),
            b,
            outputs=[str(value) for value in computed_outputs(judge, result.model)],
            inputs=tuple(node.name for node in judge.inputs) if shapes else None,
            seeds=self._options.seeds,
            tolerance=tolerance,
            tolerances=self._options.tolerances,
            input_shapes=shapes,
            keep=keep,
            special=tolerance == EXACT,
            worker=self._worker,
        )

    def _original(self) -> str:
        """The original as a binary graph, which is what TensorFlow reads."""
        opened = self._session.opened
        source = opened.model.source
        if source.format == "graphdef" and not opened.is_changed:
            return source.path
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="omlint-")
        path = Path(self._folder.name) / "original.pb"
        if not path.exists():
            write(opened.model, str(path))
        return str(path)


def computed_outputs(judge: Judge, model: Model) -> tuple[Value, ...]:
    """The outputs that are values: a leaf such as NoOp computes nothing."""
    result = []
    for value in judge.outputs:
        node = model.main.get(value.node)
        definition = None if node is None else judge.ops.get(node.op)
        if node is not None and (definition is None or definition.outputs):
            result.append(value)
    return tuple(result)


def tolerance_of(result: RewriteOutcome, known: RuleSet) -> Tolerance:
    """Bit-equal when every rewrite says so; else as wide as the widest of them."""
    inexact = {made.rule for made in result.rewrites if made.safety is not Safety.EXACT}
    if not inexact:
        return EXACT
    rules = [rule for rule in known.rewrites if rule.id in inexact]
    return Tolerance(
        rtol=max((DEFAULT_TOLERANCE.rtol, *(rule.rtol for rule in rules))),
        atol=max((DEFAULT_TOLERANCE.atol, *(rule.atol for rule in rules))),
    )
