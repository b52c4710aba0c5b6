"""What ``fix`` did to a model, and how the numbers compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linter.results.errors import LinterError, VerifyError
from linter.results.finding import Severity
from linter.results.report import ModelReport, Report
from linter.results.rewrite import Checkpoint, Refused, RewriteRecord
from linter.results.verify import VerifyResult, VerifyStatus

__all__ = ["FixOutcome", "Proof"]


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
class FixOutcome:
    """What ``fix`` did.

    Attributes:
        path: the model as the user typed it.
        before, after: one model on one target, before and after; ``after`` names the file that
            was written, or the input when nothing was.
        rewrites: what was changed, in order.
        refused: what was not changed although it fits, and why.
        proof: how the two graphs compare.
        output: the file that was written, ``None`` when none was.
        output_sha256: its digest.
        record: the record that was written beside it, ``None`` when none was.
        checkpoints: the judge's counts of unsupported nodes between the rewrites.
        rule_names: names of the rewrites that could be made, by id.
    """

    path: str
    before: Report
    after: Report
    rewrites: tuple[RewriteRecord, ...]
    refused: tuple[Refused, ...]
    proof: Proof
    output: str | None = None
    output_sha256: str | None = None
    record: str | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    rule_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def input_report(self) -> ModelReport:
        """The model before."""
        return self.before.results[0]

    @property
    def output_report(self) -> ModelReport:
        """The model after."""
        return self.after.results[0]

    @property
    def crashed(self) -> bool:
        """Whether a rule crashed on the way: what is left of the work is not to be relied on."""
        return bool(self.before.errors or self.after.errors)

    @property
    def still_blocked(self) -> int:
        """Nodes that errors are left at, and errors about the model as a whole."""
        errors = [
            finding
            for target in self.output_report.targets
            for finding in target.findings
            if finding.severity is Severity.ERROR
        ]
        nodes = {(item.function, item.node) for item in errors if item.node is not None}
        return len(nodes) + sum(item.node is None for item in errors)

    @property
    def would_change(self) -> bool:
        """Whether there is a rewrite to make."""
        return bool(self.rewrites)

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 4 when the numbers moved, 1 when errors are left, else 0."""
        if self.crashed:
            return LinterError.exit_code
        if self.proof.failed:
            return VerifyError.exit_code
        return 1 if self.still_blocked else 0
