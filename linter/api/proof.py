"""Proof that a rewritten graph computes what the original does, and who is to blame if not."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from linter.api.opened import Opened
from linter.graph import Model, Value
from linter.io.writer import write
from linter.judge import Judge
from linter.process.tf.client import Keeping, TensorFlowWorker, require_tensorflow, verify
from linter.process.tf.evaluator import WorkerEvaluator
from linter.results.errors import MissingExtraError, VerifyError, WorkerError
from linter.results.finding import Safety
from linter.results.rewrite import Refused, RewriteRecord
from linter.results.verify import (
    DEFAULT_SEEDS,
    DEFAULT_TIMEOUT,
    DEFAULT_TOLERANCE,
    EXACT,
    Tolerance,
    VerifyResult,
    VerifyStatus,
)
from linter.rewrite.engine import RewriteOutcome
from linter.rules.evaluation import Evaluator
from rules.rule_set import RuleSet

__all__ = [
    "Proof",
    "ProofOptions",
    "Prover",
    "computed_outputs",
    "evaluator_for",
    "tolerance_of",
    "unverified",
]

_REWRITTEN, _PARTS = "the rewritten graph", "the parts"


@dataclass(frozen=True, slots=True)
class Proof:
    """How the original and the rewritten graph compare.

    Attributes:
        status: ``equal``, ``different``, ``insensitive`` or ``unverified``.
        seeds: seeds of the random inputs that both graphs ran.
        result: the comparison, ``None`` when none ran to its end.
        fault: why the comparison could not run to its end; empty when it did.
        ended: the fault is of the process: time, memory, a crash.
        culprit: the rewrite after which the graphs differ.
        reverted: rewrites that were dropped because of it.
        draft_sha256: digest of the rewritten graph when it lies in the draft file.
        saved: the file that keeps inputs and outputs, where one was asked for and written.
        note: why nothing was compared; empty when something was.
    """

    status: str
    seeds: tuple[int, ...] = ()
    result: VerifyResult | None = None
    fault: str = ""
    ended: bool = False
    culprit: RewriteRecord | None = None
    reverted: tuple[Refused, ...] = ()
    draft_sha256: str | None = None
    saved: str | None = None
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether the rewritten graph must not be written."""
        return self.status == VerifyStatus.DIFFERENT or bool(self.fault)

    @property
    def why(self) -> str:
        """One sentence about a failure."""
        if self.fault:
            return self.fault
        bad = [diff for diff in self.result.outputs if not diff.ok] if self.result else []
        names = ", ".join(diff.name for diff in bad)
        return f"the outputs differ: {names}" if names else ""


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """How the two graphs are run.

    Attributes:
        seeds: one random feed each, at least two.
        timeout: seconds that one comparison may take.
        memory_limit: bytes of memory that TensorFlow may use, ``None`` for no limit.
        save: an ``.npz`` that keeps inputs and outputs, to judge them again.
        tolerances: what outputs are held to in place of what the rewrites promise, by
            ``node:index``.
    """

    seeds: tuple[int, ...] = DEFAULT_SEEDS
    timeout: float = DEFAULT_TIMEOUT
    memory_limit: int | None = None
    save: str | None = None
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)


def unverified(rewrites: Sequence[RewriteRecord], note: str) -> Proof:
    """Nothing was compared, and why; a graph without a change needs no comparison."""
    if not rewrites:
        return Proof(VerifyStatus.EQUAL.value)
    return Proof("unverified", note=note)


@contextmanager
def evaluator_for(model: Model, options: ProofOptions) -> Iterator[Evaluator | None]:
    """TensorFlow for the rewrites of ``model`` that need it; it starts when one asks."""
    try:
        require_tensorflow()
    except MissingExtraError:
        yield None
        return
    timeout, memory = options.timeout, options.memory_limit
    with TensorFlowWorker(timeout=timeout, memory_limit=memory) as worker:
        yield WorkerEvaluator(worker, producer=model.source.producer)


