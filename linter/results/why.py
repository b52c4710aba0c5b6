"""What becomes of single nodes in a fix, and what every rewrite says of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linter.results.errors import LinterError
from linter.results.finding import Finding
from linter.results.fix import FixOutcome
from linter.results.judgement import Judgement, Status
from linter.results.report import ModelReport
from linter.results.rewrite import RewriteRecord

__all__ = ["Answer", "Kind", "NodeExplanation", "Step", "WhyOutcome"]


class Kind(StrEnum):
    """How a rewrite stands to a node."""

    REFUSED = "refused"
    WITHHELD = "withheld"
    BLOCKED = "blocked"
    UNMATCHED = "does not match"
    NOT_NEEDED = "not needed"
    NOT_SELECTED = "not selected"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rewrite has to say.

    Attributes:
        rule: id of the rule.
        kind: how it stands to the node.
        reason: in words, with the values that were seen; empty when there is nothing to do.
        root: the node that would be replaced.
    """

    rule: str
    kind: Kind
    reason: str
    root: str


@dataclass(frozen=True, slots=True)
class Step:
    """A change that removed or added the node.

    Attributes:
        number: place among the changes, from 1.
        record: the change.
    """

    number: int
    record: RewriteRecord


@dataclass(frozen=True, slots=True)
class NodeExplanation:
    """One node, from the graph as it was to the graph that was left.

    Attributes:
        place: name of the node; in a function body the name of the function goes before it.
        function: name of the function, ``None`` for the main graph.
        name: name of the node alone.
        before, after: op type and answer of the judge; ``None`` where there is no such node.
        is_needed: whether the outputs need it where it was last seen.
        steps: the changes that removed or added it.
        answers: the rewrites that could be about it, those of its own op type first.
    """

    place: str
    function: str | None
    name: str
    before: tuple[str, Judgement] | None
    after: tuple[str, Judgement] | None
    is_needed: bool
    steps: tuple[Step, ...]
    answers: tuple[Answer, ...]

    @property
    def op(self) -> str:
        """Op type of the node, as it was where it was before the first change."""
        seen = self.before or self.after
        if seen is not None:
            return seen[0]
        record = self.steps[0].record
        return dict(zip(record.added, record.added_ops, strict=True)).get(self.place, "?")

    @property
    def stays_unsupported(self) -> bool:
        """Whether the target still refuses the node after all changes."""
        if self.after is None or not self.is_needed:
            return False
        return self.after[1].status is Status.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class WhyOutcome:
    """What was asked about, and the plan that it rests on.

    Attributes:
        plan: what ``fix`` would do.
        explanations: one per node that was asked about.
    """

    plan: FixOutcome
    explanations: tuple[NodeExplanation, ...]

    def findings_before(self, explanation: NodeExplanation) -> tuple[Finding, ...]:
        """What ``check`` says of the node in the model."""
        return _about(explanation, self.plan.input_report)

    def findings_after(self, explanation: NodeExplanation) -> tuple[Finding, ...]:
        """What ``check`` says of the node in the rewritten model."""
        return _about(explanation, self.plan.output_report)

    @property
    def exit_code(self) -> int:
        """3 after a contained crash, 1 when a node stays unsupported, else 0."""
        if self.plan.crashed:
            return LinterError.exit_code
        return 1 if any(explanation.stays_unsupported for explanation in self.explanations) else 0


def _about(explanation: NodeExplanation, report: ModelReport) -> tuple[Finding, ...]:
    place = explanation.name, explanation.function
    findings = report.targets[0].findings
    return tuple(finding for finding in findings if (finding.node, finding.function) == place)
