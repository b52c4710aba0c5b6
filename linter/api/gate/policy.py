"""What a project lets pass: which findings are shown, what they weigh, and what fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from linter.results.finding import Finding, Severity
from linter.results.gate import Threshold
from linter.results.report import Report, TargetReport, Verdict

__all__ = ["Policy", "weigh"]

_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a project lets pass.

    Attributes:
        fail_on: the least that fails.
        max_warnings: warnings that are let pass, ``None`` for any number.
        min_coverage: per cent of the reachable nodes that must be supported, on every target.
        require_verified: every model needs a record of rewrites that says ``equal``.
        strict: warnings of the gate fail.
        select: what the codes of the findings that count begin with; empty means all.
        ignore: what the codes of findings that do not count begin with.
        severities: what findings weigh, by what their codes begin with; the longest one counts,
            ``None`` leaves them out.
    """

    fail_on: Threshold = Threshold.ERROR
    max_warnings: int | None = None
    min_coverage: float = 0.0
    require_verified: bool = False
    strict: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)

    @property
    def demands(self) -> bool:
        """Whether it asks for more than a threshold of the findings."""
        limits = self.max_warnings is not None or self.min_coverage > 0
        return limits or self.require_verified or self.strict

    def fails(self, severity: Severity) -> bool:
        """Whether a finding of this weight is at or above the threshold."""
        if self.fail_on is Threshold.NEVER:
            return False
        least = Threshold.ERROR if self.fail_on is Threshold.UNCERTAIN else self.fail_on
        return _RANK[severity] >= _RANK[Severity(least.value)]

    def leaves_open(self, target: TargetReport) -> bool:
        """Whether the verdict on a target fails.

        Where all that weighs is known already, nothing new made it uncertain.
        """
        if self.fail_on is not Threshold.UNCERTAIN or target.verdict is Verdict.CONVERTIBLE:
            return False
        new, known = (
            any(finding.severity is not Severity.INFO for finding in findings)
            for findings in (target.findings, target.known)
        )
        return new or not known

    def weighed(self, finding: Finding) -> Finding | None:
        """The finding with what it weighs here; ``None`` when it does not count."""
        if self.select and not finding.code.startswith(self.select):
            return None
        if finding.code.startswith(self.ignore):
            return None
        code = max(filter(finding.code.startswith, self.severities), key=len, default=None)
        if code is None:
            return finding
        severity = self.severities[code]
        return None if severity is None else replace(finding, severity=severity)


def weigh(report: Report, policy: Policy) -> Report:
    """The report with the findings that count, and what they weigh.

    Verdicts stay: they are what the compiler does, whatever the project thinks of it.

    Args:
        report: what ``check`` said.
        policy: what the project lets pass.
    """
    if not (policy.select or policy.ignore or policy.severities):
        return report
    return replace(
        report,
        results=tuple(
            replace(model, targets=tuple(_weighed(target, policy) for target in model.targets))
            for model in report.results
        ),
    )


def _weighed(target: TargetReport, policy: Policy) -> TargetReport:
    findings, known = (
        tuple(filter(None, map(policy.weighed, entries)))
        for entries in (target.findings, target.known)
    )
    return replace(target, findings=findings, known=known)