class Prover:
    """Compares rewritten graphs with the original in one TensorFlow process."""

    def __init__(
        self, opened: Opened, judge: Judge, draft: str, rules: RuleSet, options: ProofOptions
    ) -> None:
        """Prepare; TensorFlow starts with the first comparison.

        Args:
            opened: the original.
            judge: its judge.
            draft: the file that takes the rewritten graph.
            rules: the rules that rewrite it; they say how close the numbers must be.
            options: how the graphs are run.

        Raises:
            MissingExtraError: TensorFlow is not installed.
        """
        require_tensorflow()
        self._opened, self._judge, self._draft = opened, judge, draft
        self._rules, self._options = rules, options
        self._worker = TensorFlowWorker(timeout=options.timeout, memory_limit=options.memory_limit)
        self.evaluator = WorkerEvaluator(self._worker, producer=opened.model.source.producer)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

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
    ) -> Proof:
        """Run both graphs; the rewritten one is left in the draft file.

        Args:
            result: the rewrites.
            keep: whether inputs and outputs are kept, where the options name a place.
            tolerance: how close the numbers must be, if not as close as the rewrites promise.
        """
        tolerance = tolerance or tolerance_of(result, self._rules)
        digest = write(result.model, self._draft)
        if not result.rewrites:
            return Proof(VerifyStatus.EQUAL.value, draft_sha256=digest)
        save = self._options.save if keep else None
        digests = ("", "") if save is None else (self._opened.sha256, digest)
        keeping = Keeping((self._opened.path, _REWRITTEN), save, digests)
        try:
            found = self._run(self._draft, result, keeping, tolerance)
        except WorkerError as err:
            return Proof("unverified", fault=str(err), ended=True)
        except VerifyError as err:
            return Proof("unverified", fault=str(err))
        return Proof(found.status.value, found.seeds, found, draft_sha256=digest, saved=save)

    def compare_parts(self, manifest: str, result: RewriteOutcome) -> Proof:
        """Run the original and, one after the other, the parts that a manifest lists."""
        try:
            keeping = Keeping((self._opened.path, _PARTS))
            found = self._run(manifest, result, keeping, tolerance_of(result, self._rules))
        except WorkerError as err:
            return Proof("unverified", fault=str(err), ended=True)
        except VerifyError as err:
            return Proof("unverified", fault=str(err))
        return Proof(found.status.value, found.seeds, found)

    def culprit(
        self, result: RewriteOutcome, failed: Proof, rewritten: Callable[[int], RewriteOutcome]
    ) -> RewriteRecord | None:
        """The first rewrite after which the graphs differ, by halving the list of rewrites.

        Args:
            result: all rewrites, which together fail.
            failed: how they do.
            rewritten: makes the outcome of the first so many rewrites.

        Returns:
            ``None`` when the original cannot be run either, so that no rewrite is to blame, or
            when TensorFlow came to an end, which says nothing about the rewrites.
        """
        tolerance = tolerance_of(result, self._rules)  # one for all: the original runs once
        if failed.ended or not self._original_runs(result, tolerance):
            return None
        good, bad = 0, len(result.rewrites)
        while bad - good > 1:
            middle = (good + bad) // 2
            if self.compare(rewritten(middle), tolerance=tolerance).failed:
                bad = middle
            else:
                good = middle
        return result.rewrites[bad - 1]

    def _original_runs(self, result: RewriteOutcome, tolerance: Tolerance) -> bool:
        try:
            self._run(self._original(), result, Keeping((self._opened.path,) * 2), tolerance)
        except VerifyError:
            return False
        return True

    def _run(
        self, b: str, result: RewriteOutcome, keep: Keeping, tolerance: Tolerance
    ) -> VerifyResult:
        shapes = self._judge.options.input_shapes
        return verify(
            self._original(),
            b,
            outputs=[str(value) for value in computed_outputs(self._judge, result.model)],
            inputs=tuple(node.name for node in self._judge.inputs) if shapes else None,
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
        source = self._opened.model.source
        if source.format == "graphdef" and self._opened.cut is None:
            return source.path
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="omlint-")
        path = Path(self._folder.name) / "original.pb"
        if not path.exists():
            write(self._opened.model, str(path))
        return str(path)


def computed_outputs(judge: Judge, model: Model) -> tuple[Value, ...]:
    """The outputs that are values: a leaf such as NoOp computes nothing."""
    found = []
    for value in judge.outputs:
        node = model.main.get(value.node)
        definition = None if node is None else judge.ops.get(node.op)
        if node is not None and (definition is None or definition.outputs):
            found.append(value)
    return tuple(found)


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
